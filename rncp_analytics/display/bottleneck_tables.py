"""Tables of what holds candidates back: the épreuves that decide for the refused, and those missed together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from rncp_analytics.display import french, labels
from rncp_analytics.display.fold import Fold, Folds
from rncp_analytics.display.labels import ordered, ordered_frame
from rncp_analytics.display.lecture import Row, count_text, gap_text, notes, rate_text, short_rate, verdict
from rncp_analytics.display.shape import require_figures, with_interval
from rncp_analytics.display.table import Column, Table
from rncp_analytics.display.unit_columns import by_unit
from rncp_analytics.measures.bottleneck import BOTTLENECK_STATISTICS
from rncp_analytics.measures.secrecy import Publishable
from rncp_analytics.measures.unit_pairs import PAIR_STATISTICS

_SIGNIFICANT = 0.05
_LEAST_P = 0.001  # smaller ones are told as "p < 0,001"
_BELOW, _ADMISSION, _CONTROL, _MISSING, _GAIN = BOTTLENECK_STATISTICS
_GAP, _NEITHER, _PHI = "acquired_gap", "neither_acquired", "co_failure_phi"


def bottleneck_table(found: Publishable, *, name: str, caption: str) -> Table:
    """One row per épreuve: marks under 10, for whom it decides, points missing, and what 10 there would give.

    Parameters
    ----------
    found : Publishable
        From :func:`rncp_analytics.bottleneck`, by unit alone.
    name, caption : str
        File name and French caption.
    """
    require_figures(found, by=("unit",), statistics=BOTTLENECK_STATISTICS, comparison=True)
    units = by_unit(found)
    rows = [
        (
            labels.label("unit", unit),
            rate_text(of[_BELOW]),
            _counted_share(of[_ADMISSION]),
            _counted_share(of[_CONTROL]),
            _points(of[_MISSING]),
            _gain(of[_GAIN]),
        )
        for unit, of in units.items()
    ]
    columns = (
        Column("Épreuve", header=True),
        Column(with_interval("% < 10", found), "right"),
        Column("Refusés pour qui elle décide de l'admission", "right"),
        Column("… de l'accès à l'épreuve de contrôle", "right"),
        Column("Points qui manquent aux refusés, en moyenne", "right"),
        Column("Admis en plus si elle était à 10", "right"),
    )
    told = notes(found, _bottleneck_lecture(list(units.values())))
    return Table(name, caption, columns, tuple(rows), ordered_frame(found), told)


def pairs_table(found: Publishable, *, name: str, caption: str, at_most: int = 10) -> Table:
    """The pairs of épreuves that most candidates miss both of, with what each shows; all pairs are in the file.

    Parameters
    ----------
    found : Publishable
        From :func:`rncp_analytics.unit_pairs`, without grouping.
    name, caption : str
        File name and French caption.
    at_most : int
        Pairs shown.
    """
    pairs = _pairs(found)
    shown = _most_missed(pairs)
    rows = [
        (
            labels.label("unit", of[_GAP]["unit"]),
            labels.label("unit", of[_GAP]["other_unit"]),
            _counted_share(of[_NEITHER]),
            french.capital(_acquired(of[_GAP])),
            gap_text(of[_GAP]),
            verdict(of[_GAP]),
        )
        for of in shown[:at_most]
    ]
    columns = (
        Column("Épreuve", header=True),
        Column("L'autre épreuve", header=True),
        Column("N'ont acquis ni l'une ni l'autre", "right"),
        Column("Ce que chacune montre"),
        Column(with_interval("Écart", found), "right"),
        Column("Ce qu'on peut en dire"),
    )
    told = notes(found, _pairs_lecture(pairs, shown))
    caveats = (*_widest(shown), _listed(len(rows), len(shown), len(pairs)), *told.caveats)
    told = replace(told, caveats=tuple(map(french.typography, caveats)))
    return Table(name, caption, columns, tuple(rows), ordered_frame(found), told)


def pairs_tests(found: Publishable, q: Publishable, *, at_most: int = 10) -> Folds:
    """The tests behind :func:`pairs_table`, folded: Cochran's Q, McNemar's p-values and phi.

    Parameters
    ----------
    found : Publishable
        As in :func:`pairs_table`.
    q : Publishable
        From :func:`rncp_analytics.cochran_q`, of the same candidates.
    at_most : int
        As in :func:`pairs_table`.
    """
    require_figures(q, by=(), statistics=("cochran_q",))
    pairs = _pairs(found)
    shown = _most_missed(pairs)
    units = len({unit for of in pairs for unit in (of[_GAP]["unit"], of[_GAP]["other_unit"])})
    beyond = sum(of[_GAP]["p_adjusted"] < _SIGNIFICANT for of in shown)
    tested = f"les {len(pairs)} paires" if len(pairs) > 1 else "une seule paire"
    lines = [
        _q_line(ordered(q)[0], units - 1),
        f"Tests de McNemar, p ajustés par Benjamini-Hochberg sur {tested} ; écarts dont le p ajusté est "
        f"sous 5 % : {beyond}. Le coefficient phi mesure l'échec commun, de −1 à 1.",
        *(_pair_line(of) for of in shown[:at_most]),
    ]
    return Folds((Fold("Pour le statisticien", tuple(map(french.typography, lines))),))


def _counted_share(row: Row) -> str:
    share = short_rate(row)
    return share if row["reason"] else f"{french.number(row['numerator'])} ({share})"


def _points(row: Row) -> str:
    if row["reason"]:
        return short_rate(row)
    return f"{french.points(row['value'] / 100, signed=False)} (n = {french.number(row['denominator'])})"


def _gain(row: Row) -> str:
    if row["reason"]:
        return short_rate(row)
    more = int(row["numerator"] - row["reference_numerator"])
    return f"+{french.number(more)} ({french.points(row['value'])})" if more else "0"


def _bottleneck_lecture(units: list[dict[str, Row]]) -> str:
    shown = [of for of in units if not of[_ADMISSION]["reason"]]
    if not shown:
        reason = units[0][_ADMISSION]["reason"]
        told = "il n'y a aucun refusé" if reason == "empty" else labels.REASONS[reason]
        return french.typography(f"les parts ne sont pas données : {told}.")
    of = max(shown, key=lambda unit: float(unit[_ADMISSION]["numerator"]))
    row, gain = of[_ADMISSION], of[_GAIN]
    refused = french.plural(int(row["denominator"]), "refusé", "refusés")
    decided = f"10 aurait suffi à {french.number(row['numerator'])} des {refused} pour avoir le diplôme, soit "
    decided += rate_text(row)
    if not row["numerator"]:
        decided = f"10 n'aurait donné le diplôme à aucun des {refused}"
    elif not gain["reason"]:
        before = french.percent(gain["estimate"] - gain["value"])
        decided += f" ; le taux de réussite serait de {french.percent(gain['estimate'])} au lieu de {before}"
    return french.typography(f"à l'épreuve « {labels.label('unit', row['unit'])} », {decided}.")


def _pairs(found: Publishable) -> list[dict[str, Row]]:
    """Rows of each pair by their statistic, in exam order."""
    require_figures(found, by=("unit", "other_unit"), statistics=PAIR_STATISTICS, comparison=True)
    pairs: dict[tuple[str, str], dict[str, Row]] = {}
    for row in ordered(found):
        pairs.setdefault((row["unit"], row["other_unit"]), {})[row["statistic"]] = row
    return list(pairs.values())


def _most_missed(pairs: list[dict[str, Row]]) -> list[dict[str, Row]]:
    """The pairs whose gap is shown, those that most candidates miss both of first; where that is hidden, last."""

    def place(of: Mapping[str, Row]) -> tuple[bool, float]:
        row = of[_NEITHER]
        return bool(row["reason"]), 0.0 if row["reason"] else -float(row["numerator"])

    return sorted((of for of in pairs if not of[_GAP]["reason"]), key=place)


def _acquired(row: Row) -> str:
    """What both units of a pair show: "acquise par 61,7 %, l'autre par 84,1 %"."""
    other = french.percent(row["estimate"] - row["value"])
    return f"acquise par {french.percent(row['estimate'])}, l'autre par {other}"


def _pairs_lecture(pairs: list[dict[str, Row]], shown: list[dict[str, Row]]) -> str:
    if not shown:
        return french.typography(f"aucune paire n'est donnée : {labels.REASONS[pairs[0][_GAP]['reason']]}.")
    row, neither = shown[0][_GAP], shown[0][_NEITHER]
    who, gap = labels.DENOMINATORS[row["denominator_kind"]], ", ".join(filter(None, (gap_text(row), verdict(row))))
    have = "n'a" if neither["numerator"] < 2 else "n'ont"
    missed = "un nombre masqué" if neither["reason"] else _counted_share(neither)
    first, second = (labels.label("unit", row[name]) for name in ("unit", "other_unit"))
    return french.typography(
        f"sur {count_text(row['denominator'], who)}, {missed} {have} acquis ni « {first} » ni « {second} » ; "
        f"la première est {_acquired(row)} : {gap}."
    )


def _widest(shown: list[dict[str, Row]]) -> list[str]:
    """The widest gap of all pairs that have figures, in a sentence."""
    if not shown:
        return []
    row = max((of[_GAP] for of in shown), key=lambda gap: abs(float(gap["value"])))
    first, second = (labels.label("unit", row[name]) for name in ("unit", "other_unit"))
    rates = [french.percent(rate) for rate in (row["estimate"], row["estimate"] - row["value"])]
    return [f"L'écart le plus grand : « {first} », acquise par {rates[0]}, et « {second} », par {rates[1]}."]


def _listed(rows: int, shown: int, pairs: int) -> str:
    masked = "masquée" if pairs - shown == 1 else "masquées"
    hidden = f" ; {pairs - shown} sans chiffres ({masked}, ou trop peu de candidats)" if shown < pairs else ""
    return f"{french.plural(rows, 'paire', 'paires')} sur {pairs}{hidden} ; toutes sont dans le fichier du tableau."


def _q_line(row: Row, freedom: int) -> str:
    if row["reason"]:
        return f"Q de Cochran : non calculé ({labels.REASONS[row['reason']]})."
    degrees = french.plural(freedom, "degré", "degrés")
    tested = f"Q de Cochran = {french.number(row['value'], 1)}, χ² à {degrees} de liberté, {_p('p', row['p_value'])}"
    some = int(row["numerator"])
    who = f"comptent les {french.number(some)} candidats qui ont" if some > 1 else "compte le candidat qui a"
    return f"{tested} ; {'seuls' if some > 1 else 'seul'} {who} acquis une partie des unités."


def _pair_line(of: Mapping[str, Row]) -> str:
    row, phi = of[_GAP], of[_PHI]
    link = short_rate(phi) if phi["reason"] else french.number(phi["value"], 2)
    tests = f"{_p('p', row['p_value'])}, {_p('p ajusté', row['p_adjusted'])}"
    return f"{row['unit']} et {row['other_unit']} : {tests}, phi {link}."


def _p(word: str, value: float) -> str:
    if pd.isna(value):
        return f"{word} sans objet"
    return f"{word} < 0,001" if value < _LEAST_P else f"{word} = {french.number(value, 3)}"
