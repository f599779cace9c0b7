"""Five statuses of the ministry, four régimes of Céreq's sheets, the same candidates."""

from __future__ import annotations

import pandas as pd
import pytest

from rncp_analytics.counts.regimes import by_regime
from rncp_analytics.errors import CountsError, UnknownCodeError
from tests.conftest import example_counts, make_counts


def statuses() -> pd.DataFrame:
    names = ["SCOLAIRE", "APPRENTISSAGE", "FORMATION CONTINUE", "INDIVIDUEL", "ENSEIGNEMENT A DISTANCE"]
    return pd.DataFrame(
        {
            "session": 2025,
            "candidate_status": names,
            "sex": "F",
            "present": [10057, 281, 2, 95, 55],
            "passed": [8775, 238, 0, 54, 36],
        }
    )


def test_individuals_and_distance_learners_are_the_others() -> None:
    counts = by_regime(make_counts(statuses(), "session", "candidate_status", "sex"))
    assert counts.dimensions == ("session", "regime", "sex")
    found = counts.frame.set_index("regime")[["present", "passed"]]
    assert found.loc["scolaires"].tolist() == [10057, 8775]
    assert found.loc["apprentis"].tolist() == [281, 238]
    assert found.loc["formation continue"].tolist() == [2, 0]
    assert found.loc["autres"].tolist() == [150, 90]
    assert counts.by().frame["present"].tolist() == [10490]


def test_counts_that_do_not_tell_statuses_apart() -> None:
    with pytest.raises(CountsError, match="candidate_status"):
        by_regime(example_counts())


def test_an_unknown_status() -> None:
    frame = statuses().replace({"candidate_status": {"INDIVIDUEL": "LIBRE"}})
    with pytest.raises(UnknownCodeError, match="« LIBRE »"):
        by_regime(make_counts(frame, "session", "candidate_status", "sex"))
