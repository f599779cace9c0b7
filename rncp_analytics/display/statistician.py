"""What only a statistician reads: ratios, tests, families and methods, folded under their title."""

from __future__ import annotations

import pandas as pd

from rncp_analytics.display import french, labels
from rncp_analytics.display.fold import Fold, Folds
from rncp_analytics.display.labels import ordered
from rncp_analytics.display.lecture import Row, group_text, notes, verdict
from rncp_analytics.display.spreadsheet import METHODS
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


def _lines(one: Publishable, group: str, reference: str) -> list[str]:
    by = tuple(b for b in one.by if b != "factor")
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in ordered(one):
        groups.setdefault(tuple(row[b] for b in by), []).append(row)
    sides = f"{french.capital(group)} face {_to(reference)}, " if "reference" in one.frame else ""
    lines = []
    for rows in groups.values():
        masked = rows[0]["reason"] == "secret"
        told = "masqué" if masked else " ; ".join(map(_told, rows))
        period = f", de {rows[0]['first_session']} à {rows[0]['last_session']}" if "first_session" in by else ""
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
        return f"{named} : {verdict(row)}"
    span = "" if pd.isna(row["lower"]) else f" ({_interval(row)})"
    return ", ".join([f"{named} {_value(row)}{span}", METHODS[row["method"]], *_tests(row)])


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
