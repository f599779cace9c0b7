"""The tally against the same candidates counted one by one, in fractions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rncp_analytics.counts.tally import MOTIFS, tally
from rncp_analytics.counts.tally_units import CLASSES
from rncp_analytics.measures.rates import rates
from tests.properties.test_deliberation_properties import COEFFICIENTS, STATES, Person, persons, slow
from tests.unit.cohort.cohorts import PONCTUEL, cohort, person

STAGES = ("first_group", "after_control", "final")
REFUSED_FIRST = ("refused_first_group", "eliminated_absence", "partial")
BOUNDS = (0, 100, 160, 200, 240, 280, 320, 401)

Counted = tuple[Person, str | None]


def cohort_of(people: Sequence[Counted], stage: str) -> Any:
    given = []
    for who, sex in people:
        units = {u: r if r[0] in ("kept", "carried") else r[1] if r[1] is not None else r[0]
                 for u, r in who.results.items()}  # fmt: skip
        one = person(session=who.session, diploma=who.diploma, candidate_status=who.status, exam_form=who.form, sex=sex,
                     control=who.control)  # fmt: skip
        given.append({**one, "units": units})
    return cohort(given, stage=stage)


def counted_slowly(people: Sequence[Counted], stage: str) -> Counter[str]:
    n: Counter[str] = Counter()
    for who, _ in people:
        found = slow(who)
        outcome = found[stage]
        present = any(r[0] == "marked" for r in who.results.values()) or any(who.control.values())
        n["registered"] += 1
        n["passed_without_test"] += not present and str(outcome).startswith("passed")
        if not present:
            continue
        n["present"] += 1
        n["eliminated"] += outcome == "eliminated_absence"
        n["pending"] += outcome == "pending"
        n["control_pending"] += outcome == "control_allowed"
        n["control_allowed"] += outcome in ("control_allowed", "passed_after_control", "refused_after_control")
        name = "refused_first_group" if outcome in REFUSED_FIRST else str(outcome)
        if name.startswith(("passed", "refused")):
            n[name] += 1
            n[name.split("_")[0]] += 1
            n[str(found["mention"] if name.startswith("passed") else found["reason"])] += 1
    return n


@st.composite
def people(draw: st.DrawFn) -> list[Counted]:
    found = draw(st.lists(st.tuples(persons(), st.sampled_from(["F", "M", None])), min_size=1, max_size=5))
    return [(_within_a_cohort(who), sex) for who, sex in found]


def _within_a_cohort(who: Person) -> Person:
    """What the helper and the contract of a cohort don't write, left out of both readings."""
    results = {u: (state, mark, since and max(since, 2017)) for u, (state, mark, since) in who.results.items()}
    return replace(who, results=results, control={u: mark for u, mark in who.control.items() if mark is not None})


@given(people(), st.sampled_from(STAGES))
def test_outcomes_agree_with_candidates_counted_one_by_one(given: list[Counted], stage: str) -> None:
    found = tally(cohort_of(given, stage), by=["sex", "session"]).outcomes
    for sex in ("F", "M", "unknown"):
        slowly = counted_slowly([p for p in given if (p[1] or "unknown") == sex], stage)
        row = found.where(sex=sex).by().frame.iloc[0].to_dict()
        assert {k: v for k, v in row.items() if k != "complete" and v} == {k: v for k, v in slowly.items() if v}
        assert row["complete"] <= row["present"]


@given(people(), st.sampled_from(STAGES))
def test_units_agree_with_candidates_counted_one_by_one(given: list[Counted], stage: str) -> None:
    by_unit = tally(cohort_of(given, stage), by=["sex"]).units.by("unit").frame.set_index("unit")
    for unit in (*COEFFICIENTS, "UF1", "PROJET"):
        slowly: Counter[str] = Counter()
        for who, _ in given:
            state, mark, since = who.results.get(unit, ("not_presented", None, None))
            if state in ("kept", "carried") and since is not None and who.session - since > 5:
                state = "not_presented"
            if unit not in COEFFICIENTS and unit not in who.results:
                continue
            slowly.update(["registered", state])
            if state == "marked" and mark is not None:
                slowly["marks_sum"] += mark
                slowly["marks_sumsq"] += mark * mark
                slowly["at_least_10"] += mark >= 200
                slowly[next(c for c, high in zip(CLASSES, BOUNDS[1:], strict=True) if mark < high)] += 1
        names = ["registered", "marked", *STATES, "marks_sum", "marks_sumsq", "at_least_10", *CLASSES]
        row = by_unit.loc[unit] if unit in by_unit.index else Counter[str]()
        assert {name: row[name] for name in names} == {name: slowly[name] for name in names}, unit


