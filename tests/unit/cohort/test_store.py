"""data/processed never holds half a data set; what is read back is what was written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd
import pytest

from rncp_analytics.cohort import store
from rncp_analytics.cohort.store import locate, read_dataset, write_dataset
from rncp_analytics.errors import DataNotFoundError

OLD = {"a": pd.DataFrame({"session": [2024], "option": ["B"], "present": [9827]}), "b": pd.DataFrame({"n": [1, 2]})}
NEW = {"a": pd.DataFrame({"session": [2025], "option": ["B"], "present": [10490]}), "b": pd.DataFrame({"n": [3]})}
MANIFEST = "datapackage.json"


def assert_holds(folder: Path, tables: dict[str, pd.DataFrame], title: str) -> None:
    found, about = read_dataset(folder)
    assert about["title"] == title
    assert found.keys() == tables.keys()
    for name, table in tables.items():
        pd.testing.assert_frame_equal(found[name], table)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    write_dataset(tmp_path / "new" / "set", OLD, about={"title": "ancien", "findings": ["é"]})
    assert_holds(tmp_path / "new" / "set", OLD, "ancien")
    about = json.loads((tmp_path / "new" / "set" / MANIFEST).read_text(encoding="utf-8"))
    assert about["findings"] == ["é"]
    assert [r["rows"] for r in about["resources"]] == [1, 2]
    assert about["resources"][0]["schema"]["fields"] == [
        {"name": "session", "type": "integer"},
        {"name": "option", "type": "string"},
        {"name": "present", "type": "integer"},
    ]


def test_writing_twice_changes_no_byte(tmp_path: Path) -> None:
    write_dataset(tmp_path, OLD, about={"title": "ancien"})
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    write_dataset(tmp_path, OLD, about={"title": "ancien"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first


def test_a_new_set_leaves_nothing_of_the_old_and_touches_no_other_file(tmp_path: Path) -> None:
    write_dataset(tmp_path, OLD, about={"title": "ancien"})
    (tmp_path / "notes.txt").write_text("à garder", encoding="utf-8")
    (tmp_path / ".gitkeep").touch()
    (tmp_path / "sous-dossier").mkdir()
    write_dataset(tmp_path, NEW, about={"title": "nouveau"})
    assert_holds(tmp_path, NEW, "nouveau")
    assert len(list(tmp_path.glob("*.parquet"))) == 2
    assert {"notes.txt", ".gitkeep", "sous-dossier"} <= {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("failing", [1, 2, 3], ids=["first table", "second table", "description"])
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_in_the_middle_leaves_the_previous_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int, step: str
) -> None:
    write_dataset(tmp_path, OLD, about={"title": "ancien"})
    calls = 0

    def fails(*arguments: object) -> object:
        nonlocal calls
        calls += 1
        if calls == failing:
            raise OSError(28, "No space left on device")
        return real(*arguments)

    owner: object = store.os if step == "fsync" else Path
    real = getattr(owner, step)
    with monkeypatch.context() as patched:
        patched.setattr(owner, step, fails)
        with pytest.raises(OSError, match="No space left"):
            write_dataset(tmp_path, NEW, about={"title": "nouveau"})
    assert_holds(tmp_path, OLD, "ancien")
    assert not list(tmp_path.glob(".*")), "a temporary file stayed"
    write_dataset(tmp_path, NEW, about={"title": "nouveau"})
    assert_holds(tmp_path, NEW, "nouveau")
    assert len(list(tmp_path.glob("*.parquet"))) == 2


def test_what_a_killed_process_left_is_swept_by_the_next_writing(tmp_path: Path) -> None:
    (tmp_path / f".{MANIFEST}.4242.tmp").write_bytes(b"{")
    (tmp_path / "a-0123456789ab.parquet").write_bytes(b"PAR1")
    write_dataset(tmp_path, NEW, about={"title": "nouveau"})
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".parquet"}
    assert_holds(tmp_path, NEW, "nouveau")


def _altered(folder: Path) -> None:
    path = sorted(folder.glob("a-*.parquet"))[0]
    path.write_bytes(path.read_bytes().replace(b"PAR1", b"PAR2", 1))


def _cut(folder: Path) -> None:
    path = sorted(folder.glob("b-*.parquet"))[0]
    path.write_bytes(path.read_bytes()[:-1])


def _missing(folder: Path) -> None:
    sorted(folder.glob("b-*.parquet"))[0].unlink()


def _no_manifest(folder: Path) -> None:
    (folder / MANIFEST).unlink()


def _manifest(content: bytes):  # type: ignore[no-untyped-def]
    return lambda folder: (folder / MANIFEST).write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (_altered, "a été modifié"),
        (_cut, "a été modifié"),
        (_missing, "manque"),
        (_no_manifest, "datapackage.json manque"),
        (_manifest(b'{"resources": ['), "datapackage.json est illisible"),
        (_manifest(b"\xff\xfe"), "datapackage.json est illisible"),
        (_manifest(b"[]"), "datapackage.json est illisible"),
        (_manifest(b'{"title": "x"}'), "datapackage.json est illisible"),
        (_manifest(b'{"resources": [{"path": "a.parquet"}]}'), "manque"),
    ],
    ids=["altered", "cut", "missing table", "no manifest", "cut manifest", "bytes", "list", "no resources", "no table"],
)
def test_damage_is_seen_and_writing_again_repairs_it(tmp_path: Path, damage, told: str) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path / "published"
    write_dataset(folder, OLD, about={"title": "ancien"})
    damage(folder)
    with pytest.raises(DataNotFoundError, match=told) as caught:
        read_dataset(folder)
    assert "« published »" in caught.value.what
    assert caught.value.where == str(folder)
    assert caught.value.remedy
    write_dataset(folder, OLD, about={"title": "ancien"})
    assert_holds(folder, OLD, "ancien")


def test_a_set_never_written(tmp_path: Path) -> None:
    with pytest.raises(DataNotFoundError, match=r"« absent ».*datapackage.json manque"):
        read_dataset(tmp_path / "absent")


def _data(folder: Path) -> Path:
    (folder / "raw").mkdir(parents=True)
    (folder / "raw" / MANIFEST).write_text("{}", encoding="utf-8")
    return folder


def test_the_variable_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _data(tmp_path / "here" / "data")
    named = _data(tmp_path / "elsewhere" / "figures")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("RNCP_DATA", os.path.relpath(named))
    assert (locate().raw, locate().processed) == (named / "raw", named / "processed")


def test_a_variable_that_names_no_data_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RNCP_DATA", str(tmp_path))
    with pytest.raises(DataNotFoundError, match="RNCP_DATA") as caught:
        locate()
    assert caught.value.where == str(tmp_path)
    assert "raw/datapackage.json" in caught.value.expected
    assert "retirer" in caught.value.remedy


@pytest.mark.usefixtures("no_data_variable")
def test_then_the_nearest_parent_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _data(tmp_path / "data")
    nearest = _data(tmp_path / "project" / "data")
    (tmp_path / "project" / "notebooks").mkdir()
    (tmp_path / "project" / "notebooks" / "deep").mkdir()
    (tmp_path / "project" / "data" / "raw" / "data").mkdir()  # data without raw/datapackage.json: passed over
    monkeypatch.chdir(tmp_path / "project" / "notebooks" / "deep")
    assert locate().raw == nearest / "raw"
    assert locate().processed == nearest / "processed"
    assert locate().notebooks == tmp_path / "project" / "notebooks"


@pytest.mark.usefixtures("no_data_variable")
def test_else_what_the_package_carries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = locate()
    assert (found.raw / MANIFEST).is_file()
    assert found.processed == tmp_path / "data" / "processed"
    assert found.notebooks.name == "notebooks"


@pytest.mark.usefixtures("no_data_variable")
def test_an_installed_package_carries_its_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "rncp_analytics"
    bundled = _data(package / "_bundle" / "data")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr(store, "__file__", str(package / "cohort" / "store.py"))
    assert locate().raw == bundled / "raw"
    assert locate().notebooks == package / "_bundle" / "notebooks"
    assert locate().processed == tmp_path / "work" / "data" / "processed"
