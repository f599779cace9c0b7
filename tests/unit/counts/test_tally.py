"""A few candidates counted by hand."""

from __future__ import annotations

import pytest

from rncp_analytics.cohort.marksheet import STATES
from rncp_analytics.counts.tally import DIMENSIONS, MOTIFS, Tally, tally
from rncp_analytics.counts.tally_units import CLASSES
from rncp_analytics.errors import CountsError
from tests.conftest import make_counts
from tests.unit.cohort.cohorts import PROFESSIONAL, UNITS, cohort, person

# 8 everywhere but 10 in the professional units: mean (12×10 + 14×8)/26 = 8,92, allowed to the contrôle.
ALLOWED = dict.fromkeys(PROFESSIONAL, 200)
GIVEN = [
    person(240, sex="F"),  # admitted, AB
    person(320, sex="F", UF1=300),  # admitted, TB
    person(160, sex="M", control={"U12": 260, "U51": 360}, **ALLOWED),  # + 5 + 25 points: 262/26, after contrôle
    person(160, sex="M", control={"U12": 220}, **ALLOWED),  # + 3: 235/26, refused after
    person(160, sex="F", **ALLOWED),  # didn't go: refused after, at the final stage
    person(120, sex="F"),  # mean below 8
    person(180, sex="M"),  # mean 9, professional 9
    person(240, sex="M", U6="absent"),  # eliminated
    person(190, sex="F", U6="absent_justified"),  # waits for September, then 9,13: refused, professional 9,5
    person(220, sex="F", exam_form="progressive", U6="not_presented"),  # partial
    person(sex="M", **dict.fromkeys(UNITS, "absent")),  # never came
    person(sex="M", **dict.fromkeys(UNITS, ("kept", 220, 2024))),  # diploma by kept marks alone
]


def one(found: Tally, table: str = "outcomes", **where: object) -> dict[str, int]:
    counts = getattr(found, table)
    return counts.where(**where).by().frame.iloc[0].to_dict()


def counted(stage: str = "final") -> dict[str, int]:
    return one(tally(cohort(GIVEN, stage=stage), by=[]))


FINAL = {
    "registered": 12, "present": 10, "complete": 7, "passed_first_group": 2, "refused_first_group": 5,
    "control_allowed": 3, "passed_after_control": 1, "refused_after_control": 2, "passed": 3, "refused": 7,
    "pending": 0, "control_pending": 0, "eliminated": 1, "passed_without_test": 1,
    "tb_felicitations": 0, "tb": 1, "b": 0, "ab": 1, "no_mention": 1,
    "absence": 1, "mean_below_8": 1, "professional_below_10": 2, "after_control": 2, "partial": 1, "other_reason": 0,
}  # fmt: skip
AFTER = {"refused_first_group": 4, "refused_after_control": 1, "refused": 5, "pending": 1, "control_pending": 1,
         "professional_below_10": 1, "after_control": 1}  # fmt: skip
FIRST = {"passed": 2, "passed_after_control": 0, "refused_after_control": 0, "refused": 4, "refused_first_group": 4,
         "pending": 1, "control_pending": 3, "no_mention": 0, "professional_below_10": 1,
         "after_control": 0}  # fmt: skip


@pytest.mark.parametrize(
    ("stage", "wanted"),
    [("final", FINAL), ("after_control", {**FINAL, **AFTER}), ("first_group", {**FINAL, **FIRST})],
)
def test_outcomes_at_each_stage(stage: str, wanted: dict[str, int]) -> None:
    assert counted(stage) == wanted


@pytest.mark.parametrize("stage", ["final", "after_control", "first_group"])
def test_identities(stage: str) -> None:
    n = counted(stage)
    assert n["present"] == n["passed"] + n["refused"] + n["pending"] + n["control_pending"]
    assert n["refused"] == sum(n[motif] for motif in MOTIFS)
    assert n["passed"] == sum(n[mention] for mention in ("tb", "b", "ab", "no_mention"))


