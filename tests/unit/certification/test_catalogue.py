"""A certification is found by any of its codes, and an unknown code is answered with the nearest ones."""

from __future__ import annotations

import dataclasses

import pytest

from rncp_analytics.certification import catalogue
from rncp_analytics.certification.catalogue import certification, certifications
from rncp_analytics.errors import InputError, UnknownCodeError

OPTION_B = [
    "RNCP32259",
    "rncp32259",
    "RNCP 32259",
    "32259",
    "40031214",
    "400-31214",
    "400-31214 T",
    "2473121431",
    "2473121433",
    "23830031214",
    "23820031214",
]
OTHERS = {
    "40031213": "RNCP32208",
    "2473121333": "RNCP32208",
    "23830031213": "RNCP32208",
    "40031212": "RNCP32049",
    "40031206": "RNCP861",
    "2473120633": "RNCP861",
    "40031202": "RNCP759",
    "23830031202": "RNCP759",
    "38399": "RNCP38399",
}


@pytest.mark.parametrize("code", OPTION_B)
def test_option_b_is_found_by_each_of_its_codes(code: str) -> None:
    assert certification(code).code == "RNCP32259"


@pytest.mark.parametrize(("code", "found"), OTHERS.items())
def test_the_other_certifications_are_found_by_their_codes(code: str, found: str) -> None:
    assert certification(code).code == found


def test_the_fiche_of_both_options_is_not_found_by_a_diploma_although_it_covers_it() -> None:
    both = certification("RNCP38399")
    assert both.diplomas == ("40031213", "40031214")
    assert [certification(code).code for code in both.diplomas] == ["RNCP32208", "RNCP32259"]


def test_a_certification_is_read_once() -> None:
    assert certification("32259") is certification("40031214")


def test_filiation_runs_from_vente_to_the_fiche_of_both_options() -> None:
    assert certification("RNCP861").successor == "RNCP32259"
    assert certification("RNCP32259").successor == "RNCP38399"
    assert certification("RNCP38399").successor is None


def test_every_successor_known_here_names_its_predecessor() -> None:
    known = {c.code: c for c in certifications()}
    for fiche in certifications():
        if fiche.successor in known and known[fiche.successor].previous:
            assert fiche.code in {old.code for old in known[fiche.successor].previous}


def test_an_unknown_code_names_the_nearest() -> None:
    with pytest.raises(UnknownCodeError) as refused:
        certification("RNCP32258")
    assert "« RNCP32258 »" in refused.value.what
    assert refused.value.remedy.startswith("les plus proches : RNCP32259 (Option B)")


def test_the_five_digits_of_exam_files_lead_to_the_diploma() -> None:
    with pytest.raises(UnknownCodeError) as refused:
        certification("31214")
    assert "RNCP32259 (Option B)" in refused.value.remedy


@pytest.mark.parametrize("code", ["", "pâtisserie"])
def test_a_code_like_no_other_is_answered_with_all_codes(code: str) -> None:
    with pytest.raises(UnknownCodeError) as refused:
        certification(code)
    assert refused.value.remedy == "codes connus : " + ", ".join(c.code for c in certifications())


def test_two_fiches_may_not_claim_the_same_code(monkeypatch: pytest.MonkeyPatch) -> None:
    vente = certification("RNCP861")
    copy = dataclasses.replace(vente, code="RNCP862", mef10=(), mefstat11=())
    monkeypatch.setattr(catalogue, "certifications", lambda: (vente, copy))
    with pytest.raises(InputError, match="« 40031206 » désigne RNCP861 et RNCP862"):
        catalogue._index.__wrapped__()
