"""Life tables against statsmodels on rows, and against definitions worked out in fractions, candidate by candidate."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight
from statsmodels.stats.proportion import proportion_confint

from rncp_analytics.counts.histories import HISTORY_COLUMNS, tally_histories
from rncp_analytics.counts.model import Counts
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import REASONS
from rncp_analytics.measures.histories import HISTORY_STATISTICS, acquired_by_refused, mean_sessions, time_to_diploma
from rncp_analytics.synthesis.careers import synthesise_careers
from tests.conftest import make_counts
from tests.unit.cohort.careers import FAIL, PASS, followed

EVENTS = ("censored", "graduated", "exit")


class Person(NamedTuple):
    """First and last rank at risk, and the event there: a position in ``EVENTS``."""

    first: int
    last: int
    event: int


def counts_of(people: list[Person], *, group: str = "all", unknown: int = 0) -> pd.DataFrame:
    ranks = range(1, max((p.last for p in people), default=1) + 1)
    rows = [
        {
            "sex": group,
            "rank": rank,
            "at_risk": sum(p.first <= rank <= p.last for p in people),
            "entered": sum(p.first == rank for p in people),
            **{name: sum(p.last == rank and p.event == code for p in people) for code, name in enumerate(EVENTS)},
            "entry_unknown": unknown if rank == 1 else 0,
        }
        for rank in ranks
    ]
    return pd.DataFrame(rows)[["sex", "rank", *HISTORY_COLUMNS]]


def life(people: list[Person], **asked: float | None) -> pd.DataFrame:
    counts = make_counts(counts_of(people), "sex", "rank", origin="synthetic")
    return time_to_diploma(counts, **asked).frame.set_index(["statistic", "rank"])  # type: ignore[arg-type]


def drawn(n: int, *, late: bool = False, seed: int = 5) -> list[Person]:
    rng = np.random.default_rng(seed)
    people = []
    for i in range(n):
        first = int(rng.integers(1, 3)) if late and i % 4 == 0 else 1
        people.append(Person(first, first + int(rng.integers(0, 4)), int(rng.integers(0, 3))))
    return people


def test_survival_and_its_interval_are_those_of_statsmodels_with_late_entry() -> None:
    people = drawn(90, late=True)
    peer = SurvfuncRight([p.last for p in people], [p.event > 0 for p in people], entry=[p.first - 1 for p in people])
    ours = life(people).loc["still_going"].loc[peer.surv_times]
    assert ours["denominator"].to_numpy() == pytest.approx(peer.n_risk)
    assert ours["value"].to_numpy() == pytest.approx(peer.surv_prob)
    assert (ours["numerator"] == ours["denominator"] - peer.n_events).all()
    last = -1 if peer.surv_prob[-1] == 0 else None
    s, half = peer.surv_prob[:last], norm.ppf(0.975) * peer.surv_prob_se[:last]
    theta = half / (s * np.log(s))
    assert ours["lower"].to_numpy()[:last] == pytest.approx(s ** np.exp(-theta))  # log s < 0
    assert ours["upper"].to_numpy()[:last] == pytest.approx(s ** np.exp(theta))


@pytest.mark.parametrize(("cause", "name"), [(1, "diploma_incidence"), (2, "exit_incidence")])
def test_incidence_and_its_variance_are_those_of_statsmodels(cause: int, name: str) -> None:
    people = [*drawn(90), *[Person(1, 5, 0)] * 3]  # never all of those at risk: there statsmodels has no variance
    peer = CumIncidenceRight(np.array([p.last for p in people]), np.array([p.event for p in people]))
    ours = life(people, confidence=0.9).loc[name].loc[peer.times]
    f, se = peer.cinc[cause - 1], peer.cinc_se[cause - 1]
    assert ours["value"].to_numpy() == pytest.approx(f)
    theta = norm.ppf(0.95) * se / ((1 - f) * np.log(1 - f))
    assert ours["lower"].to_numpy() == pytest.approx(1 - (1 - f) ** np.exp(theta))
    assert ours["upper"].to_numpy() == pytest.approx(1 - (1 - f) ** np.exp(-theta))
    assert set(ours["method"]) == {"delta"}


def by_hand(people: list[Person], rank: int, event: int) -> Fraction:
    """P(ended by this event at this rank at the latest): every way there, the frequencies among those at risk."""
    total = Fraction(0)
    for last in range(1, rank + 1):
        way = Fraction(1)
        for r in range(1, last + 1):
            here = [p for p in people if p.first <= r <= p.last]
            ended = [p.event for p in here if p.last == r and p.event]
            way *= Fraction(ended.count(event), len(here)) if r == last else 1 - Fraction(len(ended), len(here))
        total += way
    return total


def test_competing_events_with_ties_and_late_entry_by_enumeration() -> None:
    people = drawn(40, late=True, seed=8)
    found = life(people)["value"]
    for rank in range(1, max(p.last for p in people) + 1):
        diploma, left = by_hand(people, rank, 1), by_hand(people, rank, 2)
        assert found["diploma_incidence", rank] == pytest.approx(float(diploma), abs=1e-14)
        assert found["exit_incidence", rank] == pytest.approx(float(left), abs=1e-14)
        assert found["still_going", rank] == pytest.approx(float(1 - diploma - left), abs=1e-14)


def test_without_censoring_these_are_proportions_and_their_variances() -> None:
    people = [Person(1, r, e) for r, e in [(1, 1)] * 6 + [(1, 2)] * 3 + [(2, 1)] * 5 + [(2, 2)] * 2 + [(3, 1)] * 4]
    found = life(people)
    for rank, passed in ((1, 6), (2, 11), (3, 15)):
        p = passed / 20
        row = found.loc[("diploma_incidence", rank)]
        assert row["value"] == pytest.approx(p)
        theta = norm.ppf(0.975) * np.sqrt(p * (1 - p) / 20) / ((1 - p) * np.log(1 - p))
        assert row["lower"] == pytest.approx(1 - (1 - p) ** np.exp(theta))
    times = [p.last for p in people]
    counts = make_counts(counts_of(people), "sex", "rank", origin="synthetic")
    for horizon in (2, 3):
        row = mean_sessions(counts, horizon=horizon).frame.iloc[0]
        within = np.minimum(times, horizon)
        half = norm.ppf(0.975) * within.std() / np.sqrt(20)
        assert row["value"] == pytest.approx(within.mean())
        assert [row["lower"], row["upper"]] == pytest.approx([within.mean() - half, within.mean() + half])
    assert np.isnan(mean_sessions(counts, horizon=9).frame["value"].iloc[0])


@pytest.mark.parametrize(("people", "horizon", "mean"), [
    ([Person(1, 1, 1)] * 20, 2, 1), ([Person(1, 3, 0)] * 20, 3, 3), ([Person(1, 2, 1)] * 20, 1, 1),
])  # fmt: skip
def test_a_mean_that_nothing_makes_vary_has_no_interval(people: list[Person], horizon: int, mean: int) -> None:
    counts = make_counts(counts_of(people), "sex", "rank", origin="synthetic")
    row = mean_sessions(counts, horizon=horizon).frame.iloc[0]
    assert (row["value"], row["reason"]) == (mean, "no_spread")
    assert row[["lower", "upper"]].isna().all()
    assert mean_sessions(counts, horizon=horizon, confidence=None).frame["reason"].tolist() == [""]


def test_who_enters_after_all_had_ended_is_not_told_gone() -> None:
    """Twelve end in the first session, 15 are then followed from the second on and 5 of them go on: S is not 0."""
    people = [*[Person(1, 1, 1)] * 12, *[Person(2, 2, 1)] * 10, *[Person(2, 3, 0)] * 5]
    found = life(people)
    for name in ("still_going", "diploma_incidence", "exit_incidence"):
        assert found.loc[name, "reason"].tolist() == ["", "no_spread", "no_spread"]
        assert found.loc[name, "value"].isna().tolist() == [False, True, True]
    assert found.loc[("diploma_hazard", 2), "value"] == 10 / 15
    counts = make_counts(counts_of(people), "sex", "rank", origin="synthetic")
    row = mean_sessions(counts, horizon=3).frame.iloc[0]
    assert (row["reason"], np.isnan(row["value"])) == ("no_spread", True)


def test_the_mean_is_the_area_under_the_peer_s_curve() -> None:
    people = [*drawn(60), *[Person(1, 5, 0)] * 12]
    peer = SurvfuncRight([p.last for p in people], [p.event > 0 for p in people])
    steps = dict(zip(peer.surv_times, peer.surv_prob, strict=True))
    curve = [1.0]
    for rank in range(1, 4):
        curve.append(steps.get(rank, curve[-1]))
    counts = make_counts(counts_of(people), "sex", "rank", origin="synthetic")
    row = mean_sessions(counts, horizon=4).frame.iloc[0]
    assert row["value"] == pytest.approx(sum(curve))
    assert (row["denominator"], row["reason"], row["method"]) == (72, "", "irwin")
    with pytest.raises(CountsError, match="horizon"):
        mean_sessions(counts, horizon=0)
    for wrong in (0, 95):
        with pytest.raises(CountsError, match="confiance"):
            mean_sessions(counts, horizon=2, confidence=wrong)
        with pytest.raises(CountsError, match="confiance"):
            time_to_diploma(counts, confidence=wrong)


def test_hazards_have_wilson_s_interval() -> None:
    people = drawn(60)
    row = life(people).loc[("diploma_hazard", 1)]
    passed = sum(p == Person(1, 1, 1) for p in people)
    assert (row["numerator"], row["denominator"], row["value"]) == (passed, 60, passed / 60)
    assert (row["lower"], row["upper"]) == pytest.approx(proportion_confint(passed, 60, method="wilson"))


@pytest.mark.parametrize("event", [0, 1, 2])
def test_all_alike(event: int) -> None:
    found = life([Person(1, 1, event)] * 20)
    low, high = proportion_confint(0, 20, method="wilson")
    for code, name in enumerate(("still_going", "diploma_incidence", "exit_incidence")):
        row = found.loc[(name, 1)]
        assert row["value"] == (code == event)
        bounds = (1 - high, 1 - low) if code == event else (low, high)
        assert (row["lower"], row["upper"]) == pytest.approx(bounds)
    assert set(found["reason"]) == {""}


def test_few_and_empty_are_told() -> None:
    found = life([*[Person(1, 1, 0)] * 15, *[Person(1, 2, 1)] * 5, *[Person(4, 4, 1)] * 12])["reason"].unstack("rank")
    assert found.loc["diploma_hazard"].tolist() == ["", "few", "empty", ""]
    assert found.loc["still_going"].tolist() == ["", "few", "few", "no_spread"]  # all had ended, then some enter
    few = make_counts(counts_of([*[Person(1, 1, 0)] * 15, *[Person(1, 2, 1)] * 5]), "sex", "rank", origin="synthetic")
    assert [mean_sessions(few, horizon=h).frame["reason"].iloc[0] for h in (2, 3)] == ["no_spread", "few"]  # all go on
    gone = life([*[Person(1, 1, 0)] * 15, *[Person(3, 3, 1)] * 12]).loc["diploma_incidence"]
    assert gone["reason"].tolist() == ["", "empty", "empty"]
    assert gone["value"].isna().tolist() == [False, True, True]
    late = life([Person(2, 2, 1)] * 12)
    assert late.loc[("still_going", 2), "reason"] == "empty"
    assert late.loc[("diploma_hazard", 2), "value"] == 1


def test_nobody_at_all() -> None:
    unknown = make_counts(counts_of([], unknown=3), "sex", "rank", origin="synthetic")
    found = time_to_diploma(unknown)
    assert set(found.frame["reason"]) == {"empty"}
    assert found.frame["value"].isna().all()
    assert set(found.frame["n_missing"]) == {3}
    assert found.caveats[0].startswith("Les redoublants")
    assert mean_sessions(unknown, horizon=1).frame["reason"].tolist() == ["empty"]
    nothing = make_counts(counts_of([]).iloc[:0].astype({"sex": str}), "sex", "rank", origin="synthetic")
    assert time_to_diploma(nothing).frame.empty
    assert time_to_diploma(nothing, by=["sex"]).frame.empty
    assert mean_sessions(nothing, horizon=2).frame.empty


def test_a_census_has_no_interval() -> None:
    found = life(drawn(40), confidence=None)
    assert found[["lower", "upper", "confidence"]].isna().all(axis=None)
    assert set(found["method"]) == {"count"}
    counts = make_counts(counts_of(drawn(40)), "sex", "rank", origin="synthetic")
    assert mean_sessions(counts, horizon=2, confidence=None).frame[["lower", "upper"]].isna().all(axis=None)


def test_caveats_say_late_entry_and_exit() -> None:
    def said(people: list[Person]) -> list[str]:
        counts = make_counts(counts_of(people), "sex", "rank", origin="synthetic")
        return [text.split(" ")[0] for text in time_to_diploma(counts).caveats]

    assert said([Person(1, 2, 1)]) == []
    assert said([Person(1, 2, 2)]) == ["Sortie"]
    assert said([Person(1, 2, 1), Person(2, 2, 1)]) == ["Des"]
    assert said([Person(1, 1, 0)] * 3) == ["Aucun"]  # a single session
    assert said([Person(1, 1, 0), Person(2, 2, 0)]) == ["Aucun", "Des"]


def test_counts_that_contradict_themselves_are_refused_by_row() -> None:
    frame = counts_of(drawn(30))
    frame.loc[1, "at_risk"] += 1
    with pytest.raises(CountsError, match="se contredisent") as caught:
        time_to_diploma(make_counts(frame, "sex", "rank"), by=["sex"])
    assert "sexe all, " in str(caught.value)
    assert "rang 2 : suivis " in str(caught.value)
    assert "_" not in str(caught.value), "an identifier is shown to a French reader"
    frame = counts_of(drawn(30)).assign(graduated=lambda f: f["graduated"] + 30)
    with pytest.raises(CountsError, match="se contredisent"):
        time_to_diploma(make_counts(frame, "sex", "rank"))
    with pytest.raises(CountsError, match="parcours"):
        time_to_diploma(make_counts(frame.drop(columns="exit"), "sex", "rank"))
    with pytest.raises(CountsError, match="rang"):
        time_to_diploma(make_counts(frame, "sex", "rank"), by=["rank"])


PEOPLE = st.lists(
    st.builds(lambda first, more, event: Person(first, first + more, event),
              st.integers(1, 2), st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=40,
)  # fmt: skip


def two_groups(women: list[Person], men: list[Person]) -> Counts:
    frame = pd.concat([counts_of(women, group="F"), counts_of(men, group="M")], ignore_index=True)
    return make_counts(frame, "sex", "rank", origin="synthetic")


@settings(max_examples=15)
@given(PEOPLE, PEOPLE)
def test_shares_add_to_one_and_groups_are_worked_out_apart(women: list[Person], men: list[Person]) -> None:
    counts = two_groups(women, men)
    found = time_to_diploma(counts, by=["sex"]).frame
    wide = found.pivot(index=["sex", "rank"], columns="statistic", values="value")
    known = wide["still_going"].notna()
    total = wide[["diploma_incidence", "exit_incidence", "still_going"]].sum(axis=1)[known]
    assert total.to_numpy() == pytest.approx(np.ones(known.sum()), abs=1e-12)
    assert found["value"].dropna().between(0, 1).all()
    assert (found["value"].isna() == found["reason"].isin(["empty", "no_spread"])).all()
    assert set(found["reason"]) <= {"", *REASONS}
    inside = found.dropna(subset=["value"])
    assert ((inside["lower"] <= inside["value"] + 1e-9) & (inside["value"] <= inside["upper"] + 1e-9)).all()
    for group, people in (("F", women), ("M", men)):
        ours = found[found["sex"] == group].set_index(["statistic", "rank"])["value"]
        alone = life(people)["value"]
        assert ours[alone.index].to_numpy() == pytest.approx(alone.to_numpy(), nan_ok=True, abs=1e-12)


@settings(max_examples=15)
@given(PEOPLE, PEOPLE)
def test_merged_groups_are_one_population_and_the_order_of_rows_is_nothing(
    women: list[Person], men: list[Person]
) -> None:
    counts = two_groups(women, men)
    merged = time_to_diploma(counts).frame
    pd.testing.assert_frame_equal(merged, life([*women, *men]).reset_index()[merged.columns])
    shuffled = make_counts(counts.frame.iloc[::-1], "sex", "rank", origin="synthetic")
    pd.testing.assert_frame_equal(merged, time_to_diploma(shuffled).frame)


def test_acquired_shares() -> None:
    base = {"session": 2025, **FAIL}
    people = (
        [[base]] * 7 + [[{**base, "U31": 240}]] * 3 + [[{**base, "U31": "vae"}]] * 2 + [[{"session": 2025, **PASS}]]
    )
    acquired = tally_histories(followed(*people)).acquired
    found = acquired_by_refused(acquired).frame.set_index(["unit", "until"])
    assert found.loc["U31", "numerator"].to_dict() == {"2030": 3, "none": 7, "unlimited": 2}
    assert found.loc["U2", "numerator"].to_dict() == {"2030": 0, "none": 12, "unlimited": 0}
    row = found.loc[("U31", "2030")]
    assert (row["denominator"], row["value"], row["denominator_kind"]) == (12, 0.25, "no_diploma")
    assert (row["lower"], row["upper"]) == pytest.approx(proportion_confint(3, 12, method="wilson"))
    for by in ([], ["unit", "until"]):
        with pytest.raises(CountsError, match="une fois"):
            acquired_by_refused(acquired, by=by)
    everybody = tally_histories(followed([{"session": 2025, **PASS}])).acquired
    assert acquired_by_refused(everybody).frame.empty
    nobody = make_counts(pd.DataFrame({"unit": ["U2"], "until": ["none"], "no_diploma": [0]}), "unit", "until")
    assert acquired_by_refused(nobody).frame["reason"].tolist() == ["empty"]


def test_from_careers() -> None:
    counted = tally_histories(synthesise_careers(seed=2, size=80), by=["candidate_status"])
    found = time_to_diploma(counted.histories, by=["candidate_status"])
    assert found.by == ("candidate_status", "rank")
    assert list(dict.fromkeys(found.frame["statistic"])) == list(HISTORY_STATISTICS)
    shares = acquired_by_refused(counted.acquired, by=["candidate_status", "unit"]).frame
    assert shares.groupby(["candidate_status", "unit"])["value"].sum().to_numpy() == pytest.approx(np.ones(39))
