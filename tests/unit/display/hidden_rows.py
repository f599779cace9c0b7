"""Each public chart and table with figures of a cohort to show, small and unlike enough to tell rows apart."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

import rncp_analytics as rncp
from rncp_analytics.counts.histories import HISTORY_COLUMNS, tally_histories
from rncp_analytics.counts.model import Counts
from rncp_analytics.counts.tally import Tally, tally
from rncp_analytics.display.figure import Chart
from rncp_analytics.display.fold import Folds
from rncp_analytics.display.table import Table
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.secrecy import Publishable
from tests.conftest import make_counts
from tests.unit.cohort.careers import FAIL, followed, others
from tests.unit.cohort.cohorts import cohort, person, random_cohort
from tests.unit.display.examples import cell
from tests.unit.display.test_attention_table import everything
from tests.unit.measures.test_attention import LOW, alike

Shown = Table | Chart | Folds
TOLD = {"name": "essai", "caption": "Un essai"}
DRAWN = {"name": "essai", "title": "Un essai"}
SIDES = {"group": "l'option B", "reference": "l'option A"}
B_TO_A: dict[str, Any] = {"dimension": "option", "group": "B", "reference": "A"}
STATUSES = {"SCOLAIRE": "scolaires", "APPRENTISSAGE": "apprentis", "INDIVIDUEL": "autres"}
RULES = rncp.regulation(rncp.OPTION_B, 2025)
THREE = ("U2", "U34", "U6")


class Case:
    """What shows figures, how it is called, and the functions that compute them, once."""

    def __init__(self, show: Callable[..., Shown], said: Mapping[str, Any], *figures: Callable[[], Estimates]) -> None:
        self.show = functools.partial(show, **said)
        self.figures = functools.cache(lambda: [compute() for compute in figures])


@functools.cache
def outcomes() -> Counts:
    """Two sessions, options, sexes and académies, three statuses, each with numbers of its own."""
    keys = itertools.product((2024, 2025), (rncp.OPTION_B, rncp.OPTION_A), ("10", "19"), STATUSES, "FM")
    lines = [
        cell(*key[:-1], sex=key[-1], present=60 + 7 * i, passed=40 + 5 * i, allowed=9 + i, saved=5 + i // 2)
        for i, key in enumerate(keys)
    ]
    frame = pd.DataFrame(lines).assign(pending=0, control_pending=0)
    frame = frame.assign(b=frame["no_mention"] // 3, tb=4).assign(no_mention=lambda f: f["passed"] - f["b"] - 4)
    dimensions = ("session", "diploma", "option", "academie", "candidate_status", "sex")
    return make_counts(frame, *dimensions, origin="synthetic")


def own() -> Counts:
    return outcomes().where(session=2025, diploma=rncp.OPTION_B)


def options() -> Counts:
    return outcomes().where(session=2025)


def july() -> Counts:
    """Some of each status wait for their result."""
    frame = own().frame.assign(pending=3)
    frame[["refused", "refused_first_group"]] -= 3
    return make_counts(frame, *own().dimensions, stage="first_group", origin="synthetic")


def by_regime() -> Counts:
    return rncp.by_regime(outcomes().where(diploma=rncp.OPTION_B))


def enrolled() -> Counts:
    frame = outcomes().by("session", "diploma", "candidate_status").frame
    frame = frame.assign(regime=frame.pop("candidate_status").map(STATUSES), enrolled=frame["registered"] + 9)
    return make_counts(frame, "session", "diploma", "regime", origin="synthetic")


@functools.cache
def marked() -> Tally:
    return tally(random_cohort(240), by=["school", "sex"])


def two_units() -> Counts:
    return marked().units.where(unit=["U2", "U6"])


def one_unit() -> Counts:
    return marked().units.where(unit="U2")


def of_two_units(estimates: Estimates) -> Estimates:
    return replace(estimates, frame=estimates.frame[estimates.frame["unit"].isin(["U2", "U6"])])


@functools.cache
def two_sessions() -> Counts:
    people = [
        person(200 + 5 * (i % 9), session=session, U2=190 + 7 * (i % 12)) for session in (2024, 2025) for i in range(30)
    ]
    return tally(cohort(people), by=["session"]).units.where(unit=["U2", "U6"])


@functools.cache
def life() -> Counts:
    ranks = [(1, 100, 100, 40, 3, 7, 0), (2, 50, 0, 20, 1, 4, 0), (3, 25, 0, 8, 2, 15, 0)]
    frame = pd.DataFrame([(sex, *rank) for sex in "FM" for rank in ranks], columns=["sex", "rank", *HISTORY_COLUMNS])
    return make_counts(frame, "sex", "rank", origin="synthetic")


@functools.cache
def kept() -> Counts:
    """What 24 refused keep of three épreuves."""
    failed = [[{"session": 2024, **FAIL, "U2": 240, "U34": 220 if i % 2 else 100}] for i in range(24)]
    return tally_histories(followed(*failed, *others(2024, 2025))).acquired.where(unit=["U2", "U34", "U6"])


def jury() -> Counts:
    passed, refused = "passed_first_group", "refused_first_group"
    seen = [(passed, passed, 90), (passed, refused, 12), (refused, refused, 40)]
    frame = pd.DataFrame(seen, columns=["computed", "decided", "registered"])
    return make_counts(frame, "computed", "decided", origin="synthetic")


@functools.cache
def missing() -> Counts:
    return rncp.missing_values(random_cohort(60))


def option_gap(**asked: Any) -> Estimates:
    return rncp.rate_gap(options(), **B_TO_A, **asked)


def adjusted() -> Estimates:
    return rncp.adjusted_gap(options(), **B_TO_A, strata=["candidate_status"], by=["sex"])


def effects() -> Estimates:
    return rncp.decompose(outcomes(), **B_TO_A, cells=["sex", "candidate_status"], by=["session"])


def growth(column: str) -> Estimates:
    counts = enrolled() if column == "enrolled" else by_regime()
    return rncp.growth_since_reference(counts, diploma=rncp.OPTION_B, column=column, by=["regime"])


def patterns() -> Counts:
    """Which of three épreuves each candidate has acquired."""
    found, places = marked().patterns, [marked().mandatory_units.index(unit) for unit in THREE]
    kept = found.frame["acquired_units"].map(lambda code: "".join(code[place] for place in places))
    return found.regrouped(found.frame.assign(acquired_units=kept), ["acquired_units"])


def pairs() -> Estimates:
    return rncp.unit_pairs(patterns(), mandatory_units=THREE)


def unit_table(marks: Publishable, *added: Publishable, **columns: str) -> Table:
    return rncp.unit_table(marks, **dict(zip(columns, added, strict=True)), rules=RULES, **TOLD)


CASES: dict[str, Case] = {
    "academie_chart": Case(rncp.academie_chart, DRAWN, lambda: rncp.gap_to_rest(own(), dimension="academie", by=[])),
    "academie_table": Case(
        rncp.academie_table,
        {**TOLD, "session": 2025},
        lambda: rncp.gap_to_rest(outcomes().where(diploma=rncp.OPTION_B), dimension="academie"),
    ),
    "acquired_table": Case(rncp.acquired_table, TOLD, lambda: rncp.acquired_by_refused(kept())),
    "adjusted_table": Case(rncp.adjusted_table, {**SIDES, **TOLD}, lambda: option_gap(by=["sex"]), adjusted),
    "attention_table": Case(rncp.attention_table, TOLD, everything),
    "attention_table, judged": Case(
        lambda listed, judged, **told: rncp.attention_table(listed, judged=judged, **told),
        TOLD,
        everything,
        lambda: rncp.funnel(alike(), dimension="school"),
    ),
    "bottleneck_table": Case(
        rncp.bottleneck_table,
        TOLD,
        lambda: of_two_units(rncp.bottleneck(marked().units, marked().pivots, marked().outcomes)),
    ),
    "bounds_table": Case(rncp.bounds_table, TOLD, lambda: rncp.pass_rate_bounds(july(), by=["candidate_status"])),
    "change_table": Case(rncp.change_table, TOLD, lambda: rncp.session_change(outcomes(), by=["option"])),
    "coverage_table": Case(
        rncp.coverage_table,
        TOLD,
        lambda: rncp.coverage(own(), published=outcomes()),
    ),
    "cross_table": Case(
        rncp.cross_table,
        {**TOLD, "rows": "candidate_status", "columns": "sex"},
        lambda: rncp.rates(own(), by=["candidate_status", "sex"]),
    ),
    "decomposition_chart": Case(rncp.decomposition_chart, {**SIDES, **DRAWN}, effects),
    "decomposition_table": Case(rncp.decomposition_table, {**SIDES, **TOLD}, effects),
    "distribution_chart": Case(rncp.distribution_chart, DRAWN, lambda: rncp.mark_classes(two_units())),
    "enrolment_table": Case(rncp.enrolment_table, TOLD, lambda: growth("enrolled")),
    "expected_table": Case(
        rncp.expected_table,
        TOLD,
        lambda: rncp.observed_expected(
            own(), by=["academie"], cells=["candidate_status"], reference=options().where(diploma=rncp.OPTION_B)
        ),
    ),
    "facing_table": Case(
        rncp.facing_table,
        TOLD,
        lambda: rncp.present_per_enrolled(enrolled(), enrolled()),
    ),
    "factor_table": Case(
        rncp.factor_table,
        {**SIDES, **TOLD},
        lambda: rncp.decompose_factors(outcomes(), **B_TO_A, factors=["sex", "candidate_status"], by=["session"]),
    ),
    "flow_chart": Case(rncp.flow_chart, DRAWN, lambda: rncp.flow(own())),
    "flow_table": Case(rncp.flow_table, TOLD, lambda: rncp.flow(own(), by=["sex"])),
    "funnel_chart": Case(rncp.funnel_chart, DRAWN, lambda: rncp.funnel(alike(**{LOW: 25}), dimension="school")),
    "funnel_tests": Case(
        rncp.funnel_tests, {}, lambda: rncp.funnel(alike(**{LOW: 25}), dimension="school"), everything
    ),
    "gap_chart": Case(rncp.gap_chart, {**SIDES, **DRAWN}, lambda: option_gap(by=["candidate_status"])),
    "gap_chart, adjusted": Case(
        lambda gaps, equal, **told: rncp.gap_chart(gaps, adjusted=equal, **told),
        {**SIDES, **DRAWN},
        lambda: option_gap(by=["candidate_status"]),
        lambda: rncp.adjusted_gap(options(), **B_TO_A, strata=["candidate_status"]),
    ),
    "gap_table": Case(rncp.gap_table, {**SIDES, **TOLD}, lambda: option_gap(by=["candidate_status"])),
    "growth_table": Case(
        rncp.growth_table,
        TOLD,
        lambda: rncp.headcount_change(outcomes().where(diploma=rncp.OPTION_B), column="refused", by=["sex"]),
    ),
    "history_chart": Case(rncp.history_chart, DRAWN, lambda: rncp.time_to_diploma(life())),
    "history_table": Case(rncp.history_table, TOLD, lambda: rncp.time_to_diploma(life(), by=["sex"])),
    "index_chart": Case(rncp.index_chart, DRAWN, lambda: growth("present")),
    "jury_table": Case(rncp.jury_table, TOLD, lambda: rncp.jury_differences(jury())),
    "mark_chart": Case(rncp.mark_chart, DRAWN, lambda: rncp.mark_classes(one_unit())),
    "mean_sessions_table": Case(
        rncp.mean_sessions_table, TOLD, lambda: rncp.mean_sessions(life(), horizon=2, by=["sex"])
    ),
    "mention_table": Case(
        rncp.mention_table, TOLD, lambda: rncp.rates(own(), by=["sex"], statistic=rncp.MENTION_RATES)
    ),
    "missing_table": Case(rncp.missing_table, TOLD, lambda: rncp.missing_shares(missing())),
    "mode_chart": Case(rncp.mode_chart, DRAWN, lambda: rncp.mode_gap(marked().modes, by=["school"])),
    "mode_chart, rest": Case(
        lambda gaps, rest, **told: rncp.mode_chart(gaps, rest=rest, **told),
        DRAWN,
        lambda: rncp.mode_gap(marked().modes, by=["school"]),
        lambda: rncp.mode_gap_to_rest(marked().modes),
    ),
    "pairs_table": Case(rncp.pairs_table, TOLD, pairs),
    "pairs_tests": Case(rncp.pairs_tests, {}, pairs, lambda: rncp.cochran_q(patterns(), mandatory_units=THREE)),
    "rate_chart": Case(rncp.rate_chart, DRAWN, lambda: rncp.rates(own(), by=["candidate_status"])),
    "rate_table": Case(rncp.rate_table, TOLD, lambda: rncp.rates(own(), by=["candidate_status"])),
    "reason_table": Case(rncp.reason_table, TOLD, lambda: rncp.refusal_reasons(marked().outcomes)),
    "regime_table": Case(
        rncp.regime_table,
        TOLD,
        lambda: rncp.rates_with_total(by_regime(), by=["session", "regime"], total_of="regime"),
    ),
    "session_chart": Case(rncp.session_chart, DRAWN, lambda: rncp.rates(outcomes(), by=["session", "diploma"])),
    "standardised_table": Case(
        rncp.standardised_table,
        TOLD,
        lambda: rncp.rates(own(), by=["academie"]),
        lambda: rncp.standardised_rates(own(), by=["academie"], cells=["candidate_status"], standard=options()),
    ),
    "statistician": Case(rncp.statistician, SIDES, lambda: option_gap(by=["sex"]), adjusted, effects),
    "trend_table": Case(rncp.trend_table, TOLD, lambda: rncp.trend(outcomes(), by=["option"])),
    "unit_table": Case(
        functools.partial(unit_table, modes="", classes="", pivots=""),
        {},
        lambda: rncp.unit_marks(one_unit()),
        lambda: rncp.unit_marks(one_unit(), by=["unit", "mode"]),
        lambda: rncp.mark_classes(one_unit()),
        lambda: rncp.pivot_shares(marked().pivots.where(unit="U2")),
    ),
    "unit_table, change": Case(
        functools.partial(unit_table, change=""),
        {},
        lambda: rncp.unit_marks(two_sessions().where(session=2025)),
        lambda: rncp.mean_change(two_sessions()),
    ),
}
