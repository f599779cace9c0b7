"""Rates drawn towards the whole, the more so the fewer the candidates: to order groups, never to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from rncp_analytics.counts.model import Counts
from rncp_analytics.measures.estimates import COLUMNS, SHRUNK, Estimates
from rncp_analytics.measures.rates import CohortStatistic, Statistic, rates
from rncp_analytics.measures.uncertainty import Array

# Columns of shrunken rates after those of every statistic.
SHRINKAGE_COLUMNS = (
    SHRUNK,
    "shrinkage",  # "beta_binomial", or "pooled" when the groups differ no more than by chance
    "shrink_weight",  # n/(n + α + β): share of the group's own rate in the shrunken one
    "probability_below",  # that the group's true rate is below the target
    "target",  # rate of all the groups together
)
_LOG_SIZES = (-14.0, 25.0)  # bounds of ln(α + β): beyond them weights are 1 or 0 to nine digits


class BetaPrior(NamedTuple):
    """Distribution of the true rates of the groups: its mean, and α + β; infinite when they are all alike."""

    mean: float
    size: float


def shrunken_rates(
    counts: Counts, *, dimension: str, by: Sequence[str] = (), statistic: Statistic | CohortStatistic = "pass_rate"
) -> Estimates:
    """Rates as a beta-binomial model sees them: the mean of what each group's true rate may be.

    Parameters
    ----------
    counts : Counts
    dimension : str
        Each of its values is a group.
    by : sequence of str
        The distribution of the groups is estimated within each of these combinations.
    statistic : str
        Which rate (see :func:`rates`).

    Returns
    -------
    Estimates
        One row per group, as :func:`rates` (raw ``value``, the only one to print), then ``SHRINKAGE_COLUMNS``:
        ``shrunk_value`` = (α + x)/(α + β + n), the posterior mean. ``shrinkage`` is "pooled" when the likelihood
        rises without end in α + β: then ``shrunk_value`` is the rate of all, the weight 0 and ``probability_below``
        its limit, one half. A group without anybody has the mean of the distribution. Nothing is estimated where
        nobody is counted at all ("empty").

    Raises
    ------
    CountsError
        A dimension or a column is not in the counts.

    Notes
    -----
    Gelman et al., Bayesian Data Analysis, 3rd edition, sections 5.1 to 5.3, with α and β of maximum likelihood
    (:func:`beta_prior`) taken as known: the spread of the posterior is a little too small.

    >>> made = shrunken_rates(example_counts(), dimension="option").frame
    >>> made[["option", "shrunk_value", "shrinkage"]].to_numpy().tolist()
    [['A', 0.8, 'pooled'], ['B', 0.8, 'pooled']]
    """
    made = rates(counts, by=[*by, dimension], statistic=statistic)
    frame = made.frame.reset_index(drop=True)
    cells = frame.groupby(list(by), sort=False).ngroup() if by else pd.Series(0, index=frame.index)
    parts = [_shrunken(part) for _, part in frame.groupby(cells, sort=False)]
    columns = [*made.by, *COLUMNS, *SHRINKAGE_COLUMNS]
    together = pd.concat(parts).sort_index() if parts else frame
    return replace(made, frame=together.reindex(columns=columns))


def beta_prior(passed: npt.ArrayLike, present: npt.ArrayLike) -> BetaPrior:
    """The beta distribution of the true rates of groups that makes their counts likeliest.

    Parameters
    ----------
    passed, present : array_like of int
        Counts of each group, same shape; at least one candidate in all.

    Returns
    -------
    BetaPrior
        α = mean × size, β = (1 − mean) × size maximise Σ ln B(x + α, n − x + β) − ln B(α, β). ``size`` is infinite and
        ``mean`` the rate of all when the likelihood falls from the start as groups are let to differ: its slope in
        1/(α + β) at 0, Σ [x(x − 1)/p + (n − x)(n − x − 1)/(1 − p) − n(n − 1)]/2, is not positive (Tarone 1979,
        Biometrika 66, 585-590).

    >>> beta_prior([8, 16, 24], [10, 20, 30])
    BetaPrior(mean=0.8, size=inf)
    """
    x, n = np.asarray(passed, dtype=float), np.asarray(present, dtype=float)
    p = float(x.sum() / n.sum())
    if p in (0, 1):
        return BetaPrior(p, np.inf)
    slope = (x * (x - 1) / p + (n - x) * (n - x - 1) / (1 - p) - n * (n - 1)).sum()
    return _likeliest(x, n, p) if slope > 0 else BetaPrior(p, np.inf)


def _likeliest(x: Array, n: Array, start: float) -> BetaPrior:
    from scipy.optimize import minimize  # type: ignore[import-untyped]
    from scipy.special import betaln, expit, logit  # type: ignore[import-untyped]

    def loss(at: Array) -> float:
        mean, size = expit(at[0]), np.exp(at[1])
        a, b = mean * size, (1 - mean) * size
        return float((betaln(a, b) - betaln(x + a, n - x + b)).sum())

    bounds = np.array([(-30, 30), _LOG_SIZES])
    found = minimize(
        loss,
        np.clip([logit(start), np.log(n.max())], *bounds.T),
        method="Nelder-Mead",
        bounds=bounds,
        options={"xatol": 1e-9, "fatol": 1e-11, "maxiter": 2000},
    )
    return BetaPrior(float(expit(found.x[0])), float(np.exp(found.x[1])))


def _shrunken(part: pd.DataFrame) -> pd.DataFrame:
    from scipy.special import betainc

    x, n = (part[name].to_numpy(dtype=float) for name in ("numerator", "denominator"))
    if not n.sum():
        return part.assign(shrinkage="")
    target = x.sum() / n.sum()
    mean, size = beta_prior(x, n)
    if np.isinf(size):
        return part.assign(
            shrinkage="pooled", target=target, probability_below=0.5, shrink_weight=0.0, **{SHRUNK: target}
        )
    a, b = x + mean * size, n - x + (1 - mean) * size
    return part.assign(
        shrinkage="beta_binomial",
        target=target,
        shrink_weight=n / (n + size),
        probability_below=betainc(a, b, target),
        **{SHRUNK: a / (a + b)},
    )
