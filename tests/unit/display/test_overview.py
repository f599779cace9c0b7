"""The first screens: the figures of the published reports, and results that are hard to tell."""

from __future__ import annotations

import io

import pandas as pd
import pytest

import rncp_analytics as rncp
from rncp_analytics.counts.completeness import Alert
from rncp_analytics.counts.official import OfficialResults
from rncp_analytics.display.summary import Summary
from rncp_analytics.errors import CountsError, UnknownCodeError
from tests.unit.display.examples import AWKWARD, awkward, cell, offences, results_of
from tests.unit.display.test_lecture import plain


def lines(page: Summary) -> dict[str, str]:
    return {head: plain(text) for head, text in page.lines}


def test_france_2025(published: OfficialResults) -> None:
    """users.md 4.1."""
    page = rncp.session_overview(published, session=2025)
    figures = [(plain(value), word) for value, word in page.figures]
    assert figures == [("10 592", "inscrits"), ("10 490", "présents"), ("9 103", "admis"), ("86,8 %", "de réussite")]
    told = lines(page)
    # data.md section 6: 9 827 présents and 8 449 admis in 2024.
    assert told["Depuis la dernière session"] == (
        "présents +663 (+6,7 %), admis +654 (+7,7 %) ; taux +0,8 point (-0,1 à +1,7), compatible avec le hasard "
        "(2024 : 86,0 % de 9 827 présents)."
    )
    assert told["Épreuve de contrôle et refus"] == (
        "8 794 admis au 1er groupe (83,8 %) ; 431 autorisés à l'épreuve de contrôle (4,1 %), dont 309 admis (71,7 %) ; "
        "1 387 refusés, dont 1 265 (91 %) dès le 1er groupe."
    )
    assert told["Autres diplômes de la famille"].startswith(
        "Option A 83,2 % (26 932 présents), Métiers de l'accueil 85,5 % (7 544 présents) ; "
    )
    assert (
        "devance l'option A de 3,5 points (écart de +2,7 à +4,3), et encore de 3,2 points parmi les seuls scolaires"
        in (told["Autres diplômes de la famille"])
    )
    sexes = told["Filles et garçons, mentions"]
    assert "filles 4 344 présentes, 89,7 %" in sexes and "garçons 6 146 présents, 84,7 %" in sexes
    assert sexes.endswith("mention : 65,5 % des 9 103 admis, soit 56,8 % des 10 490 présents.")
    for part in ("scolaires 10 057 présents, 87,3 %", "apprentis 281 présents, 84,7 % (80,0 à 88,4)",
                 "individuels 95 présents, 56,8 %", "enseignement à distance (CNED) 55 présents, 65,5 %",
                 "formation continue 2 présents, taux non calculé"):  # fmt: skip
        assert part in told["Statuts des candidats"]
    assert told["Académies"].startswith("de 55,3 % (Guyane, 38 présents, ")
    assert " à 95,8 % (Rennes, 522 présents, " in told["Académies"]
    assert plain(page.limits) == "Ce que ces données ne disent pas : aucune note, aucun bloc, aucun établissement."
    assert "RNCP32259, remplacée par RNCP38399." in page.subtitle


def test_lyon_2025(published: OfficialResults) -> None:
    """users.md 4.2."""
    page = rncp.academie_overview(published, session=2025, academie="Lyon")
    figures = [(plain(value), word) for value, word in page.figures]
    assert figures[1:] == [("527", "présents"), ("488", "admis"), ("92,6 % (90,0 à 94,5)", "de réussite")]
    told = lines(page)
    assert told["France hors Lyon"] == (
        "86,5 % de 9 963 présents ; écart +6,1 points (+3,5 à +8,2), au-delà du hasard. "
        "À la session 2024, écart +4,2 points (+1,1 à +6,8), au-delà du hasard : 90,0 % de 461 présents contre 85,8 %."
    )
    assert told["Depuis la dernière session"].find("+2,6 points (-0,9 à +6,2), compatible avec le hasard") > 0
    assert "90,5 %" in told["Épreuve de contrôle"]
    assert told["Option A dans l'académie"].startswith("1 110 présents, 85,8 % (")
    assert "+6,8 points (+3,6 à +9,8)" in told["Option A dans l'académie"]


