"""Which primary cells a mask leaves exposed: tables that protect them are sought for many at once, then one by one."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from rncp_analytics.measures.protection.alternatives import Alternatives
from rncp_analytics.measures.protection.attack import Rule, components
from rncp_analytics.measures.protection.cells import System
from rncp_analytics.measures.protection.programme import nearby, solve

if TYPE_CHECKING:
    from scipy import sparse  # type: ignore[import-untyped]

_ROUNDS = 10  # of sums one after the other: what they tell at once, they tell in a few


def shortfalls(
    alternatives: Alternatives, hidden: np.ndarray, *, rule: Rule, first: bool = False, deadline: float = math.inf
) -> list[int]:
    """Primary cells that this mask doesn't protect.

    Parameters
    ----------
    alternatives : Alternatives
        Those that are found here are added.
    hidden : boolean array, one value per cell
    rule : Rule
    first : bool
        One of these cells is enough.
    deadline : float
        On the clock of ``time.monotonic``.

    Raises
    ------
    TimeoutError
        Not known at the deadline.
    """
    todo = alternatives.primary[~rule.protects(*alternatives.intervals(hidden))]
    if not len(todo):
        return []
    lowest, highest = _outer(alternatives.system, hidden, rule)
    narrow = ~rule.protects(lowest[todo], highest[todo])
    found = todo[narrow].tolist()
    for members, rows in components(alternatives.system.matrix, hidden):
        asked = todo[~narrow & np.isin(todo, members)]
        if len(asked) and not (first and found):
            matrix = alternatives.system.matrix[rows][:, members]
            found += _Search(alternatives, hidden, rule, deadline, members, matrix).exposed(asked, first=first)
    return found[:1] if first else sorted(found)


def _outer(system: System, hidden: np.ndarray, rule: Rule) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of each cell that single sums give: no other table goes beyond, and no programme is needed."""
    matrix = system.matrix.tocoo()
    row, column = matrix.coords
    is_total = matrix.data < 0
    far = 2 * system.value.sum() + 2 * max(rule.threshold, rule.width)
    lower, upper = np.where(hidden, 0, system.value), np.where(hidden, far, system.value)
    for _ in range(_ROUNDS):
        least = np.where(is_total, -upper[column], lower[column])
        most = np.where(is_total, -lower[column], upper[column])
        least, most = (np.bincount(row, ends, len(system.equations))[row] - ends for ends in (least, most))
        before = lower.copy(), upper.copy()
        np.maximum.at(lower, column, np.where(is_total, least, -most))
        np.minimum.at(upper, column, np.where(is_total, most, -least))
        if (lower == before[0]).all() and (upper == before[1]).all():
            break
    return lower, upper


@dataclass(frozen=True, eq=False)
class _Search:
    """A search for other tables: ``members`` alone may move, ``matrix`` ties them."""

    alternatives: Alternatives
    hidden: np.ndarray
    rule: Rule
    deadline: float
    members: np.ndarray
    matrix: sparse.csr_array

    def exposed(self, todo: np.ndarray, *, first: bool) -> list[int]:
        """Those of these cells that nothing protects; the first one alone if that is enough."""
        before = math.inf
        while 1 < len(todo) < before - 1:  # one table for several cells, as long as that serves more than one
            before = len(todo)
            self._move(todo, up=True)
            if len(todo := self._left(todo)):
                self._move(todo, up=False)
                todo = self._left(todo)
        found: list[int] = []
        for place in range(len(todo)):
            cell = todo[[place]]
            if not len(self._left(cell)):
                continue
            near = self._near(cell)
            if not near._protects(cell) and (len(near.members) == len(self.members) or not self._protects(cell)):
                found.append(int(cell[0]))
                if first:
                    break
        return found

    def _near(self, cell: np.ndarray) -> _Search:
        """The same among the cells around this one: a small programme, whose table serves under more masks."""
        near = np.flatnonzero(nearby(self.matrix, int(np.searchsorted(self.members, cell[0]))))
        return replace(self, members=self.members[near], matrix=self.matrix[:, near])

    def _protects(self, cell: np.ndarray) -> bool:
        for up in (True, False):
            self._move(cell, up=up)
            if not len(self._left(cell)):
                return True
        return False

    def _left(self, cells: np.ndarray) -> np.ndarray:
        lower, upper = self.alternatives.intervals(self.hidden)
        places = np.searchsorted(self.alternatives.primary, cells)
        return np.asarray(cells[~self.rule.protects(lower[places], upper[places])])

    def _move(self, cells: np.ndarray, *, up: bool) -> None:
        """Keep the table in which these cells go up, or down, as far as the rule asks.

        For several, a table that isn't whole is let go: each of them has its own programme later.
        """
        if time.monotonic() > self.deadline:
            raise TimeoutError
        system, places = self.alternatives.system, np.searchsorted(self.members, cells)
        value = system.value[self.members]
        upper = np.full(len(value), 2 * value.sum() + 2 * max(self.rule.threshold, self.rule.width))
        if up:
            upper[places] = np.maximum(self.rule.threshold - value[places], self.rule.width)
        objective = np.zeros(len(value))
        objective[places] = -1 if up else 1
        none = np.zeros(self.matrix.shape[0])
        moved = solve(objective, self.matrix, none, -value, upper, whole=len(cells) == 1)
        if moved is not None and moved.any() and not (moved % 1).any():
            difference = np.zeros(len(system.cells))
            difference[self.members] = moved
            self.alternatives.add(difference)
