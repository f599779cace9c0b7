"""Columns that other figures add to the table of the épreuves, each a function from a unit to its cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from rncp_analytics.certification.regulation import Regulation
from rncp_analytics.counts.tally import UNKNOWN
from rncp_analytics.display import cohort_labels, french, labels
from rncp_analytics.display.labels import ordered, ordered_frame
from rncp_analytics.display.lecture import Row, short_rate, verdict
from rncp_analytics.display.mark_lecture import mark_gap
from rncp_analytics.display.shape import require_figures
from rncp_analytics.display.table import Bars
from rncp_analytics.display.theme import ACCENT, GRID, LIGHT
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.marks import MARK_CLASSES, MARK_STATISTICS
from rncp_analytics.measures.secrecy import Publishable

Cell = Callable[[str], str | Bars]
BELOW_TEN = MARK_CLASSES[:3]  # drawn paler
_RULED = {"ccf": "CCF", "ponctuel": "ponctuel", "either": "CCF ou ponctuel"}
_COLOURS = tuple(LIGHT if name in BELOW_TEN else ACCENT for name in MARK_CLASSES)


def by_unit(figures: Publishable) -> dict[str, dict[str, Row]]:
    """The rows of each unit, by their statistic, in exam order."""
    found: dict[str, dict[str, Row]] = {}
    for row in ordered(figures):
        found.setdefault(row["unit"], {})[row["statistic"]] = row
    return found


def natures(marks: Publishable, rules: Regulation, modes: Publishable | None) -> Cell:
    """How a unit was marked: "CCF", or "CCF 412, ponctuel 35"; what the regulation says without ``modes``."""
    if modes is None:
        ruled = {r.unit: _RULED[str(r.value)] for r in rules.rules if r.name == "mode"}
        return lambda unit: ruled.get(unit, "–")
    require_figures(modes, by=("unit", "mode"), statistics=MARK_STATISTICS)
    _require_same(marks, modes)
    found = {str(unit): rows.to_dict("records") for unit, rows in _modes_in_use(modes).groupby("unit")}
    return lambda unit: _nature(found.get(unit, []))


def told_modes(modes: Publishable) -> pd.DataFrame:
    """The figures whose numbers of marks :func:`natures` tells: none of the units of which it only names the modes."""
    return _modes_in_use(modes).groupby("unit").filter(lambda rows: _is_told(list(rows["reason"])))


def _modes_in_use(modes: Publishable) -> pd.DataFrame:
    frame = ordered_frame(modes)
    return frame[(frame["statistic"] == "mark_mean") & (frame["reason"] != "empty")]


def _is_told(reasons: Sequence[str]) -> bool:
    """Whether modes are told with their numbers: a single one, with that of the unit, gives back a hidden one."""
    return len(reasons) > 1 and "secret" not in reasons


def _nature(rows: Sequence[Row]) -> str:
    names = [french.small(labels.label("mode", row["mode"])) for row in rows]
    if not rows or [row["mode"] for row in rows] == [UNKNOWN]:
        return "–"
    if not _is_told([row["reason"] for row in rows]):
        return french.enumeration(names)
    return ", ".join(f"{name} {french.number(row['denominator'])}" for name, row in zip(names, rows, strict=True))


def changes(marks: Publishable, change: Publishable) -> Cell:
    """The change of the mean since the session before, and whether it is beyond chance."""
    require_figures(change, by=("session", "unit"), statistics=("mark_mean_gap",), comparison=True)
    rows = ordered(change)
    last = max(row["session"] for row in rows)
    found = {row["unit"]: row for row in rows if row["session"] == last}
    own = {unit: by_name["mark_mean"] for unit, by_name in by_unit(marks).items()}
    shown = [unit for unit, row in own.items() if "secret" not in (row["reason"], found.get(unit, row)["reason"])]
    same = all(unit in found and found[unit]["denominator"] == own[unit]["denominator"] for unit in shown)
    _require_same(marks, change, numbers=same)
    return lambda unit: _change(found[unit]) if unit in found else "–"


def _change(row: Row) -> str:
    if row["reason"] in ("empty", "no_reference"):
        return "–"
    if row["reason"]:
        return verdict(row)
    gap = mark_gap(row["value"]).split(french.NBSP)[0]
    short = {"compatible avec le hasard": "compatible"}
    return french.typography(" : ".join(part for part in (gap, short.get(verdict(row), verdict(row))) if part))


def distributions(marks: Publishable, classes: Publishable) -> Cell:
    """The classes of marks as small bars, on the same scale for all units."""
    require_figures(classes, by=("unit",), statistics=MARK_CLASSES)
    _require_same(marks, classes)
    found = by_unit(classes)
    shares = [row["value"] for rows in found.values() for row in rows.values() if not row["reason"]]
    tallest = max(shares, default=0) or 1
    return lambda unit: _bars(found[unit], tallest)


def _bars(rows: dict[str, Row], tallest: float) -> str | Bars:
    classes = [rows[name] for name in MARK_CLASSES]
    if all(row["reason"] for row in classes):
        return short_rate(classes[0])
    # A hidden class is a grey bar of the whole height: no bar at all would read as no mark.
    lengths = (1.0 if row["reason"] else row["value"] / tallest for row in classes)
    colours = (GRID if row["reason"] else colour for row, colour in zip(classes, _COLOURS, strict=True))
    told = (
        f"{cohort_labels.SHORT_CLASSES[name]} : {short_rate(row, 0)}"
        for name, row in zip(MARK_CLASSES, classes, strict=True)
    )
    return Bars(tuple(lengths), tuple(colours), french.typography(", ".join(told)))


def masked_bars(classes: Publishable) -> list[str]:
    """What a grey bar is, where secrecy hides some classes of an épreuve and not all."""
    hidden = (classes.frame["reason"] == "secret").groupby(classes.frame["unit"]).mean()
    return ["Barre grise : part masquée."] if hidden.between(0, 1, inclusive="neither").any() else []


def decisive(marks: Publishable, pivots: Publishable) -> Cell:
    """Of the refused, for how many 10 in this unit alone would give the diploma."""
    require_figures(pivots, by=("unit", "kind"), statistics=("pivot_share",))
    _require_same(marks, pivots)
    found = {row["unit"]: row for row in ordered(pivots) if row["kind"] == "pivot_mean"}
    return lambda unit: short_rate(found[unit]) if unit in found else "–"


def _require_same(marks: Publishable, other: Publishable, *, numbers: bool | None = None) -> None:
    """Refuse figures of other candidates; those of several sessions too are judged by their numbers of marks."""
    ours, theirs = (
        (p.scope if numbers is None else replace(p.scope, kept=()), p.origin, p.source, p.profile)
        for p in (marks, other)
    )
    if ours != theirs or numbers is False:
        raise CountsError(
            "Les colonnes de ce tableau ne sont pas celles des mêmes candidats",
            where=", ".join(dict.fromkeys(map(labels.statistic_label, other.frame["statistic"]))),
            expected="des comptes de la même cohorte, avec la même sélection et le même profil de secret",
            remedy="partir du même rncp.tally(…), et choisir la session de la même façon : comptes.where(session=…)",
        )
