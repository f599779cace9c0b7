"""The least costly mask, proved so: a master programme on cells, and a cut for each way in that an attacker finds."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
from rncp_analytics.measures.protection.programme import nearby
from rncp_analytics.measures.protection.shortfalls import shortfalls

if TYPE_CHECKING:
    from scipy import sparse  # type: ignore[import-untyped]

_SLACK = 1e-4  # share of a cell that is published which the dual may use: it then prices what else could be hidden
_LOOSE = 0.05  # relative gap at which a mask is good enough to find cuts, until one protects everything
_Cut = tuple[tuple[int, ...], tuple[float, ...]]  # Σ coefficient · hidden ≥ 1: cells, coefficients in ]0, 1]


def protect_optimal(
    system: System,
    primary: Collection[int],
    *,
    rule: Rule,
    cost: np.ndarray,
    keep: Collection[int] = (),
    hidden: Collection[int] = (),
    covers: Covers = NOTHING,
    time_limit: float = 60.0,
) -> frozenset[int]:
    """Cells to hide, the primary ones included, of least total cost.

    Parameters
    ----------
    system : System
        With all its true numbers.
    primary : collection of int
        Cells to protect: :func:`~.attack.small`, and any other; hidden whatever they cost.
    rule : Rule
    cost : array, one positive number per cell
        :func:`~.protect.cost_classes`.
    keep : collection of int
        Cells that must be published.
    hidden : collection of int
        Cells that are hidden whatever they cost, and need no protection.
    covers : mapping of cell to cells
        As in :func:`~.protect.protect`.
    time_limit : float
        Seconds, looked at between two programmes.

    Returns
    -------
    frozenset of int

    Raises
    ------
    PublicationError
        No mask protects some cells: which ones, and what to merge.
    TimeoutError
        Not proved within ``time_limit``.

    Notes
    -----
    Fischetti & Salazar (2001): the mask y must let each primary cell p move up and down enough. By duality of linear
    programming that is one inequality on y, Σ capacity·y ≥ protection, for every choice of multipliers of the sums;
    those that an attack on the current mask violates are added, until no cell is exposed. Capacities above the
    protection are brought down to it, which is valid for a mask of zeros and ones. When the attacker's real and whole
    numbers differ, the cut says only that something more must be hidden. Sparse tables of three dimensions or more
    may take very long to prove.

    As every cost is positive, each complementary cell of the result is needed.
    """
    deadline = time.monotonic() + time_limit
    may = hideable(system, primary, keep=keep, hidden=hidden, covers=covers)
    alternatives = Alternatives(system, may.primary)
    problem = _Problem(system, rule, may, system.matrix.tocsc())
    cuts = {cut for cell in may.primary for cut in _first_cuts(problem, cell)}
    gap = _LOOSE
    while True:
        chosen = _least_costly(cuts, cost, may.free, left=deadline - time.monotonic(), gap=gap)
        if chosen is None:
            left = shortfalls(alternatives, may.hidden(may.free), rule=rule, deadline=deadline)
            raise impossible(system, left or may.primary.tolist(), keep)
        found = shortfalls(alternatives, may.hidden(chosen), rule=rule, deadline=deadline)
        if not found and gap == 0:
            return frozenset(np.flatnonzero(may.hidden(chosen)).tolist())
        gap = _LOOSE if found else 0.0
        new: set[_Cut] = set()
        for cell in found:
            if time.monotonic() > deadline:
                raise TimeoutError
            new |= _dual_cuts(problem, cell, chosen)
        if found and not _violated(new, chosen):
            new.add(_scaled((may.free & ~may.hidden(chosen)).astype(float), 1.0))
        cuts |= new


@dataclass(frozen=True, eq=False)
class _Problem:
    """What the cuts need; ``columns``: the sums that hold each cell."""

    system: System
    rule: Rule
    may: Hideable
    columns: sparse.csc_array


def _first_cuts(problem: _Problem, cell: int) -> set[_Cut]:
    """In each sum that holds a primary cell, enough other cells: the cuts whose only multiplier is that sum's."""
    cuts: set[_Cut] = set()
    start, end = problem.columns.indptr[cell : cell + 2]
    for row in problem.columns.indices[start:end]:
        sums = problem.system.matrix[[row]].toarray()[0]
        cuts |= _both_ways(problem, cell, -sums / sums[cell], sums / sums[cell])
    return cuts


