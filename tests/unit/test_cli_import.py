"""rncp check and rncp import: what is told, what is written, and that nobody is named in either."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path

import pytest

from rncp_analytics.cli import main
from rncp_analytics.cohort.cohort_store import load_cohort
from tests.conftest import ROOT
from tests.unit.cohort import export_files as files
from tests.unit.cohort.export_files import UNITS, people
from tests.unit.test_cli import ENGLISH


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with its own data and its own key, and a list and marks of three people."""
    here = tmp_path / "ici"
    (here / "data" / "raw").mkdir(parents=True)
    (here / "data" / "raw" / "datapackage.json").write_text("{}")
    monkeypatch.delenv("RNCP_DATA", raising=False)
    monkeypatch.setenv("RNCP_KEY_FILE", str(tmp_path / "ailleurs" / "cle"))
    monkeypatch.chdir(here)
    files.write(here / "liste.csv", files.list_lines(people(3)))
    files.write(here / "notes.csv", files.long_lines(people(3)))
    return here


def written(place: Path) -> set[str]:
    return {
        str(path.relative_to(place)) for path in place.parent.rglob("*") if path.is_file() and place in path.parents
    }


def test_check_tells_and_writes_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = written(place)
    assert main(["check", "liste.csv", "notes.csv"]) == 0
    said = capsys.readouterr()
    assert "liste de candidats" in said.out and "notes en lignes" in said.out
    assert "notes.csv : 39 ligne(s) lue(s) = 39 acceptée(s) + 0 refusée(s)" in said.out
    assert said.err == "" and not ENGLISH.search(said.out)
    assert written(place) == before and not (place.parent / "ailleurs").exists()


def test_a_profile_is_written_corrected_and_used(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files.write(place / "notes.csv", files.long_lines([people(3)[0].with_marks(U31="ZZ"), *people(3)[1:]]))
    assert main(["check", "liste.csv", "notes.csv", "--write-profile", "p.toml"]) == 0
    assert "Refusé : notes.csv, « Note » : 1 ligne(s), la première 3" in capsys.readouterr().out
    profile = place / "p.toml"
    text = profile.read_text(encoding="utf-8")
    profile.write_text(text.replace("[values.state]", '[values.state]\nZZ = "vae"'), encoding="utf-8")
    assert main(["check", "liste.csv", "notes.csv", "--profile", "p.toml"]) == 0
    said = capsys.readouterr().out
    assert "VAE 1" in said and "Refusé" not in said
    assert main(["check", "liste.csv", "--write-profile", "p.toml"]) == 2
    assert "existe déjà" in capsys.readouterr().err
    assert "ZZ" in profile.read_text(encoding="utf-8")


def test_a_profile_is_written_even_when_the_file_lacks_something(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "notes.csv", "--write-profile", "p.toml"]) == 2
    assert "« session »" in capsys.readouterr().err
    text = (place / "p.toml").read_text(encoding="utf-8")
    given = 'session = "2025"\ndiploma = "31214"\ncandidate_status = "scolaire"'
    (place / "p.toml").write_text(text.replace("[defaults]", f"[defaults]\n{given}"), encoding="utf-8")
    assert main(["check", "notes.csv", "--profile", "p.toml"]) == 0


def test_import_writes_a_set_and_what_it_refused(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "liste.csv", "notes.csv"]) == 0
    said = capsys.readouterr()
    assert Path(said.out.strip()) == place / "data" / "processed" / "cohorte_final"
    assert "Clé des pseudonymes créée" in said.err and "3 candidat(s) ajouté(s)" in said.err
    assert len(load_cohort("cohorte_final").results()) == 39
    beside = place / "data" / "processed" / "cohorte_final-quarantaine.csv"
    assert not beside.exists()
    files.write(place / "notes.csv", files.long_lines([people(3)[0].with_marks(U31="21"), *people(3)[1:]]))
    assert main(["import", "liste.csv", "notes.csv"]) == 0
    said = capsys.readouterr()
    assert "0 candidat(s) ajouté(s), 0 remplacé(s), 1 retiré(s), 2 inchangé(s)" in said.err
    lines = beside.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "fichier;ligne;colonne;valeur;motif"
    assert lines[2] == "notes.csv;2;ligne;;candidat mis de côté : une de ses lignes est refusée (notes.csv, ligne 3)"
    assert "notes.csv;3;Note;21;attendu : une note de 0 à 20" in lines


def test_what_import_says_of_the_jury_and_keeps(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    header, *lines = files.wide_lines(people(3))
    outcomes = ("Admis", "Admis", "Refusé")  # all have 12,5 everywhere
    said = [f"{header};Décision", *(f"{x};{o}" for x, o in zip(lines, outcomes, strict=True))]
    files.write(place / "notes.csv", said)
    told = [
        "Jury : 3 candidat(s) ont son résultat ; 2 ont celui que donnent leurs notes, 1 un autre",
        "Jury : 1 candidat(s), « Admis au 1er groupe » par les notes → « Refusé au 1er groupe » par le jury",
    ]
    assert main(["check", "notes.csv"]) == 0
    out = capsys.readouterr().out
    assert main(["import", "notes.csv"]) == 0
    err = capsys.readouterr().err
    assert all(line in out and line in err for line in told)
    record = load_cohort("cohorte_final").record
    assert ("passed_first_group", "refused_first_group", 1) in record.jury
    assert all(finding in err for finding in record.findings) and record.files == (("notes.csv", 3, 3, 0),)


def test_each_stage_has_its_set(place: Path) -> None:
    assert main(["import", "liste.csv", "notes.csv", "--stage", "first_group"]) == 0
    assert load_cohort("cohorte_first_group").stage == "first_group"


def test_a_file_refused_whole_writes_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "notes.csv").write_bytes(b"PK\x03\x04" + bytes(100))
    before = written(place)
    assert main(["import", "liste.csv", "notes.csv"]) == 2
    said = capsys.readouterr()
    assert "rncp : Ce classeur est abîmé" in said.err and said.out == ""
    assert written(place) == before


