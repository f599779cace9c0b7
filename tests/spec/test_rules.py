"""One test per rule of the exam, on cases that a teacher can read (rules.py), and the page made from them."""

from __future__ import annotations

import pytest

from rncp_analytics.certification.regulation import regulation
from rncp_analytics.cohort.deliberation import deliberate
from tests.spec.cases import Case, Spec, shown, tables
from tests.spec.definitions import PAGE, page
from tests.spec.rules import RULES

CASES = [pytest.param(case, id=f"{rule.title} / {case.who}") for rule in RULES for case in rule.cases]


@pytest.mark.parametrize("case", CASES)
def test_a_case_gives_what_the_rule_says(case: Case) -> None:
    found = deliberate(*tables(case))
    for key, expected in case.expected.items():
        result = shown(found, key)
        if key.startswith("U"):  # a unit: each fact that the case states
            assert set(expected.split(", ")) <= set(result.split(", ")), key
        else:
            assert result == expected, key


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.title)
def test_a_rule_cites_entries_of_the_regulation(rule: Spec) -> None:
    known = {entry.name for entry in regulation("40031214", 2025).rules}
    assert set(rule.entries) <= known


def test_the_definitions_are_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.spec.definitions"
