"""Files read together: whose they are, at which stage and session, and on what they are joined."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rncp_analytics.cohort.export import Reading, read_export
from rncp_analytics.cohort.profile import guess_profile
from rncp_analytics.cohort.provenance import Stage
from rncp_analytics.counts.tally import tally
from rncp_analytics.errors import InputError
from tests.unit.cohort import export_files as files
from tests.unit.cohort.export_files import UNITS, people
from tests.unit.cohort.test_export import KEY, read

SYNTHETIC = "Critères de recherche : Etat Egal Inscrit (données synthétiques, identités fictives);;;"


def pair(folder: Path, listed: list[str], marks: list[str]) -> tuple[Path, Path]:
    return files.write(folder / "liste.csv", listed), files.write(folder / "notes.csv", marks)


def test_a_list_that_says_synthetic_makes_all_synthetic(tmp_path: Path) -> None:
    listed = files.list_lines(people(2))
    fictitious = [SYNTHETIC, *listed]
    reading = read(*pair(tmp_path, fictitious, files.long_lines(people(2))))
    assert reading.cohort.origin == "synthetic"
    assert any(f.startswith("Données synthétiques") and "liste.csv" in f for f in reading.findings)
    assert read(*pair(tmp_path, listed, files.long_lines(people(2)))).cohort.origin == "candidates"


def test_a_list_that_says_synthetic_never_makes_another_so(tmp_path: Path) -> None:
    paths = pair(tmp_path, [SYNTHETIC, *files.list_lines(people(1))], files.list_lines(people(2)[1:]))
    with pytest.raises(InputError, match="synthétiques et d'autres") as caught:
        read(*paths)
    assert "autres listes : notes.csv" in caught.value.where


def marked(folder: Path, stage: Stage, *, control: str = "") -> Reading:
    """One admitted, and one whom the marks allow to the contrôle: 11 in the professional units, 8 elsewhere."""
    professional = dict.fromkeys(("U2", "U31", "U32", "U33", "U34"), "11")
    weak = people(2)[1].with_marks(**{**dict.fromkeys(UNITS, "8"), **professional})
    header, first, second = files.wide_lines([people(1)[0], weak])
    path = files.write(folder / "n.csv", [f"{header};U12 contrôle", f"{first};", f"{second};{control}"])
    return read_export([path], key=KEY, stage=stage)


@pytest.mark.parametrize(
    ("stage", "said", "column"),
    [("final", "refusés après le contrôle", "refused_after_control"),
     ("after_control", "en attente du contrôle", "control_pending")],
)  # fmt: skip
def test_a_stage_without_the_marks_that_it_supposes(tmp_path: Path, stage: Stage, said: str, column: str) -> None:
    reading = marked(tmp_path, stage)
    found = [f for f in reading.findings if "ouvrent l'épreuve de contrôle" in f]
    assert len(found) == 1 and found[0].startswith("1 candidat(s)") and said in found[0] and "first_group" in found[0]
    assert tally(reading.cohort, by=()).outcomes.frame[column].tolist() == [1]  # what the finding says


@pytest.mark.parametrize(("stage", "control"), [("first_group", ""), ("final", "9")])
def test_a_stage_that_its_marks_do_not_belie(tmp_path: Path, stage: Stage, control: str) -> None:
    assert not any("ouvrent l'épreuve" in f for f in marked(tmp_path, stage, control=control).findings)


@pytest.mark.parametrize("text", ["2019;;;", "Session 2019;;;"])
def test_a_session_before_the_diploma_in_the_free_lines(tmp_path: Path, text: str) -> None:
    lines = files.list_lines(people(2))
    path = files.write(tmp_path / "liste.csv", [text, *lines[1:]])
    for profile in (None, replace(guess_profile(path), defaults={"session": "2025"})):
        with pytest.raises(InputError, match="session refusée : session 2019") as caught:
            read(path, profile=profile)
        assert "2022" in caught.value.expected and "profil" not in caught.value.remedy


def test_numbers_that_lost_their_zeros(tmp_path: Path) -> None:
    persons = [replace(p, number=f"00{i}0990") for i, p in enumerate(people(3), 1)]
    marks = [line.removeprefix("00") for line in files.long_lines(persons)]
    reading = read(*pair(tmp_path, files.list_lines(persons), marks))
    assert reading.counts["accepted"].tolist() == [3, 39]
    assert any(f.startswith("3 numéro(s) de candidat sans leurs premiers zéros") for f in reading.findings)
    whole = read(*pair(tmp_path, files.list_lines(persons), files.long_lines(persons)))
    assert reading.cohort.candidates.equals(whole.cohort.candidates)


def test_numbers_that_zeros_alone_tell_apart_stay_apart(tmp_path: Path) -> None:
    first, second, third = people(3)
    persons = [replace(first, number="0990"), replace(second, number="990"), third]
    marks = files.long_lines([replace(first, number="00990"), third])
    reading = read(*pair(tmp_path, files.list_lines(persons), marks))
    assert reading.counts["accepted"].tolist() == [3, 13]
    assert not any("zéros" in f for f in reading.findings)


def test_numbers_that_meet_nobody_give_way_to_the_ine(tmp_path: Path) -> None:
    persons = people(3)
    marks = [line.replace("20990", "70110") for line in files.wide_lines(persons)]
    reading = read(*pair(tmp_path, files.list_lines(persons), marks))
    assert reading.counts["accepted"].tolist() == [3, 3] and len(reading.cohort.results()) == 39
    assert any("rapprochés par « INE »" in f for f in reading.findings)