def _dual_cuts(problem: _Problem, cell: int, chosen: np.ndarray) -> set[_Cut]:
    """The cuts that this mask violates, from the sums near the cell if these are enough, otherwise from all."""
    matrix = problem.system.matrix
    near = np.flatnonzero(abs(matrix) @ nearby(matrix, cell) > 0)
    for rows in (near, np.arange(matrix.shape[0])):
        cuts = _cuts_of(problem, cell, chosen, rows)
        if _violated(cuts, chosen):
            break
    return cuts


def _cuts_of(problem: _Problem, cell: int, chosen: np.ndarray, rows: np.ndarray) -> set[_Cut]:
    """From the dual of an attack with some of the sums, in both directions."""
    from scipy.optimize import linprog  # type: ignore[import-untyped]

    system, rule = problem.system, problem.rule
    far = 8.0 * max(rule.threshold, rule.width)
    share = np.where(problem.may.hidden(chosen), 1, np.where(problem.may.free, _SLACK, 0))
    bounds = np.column_stack([-np.minimum(system.value, far) * share, far * share])
    sums = system.matrix[rows]
    used = np.flatnonzero((abs(sums).sum(axis=0) > 0) & (share > 0))
    prices = []
    for sign in (1.0, -1.0):
        objective = np.where(used == cell, -sign, 0.0)
        found = linprog(objective, A_eq=sums[:, used], b_eq=np.zeros(len(rows)), bounds=bounds[used], method="highs")
        prices.append(sums.T @ found.eqlin.marginals)
    return _both_ways(problem, cell, *prices)


def _violated(cuts: set[_Cut], chosen: np.ndarray) -> bool:
    return any(chosen[list(of)] @ np.array(weights) < 1 - 1e-4 for of, weights in cuts)


def _both_ways(problem: _Problem, cell: int, up: np.ndarray, down: np.ndarray) -> set[_Cut]:
    """Cuts of the upper level and of the width, from what a unit of each cell is worth when ``cell`` goes up or down.

    A cell can give its worth times its own value if it must go down, without limit if it goes up.
    """
    value, rule = problem.system.value, problem.rule
    capacities = []
    for sign, worth in ((1.0, up), (-1.0, down)):
        gain = worth.copy()
        gain[cell] += sign
        gain[np.abs(gain) < 1e-9] = 0
        capacities.append(np.where(gain > 0, np.inf, value * -gain))
    cuts = {_cut(problem, capacities[0] + capacities[1], rule.width)}
    if value[cell] < rule.threshold:
        cuts.add(_cut(problem, capacities[0], rule.threshold - value[cell]))
    return {cut for cut in cuts if cut is not None}


def _cut(problem: _Problem, capacity: np.ndarray, need: float) -> _Cut | None:
    """The cut of these capacities of cells; None if what is hidden anyway satisfies it."""
    may, capacity = problem.may, np.minimum(capacity, 2 * need)
    left = need - capacity[may.forced].sum()
    capacity = np.where(may.free, capacity, 0)
    # A cell gives its own capacity and that of the cells that go with it: at least what they give together.
    return _scaled(capacity + np.where(may.free, may.covers @ capacity, 0), left) if left > 1e-6 else None


def _scaled(capacity: np.ndarray, need: float) -> _Cut:
    cells = np.flatnonzero(capacity)
    return tuple(cells.tolist()), tuple(np.round(np.minimum(capacity[cells] / need, 1), 9).tolist())


def _least_costly(cuts: set[_Cut], cost: np.ndarray, free: np.ndarray, *, left: float, gap: float) -> np.ndarray | None:
    """The least costly mask that satisfies the cuts, within a relative gap; None if there is none."""
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    if left <= 0:
        raise TimeoutError
    if not cuts:
        return np.zeros(len(cost), dtype=bool)
    listed = sorted(cuts)
    row = [i for i, (cells, _) in enumerate(listed) for _ in cells]
    column = [cell for cells, _ in listed for cell in cells]
    weight = [one for _, weights in listed for one in weights]
    matrix = sparse.csr_array((weight, (row, column)), shape=(len(listed), len(cost)))
    found = milp(
        cost,
        constraints=LinearConstraint(matrix, lb=1 - 1e-7),
        integrality=np.ones(len(cost)),
        bounds=Bounds(0, free.astype(float)),
        options={"time_limit": left, "mip_rel_gap": gap},
    )
    if found.status == 1:
        raise TimeoutError
    return None if found.x is None else np.asarray(found.x > 0.5)
