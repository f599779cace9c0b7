"""The tables of a tally that look inside candidates: units, sets of units, pivotal units, modes of assessment."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from rncp_analytics.cohort.contracts import MODES
from rncp_analytics.cohort.marksheet import EXEMPT, MARKED, STATES, TWENTIETHS, codes
from rncp_analytics.cohort.outcomes import ACQUIRED

BOUNDS = (0, 5, 8, 10, 12, 14, 16, 20)
CLASSES = tuple(f"class_{low}_{high}" for low, high in itertools.pairwise(BOUNDS))
KINDS = ("pivot_mean", "pivot_control")
UNKNOWN_MODE = "unknown"
_MODES = (UNKNOWN_MODE, *MODES)
THOUSANDTHS = 1000

Values = npt.NDArray[Any]
Places = npt.NDArray[np.int64]


class People(NamedTuple):
    """What is counted of each candidate: ``group`` is a line of ``keys``; ``units`` begin with the mandatory ones."""

    entries: pd.Index
    group: Places
    keys: pd.DataFrame
    passed: npt.NDArray[np.bool_]
    refused: npt.NDArray[np.bool_]
    mandatory: tuple[str, ...]
    units: tuple[str, ...]


def grouped(keys: pd.DataFrame) -> tuple[Places, pd.DataFrame]:
    """Number of the group of each row, and the groups in order.

    >>> grouped(pd.DataFrame({"sex": ["M", "F", "M"]}))[0].tolist()
    [1, 0, 1]
    """
    place = np.zeros(len(keys), dtype=np.int64)
    for name in keys:
        values, distinct = pd.factorize(keys[name], sort=True)
        place, _ = pd.factorize(place * len(distinct) + values, sort=True)  # numbered anew: never overflows
    _, first = np.unique(place, return_index=True)
    return place.astype(np.int64), keys.iloc[first].reset_index(drop=True)


def summed(place: Places, n: int, columns: Mapping[str, Values]) -> dict[str, Places]:
    """Sum of each column over each of ``n`` places; exact as long as a sum stays under 2**53.

    >>> summed(np.array([0, 1, 1]), 2, {"marked": np.array([True, True, False])})["marked"].tolist()
    [1, 1]
    """
    return {
        name: np.bincount(place[values], minlength=n).astype(np.int64)
        if values.dtype == bool
        else np.bincount(place, weights=values, minlength=n).astype(np.int64)
        for name, values in columns.items()
    }


def units(people: People, found: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """``units`` of a tally, from the units of a deliberation and the rows of the cohort."""
    line, unit, state, mark = _coded(people, found)
    acquired = codes(found["acquired"], ACQUIRED)
    marked = state == MARKED
    klass = np.searchsorted(np.array(BOUNDS[:-1]) * TWENTIETHS, mark, side="right") - 1
    no_diploma = ~people.passed[line] & (state != EXEMPT)
    columns: dict[str, Values] = {
        "registered": np.ones(len(line), dtype=bool),
        **{name: state == position for position, name in enumerate(STATES)},
        "marks_sum": np.where(marked, mark, 0),
        "marks_sumsq": np.where(marked, mark**2, 0),
        "at_least_10": marked & (mark >= 10 * TWENTIETHS),
        **{name: marked & (klass == position) for position, name in enumerate(CLASSES)},
        **{name: acquired == position for position, name in enumerate(ACQUIRED)},
        "no_diploma": no_diploma,
        "no_diploma_acquired": no_diploma & (acquired >= 0),
    }
    mode = _mode(people, rows)[line, unit]
    sizes = (len(people.keys), len(people.units), len(_MODES))
    cell, cells = pd.factorize(np.ravel_multi_index((people.group[line], unit, mode), sizes), sort=True)
    group, unit, mode = np.unravel_index(cells, sizes)
    frame = people.keys.iloc[group].reset_index(drop=True)
    frame = frame.assign(unit=np.array(people.units)[unit], mode=np.array(_MODES)[mode])
    return frame.assign(**summed(cell, len(cells), columns))


def patterns(people: People, found: pd.DataFrame) -> pd.DataFrame:
    """``patterns`` of a tally: which mandatory units each candidate acquired, as "101…"."""
    line, unit, _, _ = _coded(people, found)
    n = len(people.mandatory)
    acquired = (codes(found["acquired"], ACQUIRED) >= 0) & (unit < n)
    mask = np.bincount(line[acquired], weights=2.0 ** unit[acquired], minlength=len(people.group)).astype(np.int64)
    cell, cells = pd.factorize((people.group << n) + mask, sort=True)
    frame = people.keys.iloc[cells >> n].reset_index(drop=True)
    texts = ["".join(str(m >> place & 1) for place in range(n)) for m in (cells & ((1 << n) - 1)).tolist()]
    columns = {"registered": np.ones(len(cell), dtype=bool), "no_diploma": ~people.passed}
    return frame.assign(acquired_units=np.array(texts, dtype=object), **summed(cell, len(cells), columns))


def pivots(people: People, found: pd.DataFrame) -> pd.DataFrame:
    """``pivots`` of a tally: a line for each group, mandatory unit and kind, even where nobody is refused.

    ``below_10``, ``missing_sum``, ``missing_sumsq``: of the refused, who have a mark of this session under 10 there
    before the contrôle, and what it lacks (twentieths of a point).
    """
    line, unit, state, mark = _coded(people, found)
    n = len(people.mandatory)
    counted = people.refused[line] & (unit < n)
    cell = (people.group[line] * n + unit)[counted]
    missing = np.where(state == MARKED, np.maximum(10 * TWENTIETHS - mark, 0), 0)[counted]
    at = np.arange(len(people.keys) * n)
    frame = people.keys.iloc[at // n].reset_index(drop=True).assign(unit=np.array(people.mandatory)[at % n])
    tables = []
    for kind in KINDS:
        columns = {
            "refused": np.ones(len(cell), dtype=bool),
            "pivotal": found[kind].to_numpy(bool)[counted],
            "below_10": missing > 0,
            "missing_sum": missing,
            "missing_sumsq": missing**2,
        }
        tables.append(frame.assign(kind=kind, **summed(cell, len(at), columns)))
    return pd.concat(tables, ignore_index=True)


def modes(people: People, found: pd.DataFrame, rows: pd.DataFrame, halves: Places) -> pd.DataFrame:
    """``modes`` of a tally; ``halves``: twice the coefficients, candidate × unit, 0 outside the mandatory units."""
    line, unit, state, mark = _coded(people, found)
    mode, weight, n = _mode(people, rows)[line, unit], halves[line, unit], len(people.group)
    means, known = [], np.ones(n, dtype=bool)
    for place in range(1, len(_MODES)):
        here = (mode == place) & (state == MARKED)
        points = np.bincount(line[here], weights=(mark * weight)[here], minlength=n).astype(np.int64)
        total = np.bincount(line[here], weights=weight[here], minlength=n).astype(np.int64)
        known &= total > 0
        scale = THOUSANDTHS // TWENTIETHS
        means.append((2 * scale * points + total) // np.maximum(2 * total, 1))  # rounded half up, in whole numbers
    ccf, ponctuel = (np.where(known, mean, 0) for mean in means)
    columns = {"paired": known, "ccf_sum": ccf, "ponctuel_sum": ponctuel, "gap_sumsq": (ccf - ponctuel) ** 2}
    return people.keys.assign(**summed(people.group, len(people.keys), columns))


def _coded(people: People, found: pd.DataFrame) -> tuple[Places, Places, Places, Places]:
    """Line of the candidate, place of the unit, state and mark (0 without one) of each row of a deliberation."""
    line = people.entries.get_indexer(pd.Index(found["candidate"])).astype(np.int64)
    mark = found["mark"].to_numpy(dtype=np.int64, na_value=0)
    return line, codes(found["unit"], people.units), codes(found["state"], STATES), mark


def _mode(people: People, rows: pd.DataFrame) -> Places:
    """Mode of assessment, candidate × unit, as a place in ``_MODES``."""
    first = rows[rows["test"] == "first_group"]
    line = people.entries.get_indexer(pd.Index(first["candidate"]))
    table = np.zeros((len(people.entries), len(people.units)), dtype=np.int64)
    table[line, codes(first["unit"], people.units)] = np.maximum(codes(first["mode"], _MODES), 0)
    return table