@pytest.mark.parametrize(
    ("session", "rate", "present"),
    [(2022, "95,1 %", "41"), (2023, "92,0 %", "25"), (2024, "57,1 %", "14"), (2025, "67,6 %", "34")],
)
def test_corse(published: OfficialResults, session: int, rate: str, present: str) -> None:
    """users.md 4.2: 95,1, 92,0, 57,1, 67,6 % on 41, 25, 14, 34 présents."""
    page = rncp.academie_overview(published, session=session, academie="CORSE")
    assert page.figures[1][0] == present
    assert plain(page.figures[3][0]).startswith(rate)
    assert offences(repr(page)) == []


def test_reims_2025_is_low_surely_and_fallen_perhaps(published: OfficialResults) -> None:
    page = rncp.academie_overview(published, session=2025, academie="19")
    assert plain(page.figures[3][0]) == "74,5 % (69,3 à 79,1)"
    assert lines(page)["France hors Reims"].split(". À la session")[0].endswith("au-delà du hasard")
    assert lines(page)["Depuis la dernière session"].find("-5,3 points (-12,0 à +1,6), compatible avec le hasard") > 0


@pytest.mark.parametrize("session", [2022, 2023, 2024, 2025])
def test_every_page_of_every_session_is_french(published: OfficialResults, session: int) -> None:
    pages = [*rncp.first_screen(published, session=session, academie="10").pages]  # a large académie, the smallest ones
    pages += [rncp.academie_overview(published, session=session, academie=code) for code in ("27", "33", "43")]
    for page in pages:
        assert offences(repr(page)) == []
        assert offences(page.html()) == []


def test_the_file_of_the_first_screen_tells_each_population(
    published: OfficialResults, monkeypatch: pytest.MonkeyPatch
) -> None:
    """users.md 4.1 and 4.2: France, Lyon, each option and session, in one file."""
    screen = rncp.first_screen(published, session=2025, academie="Lyon")
    monkeypatch.delenv("RNCP_REPORT", raising=False)
    assert set(screen._repr_mimebundle_()[0]) == {"text/html", "text/plain"}
    assert screen._repr_mimebundle_()[1] == {}
    monkeypatch.setenv("RNCP_REPORT", "1")
    bundle, metadata = screen._repr_mimebundle_()
    assert metadata["rncp"]["name"] == "chiffres-cles"
    file = pd.read_csv(io.StringIO(bundle["text/csv"]), sep=";", decimal=",")
    assert not file.duplicated().any()
    whole = file[file[["Session", "Sexe", "Statut du candidat", "Académie"]].isna().all(axis=1)]
    rates = whole[whole["Indicateur"] == "taux de réussite"].set_index("Champ")[["Numérateur", "Dénominateur"]]
    found = {champ: tuple(row) for champ, row in zip(rates.index, rates.to_numpy(), strict=True)}
    b = "candidats de l'option B, tous statuts (hors VAE) ; résultats définitifs."
    france, lyon = "France, 30 académies", "académie de Lyon"
    assert (
        plain_keys(found)
        >= {
            f"{france} ; session 2025 ; {b}": (9103, 10490),
            f"{france} ; session 2024 ; {b}": (8449, 9827),
            f"{lyon} ; session 2025 ; {b}": (488, 527),
        }.items()
    )
    inscrits = whole[whole["Indicateur"] == "inscrits"]["Numérateur"].tolist()
    assert inscrits == [10592, 528]


def plain_keys(found: dict[str, tuple[float, float]]) -> set[tuple[str, tuple[float, float]]]:
    return {(plain(champ), counts) for champ, counts in found.items()}


def test_the_first_session_has_none_before_it(published: OfficialResults) -> None:
    page = rncp.session_overview(published, session=2022)
    wanted = "2022 est la première session du diplôme : rien à quoi la comparer."
    assert lines(page)["Depuis la dernière session"] == wanted
    assert "À la session" not in repr(rncp.academie_overview(published, session=2022, academie="Lyon"))


@pytest.mark.parametrize("kind", AWKWARD)
def test_awkward_results_are_told(kind: str) -> None:
    screen = rncp.first_screen(awkward(kind), session=2025, academie="Lyon")
    assert offences(repr(screen)) == []


def test_without_option_a() -> None:
    results = results_of([cell(), cell(academie="19")])
    page = rncp.session_overview(results, session=2025)
    assert lines(page)["Autres diplômes de la famille"] == "aucun dans ces données."
    place = rncp.academie_overview(results, session=2025, academie="Lyon")
    assert lines(place)["Option A dans l'académie"] == "aucun candidat à l'option A dans ces données."


