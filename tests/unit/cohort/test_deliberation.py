"""Impossible input is refused by row and column; what surrounds the deliberation keeps its word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from rncp_analytics.certification.regulation import Regulation, regulation
from rncp_analytics.cohort import deliberation as module
from rncp_analytics.cohort.deliberation import Deliberation, bounds, deliberate, reconcile_with_jury
from rncp_analytics.cohort.outcomes import whole
from rncp_analytics.errors import CountsError, InputError, RncpError, UnknownCodeError

UNITS = regulation("40031214", 2025).mandatory_units


def people(*keys: str, **changed: Any) -> pd.DataFrame:
    rows = {"session": 2025, "diploma": "40031214", "candidate_status": "SCOLAIRE", "exam_form": "globale", **changed}
    return pd.DataFrame({"candidate": list(keys), **rows})


def marks(key: str, mark: int = 200, **rows: Any) -> pd.DataFrame:
    """Thirteen rows of one candidate; a unit named in ``rows`` has what is given there instead."""
    given = [{"unit": unit, "state": "marked", "mark": mark, **rows.pop(unit, {})} for unit in UNITS]
    given += [{"unit": unit, "state": "marked", **row} for unit, row in rows.items()]
    frame = pd.DataFrame(given).assign(candidate=key)
    for column, value in (("test", "first_group"), ("since", None)):
        frame[column] = frame[column].where(frame[column].notna(), value) if column in frame else value
    return frame.astype({"mark": "Int64", "since": "Int64"})


def row(unit: str, state: str = "marked", mark: int | None = 240, test: str = "first_group", since: int | None = None):
    return {"candidate": "a", "unit": unit, "state": state, "mark": mark, "test": test, "since": since}


def given(*rows: dict[str, Any]) -> pd.DataFrame:
    """Thirteen marks of 10 for candidate "a", then these rows: the first of them has label 13."""
    extra = pd.DataFrame(list(rows)).astype({"mark": "Int64", "since": "Int64"})
    units = {r["unit"] for r in rows if r["test"] == "first_group"}
    base = marks("a")
    return pd.concat([base[~base["unit"].isin(units)], extra], ignore_index=True)


@pytest.mark.parametrize(
    ("rows", "column", "expected"),
    [
        ([row("U99")], "unit", "une unité du diplôme"),
        ([row("U2", mark=420)], "mark", "de 0 à 400"),
        ([row("U2", mark=-20)], "mark", "de 0 à 400"),
        ([row("U2"), row("U2")], "unit", "un seul résultat"),
        ([row("U2", "present")], "state", "marked, absent"),
        ([row("U2", mark=None)], "mark", "une note"),
        ([row("U2", "absent")], "mark", "pas de note"),
        ([row("U2", "exempt")], "mark", "pas de note"),
        ([row("U2", "kept", 190, since=2023)], "mark", "carried"),
        ([row("U2", "carried", 200, since=2023)], "mark", "kept"),
        ([row("U2", "kept", since=2025)], "since", "avant 2025"),
        ([row("U2", test="oral")], "test", "first_group, control"),
        ([row("U2", test="control")], "unit", "U12"),
        ([row("U12", test="control"), row("U34", test="control")], "unit", "une seule unité par oral"),
        ([row("U12", "vae", None, test="control")], "state", "contrôle"),
        ([row("U2") | {"candidate": "somebody"}], "candidate", "un candidat de la table"),
    ],
)  # fmt: skip
def test_an_impossible_result_is_refused_by_row_and_column(
    rows: list[dict[str, Any]], column: str, expected: str
) -> None:
    with pytest.raises(InputError) as refused:
        deliberate(people("a"), given(*rows))
    assert f"colonne « {column} »" in refused.value.where
    assert expected in refused.value.where
    assert "somebody" not in str(refused.value)


def test_all_failures_are_told_at_once_with_their_rows() -> None:
    results = marks("a", 500).set_index(pd.Index(range(1000, 1013)))
    with pytest.raises(InputError) as refused:
        deliberate(people("a"), results)
    assert refused.value.what.startswith("13 valeur(s)")
    assert "ligne 1000, colonne « mark » : « 500 »" in refused.value.where
    assert "et 3 autre(s)" in refused.value.where


@pytest.mark.parametrize("mark", ["12,5", 190.5, "abs"])
def test_a_mark_that_is_not_whole_is_refused(mark: object) -> None:
    results = marks("a").astype({"mark": "object"})
    results.loc[3, "mark"] = mark
    with pytest.raises(InputError, match="ligne 3"):
        deliberate(people("a"), results)


def test_a_unit_of_another_regulation_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Options A and B share their unit codes; here option A has one unit that option B has not."""

    def another(code: str, session: int) -> Regulation:
        rules = regulation(code, session)
        own = [replace(r, value=("UF1", "UF9")) if r.name == "optional_units" else r for r in rules.rules]
        return replace(rules, rules=tuple(own)) if code == "40031213" else rules

    monkeypatch.setattr(module, "regulation", another)
    both = people("a", "b", diploma=["40031214", "40031213"])
    deliberate(both, pd.concat([marks("a"), marks("b", UF9={"mark": 240})], ignore_index=True))
    with pytest.raises(InputError, match=r"« UF9 ».*une unité du diplôme 40031214"):
        deliberate(both, pd.concat([marks("a", UF9={"mark": 240}), marks("b")], ignore_index=True))


