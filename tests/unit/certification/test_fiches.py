"""What the certifications say: the text shown beside the source's own, and nothing that no source states."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict
from datetime import date

import pytest

from rncp_analytics.certification.catalogue import certification, certifications
from rncp_analytics.certification.model import Block, Certification

FICHE = certification("RNCP32259")


def block_of(unit: str) -> Block:
    return next(b for b in FICHE.blocks if b.unit == unit)


def test_the_title_shown_is_the_full_one() -> None:
    assert FICHE.label == (
        "Bac pro Métiers du commerce et de la vente, "
        "option B (Prospection clientèle et valorisation de l'offre commerciale)"
    )
    assert FICHE.short_label == "Option B"


def test_blocks_are_the_thirteen_mandatory_units_then_the_three_optional_ones() -> None:
    units = "U2 U31 U32 U33 U34 U11 U12 U41 U42 U51 U52 U6 U7 UF1 UF2 UF3"
    assert " ".join(b.unit for b in FICHE.blocks) == units
    assert [b.number for b in FICHE.blocks] == list(range(1, 17))
    assert [b.optional for b in FICHE.blocks] == [False] * 13 + [True] * 3


def test_the_epreuve_has_the_number_of_its_unit() -> None:
    assert all(b.epreuve == "E" + b.unit.removeprefix("U") for b in FICHE.blocks)


@pytest.mark.parametrize(
    ("unit", "name"), [("U34", "PSE"), ("U11", "Éco-droit"), ("U31", "Vente-conseil"), ("U52", "HG-EMC")]
)
def test_blocks_have_the_names_that_teachers_use(unit: str, name: str) -> None:
    assert block_of(unit).name == name


def test_the_label_shown_stands_apart_from_a_misprint() -> None:
    assert (block_of("U12").label, block_of("U12").source_component) == ("Mathématiques", "Mathamatiques")
    assert block_of("UF2").source_label == "Education physique et sportive"
    assert FICHE.authority == "Ministère de l'Éducation nationale"
    assert FICHE.source_authority == "MINISTERE DE L'EDUCATION NATIONALE"


def test_misprints_of_the_source_are_kept() -> None:
    assert block_of("U51").skills[0] == "Entrer dans dans l’échange oral : écouter, réagir, s’exprimer"
    assert "de al société" in block_of("U11").skills[0]
    assert "un servcie commercial" in FICHE.sectors[0]
    assert block_of("U41").skills[0].endswith("CERCL")
    assert block_of("UF1").skills[0].endswith("CECRL")


def test_skills_are_one_text_per_bullet_of_the_source() -> None:
    assert block_of("U33").skills == (
        "Fidéliser la clientèle et développer la relation client",
        "• Traiter et exploiter l’information ou le contact client",
        "• Contribuer à des actions de fidélisation de la clientèle et de développement de la relation client",
        "• Évaluer les actions de fidélisation et de développement de la clientèle",
    )


def test_the_six_routes_are_open_each_with_its_jury() -> None:
    assert [r.code for r in FICHE.access_routes] == ["FI", "CA", "FC", "CQ", "CL", "VAE"]
    assert all(r.accessible is True for r in FICHE.access_routes)
    assert all("enseignant-chercheur" in r.jury[0] and "employeurs" in r.jury[1] for r in FICHE.access_routes)


def test_overseas_access_is_unknown_and_said_so() -> None:
    assert [(p.territory, p.accessible) for p in FICHE.overseas] == [
        ("Nouvelle-Calédonie", None),
        ("Polynésie française", None),
    ]
    assert any(n.status == "uncertain" and "Polynésie" in n.text for n in FICHE.notes)


def test_an_expiry_on_which_sources_disagree_is_absent_and_said_so() -> None:
    assert FICHE.expires is None
    told = [n.text for n in FICHE.notes if n.status == "sources_disagree"]
    assert any("01/01/2024" in text and "01/01/2025" in text for text in told)


def test_the_registration_of_the_fiche_of_both_options() -> None:
    both = certification("RNCP38399")
    assert (both.active_from, both.expires) == (date(2024, 1, 1), date(2028, 12, 31))


def test_the_creating_text_has_its_dates() -> None:
    created = next(r for r in FICHE.legal_base if r.role == "creation")
    assert (created.signed, created.published) == (date(2018, 12, 17), date(2019, 1, 6))


def test_what_was_not_read_is_absent() -> None:
    vente = certification("RNCP861")
    assert (vente.blocks, vente.rome, vente.access_routes, vente.level_europe) == ((), (), (), None)


@pytest.mark.parametrize("fiche", certifications(), ids=lambda c: c.code)
def test_codes_have_the_length_of_their_nomenclature(fiche: Certification) -> None:
    assert re.fullmatch(r"RNCP\d{3,5}", fiche.code)
    assert all(re.fullmatch(r"400312\d\d", code) for code in fiche.diplomas)
    assert all(re.fullmatch(r"\d{10}", code) for code in fiche.mef10)
    assert all(re.fullmatch(r"\d{11}", code) for code in fiche.mefstat11)
    assert all(code.endswith(fiche.diplomas[0][3:]) for code in fiche.mefstat11)


@pytest.mark.parametrize("fiche", certifications(), ids=lambda c: c.code)
def test_accents_are_composed(fiche: Certification) -> None:
    text = str(asdict(fiche))
    assert unicodedata.is_normalized("NFC", text)
