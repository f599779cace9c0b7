"""Académies, breaks of the series and the crosswalk of candidates."""

from __future__ import annotations

from typing import get_args

import pytest

from rncp_analytics.certification.catalogue import certification
from rncp_analytics.certification.nomenclature import (
    Academie,
    Status,
    academie,
    academie_of,
    academies,
    breaks,
    crosswalk,
    regime_of,
)
from rncp_analytics.errors import UnknownCodeError


def test_thirty_academies_are_published_and_codes_are_unique() -> None:
    codes = [a.code for a in academies()]
    assert len(codes) == len(set(codes))
    assert {a.code for a in academies() if not a.published} == {"40", "41", "42", "44", "00"}
    assert sum(a.published for a in academies()) == 30


def test_published_academies_have_a_region_and_five_are_overseas() -> None:
    published = [a for a in academies() if a.published]
    assert all(a.region for a in published)
    assert {a.name for a in published if a.overseas} == {
        "La Réunion",
        "Martinique",
        "Guadeloupe",
        "Guyane",
        "Mayotte",
    }
    assert academie("70").region == "Normandie"


def test_each_of_the_101_departements_is_in_one_published_academie() -> None:
    every = [f"{n:03}" for n in range(1, 96) if n != 20] + ["02A", "02B", "971", "972", "973", "974", "976"]
    assert sorted(d for a in academies() for d in a.departements) == sorted(every)
    assert all(bool(a.departements) == a.published for a in academies())


@pytest.mark.parametrize(
    ("name", "departements"),
    [
        ("Clermont-Ferrand", "003 015 043 063"),
        ("Grenoble", "007 026 038 073 074"),
        ("Lyon", "001 042 069"),
        ("Besançon", "025 039 070 090"),
        ("Dijon", "021 058 071 089"),
        ("Rennes", "022 029 035 056"),
        ("Orléans-Tours", "018 028 036 037 041 045"),
        ("Corse", "02A 02B"),
        ("Nancy-Metz", "054 055 057 088"),
        ("Reims", "008 010 051 052"),
        ("Strasbourg", "067 068"),
    ],
)
def test_the_departements_of_an_academie(name: str, departements: str) -> None:
    """Code de l'éducation, article R. 222-2, 1° to 6°."""
    assert {academie_of(d) for d in departements.split()} == {academie(name).code}
    assert list(academie(name).departements) == departements.split()


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("02", "Aix-Marseille"),
        ("2", "Aix-Marseille"),
        ("2.0", "Aix-Marseille"),
        ("aix marseille", "Aix-Marseille"),
        ("LA REUNION", "La Réunion"),
        ("La Réunion", "La Réunion"),
        ("La Re\u0301union", "La Réunion"),
        ("ORLEANS-TOURS", "Orléans-Tours"),
        (" nancy metz ", "Nancy-Metz"),
        ("creteil", "Créteil"),
        ("43", "Mayotte"),
        ("40", "Nouvelle-Calédonie"),
    ],
)
def test_an_academie_is_found_however_it_is_written(written: str, name: str) -> None:
    assert academie(written).name == name


@pytest.mark.parametrize("a", academies(), ids=lambda a: a.code)
def test_every_academie_is_found_by_its_code_and_its_name(a: Academie) -> None:
    assert academie(a.code) is a
    assert academie(a.name.upper()) is a


@pytest.mark.parametrize("written", ["05", "5", "Caen", "21", "ROUEN"])
def test_former_academies_are_now_normandie(written: str) -> None:
    with pytest.raises(UnknownCodeError, match=r"Normandie \(70\)"):
        academie(written)


@pytest.mark.parametrize("written", ["54", "SIEC", "siec"])
def test_the_exam_centre_is_not_an_academie(written: str) -> None:
    with pytest.raises(UnknownCodeError, match="centre d'examens commun à Paris, Créteil et Versailles"):
        academie(written)


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownCodeError) as refused:
        academie("Nancy-Mets")
    assert refused.value.remedy == "les plus proches : Nancy-Metz (12), Nantes (17)"


@pytest.mark.parametrize("written", ["99", "", "2A", "002"])
def test_what_is_no_academie_is_refused(written: str) -> None:
    with pytest.raises(UnknownCodeError):
        academie(written)


def test_the_series_breaks_in_2020_and_2021_alone_and_from_2022_on() -> None:
    """2020: no test in June, the year's marks instead (décret n° 2020-671 du 3 juin 2020, notice)."""
    first, second, new = breaks()
    assert [(b.session, b.isolated) for b in breaks()] == [(2020, True), (2021, True), (2022, False)]
    assert "2020-671" in first.reference
    assert "2021-727" in second.reference
    assert "2021-1524" in new.reference


def test_the_crosswalk_has_the_six_routes_with_the_words_of_the_fiche() -> None:
    routes = {r.code: r.label for r in certification("RNCP32259").access_routes}
    assert {link.route: link.route_label for link in crosswalk()} == routes


def test_each_status_has_one_regime() -> None:
    assert {status: regime_of(status) for status in get_args(Status)} == {
        "SCOLAIRE": "scolaires",
        "APPRENTISSAGE": "apprentis",
        "FORMATION CONTINUE": "formation continue",
        "INDIVIDUEL": "autres",
        "ENSEIGNEMENT A DISTANCE": "autres",
    }
    for link in crosswalk():
        assert link.status is None or regime_of(link.status) == link.regime


def test_vae_is_outside_the_session() -> None:
    (vae,) = (link for link in crosswalk() if link.route == "VAE")
    assert (vae.status, vae.regime) == (None, None)
    assert vae.remark.startswith("Hors champ de la session")


def test_uncertain_links_are_the_contract_of_professionalisation_and_distance_learning() -> None:
    uncertain = {(link.route, link.status) for link in crosswalk() if link.certainty == "uncertain"}
    assert uncertain == {("CQ", "FORMATION CONTINUE"), ("CL", "ENSEIGNEMENT A DISTANCE")}


def test_an_unknown_status_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownCodeError) as refused:
        regime_of("APPRENTISAGE")
    assert refused.value.remedy == "le plus proche : APPRENTISSAGE"