@pytest.mark.parametrize(
    ("candidates", "message"),
    [
        (people("a", "a"), "clé unique"),
        (people("a", candidate_status="ELEVE"), "ELEVE"),
        (people("a", exam_form="partielle"), "globale, progressive"),
        (people("a", session=None), "session"),
        (people("a").drop(columns="diploma"), "Colonne"),
        (people("a", session=2019), "2019"),
        (people("a", diploma="40031212"), "coefficients"),
        (people("a", diploma="12345678"), "12345678"),
        (people(), "Aucun candidat"),
    ],
)
def test_impossible_candidates_are_refused(candidates: pd.DataFrame, message: str) -> None:
    with pytest.raises(RncpError, match=message):
        deliberate(candidates, marks("a"))


def cohort() -> Deliberation:
    """Two sessions, both options: passed, allowed, waiting, refused, absent; "f" has no row at all."""
    who = people("a", "b", "c", "d", "e", "f", session=[2025, 2024, 2025, 2025, 2024, 2025],
                 diploma=["40031214", "40031213"] * 3)  # fmt: skip
    none: dict[str, Any] = {"mark": None}
    results = [marks("a", 240), marks("b", 190, U2={"mark": 220}, U31={"mark": 220}, U32={"mark": 220}),
               marks("c", 180, U6={**none, "state": "absent_justified"}), marks("d", 120),
               marks("e", 240, U6={**none, "state": "absent"})]  # fmt: skip
    return deliberate(who, pd.concat(results, ignore_index=True).sample(frac=1, random_state=1))


def test_candidates_and_units_keep_their_order() -> None:
    found = cohort()
    assert found.candidates["candidate"].tolist() == list("abcdef")
    assert found.candidates["first_group"].tolist() == [
        "passed_first_group",
        "passed_first_group",
        "pending",
        "refused_first_group",
        "eliminated_absence",
        "eliminated_absence",
    ]
    assert found.units["candidate"].tolist() == [key for key in "abcdef" for _ in UNITS]
    assert found.units["unit"].tolist() == [*UNITS] * 6
    assert found.candidates["present"].tolist() == [True] * 5 + [False]
    assert found.candidates["complete"].tolist() == [True, True, False, True, False, False]
    assert found.candidates["reason"].isna().tolist() == [True, True, False, False, False, False]


def test_no_column_holds_a_float_but_the_means_shown() -> None:
    floats = cohort().candidates.select_dtypes("float").columns
    assert set(floats) == {"mean", "professional_mean", "control_mean"}


def test_optional_units_and_project_are_listed_where_presented() -> None:
    found = deliberate(people("a"), marks("a", UF2={"mark": 280}, PROJET={"mark": 160}))
    assert found.units["unit"].tolist() == [*UNITS, "UF2", "PROJET"]
    assert found.units["acquired"].tolist()[-2:] == ["acquired_by_mark", found.units["acquired"].iloc[-1]]
    assert found.units["acquired"].isna().iloc[-1]
    assert found.candidates[["optional_points", "project_points"]].iloc[0].tolist() == [80, -80]


