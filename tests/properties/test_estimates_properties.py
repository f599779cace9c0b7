"""Whatever the counts: rates in [0, 1], gaps in [-1, 1], the figure inside its interval, sums before quotients."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from rncp_analytics.measures.comparison import gap_to_rest, rate_gap, session_change
from rncp_analytics.measures.rates import Statistic, flow, rates, rates_with_total
from rncp_analytics.measures.uncertainty import newcombe, wilson
from tests.conftest import make_counts
from tests.properties.strategies import DIMENSIONS, counts_frames

STATISTICS = get_args(Statistic)
LEVELS = st.sampled_from((0.5, 0.8, 0.9, 0.95, 0.99, 0.999))


@st.composite
def proportions(draw: st.DrawFn) -> tuple[int, int]:
    n = draw(st.one_of(st.integers(1, 40), st.integers(1, 300_000)))
    return draw(st.integers(0, n)), n


def assert_in_range(frame: pd.DataFrame, floor: float) -> None:
    known = frame.dropna(subset="value")
    assert known["value"].between(floor, 1).all()
    assert (known["lower"] <= known["value"]).all()
    assert (known["value"] <= known["upper"]).all()
    assert known["lower"].between(floor, 1).all()
    assert known["upper"].between(floor, 1).all()
    assert frame.loc[frame["value"].isna(), ["lower", "upper"]].isna().all(axis=None)
    assert (frame["value"].isna() <= (frame["reason"] != "")).all(), "a missing figure without its reason"


@given(counts_frames(), st.sampled_from([[], ["sex"], ["session", "candidate_status"]]), LEVELS)
def test_every_rate(frame: pd.DataFrame, by: list[str], confidence: float) -> None:
    made = rates(make_counts(frame, *DIMENSIONS), by=by, statistic=STATISTICS, confidence=confidence).frame
    assert len(made) == len(STATISTICS) * (len(frame.groupby(by)) if by else 1)
    assert_in_range(made, 0)


@given(counts_frames())
def test_a_rate_is_of_sums_and_lies_between_those_of_its_parts(frame: pd.DataFrame) -> None:
    counts = make_counts(frame, *DIMENSIONS)
    whole = rates(counts).frame.iloc[0]
    assert (whole["numerator"], whole["denominator"]) == (frame["passed"].sum(), frame["present"].sum())
    parts = rates(counts, by=DIMENSIONS).frame["value"].dropna()
    if len(parts):
        assert parts.min() - 1e-12 <= whole["value"] <= parts.max() + 1e-12


@given(counts_frames())
def test_a_total_is_what_is_computed_without_the_dimension(frame: pd.DataFrame) -> None:
    counts = make_counts(frame, *DIMENSIONS)
    made = rates_with_total(counts, by=["session", "sex"], total_of="sex").frame
    totals = made[made["sex"] == "total"].drop(columns="sex").reset_index(drop=True)
    pd.testing.assert_frame_equal(totals, rates(counts, by=["session"]).frame)
    for _, part in made.groupby("session"):
        assert part["sex"].tolist()[-1] == "total"
        assert part["denominator"].iloc[-1] == part["denominator"].iloc[:-1].sum()


@given(counts_frames())
def test_the_flow_adds_up(frame: pd.DataFrame) -> None:
    made = flow(make_counts(frame, *DIMENSIONS), by=["session"]).frame
    for _, part in made.groupby("session"):
        steps = part.set_index("statistic")["numerator"]
        assert steps["present"] == steps["passed"] + steps["refused"]
        assert steps["passed"] == steps["passed_first_group"] + steps["passed_after_control"]
        assert steps["control_allowed"] == steps["passed_after_control"] + steps["refused_after_control"]
    assert made["value"].dropna().between(0, 1).all()


@given(counts_frames(), st.sampled_from([[], ["session"], ["session", "candidate_status"]]), LEVELS)
def test_every_gap(frame: pd.DataFrame, by: list[str], confidence: float) -> None:
    counts = make_counts(frame, *DIMENSIONS)
    assert_in_range(gap_to_rest(counts, dimension="candidate_status", confidence=confidence).frame, -1)
    assert_in_range(session_change(counts, by=["sex"], confidence=confidence).frame, -1)
    assert_in_range(rate_gap(counts, dimension="sex", group="F", reference="M", by=by, confidence=confidence).frame, -1)


@given(counts_frames())
def test_a_group_and_its_rest_are_the_whole(frame: pd.DataFrame) -> None:
    counts = make_counts(frame, *DIMENSIONS)
    whole = rates(counts, by=["session"]).frame.set_index("session")
    for row in gap_to_rest(counts, dimension="candidate_status").frame.to_dict("records"):
        assert row["denominator"] + row["reference_denominator"] == whole.loc[row["session"], "denominator"]
        assert row["numerator"] + row["reference_numerator"] == whole.loc[row["session"], "numerator"]


@given(counts_frames())
def test_a_gap_turned_round_changes_its_sign(frame: pd.DataFrame) -> None:
    counts = make_counts(frame, *DIMENSIONS)
    one = rate_gap(counts, dimension="sex", group="F", reference="M", by=["session"]).frame
    other = rate_gap(counts, dimension="sex", group="M", reference="F", by=["session"]).frame
    np.testing.assert_allclose(one["value"], -other["value"], atol=1e-12)
    np.testing.assert_allclose(one["lower"], -other["upper"], atol=1e-12)


@given(proportions(), LEVELS)
def test_wilsons_bounds_solve_the_score_equation(counted: tuple[int, int], confidence: float) -> None:
    """At a bound inside (0, 1), |p - bound| is z standard errors of the bound: what defines the interval."""
    x, n = counted
    z = norm.ppf((1 + confidence) / 2)
    for bound in wilson(x, n, confidence=confidence):
        if 0 < bound < 1:
            error = z * np.sqrt(bound * (1 - bound) / n)
            np.testing.assert_allclose(abs(x / n - bound), error, rtol=1e-6, atol=1e-9)


@given(proportions(), proportions(), LEVELS)
def test_newcombe_squares_the_distances_to_wilsons_bounds(
    one: tuple[int, int], two: tuple[int, int], confidence: float
) -> None:
    """Method 10 as Newcombe writes it: delta = sqrt((p1 - l1)² + (u2 - p2)²), epsilon likewise."""
    (x, n), (y, m) = one, two
    (l1, u1), (l2, u2) = wilson(x, n, confidence=confidence), wilson(y, m, confidence=confidence)
    p, q = x / n, y / m
    low, high = newcombe(x, n, y, m, confidence=confidence)
    np.testing.assert_allclose(low, p - q - np.hypot(p - l1, u2 - q), atol=1e-9)
    np.testing.assert_allclose(high, p - q + np.hypot(u1 - p, q - l2), atol=1e-9)


@given(proportions(), st.integers(2, 50))
def test_more_candidates_at_the_same_rate_are_surer(counted: tuple[int, int], times: int) -> None:
    x, n = counted
    (low, high), (inner_low, inner_high) = wilson(x, n), wilson(times * x, times * n)
    assert low <= inner_low + 1e-12
    assert inner_high <= high + 1e-12
