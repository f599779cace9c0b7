"""Whether a text file is whole: one cut inside its last value can look like any other.

Many tools write no end after the last line, so its absence proves nothing. Such a line is accepted where nothing shows
a cut: its last cell has the form of the others of its column and can't be the beginning of a longer one, and its
candidate has the units that most have.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from rncp_analytics.cohort.export_refusals import WHOLE, Refusal
from rncp_analytics.cohort.export_shapes import Table

CUT = "le fichier se termine au milieu d'une ligne, sans doute tronqué"


def refuse_cut(
    table: Table, findings: list[str], *, whose: pd.Series[Any] | None = None, unit: pd.Series[Any] | None = None
) -> list[Refusal]:
    """Refuse the last line where the file seems cut inside it; accepted without its end, it is told in the findings.

    ``whose``, ``unit``: of each line of marks in long form, what identifies its candidate, and its unit.
    """
    last = table.rows.index.max() if len(table.rows) else 0
    if table.ended or last < max(table.broken, default=0):
        return []
    complete = whose is None or unit is None or _has_usual_units(whose, unit, last)
    if not (complete and _has_usual_form(table, last)):
        return [Refusal(table.name, last, WHOLE, "", CUT)]
    findings.append(f"{table.name} : la dernière ligne n'a pas de fin de ligne ; rien d'autre ne la montre tronquée")
    return []


def _has_usual_form(table: Table, last: int) -> bool:
    column = table.rows.iloc[:, -1]
    mine = _form(column[last])
    others = {_form(text) for text in column.drop(index=last).unique()}
    return mine in others and not any(other != mine and other.startswith(mine) for other in others)


def _form(text: str) -> str:
    """A text, its digits apart: "11,00" and "12,50" have one form, of which "9" is the beginning of none.

    >>> _form("11,00"), _form("BE 9,5")
    ('99,99', 'BE 9,9')
    """
    return re.sub(r"\d", "9", text)


def _has_usual_units(whose: pd.Series[Any], unit: pd.Series[Any], last: int) -> bool:
    sets = unit.dropna().groupby(whose).agg(frozenset)
    mine, others = sets.get(whose[last], frozenset()), sets.drop(whose[last], errors="ignore")
    return others.empty or bool(mine >= others.value_counts().index[0])


def last_has_fewer_units(table: Table, whose: pd.Series[Any], unit: pd.Series[Any]) -> list[str]:
    """A finding where the last candidate of a file of marks has fewer units than every other; nothing elsewhere."""
    counts = unit.groupby(whose).nunique()
    last = whose.iloc[-1]
    others = counts.drop(last)
    if others.empty or counts[last] >= others.min():
        return []
    return [
        f"{table.name} : le dernier candidat (ligne {whose.index[-1]}) a moins d'unités que tous les autres "
        f"({counts[last]}, les autres au moins {others.min()}) : vérifier que le fichier n'est pas tronqué"
    ]
