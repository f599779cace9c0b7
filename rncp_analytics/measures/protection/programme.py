"""Linear programmes on whole tables (HiGHS, through scipy)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy import sparse  # type: ignore[import-untyped]

_WHOLE = 1e-6


def solve(
    objective: np.ndarray,
    matrix: sparse.csr_array,
    right: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    *,
    whole: bool = True,
) -> np.ndarray | None:
    """The table of least objective among those whose sums are ``right``, within bounds; None if there is none.

    Real numbers first: where all sums nest as in a table of two dimensions the optimum is already whole. Otherwise
    whole numbers are asked for, unless ``whole`` is False.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp  # type: ignore[import-untyped]

    sums = LinearConstraint(matrix, right, right)
    for integrality in (0, 1):
        kind = np.full(len(objective), integrality)
        found = milp(objective, constraints=sums, bounds=Bounds(lower, upper), integrality=kind)
        if found.x is None:
            return None
        table = np.round(found.x)
        if np.abs(found.x - table).max(initial=0.0) < _WHOLE:
            break
        if not whole:
            return np.asarray(found.x)
    return np.asarray(table)


def nearby(matrix: sparse.csr_array, cell: int) -> np.ndarray:
    """Mask of this cell and of those that three sums, one after the other, lead to from it.

    Three is what a way round takes in a table of présents and admis: along the row, along the column, from a number to
    its complement.
    """
    ties, found = abs(matrix), np.zeros(matrix.shape[1])
    found[cell] = 1
    for _ in range(3):
        found = np.minimum(found + ties.T @ (ties @ found), 1)
    return np.asarray(found > 0)
