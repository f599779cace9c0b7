"""What can be worked out of hidden numbers: the interval of each, from published numbers alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rncp_analytics.errors import CountsError
from rncp_analytics.measures.protection.cells import System
from rncp_analytics.measures.protection.programme import solve

if TYPE_CHECKING:
    from scipy import sparse  # type: ignore[import-untyped]


@dataclass(frozen=True)
class Rule:
    """How little may be worked out of a hidden small number.

    With a threshold t, the numbers from 1 to t − 1 are small. One is protected when, for an attacker who has all the
    published numbers and knows that the hidden ones are whole and not negative, the possible values

    - reach the threshold (``upper`` ≥ t): nothing proves that the number is small, and
    - span at least ``width`` (``upper`` − ``lower`` ≥ width, t as a rule): the number is located no better
      than by the interval [0, t] that the rule itself tells.

    In the words of Fischetti & Salazar (2001, Management Science 47, 1008–1027): upper protection level t − value,
    sliding protection level ``width``, no lower protection level.

    Attributes
    ----------
    threshold : int
    width : int
    """

    threshold: int
    width: int

    def protects(self, lower: np.ndarray | float, upper: np.ndarray | float) -> np.ndarray:
        """Whether these intervals are wide enough.

        >>> Rule(11, 11).protects(np.array([0, 0, 9]), np.array([11, 10, 14])).tolist()
        [True, False, False]
        """
        upper = np.asarray(upper)
        return np.asarray((upper >= self.threshold) & (upper - lower >= self.width))


def small(system: System, *, threshold: int) -> frozenset[int]:
    """The cells to hide first: numbers from 1 to ``threshold`` − 1, printed or readable by difference.

    0 is not small: what it tells (nobody, or 0 and 100 %) is for another rule.
    """
    return frozenset(np.flatnonzero((system.value > 0) & (system.value < threshold)).tolist())


def attack(
    system: System,
    *,
    hidden: Collection[int] | None = None,
    of: Collection[int] | None = None,
    enough: Rule | None = None,
) -> pd.DataFrame:
    """Smallest and largest possible value of each hidden number.

    Parameters
    ----------
    system : System
        Only the numbers that are not hidden are looked at.
    hidden : collection of int, optional
        Cells that are hidden, beside the numbers that are missing. What is printed nowhere need not be named.
    of : collection of int, optional
        Cells to look for; all those that are hidden or printed nowhere when not given.
    enough : Rule, optional
        Stop as soon as an interval is wide enough for this rule, much faster on large tables: ``lower`` and ``upper``
        are then values met, and the whole interval only where the number is exposed.

    Returns
    -------
    DataFrame
        Index: cell. ``lower``, ``upper`` (infinite when no published total bounds it): linear programming in both
        directions, then in whole numbers where the optimum isn't whole. Equal: the number is disclosed.

    Raises
    ------
    CountsError
        No table agrees with what is published.

    Notes
    -----
    Before any programme, sums with one unknown are solved, and what is left is split into unknowns that no sum ties.
    """
    unknown = ~system.printed | np.isnan(system.value)
    if hidden is not None:
        unknown |= system.mask(hidden)
    asked = np.flatnonzero(unknown) if of is None else np.array(sorted(of), dtype=int)
    known, unknown = solved(system, unknown)
    lower, upper = known.copy(), known.copy()
    for members, rows in components(system.matrix, unknown):
        wanted = members[np.isin(members, asked)]
        if len(wanted):
            matrix = system.matrix[rows]
            right = -(matrix @ np.where(unknown, 0.0, known))
            lower[wanted], upper[wanted] = _intervals(
                matrix[:, members], right, np.searchsorted(members, wanted), enough
            )
    found = system.cells.loc[asked, ["quantity"]]
    return found.assign(lower=lower[asked], upper=upper[asked])


def exposed(intervals: pd.DataFrame, *, rule: Rule) -> list[int]:
    """Cells of an attack whose interval is too narrow.

    Parameters
    ----------
    intervals : DataFrame
        Made by :func:`attack` on the cells to protect. For a file whose small cells are not named, pass those that
        may be small: ``upper`` ≥ 1 and ``lower`` < threshold.
    rule : Rule

    Returns
    -------
    list of int
        Cells, in order.
    """
    protected = rule.protects(intervals["lower"].to_numpy(), intervals["upper"].to_numpy())
    return [int(cell) for cell in intervals.index[~protected]]


def components(matrix: sparse.csr_array, unknown: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Sets of unknown cells that equations tie, each with the equations that hold some of them."""
    from scipy import sparse

    columns = np.flatnonzero(unknown)
    part = abs(matrix[:, columns])
    rows = np.flatnonzero(part.sum(axis=1))
    part = part[rows]
    links = sparse.block_array([[None, part], [part.T, None]]) if len(rows) else sparse.csr_array((len(columns),) * 2)
    count, names = sparse.csgraph.connected_components(links, directed=False)
    return [(columns[names[len(rows) :] == i], rows[names[: len(rows)] == i]) for i in range(count)]