def test_no_control_and_nobody_refused() -> None:
    page = rncp.session_overview(results_of([cell(present=20, passed=20)]), session=2025)
    assert lines(page)["Épreuve de contrôle et refus"] == (
        "20 admis au 1er groupe (100,0 %) ; 0 autorisé à l'épreuve de contrôle (0,0 %), dont 0 admis ; "
        "0 refusé, dont 0 dès le 1er groupe."
    )
    place = rncp.academie_overview(results_of([cell(present=20, passed=20)]), session=2025, academie="10")
    assert lines(place)["Épreuve de contrôle"].endswith("aucun autorisé à l'épreuve de contrôle.")


def test_options_that_do_not_differ_or_cannot_be_compared() -> None:
    same = results_of([cell(present=100, passed=80), cell(diploma=rncp.OPTION_A, present=100, passed=81)])
    assert (
        "ne se distinguent pas au-delà du hasard (-1,0 point"
        in lines(rncp.session_overview(same, session=2025))["Autres diplômes de la famille"]
    )
    few = results_of([cell(present=100, passed=80), cell(diploma=rncp.OPTION_A, present=5, passed=1)])
    assert lines(rncp.session_overview(few, session=2025))["Autres diplômes de la famille"] == (
        "Option A non calculé (5 présents) ; écart entre l'option B et l'option A non calculé : "
        "trop peu de candidats (moins de 10)."
    )


def test_an_advance_that_is_that_of_the_statuses_is_not_called_an_advance_within() -> None:
    """B ahead overall, behind among scolaires: Simpson's paradox must be told, not hidden."""
    results = results_of(
        [
            cell(present=1000, passed=880),
            cell(status="APPRENTISSAGE", present=10, passed=5),
            cell(diploma=rncp.OPTION_A, present=200, passed=190),
            cell(diploma=rncp.OPTION_A, status="APPRENTISSAGE", present=800, passed=400),
        ]
    )
    told = lines(rncp.session_overview(results, session=2025))["Autres diplômes de la famille"]
    assert "l'option B devance l'option A de 28,6 points" in told
    assert (
        told.endswith("au-delà du hasard).") and "mais l'écart s'inverse parmi les seuls scolaires (-7,0 points" in told
    )


def test_an_academie_with_few_candidates() -> None:
    results = results_of([cell(present=9, passed=4), cell(academie="19", present=200, passed=180)])
    page = rncp.academie_overview(results, session=2025, academie="Lyon")
    assert (plain(page.figures[3][0]), page.figures[3][1]) == ("non calculé (9 présents)", "(taux de réussite)")
    assert lines(page)["Autres académies du fichier"] == "non calculé : trop peu de candidats (moins de 10)."
    assert "44,4" not in repr(page)


def test_what_must_be_known_of_the_file_stands_above_the_figures() -> None:
    alerts = (Alert("coverage", 1, 30), Alert("difference", 10400, 10490, 2025, rncp.OPTION_B, "present"))
    for page in rncp.first_screen(results_of([cell()], alerts=alerts), session=2025, academie="Lyon").pages:
        assert [plain(line) for line in page.alerts] == [
            "Ce fichier couvre 1 des 30 académies : « les autres académies » sont celles du fichier, pas toute la "
            "France.",
            "Session 2025, Option B : 10 400 présents dans ce fichier, 10 490 dans les chiffres publiés pour les mêmes "
            "académies.",
        ]
        assert repr(page).index("À savoir") < repr(page).index("inscrits")
        assert offences(repr(page)) == []


def test_a_session_that_is_missing_is_not_called_a_first_session() -> None:
    told = lines(rncp.session_overview(results_of([cell(session=2025), cell(session=2023)]), session=2025))
    assert told["Depuis la dernière session"] == "la session 2024 n'est pas dans ces données."


def test_refusals(published: OfficialResults) -> None:
    with pytest.raises(CountsError, match="session 2021") as caught:
        rncp.session_overview(published, session=2021)
    assert "2022, 2023, 2024, 2025" in caught.value.expected
    with pytest.raises(UnknownCodeError, match="Lyonnais"):
        rncp.academie_overview(published, session=2025, academie="Lyonnais")
    with pytest.raises(CountsError, match="l'académie de Polynésie"):
        rncp.academie_overview(published, session=2025, academie="Polynésie française")
