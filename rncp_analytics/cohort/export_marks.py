"""The results that the lines of an export hold, one a line or one a column."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

import pandas as pd

from rncp_analytics.cohort.export_refusals import Refusal, left_empty, refusals_of
from rncp_analytics.cohort.export_shapes import Table
from rncp_analytics.cohort.export_values import Read, Verdict, by_distinct, judge_mark

_CODED = re.compile(r"([^\W\d][^\d]*?)\s*[:(]?\s*(\d[^()]*)\)?")


def read_long(
    table: Table, at: dict[str, int], judge: dict[str, Any], refusals: list[Refusal], findings: list[str]
) -> tuple[pd.DataFrame, frozenset[int]]:
    """Results of a file with one line per candidate and unit, and the lines whose unit isn't known.

    ``at``: position of each column that the profile names. Refusals and findings are added to the lists given.
    """
    rows, none = table.rows, pd.Series(None, index=table.rows.index, dtype=object)
    read = {n: by_distinct(rows[at[n]], judge[n]) for n in ("unit", "test", "state", "since", "mode") if n in at}
    values = {n: r.values for n, r in read.items()}
    marks, state = _marks(rows[at["mark"]], judge["state"])
    for name in (n for n in ("unit", "test", "state", "since") if n in at):
        refusals += refusals_of(table, rows[at[name]], read[name], table.titles[at[name]], name)
    refusals += refusals_of(table, rows[at["mark"]], marks, table.titles[at["mark"]], "mark")
    empty = values["unit"].isna() & (read["unit"].reasons == "")
    refusals += [
        Refusal(table.name, line, table.titles[at["unit"]], "", "une unité : la cellule est vide")
        for line in rows.index[empty]
    ]
    if "mode" in at:
        findings += left_empty(table, rows[at["mode"]], read["mode"], table.titles[at["mode"]], "mode")
    results = pd.DataFrame({
        "line": rows.index, "unit": values["unit"], "test": values.get("test", none).fillna("first_group"),
        "said": values.get("state", none), "state": state, "mark": marks.values,
        "since": values.get("since", none), "mode": values.get("mode", none),
    })  # fmt: skip
    return results, frozenset(rows.index[values["unit"].isna()])


def read_wide(
    table: Table, by_unit: dict[str, int], judge: dict[str, Any], refusals: list[Refusal], findings: list[str]
) -> pd.DataFrame:
    """Results of a file with one column per unit; ``by_unit``: position of each of ``profile.unit_columns()``.

    An empty cell is a unit that was not presented. Refusals and findings are added to the lists given.
    """

    def beside(unit: str, name: str) -> Any:
        i = by_unit.get(f"{unit}_{name}")
        if i is None:
            return None
        read = by_distinct(table.rows[i], judge[name])
        if name == "since":
            refusals.extend(refusals_of(table, table.rows[i], read, table.titles[i], name))
        else:
            findings.extend(left_empty(table, table.rows[i], read, table.titles[i], name))
        return read.values

    parts = []
    for column, i in by_unit.items():
        unit, _, kind = column.partition("_")
        if kind not in ("", "control"):
            continue
        marks, state = _marks(table.rows[i], judge["state"])
        refusals += refusals_of(table, table.rows[i], marks, table.titles[i], "mark")
        since, mode = (None, None) if kind else (beside(unit, "since"), beside(unit, "mode"))
        part = pd.DataFrame({"line": table.rows.index, "unit": unit, "test": kind or "first_group", "said": None,
                             "state": state, "mark": marks.values, "since": since, "mode": mode})  # fmt: skip
        parts.append(part[(marks.values.notna() | state.notna()).to_numpy()])
    columns = ["line", "unit", "test", "said", "state", "mark", "since", "mode"]
    return pd.concat(parts).astype(object) if parts else pd.DataFrame(columns=columns, dtype=object)


def _marks(column: pd.Series[Any], state: Callable[[str], Verdict]) -> tuple[Read, pd.Series[Any]]:
    """Marks of a column, with the reasons to refuse its cells, and the states that codes among the marks mean."""

    @functools.cache
    def both(text: str) -> tuple[int | None, str | None, str]:
        mark, reason = judge_mark(text)
        if mark is not None:
            return mark, None, ""
        word, _ = state(text)
        coded = _CODED.fullmatch(text)  # "BE 12,50": a code, then its mark
        if coded and not word:
            word, mark = state(coded[1])[0], judge_mark(coded[2])[0]
            return (mark, word, "") if word and mark is not None else (None, None, reason)
        return None, word, "" if word else reason

    marks = by_distinct(column, lambda text: (both(text)[0], both(text)[2]))
    return marks, by_distinct(column, lambda text: (both(text)[1], "")).values
