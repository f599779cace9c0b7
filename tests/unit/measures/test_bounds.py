"""Bounds of the pass rate while some candidates wait, against every way the session could end."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from rncp_analytics.counts.tally import tally
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.bounds import pass_rate_bounds
from tests.conftest import make_counts
from tests.unit.cohort.cohorts import PROFESSIONAL, cohort, person


def test_bounds_are_the_extremes_of_every_possible_end() -> None:
    saved = person(160, **dict.fromkeys(PROFESSIONAL, 220))
    people = [person(240)] * 9 + [person(100)] * 2 + [saved] + [person(200, U7="absent_justified")] * 2
    row = pass_rate_bounds(tally(cohort(people, stage="first_group"), by=[]).outcomes).frame.iloc[0]
    # Nine passed, two are refused; the two absents await September, and one the contrôle (professional mean 11).
    ends = [(9 + sum(passes)) / 14 for passes in itertools.product((0, 1), repeat=3)]
    assert (row["lower"], row["upper"]) == (min(ends), max(ends))
    assert (row["numerator"], row["denominator"], row["n_missing"]) == (9, 14, 3)
    assert (row["statistic"], row["method"], row["reason"]) == ("pass_rate_bounds", "bounds", "waiting")
    assert np.isnan([row["value"], row["confidence"]]).all()


def test_each_group_has_its_own_reason() -> None:
    frame = pd.DataFrame(
        {
            "school": ["all known", "waits", "few", "empty"],
            "present": [40, 40, 9, 0],
            "passed": [30, 30, 3, 0],
            "pending": [0, 4, 2, 0],
            "control_pending": [0, 2, 0, 0],
        }
    )
    found = pass_rate_bounds(make_counts(frame, "school"), by=["school"]).frame.set_index("school")
    assert found["reason"].to_dict() == {"all known": "", "waits": "waiting", "few": "few", "empty": "empty"}
    assert found.loc["all known", ["value", "lower", "upper"]].tolist() == [0.75] * 3
    assert found.loc["waits", ["lower", "upper"]].tolist() == [0.75, 0.9]
    assert found.loc[["waits", "few", "empty"], "value"].isna().all()


def test_counts_that_do_not_tell_who_waits_are_refused() -> None:
    with pytest.raises(CountsError, match="attend") as caught:
        pass_rate_bounds(make_counts(pd.DataFrame({"present": [40], "passed": [30]})))
    assert "en attente de remplacement" in caught.value.where
