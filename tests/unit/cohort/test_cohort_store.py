"""Imports add up, corrections replace, and whatever happens the set is the one before or the one after."""

from __future__ import annotations

import errno
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from rncp_analytics.cohort import store
from rncp_analytics.cohort.cohort_store import Changes, load_cohort, save_cohort
from rncp_analytics.cohort.export import read_export
from rncp_analytics.cohort.model import Cohort
from rncp_analytics.cohort.provenance import ImportRecord
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
    assert loaded.record == saved.record and loaded.record.files == (("notes.csv", 3, 3, 0),)
    about = json.loads((place / "datapackage.json").read_text(encoding="utf-8"))
    assert about["sessions"] == [2025] and [r["rows"] for r in about["resources"]] == [3, 39]


def test_the_same_import_twice_changes_no_byte(place: Path, tmp_path: Path) -> None:
    save_cohort(cohort(tmp_path, people(3)), place)
    before, written = content(place), (place / "datapackage.json").stat().st_mtime_ns
    again = cohort(tmp_path, people(3))
    later = replace(again, record=replace(again.record, date="2099-01-01"))
    assert save_cohort(later, place) == Changes(0, 0, 3, 0, 0)
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
    assert loaded.record.files == (("autre.csv", 1, 1, 0), ("notes.csv", 3, 3, 0))


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


def test_what_the_jury_decided_is_kept_and_adds_up_over_imports(place: Path, tmp_path: Path) -> None:
    for name, session, outcomes in (("a.csv", "2024", ("Admis", "Refusé")), ("b.csv", "2025", ("Admis", "Admis"))):
        header, *lines = files.wide_lines(people(2), session=session)
        said = [f"{header};Décision", *(f"{x};{o}" for x, o in zip(lines, outcomes, strict=True))]
        path = files.write(tmp_path / name, said)
        save_cohort(read_export([path], key=KEY, stage="final").cohort, place)
    assert set(load_cohort("essai").record.jury) == {
        ("passed_first_group", "passed_first_group", 3),
        ("passed_first_group", "refused_first_group", 1),
    }


def test_a_set_written_before_there_were_records_has_an_empty_one(place: Path, tmp_path: Path) -> None:
    save_cohort(cohort(tmp_path, people(2)), place)
    manifest = place / "datapackage.json"
    about = json.loads(manifest.read_text(encoding="utf-8"))
    del about["imports"]["notes.csv"]["record"]
    manifest.write_text(json.dumps(about), encoding="utf-8")
    assert load_cohort("essai").record == ImportRecord()


_HOLD = """
import sys
from pathlib import Path
from rncp_analytics.cohort.store import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_two_imports_at_once(place: Path, tmp_path: Path) -> None:
    save_cohort(cohort(tmp_path, people(2)), place)
    before = content(place)
    other = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(place)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
    )
    assert other.stdout and other.stdout.readline() == "held\n"
    with pytest.raises(InputError, match="Un autre import est en cours") as caught:
        save_cohort(cohort(tmp_path, people(3)), place)
    assert caught.value.where == str(place) and "attendre" in caught.value.remedy
    assert content(place) == before
    other.kill()  # it has no time to free anything itself
    other.communicate()
    assert save_cohort(cohort(tmp_path, people(3)), place) == Changes(1, 0, 2, 0, 0)


@pytest.mark.parametrize("failing", [1, 2, 3], ids=["candidates", "results", "description"])
def test_a_full_disk_leaves_the_last_good_state(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    first, second = cohort(tmp_path, people(3)), cohort(tmp_path, people(4))
    save_cohort(first, place)
    before, real, calls = content(place), os.fsync, 0

    def full(file: int) -> None:
        nonlocal calls
        calls += 1
        if calls == failing:
            os.truncate(file, 100)  # what there was room for
            raise OSError(errno.ENOSPC, "No space left on device")
        real(file)

    with monkeypatch.context() as patched:
        patched.setattr(store.os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            save_cohort(second, place)
    assert content(place).items() >= before.items()
    assert len(load_cohort("essai").candidates) == 3
    assert save_cohort(second, place) == Changes(1, 0, 3, 0, 0)
    assert len(content(place)) == len(before)


def _import(folder: Path) -> subprocess.Popen[str]:
    """A real import that has read its file and is about to write."""
    command = [sys.executable, "-m", "rncp_analytics", "import", str(folder / "notes.csv")]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT, text=True)
    _wait(child, "candidat(s) lus")
    return child


def _wait(child: subprocess.Popen[str], words: str) -> None:
    assert child.stderr
    assert any(words in line for line in child.stderr), f"the import ended without {words!r}"


@pytest.mark.slow
def test_killed_at_ten_random_moments_the_set_is_as_before_or_as_after(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RNCP_KEY_FILE", str(tmp_path / "cle"))
    place, marks = place.with_name("cohorte_final"), {}
    for name, changed in {"a": {}, "b": {"U31": "8"}}.items():
        (tmp_path / name).mkdir()
        lines = files.wide_lines([p.with_marks(**changed) for p in people(20_000)])
        files.write(tmp_path / name / "notes.csv", lines)
        child = _import(tmp_path / name)
        start = time.perf_counter()
        _wait(child, "cohorte_final : ")
        duration = time.perf_counter() - start  # in the end that of "b", which replaces as the others will
        child.communicate()
        marks[name] = load_cohort("cohorte_final").results()["mark"].tolist()
    size, held, found, rng = len(content(place)), "b", Counter[str](), random.Random(20250704)
    # One as soon as it may write, one as soon as it has written, the other eight all along.
    moments: list[float | None] = [0.0, *(rng.uniform(0, duration) for _ in range(8)), None]
    for moment in moments:
        wanted = "b" if held == "a" else "a"
        child = _import(tmp_path / wanted)
        _wait(child, "cohorte_final : ") if moment is None else time.sleep(moment)
        child.kill()
        child.communicate()
        after = load_cohort("cohorte_final").results()["mark"].tolist()
        assert after in (marks[held], marks[wanted])
        found["after" if after == marks[wanted] else "before"] += 1
        child = _import(tmp_path / wanted)  # the next import works, and clears what the killed one left
        child.communicate()
        assert child.returncode == 0
        assert load_cohort("cohorte_final").results()["mark"].tolist() == marks[wanted]
        held = wanted
    assert found["before"] and found["after"] and found.total() == 10
    assert len(content(place)) == size


def test_an_unknown_name_is_told_with_the_known_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("raw", "processed/cohorte_final", "processed/published"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "datapackage.json").write_text("{}")
    monkeypatch.setenv("RNCP_DATA", str(tmp_path))
    with pytest.raises(DataNotFoundError, match="Aucune cohorte ne s'appelle « absente »") as caught:
        load_cohort("absente")
    assert caught.value.expected == "l'un de : cohorte_final"
    assert "rncp import" in caught.value.remedy
