"""Rates name their denominator, sum before they divide, and give no figure for few or nobody."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pandas as pd
import pytest

from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import COLUMNS, FEW
from rncp_analytics.measures.rates import FLOW, RATIOS, Statistic, flow, rates, rates_with_total
from tests.conftest import example_counts, make_counts

# Option B, France, 2025, as published; mentions 28 / 463 / 1 971 / 3 498 / 3 143 of 9 103 admis.
B_2025 = {
    "registered": 10592,
    "present": 10490,
    "passed_first_group": 8794,
    "refused_first_group": 1265,
    "control_allowed": 431,
    "passed_after_control": 309,
    "refused_after_control": 122,
    "passed": 9103,
    "refused": 1387,
    "tb_felicitations": 28,
    "tb": 463,
    "b": 1971,
    "ab": 3498,
    "no_mention": 3143,
}
# Statistic → numerator, denominator and the word for it, counted by hand from the figures above.
EXPECTED = {
    "pass_rate": (9103, 10490, "present"),
    "first_group_pass_rate": (8794, 10490, "present"),
    "control_allowed_rate": (431, 10490, "present"),
    "control_pass_rate": (309, 431, "control_allowed"),
    "refused_rate": (1387, 10490, "present"),
    "refused_first_group_share": (1265, 1387, "refused"),
    "presence_rate": (10490, 10592, "registered"),
    "mention_rate_of_passed": (5960, 9103, "passed"),
    "mention_rate_of_present": (5960, 10490, "present"),
    "tb_rate_of_passed": (491, 9103, "passed"),
    "b_rate_of_passed": (1971, 9103, "passed"),
    "ab_rate_of_passed": (3498, 9103, "passed"),
    "no_mention_rate_of_passed": (3143, 9103, "passed"),
}


def test_every_statistic_is_tested_here() -> None:
    assert EXPECTED.keys() == RATIOS.keys() == set(get_args(Statistic))


@pytest.mark.parametrize("statistic", get_args(Statistic))
def test_each_rate_has_its_numerator_and_its_denominator(statistic: Statistic) -> None:
    row = rates(make_counts(pd.DataFrame([B_2025])), statistic=statistic).frame.iloc[0]
    numerator, denominator, kind = EXPECTED[statistic]
    assert (row["numerator"], row["denominator"], row["denominator_kind"]) == (numerator, denominator, kind)
    assert row["value"] == numerator / denominator
    assert row["lower"] < row["value"] < row["upper"]
    assert (row["statistic"], row["stage"], row["method"], row["confidence"]) == (statistic, "final", "wilson", 0.95)
    assert (row["reason"], row["secrecy"], row["n_missing"]) == ("", "", 0)


def test_groups_are_summed_then_divided() -> None:
    frame = pd.DataFrame(
        {"option": ["A", "A", "B"], "sex": ["F", "M", "F"], "present": [10, 90, 40], "passed": [10, 45, 30]}
    )
    made = rates(make_counts(frame, "option", "sex"), by=["option"])
    assert made.by == ("option",)
    assert list(made.frame.columns) == ["option", *COLUMNS]
    assert made.frame["value"].tolist() == [0.55, 0.75]  # and not (1 + 0.5) / 2
    assert rates(make_counts(frame, "option", "sex")).frame["value"].tolist() == [85 / 140]


def test_several_statistics_stay_together_by_group() -> None:
    counts = make_counts(pd.DataFrame([B_2025, B_2025]).assign(sex=["F", "M"]), "sex")
    frame = rates(counts, by=["sex"], statistic=["pass_rate", "presence_rate"]).frame
    assert list(zip(frame["sex"], frame["statistic"], strict=True)) == [
        ("F", "pass_rate"),
        ("F", "presence_rate"),
        ("M", "pass_rate"),
        ("M", "presence_rate"),
    ]


@pytest.mark.parametrize(
    ("present", "passed", "reason"), [(0, 0, "empty"), (1, 0, "few"), (FEW - 1, 9, "few"), (FEW, 9, ""), (500, 0, "")]
)
def test_few_candidates_keep_their_value_and_nobody_has_none(present: int, passed: int, reason: str) -> None:
    row = rates(make_counts(pd.DataFrame({"present": [present], "passed": [passed]}))).frame.iloc[0]
    assert row["reason"] == reason
    if present:
        assert row["value"] == passed / present
        assert row["lower"] <= row["value"] <= row["upper"]
    else:
        assert np.isnan([row["value"], row["lower"], row["upper"]]).all()


def test_a_census_without_interval() -> None:
    row = rates(example_counts(), confidence=None).frame.iloc[0]
    assert row["value"] == 24 / 30
    assert np.isnan([row["lower"], row["upper"], row["confidence"]]).all()
    assert row["method"] == "count"


def test_a_level_of_zero_is_an_error_and_not_a_census() -> None:
    with pytest.raises(CountsError, match="niveau de confiance"):
        rates(example_counts(), confidence=0)


def test_several_levels_are_several_rows() -> None:
    frame = pd.DataFrame({"option": ["A", "B"], "present": [263, 148], "passed": [81, 15], "registered": [300, 150]})
    statistic: list[Statistic] = ["pass_rate", "presence_rate"]
    made = rates(make_counts(frame, "option"), by=["option"], statistic=statistic, confidence=(0.95, 0.99)).frame
    keys = made[["option", "statistic", "confidence"]].to_numpy().tolist()
    assert keys == [[o, s, level] for o in "AB" for s in statistic for level in (0.95, 0.99)]
    ours = made[made["statistic"] == "pass_rate"].set_index(["option", "confidence"])
    # Newcombe (1998), table I, at 95 %; at 99 % the interval holds that one.
    assert ours.loc[("A", 0.95), ["lower", "upper"]].astype(float).round(4).tolist() == [0.2553, 0.3662]
    assert ours.loc[("B", 0.95), ["lower", "upper"]].astype(float).round(4).tolist() == [0.0624, 0.1605]
    for option in "AB":
        wide, narrow = ours.loc[(option, 0.99)], ours.loc[(option, 0.95)]
        assert wide["lower"] < narrow["lower"] < narrow["upper"] < wide["upper"]
        assert wide["value"] == narrow["value"]
    with pytest.raises(CountsError, match="Aucun niveau"):
        rates(example_counts(), confidence=[])


def test_the_exact_interval_on_request() -> None:
    counts = make_counts(pd.DataFrame({"option": ["A", "B"], "present": [263, 0], "passed": [81, 0]}), "option")
    made = rates_with_total(counts, by=["option"], total_of="option", method="clopper_pearson").frame
    assert made["method"].tolist() == ["clopper_pearson"] * 3
    assert made["reason"].tolist() == ["", "empty", ""]
    bounds = made.set_index("option")[["lower", "upper"]].round(4)
    assert bounds.loc["A"].tolist() == bounds.loc["total"].tolist() == [0.2527, 0.3676]  # Newcombe (1998), table I
    assert bounds.loc["B"].isna().all()
    assert rates(counts, confidence=None, method="clopper_pearson").frame["method"].tolist() == ["count"]
    with pytest.raises(CountsError, match="« wald »"):
        rates(counts, method="wald")  # type: ignore[arg-type]


def test_shares_of_marks_need_no_classes() -> None:
    counts = make_counts(pd.DataFrame({"marked": [30], "at_least_10": [18]}))
    made = rates(counts, statistic=["unit_pass_rate", "share_below_10"]).frame
    assert made["numerator"].tolist() == [18, 12]
    assert made["value"].tolist() == [0.6, 0.4]


def test_what_cannot_be_computed_says_why() -> None:
    with pytest.raises(CountsError, match="« academie »"):
        rates(example_counts(), by=["academie"])
    with pytest.raises(CountsError, match="mention_rate_of_passed") as caught:
        rates(example_counts(), statistic="mention_rate_of_passed")
    assert "admis mention TB sans félicitations" in caught.value.where
    with pytest.raises(CountsError, match="« réussite »") as caught:
        rates(example_counts(), statistic="réussite")  # type: ignore[arg-type]
    assert "pass_rate" in caught.value.expected


def test_estimates_are_not_shown_as_they_are() -> None:
    assert repr(rates(example_counts())) == "Estimates(1 lignes : pass_rate ; rncp.official(…) les rend publiables)"


def test_the_flow_is_the_published_one_and_adds_up() -> None:
    made = flow(make_counts(pd.DataFrame([B_2025]).assign(session=2025), "session"), by=["session"])
    steps = dict(zip(made.frame["statistic"], made.frame["numerator"], strict=True))
    assert list(steps) == list(FLOW)
    assert steps == {step: B_2025[step] for step in FLOW}
    assert steps["present"] == steps["passed"] + steps["refused"]
    share = dict(zip(made.frame["statistic"], made.frame["value"], strict=True))
    assert np.isnan(share["registered"])
    assert (share["present"], share["passed"], share["control_allowed"]) == (1, 9103 / 10490, 431 / 10490)
    assert made.frame[["lower", "upper", "confidence"]].isna().all(axis=None)


def test_the_flow_of_nobody() -> None:
    made = flow(make_counts(pd.DataFrame([dict.fromkeys(B_2025, 0)])))
    assert made.frame["value"].isna().all()
    assert set(made.frame["reason"]) == {"empty"}


def test_the_flow_needs_every_step() -> None:
    with pytest.raises(CountsError, match="le flux") as caught:
        flow(example_counts())
    assert "autorisés à l'épreuve de contrôle" in caught.value.where


def test_a_total_follows_the_groups_it_sums() -> None:
    frame = pd.DataFrame(
        {"session": [2024, 2024, 2025], "sex": ["F", "M", "F"], "present": [10, 90, 40], "passed": [10, 45, 30]}
    )
    made = rates_with_total(make_counts(frame, "session", "sex"), by=["session", "sex"], total_of="sex")
    rows = made.frame[["session", "sex", "numerator", "denominator", "value"]].to_numpy().tolist()
    assert rows == [
        [2024, "F", 10, 10, 1.0],
        [2024, "M", 45, 90, 0.5],
        [2024, "total", 55, 100, 0.55],
        [2025, "F", 30, 40, 0.75],
        [2025, "total", 30, 40, 0.75],
    ]
    assert made.by == ("session", "sex")
    alone = rates_with_total(make_counts(frame, "session", "sex"), by=["sex"], total_of="sex", total="ensemble")
    assert alone.frame["sex"].tolist() == ["F", "M", "ensemble"]


def test_a_total_over_something_else_or_already_there() -> None:
    with pytest.raises(CountsError, match="« session »"):
        rates_with_total(example_counts(), by=["option"], total_of="session")
    with pytest.raises(CountsError, match="« B » est déjà"):
        rates_with_total(example_counts(), by=["option"], total_of="option", total="B")
