"""Totals that no table prints and that several give: by school and by sex, the same candidates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence

import numpy as np

from rncp_analytics.measures.protection.cells import Key, Places, Table, fixed_names

_Cell = tuple[str, Key]
_Level = frozenset[str]


def common_totals(
    values: Mapping[_Cell, float], printed: Mapping[_Cell, Collection[int]], where: Places, tables: Sequence[Table]
) -> dict[_Cell, float]:
    """The sums of a whole table that other cells give too.

    Parameters
    ----------
    values : mapping of cell to number
        Missing where every table hides it.
    printed : mapping of cell to numbers of tables
        Those that print the cell.
    where, tables
        How values lie in one another; the tables, by number.

    Returns
    -------
    dict of cell to number
        Cells that may be printed too: their number is then the same.
    """
    around = {key: where.around(key) for _, key in values}
    listed: dict[tuple[str, int], list[Key]] = defaultdict(list)
    levels: dict[str, dict[_Level, list[Key]]] = defaultdict(lambda: defaultdict(list))
    for quantity, key in values:
        levels[quantity][frozenset(name for name, _ in key)].append(key)
        for number in printed.get((quantity, key), ()):
            listed[quantity, number].append(key)
    found: dict[_Cell, list[float]] = defaultdict(list)
    for (quantity, number), keys in listed.items():
        own, fixed = _names(keys, around), fixed_names(tables[number])
        for others in levels[quantity].values():
            common = own & _names(others, around)
            if fixed <= common:  # what a table fixes is true of its sums too
                level = where.distinct(common)
                sums, beside = (_summed(values, quantity, of_one, level, around) for of_one in (keys, others))
                for total in sums.keys() & beside.keys():
                    # Where the table hides a number its sum is unknown, and that of some of the groups is no total.
                    found[quantity, total] += [sums[total], *([] if np.isnan(sums[total]) else [beside[total]])]
    return {cell: float(np.fmax.reduce(sums)) for cell, sums in found.items()}


def _names(keys: Iterable[Key], around: Mapping[Key, Mapping[str, Hashable]]) -> set[str]:
    return {name for key in keys for name in around[key]}


def _summed(
    values: Mapping[_Cell, float],
    quantity: str,
    keys: Sequence[Key],
    level: _Level,
    around: Mapping[Key, Mapping[str, Hashable]],
) -> dict[Key, float]:
    """The sums of some groups over all but some dimensions; missing where a part is."""
    sums: dict[Key, float] = defaultdict(float)
    for key in keys:
        if level <= around[key].keys():
            sums[tuple(sorted((name, around[key][name]) for name in level))] += values[quantity, key]
    return sums
