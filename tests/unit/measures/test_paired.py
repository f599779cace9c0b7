"""CCF against ponctuel: the same candidates, one difference each."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_ind, ttest_rel

from rncp_analytics.counts.tally import tally
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.paired import mode_gap, mode_gap_to_rest
from tests.conftest import make_counts
from tests.unit.cohort.cohorts import PONCTUEL, cohort, person

CCF = [12.0, 11.5, 13.25, 9.0, 10.0, 14.5, 12.75, 8.5, 11.0, 10.5, 13.0, 12.0]
TESTS = [11.0, 11.0, 12.0, 9.5, 9.0, 12.5, 12.0, 9.0, 10.0, 10.0, 11.5, 11.0]


def people(school: str = "0690001B") -> list[dict[str, object]]:
    return [
        person(round(20 * ccf), school=school, **dict.fromkeys(PONCTUEL, round(20 * test)))
        for ccf, test in zip(CCF, TESTS, strict=True)
    ]


def test_gap_and_interval_are_those_of_the_paired_test() -> None:
    row = mode_gap(tally(cohort(people()), by=[]).modes).frame.iloc[0]
    expected = ttest_rel(CCF, TESTS).confidence_interval()
    assert row["value"] == pytest.approx(np.mean(CCF) - np.mean(TESTS))
    assert [row["lower"], row["upper"]] == pytest.approx([expected.low, expected.high])
    assert (row["estimate"], row["numerator"], row["denominator"]) == (pytest.approx(np.mean(CCF)), sum(CCF), 12)
    assert (row["reference"], row["reference_numerator"], row["method"]) == ("ponctuel", sum(TESTS), "student")


def test_by_school() -> None:
    alone = person(school="0690003D", **dict.fromkeys(PONCTUEL, "absent"))
    found = tally(cohort([*people(), *people("0690002C")[:4], alone]), by=["school", "sex"])
    frame = mode_gap(found.modes, by=["school"]).frame.set_index("school")
    assert frame["denominator"].to_dict() == {"0690001B": 12, "0690002C": 4, "0690003D": 0}
    assert frame["reason"].tolist() == ["", "few", "empty"]
    assert frame["value"].isna().tolist() == [False, False, True]
    assert frame.loc["0690002C", "value"] == pytest.approx(np.mean(CCF[:4]) - np.mean(TESTS[:4]))


def test_a_census_has_no_interval() -> None:
    row = mode_gap(tally(cohort(people()), by=[]).modes, confidence=None).frame.iloc[0]
    assert row[["lower", "upper", "confidence"]].isna().all()


SCHOOLS = {"0690001B": (CCF, TESTS), "0690002C": (TESTS, CCF), "0690003D": (CCF[::-1], TESTS)}


def three_schools() -> list[dict[str, object]]:
    return [
        person(round(20 * ccf), school=school, sex="FM"[i % 2], **dict.fromkeys(PONCTUEL, round(20 * test)))
        for school, (ccfs, tests) in SCHOOLS.items()
        for i, (ccf, test) in enumerate(zip(ccfs, tests, strict=True))
    ]


@pytest.mark.parametrize("school", SCHOOLS)
def test_each_school_against_the_candidates_of_all_the_others(school: str) -> None:
    gaps = {name: np.subtract(ccfs, tests) for name, (ccfs, tests) in SCHOOLS.items()}
    others = np.concatenate([gap for name, gap in gaps.items() if name != school])
    expected = ttest_ind(gaps[school], others, equal_var=False).confidence_interval()
    made = mode_gap_to_rest(tally(cohort(three_schools()), by=["school", "sex"]).modes)
    row = made.frame.set_index("school").loc[school]
    assert row["value"] == pytest.approx(np.mean(gaps[school]) - np.mean(others))
    assert [row["lower"], row["upper"]] == pytest.approx([expected.low, expected.high])
    assert (row["estimate"], row["denominator"]) == (pytest.approx(np.mean(gaps[school])), 12)
    assert (row["reference"], row["reference_denominator"]) == ("rest", 24)
    assert row["reference_numerator"] == pytest.approx(others.sum())
    assert (row["statistic"], row["method"], row["reason"]) == ("mode_gap_to_rest", "welch", "")


def test_the_rest_is_that_of_the_same_cell() -> None:
    modes = tally(cohort([*people(), *people("0690002C")[:4]]), by=["school", "sex", "session"]).modes
    frame = mode_gap_to_rest(modes, by=["session"]).frame.set_index("school")
    assert frame["reference_denominator"].to_dict() == {"0690001B": 4, "0690002C": 12}
    assert frame["reason"].tolist() == ["few", "few"]
    alone = mode_gap_to_rest(modes.where(school="0690001B"), by=["session"]).frame.iloc[0]
    assert (alone["reason"], alone["reference_denominator"]) == ("no_reference", 0)
    assert np.isnan([alone["value"], alone["lower"], alone["upper"]]).all()


def test_other_counts_are_refused() -> None:
    with pytest.raises(CountsError, match="CCF"):
        mode_gap(make_counts(pd.DataFrame({"present": [3]})))
    with pytest.raises(CountsError, match="CCF"):
        mode_gap_to_rest(make_counts(pd.DataFrame({"school": ["0690001B"], "present": [3]}), "school"))
