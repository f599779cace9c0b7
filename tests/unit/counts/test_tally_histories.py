"""Histories counted, against the same candidates one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from rncp_analytics.cohort.histories import histories
from rncp_analytics.counts.histories import HISTORY_COLUMNS, HistoryTally, tally_histories
from rncp_analytics.counts.tally import DIMENSIONS
from rncp_analytics.errors import CountsError
from rncp_analytics.synthesis.careers import career_assumptions, synthesise_careers
from tests.unit.cohort.careers import FAIL, PASS, YEARS, followed, others

CAREERS = synthesise_careers(seed=3, size=120)


def table(found: HistoryTally) -> list[list[int]]:
    return found.histories.frame[["rank", *HISTORY_COLUMNS]].to_numpy().tolist()


def test_by_rank() -> None:
    data = followed(
        [{"session": 2024, **FAIL, "U31": 240}, {"session": 2025, **PASS}],
        [{"session": 2024, **FAIL, "U31": 240}],  # still going
        [{"session": 2024, **FAIL}],  # left: nothing acquired
        [{"session": 2025, **PASS, "U31": ("kept", 240, 2024)}],  # late entry
        [{"session": 2025, **FAIL, "repeater": "yes"}],  # unknown entry
        *others(2024),
    )
    #                                      rank, at risk, entered, graduated, exit, censored, unknown
    assert table(tally_histories(data)) == [[1, 4, 4, 1, 1, 0, 1], [2, 3, 1, 2, 0, 1, 0]]


def test_acquired() -> None:
    data = followed(
        [{"session": 2025, **FAIL, "U31": 240}],
        [{"session": 2025, **FAIL, "U31": ("kept", 240, 2024)}],
        [{"session": 2025, **FAIL, "U31": ("kept", 240, None)}],
        [{"session": 2025, **FAIL, "U31": "vae"}],
        [{"session": 2025, **FAIL, "U31": "exempt"}],
        [{"session": 2025, **FAIL}],
        [{"session": 2025, **PASS}],
    )
    found = tally_histories(data).acquired.where(unit="U31").frame
    assert dict(zip(found["until"], found["no_diploma"], strict=True)) == {
        str(2025 + YEARS): 1, str(2024 + YEARS): 1, "unknown": 1, "unlimited": 1, "none": 1,
    }  # fmt: skip
    assert tally_histories(followed([{"session": 2025, **PASS}])).acquired.frame.empty


def test_against_each_candidate() -> None:
    found = histories(CAREERS, exit_after=2)
    counted = tally_histories(CAREERS, by=["candidate_status"], exit_after=2)
    status = CAREERS.candidates.set_index("entry")["candidate_status"]
    expected: Counter[tuple[str, int, str]] = Counter()
    for _, own in found.sessions.groupby("candidate"):
        group = status[own["entry"].iloc[0]]
        expected[group, int(own["rank"].iloc[0]), "entered"] += 1
        expected[group, int(own["rank"].iloc[-1]), own["event"].iloc[-1].replace("diploma", "graduated")] += 1
        expected.update((group, int(rank), "at_risk") for rank in own["rank"])
    long = counted.histories.frame.melt(["candidate_status", "rank"], value_name="n")
    assert {(g, r, c): n for g, r, c, n in long.itertuples(index=False, name=None) if n} == expected
    assert sum(long.loc[long["variable"] == "entered", "n"]) == 120


def test_every_dimension_but_the_session() -> None:
    whole = tally_histories(CAREERS)
    people = CAREERS.candidates
    assert {"diploma", "sex"} <= {name for name in DIMENSIONS if name in people}
    for name in [name for name in DIMENSIONS if name != "session" and (name in people or name == "option")]:
        split = tally_histories(CAREERS, by=[name])
        assert split.histories.by("rank").frame.equals(whole.histories.frame), name


def test_counts_reconcile_and_add_up() -> None:
    for exit_after in (None, 1):
        frame = tally_histories(CAREERS, exit_after=exit_after).histories.frame
        left = frame["at_risk"] - frame["graduated"] - frame["exit"] - frame["censored"]
        assert (left.shift(fill_value=0) + frame["entered"] == frame["at_risk"]).all()
        assert left.iloc[-1] == 0
    split = tally_histories(CAREERS, by=["sex", "candidate_status"])
    whole = tally_histories(CAREERS)
    assert split.histories.by("rank").frame.equals(whole.histories.frame)
    assert split.acquired.by("unit", "until").frame.equals(whole.acquired.frame)
    without = frame["exit"].sum() + frame["censored"].sum()
    assert set(whole.acquired.by("unit").frame["no_diploma"]) == {without}


def test_the_order_of_rows_changes_nothing() -> None:
    shuffled = replace(CAREERS, candidates=CAREERS.candidates.iloc[::-1], rows=CAREERS.rows.iloc[::-1])
    assert tally_histories(shuffled).histories.frame.equals(tally_histories(CAREERS).histories.frame)


def test_scope_says_who_was_followed_and_what_an_exit_is() -> None:
    scope = tally_histories(CAREERS, exit_after=2).histories.scope
    assert scope.population.endswith("suivis de 2022 à 2025 (sortis : pas revus 2 sessions)")
    one = tally_histories(followed([{"session": 2025}])).histories
    assert one.scope.population.endswith("vus à la seule session 2025 (sortis : plus aucune note utilisable)")
    assert (one.origin, one.dimensions) == ("synthetic", ("rank",))


@pytest.mark.parametrize("name", ["session", "birth_year"])
def test_a_dimension_that_histories_lack_is_refused(name: str) -> None:
    with pytest.raises(CountsError, match=name):
        tally_histories(CAREERS, by=[name])


def test_synthetic_careers_are_made_again_and_follow_the_rules() -> None:
    again = synthesise_careers(seed=3, size=120)
    assert again.candidates.equals(CAREERS.candidates)
    assert again.rows.equals(CAREERS.rows)
    assert not synthesise_careers(seed=4, size=120).rows.equals(CAREERS.rows)
    assert (CAREERS.origin, set(CAREERS.candidates["exam_form"])) == ("synthetic", {"progressive"})
    assert CAREERS.candidates["candidate"].duplicated().any()  # followed over sessions
    assert all(a.says.endswith(".") for a in career_assumptions())
