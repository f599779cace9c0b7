"""What identifies a candidate and stands where it shouldn't: a shifted cell, a class, the name of a file."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from rncp_analytics.cohort.export import Reading
from tests.unit.cohort import export_files as files
from tests.unit.cohort.export_files import Person, people
from tests.unit.cohort.test_export import KEY, both, read


def everything(reading: Reading) -> str:
    """All that a reading says or keeps."""
    cohort = reading.cohort
    tables = (cohort.candidates, cohort.results(), reading.quarantine, reading.counts)
    return "\n".join([repr(cohort.record), repr(cohort.source), *(t.to_csv() for t in tables)])


@pytest.mark.parametrize(
    ("last", "number", "cell"),
    [("BA", "2099000001", "BA"), ("LY", "21", "21"), ("LY", "2099000001", "LY"), ("LY", "2099000001", "17.04.07")],
)
def test_a_refused_mark_that_identifies_is_not_repeated(tmp_path: Path, last: str, number: str, cell: str) -> None:
    # The mark of somebody else is refused: 21 is shown as such, unless a candidate has this number.
    mine = Person(number, last=last)
    reading = both(tmp_path, [mine, people(2)[1].with_marks(U31=cell)])
    cause = reading.quarantine[reading.quarantine["column"] == "Note"]
    assert len(cause) == 1 and set(cause["value"]) == {""}


def test_a_shifted_line_shows_nothing(tmp_path: Path) -> None:
    # All cells one place to the right: the number is among the units, the unit among the marks.
    first, second = people(2)

    def shift(lines: list[str]) -> list[str]:
        return [*lines[:-1], ";".join(["", *lines[-1].split(";")[:-1]]).replace("U7", "15,33").replace("CCF", "2031")]

    reading = both(tmp_path, [first, second], shift)
    assert set(reading.quarantine.query("file == 'notes.csv' and line == 27")["value"]) == {""}


@pytest.mark.parametrize("school_class", ["ZYGOMAR Euphrosyne", "zygomàr 2", "T Euphrosyne", "990000001ZA"])
def test_a_class_that_names_somebody_is_not_kept(tmp_path: Path, school_class: str) -> None:
    other = replace(people(2)[1], school_class=school_class)
    reading = both(tmp_path, [Person(), other, replace(people(3)[2], school_class="Terminale B")])
    kept = reading.cohort.candidates["school_class"]
    assert sorted(kept.dropna()) == ["TMCV1", "Terminale B"] and kept.isna().sum() == 1
    assert any("1 " in f and "classe" in f for f in reading.findings)
    assert not re.search("(?i)euphrosyne|zygom[aà]r|990000001", everything(reading))


def test_a_name_known_from_another_file_or_that_is_no_class(tmp_path: Path) -> None:
    # The marks have no names: one of these classes is a name of the list, the other looks like no class.
    persons = people(3)
    header, *lines = files.wide_lines(persons)
    classes = ("TLY2", "ly", "MARCHAND")
    marks = [f"{header};Classe", *(f"{line};{c}" for line, c in zip(lines, classes, strict=True))]
    named = replace(persons[0], last="LY", school_class="")
    listed = files.write(
        tmp_path / "l.csv", files.list_lines([named, *(replace(p, school_class="") for p in persons[1:])])
    )
    for paths in ((tmp_path / "n.csv",), (listed, tmp_path / "n.csv")):
        files.write(tmp_path / "n.csv", marks)
        reading = read(*paths)
        assert reading.cohort.candidates["school_class"].dropna().tolist() == ["TLY2"]
        assert "MARCHAND" not in everything(reading)


@pytest.mark.parametrize(
    "name",
    ["ZYGOMAR_Xenophon.csv", "notes-zygomar.csv", "n_2099000001.csv", "ZygomarXenophon.csv", "Euphrosyné 2025.csv"],
)
def test_the_name_of_a_file_that_names_somebody_stands_nowhere(tmp_path: Path, name: str) -> None:
    person = Person(first="Euphrosyne Marie")
    listed = files.write(tmp_path / "liste.csv", files.list_lines([person, *people(3)[1:]]))
    marks = files.write(tmp_path / name, files.long_lines([person, people(2)[1].with_marks(U31="21"), people(3)[2]]))
    reading = read(listed, marks)
    assert not re.search("(?i)zygomar|xenophon|2099000001|euphrosyn", everything(reading))
    assert any(f.startswith("Le nom du 2e fichier donné") for f in reading.findings)
    neutral = reading.counts["file"].tolist()
    assert neutral[0] == "liste.csv" and re.fullmatch(r"fichier [0-9a-f]{8}\.csv", neutral[1])
    assert read(listed, marks, key=KEY).counts["file"].tolist() == neutral  # an import again replaces this one
    assert read(listed, marks, key=bytes(32)).counts["file"].tolist() != neutral


def test_an_ordinary_name_of_a_file_stays(tmp_path: Path) -> None:
    person = Person(last="DE LA TOUR", number="2025")
    path = files.write(tmp_path / "liste_de_la_session_2025.csv", files.list_lines([person]))
    assert read(path).counts["file"].tolist() == [path.name]