@given(people(), st.sampled_from(STAGES))
def test_everything_reconciles_with_the_number_of_candidates(given: list[Counted], stage: str) -> None:
    found = tally(cohort_of(given, stage), by=["sex", "option"])
    n, outcomes = len(given), found.outcomes.by().frame.iloc[0]
    assert outcomes["registered"] == n == found.patterns.by().frame["registered"].iloc[0]
    assert outcomes["refused"] == outcomes[list(MOTIFS)].sum()
    without = n - outcomes["passed"] - outcomes["passed_without_test"]
    assert found.patterns.by().frame["no_diploma"].iloc[0] == without
    by_unit = found.units.by("unit").frame.set_index("unit")
    assert (by_unit.loc[list(COEFFICIENTS), "registered"] == n).all()
    assert (by_unit["registered"] == by_unit[["marked", *STATES]].sum(axis=1)).all()
    assert (by_unit["marked"] == by_unit[list(CLASSES)].sum(axis=1)).all()
    for place, unit in enumerate(found.mandatory_units):
        with_it = found.patterns.frame["acquired_units"].str[place] == "1"
        acquired = by_unit.loc[unit, ["acquired_by_mark", "acquired_kept", "acquired_vae"]].sum()
        assert found.patterns.frame.loc[with_it, "registered"].sum() == acquired
    assert (found.pivots.frame["pivotal"] <= found.pivots.frame["refused"]).all()
    assert (found.pivots.by("unit", "kind").frame["refused"] == outcomes["refused"]).all()


@given(people())
def test_the_two_means_of_the_same_candidates(given: list[Counted]) -> None:
    row = tally(cohort_of(given, "final"), by=[]).modes.frame.iloc[0]
    paired, sums, squares = 0, [0, 0], 0
    for who, _ in given:
        marks = {u: Fraction(r[1] or 0, 20) for u, r in who.results.items() if r[0] == "marked" and u in COEFFICIENTS}
        sides = [[u for u in marks if (u in PONCTUEL) == side] for side in (False, True)]
        if all(sides):
            means = [
                sum(marks[u] * COEFFICIENTS[u] for u in side) / sum(COEFFICIENTS[u] for u in side) for side in sides
            ]
            ccf, ponctuel = (math.floor(1000 * mean + Fraction(1, 2)) for mean in means)
            paired, squares = paired + 1, squares + (ccf - ponctuel) ** 2
            sums = [sums[0] + ccf, sums[1] + ponctuel]
    assert row.tolist() == [paired, *sums, squares]


@given(people(), st.sampled_from(STAGES))
def test_no_rate_leaves_0_to_1_and_finer_counts_roll_up(given: list[Counted], stage: str) -> None:
    given_cohort = cohort_of(given, stage)
    fine, coarse = tally(given_cohort, by=["sex", "session", "exam_form"]), tally(given_cohort, by=["session"])
    for table, more in (("outcomes", ()), ("units", ("unit", "mode")), ("patterns", ("acquired_units",)),
                        ("pivots", ("unit", "kind")), ("modes", ())):  # fmt: skip
        names = ("session", *more)
        assert getattr(fine, table).by(*names).frame.equals(getattr(coarse, table).by(*names).frame), table
    value = rates(fine.outcomes, by=["sex"], statistic=["pass_rate", "presence_rate", "mention_rate_of_passed"]).frame
    assert value["value"].dropna().between(0, 1).all()
