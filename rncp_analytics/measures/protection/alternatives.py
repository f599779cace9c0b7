"""Other tables that agree with what is published: as long as they exist, a hidden number is protected."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from rncp_analytics.counts.model import word
from rncp_analytics.errors import PublicationError
from rncp_analytics.measures.protection.attack import Rule, components
from rncp_analytics.measures.protection.cells import System
from rncp_analytics.measures.protection.programme import solve

if TYPE_CHECKING:
    from scipy import sparse  # type: ignore[import-untyped]

Covers = Mapping[int, Collection[int]]  # cell → cells that no line prints any more once it is hidden
NOTHING: Covers = {}


@dataclass(eq=False)
class Alternatives:
    """Tables found so far, as differences from the true one.

    A table found under one mask serves under every other that hides the cells where it differs from the true one.

    Attributes
    ----------
    system : System
    primary : array of int
        Cells to protect, sorted.
    differs : list of boolean arrays, one value per cell
    moves : list of arrays, one value per primary cell
    """

    system: System
    primary: np.ndarray
    differs: list[np.ndarray] = field(default_factory=list)
    moves: list[np.ndarray] = field(default_factory=list)

    def add(self, difference: np.ndarray) -> None:
        """Keep a table, and those that lie as far as possible on its line, both ways: they are as true as it is."""
        touched = np.flatnonzero(difference)
        step = difference / np.gcd.reduce(np.abs(difference[touched]).astype(int))
        differs = np.zeros(len(difference), dtype=bool)
        differs[touched] = True
        value = self.system.value
        for way in (step, -step):
            down = way < 0
            times = np.floor((value[down] / -way[down]).min()) if down.any() else value.sum()
            if times:
                self.differs.append(differs)
                self.moves.append(times * way[self.primary])

    def intervals(self, hidden: np.ndarray, *, since: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest value found for each primary cell when the cells of this mask are hidden."""
        value = self.system.value[self.primary]
        usable = [m for m, d in zip(self.moves[since:], self.differs[since:], strict=True) if not (d & ~hidden).any()]
        moves = np.vstack([np.zeros(len(value)), *usable])
        return value + moves.min(axis=0), value + moves.max(axis=0)


def shortfalls(alternatives: Alternatives, hidden: np.ndarray, *, rule: Rule, first: bool = False) -> list[int]:
    """Primary cells that this mask doesn't protect; the first one alone if that is enough."""
    lower, upper = alternatives.intervals(hidden)
    todo = np.flatnonzero(~rule.protects(lower, upper))
    homes = _homes(alternatives.system, hidden) if len(todo) else {}
    found: list[int] = []
    for place in todo:
        if rule.protects(lower[place], upper[place]):
            continue
        since = len(alternatives.moves)
        cell = int(alternatives.primary[place])
        value = float(alternatives.system.value[cell])
        high = _stretched(alternatives, homes[cell], cell, max(rule.threshold - value, rule.width))
        low = 0.0
        if value + high >= rule.threshold and high < rule.width:
            low = _stretched(alternatives, homes[cell], cell, high - rule.width)
        if not rule.protects(value + low, value + high):
            found.append(cell)
            if first:
                break
        new = alternatives.intervals(hidden, since=since)
        lower, upper = np.minimum(lower, new[0]), np.maximum(upper, new[1])
    return found


_Home = tuple[np.ndarray, Any]  # the cells that equations tie together, and the sparse matrix of these equations


def _homes(system: System, hidden: np.ndarray) -> dict[int, _Home]:
    """The component of each hidden cell."""
    found: dict[int, _Home] = {}
    for members, rows in components(system.matrix, hidden):
        found.update(dict.fromkeys(members.tolist(), (members, system.matrix[rows][:, members])))
    return found