def test_bounds() -> None:
    table = bounds(cohort()).set_index("stage")
    assert table.loc["first_group"].tolist() == [1, 2, 3]
    assert table.loc["after_control"].tolist() == [1, 2, 3]
    assert table.loc["final"].tolist() == [0, 2, 2]


def test_those_allowed_without_a_result_wait_after_control() -> None:
    found = deliberate(people("a"), marks("a", 180, **{u: {"mark": 200} for u in UNITS[:4]}))
    assert bounds(found)["open"].tolist() == [0, 1, 0]


def test_the_jury_stands_and_every_difference_is_listed() -> None:
    jury = pd.Series({"a": "refused_first_group", "b": "passed_first_group", "c": "passed_after_control",
                      "d": None, "e": "refused_first_group", "f": "eliminated_absence"})  # fmt: skip
    table = reconcile_with_jury(cohort(), jury)
    assert table["candidate"].tolist() == ["a", "c", "d", "e"]
    assert table["difference"].tolist() == ["jury_does_not_pass", "jury_passes", "no_jury_result", "other_outcome"]
    assert table["standing"].tolist() == [
        "refused_first_group",
        "passed_after_control",
        "refused_first_group",
        "refused_first_group",
    ]
    agreed = cohort().candidates.set_index("candidate")["first_group"]
    assert reconcile_with_jury(cohort(), agreed, stage="first_group").empty


def test_a_jury_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(UnknownCodeError, match=r"1 inconnu\(s\), 0 d'un candidat"):
        reconcile_with_jury(cohort(), pd.Series({"a": "ADMIS"}))
    with pytest.raises(UnknownCodeError, match=r"0 inconnu\(s\), 1 d'un candidat"):
        reconcile_with_jury(cohort(), pd.Series({"z": "passed_first_group"}))
    with pytest.raises(CountsError, match="deux résultats"):
        reconcile_with_jury(cohort(), pd.Series(["pending", "pending"], index=["a", "a"]))


@pytest.mark.parametrize(
    ("rule", "results", "column", "outcomes"),
    [
        (("absence_unjustified", "zero"), marks("a", 240, U6={"state": "absent", "mark": None}), "final",
         ("eliminated_absence", "passed_first_group")),
        (("absence_justified", "eliminates"), marks("a", 240, U6={"state": "absent_justified", "mark": None}), "final",
         ("passed_first_group", "eliminated_absence")),
        (("absence_replacement", "none"), marks("a", 200, U6={"state": "absent_justified", "mark": None}),
         "first_group", ("pending", "control_allowed")),
        (("mention_with_kept_marks", "refused"), marks("a", 240, U6={"state": "kept", "mark": 240, "since": 2024}),
         "mention", ("ab", "no_mention")),
        (("project_denominator", "weighted"), marks("a", 199, PROJET={"mark": 216}), "first_group",
         ("passed_first_group", "passed_first_group")),
        (("project_denominator", "weighted"), marks("a", 240, PROJET={"mark": 220}), "mention", ("ab", "no_mention")),
        (("project_absence", "zero"), marks("a", 200, PROJET={"state": "absent", "mark": None}), "first_group",
         ("passed_first_group", "control_allowed")),
        (("control_without_professional_mean", "refused"),
         marks("a", 190, **{u: {"state": "vae", "mark": None} for u in UNITS[:4]}), "first_group",
         ("control_allowed", "refused_first_group")),
    ],
)  # fmt: skip
def test_an_uncertain_rule_can_be_changed_without_code(
    monkeypatch: pytest.MonkeyPatch,
    rule: tuple[str, str],
    results: pd.DataFrame,
    column: str,
    outcomes: tuple[str, str],
) -> None:
    assert deliberate(people("a"), results).candidates[column].tolist() == [outcomes[0]]

    def changed(code: str, session: int) -> Regulation:
        rules = regulation(code, session)
        return replace(rules, rules=tuple(replace(r, value=rule[1]) if r.name == rule[0] else r for r in rules.rules))

    monkeypatch.setattr(module, "regulation", changed)
    assert deliberate(people("a"), results).candidates[column].tolist() == [outcomes[1]]


def test_a_coefficient_finer_than_the_sums_is_refused() -> None:
    with pytest.raises(InputError, match="trop fin"):
        whole(regulation("40031214", 2025).number("coefficient", "U51"))
