"""A mask for large tables: for each exposed cell the cheapest other table, then without what proved useless."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from rncp_analytics.measures.protection.alternatives import (
    NOTHING,
    Alternatives,
    Covers,
    Hideable,
    hideable,
    impossible,
)
from rncp_analytics.measures.protection.attack import Rule
from rncp_analytics.measures.protection.cells import System
from rncp_analytics.measures.protection.programme import nearby, solve
from rncp_analytics.measures.protection.shortfalls import shortfalls

_HIDDEN = 1e-3  # price of moving what is already hidden: not 0, so that the tables found touch few numbers


def protect_greedy(
    system: System,
    primary: Collection[int],
    *,
    rule: Rule,
    cost: np.ndarray,
    keep: Collection[int] = (),
    hidden: Collection[int] = (),
    previous: Collection[int] = (),
    covers: Covers = NOTHING,
) -> frozenset[int]:
    """Cells to hide, the primary ones included: protected as by the exact method, at a cost that isn't the least.

    Parameters
    ----------
    system, primary, rule, cost, keep, hidden, covers
        As in :func:`~.optimal.protect_optimal`.
    previous : collection of int
        Cells hidden last time: where they still protect everything, nothing else is hidden.

    Returns
    -------
    frozenset of int

    Raises
    ------
    PublicationError
        No mask protects some cells.

    Notes
    -----
    For each exposed primary cell, one linear programme finds the table that agrees with all the sums, moves the cell
    enough and costs least (Σ cost × move), among the cells around it if there is one there; the cells that it moves
    are hidden. At the end each complementary cell,
    the dearest first, is shown again if everything stays protected without it: all that remain are needed.
    """
    may = hideable(system, primary, keep=keep, hidden=hidden, covers=covers)
    alternatives = Alternatives(system, may.primary)
    chosen = may.free & system.mask(previous)
    if not previous or shortfalls(alternatives, may.hidden(chosen), rule=rule, first=True):
        chosen = np.zeros_like(chosen)
        # In real numbers first, which are much faster; then in whole ones for what that left exposed.
        for whole in (False, False, True):
            exposed = shortfalls(alternatives, may.hidden(chosen), rule=rule)
            # Those that need the most first: what they hide serves the others.
            for cell in sorted(exposed, key=system.value.__getitem__):
                _protect(alternatives, cell, chosen, may, rule=rule, cost=cost, whole=whole)
        if left := shortfalls(alternatives, may.hidden(chosen), rule=rule):
            raise impossible(system, left, keep)
    extra = np.flatnonzero(chosen)
    for one in extra[np.lexsort((extra, -cost[extra]))]:
        chosen[one] = False
        chosen[one] = bool(shortfalls(alternatives, may.hidden(chosen), rule=rule, first=True))
    return frozenset(np.flatnonzero(may.hidden(chosen)).tolist())


def _protect(
    alternatives: Alternatives,
    cell: int,
    chosen: np.ndarray,
    may: Hideable,
    *,
    rule: Rule,
    cost: np.ndarray,
    whole: bool,
) -> None:
    """Hide what one cell needs, up to the threshold first, then to the width, upwards or else downwards."""
    place = int(np.searchsorted(alternatives.primary, cell))
    value, allowed = float(alternatives.system.value[cell]), may.free | may.forced
    for up in (True, True, False):
        hidden = may.hidden(chosen)
        lower, upper = (ends[place] for ends in alternatives.intervals(hidden))
        if upper < rule.threshold:
            move = rule.threshold - value
        elif upper - lower < rule.width:
            move = lower + rule.width - value if up else upper - rule.width - value
        else:
            return
        price = np.where(hidden, _HIDDEN, cost)
        near = allowed & nearby(alternatives.system.matrix, cell)
        difference = _cheapest(alternatives.system, cell, move, price=price, allowed=near, whole=whole)
        if difference is None:
            difference = _cheapest(alternatives.system, cell, move, price=price, allowed=allowed, whole=whole)
        if difference is None:
            continue
        touched = np.abs(difference) > 1e-6
        chosen |= touched & ~hidden
        if (difference % 1).any():
            return
        alternatives.add(difference)


def _cheapest(
    system: System, cell: int, move: float, *, price: np.ndarray, allowed: np.ndarray, whole: bool
) -> np.ndarray | None:
    """The least costly difference from the true table that moves a cell by ``move``; None if there is none."""
    from scipy import sparse  # type: ignore[import-untyped]

    value, used = system.value, np.flatnonzero(allowed)
    matrix = system.matrix[:, used]
    matrix = matrix[np.flatnonzero(abs(matrix).sum(axis=1))]
    size, place = len(used), int(np.searchsorted(used, cell))
    lower, upper = np.zeros(2 * size), np.concatenate([np.full(size, 2 * value.sum() + 2 * abs(move)), value[used]])
    lower[place] = upper[place] = max(move, 0)
    lower[size + place] = upper[size + place] = max(-move, 0)
    both = sparse.hstack([matrix, -matrix], format="csr")
    found = solve(np.tile(price[used], 2), both, np.zeros(matrix.shape[0]), lower, upper, whole=whole)
    if found is None:
        return None
    difference = np.zeros(len(value))
    difference[used] = found[:size] - found[size:]
    return difference
