"""The six diplomas of the family, in the order in which readers meet them."""

from __future__ import annotations

import pytest

from rncp_analytics.certification.catalogue import certification
from rncp_analytics.certification.diplomas import diploma, family
from rncp_analytics.errors import UnknownCodeError


def test_order_is_option_b_option_a_accueil_then_the_predecessors() -> None:
    assert [d.code for d in family()] == [
        "40031214",
        "40031213",
        "40031212",
        "40031206",
        "40031202",
        "40031210",
    ]


def test_only_the_two_options_have_an_option() -> None:
    assert {d.label: d.option for d in family()} == {
        "Option B": "B",
        "Option A": "A",
        "Métiers de l'accueil": None,
        "Vente": None,
        "Commerce": None,
        "Accueil-RCU": None,
    }


def test_predecessors_end_where_their_successors_begin() -> None:
    for old in (d for d in family() if d.successor):
        assert (old.last_session, diploma(str(old.successor)).first_session) == (2021, 2022)
    assert {d.code: d.successor for d in family() if d.successor} == {
        "40031206": "40031214",
        "40031202": "40031213",
        "40031210": "40031212",
    }


@pytest.mark.parametrize("code", ["40031214", "400-31214", "400-31214 T"])
def test_a_diploma_is_found_however_its_code_is_written(code: str) -> None:
    assert diploma(code).label == "Option B"


def test_an_unknown_code_names_the_nearest() -> None:
    with pytest.raises(UnknownCodeError) as refused:
        diploma("40031215")
    assert "40031214 (Option B)" in refused.value.remedy


def test_the_common_seconde_is_not_a_diploma() -> None:
    with pytest.raises(UnknownCodeError):
        diploma("40031211")


def test_the_fiches_and_the_diplomas_agree() -> None:
    for d in family():
        if d.rncp != "RNCP9638":  # known by its code only
            fiche = certification(d.code)
            assert (fiche.code, fiche.label, fiche.first_session) == (d.rncp, d.title, d.first_session)
