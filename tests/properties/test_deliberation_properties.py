"""The vectorised deliberation against the rules read slowly, one candidate at a time, in fractions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from rncp_analytics.cohort.deliberation import deliberate

COEFFICIENTS = {"U2": Fraction(4), "U31": Fraction(3), "U32": Fraction(2), "U33": Fraction(3), "U34": Fraction(1),
                "U11": Fraction(1), "U12": Fraction(1), "U41": Fraction(2), "U42": Fraction(2), "U51": Fraction(5, 2),
                "U52": Fraction(5, 2), "U6": Fraction(1), "U7": Fraction(1)}  # fmt: skip
PROFESSIONAL = ("U2", "U31", "U32", "U33")
SESSIONS = (2022, 2025, 2029)
# From the worst to the best; those of one line are not compared with the others.
ORDER = ("refused_first_group", "refused_after_control", "pending", "control_allowed", "passed_after_control",
         "passed_first_group")  # fmt: skip

STATES = ("absent", "absent_justified", "exempt", "kept", "carried", "vae", "not_presented")

Result = tuple[str, int | None, int | None]  # state, mark in twentieths, since


@dataclass(frozen=True)
class Person:
    session: int
    diploma: str
    status: str
    form: str
    results: dict[str, Result]
    control: dict[str, int | None]


def slow(person: Person) -> dict[str, object]:
    """One candidate by the rules as they are written."""
    units = {unit: person.results.get(unit, ("not_presented", None, None)) for unit in COEFFICIENTS}
    for unit, (state, _, since) in units.items():
        if state in {"kept", "carried"} and since is not None and person.session - since > 5:
            units[unit] = ("not_presented", None, None)
    if person.form == "globale":
        units = {u: ("absent", None, None) if r[0] == "not_presented" else r for u, r in units.items()}
    marks = {
        unit: Fraction(mark or 0, 20)
        for unit, (state, mark, _) in units.items()
        if state not in {"exempt", "vae", "not_presented"}
    }
    extra = Fraction(0)
    optional = [Fraction(person.results[u][1] or 0, 20) - 10 for u in ("UF1", "UF2", "UF3") if u in person.results]
    extra += sum(sorted((p for p in optional if p > 0), reverse=True)[:2])
    if "PROJET" in person.results and person.status in {"SCOLAIRE", "APPRENTISSAGE"}:
        extra += 2 * (Fraction(person.results["PROJET"][1] or 0, 20) - 10)
    states = {state for state, _, _ in units.values()}
    found: dict[str, object] = {"mean": _mean(marks, extra), "professional": _mean(marks, Fraction(0), PROFESSIONAL)}
    return found | _outcomes(person, marks, extra, states)


def _mean(marks: dict[str, Fraction], extra: Fraction, units: tuple[str, ...] = tuple(COEFFICIENTS)) -> Fraction | None:
    weights = sum(COEFFICIENTS[u] for u in units if u in marks)
    return (sum(marks[u] * COEFFICIENTS[u] for u in units if u in marks) + extra) / weights if weights else None


def _outcomes(person: Person, marks: dict[str, Fraction], extra: Fraction, states: set[str]) -> dict[str, object]:
    mean, professional = _mean(marks, extra), _mean(marks, Fraction(0), PROFESSIONAL)
    if mean is None or "not_presented" in states:
        return dict.fromkeys(("first_group", "after_control", "final"), "partial") | {"reason": "partial"}
    if "absent" in states:
        return dict.fromkeys(("first_group", "after_control", "final"), "eliminated_absence") | {"reason": "absence"}
    if mean >= 10:
        mention = next((name for name, level in (("tb", 16), ("b", 14), ("ab", 12)) if mean >= level), "no_mention")
        return dict.fromkeys(("first_group", "after_control", "final"), "passed_first_group") | {"mention": mention}
    waits = "absent_justified" in states
    if mean < 8 or (professional is not None and professional < 10):
        first = "pending" if waits else "refused_first_group"
        reason = "mean_below_8" if mean < 8 else "professional_below_10"
        return {"first_group": first, "after_control": first, "final": "refused_first_group", "reason": reason}
    first = "pending" if waits else "control_allowed"
    better = {u: max(mark, Fraction(person.control.get(u) or 0, 20)) for u, mark in marks.items()}
    after = _mean(better, extra)
    assert after is not None
    if person.control and after >= 10:
        passed = "passed_after_control"
        return {"first_group": first, "after_control": passed, "final": passed, "mention": "no_mention"}
    sat = "pending" if waits else "refused_after_control" if person.control else "control_allowed"
    return {"first_group": first, "after_control": sat, "final": "refused_after_control", "reason": "after_control"}


@st.composite
def persons(draw: st.DrawFn) -> Person:
    session = draw(st.sampled_from(SESSIONS))
    near = draw(st.booleans())  # around the gate of the épreuve de contrôle, where the rules meet
    level = draw(st.integers(155, 200) if near else st.integers(100, 340))
    others = [] if near and draw(st.booleans()) else [*STATES]
    states = st.sampled_from(["marked"] * 40 + others)
    results: dict[str, Result] = {}
    for unit in COEFFICIENTS:
        state = draw(states)
        since = (
            draw(st.one_of(st.none(), st.integers(session - 7, session - 1))) if state in {"kept", "carried"} else None
        )
        here = level + 30 if near and unit in PROFESSIONAL else level
        around = st.integers(max(here - 15, 0), min(here + 15, 400))
        wide = around if near else st.one_of(around, st.integers(0, 400))
        mark = {"marked": wide, "kept": st.integers(200, 400), "carried": st.integers(0, 199)}.get(state, st.none())
        results[unit] = (state, draw(mark), since)
    for unit in draw(st.sets(st.sampled_from(["UF1", "UF2", "UF3", "PROJET"]))):
        results[unit] = ("marked", draw(st.integers(0, 400)), None)
    missing = draw(st.sets(st.sampled_from(list(results)), max_size=1)) if draw(st.integers(0, 9)) == 0 else set()
    control = {}
    for oral in (("U12", "U11", "U34"), ("U51", "U52")):
        if draw(st.booleans()):
            control[draw(st.sampled_from(oral))] = draw(st.one_of(st.none(), st.integers(100, 400)))
    return Person(
        session,
        draw(st.sampled_from(["40031214", "40031213"])),
        draw(st.sampled_from(["SCOLAIRE", "APPRENTISSAGE", "FORMATION CONTINUE", "INDIVIDUEL"])),
        draw(st.sampled_from(["globale", "progressive"])),
        {u: r for u, r in results.items() if u not in missing},
        control,
    )


def tables(people: list[Person]) -> tuple[pd.DataFrame, pd.DataFrame]:
    who = [(i, p.session, p.diploma, p.status, p.form) for i, p in enumerate(people)]
    rows = [(i, u, "first_group", *r) for i, p in enumerate(people) for u, r in p.results.items()]
    rows += [
        (i, u, "control", "absent" if mark is None else "marked", mark, None)
        for i, p in enumerate(people)
        for u, mark in p.control.items()
    ]
    columns = ["candidate", "unit", "test", "state", "mark", "since"]
    results = pd.DataFrame(rows, columns=columns).astype({"mark": "Int64", "since": "Int64"})
    return pd.DataFrame(who, columns=["candidate", "session", "diploma", "candidate_status", "exam_form"]), results


@given(st.lists(persons(), min_size=1, max_size=6))
def test_it_agrees_with_the_rules_read_slowly(people: list[Person]) -> None:
    found = deliberate(*tables(people)).candidates
    for person, row in zip(people, found.to_dict("records"), strict=True):
        expected = slow(person)
        for name in ("mean", "professional"):
            weights = row[f"{name}_coefficients"]
            assert (Fraction(row[f"{name}_points"], 20 * weights) if weights else None) == expected[name]
        for column in ("first_group", "after_control", "final", "mention", "reason"):
            assert (None if pd.isna(row[column]) else row[column]) == expected.get(column), column


@given(persons(), st.sampled_from(list(COEFFICIENTS)), st.integers(1, 400))
def test_raising_a_mark_never_worsens_an_outcome(person: Person, unit: str, more: int) -> None:
    state, mark, since = person.results.get(unit, ("absent", None, None))
    highest = 199 if state == "carried" else 400
    if mark is None:
        return
    raised = replace(person, results=person.results | {unit: (state, min(mark + more, highest), since)})
    found = deliberate(*tables([person, raised])).candidates
    for stage in ("first_group", "after_control", "final"):
        before, after = found[stage]
        assert before == after or ORDER.index(before) < ORDER.index(after), stage
    assert found["mean_points"].is_monotonic_increasing


@given(st.lists(persons(), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(people: list[Person], random: object) -> None:
    candidates, results = tables(people)
    straight = deliberate(candidates, results)
    seed = random.randrange(1000)  # type: ignore[attr-defined]
    mixed = deliberate(
        candidates.sample(frac=1, random_state=seed), results.sample(frac=1, random_state=seed).reset_index(drop=True)
    )
    by = ["candidate"]
    for one, other in ((straight.candidates, mixed.candidates), (straight.units, mixed.units)):
        pd.testing.assert_frame_equal(
            one.sort_values(by, kind="stable").reset_index(drop=True),
            other.sort_values(by, kind="stable").reset_index(drop=True),
        )


@given(st.lists(persons(), min_size=1, max_size=4))
def test_a_pivot_decides_when_its_mark_becomes_10(people: list[Person]) -> None:
    """Each flag, checked by deliberating again with 10 there."""
    candidates, results = tables(people)
    found = deliberate(candidates, results)
    final = found.candidates.set_index("candidate")["final"]
    refused = found.units[found.units["candidate"].map(final).astype(str).str.startswith("refused")]
    for row in refused[refused["state"] == "marked"].to_dict("records"):
        person = people[row["candidate"]]
        mark = person.results[row["unit"]][1]
        if row["unit"] not in COEFFICIENTS or mark is None or mark >= 200:
            assert not row["pivot_mean"]
            assert not row["pivot_control"]
            continue
        raised = replace(person, results=person.results | {row["unit"]: ("marked", 200, None)})
        if final[row["candidate"]] == "refused_first_group":  # nobody knows yet what the orals would give
            raised = replace(raised, control={})
        again = deliberate(*tables([raised]))
        after = again.candidates["final"].iloc[0]
        assert row["pivot_mean"] == after.startswith("passed"), row["unit"]
        if final[row["candidate"]] == "refused_first_group" and not row["pivot_mean"]:
            assert row["pivot_control"] == (after == "refused_after_control"), row["unit"]
