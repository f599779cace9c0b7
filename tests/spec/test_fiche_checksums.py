"""The fiche RNCP 32259 to the letter: each section, rebuilt from the loaded data, has the source's hash.

``fiche_sections.json`` holds the hashes taken from the source, and the rule: letters and digits only. The
headings, which belong to the form of any fiche, stand in this file; what this fiche says is in the data.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rncp_analytics.certification.catalogue import certification
from rncp_analytics.certification.model import Block, Certification, Reference

CHECKSUMS = json.loads(Path(__file__).with_name("fiche_sections.json").read_text(encoding="utf-8"))
EXPECTED = {section["section"]: section["sha256"] for section in CHECKSUMS["sections"]}


def identification(c: Certification) -> list[str]:
    codes = [f"{n.code} {n.label}" for n in c.nsf]
    return [
        "Le Répertoire National des Certifications Professionnelles (RNCP)",
        f"Résumé descriptif de la certification Code RNCP : {c.code.removeprefix('RNCP')}",
        f"Intitulé {c.source_title}",
        "AUTORITÉ RESPONSABLE DE LA CERTIFICATION QUALITÉ DU(ES) SIGNATAIRE(S) DE LA CERTIFICATION",
        f"{c.source_authority} Modalités d'élaboration de références : {c.cpc}",
        ", ".join(c.signatories),
        "Niveau et/ou domaine d'activité",
        f"{c.level_1969} (Nomenclature de 1969) {c.level_europe} (Nomenclature Europe) Convention(s) :",
        f"Code(s) NSF : {codes[0]} Formacode(s) :",
        *(f"{f.code} {f.label}" for f in c.formacodes),
    ]


def activity(c: Certification) -> list[str]:
    return ["Résumé du référentiel d'emploi ou éléments de compétence acquis", *c.activity]


def sectors_and_jobs(c: Certification) -> list[str]:
    return [
        "Secteurs d'activité ou types d'emplois accessibles par le détenteur",
        "de ce diplôme, ce titre ou ce certificat",
        *c.sectors,
        "Appellations courantes des emplois :",
        ", ".join(c.job_titles),
        "Codes des fiches ROME les plus proches :",
        *(f"{job.code} : {job.label}" for job in c.rome),
    ]


def components(c: Certification) -> list[str]:
    headings = ["Modalités d'accès à cette certification", "Descriptif des composantes de la certification :"]
    return [*headings, *(block.source_component for block in c.blocks)]


def links_to_rome(c: Certification) -> list[str]:
    return [str(job.link) for job in c.rome]


def block(c: Certification, number: int) -> list[str]:
    found = next(b for b in c.blocks if b.number == number)
    heading = f"Bloc de compétence n°{found.number} de la fiche n° {c.code.removeprefix('RNCP')}"
    return [f"{heading} - {found.unit} {found.source_label}", *found.skills, *found.assessment]


def validity(c: Certification) -> list[str]:
    return [f"Validité des composantes acquises : {c.component_validity}"]


def routes_and_juries(c: Certification) -> list[str]:
    rows = [part for route in c.access_routes for part in (route.source_label, route.source_mark, *route.jury)]
    return ["CONDITIONS D'INSCRIPTION À LA CERTIFICATION OUI NON COMPOSITION DES JURYS", *rows, "OUI NON"]


def overseas(c: Certification) -> list[str]:
    return [f"{place.source_label} {place.source_mark}" for place in c.overseas]


def links_with_others(c: Certification) -> list[str]:
    return ["LIENS AVEC D'AUTRES CERTIFICATIONS ACCORDS EUROPÉENS OU INTERNATIONAUX"]


def legal_base(c: Certification) -> list[str]:
    return [
        "Base légale Référence du décret général :",
        *_texts(c.legal_base, "general"),
        "Référence arrêté création (ou date 1er arrêté enregistrement) :",
        *_texts(c.legal_base, "creation"),
    ]


def first_session(c: Certification) -> list[str]:
    return [f"1ère session {c.first_session}"]


def further_information(c: Certification) -> list[str]:
    return [
        "Référence du décret et/ou arrêté VAE : Références autres : Pour plus d'informations Statistiques :",
        *(f"{link.label} {link.url}" for link in c.statistics),
        "Autres sources d'information :",
        *c.other_sources,
        "Lieu(x) de certification :",
        "Lieu(x) de préparation à la certification déclarés par l'organisme certificateur :",
        "Historique de la certification :",
        *(f"Certification précédente : {old.source_label} {old.link}" for old in c.previous),
    ]


def _texts(references: tuple[Reference, ...], role: str) -> list[str]:
    return [reference.text for reference in references if reference.role == role]


SECTIONS: dict[str, Callable[[Certification], list[str]]] = {
    "identification": identification,
    "activity": activity,
    "sectors_and_jobs": sectors_and_jobs,
    "components": components,
    "links_to_rome": links_to_rome,
    **{f"block_{n}": lambda c, n=n: block(c, n) for n in range(1, 17)},  # type: ignore[misc]
    "validity": validity,
    "routes_and_juries": routes_and_juries,
    "overseas": overseas,
    "links_with_others": links_with_others,
    "legal_base": legal_base,
    "first_session": first_session,
    "further_information": further_information,
}


def digest(parts: list[str]) -> str:
    """The hash of ``fiche_sections.json``: NFC, letters and digits only, SHA-256 of the UTF-8 bytes."""
    text = unicodedata.normalize("NFC", "".join(parts))
    return hashlib.sha256("".join(c for c in text if c.isalnum()).encode()).hexdigest()


@pytest.fixture(scope="module")
def fiche() -> Certification:
    return certification("RNCP32259")


def test_every_section_of_the_source_is_rebuilt() -> None:
    assert list(SECTIONS) == list(EXPECTED)


@pytest.mark.parametrize("section", EXPECTED)
def test_section_is_the_source_to_the_letter(fiche: Certification, section: str) -> None:
    assert digest(SECTIONS[section](fiche)) == EXPECTED[section]


# Every text of the fiche → the section that holds it. "links_with_others" has no content in this fiche.
Place = tuple[str | int, ...]
ONCE: dict[Place, str] = {
    ("code",): "identification",
    ("source_title",): "identification",
    ("source_authority",): "identification",
    ("signatories", 0): "identification",
    ("signatories", 1): "identification",
    ("cpc",): "identification",
    ("level_1969",): "identification",
    ("level_europe",): "identification",
    ("nsf", 0, "code"): "identification",
    ("nsf", 0, "label"): "identification",
    ("component_validity",): "validity",
    ("first_session",): "first_session",
    ("statistics", 0, "label"): "further_information",
    ("statistics", 0, "url"): "further_information",
    ("other_sources", 0): "further_information",
    ("other_sources", 1): "further_information",
    ("previous", 0, "source_label"): "further_information",
    ("previous", 0, "link"): "further_information",
    ("legal_base", 0, "text"): "legal_base",
    ("legal_base", 1, "text"): "legal_base",
    **{("activity", i): "activity" for i in range(6)},
    **{("sectors", i): "sectors_and_jobs" for i in range(3)},
    **{("job_titles", i): "sectors_and_jobs" for i in range(7)},
    **{("rome", i, "label"): "sectors_and_jobs" for i in range(3)},
    **{("rome", i, "link"): "links_to_rome" for i in range(3)},
    **{("overseas", i, key): "overseas" for i in range(2) for key in ("source_label", "source_mark")},
    **{("access_routes", i, key): "routes_and_juries" for i in range(6) for key in ("source_label", "source_mark")},
    **{("access_routes", i, "jury", j): "routes_and_juries" for i in range(6) for j in range(2)},
    **{("blocks", i, "source_component"): "components" for i in range(16)},
    **{("blocks", i, key): f"block_{i + 1}" for i in range(16) for key in ("unit", "source_label")},
    **{("blocks", i, key, 0): f"block_{i + 1}" for i in range(16) for key in ("skills", "assessment")},
}


@pytest.mark.parametrize(("place", "section"), ONCE.items(), ids=str)
def test_one_letter_changed_is_seen(fiche: Certification, place: Place, section: str) -> None:
    assert digest(SECTIONS[section](altered(fiche, place))) != EXPECTED[section]


def test_a_letter_is_tried_in_every_section_with_content() -> None:
    assert {*ONCE.values(), "links_with_others"} == set(EXPECTED)


@pytest.mark.parametrize("number", range(1, 17))
def test_a_skill_lost_is_seen(fiche: Certification, number: int) -> None:
    found: Block = fiche.blocks[number - 1]
    shorter = dataclasses.replace(found, skills=found.skills[:-1])
    blocks = (*fiche.blocks[: number - 1], shorter, *fiche.blocks[number:])
    changed = dataclasses.replace(fiche, blocks=blocks)
    assert digest(block(changed, number)) != EXPECTED[f"block_{number}"]


def altered(value: Any, place: Place) -> Any:
    """A copy of a record with the last letter of one text changed (a number: the next one)."""
    if not place:
        return value + 1 if isinstance(value, int) else swapped(value)
    step, rest = place[0], place[1:]
    if isinstance(step, int):
        return (*value[:step], altered(value[step], rest), *value[step + 1 :])
    return dataclasses.replace(value, **{step: altered(getattr(value, step), rest)})


def swapped(text: str) -> str:
    """The text with its last letter or digit replaced by another."""
    last = max(i for i, c in enumerate(text) if c.isalnum())
    return text[:last] + ("e" if text[last] != "e" else "a") + text[last + 1 :]
