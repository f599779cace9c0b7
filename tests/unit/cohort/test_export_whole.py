"""A file cut inside its last value, and one that only lacks its last end of line."""

from __future__ import annotations

from pathlib import Path

import pytest

from rncp_analytics.cohort.export import Reading
from rncp_analytics.cohort.export_whole import CUT
from tests.unit.cohort import export_files as files
from tests.unit.cohort.export_files import people
from tests.unit.cohort.test_export import read

TITLES = "N° Candidat;Nature;Code Unité;Note"


def cut(folder: Path, removed: int, *, mark: str = "11,00", lines: int = 39) -> Reading:
    """Marks of three candidates, the mark last, without their last bytes: 2 are the end of the last line."""
    persons = people(3)
    marks = [f"{p.number};CCF;{unit};{mark}" for p in persons for unit in p.marks]
    path = files.write(folder / "notes.csv", [TITLES, *marks[:lines]])
    path.write_bytes(path.read_bytes()[:-removed])
    return read(files.write(folder / "liste.csv", files.list_lines(persons)), path)


@pytest.mark.parametrize(("removed", "mark"), [(6, "11,00"), (3, "11,00"), (3, "11")])
def test_a_last_value_that_may_be_cut_sets_its_candidate_aside(tmp_path: Path, removed: int, mark: str) -> None:
    # "11,00" is left as "1" or "11,0"; "11" as "1", where all other marks are whole numbers of two digits.
    reading = cut(tmp_path, removed, mark=mark)
    assert (reading.quarantine["reason"] == CUT).sum() == 1
    assert reading.counts["accepted"].tolist() == [2, 26]
    assert len(reading.cohort.candidates) == 2 and set(reading.cohort.results()["mark"]) == {220}


def test_a_file_that_only_lacks_its_last_end_of_line_is_whole(tmp_path: Path) -> None:
    reading = cut(tmp_path, 2)
    assert reading.quarantine.empty and reading.counts["accepted"].tolist() == [3, 39]
    assert any("la dernière ligne n'a pas de fin de ligne" in f for f in reading.findings)


def test_a_last_line_whole_but_not_the_last_of_its_candidate(tmp_path: Path) -> None:
    reading = cut(tmp_path, 2, lines=36)
    assert (reading.quarantine["reason"] == CUT).sum() == 1
    assert reading.counts["accepted"].tolist() == [2, 26]


def test_a_last_candidate_with_fewer_units_is_told(tmp_path: Path) -> None:
    def told(lines: int) -> list[str]:
        persons = people(3)
        marks = [f"{p.number};CCF;{unit};11,00" for p in persons for unit in p.marks]
        path = files.write(tmp_path / "notes.csv", [TITLES, *marks[:lines]])
        reading = read(files.write(tmp_path / "liste.csv", files.list_lines(persons)), path)
        return [f for f in reading.findings if "moins d'unités que tous les autres" in f]

    assert told(39) == [] and len(told(36)) == 1 and "ligne 37" in told(36)[0]


def test_a_mark_in_columns_that_may_be_cut(tmp_path: Path) -> None:
    persons = [p.with_marks(PROJET="14,50") for p in people(3)]
    path = files.write(tmp_path / "notes.csv", files.wide_lines(persons))
    whole = path.read_bytes()
    path.write_bytes(whole[:-2])
    assert read(path).counts["accepted"].tolist() == [3]
    path.write_bytes(whole[:-5])  # "14,50" is left as "14", a mark too
    assert read(path).quarantine["reason"].tolist() == [CUT]
