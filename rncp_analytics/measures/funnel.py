"""Funnels: how far from a common rate chance alone takes a group of its size, and which groups are further."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from rncp_analytics.counts.model import Counts
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import COLUMNS, FEW, TEST_COLUMNS, Estimates
from rncp_analytics.measures.families import adjusted_p
from rncp_analytics.measures.rates import CohortStatistic, Statistic, rates
from rncp_analytics.measures.uncertainty import Array

# Columns of a funnel after those of every statistic and those of a test; then two limits per level.
FUNNEL_COLUMNS = (
    "target",  # the common rate that the groups are judged against
    "dispersion",  # winsorised φ: 1 when the groups differ as by chance
    "between_variance",  # τ² on the arcsine scale; 0 when φ asks for none
    "position",  # "low", "within", "high"; "" for a group that is not judged
    "beyond",  # widest level whose limits the rate is beyond, 0 when within
)
_LEVELS = (0.95, 0.998)  # two and three standard deviations: the usual warning and action limits
_WINSOR = 0.1  # share of the groups drawn in at each end


class Dispersion(NamedTuple):
    """φ, mean square of the winsorised z-scores, and τ², variance between groups on the arcsine scale."""

    phi: float
    between_variance: float


def funnel(
    counts: Counts,
    *,
    dimension: str,
    by: Sequence[str] = (),
    statistic: Statistic | CohortStatistic = "pass_rate",
    levels: Sequence[float] = _LEVELS,
    target: float | None = None,
) -> Estimates:
    """Each group's rate against the limits that chance sets around a common rate, for its number of candidates.

    Parameters
    ----------
    counts : Counts
    dimension : str
        Each of its values is a group: "academie", "school"…
    by : sequence of str
        One funnel, with its own target and dispersion, within each of these combinations.
    statistic : str
        Which rate (see :func:`rates`).
    levels : sequence of float
        Levels of the limits, each in (0, 1).
    target : float, optional
        The common rate, as a proportion; by default that of all the groups together.

    Returns
    -------
    Estimates
        One row per group, as :func:`rates` (``value`` with its own Wilson interval), then ``TEST_COLUMNS``,
        ``FUNNEL_COLUMNS`` and the limits (``limit_columns``). ``p_value``: two-sided, exact binomial, its normal
        deviate divided by √(1 + τ²/s²) when the groups are over-dispersed; ``p_adjusted``: false-discovery rate
        (Benjamini and Hochberg) over all the groups judged in the call, ``family_size`` of them.
        ``position`` is "low" or "high" when the rate is beyond the limits of a level and ``p_value`` agrees.
        ``reason``: "empty"; "one_group" when the target would be the group itself; "no_spread" when the target is
        0 or 1; "few" under ``FEW`` candidates. Such a group has no position nor p-value.

    Raises
    ------
    CountsError
        A dimension or a column is not in the counts; a level or the target is impossible, or there is no level.

    Notes
    -----
    Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202. On the upper side the published limit leaves a group's
    own result out of its tail (100 % is always above it): hence the agreement asked of the exact p-value.

    >>> frame = funnel(example_counts(), dimension="option").frame
    >>> frame[["option", "value", "target", "position", "limit_low_95"]].round(3).to_numpy().tolist()
    [['A', 0.8, 0.8, 'within', 0.584], ['B', 0.8, 0.8, 'within', 0.471]]
    """
    _check(levels, target)
    made = rates(counts, by=[*by, dimension], statistic=statistic)
    frame = made.frame.reset_index(drop=True)
    cells = frame.groupby(list(by), sort=False).ngroup() if by else pd.Series(0, index=frame.index)
    parts = [_judged(part, tuple(levels), target) for _, part in frame.groupby(cells, sort=False)]
    limits = [name for level in levels for name in limit_columns(level)]
    columns = [*made.by, *COLUMNS, *TEST_COLUMNS, *FUNNEL_COLUMNS, *limits]
    if not parts:
        return replace(made, frame=frame.reindex(columns=columns))
    tested = adjusted_p(replace(made, frame=pd.concat(parts).sort_index()))
    return replace(tested, frame=tested.frame[columns])


def limit_columns(level: float) -> tuple[str, str]:
    """Names of the two limits of a level.

    >>> limit_columns(0.998)
    ('limit_low_99.8', 'limit_high_99.8')
    """
    name = f"{100 * level:.6g}"
    return f"limit_low_{name}", f"limit_high_{name}"


def funnel_limits(
    n: npt.ArrayLike, *, target: float, levels: Sequence[float] = _LEVELS, between_variance: float = 0
) -> pd.DataFrame:
    """Limits of the rate of ``n`` candidates around a target: exact, or widened for over-dispersion.

    Parameters
    ----------
    n : array_like of int
        Numbers of candidates, not negative.
    target : float
        The common rate, strictly between 0 and 1.
    levels : sequence of float
        Each in (0, 1).
    between_variance : float
        τ² of :func:`over_dispersion`, on the arcsine scale.

    Returns
    -------
    DataFrame
        ``n``, then the two limits of each level (``limit_columns``), in [0, 1]; missing for nobody.

    Raises
    ------
    CountsError
        The target or a level is not strictly between 0 and 1, there is no level, or a number of candidates is negative.

    Notes
    -----
    Without over-dispersion, binomial limits interpolated so that they are smooth in n (Spiegelhalter 2005, A.1.1):
    (r − a)/n with r the binomial quantile of q and a = (F(r) − q) / (F(r) − F(r − 1)), cut to [0, 1], for
    q = (1 ∓ level)/2. With it, sin²(arcsin√target ± z √(s² + τ²)), s = 1/(2√n) (Spiegelhalter et al. 2012,
    Journal of the Royal Statistical Society A 175, 1-47).

    >>> funnel_limits([20], target=0.8).round(3).to_dict("records")
    [{'n': 20, 'limit_low_95': 0.584, 'limit_high_95': 0.938, 'limit_low_99.8': 0.461, 'limit_high_99.8': 0.996}]
    """
    from scipy.stats import norm  # type: ignore[import-untyped]

    _check(levels, target)
    size = np.asarray(n)
    if not (size >= 0).all():
        raise CountsError(f"Un nombre de candidats est impossible : {size.min():g}", expected="des entiers, 0 ou plus")
    known = size > 0
    safe = np.where(known, size, 1).astype(float)
    columns: dict[str, npt.NDArray[np.generic]] = {"n": size}
    for level in levels:
        for name, q in zip(limit_columns(level), ((1 - level) / 2, (1 + level) / 2), strict=True):
            if between_variance > 0:
                spread = np.sqrt(1 / (4 * safe) + between_variance)
                limit = np.sin(np.clip(np.arcsin(np.sqrt(target)) + norm.ppf(q) * spread, 0, np.pi / 2)) ** 2
            else:
                limit = _exact(safe, target, q)
            columns[name] = np.where(known, limit, np.nan)
    return pd.DataFrame(columns)


def over_dispersion(passed: npt.ArrayLike, present: npt.ArrayLike, *, target: float) -> Dispersion:
    """How much more than by chance the groups differ from the target.

    Parameters
    ----------
    passed, present : array_like of int
        Counts of each group, same shape; groups without anybody are left out.
    target : float
        The common rate.

    Returns
    -------
    Dispersion
        φ = Σz²/K and τ² = max(0, (Kφ − (K − 1)) / (Σw − Σw²/Σw)), w = 1/s² = 4n: z = (arcsin√rate − arcsin√target)/s
        is drawn in to its 10 % and 90 % quantiles, so that the outliers looked for don't set the limits. No τ² is
        estimated from fewer than two groups.

    Notes
    -----
    Spiegelhalter (2005), section 5 and appendix; Spiegelhalter et al. (2012).
    """
    x, n = np.asarray(passed, dtype=float), np.asarray(present, dtype=float)
    x, n = x[n > 0], n[n > 0]
    if len(n) == 0:
        return Dispersion(np.nan, 0.0)
    z = 2 * np.sqrt(n) * (np.arcsin(np.sqrt(x / n)) - np.arcsin(np.sqrt(target)))
    drawn = np.clip(z, *np.quantile(z, [_WINSOR, 1 - _WINSOR]))
    phi, k, w = float((drawn**2).mean()), len(n), 4 * n
    between = (k * phi - (k - 1)) / (w.sum() - (w**2).sum() / w.sum()) if k > 1 else 0.0
    return Dispersion(phi, max(0.0, float(between)))


def _check(levels: Sequence[float], target: float | None) -> None:
    if not len(levels):
        raise CountsError("Un entonnoir sans niveau n'a pas de limites", expected="au moins un niveau entre 0 et 1")
    numbers = [("niveau", level) for level in levels] + ([] if target is None else [("cible", target)])
    for what, number in numbers:
        if not 0 < number < 1:
            raise CountsError(
                f"Un entonnoir ne peut pas avoir pour {what} : {number:g}", expected="un nombre entre 0 et 1, exclus"
            )


def _exact(n: Array, target: float, q: float) -> Array:
    from scipy.stats import binom

    r = binom.ppf(q, n, target)
    excess = (binom.cdf(r, n, target) - q) / binom.pmf(r, n, target)
    limit: Array = np.clip((r - excess) / n, 0, 1)
    return limit


def _judged(part: pd.DataFrame, levels: tuple[float, ...], target: float | None) -> pd.DataFrame:
    """One funnel: its target, dispersion and limits, and the p-value and position of each of its groups."""
    x, n = (part[name].to_numpy(dtype=float) for name in ("numerator", "denominator"))
    whole = x.sum() / n.sum() if n.sum() else np.nan
    centre = whole if target is None else target
    if target is None and np.count_nonzero(n) == 1:
        why = "one_group"
    else:
        why = "no_spread" if target is None and centre in (0, 1) else ""
    reason = np.select([n == 0, why != "", n < FEW], ["empty", why, "few"], "")
    part = part.assign(target=centre, reason=reason)
    judged = reason == ""
    if why or np.isnan(centre):
        missing = dict.fromkeys([name for level in levels for name in limit_columns(level)], np.nan)
        return part.assign(
            dispersion=np.nan, between_variance=np.nan, p_value=np.nan, position="", beyond=0.0, **missing
        )
    phi, between = over_dispersion(x, n, target=centre)
    limits = funnel_limits(n, target=centre, levels=levels, between_variance=between).set_index(part.index)
    p = np.where(judged, _p_value(x, n, centre, between), np.nan)
    beyond = np.zeros(len(part))
    for level in sorted(levels):
        low, high = (limits[name].to_numpy() for name in limit_columns(level))
        rate = part["value"].to_numpy()
        beyond[judged & ((rate < low) | (rate > high)) & (p < 1 - level)] = level
    position = np.select([~judged, beyond == 0, part["value"] < centre], ["", "within", "low"], "high")
    return part.assign(dispersion=phi, between_variance=between, p_value=p, position=position, beyond=beyond).join(
        limits.drop(columns="n")
    )


def _p_value(x: Array, n: Array, target: float, between: float) -> Array:
    """Twice the smaller exact tail; under over-dispersion its deviate is divided by √(1 + τ²/s²)."""
    from scipy.stats import binom, norm

    tail = np.minimum(binom.cdf(x, n, target), binom.sf(x - 1, n, target))
    p: Array = np.minimum(1, 2 * tail)
    return p if between == 0 else np.asarray(2 * norm.sf(norm.isf(p / 2) / np.sqrt(1 + 4 * n * between)))
