"""What is told at equal composition: its words, a reversal as a warning, and nothing of what is masked."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd
import pytest

from rncp_analytics.counts.model import Counts
from rncp_analytics.display import spreadsheet
from rncp_analytics.display.adjusted_lecture import adjustment_text, reversal_warning
from rncp_analytics.display.adjusted_tables import adjusted_table, expected_table, standardised_table
from rncp_analytics.display.labels import label, statistic_label
from rncp_analytics.display.statistician import statistician
from rncp_analytics.display.table import Table
from rncp_analytics.display.trend_table import trend_table
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.adjustment import adjusted_gap
from rncp_analytics.measures.comparison import headcount_change, rate_gap
from rncp_analytics.measures.each_group import gaps_to_reference
from rncp_analytics.measures.expected import observed_expected
from rncp_analytics.measures.rates import rates
from rncp_analytics.measures.ratio import rate_ratio
from rncp_analytics.measures.secrecy import official
from rncp_analytics.measures.standardisation import standardised_rates
from rncp_analytics.measures.trend import trend
from tests.conftest import make_counts
from tests.unit.display.examples import offences
from tests.unit.display.test_lecture import plain
from tests.unit.display.test_masked import counts as with_a_secret
from tests.unit.display.test_masked import hide
from tests.unit.measures.strata_cases import BERKELEY, SIDES, strata

TOLD = {"name": "essai", "caption": "Un essai"}
B_TO_A = {"group": "l'option B", "reference": "l'option A"}
# Success by treatment and size of the stone: Charig and others (1986), British Medical Journal 292, 879-882.
STONES = ((81, 6, 234, 36), (192, 71, 55, 25))


def before_and_after(counts: Counts, *, confidence: float | None = 0.95) -> Table:
    crude = rate_gap(counts, **SIDES, confidence=confidence)  # type: ignore[arg-type]
    adjusted = adjusted_gap(counts, **SIDES, strata=["stratum"], confidence=confidence)  # type: ignore[arg-type]
    return adjusted_table(official(crude), official(adjusted), **B_TO_A, **TOLD)


def test_simpsons_reversal_is_a_warning() -> None:
    """78.0 % against 82.6 % over all stones, though better on the small ones and on the large ones."""
    made = before_and_after(strata(*STONES), confidence=None)
    # By hand: weights n m / (n + m) = 87 × 270 / 357 and 263 × 80 / 343.
    small, large = 87 * 270 / 357, 263 * 80 / 343
    gap = (small * (81 / 87 - 234 / 270) + large * (192 / 263 - 55 / 80)) / (small + large)
    adjusted = f"{100 * gap:+.1f} points".replace(".", ",")
    assert gap > 0
    assert [plain(str(cell)) for cell in made.rows[0]] == ["-4,6 points", adjusted, "", "l'écart s'inverse"]
    assert plain(made.notes.caveats[0]) == "Attention : à composition égale, l'écart s'inverse (pour l'ensemble)."
    assert plain(made.notes.lecture) == (
        "pour l'ensemble, l'écart entre l'option B et l'option A est de -4,6 points ; à composition égale, il est de "
        f"{adjusted} : l'écart s'inverse."
    )
    assert offences(repr(made)) == []


def test_a_gap_that_adjusting_loses() -> None:
    """Berkeley, autumn 1973: 44.5 % of men and 30.4 % of women admitted, and no gap left within departments."""
    made = before_and_after(strata(*BERKELEY))
    crude, adjusted, verdict, effect = map(plain, made.rows[0])
    assert crude.startswith("+14,2 points (")
    assert (verdict, effect) == ("compatible avec le hasard", "l'écart n'est plus au-delà du hasard")
    assert re.fullmatch(r"-1,\d points? \(-\d,\d à \+\d,\d\)", adjusted)
    assert plain(made.notes.caveats[0]).startswith(
        "Attention : à composition égale, l'écart n'est plus au-delà du hasard"
    )


def test_a_gap_that_remains_warns_of_nothing_and_the_file_has_all_figures() -> None:
    made = before_and_after(strata((560, 140, 480, 320), (60, 40, 50, 50)))
    assert made.rows[0][-1] == "l'écart demeure"
    assert not any("Attention" in line for line in made.notes.lines())
    shown = spreadsheet.readable(made.data)
    assert shown["Indicateur"].tolist() == [
        "écart : taux de réussite",
        "écart à composition égale : taux de réussite",
        "rapport de cotes commun",
        "homogénéité entre catégories",
    ]
    assert shown["Effet de l'ajustement"].tolist() == ["l'écart demeure", "", "", ""]
    assert shown["Dénominateur"].tolist()[0] == 800
    assert shown[["Numérateur", "Dénominateur", "Dénominateur de la référence"]].iloc[1:].isna().all(axis=None)
    assert shown["Méthode"].tolist() == ["Newcombe", "Mantel-Haenszel", "Mantel-Haenszel", "Breslow-Day (Tarone)"]


@pytest.mark.parametrize(
    ("after", "code", "told", "warned"),
    [
        ((0.01, -0.01, 0.03), "sign_change", "l'écart change de signe", True),
        ((0.04, 0.02, 0.06), "appears", "un écart apparaît", False),
        ((-0.01, -0.03, 0.01), "", "l'écart reste compatible avec le hasard", False),
    ],
)
def test_what_adjusting_did_to_a_gap_compatible_with_chance(
    after: tuple[float, float, float], code: str, told: str, warned: bool
) -> None:
    crude = {"reason": "", "value": -0.01, "lower": -0.03, "upper": 0.01}
    adjusted = {"reason": "", **dict(zip(("value", "lower", "upper"), after, strict=True))}
    assert adjustment_text(crude, adjusted, code) == told
    figures = official(rate_gap(strata(*STONES), **SIDES))  # type: ignore[arg-type]
    lines = tuple(map(plain, reversal_warning(figures, [(crude, adjusted, told)])))
    assert lines == ((f"Attention : à composition égale, {told} (pour l'ensemble).",) if warned else ())


def test_few_candidates_give_a_word() -> None:
    made = before_and_after(strata((3, 2, 40, 10)))
    assert made.rows[0] == ("–", "–", "trop peu de candidats", "–")
    assert plain(made.notes.lecture).endswith("n'est pas calculé : trop peu de candidats.")


def test_two_comparisons_are_not_one() -> None:
    crude = official(rate_gap(strata(*STONES), **SIDES))  # type: ignore[arg-type]
    others = strata(*STONES, session="2025")
    asked = {**SIDES, "strata": ["stratum"]}
    with pytest.raises(CountsError, match="ne sont pas de ceux"):
        adjusted_table(crude, official(adjusted_gap(others, **asked, by=["session"])), **B_TO_A, **TOLD)  # type: ignore[arg-type]
    turned = official(adjusted_gap(others, dimension="option", group="A", reference="B", strata=["stratum"]))
    with pytest.raises(CountsError, match="mêmes groupes"):
        adjusted_table(crude, turned, **B_TO_A, **TOLD)
    years = make_counts(pd.DataFrame({"session": [2024, 2025], "present": [50, 60], "passed": [30, 40]}), "session")
    growth = official(headcount_change(years, column="present"))
    with pytest.raises(CountsError, match="pas des écarts de taux"):
        adjusted_table(growth, growth, **B_TO_A, **TOLD)


def by_academie() -> Counts:
    rows = [("10", "SCOLAIRE", 20, 18), ("10", "INDIVIDUEL", 20, 12), ("19", "SCOLAIRE", 80, 62),
            ("19", "INDIVIDUEL", 80, 38)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["academie", "candidate_status", "present", "passed"])
    return make_counts(frame, "academie", "candidate_status")


def test_observed_and_expected() -> None:
    """Rates of all: 80 of 100 scolaires, 50 of 100 individuels. Lyon: 30 for 20 × 0.8 + 20 × 0.5; Reims: 100, 104.

    Reliability by hand: s² = 8.2 / 40² and 32.8 / 160², so τ² = (2.439 − 1) / 312.2 = 0.0046, and 0.47 and 0.78.
    """
    counts = by_academie()
    asked = {"by": ["academie"], "cells": ["candidate_status"], "reference": counts}
    made = expected_table(official(observed_expected(counts, **asked, confidence=None)), **TOLD)  # type: ignore[arg-type]
    assert [[plain(str(cell)) for cell in row] for row in made.rows] == [
        ["Lyon", "40", "30", "26", "+10,0 points", "", "faible"],
        ["Reims", "160", "100", "104", "-2,5 points", "", "moyenne"],
    ]
    assert plain(made.notes.lecture) == (
        "dans l'académie de Lyon, 30 admis, quand la composition des candidats en laisse attendre 26 ; écart à "
        "l'attendu : +10,0 points."
    )
    assert "pas la valeur ajoutée" in made.notes.caveats[-1]


def test_a_rate_at_equal_composition() -> None:
    """Lyon, 90 % of scolaires and 60 % of individuels: 75 % with as many of both, 84 % with four scolaires of five."""
    frame = pd.DataFrame({"candidate_status": ["SCOLAIRE", "INDIVIDUEL"], "present": [80, 20], "passed": [40, 10]})
    standard = make_counts(frame, "candidate_status")
    asked = {"by": ["academie"], "cells": ["candidate_status"], "confidence": None}
    crude = official(rates(by_academie(), by=["academie"], confidence=None))
    made = standardised_table(crude, official(standardised_rates(by_academie(), standard=standard, **asked)), **TOLD)  # type: ignore[arg-type]
    assert [plain(str(cell)) for cell in made.rows[0]] == ["Lyon", "40", "75,0 %", "84,0 %"]
    assert offences(repr(made)) == []


@pytest.mark.parametrize(
    ("size", "told"),
    [(100, "ni hausse ni baisse au-delà du hasard"), (1000, "hausse au-delà du hasard")],
)
def test_a_trend_in_words(size: int, told: str) -> None:
    """60 % then 70 %: 10 points, ± 1.96 √(0.65 × 0.35 / (n / 2)) by the formula of Cochran and Armitage."""
    frame = pd.DataFrame(
        {"session": [2024, 2025], "option": "B", "present": size, "passed": [6 * size // 10, 7 * size // 10]}
    )
    made = trend_table(official(trend(make_counts(frame, "session", "option"), by=["option"])), **TOLD)
    half = 1.959964 * (0.65 * 0.35 / (size / 2)) ** 0.5
    span = f"{100 * (0.1 - half):+.1f} à {100 * (0.1 + half):+.1f}".replace(".", ",")
    assert [plain(str(cell)) for cell in made.rows[0]] == [
        "Option B", "2024", "2025", f"{2 * size:,}".replace(",", " "), f"+10,0 points ({span})", told,
    ]  # fmt: skip
    assert plain(made.notes.lecture) == (
        f"pour l'option B, de 2024 à 2025, taux de réussite : +10,0 points ({span}) par session en moyenne, {told}."
    )
    assert "sessions 2024 à 2025" in made.notes.champ


def test_a_single_session_has_no_trend() -> None:
    frame = pd.DataFrame({"session": [2025], "option": ["B"], "present": [50], "passed": [40]})
    made = trend_table(official(trend(make_counts(frame, "session", "option"), by=["option"])), **TOLD)
    assert made.rows[0][-2:] == ("–", "une seule session")
    assert "une seule session" in made.notes.lecture


def test_the_lines_of_the_statistician() -> None:
    """Berkeley again: the common odds ratio, interval and test of R's mantelhaen.test(UCBAdmissions)."""
    counts = strata(*BERKELEY)
    ratio, adjusted = rate_ratio(counts, **SIDES), adjusted_gap(counts, **SIDES, strata=["stratum"])  # type: ignore[arg-type]
    made = statistician(official(ratio), official(adjusted), **B_TO_A)
    (fold,) = made.folds
    first, caveat, second, *_ = map(plain, fold.lines)
    assert caveat.startswith("Écart à composition égale (stratum) ; catégories comparées : 6 sur 6")
    assert first.startswith("L'option B face à l'option A, pour l'ensemble : rapport des taux 1,47 (")
    assert ", Koopman" in first
    assert "rapport de cotes commun 0,90 (0,77 à 1,06), Mantel-Haenszel, p = 0,232 ;" in second
    assert sum(line.startswith("Source") for line in fold.lines) == 1
    assert "<details" in made._repr_mimebundle_()["text/html"]
    assert offences(repr(made)) == []


