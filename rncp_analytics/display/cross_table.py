"""One rate by two dimensions: rows and columns, each cell with what it is a share of."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from rncp_analytics.display import french, labels
from rncp_analytics.display.labels import ordered, ordered_frame
from rncp_analytics.display.lecture import Row, count_or_masked, notes, rate_lecture, short_rate
from rncp_analytics.display.shape import require_figures
from rncp_analytics.display.table import Column, Table
from rncp_analytics.measures.estimates import FEW
from rncp_analytics.measures.secrecy import Publishable


def cross_table(rates: Publishable, *, rows: str, columns: str, name: str, caption: str) -> Table:
    """One row per value of a dimension, and for each value of another its denominator and its rate.

    Parameters
    ----------
    rates : Publishable
        One statistic of :func:`rncp_analytics.rates`, by ``rows`` and ``columns``.
    rows, columns : str
        The two dimensions.
    name, caption : str
        File name and French caption; the caption names the rate.
    """
    require_figures(rates, by=(rows, columns))
    records = ordered(rates)
    cells = {(r[rows], r[columns]): r for r in records}
    across = list(pd.unique(pd.Series([r[columns] for r in sorted(records, key=lambda r: _place(columns, r))])))
    kind = french.small(labels.DENOMINATORS[records[0]["denominator_kind"]])
    shown = []
    for row in dict.fromkeys(r[rows] for r in records):
        line = [labels.label(rows, row)]
        for column in across:
            found = cells.get((row, column))
            line += ["–", "–"] if found is None else [count_or_masked(found, "denominator"), _share(found)]
        shown.append(tuple(line))
    titles = [Column(labels.HEADS[rows], header=True)]
    for column in across:
        titles += [Column(f"{labels.label(columns, column)} : {kind}", "right"), Column("%", "right")]
    first = next((r for r in records if not r["reason"]), records[0])
    told = notes(rates, rate_lecture(rates, first))
    if any(row["reason"] == "few" for row in records):
        told = replace(told, caveats=(french.typography(f"– : non calculé, moins de {FEW}."), *told.caveats))
    return Table(name, caption, tuple(titles), tuple(shown), ordered_frame(rates), told)


def _share(row: Row) -> str:
    return "–" if row["reason"] == "few" else short_rate(row)


def _place(dimension: str, row: dict[object, object]) -> tuple[int, str]:
    known = list(labels.labels(dimension))
    value = str(row[dimension])
    return (known.index(value) if value in known else len(known), value)