@pytest.mark.parametrize("command", ["check", "import"])
def test_help_is_french(capsys: pytest.CaptureFixture[str], command: str) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    said = capsys.readouterr().out
    assert said.startswith("Usage : rncp") and not ENGLISH.search(said)
    with pytest.raises(SystemExit):
        main([command])
    assert "il manque FICHIER" in capsys.readouterr().err


def planted(rng: random.Random) -> tuple[list[str], list[str], set[str]]:
    """A list and marks with every kind of fault, and each text that names somebody in them."""
    persons = people(40)
    secrets = {text for p in persons for text in (p.number, p.ine, p.last, p.first, p.birth)}
    listed = files.list_lines([replace(p, category="ZYGOMAR") if i % 9 == 0 else p for i, p in enumerate(persons)])
    marks = files.long_lines(persons)
    for lines, start, share in ((listed, 8, 4), (marks, 1, 40)):
        for i in rng.sample(range(start, len(lines)), len(lines) // share):
            cells = lines[i].split(";")
            person = persons[i % 40]
            secret = rng.choice([person.number, person.ine, person.last, person.first, person.birth])
            fault = rng.randrange(4)
            if fault == 0:  # a name where something else stands
                cells[rng.randrange(len(cells))] = secret
            elif fault == 1:  # a cell lost, all others moved
                cells = [*cells[1:], ""] if rng.random() < 0.5 else [secret, *cells[:-1]]
            elif fault == 2:  # a line cut or too long
                cells = cells[: rng.randrange(1, len(cells))] if rng.random() < 0.5 else [*cells, secret]
            else:
                cells[rng.randrange(len(cells))] = f'"{secret}'
            lines[i] = ";".join(cells)
    return listed, marks, secrets


@pytest.mark.parametrize("seed", range(6))
def test_nobody_is_named_in_anything_printed_or_written(
    place: Path, capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    listed, marks, secrets = planted(random.Random(seed))
    if seed == 0:  # nothing accepted: the error speaks
        marks = [marks[0], *(line.replace("U", "W") for line in marks[1:])]
    if seed == 1:
        marks[0], marks[1] = marks[0] + marks[1], ""  # titles run into the first line
    files.write(place / "liste.csv", listed)
    files.write(place / "notes.csv", marks)
    sources = written(place)
    for arguments in (["check"], ["check", "--write-profile", "p.toml"], ["import"]):
        main([arguments[0], "liste.csv", "notes.csv", *arguments[1:]])
        said = capsys.readouterr()
        leaked = [s for s in secrets if s.casefold() in (said.out + said.err).casefold()]
        assert leaked == []
    for name in written(place) - sources:
        content = (place / name).read_bytes()
        for secret in secrets:
            for form in (secret, secret.lower(), secret.replace("/", "-"), "-".join(reversed(secret.split("/")))):
                assert form.encode() not in content and form.encode("utf-16-le") not in content, name
    if seed > 1:
        assert (place / "data" / "processed" / "cohorte_final-quarantaine.csv").is_file()
        cohort = load_cohort("cohorte_final")
        assert cohort.record.refusals and cohort.record.findings
        for column in cohort.candidates.select_dtypes("str"):
            assert not any(re.search("(?i)zygomar|euphrosyne", str(text)) for text in cohort.candidates[column])
        assert set(cohort.results()["unit"]) <= set(UNITS)


def test_nobody_is_named_by_the_name_of_a_file(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "notes.csv").rename(place / "ZYGOMARB1X_Xenophon.csv")
    sources = written(place)
    for command in ("check", "import"):
        assert main([command, "liste.csv", "ZYGOMARB1X_Xenophon.csv"]) == 0
        said = capsys.readouterr()
        assert "2e fichier" in said.out + said.err and "xenophon" not in (said.out + said.err).casefold()
    for name in written(place) - sources:
        assert b"xenophon" not in (place / name).read_bytes().lower() and "xenophon" not in name.casefold()


def test_the_fictitious_exports_are_stored_as_synthetic(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ROOT / "data" / "raw" / "synthetic"
    paths = [*map(str, sorted(folder.glob("liste_candidats_*.csv"))), str(folder / "notes_long.csv")]
    assert main(["check", *paths]) == 0 and "Données synthétiques" in capsys.readouterr().out
    assert main(["import", *paths]) == 0 and "Données synthétiques" in capsys.readouterr().err
    assert load_cohort("cohorte_final").origin == "synthetic"
    assert main(["import", "liste.csv", "notes.csv"]) == 2  # a set never mixes both
    assert "l'origine des candidats" in capsys.readouterr().err


def test_a_report_without_a_profile_says_how_to_give_it(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "liste.csv", "notes.csv"]) == 0
    capsys.readouterr()
    assert main(["report", "--cohort", "cohorte_final", "--output", "r"]) == 2
    said = capsys.readouterr().err
    assert "Aucun profil de secret n'est choisi" in said and "--profile" in said and "profile= " not in said
