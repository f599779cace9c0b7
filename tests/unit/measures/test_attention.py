"""The list of schools to look at first: who is on it, why, in which order, and who never is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rncp_analytics.counts.model import Counts
from rncp_analytics.errors import ComparisonError, CountsError
from rncp_analytics.measures.attention import ATTENTION_COLUMNS, attention
from rncp_analytics.measures.estimates import COLUMNS
from rncp_analytics.measures.funnel import funnel
from rncp_analytics.measures.secrecy import suppress
from rncp_analytics.measures.shrinkage import shrunken_rates
from tests.conftest import make_counts

SCHOOLS = [f"06900{k:02}X" for k in range(24)]
LOW, ABSENT, CCF, FALLEN = SCHOOLS[3], SCHOOLS[7], SCHOOLS[11], SCHOOLS[15]


def outcomes(passed: Mapping[str, int], present: int = 50, session: int = 2025) -> Counts:
    frame = pd.DataFrame(
        {"session": session, "school": list(passed), "present": present, "passed": list(passed.values())}
    )
    return make_counts(frame, "session", "school", origin="synthetic")


def alike(session: int = 2025, **others: int) -> Counts:
    """Everywhere 42 to 44 of 50 passed, but where said otherwise."""
    return outcomes({school: 42 + k % 3 for k, school in enumerate(SCHOOLS)} | others, session=session)


def absences(absent: Mapping[str, int]) -> Counts:
    frame = pd.DataFrame({"school": SCHOOLS, "unit": "U2", "registered": 500, "absent_justified": 0})
    frame["absent"] = [absent.get(school, 5 + k % 3) for k, school in enumerate(SCHOOLS)]
    return make_counts(frame, "school", "unit", origin="synthetic")


def marks(points: Mapping[str, float], n: int = 40) -> Counts:
    """Gaps CCF − ponctuel around a mean in points, with a standard deviation of about one point."""
    means = {school: 800 + 20 * (k % 3) for k, school in enumerate(SCHOOLS)} | {
        school: round(1000 * gap) for school, gap in points.items()
    }
    rows = [
        {
            "school": s,
            "paired": n,
            "ccf_sum": n * (11000 + m),
            "ponctuel_sum": n * 11000,
            "gap_sumsq": n * (m * m + 10**6),
        }
        for s, m in means.items()
    ]
    return make_counts(pd.DataFrame(rows), "school", origin="synthetic")


def found(made: pd.DataFrame) -> dict[str, str]:
    return dict(zip(made["school"], made["reasons"], strict=True))


def test_each_reason_alone_then_all_together() -> None:
    plain, low = alike(), alike(**{LOW: 25})
    units, modes = absences({ABSENT: 60}), marks({CCF: 2.1})
    before = alike(2024, **{FALLEN: 50})
    after = alike(**{FALLEN: 36})
    none = {"units": absences({}), "modes": marks({}), "previous": alike(2024)}
    assert attention(plain, **none).frame.empty
    assert found(attention(low).frame) == {LOW: "rate"}
    assert found(attention(plain, units).frame) == {ABSENT: "absences"}
    assert found(attention(plain, modes=modes).frame) == {CCF: "mode_gap"}
    assert found(attention(after, previous=before).frame) == {FALLEN: "fall"}
    everything = attention(alike(**{LOW: 25}), absences({LOW: 60}), marks({LOW: 2.1}), alike(2024, **{LOW: 50})).frame
    assert found(everything) == {LOW: "rate mode_gap absences fall"}
    assert list(everything.columns) == ["school", *COLUMNS, *ATTENTION_COLUMNS]


def test_what_a_row_tells() -> None:
    row = attention(alike(**{CCF: 36}), modes=marks({CCF: 2.1}), previous=alike(2024, **{CCF: 50})).frame.iloc[0]
    assert (row["statistic"], row["value"], row["numerator"], row["denominator"]) == ("pass_rate", 0.72, 36, 50)
    others = [0.8 + 0.02 * (k % 3) for k, school in enumerate(SCHOOLS) if school != CCF]
    assert [row["mode_gap"], row["mode_gap_others"]] == pytest.approx([2.1, sum(others) / len(others)])
    assert row["since"] == "2024"
    unlike = attention(alike(), absences({ABSENT: 60}), marks({})).frame.iloc[0]
    assert unlike[["mode_gap", "mode_gap_others"]].isna().all()
    assert unlike["since"] == ""


def test_a_high_rate_few_absences_and_a_rise_are_no_reasons() -> None:
    frame = attention(alike(**{LOW: 50}), absences({ABSENT: 0}), previous=alike(2024, **{FALLEN: 30})).frame
    assert frame.empty


def test_too_small_and_unknown_groups_are_told_not_listed() -> None:
    counts = alike(**{LOW: 25})
    extra = pd.DataFrame(
        {"session": 2025, "school": ["0690091X", "0690092X", "unknown"], "present": [9, 1, 50], "passed": [0, 0, 5]}
    )
    frame = pd.concat([counts.frame, extra], ignore_index=True)
    made = attention(replace(counts, frame=frame))
    assert found(made.frame) == {LOW: "rate"}
    assert "parmi 24 établissements d'au moins 10 présents" in made.caveats[0]
    assert made.caveats[1:] == (
        "2 établissements de moins de 10 présents restent hors de l'examen.",
        "Candidats laissés de côté : établissement inconnu.",
    )
    assert "Critères examinés : réussite." in made.caveats[0]


def by_hand(counts: Counts, listed: Sequence[str]) -> list[str]:
    """The listed groups by shrunken rate minus the rate of the others."""
    frame = shrunken_rates(counts.by("school"), dimension="school").frame
    gaps = {
        row["school"]: row["shrunk_value"]
        - sum(frame.loc[frame["school"] != row["school"], "numerator"])
        / sum(frame.loc[frame["school"] != row["school"], "denominator"])
        for row in frame.to_dict("records")
    }
    return sorted(listed, key=lambda school: (gaps[school], school))


passes = st.lists(st.integers(0, 50), min_size=len(SCHOOLS), max_size=len(SCHOOLS))


@settings(max_examples=8)
@given(passes, st.integers(1, 10), st.integers(0, 23))
def test_never_more_than_asked_in_the_order_of_the_shrunken_gap(passed: list[int], at_most: int, turn: int) -> None:
    counts = outcomes(dict(zip(SCHOOLS, passed, strict=True)))
    modes = marks({school: 3.0 if k % 2 else -1.5 for k, school in enumerate(SCHOOLS)})  # a reason for everybody
    made = attention(counts, modes=modes, at_most=at_most)  # type: ignore[arg-type]
    assert made.frame["school"].tolist() == by_hand(counts, SCHOOLS)[:at_most]
    assert f"pour {24 - at_most} établissements de plus" in " ".join(made.caveats)
    rows = counts.frame.index.tolist()
    turned = replace(counts, frame=counts.frame.loc[rows[turn:] + rows[:turn]].reset_index(drop=True))
    again = attention(turned, modes=modes, at_most=at_most)  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(again.frame, made.frame)
    assert again.caveats == made.caveats


@pytest.mark.parametrize("at_most", [0, 11, 30])
def test_no_longer_list(at_most: int) -> None:
    with pytest.raises(CountsError, match="liste"):
        attention(alike(), at_most=at_most)  # type: ignore[arg-type]


def test_other_dimensions() -> None:
    counts = make_counts(alike(**{LOW: 25}).frame.rename(columns={"school": "academie"}), "session", "academie")
    made = attention(counts, dimension="academie")
    assert made.frame["academie"].tolist() == [LOW]
    assert "24 académies d'au moins" in made.caveats[0]
    with pytest.raises(CountsError, match="sex"):
        attention(counts, dimension="sex")  # type: ignore[arg-type]


def test_counts_of_other_candidates_are_refused() -> None:
    counts = alike()
    others = replace(absences({}), scope=replace(counts.scope, territory="académie : Dijon"))
    with pytest.raises(ComparisonError, match="mêmes candidats"):
        attention(counts, others)
    with pytest.raises(ComparisonError, match="mêmes candidats"):
        attention(counts, modes=replace(marks({}), origin="candidates"))
    july = replace(alike(2024), scope=replace(counts.scope, stage="first_group"))
    with pytest.raises(ComparisonError, match="étape"):
        attention(counts, previous=july)
    kept = attention(counts.where(session=2025), previous=alike(2024).where(session=2024))
    assert kept.frame.empty  # the selection of a session may differ, and nothing else


@pytest.mark.parametrize("session", [2023, 2025])
def test_a_fall_is_from_the_session_before(session: int) -> None:
    with pytest.raises(CountsError, match="précédente") as caught:
        attention(alike(), previous=alike(session))
    assert f"sessions 2025, puis {session}" in caught.value.where


def test_several_sessions_are_no_list() -> None:
    frame = pd.concat([alike().frame, alike(2024).frame], ignore_index=True)
    with pytest.raises(CountsError, match="une seule session"):
        attention(replace(alike(), frame=frame))


def test_no_fall_is_told_across_a_break_nor_of_a_new_school() -> None:
    after = outcomes(dict.fromkeys(SCHOOLS, 25), session=2022)
    assert attention(after, previous=outcomes(dict.fromkeys(SCHOOLS, 50), session=2021)).frame.empty
    assert attention(alike(**{"0690099X": 43}), previous=alike(2024)).frame.empty


@pytest.mark.parametrize("passed", [{}, {SCHOOLS[0]: 30}, dict.fromkeys(SCHOOLS, 50), dict.fromkeys(SCHOOLS, 0)])
def test_nothing_to_compare(passed: dict[str, int]) -> None:
    counts = outcomes(passed) if passed else replace(alike(), frame=alike().frame.iloc[:0])
    made = attention(counts)
    assert made.frame.empty
    assert suppress(made, profile="usage_interne").frame.empty
    assert suppress(made, profile="dgfip_11").frame.empty


def test_the_rate_of_all_is_part_of_what_is_shown() -> None:
    """Forty-three passed of 50 in each school: seven refused, which the target less all the others would give back."""
    one_small = {school: 30 for school in SCHOOLS if school != ABSENT}
    shown = suppress(funnel(alike(**one_small), dimension="school"), profile="dgfip_11").frame.set_index("school")
    assert shown.loc[ABSENT, "secrecy"] == "A" and (shown["secrecy"] == "D").sum() == 1
    counts = alike(**{LOW: 25})
    made = shrunken_rates(counts, dimension="school")  # each value leans on all the schools
    assert len(suppress(made, profile="usage_interne").frame) == 24
    assert suppress(made, profile="dgfip_11").frame["value"].isna().all()
    hidden = suppress(attention(counts, absences({ABSENT: 60})), profile="dgfip_11").frame.set_index("school")
    assert hidden["reason"].to_dict() == {LOW: "", ABSENT: "secret"}  # 25 of 50, 43 of 50
    assert hidden.loc[ABSENT, ["value", "numerator", "denominator", "lower", "shrunk_value"]].isna().all()
