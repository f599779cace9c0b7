"""The regulation as data: what is known, how surely, and what a new decree needs."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from rncp_analytics.certification import regulation as module
from rncp_analytics.certification.catalogue import certification
from rncp_analytics.certification.regulation import regulation
from rncp_analytics.certification.rules import Entry, RuleFile, rule_files, rules_of
from rncp_analytics.errors import InputError, UnknownCodeError

COEFFICIENTS = {"U2": 4, "U31": 3, "U32": 2, "U33": 3, "U34": 1, "U11": 1, "U12": 1, "U41": 2, "U42": 2,
                "U51": Fraction(5, 2), "U52": Fraction(5, 2), "U6": 1, "U7": 1}  # fmt: skip


def with_entries(monkeypatch: pytest.MonkeyPatch, *added: Entry, closing: str = "", last: int = 0) -> None:
    """The package's files, one rule closed in a session, and entries more."""
    files = [
        RuleFile(f.diplomas, tuple(replace(e, last_session=last) if e.name == closing else e for e in f.rules))
        for f in rule_files()
    ]
    monkeypatch.setattr(module, "rule_files", lambda: (*files, RuleFile(("40031214",), added)))


@pytest.mark.parametrize("diploma", ["40031214", "40031213"])
def test_coefficients(diploma: str) -> None:
    rules = regulation(diploma, 2025)
    assert {unit: rules.number("coefficient", unit) for unit in rules.mandatory_units} == COEFFICIENTS
    assert list(COEFFICIENTS) == list(rules.mandatory_units)
    assert sum(COEFFICIENTS.values()) == 26
    assert sum(rules.number("coefficient", unit) for unit in rules.codes("professional_units")) == 12


def test_units_are_those_of_the_fiche() -> None:
    blocks = certification("RNCP32259").blocks
    rules = regulation("40031214", 2025)
    assert [b.unit for b in blocks if not b.optional] == list(rules.mandatory_units)
    assert [b.unit for b in blocks if b.optional] == list(rules.optional_units)


def test_thresholds() -> None:
    rules = regulation("40031214", 2025)
    names = ("pass_threshold", "control_threshold", "control_professional_threshold", "mention_ab", "mention_b")
    assert [rules.number(name) for name in (*names, "mention_tb", "kept_mark_years")] == [10, 8, 10, 12, 14, 16, 5]
    assert rules.control_orals == (("U12", "U11", "U34"), ("U51", "U52"))
    assert rules.codes("project_statuses") == ("SCOLAIRE", "APPRENTISSAGE")


def test_every_value_has_its_reference_and_certainty() -> None:
    for rule in regulation("40031214", 2025).rules:
        assert rule.label
        assert rule.reference
        assert rule.certainty in {"verified", "verified_unofficial", "uncertain"}


def test_what_is_uncertain_is_said_with_its_source() -> None:
    texts = regulation("40031214", 2025).uncertain()
    for word in (
        "somme des coefficients : incertain",
        "Absence injustifiée",
        "Coefficient de U12 : source non officielle",
    ):
        assert any(word in text for text in texts), word
    assert not any(text.startswith("Moyenne générale qui donne le diplôme") for text in texts)
    assert all(text.endswith((".", "?")) or "?" in text for text in texts)


def test_the_unread_decrees_are_uncertain_from_2025() -> None:
    said = {s: any("26 novembre" in str(r.value) for r in regulation("40031214", s).rules) for s in (2022, 2024, 2025)}
    assert said == {2022: False, 2024: False, 2025: True}


@pytest.mark.parametrize(
    ("unit", "status", "sector", "mode"),
    [
        ("U31", "SCOLAIRE", "public", "ccf"),
        ("U31", "APPRENTISSAGE", "CFA", "ccf"),
        ("U2", "SCOLAIRE", "privé sous contrat", "ponctuel"),
        ("U31", "SCOLAIRE", "privé hors contrat", "ponctuel"),
        ("U31", "INDIVIDUEL", "unknown", "ponctuel"),
        ("U7", "SCOLAIRE", "public", "either"),
        ("U31", "SCOLAIRE", "unknown", None),
        ("UF2", "SCOLAIRE", "public", None),
    ],
)
def test_mode_by_category(unit: str, status: str, sector: str, mode: str | None) -> None:
    found = regulation("40031214", 2025).mode(unit, status, sector)
    assert (found and found.value) == mode


def test_a_later_decree_is_a_new_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    decree = Entry("pass_threshold", "Moyenne", "Décret", "verified", 2028, number=11)
    with_entries(monkeypatch, decree, closing="pass_threshold", last=2027)
    assert [regulation("40031214", s).number("pass_threshold") for s in (2027, 2028)] == [10, 11]


def test_two_values_for_one_session_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with_entries(monkeypatch, Entry("pass_threshold", "Moyenne", "Décret", "verified", 2028, number=11))
    assert regulation("40031214", 2027).number("pass_threshold") == 10
    with pytest.raises(InputError, match="deux valeurs pour la session 2028"):
        regulation("40031214", 2028)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "une valeur et une seule"),
        ({"number": 1, "choice": "better"}, "une valeur et une seule"),
        ({"choice": "worse"}, "ne sait pas appliquer « worse »"),
        ({"decimal": "2,5"}, "n'est pas un nombre décimal"),
    ],
)
def test_an_entry_that_cannot_be_applied_is_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        rules_of(Entry("control_mark", "Note", "Arrêté", "verified", 2022, **values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("diploma", "session", "what", "remedy"),
    [
        ("40031215", 2025, "40031215", "40031214 (Option B)"),
        ("40031214", 2021, "pas délivré à la session 2021", "Vente (40031206)"),
        ("40031213", 2019, "pas délivré à la session 2019", "Commerce (40031202)"),
        ("40031206", 2022, "pas délivré à la session 2022", "Option B (40031214)"),
        ("40031206", 2019, "n'est pas dans le paquet", "ne peuvent pas être délibérées"),
    ],
)
def test_what_does_not_apply_is_refused_and_says_what_does(diploma: str, session: int, what: str, remedy: str) -> None:
    with pytest.raises(UnknownCodeError) as refused:
        regulation(diploma, session)
    assert what in refused.value.what
    assert remedy in refused.value.remedy


def test_accueil_has_the_common_rules_and_no_units() -> None:
    rules = regulation("40031212", 2025)
    assert rules.number("pass_threshold") == 10
    assert (rules.mandatory_units, rules.optional_units) == ((), ())


def test_an_unknown_rule_names_the_known_ones() -> None:
    with pytest.raises(UnknownCodeError, match="pass_threshold"):
        regulation("40031214", 2025).rule("mention_felicitations")
    with pytest.raises(InputError, match="bonne sorte"):
        regulation("40031214", 2025).number("control_mark")
