"""Tables of what a gap is made of: composition and rates, and the part of each dimension."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from rncp_analytics.display import french, labels
from rncp_analytics.display.adjusted_lecture import (
    EFFECTS,
    decomposition_lecture,
    effect_text,
    effect_verdict,
    factor_lecture,
)
from rncp_analytics.display.labels import ordered, ordered_frame
from rncp_analytics.display.lecture import Row, fullest, notes
from rncp_analytics.display.notes import Notes
from rncp_analytics.display.shape import require_figures, with_interval
from rncp_analytics.display.table import Column, Table
from rncp_analytics.display.tables import heads
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.secrecy import Publishable, require_publishable

_NO_CAUSE = "Ce partage décrit l'écart ; il n'en dit pas la cause."
_SHOWN = ("", "no_spread")  # an effect that can't vary has a value all the same


def decomposition_table(parts: Publishable, *, group: str, reference: str, name: str, caption: str) -> Table:
    """One row per gap: what of it goes with the composition of the groups, and what with their rates.

    Parameters
    ----------
    parts : Publishable
        From :func:`rncp_analytics.decompose`, two-fold.
    group, reference : str
        Named with their article ("l'option B").
    name, caption : str
        File name and French caption.

    Raises
    ------
    CountsError
        Other figures, or three-fold.
    """
    rows = []
    gaps = two_effects(parts)
    for effects in gaps:
        first = effects["composition_effect"]
        shown = any(row["reason"] in _SHOWN for row in effects.values())
        verdicts = {"composition": effect_verdict(first), "réussite": effect_verdict(effects["rate_effect"])}
        judged = " ; ".join(f"{part} : {told}" for part, told in verdicts.items() if told)
        rows.append(
            (
                *(labels.label(b, first[b]) for b in parts.by),
                gap_cell(list(effects.values())),
                *(effect_cell(effects[effect]) for effect in EFFECTS),
                french.typography(judged) if shown else effect_verdict(first),
            )
        )
    titles = ("Écart constaté", "Part de la composition", "Part de la réussite à composition égale")
    columns = (*heads(parts), *(Column(t, "right") for t in titles), Column("Ce qu'on peut en dire"))
    told = decomposition_notes(parts, gaps, sides=(group, reference))
    return Table(name, caption, columns, tuple(rows), ordered_frame(parts), told)


def factor_table(parts: Publishable, *, group: str, reference: str, name: str, caption: str) -> Table:
    """The part of each dimension in a gap, that of the rates, and the gap that they add up to.

    Parameters
    ----------
    parts : Publishable
        From :func:`rncp_analytics.decompose_factors`.
    group, reference : str
        Named with their article ("l'option B").
    name, caption : str
        File name and French caption.
    """
    require_publishable(parts)
    require_figures(parts, by={"factor", *parts.by}, statistics=tuple(EFFECTS), comparison=True)
    by = tuple(b for b in parts.by if b != "factor")
    groups = grouped(parts, by)
    rows = []
    for records in groups:
        key = tuple(labels.label(b, records[0][b]) for b in by)
        rows += [(*key, _factor(row), effect_cell(row), effect_verdict(row)) for row in records]
        rows.append((*key, "Écart constaté", gap_cell(records), ""))
    columns = (
        *(Column(labels.HEADS[b], header=True) for b in by),
        Column(labels.HEADS["factor"], header=True),
        Column(with_interval("Part de l'écart", parts), "right"),
        Column("Ce qu'on peut en dire"),
    )
    told = [[row for row in records[:-1] if row["reason"] in _SHOWN] for records in groups]
    example = next((place for place, rows in enumerate(told) if rows), 0)
    largest = max(told[example] or groups[0][:1], key=lambda row: abs(row["value"]))
    lecture = factor_lecture(parts, largest, _gap(groups[example]), sides=(group, reference))
    return Table(name, caption, columns, tuple(rows), ordered_frame(parts), _described(parts, lecture))


def two_effects(parts: Publishable) -> list[dict[str, Row]]:
    """The two effects of each gap by name, in the order of readers.

    Raises
    ------
    CountsError
        Other figures, three effects, or effects by factor.
    """
    require_figures(parts, statistics=tuple(EFFECTS), comparison=True)
    if "factor" in parts.by or set(parts.frame["statistic"]) != set(EFFECTS):
        raise CountsError(
            "Ces chiffres ne partagent pas un écart en deux",
            where="reçu : un partage par facteur, ou en trois effets",
            expected="le résultat de rncp.decompose(…), en deux effets",
            remedy="rncp.factor_table(…) pour un partage par facteur, rncp.statistician(…) pour trois effets",
        )
    return [{str(row["statistic"]): row for row in records} for records in grouped(parts, parts.by)]


def grouped(parts: Publishable, by: Sequence[str]) -> list[list[Row]]:
    """The rows of each group, in the order of readers."""
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in ordered(parts):
        groups.setdefault(tuple(row[b] for b in by), []).append(row)
    return list(groups.values())


def gap_cell(records: Sequence[Row]) -> str:
    """The gap that the effects of one group add up to; masked with any of them, which the others would give back."""
    if any(row["reason"] == "secret" for row in records):
        return "masqué"
    gap = _gap(records)
    return "–" if pd.isna(gap) else french.points(gap)


def effect_cell(row: Row) -> str:
    """An effect with its interval, or a word."""
    if row["reason"] == "secret":
        return "masqué"
    return effect_text(row) if row["reason"] in _SHOWN else "–"


def decomposition_notes(parts: Publishable, gaps: Sequence[Mapping[str, Row]], *, sides: tuple[str, str]) -> Notes:
    """Lecture of the last session, or of the first group that is shown, and what a decomposition doesn't say."""
    told = list(reversed(gaps)) if "session" in parts.by else list(gaps)
    example = fullest([effects for effects in told if any(r["reason"] in _SHOWN for r in effects.values())] or told)
    return _described(parts, decomposition_lecture(parts, example, sides=sides))


def _described(parts: Publishable, lecture: str) -> Notes:
    told = notes(parts, lecture)
    return replace(told, caveats=(*told.caveats, french.typography(_NO_CAUSE)))


def _gap(records: Sequence[Row]) -> float:
    if any(row["reason"] not in _SHOWN for row in records):
        return float("nan")
    return float(sum(row["value"] for row in records))


def _factor(row: Row) -> str:
    if row["statistic"] == "rate_effect":
        return "Réussite à composition égale"
    return f"Composition par {french.small(labels.label('factor', row['factor']))}"
