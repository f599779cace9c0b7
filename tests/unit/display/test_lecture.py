"""The sentences under charts and tables, word for word, on published figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rncp_analytics as rncp
from rncp_analytics.counts.model import Scope
from rncp_analytics.counts.official import OfficialResults
from rncp_analytics.display import lecture
from rncp_analytics.measures.bounds import pass_rate_bounds
from rncp_analytics.measures.rates import RATIOS
from tests.conftest import make_counts
from tests.unit.display.examples import cell, option_gap, results_of


def plain(text: str) -> str:
    """The text with ordinary spaces: expectations stay readable; typography has its own tests."""
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2212", "-")


def row(**changes: object) -> dict[str, object]:
    """users.md 4.1: option B 86,8 % against option A 83,2 % in 2025, +3,5 (2,7 à 4,3)."""
    found = {
        "statistic": "pass_rate_gap",
        "reason": "",
        "value": 0.0353,
        "lower": 0.0270,
        "upper": 0.0434,
        "numerator": 9103,
        "denominator": 10490,
        "denominator_kind": "present",
        "estimate": 9103 / 10490,
        "reference": rncp.OPTION_A,
    }
    return {**found, **changes}


@pytest.mark.parametrize(
    ("lower", "upper", "told"),
    [
        (0.001, 0.02, "au-delà du hasard"),
        (-0.02, -0.001, "au-delà du hasard"),
        (-0.001, 0.017, "compatible avec le hasard"),
        (0.0, 0.02, "compatible avec le hasard"),
        (-0.02, 0.0, "compatible avec le hasard"),
        (np.nan, np.nan, ""),
    ],
)
def test_verdict_of_an_interval(lower: float, upper: float, told: str) -> None:
    assert lecture.verdict(row(lower=lower, upper=upper)) == told


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("few", "trop peu de candidats"),
        ("empty", "aucun candidat"),
        ("no_reference", "aucun candidat dans la référence"),
        ("break", "rupture de série"),
    ],
)
def test_verdict_of_a_reason_even_with_an_interval(reason: str, told: str) -> None:
    assert lecture.verdict(row(reason=reason)) == told
    assert told in lecture.gap_text(row(reason=reason))
    assert "3,5" not in lecture.gap_text(row(reason=reason))


def test_rate_text() -> None:
    # users.md 4.1: apprentis 281 présents, 84,7 % (80,0 à 88,4).
    found = {"reason": "", "value": 238 / 281, "lower": 0.80023, "upper": 0.88437, "denominator_kind": "present"}
    assert plain(lecture.rate_text(found)) == "84,7 % (80,0 à 88,4)"
    assert plain(lecture.rate_text({**found, "lower": np.nan, "upper": np.nan})) == "84,7 %"


@pytest.mark.parametrize(
    ("kind", "count", "told"),
    [
        ("present", 2, "non calculé (2 présents)"),
        ("present", 1, "non calculé (1 présent)"),
        ("registered", 1, "non calculé (1 inscrit)"),
        ("passed", 1, "non calculé (1 admis)"),
        ("refused", 1, "non calculé (1 refusé)"),
        ("refused", 9, "non calculé (9 refusés)"),
        ("control_allowed", 1, "non calculé (1 autorisé à l'épreuve de contrôle)"),
        ("control_allowed", 3, "non calculé (3 autorisés à l'épreuve de contrôle)"),
    ],
)
def test_a_rate_on_few_candidates_gives_their_number(kind: str, count: int, told: str) -> None:
    found = {"reason": "few", "value": 0.5, "lower": 0.1, "upper": 0.9, "denominator": count, "denominator_kind": kind}
    assert plain(lecture.rate_text(found)) == told
    assert lecture.rate_text({**found, "reason": "empty", "denominator": 0}) == "–"
    assert lecture.short_rate(found) == "non calculé"
    assert lecture.short_rate({**found, "reason": "empty"}) == "–"


def test_gap_text() -> None:
    assert plain(lecture.gap_text(row())) == "+3,5 points (+2,7 à +4,3)"
    assert plain(lecture.gap_text(row(lower=np.nan, upper=np.nan))) == "+3,5 points"


def test_rate_lecture(published: OfficialResults) -> None:
    counts = published.national.where(diploma=rncp.OPTION_B)
    rates = rncp.official(rncp.rates(counts, by=["session", "diploma"]))
    told = lecture.rate_lecture(rates, rates.frame.to_dict("records")[-1])
    assert plain(told) == (
        "à la session 2025, pour l'option B, 9 103 admis pour 10 490 présents, soit 86,8 % ; compte tenu du "
        "nombre de candidats, de 86,1 à 87,4 %."
    )


def test_rate_lecture_without_interval_and_with_few(published: OfficialResults) -> None:
    counts = published.national.where(diploma=rncp.OPTION_B, session=2025)
    census = rncp.official(rncp.rates(counts, confidence=None))
    assert plain(lecture.rate_lecture(census, census.frame.to_dict("records")[0])) == (
        "pour l'ensemble, 9 103 admis pour 10 490 présents, soit 86,8 %."
    )
    statuses = rncp.official(rncp.rates(counts, by=["candidate_status"]))
    few = next(r for r in statuses.frame.to_dict("records") if r["candidate_status"] == "FORMATION CONTINUE")
    assert plain(lecture.rate_lecture(statuses, few)) == (
        "pour le statut « formation continue », 0 admis pour 2 présents : trop peu de candidats (moins de 10), "
        "le taux n'est pas calculé."
    )


@pytest.mark.parametrize("statistic", RATIOS)
def test_every_statistic_has_its_sentence(published: OfficialResults, statistic: str) -> None:
    rates = rncp.official(rncp.rates(published.national.where(session=2025), statistic=statistic))
    told = lecture.rate_lecture(rates, rates.frame.to_dict("records")[0])
    found = rates.frame.iloc[0]
    assert f"{found['numerator']:,} ".replace(",", " ") in plain(told)
    assert f" pour {found['denominator']:,} ".replace(",", " ") in plain(told)
    assert told.endswith("%.")
    assert "_" not in told


def test_flow_lecture() -> None:
    # users.md 4.1.
    steps = {
        "present": 10490,
        "passed_first_group": 8794,
        "control_allowed": 431,
        "passed_after_control": 309,
        "passed": 9103,
    }
    wanted = (
        "sur 10 490 présents, 8 794 admis au 1er groupe ; 431 autorisés à l'épreuve de contrôle "
        "(2nd groupe), dont 309 admis ; au total 9 103 admis."
    )
    assert plain(lecture.flow_lecture(steps)) == wanted
    assert plain(lecture.flow_lecture(steps, group="Option B")) == f"Option B : {wanted}"


def test_gap_lecture(published: OfficialResults) -> None:
    gaps = option_gap(published.national, "session")
    told = lecture.gap_lecture(gaps, gaps.frame.to_dict("records")[-1], group="l'option B", reference="l'option A")
    assert plain(told) == (
        "à la session 2025, l'écart entre l'option B (86,8 %) et l'option A (83,2 %) est de +3,5 points "
        "(+2,7 à +4,3) : au-delà du hasard."
    )


def test_gap_to_the_rest_names_the_group_once(published: OfficialResults) -> None:
    counts = published.academies.where(diploma=rncp.OPTION_B, session=2025)
    gaps = rncp.official(rncp.gap_to_rest(counts, dimension="academie"))
    lyon = next(r for r in gaps.frame.to_dict("records") if r["academie"] == "10")
    # users.md 4.2: 92,6 % against 86,5 %, +6,1 points (3,5 à 8,2).
    assert plain(lecture.gap_lecture(gaps, lyon, group="l'académie de Lyon", reference="la France sans elle")) == (
        "à la session 2025, l'écart entre l'académie de Lyon (92,6 %) et la France sans elle (86,5 %) est de "
        "+6,1 points (+3,5 à +8,2) : au-delà du hasard."
    )


@pytest.mark.parametrize(
    ("b", "a", "told"),
    [
        (5, 20, "n'est pas calculé : trop peu de candidats."),
        (20, 5, "n'est pas calculé : trop peu de candidats."),
        (0, 20, "n'est pas calculé : aucun candidat."),
        (20, 0, "n'est pas calculé : aucun candidat dans la référence."),
    ],
)
def test_a_gap_that_is_not_computed_says_why(b: int, a: int, told: str) -> None:
    counts = results_of([cell(present=b, passed=b), cell(diploma=rncp.OPTION_A, present=a, passed=a)]).national
    gaps = option_gap(counts, "session")
    sentence = lecture.gap_lecture(gaps, gaps.frame.to_dict("records")[0], group="B", reference="A")
    assert plain(sentence) == f"à la session 2025, l'écart entre B et A {told}"


def test_a_change_across_a_break_is_refused_in_words(published: OfficialResults) -> None:
    counts = published.national.where(diploma=[rncp.COMMERCE, rncp.OPTION_A])
    changes = rncp.official(rncp.session_change(counts))
    broken = next(r for r in changes.frame.to_dict("records") if r["session"] == 2022)
    assert broken["reason"] == "break"
    assert plain(lecture.gap_lecture(changes, broken, group="cette session", reference="la session 2021")) == (
        "à la session 2022, l'écart entre cette session et la session 2021 n'est pas calculé : rupture de série."
    )
    assert plain(lecture.gap_text(broken)) == "non calculé : rupture de série, sessions non comparables"


def test_growth_lecture(published: OfficialResults) -> None:
    # users.md R2: 8 565 scolaires in 2022, 10 057 in 2025; 10 057 / 8 565 = 1,1742.
    counts = rncp.by_regime(published.national.where(diploma=rncp.OPTION_B))
    growth = rncp.official(rncp.headcount_change(counts, column="present", by=["regime"], base=2022))
    last = growth.frame.query("session == 2025 and regime == 'scolaires'").to_dict("records")[0]
    assert plain(lecture.growth_lecture(growth, last)) == (
        "à la session 2025, pour le régime « scolaires », 10 057 présents contre 8 565 à la session 2022, soit +17,4 %."
    )


def test_growth_from_nobody_gives_no_percentage() -> None:
    frame = pd.DataFrame({"session": [2024, 2025], "present": [0, 12]})
    growth = rncp.official(rncp.headcount_change(make_counts(frame, "session"), column="present"))
    told = lecture.growth_lecture(growth, growth.frame.to_dict("records")[-1])
    assert plain(told) == "à la session 2025, 12 présents contre 0 à la session 2024."


@pytest.mark.parametrize(
    ("present", "waiting", "told"),
    [
        (40, 6, "30 admis à ce jour pour 40 présents ; le taux de réussite de la session sera entre 75,0 % si aucun "
                "des 6 candidats en attente n'est admis et 90,0 % si tous le sont."),
        (40, 1, "30 admis à ce jour pour 40 présents ; le taux de réussite de la session sera entre 75,0 % si le "
                "candidat en attente n'est pas admis et 77,5 % s'il l'est."),
        (40, 0, "30 admis pour 40 présents, soit 75,0 %."),
        (8, 1, "0 admis pour 8 présents : trop peu de candidats (moins de 10), le taux n'est pas calculé."),
    ],
)  # fmt: skip
def test_bounds_while_some_wait(present: int, waiting: int, told: str) -> None:
    passed = 30 if present == 40 else 0
    frame = pd.DataFrame({"present": [present], "passed": [passed], "pending": [waiting], "control_pending": [0]})
    bounds = rncp.official(pass_rate_bounds(make_counts(frame)))
    row = bounds.frame.to_dict("records")[0]
    assert plain(lecture.bounds_lecture(bounds, row)) == f"pour l'ensemble, {told}"
    if waiting == 6:
        assert lecture.bounds_text(row) in lecture.bounds_lecture(bounds, row)


@pytest.mark.parametrize(
    ("dimension", "code", "told"),
    [
        ("diploma", rncp.OPTION_A, "pour l'option A"),
        ("diploma", rncp.ACCUEIL, "pour le bac pro « Métiers de l'accueil »"),
        ("option", "B", "pour l'option B"),
        ("option", "none", "hors option"),
        ("academie", "02", "dans l'académie d'Aix-Marseille"),
        ("candidate_status", "ENSEIGNEMENT A DISTANCE", "pour le statut « enseignement à distance (CNED) »"),
        ("regime", "autres", "pour le régime « autres (individuels et CNED) »"),
        ("regime", "total", "tous régimes ensemble"),
        ("sex", "F", "pour les filles"),
        ("track", "professional", "pour la voie professionnelle"),
        ("series", "services", "pour la série « services »"),
        ("mode", "ccf", "pour « CCF »"),
        ("sector", "CFA", "pour « centre de formation d'apprentis (CFA) »"),
    ],
)
def test_every_dimension_names_its_group(dimension: str, code: str, told: str) -> None:
    counts = make_counts(pd.DataFrame({dimension: [code], "present": [20], "passed": [10]}), dimension)
    rates = rncp.official(rncp.rates(counts, by=[dimension]))
    sentence = lecture.rate_lecture(rates, rates.frame.to_dict("records")[0])
    assert plain(sentence).startswith(f"{told}, 10 admis pour 20 présents, soit 50,0 %")


def test_caveats_of_an_unlike_comparison_stand_under_the_table(published: OfficialResults) -> None:
    """users.md R5: the 78,0 % of July 2023 is after the 1st group; put beside ours only with the warning."""
    counts = published.all_bac_pro.where(session=2023)
    july = Scope("first_group", counts.scope.territory, counts.scope.population)
    gap = rncp.official(rncp.gap_to_published(counts, value=0.78, scope=july, despite=["stage"]))
    told = {"group": "le fichier", "reference": "le communiqué"}
    table = rncp.gap_table(gap, name="r5", caption="R5", **told)
    chart = rncp.gap_chart(gap, name="r5", title="R5", **told)
    # data.md section 6: 169 246 admis of 204 843 présents, 82,62 %.
    assert [plain(cell) for cell in table.rows[0][:4]] == ["82,6 %", "204 843", "78,0 %", "–"]
    for shown in (table, chart):
        assert plain(repr(shown)).endswith(
            "Attention, étape : résultats définitifs ici, après le 1er groupe dans la référence."
        )
    assert plain(chart.lines[0]).startswith(
        "Ensemble : 169 246 sur 204 843, référence 78,0 % (chiffre publié) ; écart +4,6 points"
    )
    assert chart.picture("svg")
