"""What is refused in an export or left empty in it, told without naming anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from rncp_analytics.certification.lookup import plain
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


def shown(table: Table, text: str, column: str) -> str:
    """A refused text where it looks like what its column is for, and identifies nobody in any file; else nothing."""
    return harmless(text, column) if plain(text) not in table.named.cells else ""


def refusals_of(table: Table, column: pd.Series[Any], read: Read, title: str, name: str) -> list[Refusal]:
    """Refusals of the lines whose cell was refused; ``name``: ours of the column, ``title``: the file's."""
    wrong = read.reasons[read.reasons != ""]
    return [
        Refusal(table.name, line, title, shown(table, text, name), f"attendu : {reason}")
        for line, text, reason in zip(wrong.index, column[wrong.index], wrong, strict=True)
    ]


def hide_shifted(refusals: Sequence[Refusal]) -> list[Refusal]:
    """Without the values of lines with several refused cells: theirs may have moved from other columns."""
    columns = Counter(line for line, _ in {(r.line, r.column) for r in refusals})
    return [r._replace(value="") if columns[r.line] > 1 else r for r in refusals]


def left_empty(table: Table, column: pd.Series[Any], read: Read, title: str, name: str) -> list[str]:
    """Cells of an optional column that say nothing known: left empty, and told."""
    wrong = read.reasons != ""
    told = sorted({shown(table, text, name) for text in column[wrong].unique()} - {""})[:_SHOWN_LINES]
    values = f" (dont {', '.join(f'« {v} »' for v in told)})" if told else ""
    expected = f" ; attendu : {read.reasons[wrong].iloc[0]}" if wrong.any() else ""
    kept = "INE non employé" if name == "ine" else "laissée vide"
    return at_lines(table, wrong, f"valeur(s) de « {title} » non reconnue(s){values}, {kept}{expected}")


def at_lines(table: Table, wrong: pd.Series[Any], what: str) -> list[str]:
    """A finding with how many lines, and the first ones; nothing when there is none."""
    lines = list(wrong.index[wrong])
    if not lines:
        return []
    more = f" et {len(lines) - _SHOWN_LINES} autre(s)" if len(lines) > _SHOWN_LINES else ""
    return [f"{table.name} : {len(lines)} {what} — ligne(s) {', '.join(map(str, lines[:_SHOWN_LINES]))}{more}"]
