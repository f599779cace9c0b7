"""Gaps between groups, sessions and headcounts: what is compared with what, and when nothing is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rncp_analytics.certification.nomenclature import Break
from rncp_analytics.counts.model import Counts
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.comparison import gap_to_rest, headcount_change, rate_gap, session_change
from rncp_analytics.measures.estimates import COLUMNS, COMPARISON_COLUMNS
from tests.conftest import make_counts


def sides(a: int, m: int, b: int, n: int) -> Counts:
    frame = pd.DataFrame({"session": 2025, "option": ["B", "A"], "present": [m, n], "passed": [a, b]})
    return make_counts(frame, "session", "option")


def series(present: dict[int, int], passed: dict[int, int], **dimensions: str) -> pd.DataFrame:
    return pd.DataFrame(
        {"session": list(present), **dimensions, "present": list(present.values()), "passed": list(passed.values())}
    )


def test_a_gap_has_both_sides_and_newcombes_interval() -> None:
    made = rate_gap(sides(56, 70, 48, 80), dimension="option", group="B", reference="A")
    row = made.frame.iloc[0]
    assert list(made.frame.columns) == [*COLUMNS, *COMPARISON_COLUMNS]
    assert row["value"] == pytest.approx(0.2)
    assert [round(row["lower"], 4), round(row["upper"], 4)] == [0.0524, 0.3339]  # Newcombe (1998b), Table II (a)
    assert (row["numerator"], row["denominator"], row["estimate"]) == (56, 70, 0.8)
    assert (row["reference"], row["reference_numerator"], row["reference_denominator"]) == ("A", 48, 80)
    assert (row["statistic"], row["method"], row["denominator_kind"]) == ("pass_rate_gap", "newcombe", "present")


def test_marks_are_compared_as_candidates_are() -> None:
    """Newcombe's table again, as marks under 8: 56 of 70 against 48 of 80; two classes make the numerator."""
    frame = pd.DataFrame(
        {"session": [2024, 2023], "marked": [70, 80], "class_0_5": [50, 40], "class_5_8": [6, 8], "class_8_10": 1}
    )
    counts = make_counts(frame.assign(option=["B", "A"]), "session", "option")
    gap = rate_gap(counts, dimension="option", group="B", reference="A", statistic="share_below_8")
    change = session_change(counts, statistic="share_below_8")
    rest = gap_to_rest(counts, dimension="option", by=[], statistic="share_below_8")
    for row in (gap.frame.iloc[0], change.frame.iloc[-1], rest.frame.iloc[-1]):
        assert [round(row[c], 4) for c in ("value", "lower", "upper")] == [0.2, 0.0524, 0.3339]
        assert (row["statistic"], row["denominator_kind"]) == ("share_below_8_gap", "marked")


def test_several_references_are_summed_first() -> None:
    frame = pd.DataFrame({"option": ["B", "A", "none"], "present": [20, 10, 90], "passed": [10, 10, 45]})
    row = rate_gap(make_counts(frame, "option"), dimension="option", group="B", reference=["A", "none"]).frame.iloc[0]
    assert row["reference"] == "A + none"
    assert row["value"] == pytest.approx(0.5 - 55 / 100)


def test_within_the_cells_of_another_dimension() -> None:
    frame = pd.DataFrame(
        {
            "option": ["B", "A", "B", "A", "B", "A"],
            "status": ["s", "s", "t", "t", "u", "v"],
            "present": [70, 80, 9, 50, 30, 30],
            "passed": [56, 48, 9, 25, 15, 15],
        }
    )
    made = rate_gap(make_counts(frame, "option", "status"), dimension="option", group="B", reference="A", by=["status"])
    found = made.frame.set_index("status")
    assert found["reason"].to_dict() == {"s": "", "t": "few", "u": "no_reference", "v": "empty"}
    assert found.loc["s", "value"] == pytest.approx(0.2)
    assert found.loc["t", "value"] == pytest.approx(0.5)  # kept in the frame, not shown as a figure
    assert found.loc[["u", "v"], ["value", "lower", "upper"]].isna().all(axis=None)
    assert found.loc["u", ["numerator", "denominator", "reference_denominator"]].tolist() == [15, 30, 0]


