"""What each unit decides, against candidates deliberated again with 10 there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rncp_analytics.cohort.model import Cohort
from rncp_analytics.counts.tally import Tally, tally
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.bottleneck import BOTTLENECK_STATISTICS, bottleneck
from rncp_analytics.measures.estimates import COLUMNS, COMPARISON_COLUMNS
from tests.unit.cohort.cohorts import UNITS, cohort, person, random_cohort

BY = ["sex"]


def of(found: Tally, by: list[str], confidence: float | None = 0.95) -> pd.DataFrame:
    made = bottleneck(found.units, found.pivots, found.outcomes, by=by, confidence=confidence)
    return made.frame.set_index([*by, "statistic"])


def raised(given: Cohort, unit: str) -> Cohort:
    """The cohort with at least 10 in this unit, at every test, for whoever has a mark there this session."""
    rows = given.rows
    here = (rows["unit"] == unit) & (rows["mark"] < 200).fillna(False).to_numpy(bool)
    return replace(given, rows=rows.assign(mark=rows["mark"].mask(here, 200)))


def test_the_gain_is_that_of_a_second_deliberation() -> None:
    given = random_cohort(150)
    found = tally(given, by=[])
    before = found.outcomes.by().frame.iloc[0]
    table = of(found, ["unit"])
    for unit in UNITS:
        after = tally(raised(given, unit), by=[]).outcomes.by().frame.iloc[0]
        gain = table.loc[(unit, "pass_rate_gain")]
        assert gain["numerator"] >= gain["reference_numerator"] == before["passed"]
        assert gain["estimate"] == pytest.approx(after["passed"] / after["present"]), unit
        assert gain["value"] == pytest.approx((after["passed"] - before["passed"]) / before["present"])
        share = table.loc[(unit, "pivot_mean_share")]
        assert (share["numerator"], share["denominator"]) == (after["passed"] - before["passed"], before["refused"])


def test_points_missing_are_those_of_the_refused() -> None:
    people = [person(120, U6=160, sex="M"), person(120, U6="absent", sex="M"), person(120, U6=("kept", 240, 2024)),
              person(120, U6=199, sex="F"), person(120, U6=240, sex="F"), person(240, U6=100, sex="F")]  # fmt: skip
    found = of(tally(cohort(people), by=BY), ["sex", "unit"])
    missing = found.xs("points_missing", level="statistic").xs("U6", level="unit")
    assert missing["numerator"].to_dict() == {"F": 1 / 20, "M": 2, "unknown": 0}
    assert missing["denominator"].to_dict() == {"F": 1, "M": 1, "unknown": 0}
    assert missing["reason"].to_dict() == {"F": "few", "M": "few", "unknown": "empty"}
    assert missing["value"].isna().to_dict() == {"F": False, "M": False, "unknown": True}
    below = found.xs("share_below_10", level="statistic").xs("U6", level="unit")
    assert below[["numerator", "denominator"]].to_numpy().tolist() == [[2, 3], [1, 1], [0, 0]]


def test_to_give_the_diploma_and_to_open_the_controle_are_told_apart() -> None:
    near = person(U6=180)  # 258/26: 10 in U6 makes 10
    professional = person(160, U31=200, U32=200, U33=200, U2=180)  # 116/12: 10 in U2 opens the contrôle
    table = of(tally(cohort([near, professional, person(120), person(240)]), by=[]), ["unit"])
    told = {
        name: table.xs(name, level="statistic")
        .query("numerator > reference_numerator.fillna(0)")["numerator"]
        .to_dict()
        for name in ("pivot_mean_share", "pivot_control_share", "pass_rate_gain")
    }
    assert told == {"pivot_mean_share": {"U6": 1}, "pivot_control_share": {"U2": 1}, "pass_rate_gain": {"U6": 2}}
    assert table.loc[("U6", "pass_rate_gain"), ["value", "estimate", "denominator"]].tolist() == [0.25, 0.5, 4]


def test_the_frame() -> None:
    found = tally(cohort([person(sex="F"), person(UF1=300, PROJET=240, sex="M")]), by=["sex", "session"])
    made = bottleneck(found.units, found.pivots, found.outcomes, by=["sex", "unit"])
    assert list(made.frame.columns) == ["sex", "unit", *COLUMNS, *COMPARISON_COLUMNS]
    assert made.frame["statistic"].tolist() == list(BOTTLENECK_STATISTICS) * 2 * len(UNITS)
    assert set(made.frame["unit"]) == set(UNITS)
    assert set(made.frame.loc[made.frame["statistic"].str.startswith("pivot"), "reason"]) == {"empty"}
    assert (made.frame.loc[made.frame["value"].isna(), "reason"] != "").all()
    assert "pas une cause" in made.caveats[0]


def test_intervals_hold_their_value_and_a_census_has_none() -> None:
    found = tally(random_cohort(120), by=[])
    table = of(found, ["unit"])
    known = table[table["value"].notna() & table["lower"].notna()]
    assert ((known["lower"] <= known["value"]) & (known["value"] <= known["upper"])).all()
    census = of(found, ["unit"], None)
    assert census[["lower", "upper", "confidence"]].isna().all(axis=None)
    np.testing.assert_array_equal(census["value"], table["value"])


def test_other_candidates_are_refused() -> None:
    found = tally(cohort([person(sex="F"), person(sex="M")]), by=BY)
    with pytest.raises(CountsError, match="mêmes candidats"):
        bottleneck(found.units, found.pivots, found.outcomes.where(sex="F"))
    with pytest.raises(CountsError, match="unit"):
        bottleneck(found.units, found.pivots, found.outcomes, by=BY)
    with pytest.raises(CountsError, match="somme des points manquants"):
        bottleneck(found.units, replace(found.pivots, frame=found.pivots.frame.drop(columns="missing_sum")),
                   found.outcomes)  # fmt: skip
