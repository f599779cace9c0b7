"""What is missing, where jury and marks differ, who isn't there: counted by hand."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from rncp_analytics.cohort.model import Cohort
from rncp_analytics.cohort.provenance import ImportRecord, JuryCount
from rncp_analytics.counts.quality import jury_and_marks, missing_values
from rncp_analytics.counts.tally import tally
from rncp_analytics.errors import ComparisonError, CountsError
from rncp_analytics.measures.quality import coverage, jury_differences, missing_shares
from tests.conftest import make_counts
from tests.unit.cohort.cohorts import cohort, person

WHERE = ("session", "option", "academie")


@pytest.fixture
def four() -> Cohort:
    """Four candidates of Lyon in two sessions; two without sex, one without class."""
    made = cohort([person(240, session=s) for s in (2024, 2025, 2025, 2025)])
    people = made.candidates.assign(academie="10", sex=["F", None, "M", None], school_class=["T1", "T1", None, "T1"])
    return replace(made, candidates=people)


def test_each_column_says_of_how_many_it_knows_nothing(four: Cohort) -> None:
    made = missing_shares(missing_values(four)).frame.set_index("column")
    assert made.loc["sex", ["numerator", "denominator", "value"]].tolist() == [2, 4, 0.5]
    assert made.loc["school_class", ["numerator", "denominator", "value"]].tolist() == [1, 4, 0.25]
    assert made.loc["academie", "numerator"] == 0
    by_session = missing_shares(missing_values(four), by=["session", "column"]).frame
    assert by_session[by_session["column"] == "sex"][["session", "numerator"]].to_numpy().tolist() == [
        [2024, 0],
        [2025, 2],
    ]


def test_columns_are_not_added(four: Cohort) -> None:
    with pytest.raises(CountsError, match="ne se somment pas"):
        missing_shares(missing_values(four), by=["session"])


def test_jury_and_marks(four: Cohort) -> None:
    told = (JuryCount("refused_first_group", "passed_first_group", 3), JuryCount("pending", "pending", 1))
    made = jury_differences(jury_and_marks(replace(four, record=ImportRecord(jury=told)))).frame
    assert made[["computed", "decided", "numerator", "denominator"]].to_numpy().tolist() == [
        ["pending", "pending", 1, 4],
        ["refused_first_group", "passed_first_group", 3, 4],
    ]
    assert jury_differences(jury_and_marks(four)).frame.empty


def test_the_cohort_beside_what_was_published_for_its_academies(four: Cohort) -> None:
    published = pd.DataFrame(
        {
            "session": [2025, 2025, 2025],
            "option": ["B", "B", "A"],
            "academie": ["10", "06", "10"],
            "registered": [6, 90, 50],
            "present": [4, 80, 40],
            "passed": [2, 70, 30],
        }
    )
    people = four.candidates
    strangers = replace(four, candidates=people.assign(academie=["10", "10", "10", None]))
    with_stranger = coverage(tally(strangers, by=WHERE).outcomes,
                             published=make_counts(published, *WHERE, origin="synthetic"))  # fmt: skip
    assert with_stranger.frame.query("session == 2025")["numerator"].tolist() == [2, 2, 2]
    assert "académie est inconnue" in with_stranger.caveats[0]
    counted = tally(four, by=WHERE).outcomes
    with pytest.raises(ComparisonError, match="synthétiques"):
        coverage(counted, published=make_counts(published, *WHERE))
    made = coverage(counted, published=make_counts(published, *WHERE, origin="synthetic")).frame
    # 2025: three of Lyon's six inscrits; 2024 isn't published.
    now = made[made["session"] == 2025].set_index("statistic")
    assert now.loc["registered_coverage", ["numerator", "denominator", "value"]].tolist() == [3, 6, 0.5]
    assert now.loc["present_coverage", ["numerator", "denominator", "value"]].tolist() == [3, 4, 0.75]
    before = made[made["session"] == 2024]
    assert (before["reason"] == "no_reference").all() and before["value"].isna().all()
