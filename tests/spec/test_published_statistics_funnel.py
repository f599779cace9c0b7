"""Funnels and shrinkage on published data."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import betabinom

from rncp_analytics.measures.funnel import funnel_limits
from rncp_analytics.measures.shrinkage import beta_prior, shrunken_rates
from tests.conftest import make_counts

# Tumours among control rats in 71 experiments: Tarone (1982), Biometrics 38, 215-220; Gelman et al., Bayesian Data
# Analysis, 3rd edition, table 5.1. The last is the current experiment of the book, the others its history.
TUMOURS = [0] * 14 + [1] * 8 + [2] * 9 + [
    1, 5, 2, 5, 3, 2, 7, 7, 3, 3, 2, 9, 10, 4, 4, 4, 4, 4, 4, 4, 10, 4, 4, 4, 5, 11, 12, 5, 5, 6, 5, 6, 6, 6, 6, 16,
    15, 15, 9, 4,
]  # fmt: skip
RATS = [
    20, 20, 20, 20, 20, 20, 20, 19, 19, 19, 19, 18, 18, 17, 20, 20, 20, 20, 19, 19, 18, 18, 25, 24, 23, 20, 20, 20, 20,
    20, 20, 10, 49, 19, 46, 27, 17, 49, 47, 20, 20, 13, 48, 50, 20, 20, 20, 20, 20, 20, 20, 48, 19, 19, 19, 22, 46, 49,
    20, 20, 23, 19, 22, 20, 20, 20, 52, 46, 47, 24, 14,
]  # fmt: skip


def test_limits_of_twenty_candidates_around_eighty_percent() -> None:
    # Spiegelhalter (2005), A.1.1, worked by hand from the binomial table of n = 20, p = 0.8:
    # F(11) = 0.0100, F(12) = 0.0321, F(18) = 0.9308, F(19) = 0.9885.
    low = 12 - (0.0321 - 0.025) / (0.0321 - 0.0100)
    high = 19 - (0.9885 - 0.975) / (0.9885 - 0.9308)
    row = funnel_limits([20], target=0.8, levels=[0.95]).iloc[0]
    assert row["limit_low_95"] * 20 == pytest.approx(low, abs=0.005)
    assert row["limit_high_95"] * 20 == pytest.approx(high, abs=0.005)


def test_the_rats_are_those_of_the_book() -> None:
    history = [x / n for x, n in zip(TUMOURS[:-1], RATS[:-1], strict=True)]
    mean, variance = np.mean(history), np.var(history, ddof=1)
    assert (round(mean, 3), round(math.sqrt(variance), 3)) == (0.136, 0.103)  # section 5.1
    size = mean * (1 - mean) / variance - 1
    assert (round(mean * size, 1), round((1 - mean) * size, 1)) == (1.4, 8.6)  # its estimate by moments
    assert (TUMOURS[-1], RATS[-1]) == (4, 14)


def test_no_other_distribution_makes_the_rats_likelier() -> None:
    # Brute force on a grid, with SciPy's own beta-binomial distribution.
    found = beta_prior(TUMOURS, RATS)
    alpha, beta = found.mean * found.size, (1 - found.mean) * found.size

    def loglik(a: float, b: float) -> float:
        return float(betabinom.logpmf(TUMOURS, RATS, a, b).sum())

    best = loglik(alpha, beta)
    grid = [(a, b) for a in np.arange(0.5, 6, 0.25) for b in np.arange(4, 30, 1.0)]
    a, b = max(grid, key=lambda at: loglik(*at))
    assert best >= loglik(a, b)
    assert (abs(alpha - a), abs(beta - b)) < (0.25, 1.0)
    for step in (0.999, 1.001):
        assert best > loglik(alpha * step, beta)
        assert best > loglik(alpha, beta * step)


def test_the_current_experiment_is_drawn_to_the_others() -> None:
    frame = pd.DataFrame({"school": [f"{k:02}" for k in range(71)], "passed": TUMOURS, "present": RATS})
    made = shrunken_rates(make_counts(frame, "school"), dimension="school").frame
    last = made.iloc[-1]
    # 4/14 = 0.286 raw; the book's estimate by moments, Beta(5.4, 18.6), has the mean 0.223.
    assert made["target"].iloc[0] < last["shrunk_value"] < last["value"]
    assert last["shrunk_value"] == pytest.approx(0.223, abs=0.02)
    assert made.loc[made["numerator"] == 0, "shrunk_value"].gt(0).all()
