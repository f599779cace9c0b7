"""Tables that share candidates without sharing a row: what subtraction alone would give back, each time a 3."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pytest

import rncp_analytics as rncp
from rncp_analytics.counts.model import Counts
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.secrecy import Publication
from tests.conftest import make_counts


def counted(dimensions: Sequence[str], present: Sequence[int], **values: Sequence[str]) -> Counts:
    """Présents of whom nobody passed: one number for each group."""
    frame = pd.DataFrame({**values, "present": present, "passed": 0})
    return make_counts(frame, *dimensions, origin="candidates")


def shown(*tables: Estimates) -> list[dict[tuple[object, ...], float]]:
    """The présents that each table shows, by group."""
    publication = Publication("dgfip_11")
    found = []
    for table in tables:
        frame = publication.suppress(table).frame
        frame = frame[frame["secrecy"] == "V"]
        found.append({tuple(row[name] for name in table.by): row["denominator"] for row in frame.to_dict("records")})
    return found


def test_two_partitions_of_the_same_candidates_without_their_total() -> None:
    """x 100 and y 50 are 150, of whom 147 boys: three girls."""
    counts = counted(["school", "sex"], [1, 99, 2, 48], school=[*"xxyy"], sex=[*"FMFM"])
    schools, sexes = shown(rncp.rates(counts, by=["school"]), rncp.rates(counts, by=["sex"]))
    assert len(schools) == 2 and ("M",) not in sexes
    within = counts.where(school=["x", "y"])
    schools, sexes = shown(rncp.rates(within, by=["school"]), rncp.rates(within, by=["sex"]))
    assert len(schools) == 2 and ("M",) not in sexes


def test_a_list_of_some_groups_is_no_partition() -> None:
    """The listed school has 60 présents, the sexes 720: no contradiction."""
    frame = pd.DataFrame({"school": [*"abcdefghijkl"], "present": 60, "passed": [20] + [48] * 11})
    every = pd.DataFrame({"school": "a", "sex": [*"FM"], "present": [300, 420], "passed": 100})
    listed = rncp.attention(make_counts(frame, "school", origin="candidates"))
    sexes = rncp.rates(make_counts(every, "school", "sex", origin="candidates"), by=["sex"])
    assert len(listed.frame) == 1
    assert [len(of_one) for of_one in shown(listed, sexes)] == [1, 2]


@pytest.mark.parametrize(
    ("outer", "inner", "parents", "children"),
    [
        ("academie", "school", ["10", "10", "02", "02"], ["0690001A", "0690002B", "0130001C", "0130002D"]),
        ("academie", "departement", ["10", "10", "02", "02"], ["069", "042", "013", "084"]),
    ],
    ids=["école", "département"],
)
def test_where_a_code_lies_needs_no_row(outer: str, inner: str, parents: list[str], children: list[str]) -> None:
    """Lyon has 63 présents: a school with 60 there leaves three to the other."""
    counts = counted([outer, inner], [3, 60, 20, 80], **{outer: parents, inner: children})
    places, parts = shown(rncp.rates(counts, by=[outer]), rncp.rates(counts, by=[inner]))
    assert places == {("10",): 63, ("02",): 100}
    assert (children[1],) not in parts and (children[2],) in parts


def test_a_regime_is_the_sum_of_its_statuses() -> None:
    """Three by formation continue, and the distance hidden to protect them: with the individuels, one régime."""
    statuses = ["SCOLAIRE", "APPRENTISSAGE", "FORMATION CONTINUE", "INDIVIDUEL", "ENSEIGNEMENT A DISTANCE"]
    counts = counted(["candidate_status"], [300, 100, 3, 80, 40], candidate_status=statuses)
    whole = rncp.rates_with_total(counts, by=["candidate_status"], total_of="candidate_status")
    by_status, by_regime = shown(whole, rncp.rates(rncp.by_regime(counts), by=["regime"]))
    known = {("total",): 1, ("SCOLAIRE",): 1, ("APPRENTISSAGE",): 1}
    assert known.keys() <= by_status.keys() and ("ENSEIGNEMENT A DISTANCE",) not in by_status
    assert ("autres",) not in by_regime


def test_an_option_is_its_diploma() -> None:
    """B, hidden to protect the three of A, is the same candidates by its code."""
    codes = [rncp.OPTION_A, rncp.OPTION_B, rncp.VENTE]
    counts = counted(["option", "diploma"], [3, 60, 80], option=["A", "B", "none"], diploma=codes)
    whole = rncp.rates_with_total(counts.by("option"), by=["option"], total_of="option")
    first, second = shown(whole, rncp.rates(counts.where(diploma=rncp.OPTION_B)))
    assert ("B",) not in first and second == {}


STATUSES = ["SCOLAIRE", "APPRENTISSAGE", "INDIVIDUEL"]


def by_sex_and_status() -> Counts:
    frame = pd.DataFrame({"sex": [*"FFFMMM"], "candidate_status": STATUSES * 2, "present": [100, 60, 3, 120, 50, 40]})
    return make_counts(frame.assign(passed=[60, 30, 0, 60, 20, 20]), "sex", "candidate_status", origin="candidates")


@pytest.mark.parametrize(
    "made",
    [
        lambda counts: rncp.standardised_rates(counts, by=["sex"], cells=["candidate_status"], standard=counts),
        lambda counts: rncp.observed_expected(counts, by=["sex"], cells=["candidate_status"], reference=counts),
        lambda counts: rncp.gaps_to_reference(counts, dimension="sex", reference="M"),
        lambda counts: rncp.rate_ratio(counts, dimension="sex", group="F", reference="M"),
        lambda counts: rncp.shrunken_rates(counts, dimension="sex"),
    ],
    ids=["standardised", "expected", "to reference", "ratio", "shrunken"],
)
def test_figures_that_print_crude_numbers_are_one_system_with_the_rates(made: object) -> None:
    """Of the girls 100 and 60 are shown: 163 in all would give the three."""
    counts = by_sex_and_status()
    cells, statuses, girls = shown(
        rncp.rates(counts, by=["sex", "candidate_status"]),
        rncp.rates(counts, by=["candidate_status"]),
        made(counts),  # type: ignore[operator]
    )
    assert ("F", "SCOLAIRE") in cells and ("F", "INDIVIDUEL") not in cells and ("INDIVIDUEL",) not in statuses
    assert 163 not in girls.values()


def test_the_pairs_of_results_and_their_total() -> None:
    """127 candidates, 80 and 30 alike, 14 refused by their marks alone: three the other way round."""
    first, after = "passed_first_group", "passed_after_control"
    pairs = [(first, first, 80), (first, after, 3), (after, after, 30), (after, first, 14)]
    frame = pd.DataFrame(pairs, columns=["computed", "decided", "registered"])
    (found,) = shown(rncp.jury_differences(make_counts(frame, "computed", "decided", origin="candidates")))
    assert len(found) == 2


def test_a_session_before_that_is_not_counted_is_not_empty() -> None:
    """The session before the first one has nobody in the change, and 90 candidates in its own table."""
    frame = pd.DataFrame({"session": [2023, 2024, 2025], "present": [90, 130, 170], "passed": [45, 65, 85]})
    counts = make_counts(frame, "session", origin="candidates")
    recent = rncp.session_change(counts.where(session=[2024, 2025]))
    assert [len(of_one) for of_one in shown(rncp.rates(counts.where(session=2023)), recent)] == [1, 2]


def test_a_total_of_chosen_groups_is_theirs_alone() -> None:
    """x and y together are 190, everybody 280."""
    counts = counted(["school"], [90, 100, 90], school=[*"xyz"])
    chosen = rncp.rates_with_total(counts.where(school=["x", "y"]), by=["school"], total_of="school")
    every, some = shown(rncp.rates(counts), chosen)
    assert every == {(): 280} and some[("total",)] == 190
