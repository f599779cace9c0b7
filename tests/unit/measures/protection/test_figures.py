"""Whether the protection reads every number of candidates that figures print, or judges the whole table instead."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import get_args

import numpy as np
import pandas as pd
import pytest

import rncp_analytics as rncp
from rncp_analytics.counts.histories import HistoryTally, tally_histories
from rncp_analytics.counts.model import Counts, Scope
from rncp_analytics.counts.tally import Tally
from rncp_analytics.measures.altogether import letters
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.protection.figures import Side, sides
from rncp_analytics.measures.rates import COHORT_RATIOS, RATIOS, CohortStatistic, Statistic
from rncp_analytics.measures.secrecy import Publication
from tests.conftest import make_counts

A, B = rncp.OPTION_A, rncp.OPTION_B
B_TO_A = {"dimension": "diploma", "group": B, "reference": A}
# Sums of points, numbers of others than our candidates, expected numbers: (end of the statistic's name, column).
NOT_OURS = {
    ("mark_mean", "numerator"), ("mark_mean_gap", "numerator"), ("mark_mean_gap", "reference_numerator"),
    ("mode_gap", "numerator"), ("mode_gap", "reference_numerator"), ("mode_gap_to_rest", "numerator"),
    ("mode_gap_to_rest", "reference_numerator"), ("points_missing", "numerator"), ("_coverage", "denominator"),
    *((end, "reference_numerator") for end in ("_expected_gap", "observed_expected_ratio", "reliability")),
    ("_growth", "numerator"),  # a difference, of two numbers that are both read
}  # fmt: skip


@functools.cache
def counted() -> Tally:
    cohort = rncp.synthesise(rncp.official_results(), session=2025, seed=4, size=150)
    made: Tally = rncp.tally(cohort, by=["session", "diploma", "candidate_status", "sex", "academie"])
    return made


@functools.cache
def followed() -> HistoryTally:
    return tally_histories(rncp.synthesise_careers(seed=4, size=60), by=["diploma", "candidate_status"])


def of_b(name: str) -> Counts:
    counts: Counts = getattr(counted(), name)
    return counts.where(diploma=B)


def two_sessions(counts: Counts) -> Counts:
    """The same candidates as if they were of 2024 and 2025."""
    frames = [counts.frame.assign(session=session) for session in (2024, 2025)]
    return counts.regrouped(pd.concat(frames, ignore_index=True), counts.dimensions)


def everybody() -> Counts:
    return counted().outcomes


def country() -> Counts:
    """Twice as many candidates, ours among them."""
    ours = everybody().by("session", "diploma")
    return ours.regrouped(pd.concat([ours.frame, ours.frame], ignore_index=True), ours.dimensions)


def examined() -> Counts:
    made: Counts = rncp.by_regime(everybody())
    return made.by("session", "diploma", "regime")


def enrolled() -> Counts:
    made = examined()
    frame = made.frame[[*made.dimensions]].assign(enrolled=made.frame["present"] + 20)
    return make_counts(frame, *made.dimensions, origin="synthetic")


def jury() -> Counts:
    pairs = [("passed", "passed", 80), ("passed", "refused", 12), ("refused", "refused", 30)]
    return make_counts(
        pd.DataFrame(pairs, columns=["computed", "decided", "registered"]), "computed", "decided", origin="synthetic"
    )


def missing() -> Counts:
    frame = pd.DataFrame({"column": ["sex", "school"], "registered": 90, "missing": [12, 40]})
    return make_counts(frame, "column", origin="synthetic")


def published_rate() -> Estimates:
    real = make_counts(pd.DataFrame({"present": [40], "passed": [25]}), origin="candidates")
    made: Estimates = rncp.gap_to_published(real, value=0.8, scope=Scope("final", "France", "candidats d'un exemple"))
    return made


# Every public measure: how it is made of a cohort.
READ: dict[str, Callable[[], Estimates]] = {
    "rates": lambda: rncp.rates(everybody(), by=["sex"]),
    "rates_with_total": lambda: rncp.rates_with_total(everybody(), by=["sex"], total_of="sex"),
    "flow": lambda: rncp.flow(everybody(), by=["sex"]),
    "rate_gap": lambda: rncp.rate_gap(everybody(), **B_TO_A, by=["sex"]),
    "gap_to_rest": lambda: rncp.gap_to_rest(everybody(), dimension="candidate_status", by=["diploma"]),
    "gaps_to_reference": lambda: rncp.gaps_to_reference(
        everybody(), dimension="candidate_status", reference="SCOLAIRE", by=["sex"]
    ),
    "rate_ratio": lambda: rncp.rate_ratio(everybody(), **B_TO_A),
    "standardised_rates": lambda: rncp.standardised_rates(
        everybody(), by=["diploma"], cells=["sex"], standard=everybody()
    ),
    "observed_expected": lambda: rncp.observed_expected(
        everybody(), by=["academie"], cells=["sex"], reference=everybody()
    ),
    "session_change": lambda: rncp.session_change(two_sessions(of_b("outcomes")), by=["sex"]),
    "headcount_change": lambda: rncp.headcount_change(two_sessions(everybody()), column="present", by=["sex"]),
    "growth_since_reference": lambda: rncp.growth_since_reference(
        two_sessions(everybody()), diploma=B, column="present"
    ),
    "gap_to_published": published_rate,
    "against": lambda: rncp.against(everybody(), country(), by=["diploma"], despite=["population", "nomenclature"]),
    "funnel": lambda: rncp.funnel(everybody(), dimension="academie", by=["sex"]),
    "shrunken_rates": lambda: rncp.shrunken_rates(everybody(), dimension="academie"),
    "attention": lambda: rncp.attention(low_school(), dimension="school"),
    "adjusted_p": lambda: rncp.adjusted_p(rncp.rate_gap(everybody(), **B_TO_A, by=["sex"])),
    "pass_rate_bounds": lambda: rncp.pass_rate_bounds(waiting(), by=["sex"]),
    "unit_marks": lambda: rncp.unit_marks(of_b("units"), by=["unit", "mode"]),
    "mark_classes": lambda: rncp.mark_classes(of_b("units")),
    "acquired_rate": lambda: rncp.acquired_rate(of_b("units")),
    "refusal_reasons": lambda: rncp.refusal_reasons(everybody(), by=["sex"]),
    "pivot_shares": lambda: rncp.pivot_shares(of_b("pivots")),
    "bottleneck": lambda: rncp.bottleneck(of_b("units"), of_b("pivots"), of_b("outcomes")),
    "mean_change": lambda: rncp.mean_change(two_sessions(of_b("units"))),
    "mode_gap": lambda: rncp.mode_gap(of_b("modes"), by=["candidate_status"]),
    "mode_gap_to_rest": lambda: rncp.mode_gap_to_rest(of_b("modes"), dimension="candidate_status"),
    "missing_shares": lambda: rncp.missing_shares(missing()),
    "jury_differences": lambda: rncp.jury_differences(jury()),
    "coverage": lambda: rncp.coverage(everybody(), published=everybody(), by=["session", "diploma"]),
}
# Their rows cumulate, cross, or count strata: one small number hides the whole table.
JUDGED_WHOLE: dict[str, Callable[[], Estimates]] = {
    "adjusted_gap": lambda: rncp.adjusted_gap(everybody(), **B_TO_A, strata=["sex"]),
    "decompose": lambda: rncp.decompose(everybody(), **B_TO_A, cells=["sex"]),
    "decompose_cells": lambda: rncp.decompose_cells(everybody(), **B_TO_A, cells=["sex"]),
    "decompose_factors": lambda: rncp.decompose_factors(everybody(), **B_TO_A, factors=["sex", "candidate_status"]),
    "trend": lambda: rncp.trend(two_sessions(everybody()), by=["diploma"]),
    "present_per_enrolled": lambda: rncp.present_per_enrolled(examined(), enrolled(), despite=["territory"]),
    "secrecy_cost": lambda: rncp.secrecy_cost(everybody(), by=["academie"]),
    "unit_pairs": lambda: rncp.unit_pairs(of_b("patterns"), mandatory_units=counted().mandatory_units),
    "cochran_q": lambda: rncp.cochran_q(of_b("patterns"), mandatory_units=counted().mandatory_units),
    "time_to_diploma": lambda: rncp.time_to_diploma(followed().histories.where(diploma=B)),
    "mean_sessions": lambda: rncp.mean_sessions(followed().histories.where(diploma=B), horizon=3),
    "acquired_by_refused": lambda: rncp.acquired_by_refused(followed().acquired.where(diploma=B)),
}


def low_school() -> Counts:
    """Twelve alike, and one where half as many passed."""
    frame = pd.DataFrame({"school": [*"abcdefghijkl"], "present": 60, "passed": [20] + [48] * 11})
    return make_counts(frame, "school", origin="synthetic")


def waiting() -> Counts:
    frame = pd.DataFrame({"sex": ["F", "M"], "present": [40, 60], "passed": [20, 30], "pending": [4, 0]})
    return make_counts(frame.assign(control_pending=2), "sex", stage="first_group", origin="synthetic")


def test_every_public_measure_has_its_line() -> None:
    found = {
        name
        for name, module in rncp._PUBLIC.items()
        if module.startswith("measures.")
        and inspect.isfunction(made := getattr(rncp, name))
        and inspect.signature(made).return_annotation == "Estimates"
    }
    assert {*READ, *JUDGED_WHOLE} == found


def printed(frame: pd.DataFrame) -> Iterator[tuple[int, str, float]]:
    """Row, column and value of every number of our candidates that figures print."""
    columns = ["numerator", "denominator", "reference_numerator", "reference_denominator", "n_missing"]
    growth = frame["statistic"].str.endswith("_growth").all()
    for column in [*(c for c in columns if c in frame), *(["estimate"] if growth else [])]:
        for row, statistic, value in zip(frame.index, frame["statistic"], frame[column], strict=True):
            points = any(statistic.endswith(end) and column == excluded for end, excluded in NOT_OURS)
            if not points and pd.notna(value) and value > 0:
                yield row, column, value


def numbers_of(found: Sequence[Side], row: int) -> list[float]:
    return [value for side in found for value in side.numbers.loc[side.numbers["row"] == row, "value"]]


@pytest.mark.parametrize("name", READ)
def test_every_number_that_a_row_prints_is_read(name: str) -> None:
    made = READ[name]()
    found = sides(made)
    assert found is not None and len(made.frame)
    seen = 0
    for row, column, value in printed(made.frame):
        if column.startswith("reference") and made.frame["reference"][row] in ("rest_of_country", "ponctuel", ""):
            continue  # a public count; the same candidates; no reference
        read = numbers_of(found, row)
        if column.startswith("reference") and made.frame["reference"][row] == "rest":
            # The rest is what the whole, read, leaves of the group.
            assert any(np.isclose(value, one - other) for one in read for other in read)
        else:
            assert value in read, f"{made.frame['statistic'][row]}, {column}"
        seen += 1
    assert seen


@pytest.mark.parametrize("statistic", [*get_args(Statistic), *get_args(CohortStatistic)])
def test_every_rate_is_read(statistic: Statistic | CohortStatistic) -> None:
    """Numerator and denominator of each, and what is known of a group without it: no rate escapes by its name."""
    tables = {"outcomes": of_b("outcomes"), "units": of_b("units"), "pivots": of_b("pivots").where(kind="pivot_mean")}
    by = {"outcomes": ["sex"], "units": ["unit"], "pivots": ["unit", "kind"]}
    ratio = {**RATIOS, **COHORT_RATIOS}[statistic]
    name = next(name for name, counts in tables.items() if {*ratio.numerator, ratio.denominator} <= {*counts.columns})
    made = rncp.rates(tables[name], by=by[name], statistic=statistic)
    found = sides(made)
    assert found is not None
    for row, _, value in printed(made.frame):
        assert value in numbers_of(found, row)


@pytest.mark.parametrize("name", JUDGED_WHOLE)
def test_the_others_are_judged_whole(name: str) -> None:
    """One number small enough in a row, and none of the rows is shown."""
    made = JUDGED_WHOLE[name]()
    assert sides(made) is None
    counts = made.frame["denominator"].notna() & (made.frame["denominator"] > 0)
    row = made.frame.index[counts][0]
    made.frame["denominator"] = made.frame["denominator"].where(made.frame.index != row, 2)
    found = letters(made, 3)
    assert found[row] == "A" and set(found) <= {"A", "D"}


def test_the_measures_of_one_cohort_are_one_system() -> None:
    """No two numbers have one name: that would be refused as a contradiction."""
    publication = Publication("insee_entreprises_3")
    names = ("rates", "flow", "rate_gap", "gap_to_rest", "gaps_to_reference", "rate_ratio", "standardised_rates",
             "refusal_reasons", "acquired_rate", "pivot_shares", "coverage", "against")  # fmt: skip
    publication.suppress([READ[name]() for name in names])
    assert publication.letters["V"] > 0
