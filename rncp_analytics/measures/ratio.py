"""Ratio of two rates with Koopman's score interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rncp_analytics.counts.model import Counts
from rncp_analytics.measures.comparison import rate_gap
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.rates import CohortStatistic, Statistic
from rncp_analytics.measures.uncertainty import Array

_FAR = 60.0  # in logarithm: beyond any bound that int64 counts can give


def rate_ratio(
    counts: Counts,
    *,
    dimension: str,
    group: str,
    reference: str | Sequence[str],
    by: Sequence[str] = (),
    statistic: Statistic | CohortStatistic = "pass_rate",
    confidence: float | None = 0.95,
) -> Estimates:
    """Rate of a group divided by that of a reference, overall or within the cells of ``by``.

    Parameters
    ----------
    counts : Counts
    dimension, group, reference, by, statistic, confidence
        As in :func:`rncp_analytics.rate_gap`.

    Returns
    -------
    Estimates
        One row per combination of ``by``: ``value`` is rate(group) / rate(reference), a number and not a
        percentage; ``estimate`` the group's rate. ``reason`` as :func:`rncp_analytics.rate_gap`, and "no_spread" when
        nobody of the reference passed: the ratio has no value.

    Raises
    ------
    CountsError
        As :func:`rncp_analytics.rate_gap`.

    >>> made = rate_ratio(example_counts(), dimension="option", group="B", reference="A").frame
    >>> float(made["value"].iloc[0])
    1.0
    """
    gaps = rate_gap(
        counts,
        dimension=dimension,
        group=group,
        reference=reference,
        by=by,
        statistic=statistic,
        confidence=confidence,
    )
    frame = gaps.frame
    y, m = frame["reference_numerator"], frame["reference_denominator"]
    lower, upper = np.full(len(frame), np.nan), np.full(len(frame), np.nan)
    if confidence is not None:
        lower, upper = koopman(frame["numerator"], frame["denominator"], y, m, confidence=confidence)
    frame = frame.assign(
        statistic=f"{statistic}_ratio",
        value=frame["estimate"] / (y / m.where(m > 0)).where(y > 0),
        lower=lower,
        upper=upper,
        method="count" if confidence is None else "koopman",
        reason=frame["reason"].mask((frame["denominator"] > 0) & (m > 0) & (y == 0), "no_spread"),
    )
    return replace(gaps, frame=frame)


def koopman(
    passed: npt.ArrayLike,
    present: npt.ArrayLike,
    reference_passed: npt.ArrayLike,
    reference_present: npt.ArrayLike,
    *,
    confidence: float,
) -> tuple[Array, Array]:
    """Koopman's score interval of a ratio of two independent proportions.

    Parameters
    ----------
    passed, present, reference_passed, reference_present : array_like of int
        Counts of the group and of its reference, same shape.
    confidence : float
        Level, in (0, 1).

    Returns
    -------
    (lower, upper) : arrays of float >= 0
        Missing where a group is empty or nobody of the reference passed; the lower bound is 0 where nobody of the
        group passed.

    Notes
    -----
    The ratios θ for which (p₁ − θ p₀)² / (p̃₁(1−p̃₁)/n₁ + θ² p̃₀(1−p̃₀)/n₀) ≤ z², with p̃₁ = θ p̃₀ the maximum
    likelihood under θ: Koopman (1984), Biometrics 40, 513-517. Solved by SciPy. The closed form of Nam (1995), which
    statsmodels has, picks a wrong root as soon as everybody passed in one of the two groups.

    >>> lower, upper = koopman([36], [40], [16], [80], confidence=0.95)
    >>> print(f"{lower[0]:.3f} {upper[0]:.3f}")
    2.940 7.152
    """
    from scipy.optimize.elementwise import find_root  # type: ignore[import-untyped]
    from scipy.stats import norm  # type: ignore[import-untyped]

    x, n, y, m = (
        np.atleast_1d(np.asarray(counted, dtype=float))
        for counted in (passed, present, reference_passed, reference_present)
    )
    lower, upper = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    known = (n > 0) & (m > 0) & (y > 0)
    if not known.any():
        return lower, upper
    told = x[known], n[known], y[known], m[known]
    none = told[0] == 0
    ratio = np.log(np.where(none, 1, told[0] / told[1] / (told[2] / told[3])))
    limit = float(norm.ppf((1 + confidence) / 2)) ** 2

    def beyond(theta: Array, *counted: Array) -> Array:
        return _score(np.exp(theta), *counted) - limit

    below = find_root(beyond, (ratio - _FAR, ratio), args=told).x
    above = find_root(beyond, (np.where(none, -_FAR, ratio), ratio + _FAR), args=told).x
    lower[known], upper[known] = np.where(none, 0, np.exp(below)), np.exp(above)
    return lower, upper


def _score(theta: Array, x: Array, n: Array, y: Array, m: Array) -> Array:
    """Squared score statistic of a ratio ``theta``: 0 at the observed ratio, growing away from it."""
    b = theta * (n + y) + x + m
    p0 = 2 * (x + y) / (b + np.sqrt(np.maximum(b * b - 4 * (n + m) * theta * (x + y), 0)))
    p1 = theta * p0
    variance = np.maximum(p1 * (1 - p1), 0) / n + theta**2 * np.maximum(p0 * (1 - p0), 0) / m
    distance = x / n - theta * y / m
    return np.divide(distance**2, variance, out=np.zeros_like(distance), where=variance > 0)
