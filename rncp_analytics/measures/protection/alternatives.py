"""Other tables that agree with what is published: as long as they exist, a hidden number is protected."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rncp_analytics.counts.model import word
from rncp_analytics.errors import CountsError, PublicationError
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
    touched : list of arrays of int
        The cells where each differs.
    moves : list of arrays, one value per primary cell
    """

    system: System
    primary: np.ndarray
    touched: list[np.ndarray] = field(default_factory=list)
    moves: list[np.ndarray] = field(default_factory=list)

    def add(self, difference: np.ndarray) -> None:
        """Keep a table, and those that lie as far as possible on its line, both ways: they are as true as it is."""
        touched = np.flatnonzero(difference)
        step = difference / np.gcd.reduce(np.abs(difference[touched]).astype(int))
        value = self.system.value
        for way in (step, -step):
            down = way < 0
            times = np.floor((value[down] / -way[down]).min()) if down.any() else value.sum()
            if times:
                self.touched.append(touched)
                self.moves.append(times * way[self.primary])

    def intervals(self, hidden: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest value found for each primary cell when the cells of this mask are hidden."""
        value = self.system.value[self.primary]
        usable = [m for m, t in zip(self.moves, self.touched, strict=True) if hidden[t].all()]
        moves = np.vstack([np.zeros(len(value)), *usable])
        return value + moves.min(axis=0), value + moves.max(axis=0)


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


def completed(made: System) -> System:
    """The system with a possible value for each number that no table gives.

    What an attacker can work out depends on what is shown alone, so any possible value serves.

    Raises
    ------
    CountsError
        No table agrees with what is known.
    """
    unknown = np.isnan(made.value)
    if not unknown.any():
        return made
    right = -(made.matrix @ np.where(unknown, 0.0, made.value))
    size = int(unknown.sum())
    found = solve(np.zeros(size), made.matrix[:, unknown], right, np.zeros(size), np.full(size, np.inf))
    if found is None:
        raise CountsError(
            "Ces effectifs contredisent ceux qui sont déjà publiés",
            expected="les mêmes candidats, comptés de la même façon",
            remedy="retirer de « published » la publication qui ne porte pas sur eux",
        )
    value = made.value.copy()
    value[unknown] = found
    return replace(made, cells=made.cells.assign(value=value))


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
