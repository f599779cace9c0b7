"""The least costly mask, proved so: a master programme on groups, and a cut for each way in that an attacker finds."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from rncp_analytics.measures.protection.alternatives import Alternatives, hideable, impossible, shortfalls
from rncp_analytics.measures.protection.attack import Rule
from rncp_analytics.measures.protection.cells import System

_SLACK = 1e-4  # share of a cell that is published which the dual may use: it then prices what else could be hidden
_LOOSE = 0.05  # relative gap at which a mask is good enough to find cuts, until one protects everything
_Cut = tuple[tuple[int, ...], tuple[float, ...]]  # Σ coefficient · hidden ≥ 1: groups, coefficients in ]0, 1]


def protect_optimal(
    system: System,
    primary: Collection[int],
    *,
    rule: Rule,
    cost: np.ndarray,
    keep: Collection[int] = (),
    time_limit: float = 60.0,
) -> frozenset[int]:
    """Groups to hide, the primary ones included, of least total cost.

    Parameters
    ----------
    system : System
        With all its true numbers.
    primary : collection of int
        Cells to protect: :func:`~.attack.small`, and any other. Their groups are hidden whatever they cost.
    rule : Rule
    cost : array, one positive number per group
        :func:`~.protect.cost_classes`.
    keep : collection of int
        Groups that must be published.
    time_limit : float
        Seconds, looked at between two rounds.

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

    As every cost is positive, each complementary group of the result is needed.
    """
    started = time.monotonic()
    cells, forced, free = hideable(system, primary, keep)
    alternatives = Alternatives(system, cells)
    problem = _Problem(system, rule, forced, free)
    cuts = {cut for cell in cells for cut in _first_cuts(problem, cell)}
    gap = _LOOSE
    while True:
        chosen = _least_costly(cuts, cost, free, left=started + time_limit - time.monotonic(), gap=gap)
        if chosen is None:
            raise impossible(system, shortfalls(alternatives, forced | free, rule=rule) or cells.tolist(), keep)
        found = shortfalls(alternatives, forced | chosen, rule=rule)
        if not found and gap == 0:
            return frozenset(np.flatnonzero(forced | chosen).tolist())
        gap = _LOOSE if found else 0.0
        new = {cut for cell in found for cut in _dual_cuts(problem, cell, chosen)}
        if found and not any(chosen[list(groups)] @ np.array(weights) < 1 - 1e-4 for groups, weights in new):
            new.add(_scaled((free & ~chosen).astype(float), 1.0))
        cuts |= new


@dataclass(frozen=True, eq=False)
class _Problem:
    """What the cuts need: masks of the groups that are hidden anyway, and of those that may be."""

    system: System
    rule: Rule
    forced: np.ndarray
    free: np.ndarray


def _first_cuts(problem: _Problem, cell: int) -> set[_Cut]:
    """In each sum that holds a primary cell, enough other cells: the cuts whose only multiplier is that sum's."""
    cuts: set[_Cut] = set()
    for row in problem.system.matrix[:, [cell]].nonzero()[0]:
        sums = problem.system.matrix[[row]].toarray()[0]
        cuts |= _both_ways(problem, cell, -sums / sums[cell], sums / sums[cell])
    return cuts


def _dual_cuts(problem: _Problem, cell: int, chosen: np.ndarray) -> set[_Cut]:
    """The cuts that this mask violates, from the dual of the attack in both directions."""
    from scipy.optimize import linprog  # type: ignore[import-untyped]

    system, rule = problem.system, problem.rule
    far = 8.0 * max(rule.threshold, rule.width)
    share = np.where(problem.forced | chosen, 1, np.where(problem.free, _SLACK, 0))[system.group]
    bounds = np.column_stack([-np.minimum(system.value, far) * share, far * share])
    none = np.zeros(system.matrix.shape[0])
    prices = []
    for sign in (1.0, -1.0):
        objective = np.zeros(len(share))
        objective[cell] = -sign
        found = linprog(objective, A_eq=system.matrix, b_eq=none, bounds=bounds, method="highs")
        prices.append(system.matrix.T @ found.eqlin.marginals)
    return _both_ways(problem, cell, *prices)


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
    groups = problem.system.group
    of_group = np.bincount(groups, weights=np.minimum(capacity, 2 * need), minlength=len(problem.forced))
    left = need - of_group[problem.forced].sum()
    return _scaled(np.where(problem.free, of_group, 0), left) if left > 1e-6 else None


def _scaled(capacity: np.ndarray, need: float) -> _Cut:
    groups = np.flatnonzero(capacity)
    return tuple(groups.tolist()), tuple(np.round(np.minimum(capacity[groups] / need, 1), 9).tolist())


def _least_costly(cuts: set[_Cut], cost: np.ndarray, free: np.ndarray, *, left: float, gap: float) -> np.ndarray | None:
    """The least costly mask that satisfies the cuts, within a relative gap; None if there is none."""
    from scipy import sparse  # type: ignore[import-untyped]
    from scipy.optimize import Bounds, LinearConstraint, milp

    if left <= 0:
        raise TimeoutError
    if not cuts:
        return np.zeros(len(cost), dtype=bool)
    listed = sorted(cuts)
    row = [i for i, (groups, _) in enumerate(listed) for _ in groups]
    column = [group for groups, _ in listed for group in groups]
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
