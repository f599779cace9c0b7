"""The change of a mean mark since the session before: what is compared with what, and when nothing is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rncp_analytics.counts.model import Counts
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import COLUMNS, COMPARISON_COLUMNS
from rncp_analytics.measures.mark_comparison import mean_change
from tests.conftest import make_counts


def units(marks: dict[tuple[int, str], list[int]]) -> Counts:
    """Counts of marks in twentieths, by session and unit."""
    rows = [
        {
            "session": session,
            "unit": unit,
            "marked": len(given),
            "marks_sum": sum(given),
            "marks_sumsq": sum(m * m for m in given),
        }
        for (session, unit), given in marks.items()
    ]
    return make_counts(pd.DataFrame(rows), "session", "unit")


def test_the_example_that_r_prints() -> None:
    """R's data set "sleep" moved to marks: 10 points more for everybody leave the difference and its interval."""
    first = [200 + 20 * h // 10 for h in (7, -16, -2, -12, -1, 34, 37, 8, 0, 20)]
    second = [200 + 20 * h // 10 for h in (19, 8, 11, 1, -1, 44, 55, 16, 46, 34)]
    row = mean_change(units({(2023, "U2"): second, (2024, "U2"): first})).frame.iloc[-1]
    assert [round(row[c], 7) for c in ("value", "lower", "upper")] == [-1.58, -3.3654832, 0.2054832]
    assert (row["session"], row["unit"], row["reference"]) == (2024, "U2", "2023")
    assert (row["estimate"], row["numerator"], row["denominator"]) == (10.75, 107.5, 10)
    assert (row["reference_numerator"], row["reference_denominator"]) == (123.3, 10)
    assert (row["statistic"], row["method"], row["denominator_kind"]) == ("mark_mean_gap", "welch", "marked")


def test_a_unit_is_followed_by_itself_and_says_why_it_is_not() -> None:
    ten, nine = [200, 220] * 5, [200] * 9
    found = mean_change(
        units({
            (2023, "U2"): ten, (2024, "U2"): [m + 20 for m in ten],
            (2023, "U6"): nine, (2024, "U6"): ten,
            (2023, "U7"): [], (2024, "U7"): ten,
            (2023, "U34"): ten, (2024, "U34"): [],
        })
    ).frame.query("session == 2024").set_index("unit")  # fmt: skip
    assert found["reason"].to_dict() == {"U2": "", "U6": "few", "U7": "no_reference", "U34": "empty"}
    assert found.loc[["U2", "U6"], "value"].tolist() == pytest.approx([1, 0.5])
    assert found.loc[["U7", "U34"], ["value", "lower", "upper"]].isna().all(axis=None)


def test_no_change_is_given_across_a_break_nor_without_the_session_before() -> None:
    marks = {(session, "U2"): [200, 220] * 5 for session in (2019, 2020, 2021, 2022, 2023, 2025)}
    made = mean_change(units(marks))
    assert list(made.frame.columns) == ["session", "unit", *COLUMNS, *COMPARISON_COLUMNS]
    reasons = ["no_reference", "break", "break", "break", "", "no_reference"]
    assert made.frame["reason"].tolist() == reasons
    assert made.frame["value"].isna().tolist() == [bool(reason) for reason in reasons]
    assert "sujets" in made.caveats[0]


def test_other_dimensions_are_summed_first() -> None:
    counts = units({(2023, "U2"): [200] * 10, (2023, "U6"): [100] * 30, (2024, "U2"): [200] * 20})
    row = mean_change(counts, by=[]).frame.iloc[-1]
    assert row["value"] == pytest.approx((200 - (200 * 10 + 100 * 30) / 40) / 20)


def test_a_census_has_no_interval() -> None:
    row = mean_change(units({(2023, "U2"): [200] * 10, (2024, "U2"): [220] * 10}), confidence=None).frame.iloc[-1]
    assert (row["value"], row["method"]) == (1, "count")
    assert np.isnan([row["lower"], row["upper"], row["confidence"]]).all()


def test_counts_without_marks_or_without_session_are_refused() -> None:
    with pytest.raises(CountsError, match="comparer des moyennes"):
        mean_change(make_counts(pd.DataFrame({"session": [2024], "unit": ["U2"], "marked": [3]}), "session", "unit"))
    counts = units({(2024, "U2"): [200]})
    with pytest.raises(CountsError, match="dimension"):
        mean_change(counts.by("unit"))
