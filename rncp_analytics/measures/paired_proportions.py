"""Two proportions of the same candidates, from the four cells of their table; vectorised, without library warnings."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rncp_analytics.measures.uncertainty import Array, wilson

EXACT_BELOW = 25


def mcnemar(first_alone: npt.ArrayLike, second_alone: npt.ArrayLike) -> Array:
    """Two-sided p-value of McNemar's test: whether both proportions of the same candidates are equal.

    Parameters
    ----------
    first_alone, second_alone : array_like of int
        Candidates who have the first alone (b), and the second alone (c), same shape; the others say nothing.

    Returns
    -------
    array of float in [0, 1]
        1 where no candidate has one alone.

    Notes
    -----
    (b − c)² / (b + c) follows χ² with one degree of freedom; under b + c = 25, the binomial law of 1/2. McNemar
    (1947), Psychometrika 12, 153-157. The mcnemar of statsmodels takes one table at a time.

    >>> print(mcnemar([150, 3], [86, 3]).round(6).tolist())
    [3.1e-05, 1.0]
    """
    from scipy.stats import binom, chi2  # type: ignore[import-untyped]

    b, c = (np.asarray(cell, dtype=np.int64) for cell in (first_alone, second_alone))
    discordant = b + c
    exact = np.minimum(2 * binom.cdf(np.minimum(b, c), discordant, 0.5), 1)
    large = chi2.sf((b - c).astype(float) ** 2 / np.maximum(discordant, 1), 1)
    found: Array = np.where(discordant < EXACT_BELOW, exact, large)
    return found


def newcombe_paired(
    both: npt.ArrayLike,
    first_alone: npt.ArrayLike,
    second_alone: npt.ArrayLike,
    neither: npt.ArrayLike,
    *,
    confidence: float = 0.95,
) -> tuple[Array, Array]:
    """Newcombe's interval of a difference of two proportions of the same candidates (his method 10).

    Parameters
    ----------
    both, first_alone, second_alone, neither : array_like of int
        The candidates by what they have, same shape.
    confidence : float
        Level, in (0, 1).

    Returns
    -------
    (lower, upper) : arrays of float in [-1, 1]
        Interval of the first proportion less the second; missing where there is nobody.

    Raises
    ------
    CountsError
        A negative count, or a level outside (0, 1).

    Notes
    -----
    Wilson's intervals of both proportions, put together as for independent groups, less twice phi times the product of
    the distances; a positive phi is reduced by n / 2 in its numerator. Newcombe (1998), Statistics in Medicine 17,
    2635-2650. No function of statsmodels gives it.

    >>> lower, upper = newcombe_paired(59, 6, 16, 80)
    >>> print(f"{lower:.4f} {upper:.4f}")
    -0.1186 -0.0046
    """
    a, b, c, d = (np.asarray(cell, dtype=float) for cell in (both, first_alone, second_alone, neither))
    n = a + b + c + d
    (l1, u1), (l2, u2) = (wilson(a + alone, n, confidence=confidence) for alone in (b, c))
    cross, product = _cross_product(a, b, c, d)
    corrected = np.where(cross > 0, np.maximum(cross - n / 2, 0), cross)
    linked = corrected / np.sqrt(np.where(product > 0, product, 1))

    def together(one: Array, two: Array) -> Array:
        squared: Array = np.sqrt(np.maximum(one**2 - 2 * linked * one * two + two**2, 0))
        return squared

    size = np.where(n > 0, n, np.nan)
    p, q = (a + b) / size, (a + c) / size
    return np.clip(p - q - together(p - l1, u2 - q), -1, 1), np.clip(p - q + together(u1 - p, q - l2), -1, 1)


def phi(both: npt.ArrayLike, first_alone: npt.ArrayLike, second_alone: npt.ArrayLike, neither: npt.ArrayLike) -> Array:
    """Correlation of two results of the same candidates, from -1 to 1.

    Returns
    -------
    array of float
        Missing where everybody, or nobody, has one of the two.

    Notes
    -----
    (ad − bc) / √((a + b)(c + d)(a + c)(b + d)): Pearson's correlation of two columns of 0 and 1.

    >>> phi([10, 5, 7], [0, 5, 3], [0, 5, 0], [10, 5, 0]).tolist()
    [1.0, 0.0, nan]
    """
    a, b, c, d = (np.asarray(cell, dtype=float) for cell in (both, first_alone, second_alone, neither))
    cross, product = _cross_product(a, b, c, d)
    found: Array = np.clip(cross / np.sqrt(np.where(product > 0, product, np.nan)), -1, 1)
    return found


def _cross_product(a: Array, b: Array, c: Array, d: Array) -> tuple[Array, Array]:
    return a * d - b * c, (a + b) * (c + d) * (a + c) * (b + d)
