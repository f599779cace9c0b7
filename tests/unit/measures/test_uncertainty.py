"""Intervals against the tables of the articles that define them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rncp_analytics.errors import CountsError
from rncp_analytics.measures.uncertainty import clopper_pearson, newcombe, wilson

# Newcombe, Statistics in Medicine 17 (1998), 857-872: method 3, score without continuity correction.
SINGLE = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0, 0.1611),
    (1, 29, 0.0061, 0.1718),
]
# The same article and table, method 5: Clopper and Pearson.
EXACT = [
    (81, 263, 0.2527, 0.3676),
    (15, 148, 0.0578, 0.1617),
    (0, 20, 0.0, 0.1684),
    (1, 29, 0.0009, 0.1776),
]
# How often Wilson's interval at 95 % holds the true proportion: n → at 0.5, 0.8 and 0.95.
COVERAGE = {10: (0.9785, 0.9672, 0.9139), 20: (0.9586, 0.9563, 0.9245), 50: (0.9351, 0.9507, 0.9622)}
# Newcombe, Statistics in Medicine 17 (1998), 873-890, Table II: method 10, examples (a) to (h).
DIFFERENCES = [
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (6, 7, 2, 7, 0.0582, 0.8062),
    (5, 56, 0, 29, -0.0381, 0.1926),
    (0, 10, 0, 20, -0.1611, 0.2775),
    (0, 10, 0, 10, -0.2775, 0.2775),
    (10, 10, 0, 20, 0.6791, 1.0),
    (10, 10, 0, 10, 0.6075, 1.0),
]


@pytest.mark.parametrize(("passed", "present", "lower", "upper"), SINGLE)
def test_wilson_as_published(passed: int, present: int, lower: float, upper: float) -> None:
    assert [round(float(bound), 4) for bound in wilson(passed, present)] == [lower, upper]


@pytest.mark.parametrize("published", DIFFERENCES)
def test_newcombe_as_published(published: tuple[float, ...]) -> None:
    *counts, lower, upper = published
    assert [round(float(bound), 4) for bound in newcombe(*counts)] == [lower, upper]


@pytest.mark.parametrize(("passed", "present", "lower", "upper"), EXACT)
def test_clopper_pearson_as_published(passed: int, present: int, lower: float, upper: float) -> None:
    assert [round(float(bound), 4) for bound in clopper_pearson(passed, present)] == [lower, upper]


def binomial(n: int, p: float) -> list[float]:
    return [math.comb(n, x) * p**x * (1 - p) ** (n - x) for x in range(n + 1)]


@pytest.mark.parametrize("n", COVERAGE)
def test_coverage_of_wilson_by_enumeration(n: int) -> None:
    x = np.arange(n + 1)
    lower, upper = wilson(x, np.full(n + 1, n))
    for p, wanted in zip((0.5, 0.8, 0.95), COVERAGE[n], strict=True):
        probability = np.array(binomial(n, p))
        assert round(probability[(lower <= p) & (p <= upper)].sum(), 4) == wanted
        # The interval holds p exactly where the score test at 5 % accepts it.
        accepted = np.abs(x - n * p) <= 1.959963984540054 * math.sqrt(n * p * (1 - p))
        assert round(probability[accepted].sum(), 4) == wanted


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_clopper_pearson_bounds_are_those_of_the_binomial_tails(confidence: float) -> None:
    n = 12
    lower, upper = clopper_pearson(np.arange(n + 1), np.full(n + 1, n), confidence=confidence)
    assert (lower[0], upper[n]) == (0, 1)
    for x in range(n + 1):
        if x > 0:
            assert sum(binomial(n, lower[x])[x:]) == pytest.approx((1 - confidence) / 2)
        if x < n:
            assert sum(binomial(n, upper[x])[: x + 1]) == pytest.approx((1 - confidence) / 2)


def test_arrays_give_the_same_as_one_by_one() -> None:
    passed, present, lower, upper = np.array(SINGLE).T
    low, high = wilson(passed, present)
    np.testing.assert_array_equal(low.round(4), lower)
    np.testing.assert_array_equal(high.round(4), upper)
    a, m, b, n, lower, upper = np.array(DIFFERENCES).T
    low, high = newcombe(a, m, b, n)
    np.testing.assert_array_equal(low.round(4), lower)
    np.testing.assert_array_equal(high.round(4), upper)


def test_another_level_is_wider_or_narrower() -> None:
    # 80 % level, z = 1.2815516: the score equation of 15/148 solved by hand (quadratic in the proportion).
    z, p, n = 1.2815515655446004, 15 / 148, 148
    centre, half = p + z**2 / (2 * n), z * (p * (1 - p) / n + z**2 / (4 * n**2)) ** 0.5
    expected = [(centre + sign * half) / (1 + z**2 / n) for sign in (-1, 1)]
    np.testing.assert_allclose(wilson(15, 148, confidence=0.8), expected, rtol=1e-12)


def test_nobody_has_no_interval_and_no_warning() -> None:
    for interval, lower in ((wilson, 0.0624), (clopper_pearson, 0.0578)):
        low, high = interval([0, 15], [0, 148])
        assert np.isnan([low[0], high[0]]).all()
        assert low[1].round(4) == lower
    low, high = newcombe([3, 0, 0, 56], [5, 0, 0, 70], [0, 3, 0, 48], [0, 5, 0, 80])
    assert np.isnan(low[:3]).all()
    assert np.isnan(high[:3]).all()
    assert low[3].round(4) == 0.0524


@pytest.mark.parametrize(("passed", "present"), [(11, 10), (-1, 10), (1, 0)])
def test_impossible_counts_name_the_row(passed: int, present: int) -> None:
    for interval in (wilson, clopper_pearson):
        with pytest.raises(CountsError, match="dépasse") as caught:
            interval([5, passed], [10, present])
        assert f"ligne 1 : {passed} sur {present}" in caught.value.where
    for arguments in ((5, 10, passed, present), (passed, present, 5, 10)):
        with pytest.raises(CountsError, match="dépasse"):
            newcombe(*arguments)


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, 1.5])
def test_an_impossible_level(confidence: float) -> None:
    for interval in (wilson, clopper_pearson):
        with pytest.raises(CountsError, match="niveau de confiance"):
            interval(1, 2, confidence=confidence)
    with pytest.raises(CountsError, match="niveau de confiance"):
        newcombe(1, 2, 1, 2, confidence=confidence)
