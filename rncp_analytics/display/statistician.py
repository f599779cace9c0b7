"""What only a statistician reads: ratios, tests, families and methods, folded under their title."""

from __future__ import annotations

import pandas as pd

from rncp_analytics.display import french, labels
from rncp_analytics.display.adjusted_lecture import homogeneity_text, trend_verdict
from rncp_analytics.display.fold import Fold, Folds
from rncp_analytics.display.labels import ordered
from rncp_analytics.display.lecture import Row, group_text, notes, verdict
from rncp_analytics.display.shape import require_figures
from rncp_analytics.display.spreadsheet import METHODS
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import FEW
from rncp_analytics.measures.funnel import FUNNEL_COLUMNS
from rncp_analytics.measures.secrecy import Publishable, require_publishable

_TITLE = f"Pour le statisticien{french.NBSP}: les chiffres"
_SMALLEST = 0.001  # a p-value under it is told as such
_POINTS = ("_gap", "_trend", "_effect")
_NUMBERS = ("_ratio", "breslow_day", "reliability")


def statistician(*figures: Publishable, group: str, reference: str) -> Folds:
    """One line per group and set of figures: values, intervals, methods, p-values and the size of their family.

    Parameters
    ----------
    *figures : Publishable
        Gaps, ratios, adjusted gaps, decompositions, trends, expected or standardised rates.
    group, reference : str
        What is compared, with its article ("l'option B"); figures without a reference do not name them.
    """
    for one in figures:
        require_publishable(one)
    told = [line for one in figures for line in (*map(french.typography, one.caveats), *_lines(one, group, reference))]
    under = dict.fromkeys(line for one in figures for line in notes(one, "").lines())
    return Folds((Fold(_TITLE, (*told, *(line for line in under if line not in told))),))


def funnel_tests(judged: Publishable, listed: Publishable) -> Folds:
    """The figures behind a funnel, folded: φ, τ², and the p-values of the groups to look at.

    Parameters
    ----------
    judged : Publishable
        From :func:`rncp_analytics.funnel`, one funnel.
    listed : Publishable
        From :func:`rncp_analytics.attention`, of the same groups.

    Raises
    ------
    CountsError
        Other figures.
    """
    require_figures(judged)
    require_figures(listed, by=judged.by, may_be_empty=True)
    if not set(FUNNEL_COLUMNS) <= set(judged.frame.columns):
        raise CountsError("Ces chiffres n'ont pas de limites", expected="le résultat de rncp.funnel(…)")
    (dimension,) = judged.by
    shown = [row for row in ordered(judged) if not row["reason"]]
    asked = set(listed.frame.loc[listed.frame["reason"] != "secret", dimension])
    lines = [_spread(shown[0])] if shown else [f"Entonnoir : {_why(row)}." for row in ordered(judged)[:1]]
    lines += [_tested(judged, row) for row in shown if row[dimension] in asked]
    return Folds((Fold(_TITLE, (*map(french.typography, lines), *notes(judged, "").lines())),))


def _spread(row: Row) -> str:
    families = french.plural(int(row["family_size"]), "test", "tests")
    return (
        f"Entonnoir : cible {french.percent(row['target'])}, φ = {french.number(row['dispersion'], 2)}, "
        f"τ² = {french.number(row['between_variance'], 5)} (échelle arcsinus) ; p ajustés sur {families}."
    )


def _tested(judged: Publishable, row: Row) -> str:
    (dimension,) = judged.by
    named = labels.label(dimension, row[dimension])
    return f"{named} : {', '.join([_value(row), *_tests(row)])}."


def _lines(one: Publishable, group: str, reference: str) -> list[str]:
    by = tuple(b for b in one.by if b != "factor")
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in ordered(one):
        groups.setdefault(tuple(row[b] for b in by), []).append(row)
    faced = "reference" in one.frame and set(one.frame["reference"]) != {"expected"}
    sides = f"{french.capital(group)} face {_to(reference)}, " if faced else ""
    lines = []
    for rows in groups.values():
        masked = all(row["reason"] == "secret" for row in rows)
        told = "masqué" if masked else " ; ".join(map(_told, rows))
        period = _period(rows[0]) if "first_session" in by else ""
        lines.append(french.typography(french.capital(f"{sides}{group_text(by, rows[0])}{period} : {told}.")))
    return lines


def _to(name: str) -> str:
    """A name with its article after "à": "aux scolaires", "à l'option A"."""
    article, _, rest = name.partition(" ")
    joined = {"les": "aux", "le": "au"}.get(article)
    return f"{joined} {rest}" if joined else f"à {name}"


def _told(row: Row) -> str:
    """One figure: "rapport de cotes commun 1,38 (1,29 à 1,47), Mantel-Haenszel, p < 0,001"."""
    named = labels.statistic_label(row["statistic"]).removesuffix(f" : {labels.STATISTICS['pass_rate']}")
    if "factor" in row and row["statistic"] == "composition_effect":
        named += f" ({french.small(labels.label('factor', row['factor']))})"
    if pd.isna(row["value"]) or row["reason"] not in ("", "no_spread"):
        return f"{named} : {_why(row)}"
    span = "" if pd.isna(row["lower"]) else f" ({_interval(row)})"
    told = ", ".join([f"{named} {_value(row)}{span}", METHODS[row["method"]], *_tests(row)])
    said = homogeneity_text(row).removesuffix(".") if row["statistic"] == "breslow_day" else ""
    return f"{told} ({french.small(said)})" if said else told


def _period(row: Row) -> str:
    first, last = row["first_session"], row["last_session"]
    return f", session {first}" if first == last else f", de {first} à {last}"


def _why(row: Row) -> str:
    """Why a figure is not given: too few candidates first, of which everything else follows."""
    if row["statistic"].endswith("_trend"):
        return trend_verdict(row)
    few = row["reason"] != "secret" and 0 < row["denominator"] < FEW
    return verdict({**row, "reason": "few"} if few else row)


def _value(row: Row) -> str:
    if row["statistic"].endswith(_POINTS):
        return french.points(row["value"])
    return french.number(row["value"], 2) if row["statistic"].endswith(_NUMBERS) else french.percent(row["value"])


def _interval(row: Row) -> str:
    if row["statistic"].endswith(_NUMBERS):
        return f"{french.number(row['lower'], 2)} à {french.number(row['upper'], 2)}"
    return french.interval(row["lower"], row["upper"], signed=row["statistic"].endswith(_POINTS))


def _tests(row: Row) -> list[str]:
    """The p-value, and the one adjusted with its family."""
    if pd.isna(row.get("p_value")):
        return []
    told = [f"p{french.NBSP}{_p(row['p_value'])}"]
    if pd.notna(row.get("p_adjusted")):
        told.append(
            f"p ajusté{french.NBSP}{_p(row['p_adjusted'])} ({french.plural(int(row['family_size']), 'test', 'tests')})"
        )
    return told


def _p(value: float) -> str:
    told = f"< {french.number(_SMALLEST, 3)}" if value < _SMALLEST else f"= {french.number(value, 3)}"
    return told.replace(" ", french.NBSP)
