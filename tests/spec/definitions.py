"""Writes docs/DEFINITIONS.md from the rules of rules.py and the regulation: ``python -m tests.spec.definitions``."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from rncp_analytics.certification.regulation import Regulation, regulation
from rncp_analytics.certification.rules import Rule
from rncp_analytics.display.french import typography
from tests.conftest import ROOT
from tests.spec.cases import Case, Spec
from tests.spec.rules import RULES

PAGE = ROOT / "docs" / "DEFINITIONS.md"
DIPLOMA, SESSION = "40031214", 2025
CERTAINTY = {
    "verified": "vérifié",
    "verified_unofficial": "source non officielle, à confirmer",
    "uncertain": "**incertain**",
}
CHOICES = {
    "better": "la meilleure",
    "allowed": "permise",
    "none": "aucune",
    "unchanged": "sans effet",
    "no_points": "ni ajout ni retrait",
    "dispense_on_request": "dispense, sur demande",
    "left_out": "hors des deux sommes",
    "unlimited": "sans limite",
    "absence": "absence injustifiée",
    "eliminates": "pas de diplôme",
    "zero": "0 avec son coefficient",
    "september": "en septembre, même session",
    "ccf": "CCF",
    "ponctuel": "ponctuel",
    "either": "CCF ou ponctuel",
}
INTRO = f"""# Définitions

Ce que le paquet calcule à partir des notes, règle par règle, avec des cas que l'on peut refaire à la main. Les valeurs
sont celles du diplôme {DIPLOMA} (option B) à la session {SESSION} ; l'option A a les mêmes. Le jury est souverain : son
résultat l'emporte toujours, le calcul est montré à côté.

Cette page est écrite par `python -m tests.spec.definitions` : ne pas la modifier à la main. Chaque cas est un test.

« Partout » : toutes les unités obligatoires, sauf celles qui sont citées ensuite. Les moyennes sont calculées en
nombres entiers et comparées sans arrondi ; à l'affichage elles sont coupées, jamais arrondies : une moyenne inférieure
à 10 ne s'affiche pas 10,00.
"""


def page() -> str:
    """The whole page, in French."""
    rules = regulation(DIPLOMA, SESSION)
    parts = [INTRO, *(_section(spec, rules) for spec in RULES), _values(rules), _uncertain(rules)]
    return typography("\n".join(parts))


def _section(spec: Spec, rules: Regulation) -> str:
    entries = dict.fromkeys(
        f"- {rule.label} : {rule.reference} ({CERTAINTY[rule.certainty]})"
        for name in spec.entries
        for rule in rules.rules
        if rule.name == name and rule.unit is None
    )
    cases = [(case.who, _given(case), _expected(case)) for case in spec.cases]
    return "\n".join(
        [f"## {spec.title}\n", f"{spec.says}\n", *_table(("Cas", "Notes", "Résultat"), cases), "", *entries, ""]
    )


def _given(case: Case) -> str:
    marks = [f"{case.everywhere} partout", *(f"{unit} : {mark}" for unit, mark in case.marks.items())]
    who = [case.status.lower()] if case.status != "SCOLAIRE" else []
    form = ["forme progressive"] if case.form == "progressive" else []
    session = [f"session {case.session}"] if case.session != SESSION else []
    return " ; ".join([*marks, *who, *form, *session])


def _expected(case: Case) -> str:
    return " ; ".join(
        f"{key} : {value}" if not key.startswith("U") else f"{key} {value}" for key, value in case.expected.items()
    )


def _values(rules: Regulation) -> str:
    rows = [
        (f"{rule.unit} : {rule.label.lower()}" if rule.unit else rule.label, _value(rule), rule.reference,
         CERTAINTY[rule.certainty])
        for rule in rules.rules
    ]  # fmt: skip
    return "\n".join(["## Toutes les valeurs\n", *_table(("Règle", "Valeur", "Référence", "Certitude"), rows), ""])


def _value(rule: Rule) -> str:
    if isinstance(rule.value, Fraction):
        return f"{float(rule.value):g}".replace(".", ",")
    return ", ".join(rule.value) if isinstance(rule.value, tuple) else CHOICES[rule.value]


def _uncertain(rules: Regulation) -> str:
    return "\n".join(["## Ce qui reste à vérifier\n", *(f"- {text}" for text in rules.uncertain()), ""])


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows)]


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