def test_the_jury_stands() -> None:
    people = [
        person(199, jury_outcome="passed_first_group"),  # repêché: no mention
        person(240, jury_outcome="refused_first_group"),  # whatever its reason
        person(240, jury_outcome="passed_first_group", jury_mention="b"),
        person(240, jury_outcome="eliminated_absence"),
        person(240),
    ]
    n = one(tally(cohort(people), by=[]))
    assert [n[c] for c in ("passed", "no_mention", "ab", "b", "refused", "absence", "other_reason")] == [
        3, 1, 1, 1, 2, 1, 1,
    ]  # fmt: skip
    patterns = tally(cohort(people), by=[]).patterns.by().frame.iloc[0]
    assert patterns.tolist() == [5, 2]


def test_units_by_hand() -> None:
    people = [
        person(U2=99), person(U2=100), person(U2=159), person(U2=160), person(U2=200), person(U2=319), person(U2=400),
        person(U2="absent"), person(U2="absent_justified"), person(U2="exempt"), person(U2=("kept", 200, 2024)),
        person(exam_form="progressive", U2=("carried", 120, 2024)), person(U2="vae"), person(U2="not_presented"),
    ]  # fmt: skip
    n = one(tally(cohort(people), by=[]), "units", unit="U2")
    assert n["registered"] == 14
    assert {state: n[state] for state in STATES} == {"marked": 7} | {s: 1 for s in STATES if s != "marked"}
    assert {c: n[c] for c in CLASSES} == {
        "class_0_5": 1, "class_5_8": 2, "class_8_10": 1, "class_10_12": 1, "class_12_14": 0, "class_14_16": 1,
        "class_16_20": 1,
    }  # fmt: skip
    assert n["marks_sum"] == 1437
    assert n["marks_sumsq"] == 99**2 + 100**2 + 159**2 + 160**2 + 200**2 + 319**2 + 400**2
    assert (n["acquired_by_mark"], n["acquired_kept"], n["acquired_vae"]) == (3, 1, 1)


def test_units_of_those_without_the_diploma() -> None:
    found = tally(cohort(GIVEN), by=[])
    # Without the diploma: the seven refused and who never came. 10 in U31: two allowed, the absent, the partial.
    n = one(found, "units", unit="U31")
    assert (n["no_diploma"], n["no_diploma_acquired"]) == (8, 4)
    exempt = one(tally(cohort([person(120, U31="exempt"), person(120, U31=200)]), by=[]), "units", unit="U31")
    assert (exempt["no_diploma"], exempt["no_diploma_acquired"]) == (1, 1)


def test_a_better_mark_after_the_controle_acquires_but_changes_no_distribution() -> None:
    n = one(tally(cohort([person(160, control={"U12": 260}, **ALLOWED)]), by=[]), "units", unit="U12")
    assert (n["acquired_by_mark"], n["class_8_10"], n["marks_sum"]) == (1, 1, 160)


def test_optional_units_and_the_project_count_where_presented() -> None:
    found = tally(cohort([person(PROJET=300), person(PROJET="absent"), person(UF1=300)]), by=[])
    project = one(found, "units", unit="PROJET")
    assert (project["registered"], project["marked"], project["absent"], project["acquired_by_mark"]) == (2, 1, 1, 0)
    assert one(found, "units", unit="UF1")["registered"] == 1


def test_modes_are_those_of_the_rows() -> None:
    frame = tally(cohort([person(), person(PROJET=200)]), by=[]).units.frame
    modes = frame.set_index("unit")["mode"]
    assert (modes["U2"], modes["U31"], modes["PROJET"]) == ("ponctuel", "ccf", "unknown")


def test_patterns() -> None:
    found = tally(cohort([person(240, U2=100), person(120, U2=200), person(120, U2=200, U7="vae"), person(240)]), by=[])
    frame = found.patterns.frame.set_index("acquired_units")
    assert found.mandatory_units == UNITS
    assert frame["registered"].to_dict() == {
        "1" * 13: 1, "0" + "1" * 12: 1, "1" + "0" * 12: 1, "1" + "0" * 11 + "1": 1,
    }  # fmt: skip
    assert frame["no_diploma"].sum() == 2


