"""A profile is guessed, written, corrected by hand and read back; a wrong one is told by place."""

from __future__ import annotations

from pathlib import Path

import pytest

from rncp_analytics.cohort.profile import Profile, guess_profile, merged, read_profile, units, write_profile
from rncp_analytics.errors import InputError
from tests.unit.cohort import export_files as files
from tests.unit.cohort.export_files import UNITS, people


def test_a_candidate_list_is_guessed(tmp_path: Path) -> None:
    profile = guess_profile(files.write(tmp_path / "liste.csv", files.list_lines(people(2))))
    assert profile.separator == ";"
    assert profile.columns == {
        "number": ("N° Candidat",),
        "ine": ("INE",),
        "last_name": ("Nom de famille",),
        "used_name": ("Nom d'usage",),
        "first_name": ("Prénom(s)",),
        "birth_date": ("Date de Naissance",),
        "diploma": ("Code Spécialité",),
        "candidate_status": ("Catégorie Candidat",),
        "school_class": ("Division de classe",),
    }


@pytest.mark.parametrize("spelling", [str, str.upper, str.lower])
def test_titles_are_recognised_whatever_their_case(tmp_path: Path, spelling: type[str]) -> None:
    header, *lines = files.long_lines(people(1))
    profile = guess_profile(files.write(tmp_path / "notes.csv", [spelling(header), *lines], separator="\t"))
    assert set(profile.columns) == {"number", "unit", "mark", "mode", "since"}
    assert profile.separator == "\t"


def test_units_in_columns_are_guessed(tmp_path: Path) -> None:
    header, line = files.wide_lines(people(1))
    header = header.replace("U31", "E31 Vente-conseil").replace("Projet", "Chef-d'œuvre;U31 nature")
    profile = guess_profile(files.write(tmp_path / "notes.csv", [header, line + ";CCF"]))
    assert tuple(profile.units) == (*UNITS, "PROJET", "U31_mode")
    assert profile.units["U31"] == ("E31 Vente-conseil",) and profile.units["U31_mode"] == ("U31 nature",)


def test_units_are_those_of_the_regulation() -> None:
    assert units() == (*UNITS, "UF1", "UF2", "UF3", "PROJET")


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    profile = Profile(
        {"number": ('N° "spécial"', "Autre\\titre"), "unit": ("Code",)},
        {"U31": ("Vente",), "U12_control": ("Oral PSE",)},
        {"state": {"ZZ": "absent"}, "unit": {"VC": "U31"}},
        {"session": "2025", "sector": "Public"},
        "\t",
    )
    write_profile(profile, tmp_path / "p.toml")
    assert read_profile(tmp_path / "p.toml") == profile
    guessed = guess_profile(files.write(tmp_path / "l.csv", files.list_lines(people(1))))
    write_profile(guessed, tmp_path / "p.toml")
    assert read_profile(tmp_path / "p.toml") == guessed
    assert "ZYGOMAR" not in (tmp_path / "p.toml").read_text(encoding="utf-8")


def test_profiles_of_two_files_make_one() -> None:
    one = merged(
        [Profile({"number": ("A",)}, separator=";"), Profile({"number": ("B",), "ine": ("I",)}, separator=",")]
    )
    assert one == Profile({"number": ("A", "B"), "ine": ("I",)})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("columns = ", ("TOML",)),
        ('[columns]\nnumero = ["N°"]', ("« numero »", "[columns]", "number")),
        ("[columns]\nnumber = 3", ("number", "un titre")),
        ('[units]\nU99 = ["U99"]', ("« U99 »", "U31")),
        ('[values.state]\nZZ = "absente"', ("« ZZ »", "absent_justified")),
        ('[values.etat]\nZZ = "absent"', ("« etat »", "state")),
        ('[defaults]\nville = "Lyon"', ("« ville »", "academie")),
        ('separator = "|"', ("separator", "tabulation")),
        ("columns = 3", ("[columns]", "une table")),
        ("[values]\nstate = 3", ("values.state", "une table")),
    ],
)
def test_a_wrong_profile(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    (tmp_path / "p.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_profile(tmp_path / "p.toml")
    assert [word for word in ("p.toml", *words) if word not in str(caught.value)] == []


def test_an_absent_profile(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="introuvable") as caught:
        read_profile(tmp_path / "p.toml")
    assert "--write-profile" in caught.value.remedy
