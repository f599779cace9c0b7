"""Interval of the difference of two means of independent groups whose spreads may differ."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rncp_analytics.measures.uncertainty import Array, student


class Sums(NamedTuple):
    """Sum of the values of each group, sum of their squares, and how many values: whole numbers, same shape."""

    total: npt.ArrayLike
    squares: npt.ArrayLike
    n: npt.ArrayLike


def welch(group: Sums, reference: Sums, *, confidence: float = 0.95) -> tuple[Array, Array, Array]:
    """Difference of two means and Welch's interval, from sums alone.

    Parameters
    ----------
    group, reference : Sums
        Two groups without a common member.
    confidence : float
        Level, in (0, 1).

    Returns
    -------
    (difference, lower, upper) : arrays of float
        In the unit of the values. The difference is missing where a group is empty, the interval where one has
        fewer than two values.

    Raises
    ------
    CountsError
        A level outside (0, 1).

    Notes
    -----
    x̄ − ȳ ± t(1 − α/2 ; ν) × √(u + v), with u = s²/n and v = s'²/m of each group, and Satterthwaite's degrees of
    freedom ν = (u + v)² / (u²/(n − 1) + v²/(m − 1)) (Welch, 1947, Biometrika 34, 28-35). statsmodels and SciPy give
    this interval from the values only. Two groups without any spread give an interval of no width.

    R's data set "sleep", in tenths of an hour; its manual gives -1.58, from -3.3654832 to 0.2054832.

    >>> difference, lower, upper = welch(Sums([75], [3443], [10]), Sums([233], [9037], [10]))
    >>> print(f"{difference[0]:.2f} {lower[0]:.4f} {upper[0]:.4f}")
    -15.80 -33.6548 2.0548
    """
    from scipy.stats import t  # type: ignore[import-untyped]

    mean, deviation, _, _ = student(*group, confidence=confidence)
    other_mean, other_deviation, _, _ = student(*reference, confidence=confidence)
    n, m = np.asarray(group.n, dtype=float), np.asarray(reference.n, dtype=float)
    both = (n > 1) & (m > 1)
    n, m = np.where(both, n, 2), np.where(both, m, 2)
    u, v = deviation**2 / n, other_deviation**2 / m
    scattered = u + v > 0
    freedom = np.where(scattered, u + v, 1) ** 2 / np.where(scattered, u**2 / (n - 1) + v**2 / (m - 1), 1)
    half = np.where(scattered, t.ppf((1 + confidence) / 2, freedom), 0) * np.sqrt(u + v)
    half = np.where(both, half, np.nan)
    difference = mean - other_mean
    return difference, difference - half, difference + half