def solved(system: System, unknown: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values known once every sum with a single unknown is solved; mask of the cells still unknown."""
    known = np.where(unknown, np.nan, system.value)
    unknown = unknown.copy()
    todo = list(range(len(system.equations)))
    while todo:
        found: set[int] = set()
        for i in todo:
            total, parts = system.equations[i]
            missing = [cell for cell in (total, *parts) if unknown[cell]]
            if len(missing) == 1:
                rest = sum(known[part] for part in parts if part != missing[0])
                known[missing[0]] = rest if missing[0] == total else known[total] - rest
                unknown[missing[0]] = False
                found.add(i)
                if known[missing[0]] < 0:
                    raise _contradiction(system.label(missing[0]))
        todo = [i for i in todo if i not in found] if found else []
    return known, unknown


def _intervals(
    matrix: sparse.csr_array, right: np.ndarray, wanted: np.ndarray, rule: Rule | None
) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest value of some unknowns of one component; with a rule, as far as it asks."""
    size = matrix.shape[1]
    far = np.full(size, 10.0 * (np.abs(right).sum() + 1_000))  # beyond what published numbers could bound
    start = solve(np.zeros(size), matrix, right, np.zeros(size), far)
    if start is None:
        raise _contradiction("")
    # Over all the tables met.
    low, high = _together(matrix, start, far, wanted, rule) if rule is not None else (start, start)
    for cell in wanted:
        end = far.copy()
        if rule is not None:
            end[cell] = max(rule.threshold, start[cell] + rule.width)
        for sign in (-1.0, 1.0):
            if (sign > 0 and low[cell] == 0) or (rule is not None and rule.protects(low[cell], high[cell])):
                continue
            objective = np.zeros(size)
            objective[cell] = sign
            # From one table that agrees, the others are moves whose sums are 0: the solver starts from a possible one.
            move = solve(objective, matrix, np.zeros(len(right)), -start, end - start)
            if move is not None:
                low, high = np.minimum(low, start + move), np.maximum(high, start + move)
    return low[wanted], np.where(high[wanted] > far[wanted] / 2, np.inf, high[wanted])


def _together(
    matrix: sparse.csr_array, start: np.ndarray, far: np.ndarray, wanted: np.ndarray, rule: Rule
) -> tuple[np.ndarray, np.ndarray]:
    """Values met in tables that take as many unknowns as possible far enough, as long as each serves several."""
    low, high, none = start.copy(), start.copy(), np.zeros(matrix.shape[0])
    todo, before = wanted[~rule.protects(low[wanted], high[wanted])], len(wanted) + 2
    while 1 < len(todo) < before - 1:
        before = len(todo)
        end = far.copy()
        end[todo] = np.maximum(rule.threshold, start[todo] + rule.width)
        for sign in (-1.0, 1.0):
            objective = np.zeros(len(start))
            objective[todo] = sign
            move = solve(objective, matrix, none, -start, end - start, whole=False) if len(todo) else None
            if move is not None and not (move % 1).any():
                low, high = np.minimum(low, start + move), np.maximum(high, start + move)
            todo = todo[~rule.protects(low[todo], high[todo])]
    return low, high


def _contradiction(where: str) -> CountsError:
    return CountsError(
        "Les effectifs publiés se contredisent : aucun tableau ne les vérifie tous",
        where=where,
        expected="des totaux égaux à la somme de leurs parties",
    )