def _stretched(alternatives: Alternatives, home: _Home, cell: int, want: float) -> float:
    """How far a cell can move towards ``want`` when its component alone may move; the table is kept."""
    system, (members, matrix) = alternatives.system, home
    value = system.value[members]
    place = int(np.searchsorted(members, cell))
    lower, upper = -value, np.full(len(members), 2 * value.sum() + 2 * abs(want))
    lower[place], upper[place] = max(min(want, 0.0), -value[place]), max(want, 0.0)
    objective = np.zeros(len(members))
    objective[place] = -np.sign(want)
    moved = solve(objective, matrix, np.zeros(matrix.shape[0]), lower, upper)
    if moved is None or not moved[place]:
        return 0.0
    difference = np.zeros(len(system.cells))
    difference[members] = moved
    alternatives.add(difference)
    return float(moved[place])


@dataclass(frozen=True, eq=False)
class Hideable:
    """Which cells may be hidden, and what goes with them.

    Attributes
    ----------
    primary : array of int
        Cells to protect, sorted.
    forced, free : boolean arrays, one value per cell
        Hidden anyway; among the others, those that may be. A group of nobody is known to be empty (no such section in
        that académie): hiding its zeros protects nothing.
    covers : sparse boolean array, cells × cells
        The cells (columns) that no line prints any more once a cell (row) is hidden: a numerator, once its denominator
        is.
    """

    primary: np.ndarray
    forced: np.ndarray
    free: np.ndarray
    covers: sparse.csr_array

    def hidden(self, chosen: np.ndarray) -> np.ndarray:
        """All that is hidden when these cells are, beside those that are anyway."""
        own = self.forced | chosen
        return np.asarray(own | (self.covers.T @ own > 0))


def hideable(
    system: System,
    primary: Collection[int],
    *,
    keep: Collection[int] = (),
    hidden: Collection[int] = (),
    covers: Covers = NOTHING,
) -> Hideable:
    """What may be hidden to protect the primary cells; the other arguments as in :func:`~.protect.protect`.

    Raises
    ------
    PublicationError
        A number is missing, or a cell to protect, or hidden elsewhere, must be published.
    """
    from scipy import sparse

    if np.isnan(system.value).any():
        raise PublicationError(
            "Des effectifs sont déjà masqués",
            where=system.label(int(np.flatnonzero(np.isnan(system.value))[0])),
            expected="tous les vrais effectifs",
        )
    cells, kept = np.array(sorted(primary), dtype=int), system.mask(keep)
    forced = ~system.printed | system.mask(primary) | system.mask(hidden)
    if (contrary := kept & (system.mask(primary) | system.mask(hidden))).any():
        raise impossible(system, np.flatnonzero(contrary).tolist(), keep)
    size = pd.Series(system.value).groupby(pd.Series(system.keys, dtype=object)).transform("max").to_numpy()
    pairs = [(cell, child) for cell, children in covers.items() for child in children if not kept[child]]
    row, column = np.array(pairs, dtype=int).reshape(-1, 2).T
    count = len(system.cells)
    covering = sparse.csr_array((np.ones(len(pairs)), (row, column)), shape=(count, count))
    forced |= covering.T @ forced > 0
    return Hideable(cells, forced, (size > 0) & ~kept & ~forced, covering)


def impossible(system: System, cells: Sequence[int], keep: Collection[int]) -> PublicationError:
    """The error for cells that no mask protects."""
    shown = " ; ".join(system.label(cell) for cell in cells[:3])
    more = f" ; et {len(cells) - 3} autre(s)" if len(cells) > 3 else ""
    dimensions = dict.fromkeys(name for cell in cells for name, _ in system.keys[cell])
    merge = (
        f"regrouper des valeurs de : {', '.join(map(word, dimensions))}" if dimensions else "ne pas publier ce tableau"
    )
    asked = f", ou ne plus exiger {'; '.join(map(system.label, sorted(keep)[:3]))}" if keep else ""
    return PublicationError(
        "Aucun masque ne protège ces effectifs",
        where=shown + more,
        expected="assez d'autres cases à masquer dans les mêmes sommes",
        remedy=merge + asked,
    )