def test_a_side_that_does_not_exist() -> None:
    row = rate_gap(sides(56, 70, 48, 80), dimension="option", group="B", reference="none").frame.iloc[0]
    assert row["reason"] == "no_reference"
    assert np.isnan([row["value"], row["lower"], row["upper"]]).all()


def test_a_group_is_not_compared_with_itself() -> None:
    with pytest.raises(CountsError, match="lui-même"):
        rate_gap(sides(1, 2, 1, 2), dimension="option", group="B", reference=["A", "B"])


def test_without_interval() -> None:
    row = rate_gap(sides(56, 70, 48, 80), dimension="option", group="B", reference="A", confidence=None).frame.iloc[0]
    assert row["value"] == pytest.approx(0.2)
    assert np.isnan([row["lower"], row["upper"], row["confidence"]]).all()
    assert row["method"] == "count"


@pytest.mark.parametrize("by", [[], ["session"], ["session", "sex"]])
def test_the_rest_never_includes_the_group(by: list[str]) -> None:
    frame = pd.DataFrame(
        {"session": 2025, "sex": "F", "academie": ["10", "19", "27"], "present": [70, 30, 50], "passed": [56, 20, 28]}
    )
    made = gap_to_rest(make_counts(frame, "session", "sex", "academie"), dimension="academie", by=by)
    row = made.frame.set_index("academie").loc["10"]
    assert made.by == (*by, "academie")
    assert (row["reference"], row["reference_numerator"], row["reference_denominator"]) == ("rest", 48, 80)
    assert row["value"] == pytest.approx(0.2)
    assert [round(row["lower"], 4), round(row["upper"], 4)] == [0.0524, 0.3339]


def test_the_rest_is_that_of_the_same_session() -> None:
    frame = pd.DataFrame(
        {
            "session": [2024, 2024, 2025, 2025],
            "academie": ["10", "19"] * 2,
            "present": [10, 20, 30, 40],
            "passed": [5, 6, 7, 8],
        }
    )
    found = gap_to_rest(make_counts(frame, "session", "academie"), dimension="academie").frame
    assert found["reference_denominator"].tolist() == [20, 10, 40, 30]
    assert found["reference_numerator"].tolist() == [6, 5, 8, 7]


def test_alone_there_is_no_rest() -> None:
    frame = pd.DataFrame({"session": [2025], "academie": ["10"], "present": [70], "passed": [56]})
    row = gap_to_rest(make_counts(frame, "session", "academie"), dimension="academie").frame.iloc[0]
    assert row["reason"] == "no_reference"
    assert np.isnan(row["value"])


@pytest.mark.parametrize("by", [(), ("option",)])
def test_a_change_is_measured_from_the_session_before(by: tuple[str, ...]) -> None:
    frame = series({2023: 80, 2024: 70, 2025: 60}, {2023: 48, 2024: 56, 2025: 30}, option="B")
    made = session_change(make_counts(frame, "session", "option"), by=by)
    assert made.by == ("session", *by)
    found = made.frame.set_index("session")
    assert found["reference"].to_dict() == {2023: "2022", 2024: "2023", 2025: "2024"}
    assert found.loc[[2024, 2025], "value"].tolist() == pytest.approx([0.2, 0.5 - 0.8])
    assert [round(found.loc[2024, "lower"], 4), round(found.loc[2024, "upper"], 4)] == [0.0524, 0.3339]


def test_a_session_without_the_one_before_has_no_change() -> None:
    counts = make_counts(series({2023: 80, 2025: 70}, {2023: 48, 2025: 56}), "session")
    frame = session_change(counts).frame
    assert frame["reason"].tolist() == ["no_reference", "no_reference"]
    assert frame["reference"].tolist() == ["2022", "2024"]
    assert frame[["value", "lower", "upper"]].isna().all(axis=None)
    assert frame["estimate"].tolist() == [0.6, 0.8]