def test_expected_numbers_compare_nobody_with_the_reference_of_another_line() -> None:
    counts = by_academie()
    found = official(observed_expected(counts, by=["academie"], cells=["candidate_status"], reference=counts))
    (fold,) = statistician(found, **B_TO_A).folds
    assert plain(fold.lines[0]).startswith("Dans l'académie de Lyon : écart à l'attendu +10,0 points (")
    assert not any("option" in line for line in fold.lines)


def test_a_single_session_and_few_candidates_are_told_before_what_follows_from_them() -> None:
    frame = pd.DataFrame({"session": [2025], "option": ["B"], "present": [50], "passed": [40]})
    (fold,) = statistician(official(trend(make_counts(frame, "session", "option"), by=["option"])), **B_TO_A).folds
    assert plain(fold.lines[0]) == "Pour l'option B, session 2025 : évolution moyenne par session : une seule session."
    adjusted = adjusted_gap(strata((2, 0, 40, 10)), **SIDES, strata=["stratum"])  # type: ignore[arg-type]
    (fold,) = statistician(official(adjusted), **B_TO_A).folds
    assert not any("tous ou aucun" in line for line in fold.lines)
    assert any(line.count("trop peu de candidats") == 3 for line in fold.lines)


def test_the_family_of_tests_is_told_and_few_candidates_are_not() -> None:
    rows = [("SCOLAIRE", 500, 400), ("INDIVIDUEL", 40, 20), ("APPRENTISSAGE", 60, 47), ("FORMATION CONTINUE", 3, 1)]
    frame = pd.DataFrame(rows, columns=["candidate_status", "present", "passed"])
    gaps = gaps_to_reference(make_counts(frame, "candidate_status"), dimension="candidate_status", reference="SCOLAIRE")
    (fold,) = statistician(official(gaps), group="ce statut", reference="les scolaires").folds
    told = [plain(line) for line in fold.lines[:3]]
    assert re.search(
        r"« apprentis » : écart -1,7 point \(.*\), Newcombe, p = 0,\d{3}, p ajusté = 0,\d{3} \(2 tests\)", told[0]
    )
    assert told[0].startswith("Ce statut face aux scolaires, pour le statut")
    assert told[1].endswith("« formation continue » : écart : trop peu de candidats.")
    assert "p < 0,001" in told[2]


