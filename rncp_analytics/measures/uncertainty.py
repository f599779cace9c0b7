"""Intervals for rates, for differences of rates and for means, vectorised, without warnings from the library.

The cohort is a full count: an interval speaks of what another cohort like this one could have shown,
not of sampling.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rncp_analytics.errors import CountsError

Array = npt.NDArray[np.float64]


def wilson(passed: npt.ArrayLike, present: npt.ArrayLike, *, confidence: float = 0.95) -> tuple[Array, Array]:
    """Wilson's score interval of a proportion.

    Parameters
    ----------
    passed, present : array_like of int
        Successes and candidates, same shape; ``0 <= passed <= present``.
    confidence : float
        Level, in (0, 1).

    Returns
    -------
    (lower, upper) : arrays of float in [0, 1]
        Missing where nobody is present.

    Raises
    ------
    CountsError
        More successes than candidates, or a level outside (0, 1).

    Notes
    -----
    Wilson (1927); recommended by Newcombe (1998), Statistics in Medicine 17, 857-872. Computed by statsmodels.

    >>> lower, upper = wilson(9103, 10490)
    >>> print(f"{lower:.4f} {upper:.4f}")
    0.8612 0.8741
    """
    from statsmodels.stats.proportion import proportion_confint  # type: ignore[import-untyped]

    x, n = _checked(passed, present, confidence)
    known = n > 0
    n = np.where(known, n, 1.0)
    low, high = proportion_confint(x, n, alpha=1 - confidence, method="wilson")
    return _within(low, high, x / n, floor=0, known=known)


def clopper_pearson(passed: npt.ArrayLike, present: npt.ArrayLike, *, confidence: float = 0.95) -> tuple[Array, Array]:
    """Clopper and Pearson's "exact" interval of a proportion: it covers at least its level, often more.

    Parameters
    ----------
    passed, present, confidence
        As in :func:`wilson`.

    Returns
    -------
    (lower, upper) : arrays of float in [0, 1]
        0 below when nobody passed, 1 above when everybody did; missing where nobody is present.

    Raises
    ------
    CountsError
        As :func:`wilson`.

    Notes
    -----
    Clopper and Pearson (1934), Biometrika 26, 404-413: the proportions of which so many successes or more, so few or
    fewer, have the probability (1 − level) / 2. Wider than Wilson's. Computed by statsmodels ("beta").

    >>> lower, upper = clopper_pearson(0, 20)
    >>> print(f"{lower:.4f} {upper:.4f}")
    0.0000 0.1684
    """
    from statsmodels.stats.proportion import proportion_confint

    x, n = _checked(passed, present, confidence)
    known = n > 0
    n = np.where(known, n, 1.0)
    low, high = proportion_confint(x, n, alpha=1 - confidence, method="beta")
    return _within(low, high, x / n, floor=0, known=known)


def newcombe(
    passed: npt.ArrayLike,
    present: npt.ArrayLike,
    reference_passed: npt.ArrayLike,
    reference_present: npt.ArrayLike,
    *,
    confidence: float = 0.95,
) -> tuple[Array, Array]:
    """Newcombe's hybrid score interval of a difference of two independent proportions (his method 10).

    Parameters
    ----------
    passed, present, reference_passed, reference_present : array_like of int
        Counts of the group and of its reference, same shape.
    confidence : float
        Level, in (0, 1).

    Returns
    -------
    (lower, upper) : arrays of float in [-1, 1]
        Interval of ``passed/present - reference_passed/reference_present``; missing where a group is empty.

    Raises
    ------
    CountsError
        As :func:`wilson`.

    Notes
    -----
    Newcombe (1998), Statistics in Medicine 17, 873-890. Computed by statsmodels ("newcomb").

    >>> lower, upper = newcombe(56, 70, 48, 80)
    >>> print(f"{lower:.4f} {upper:.4f}")
    0.0524 0.3339
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    x, n = _checked(passed, present, confidence)
    y, m = _checked(reference_passed, reference_present, confidence)
    known = (n > 0) & (m > 0)
    n, m = np.where(n > 0, n, 1.0), np.where(m > 0, m, 1.0)
    low, high = confint_proportions_2indep(x, n, y, m, compare="diff", method="newcomb", alpha=1 - confidence)
    return _within(low, high, x / n - y / m, floor=-1, known=known)


def student(
    total: npt.ArrayLike, squares: npt.ArrayLike, n: npt.ArrayLike, *, confidence: float = 0.95
) -> tuple[Array, Array, Array, Array]:
    """Mean, standard deviation and Student's interval of the mean, from sums alone.

    Parameters
    ----------
    total, squares : array_like of int
        Sum of the values and of their squares, same shape.
    n : array_like of int
        How many values.
    confidence : float
        Level, in (0, 1).

    Returns
    -------
    (mean, deviation, lower, upper) : arrays of float
        In the unit of the values. The mean is missing for no value, the rest for fewer than two.

    Raises
    ------
    CountsError
        A level outside (0, 1).

    Notes
    -----
    mean ± t(1 − α/2 ; n − 1) × s/√n, with s² = (n Σx² − (Σx)²) / (n (n − 1)) (Student, 1908); the quantile is
    SciPy's. Near the ends of the scale and for few marks it is only approximate.

    >>> mean, deviation, lower, upper = student([30], [250], [4])
    >>> print(f"{mean[0]} {deviation[0]:.4f} {lower[0]:.4f} {upper[0]:.4f}")
    7.5 2.8868 2.9065 12.0935
    """
    from scipy.stats import t  # type: ignore[import-untyped]

    _checked(0, 1, confidence)
    sums, squared, count = (np.asarray(values, dtype=np.int64) for values in (total, squares, n))
    # The difference is taken in whole numbers: in floats it loses its digits when the marks are alike.
    spread = np.maximum(count * squared - sums * sums, 0).astype(float)
    several = count > 1
    size = np.where(several, count, 2).astype(float)
    deviation = np.where(several, np.sqrt(spread / (size * (size - 1))), np.nan)
    mean = np.where(count > 0, sums / np.maximum(count, 1), np.nan)
    half = t.ppf((1 + confidence) / 2, size - 1) * deviation / np.sqrt(size)
    return mean, deviation, mean - half, mean + half


def _within(
    low: Array, high: Array, value: Array, *, floor: float, known: npt.NDArray[np.bool_]
) -> tuple[Array, Array]:
    # Rounding may leave the range, or the estimate outside its own interval, by 1e-17 at 0 and 100 %.
    low = np.where(known, np.clip(np.minimum(low, value), floor, 1), np.nan)
    high = np.where(known, np.clip(np.maximum(high, value), floor, 1), np.nan)
    return low, high


def _checked(passed: npt.ArrayLike, present: npt.ArrayLike, confidence: float) -> tuple[Array, Array]:
    x, n = np.asarray(passed, dtype=float), np.asarray(present, dtype=float)
    if not 0 < confidence < 1:
        raise CountsError(
            f"Le niveau de confiance {confidence} est impossible",
            expected="un nombre entre 0 et 1 (par exemple 0,95), ou None pour un recensement sans intervalle",
        )
    if np.any((x < 0) | (x > n)):
        row = int(np.flatnonzero(np.atleast_1d((x < 0) | (x > n)))[0])
        raise CountsError(
            "Un effectif dépasse le nombre de candidats",
            where=f"ligne {row} : {np.atleast_1d(x)[row]:g} sur {np.atleast_1d(n)[row]:g}",
            expected="0 ≤ admis ≤ présents",
        )
    return x, n
