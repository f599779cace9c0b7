"""Beta-binomial shrinkage: the likeliest distribution by brute force, what follows from it, and its limits."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rncp_analytics.counts.model import Counts
from rncp_analytics.measures.shrinkage import beta_prior, shrunken_rates
from tests.conftest import make_counts

Pairs = list[tuple[int, int]]
UNEQUAL: Pairs = [(180, 200), (70, 100), (45, 50), (210, 300), (9, 12), (28, 40), (36, 40), (3, 8), (18, 20), (84, 120)]


def groups(pairs: Pairs) -> Counts:
    frame = pd.DataFrame(pairs, columns=["passed", "present"]).assign(school=[f"{k:03}" for k in range(len(pairs))])
    return make_counts(frame, "school")


def loglik(pairs: Pairs, mean: float, spread: float) -> float:
    """Beta-binomial log-likelihood as a product over candidates; ``spread`` = 1/(α + β), 0 for a binomial."""
    return math.fsum(
        math.fsum(math.log(mean + j * spread) for j in range(x))
        + math.fsum(math.log(1 - mean + j * spread) for j in range(n - x))
        - math.fsum(math.log(1 + j * spread) for j in range(n))
        for x, n in pairs
    )


def likeliest(pairs: Pairs) -> tuple[float, float]:
    """Mean and spread by a grid drawn in around its best point."""
    mean, spread, width = 0.5, 0.5, 0.5
    for _ in range(18):
        steps = [width * k / 3 for k in range(-3, 4)]
        cells = [(mean + a, spread + b) for a in steps for b in steps if 0 < mean + a < 1 and spread + b >= 0]
        mean, spread = max(cells, key=lambda cell: loglik(pairs, *cell))
        width *= 0.5
    return mean, spread


def test_maximum_likelihood_and_what_follows_from_it() -> None:
    mean, spread = likeliest(UNEQUAL)
    found = beta_prior(*zip(*UNEQUAL, strict=True))
    assert [found.mean, 1 / found.size] == pytest.approx([mean, spread], abs=1e-5)
    frame = shrunken_rates(groups(UNEQUAL), dimension="school").frame
    size, target = 1 / spread, sum(x for x, _ in UNEQUAL) / sum(n for _, n in UNEQUAL)
    assert set(frame["shrinkage"]) == {"beta_binomial"}
    for row, (x, n) in zip(frame.to_dict("records"), UNEQUAL, strict=True):
        assert row["value"] == x / n
        assert row["shrunk_value"] == pytest.approx((mean * size + x) / (size + n), abs=1e-4)
        assert row["shrink_weight"] == pytest.approx(n / (n + size), abs=1e-3)
        a, b = mean * size + x, (1 - mean) * size + n - x
        points = [(k + 0.5) / 4000 for k in range(4000)]
        mass = [math.exp((a - 1) * math.log(t) + (b - 1) * math.log(1 - t)) for t in points]
        below = math.fsum(m for t, m in zip(points, mass, strict=True) if t < target) / math.fsum(mass)
        assert row["probability_below"] == pytest.approx(below, abs=2e-3)


@pytest.mark.parametrize("pairs", [[(8, 10), (16, 20), (24, 30)], [(7, 10), (17, 20), (24, 30), (9, 10)], [(5, 20)]])
def test_groups_alike_are_given_the_rate_of_all(pairs: Pairs) -> None:
    pooled = sum(x for x, _ in pairs) / sum(n for _, n in pairs)
    likelihoods = [loglik(pairs, pooled, spread) for spread in (0, 1e-4, 1e-3, 1e-2, 0.1, 1)]
    assert likelihoods == sorted(likelihoods, reverse=True)  # it rises without end in α + β
    assert likeliest(pairs)[1] == pytest.approx(0, abs=1e-4)
    frame = shrunken_rates(groups(pairs), dimension="school").frame
    assert set(frame["shrinkage"]) == {"pooled"}
    assert frame["shrunk_value"].tolist() == pytest.approx([pooled] * len(pairs))
    assert (set(frame["shrink_weight"]), set(frame["probability_below"])) == ({0.0}, {0.5})
    assert frame["value"].tolist() == [x / n for x, n in pairs]


@pytest.mark.parametrize("rate", [0, 1])
def test_all_or_nobody_passed(rate: int) -> None:
    frame = shrunken_rates(groups([(20 * rate, 20), (5 * rate, 5)]), dimension="school").frame
    assert frame["shrunk_value"].tolist() == [rate, rate]


def test_groups_that_all_pass_or_all_fail_keep_their_own_rate() -> None:
    frame = shrunken_rates(groups([(40, 40), (0, 40), (30, 30), (0, 35)]), dimension="school").frame
    assert frame["shrunk_value"].tolist() == pytest.approx([1, 0, 1, 0], abs=1e-3)


def test_nobody() -> None:
    frame = shrunken_rates(groups([*UNEQUAL, (0, 0)]), dimension="school").frame
    last = frame.iloc[-1]
    assert (last["reason"], last["shrink_weight"]) == ("empty", 0)
    assert last["shrunk_value"] == pytest.approx(likeliest(UNEQUAL)[0], abs=1e-5)
    nothing = shrunken_rates(groups([(0, 0), (0, 0)]), dimension="school").frame
    assert (nothing["reason"] == "empty").all()
    assert nothing["shrunk_value"].isna().all()


def test_each_session_has_its_own_distribution_and_counts_beyond_32_bits() -> None:
    big = 3 * 2**31
    frame = pd.DataFrame(
        {
            "session": [2024] * 3 + [2025] * 3,
            "school": ["a", "b", "c"] * 2,
            "present": [100] * 3 + [big] * 3,
            "passed": [90, 50, 70] + [big * k // 10 for k in (9, 5, 7)],
        }
    )
    made = shrunken_rates(make_counts(frame, "session", "school"), dimension="school", by=["session"])
    assert made.by == ("session", "school")
    assert made.frame["shrunk_value"].tolist()[3:] == pytest.approx([0.9, 0.5, 0.7], abs=1e-6)
    assert made.frame["shrunk_value"].tolist()[0] < 0.9


def test_groups_larger_than_any_country() -> None:
    """So many candidates leave nothing to draw in: each group keeps its own rate."""
    big = 10 * 2**39
    frame = shrunken_rates(groups([(big // 10 * k, big) for k in (9, 5, 7)]), dimension="school").frame
    assert frame["shrunk_value"].tolist() == pytest.approx([0.9, 0.5, 0.7], abs=1e-6)


@settings(max_examples=20)
@given(
    st.lists(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=12)
)
def test_a_shrunken_rate_lies_between_the_raw_one_and_the_mean(pairs: Pairs) -> None:
    frame = shrunken_rates(groups(pairs), dimension="school").frame
    mean = beta_prior(*zip(*pairs, strict=True)).mean
    low, high = np.minimum(frame["value"], mean), np.maximum(frame["value"], mean)
    assert frame["shrunk_value"].between(low - 1e-9, high + 1e-9).all()
    assert frame["probability_below"].between(0, 1).all()
    turned = shrunken_rates(groups(pairs[::-1]), dimension="school").frame["shrunk_value"].tolist()[::-1]
    assert turned == pytest.approx(frame["shrunk_value"].tolist(), abs=1e-4)
