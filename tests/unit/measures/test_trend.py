"""Slope over comparable sessions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.contingency_tables import Table
from statsmodels.stats.proportion import proportions_ztest

from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import COLUMNS, TEST_COLUMNS
from rncp_analytics.measures.trend import PERIOD, trend
from tests.conftest import make_counts

SESSION = st.tuples(st.integers(10, 400), st.floats(0, 1))


def series(present: list[int], passed: list[int], start: int = 2022, **dimensions: str) -> pd.DataFrame:
    sessions = range(start, start + len(present))
    return pd.DataFrame({"session": sessions, **dimensions, "present": present, "passed": passed})


@given(st.lists(SESSION, min_size=2, max_size=6))
def test_slope_and_test_are_those_of_the_candidates_written_out(sessions: list[tuple[int, float]]) -> None:
    """Least squares over candidates; statsmodels' ordinal association, whose variance has N − 1 where ours has N."""
    present = [n for n, _ in sessions]
    passed = [round(n * share) for n, share in sessions]
    row = trend(make_counts(series(present, passed), "session")).frame.iloc[0]
    if sum(passed) in (0, sum(present)):
        assert (row["reason"], np.isnan(row["value"])) == ("no_spread", True)
        return
    result = np.concatenate([np.repeat([1, 0], (x, n - x)) for x, n in zip(passed, present, strict=True)])
    session = np.repeat(np.arange(len(present)), present)
    assert row["value"] == pytest.approx(np.polyfit(session, result, 1)[0], abs=1e-9)
    table = Table(np.column_stack([np.subtract(present, passed), passed]), shift_zeros=False)
    z = table.test_ordinal_association().zscore * np.sqrt(sum(present) / (sum(present) - 1))
    assert row["p_value"] == pytest.approx(2 * norm.sf(abs(z)), rel=1e-6, abs=1e-12)
    assert (row["lower"] > 0 or row["upper"] < 0) == (row["p_value"] < 0.05)


def test_two_sessions_are_a_gap() -> None:
    row = trend(make_counts(series([80, 70], [48, 56]), "session")).frame.iloc[0]
    assert row["value"] == pytest.approx(56 / 70 - 48 / 80)
    assert row["p_value"] == pytest.approx(proportions_ztest([48, 56], [80, 70])[1])
    assert (row["numerator"], row["denominator"], row["denominator_kind"]) == (104, 150, "present")


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [(2016, 2019, (2016, 2019)), (2017, 2020, (2020, 2020)), (2017, 2021, (2021, 2021)), (2017, 2025, (2022, 2025))],
)
def test_nothing_is_fitted_across_a_break(first: int, last: int, expected: tuple[int, int]) -> None:
    n = last - first + 1
    row = trend(make_counts(series([100] * n, list(range(50, 50 + n)), first), "session")).frame.iloc[0]
    assert tuple(row[list(PERIOD)]) == expected
    assert row["denominator"] == 100 * (expected[1] - expected[0] + 1)
    if expected[0] < expected[1]:
        assert row["value"] == pytest.approx(0.01)


def test_the_interval_of_a_fall_from_all_to_nobody_stays_a_gap() -> None:
    """20 of 20, then none of 20: slope −1, standard error √(0.25 / S) with S = 20 × 20 / 40; cut at −1."""
    row = trend(make_counts(series([20, 20], [20, 0]), "session")).frame.iloc[0]
    assert (row["value"], row["lower"]) == (-1, -1)
    assert row["upper"] == pytest.approx(-1 + norm.ppf(0.975) * np.sqrt(0.25 / 10))


def test_a_session_that_is_missing_keeps_its_place() -> None:
    frame = pd.DataFrame({"session": [2022, 2023, 2025], "present": 100, "passed": [50, 52, 56]})
    assert trend(make_counts(frame, "session")).frame["value"].tolist() == pytest.approx([0.02])


def test_groups_and_their_reasons() -> None:
    frame = pd.concat(
        [
            series([100, 100, 100], [60, 66, 72], school="a"),
            series([0, 100, 100], [0, 60, 70], school="b"),
            series([0, 100], [0, 60], school="c"),
            series([0], [0], school="d"),
            series([50, 50], [50, 50], school="e"),
            series([9, 50, 50], [5, 30, 31], school="f"),
            series([40, 40], [20, 30], 2018, school="g"),
        ]
    )
    made = trend(make_counts(frame.sample(frac=1, random_state=1), "session", "school"), by=["school"])
    assert list(made.frame.columns) == ["school", *PERIOD, *COLUMNS, *TEST_COLUMNS]
    assert made.by == ("school", *PERIOD)
    found = made.frame.set_index("school")
    assert found["reason"].to_dict() == {
        "a": "", "b": "", "c": "one_group", "d": "empty", "e": "no_spread", "f": "few", "g": "empty",
    }  # fmt: skip
    assert found.loc["b", list(PERIOD)].tolist() == [2023, 2024]
    assert found.loc[["a", "b"], "value"].tolist() == pytest.approx([0.06, 0.1])
    assert found["value"].isna().tolist() == [False, False, True, True, True, False, True]
    assert found["family_size"].dropna().tolist() == [2, 2]
    assert (found["statistic"] == "pass_rate_trend").all()


def test_more_candidates_than_a_32_bit_number() -> None:
    row = trend(make_counts(series([4_000_000_000] * 3, [10**9, 2 * 10**9, 3 * 10**9]), "session")).frame.iloc[0]
    assert row["value"] == pytest.approx(0.25)
    alone = trend(make_counts(series([4_000_000_001], [10**9], 2025), "session")).frame.iloc[0]
    assert alone["reason"] == "one_group"


def test_a_census_has_neither_interval_nor_test() -> None:
    row = trend(make_counts(series([100, 100], [50, 60]), "session"), confidence=None).frame.iloc[0]
    assert row["value"] == pytest.approx(0.1)
    assert row[["lower", "upper", "confidence", *TEST_COLUMNS]].isna().all()
    assert row["method"] == "count"


def test_what_is_refused() -> None:
    counts = make_counts(series([100, 10], [50, 3]), "session")
    with pytest.raises(CountsError, match="Aucune session"):
        trend(counts.where(session=2030))
    with pytest.raises(CountsError, match="niveau de confiance"):
        trend(counts.where(session=2022), confidence=95)