def test_names_of_the_statistics_and_methods() -> None:
    made = {"koopman", "mantel_haenszel", "breslow_day_tarone", "kitagawa", "das_gupta", "wilson_effective"}
    assert {*made, "dersimonian_laird"} <= set(spreadsheet.METHODS)
    assert statistic_label("pass_rate_adjusted_gap") == "écart à composition égale : taux de réussite"
    assert statistic_label("first_group_pass_rate_expected_gap") == "écart à l'attendu : part des admis au 1er groupe"
    assert statistic_label("pass_rate_ratio") == "rapport des taux : taux de réussite"
    assert statistic_label("pass_rate_standardised") == "taux de réussite à composition égale"
    assert statistic_label("observed_expected_ratio") == "rapport observé / attendu"
    assert [label("factor", code) for code in ("candidate_status", "sex", "rate")] == [
        "Statut du candidat", "Sexe", "Taux",
    ]  # fmt: skip


OWN = {"session": 2025, "option": "B"}
MASKED: dict[str, Callable[[Counts], object]] = {
    "adjusted": lambda c: adjusted_table(
        hide(rate_gap(c, **SIDES, by=["candidate_status"])),  # type: ignore[arg-type]
        hide(adjusted_gap(c, **SIDES, by=["candidate_status"], strata=["session"])),  # type: ignore[arg-type]
        **B_TO_A,
        **TOLD,
    ),
    "expected": lambda c: expected_table(
        hide(
            observed_expected(
                c.where(**OWN),
                by=["candidate_status"],
                cells=["sex"],
                reference=c.where(**OWN, candidate_status="INDIVIDUEL"),
                despite=["population"],
            )
        ),
        **TOLD,
    ),
    "standardised": lambda c: standardised_table(
        hide(rates(c.where(**OWN), by=["candidate_status"])),
        hide(standardised_rates(c.where(**OWN), by=["candidate_status"], cells=["sex"], standard=c)),
        **TOLD,
    ),
    "trend": lambda c: trend_table(hide(trend(c.where(option="B"), by=["candidate_status"])), **TOLD),
    "statistician": lambda c: statistician(
        hide(adjusted_gap(c, **SIDES, by=["candidate_status"], strata=["session"])),  # type: ignore[arg-type]
        **B_TO_A,
    ),
}


@pytest.mark.parametrize("name", MASKED)
@pytest.mark.parametrize("hidden", ["SCOLAIRE", "APPRENTISSAGE"])
def test_hidden_figures_are_a_word(name: str, hidden: str) -> None:
    made = MASKED[name](with_a_secret(hidden=hidden))
    shown = plain(repr(made)).replace(" ", "")
    assert "masqué" in shown
    assert not re.search(r"777[0-9]|1555|1554|3110|99,9", shown)
    assert offences(repr(made)) == []
    if isinstance(made, Table):
        assert "777" not in made.csv()
        everything = (made.data["reason"] == "secret").all()
        assert ("masqués par le secret" in made.notes.lecture) == everything