def test_a_group_is_followed_by_itself() -> None:
    frame = pd.DataFrame(
        {"session": [2023, 2024, 2024], "option": ["A", "A", "B"], "present": 80, "passed": [48, 40, 56]}
    )
    found = session_change(make_counts(frame, "session", "option"), by=["option"]).frame
    rows = found[["session", "option", "reason", "reference_numerator"]].to_numpy().tolist()
    assert rows == [[2023, "A", "no_reference", 0], [2024, "A", "", 48], [2024, "B", "no_reference", 0]]


def test_no_change_is_given_across_a_break() -> None:
    present, passed = dict.fromkeys(range(2019, 2025), 80), dict.fromkeys(range(2019, 2025), 48)
    frame = session_change(make_counts(series(present, passed), "session")).frame.set_index("session")
    assert frame["reason"].to_dict() == {
        2019: "no_reference",
        2020: "break",
        2021: "break",
        2022: "break",
        2023: "",
        2024: "",
    }
    assert frame.loc[[2020, 2021, 2022], ["value", "lower", "upper"]].isna().all(axis=None)
    assert frame.loc[2022, ["numerator", "denominator", "reference_denominator"]].tolist() == [48, 80, 80]


def test_after_an_isolated_session_the_series_does_not_resume_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks() -> tuple[Break, ...]:
        return (Break(2020, isolated=True, label="", reference=""), Break(2023, isolated=False, label="", reference=""))

    monkeypatch.setattr("rncp_analytics.certification.nomenclature.breaks", breaks)
    present, passed = dict.fromkeys(range(2018, 2025), 80), dict.fromkeys(range(2018, 2025), 48)
    frame = session_change(make_counts(series(present, passed), "session")).frame.set_index("session")
    assert frame.index[frame["reason"] == "break"].tolist() == [2020, 2021, 2023]


def test_growth_since_the_session_before_and_since_a_base() -> None:
    counts = make_counts(series({2022: 80, 2023: 100, 2024: 90}, {2022: 0, 2023: 5, 2024: 5}), "session")
    before = headcount_change(counts, column="present").frame
    assert before["session"].tolist() == [2023, 2024]
    assert before["value"].tolist() == pytest.approx([0.25, -0.1])
    assert before["numerator"].tolist() == [20, -10]
    assert before["reference"].tolist() == ["2022", "2023"]
    base = headcount_change(counts, column="present", base=2022).frame
    assert base["value"].tolist() == pytest.approx([0, 0.25, 0.125])
    assert set(base["reference"]) == {"2022"}
    assert base["statistic"].unique().tolist() == ["present_growth"]
    assert base["estimate"].tolist() == [80, 100, 90]


def test_growth_from_nobody_is_not_a_number() -> None:
    counts = make_counts(series({2022: 80, 2023: 100}, {2022: 0, 2023: 5}), "session")
    row = headcount_change(counts, column="passed").frame.iloc[0]
    assert (row["reason"], row["numerator"], row["denominator"]) == ("no_reference", 5, 0)
    assert np.isnan(row["value"])


def test_growth_by_group_leaves_out_a_group_without_reference() -> None:
    frame = pd.DataFrame({"session": [2024, 2025, 2025], "option": ["A", "A", "B"], "present": [50, 60, 10]})
    counts = make_counts(frame, "session", "option")
    since = headcount_change(counts, column="present", by=["option"]).frame
    assert since[["session", "option", "numerator"]].to_numpy().tolist() == [[2025, "A", 10]]
    based = headcount_change(counts, column="present", by=["option"], base=2024).frame
    assert based[["session", "option", "numerator"]].to_numpy().tolist() == [[2024, "A", 0], [2025, "A", 10]]


def test_growth_of_something_absent() -> None:
    counts = make_counts(series({2024: 1, 2025: 1}, {2024: 1, 2025: 1}), "session")
    with pytest.raises(CountsError, match="« registered »") as caught:
        headcount_change(counts, column="registered")
    assert "present, passed" in caught.value.expected
    with pytest.raises(CountsError, match="2020") as caught:
        headcount_change(counts, column="present", base=2020)
    assert "2024, 2025" in caught.value.expected
