"""Imports add up, corrections replace, and whatever happens the set is the one before or the one after."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from rncp_analytics.cohort.cohort_store import Changes, load_cohort, save_cohort
from rncp_analytics.cohort.export import read_export
from rncp_analytics.cohort.model import Cohort
from rncp_analytics.errors import DataNotFoundError, InputError
from tests.conftest import ROOT
from tests.unit.cohort import export_files as files
from tests.unit.cohort.export_files import Person, people

KEY = bytes(range(32))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder of the set "essai"."""
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "data" / "raw" / "datapackage.json").write_text("{}")
    monkeypatch.setenv("RNCP_DATA", str(tmp_path / "data"))
    return tmp_path / "data" / "processed" / "essai"


def cohort(folder: Path, persons: list[Person], *, name: str = "notes.csv", session: str = "2025") -> Cohort:
    path = files.write(folder / name, files.wide_lines(persons, session=session))
    return read_export([path], key=KEY, stage="final").cohort


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_is_saved_is_loaded_as_it_was(place: Path, tmp_path: Path) -> None:
    saved = cohort(tmp_path, [people(3)[0].with_marks(U31="AB"), *people(3)[1:]])
    assert save_cohort(saved, place) == Changes(3, 0, 0, 0, 0)
    loaded = load_cohort("essai")
    pd.testing.assert_frame_equal(loaded.candidates, saved.candidates)
    pd.testing.assert_frame_equal(loaded.results(), saved.results())
    assert str(loaded.results()["mark"].dtype) == "Int32"
    assert (loaded.stage, loaded.origin, loaded.source) == (saved.stage, saved.origin, saved.source)
    about = json.loads((place / "datapackage.json").read_text(encoding="utf-8"))
    assert about["sessions"] == [2025] and [r["rows"] for r in about["resources"]] == [3, 39]


def test_the_same_import_twice_changes_no_byte(place: Path, tmp_path: Path) -> None:
    save_cohort(cohort(tmp_path, people(3)), place)
    before, written = content(place), (place / "datapackage.json").stat().st_mtime_ns
    assert save_cohort(cohort(tmp_path, people(3)), place) == Changes(0, 0, 3, 0, 0)
    assert content(place) == before
    assert (place / "datapackage.json").stat().st_mtime_ns == written


def test_a_corrected_file_replaces_its_candidates_and_no_other(place: Path, tmp_path: Path) -> None:
    five = people(5)
    save_cohort(cohort(tmp_path, five[:3]), place)
    save_cohort(cohort(tmp_path, [five[3]], name="autre.csv"), place)
    corrected = [five[0], five[1].with_marks(U31="8"), five[4]]
    assert save_cohort(cohort(tmp_path, corrected), place) == Changes(
        added=1, changed=1, unchanged=1, removed=1, kept=1
    )
    alone = cohort(tmp_path, [*corrected, five[3]])
    loaded = load_cohort("essai")
    pd.testing.assert_frame_equal(loaded.candidates, alone.candidates)
    pd.testing.assert_frame_equal(loaded.results(), alone.results())
    assert loaded.source.files == ("autre.csv", "notes.csv")


def test_sessions_add_up_whatever_the_order(place: Path, tmp_path: Path) -> None:
    old = cohort(tmp_path, people(2), name="2024.csv", session="2024")
    new = cohort(tmp_path, people(3), name="2025.csv")
    for first, second in ((old, new), (new, old)):
        folder = place.with_name(f"essai{first.source.files[0][:4]}")
        save_cohort(first, folder)
        save_cohort(second, folder)
    one, other = load_cohort("essai2024"), load_cohort("essai2025")
    pd.testing.assert_frame_equal(one.candidates, other.candidates)
    pd.testing.assert_frame_equal(one.results(), other.results())
    assert one.candidates["session"].tolist() == [2024, 2024, 2025, 2025, 2025]
    assert one.candidates["candidate"].nunique() == 3


def test_sets_that_differ_are_not_mixed(place: Path, tmp_path: Path) -> None:
    made = cohort(tmp_path, people(2))
    save_cohort(made, place, fingerprint="a")
    before = content(place)
    for other, key, words in (
        (made, "b", "clé"),
        (replace(made, stage="first_group"), "a", "étape"),
        (replace(made, origin="synthetic"), "a", "origine"),
    ):
        with pytest.raises(InputError, match=words):
            save_cohort(other, place, fingerprint=key)
    assert content(place) == before


def test_a_damaged_or_foreign_set_is_told(place: Path, tmp_path: Path) -> None:
    with pytest.raises(DataNotFoundError, match="essai"):
        load_cohort("essai")
    save_cohort(cohort(tmp_path, people(2)), place)
    table = next(place.glob("results-*.parquet"))
    table.write_bytes(table.read_bytes()[:-1])
    with pytest.raises(DataNotFoundError, match="modifié"):
        load_cohort("essai")
    (place / "datapackage.json").write_text('{"resources": []}')
    with pytest.raises(DataNotFoundError, match="pas une cohorte"):
        load_cohort("essai")


_SAVE = """
import sys
from pathlib import Path
from rncp_analytics.cohort.cohort_store import save_cohort
from rncp_analytics.cohort.export import read_export
made = read_export([Path(sys.argv[1])], key=bytes(range(32)), stage="final").cohort
print("ready", flush=True)
save_cohort(made, Path(sys.argv[2]))
print("done", flush=True)
"""


@pytest.mark.slow
def test_killed_at_ten_random_moments_the_set_is_as_before_or_as_after(place: Path, tmp_path: Path) -> None:
    random.seed(20250704)
    first = cohort(tmp_path, people(3000))
    second = cohort(tmp_path, [p.with_marks(U31="8") for p in people(3000)])
    path = tmp_path / "notes.csv"
    save_cohort(first, place)
    start = time.perf_counter()
    save_cohort(second, place.with_name("mesure"))
    save_cohort(first, place.with_name("mesure"))
    duration = time.perf_counter() - start
    for _ in range(10):
        before = load_cohort("essai").results()["mark"].tolist()
        wanted = first if before == second.results()["mark"].tolist() else second
        changed = {} if wanted is first else {"U31": "8"}
        files.write(path, files.wide_lines([p.with_marks(**changed) for p in people(3000)]))
        child = subprocess.Popen(
            [sys.executable, "-c", _SAVE, str(path), str(place)], stdout=subprocess.PIPE, cwd=ROOT, text=True
        )
        assert child.stdout and child.stdout.readline() == "ready\n"
        time.sleep(random.uniform(0, duration))
        child.kill()
        child.wait()
        child.stdout.close()
        after = load_cohort("essai").results()["mark"].tolist()
        assert after in (before, wanted.results()["mark"].tolist())
    save_cohort(second, place)
    save_cohort(first, place)  # one of the two writes, and clears what the killed ones left
    assert len(content(place)) == 3
