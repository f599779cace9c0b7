"""A TOML that doesn't say what it should is refused, with its file and the place."""

from __future__ import annotations

import pytest

from rncp_analytics.certification.model import Certification
from rncp_analytics.certification.nomenclature import Academie
from rncp_analytics.certification.reading import packaged, read
from rncp_analytics.errors import InputError

SHORT = 'code = "RNCP1"\nshort_label = "Essai"\nlabel = "Bac pro Essai"\ndiplomas = ["40031299"]\n'


def refusal(text: str) -> InputError:
    with pytest.raises(InputError) as refused:
        read(Certification, text, "fiches/essai.toml")
    return refused.value


def test_a_fiche_may_say_little() -> None:
    fiche = read(Certification, SHORT, "fiches/essai.toml")
    assert (fiche.code, fiche.blocks, fiche.expires) == ("RNCP1", (), None)


def test_an_unknown_key_is_refused() -> None:
    error = refusal(SHORT + 'sucessor = "RNCP2"\n')
    assert error.what == "Clé inconnue : « sucessor »"
    assert error.where == "fiches/essai.toml"
    assert "successor" in error.expected


def test_a_missing_key_is_refused() -> None:
    error = refusal(SHORT.replace('label = "Bac pro Essai"\n', ""))
    assert error.what == "Clé manquante : « label »"


def test_a_key_missing_in_a_block_is_refused_with_the_number_of_the_block() -> None:
    text = packaged("fiches/rncp32259.toml").replace('epreuve = "E31"\n', "")
    error = refusal(text)
    assert (error.what, error.where) == ("Clé manquante : « epreuve »", "fiches/essai.toml, blocks, n° 2")


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("first_session = true", "first_session"),
        ('first_session = "2022"', "first_session"),
        ("cpc = 15", "cpc"),
        ('cpc = ""', "cpc"),
        ("mef10 = [2473121433]", "mef10, n° 1"),
        ('mef10 = "2473121433"', "mef10"),
        ('expires = "2028-12-31"', "expires"),
        ('notes = [{ status = "sure", text = "…" }]', "notes, n° 1, status"),
        ('notes = ["une note"]', "notes, n° 1"),
    ],
)
def test_a_value_of_another_kind_is_refused(line: str, where: str) -> None:
    error = refusal(SHORT + line + "\n")
    assert error.what.startswith("Valeur refusée")
    assert error.where == f"fiches/essai.toml, {where}"
    assert error.expected


def test_a_file_that_is_not_toml_is_refused() -> None:
    assert refusal("code = RNCP1").what.startswith("Ce fichier n'est pas du TOML")


def test_the_same_strictness_holds_for_every_record() -> None:
    with pytest.raises(InputError, match="Clé manquante : « overseas », « published »"):
        read(Academie, 'code = "02"\nname = "Aix-Marseille"', "essai.toml")