def test_pivots() -> None:
    # 10 everywhere but 9 in U6 and U7: 258/26. U6 at 10 gives 259/26, not enough; with 9 in U6 alone, it decides.
    near = person(U6=180)
    low_professional = person(160, U31=200, U32=200, U33=200, U2=180)  # professional 116/12, mean 8,77
    found = tally(cohort([near, low_professional, person(120), person(240)]), by=[])
    pivots = found.pivots.frame.set_index(["unit", "kind"])
    assert set(pivots["refused"]) == {3}
    decisive = pivots[pivots["pivotal"] > 0]["pivotal"].to_dict()
    assert decisive == {("U6", "pivot_mean"): 1, ("U2", "pivot_control"): 1}
    # In U6 the three refused lack 1, 2 and 4 points, in U31 only the last one.
    for kind in ("pivot_mean", "pivot_control"):
        lacking = pivots[["below_10", "missing_sum", "missing_sumsq"]].xs(kind, level="kind")
        assert lacking.loc["U6"].tolist() == [3, 20 + 40 + 80, 20**2 + 40**2 + 80**2]
        assert lacking.loc["U31"].tolist() == [1, 80, 80**2]


def test_those_who_wait_are_not_refused() -> None:
    found = tally(cohort([person(160, **ALLOWED)], stage="first_group"), by=[])
    assert found.pivots.by().frame.iloc[0].tolist() == [0] * 5


def test_ccf_against_ponctuel() -> None:
    people = [
        person(200, **dict.fromkeys(("U2", "U34", "U11", "U51", "U52"), 180)),  # 10 against 9
        person(200, U31=260),  # CCF: (3×13 + 12×10)/15 = 10,6
        person(200, U2=("kept", 240, 2024)),  # a kept mark is of another session
        person(200, **dict.fromkeys(("U2", "U34", "U11", "U51", "U52"), "absent")),  # nothing to compare
    ]
    row = tally(cohort(people), by=[]).modes.frame.iloc[0]
    assert row.to_dict() == {
        "paired": 3, "ccf_sum": 10_000 + 10_600 + 10_000, "ponctuel_sum": 9_000 + 10_000 + 10_000,
        "gap_sumsq": 1_000**2 + 600**2,
    }  # fmt: skip


def test_dimensions_and_the_unknown() -> None:
    found = tally(cohort([person(sex="F", diploma="40031213"), person()]), by=["option", "sex", "school", "session"])
    frame = found.outcomes.frame
    assert frame[["option", "sex", "school", "session"]].to_numpy().tolist() == [
        ["A", "F", "unknown", 2025], ["B", "unknown", "unknown", 2025],
    ]  # fmt: skip
    everything = tally(cohort(GIVEN), by=DIMENSIONS)
    assert everything.outcomes.by().frame.iloc[0].to_dict() == FINAL


def test_sessions_with_other_rules_are_counted_together() -> None:
    found = tally(cohort([person(session=2023), person(session=2025)]), by=["session"])
    assert found.outcomes.frame["passed"].tolist() == [1, 1]


def test_origin_scope_and_source_come_from_the_cohort() -> None:
    given = cohort([person(academie="10")], stage="first_group", origin="candidates")
    for table in ("outcomes", "units", "patterns", "pivots", "modes"):
        counts = getattr(tally(given, by=["session"]), table)
        assert (counts.origin, counts.scope.stage, counts.source) == ("candidates", "first_group", given.source)
    scope = tally(given, by=[]).outcomes.scope
    assert (scope.territory, scope.population) == ("académie : Lyon", "candidats de l'option B, tous statuts")


def test_an_unknown_dimension_is_refused() -> None:
    with pytest.raises(CountsError, match="birth_year") as caught:
        tally(cohort([person()]), by=["birth_year"])
    assert "school_class" in caught.value.expected


def test_those_who_wait_enter_the_identities_of_counts() -> None:
    frame = tally(cohort(GIVEN, stage="after_control"), by=[]).outcomes.frame
    with pytest.raises(CountsError, match="sans résultat à l'épreuve de contrôle 0"):
        make_counts(frame.assign(control_pending=0))
