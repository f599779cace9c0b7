"""Ratio of two rates: Koopman's interval against the score test that it inverts, and the ends of the scale."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import score_test_proportions_2indep

from rncp_analytics.measures.ratio import koopman, rate_ratio
from tests.unit.measures.strata_cases import SIDES, strata


@st.composite
def samples(draw: st.DrawFn) -> tuple[int, int]:
    n = draw(st.one_of(st.integers(1, 30), st.integers(1, 100_000)))
    return draw(st.one_of(st.just(n), st.integers(0, n))), n


@given(samples(), samples(), st.sampled_from((0.9, 0.95, 0.99)))
def test_the_score_test_rejects_just_beyond_each_bound(
    one: tuple[int, int], two: tuple[int, int], confidence: float
) -> None:
    """All passed on a side included, where the closed form of the library goes wrong."""
    (x, n), (y, m) = one, two
    lower, upper = (bound[0] for bound in koopman([x], [n], [y], [m], confidence=confidence))
    if y == 0:
        assert np.isnan([lower, upper]).all()
        return
    assert lower <= x / n / (y / m) <= upper
    for bound in [upper] if x == 0 else [lower, upper]:
        test = score_test_proportions_2indep(x, n, y, m, value=bound, compare="ratio", correction=False)
        assert test.pvalue == pytest.approx(1 - confidence, rel=1e-5)


@given(samples(), samples())
def test_turned_round_it_is_inverted(one: tuple[int, int], two: tuple[int, int]) -> None:
    (x, n), (y, m) = one, two
    if x and y:
        lower, upper = koopman([x], [n], [y], [m], confidence=0.95)
        back_lower, back_upper = koopman([y], [m], [x], [n], confidence=0.95)
        np.testing.assert_allclose([lower, upper], [1 / back_upper, 1 / back_lower], rtol=1e-6)


def test_the_ratio_carries_both_sides() -> None:
    row = rate_ratio(strata((36, 4, 16, 64)), **SIDES).frame.iloc[0]
    assert (row["statistic"], row["method"], row["reason"]) == ("pass_rate_ratio", "koopman", "")
    assert row["value"] == pytest.approx(0.9 / 0.2)
    assert (row["numerator"], row["denominator"], row["reference_numerator"], row["reference_denominator"]) == (
        36,
        40,
        16,
        80,
    )


def test_ends_of_the_scale() -> None:
    counts = strata((0, 20, 10, 10), (10, 10, 0, 20), (20, 0, 20, 0), (0, 0, 10, 10), (10, 10, 0, 0), (5, 0, 10, 10))
    found = rate_ratio(counts, **SIDES, by=["stratum"]).frame
    assert found["reason"].tolist() == ["", "no_spread", "", "empty", "no_reference", "few"]
    assert found["value"].tolist() == pytest.approx([0, np.nan, 1, np.nan, np.nan, 2], nan_ok=True)
    assert found.loc[0, "lower"] == 0 < found.loc[0, "upper"] < 1
    assert found.loc[2, "lower"] < 1 < found.loc[2, "upper"]
    assert found.loc[[1, 3, 4], ["lower", "upper"]].isna().all(axis=None)


def test_a_census_has_no_interval() -> None:
    row = rate_ratio(strata((36, 4, 16, 64)), **SIDES, confidence=None).frame.iloc[0]
    assert row["value"] == pytest.approx(4.5)
    assert np.isnan([row["lower"], row["upper"], row["confidence"]]).all()
    assert row["method"] == "count"
