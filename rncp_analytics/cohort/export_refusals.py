"""What is refused in an export or left empty in it, told without naming anybody."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from rncp_analytics.cohort.export_shapes import Table
from rncp_analytics.cohort.export_values import Read, harmless

WHOLE = "ligne"  # what stands for the column when a whole line is refused
REPEATED = "ligne identique à la ligne"
FOLLOWS = "candidat mis de côté"  # the line itself may be right
_SHOWN_LINES = 5


class Refusal(NamedTuple):
    """One reason to refuse a line; ``value`` is empty unless it can identify nobody."""

    file: str
    line: int
    column: str
    value: str
    reason: str


def refusals_of(table: Table, column: pd.Series[Any], read: Read, title: str) -> list[Refusal]:
    """Refusals of the lines whose cell was refused."""
    wrong = read.reasons[read.reasons != ""]
    return [
        Refusal(table.name, line, title, harmless(text), f"attendu : {reason}")
        for line, text, reason in zip(wrong.index, column[wrong.index], wrong, strict=True)
    ]


def left_empty(table: Table, column: pd.Series[Any], read: Read, title: str, *, hidden: bool = False) -> list[str]:
    """Cells of an optional column that say nothing known: left empty, and told."""
    wrong = read.reasons != ""
    shown = sorted({harmless(text) for text in column[wrong].unique()} - {""})[:_SHOWN_LINES] if not hidden else []
    values = f" (dont {', '.join(f'« {v} »' for v in shown)})" if shown else ""
    expected = f" ; attendu : {read.reasons[wrong].iloc[0]}" if wrong.any() else ""
    kept = "INE non employé" if hidden and "INE" in title.upper() else "laissée vide"
    return at_lines(table, wrong, f"valeur(s) de « {title} » non reconnue(s){values}, {kept}{expected}")


def at_lines(table: Table, wrong: pd.Series[Any], what: str) -> list[str]:
    """A finding with how many lines, and the first ones; nothing when there is none."""
    lines = list(wrong.index[wrong])
    if not lines:
        return []
    more = f" et {len(lines) - _SHOWN_LINES} autre(s)" if len(lines) > _SHOWN_LINES else ""
    return [f"{table.name} : {len(lines)} {what} — ligne(s) {', '.join(map(str, lines[:_SHOWN_LINES]))}{more}"]
