"""Published margins and a user's own download: verified, reconciled, stored, read back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from rncp_analytics.cohort.store import read_dataset, write_dataset
from rncp_analytics.counts.completeness import Alert
from rncp_analytics.counts.official import build_published, import_results, official_results, reconcile
from rncp_analytics.errors import CountsError, DataNotFoundError, InputError
from tests.conftest import ROOT, make_counts
from tests.unit.counts.depp_files import A, Row, label_line, write

# A session that no published figure covers yet, so that a small file can be whole.
ROWS = (
    Row(session=2026),
    Row(session=2026, sex="M"),
    Row(session=2026, academie="Reims"),
    Row(session=2026, academie="Reims", sex="M"),
    Row(session=2026, academie="La Réunion", status="APPRENTISSAGE", label=A),
    Row(session=2026, status="ENSEIGNEMENT A DISTANCE", label="31212 METIERS DE L'ACCUEIL"),
    Row(session=2026, series="production", label="22106 CUISINE"),
    Row(session=2026, series="production", label="22106 TEC CONS VTE ALIMENTATION VINS SP", agriculture=True),
    Row(session=2026, track="BAC GENERAL", series="BAC GENERAL", label="BAC GENERAL"),
)
RAW_FILES = sorted(path.name for path in (ROOT / "data" / "raw").glob("*.csv") if path.name != "reflet_exemple.csv")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the published figures that a test may damage."""
    shutil.copytree(ROOT / "data" / "raw", tmp_path / "data" / "raw")
    monkeypatch.setenv("RNCP_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def test_the_published_figures_cover_five_sessions_and_thirty_academies(data: Path) -> None:
    results = official_results()
    assert results.sessions == (2022, 2023, 2024, 2025)
    assert sorted(results.national.frame["session"].unique()) == [2021, 2022, 2023, 2024, 2025]
    assert results.academies.frame.groupby("session")["academie"].nunique().tolist() == [30] * 4
    assert results.academies.frame["academie"].str.fullmatch(r"\d\d").all()
    assert set(results.national.frame["sex"]) == set(results.all_bac_pro.frame["sex"]) == {"F", "M"}
    assert results.detail is None
    assert results.alerts == ()
    assert str(results.source) == "DEPP, Le baccalauréat par académie (fr-en-baccalaureat-par-academie)"
    assert set(results.source.files) == set(RAW_FILES)


def test_the_two_tables_by_academie_are_the_same_candidates(data: Path) -> None:
    by_academie = pd.read_csv(data / "raw" / "options_by_academie.csv", dtype={"diploma": str, "academie_code": str})
    keys, columns = ["session", "diploma", "academie"], ["registered", "present", "passed_first_group", "passed"]
    theirs = by_academie.drop(columns="academie").rename(columns={"academie_code": "academie"}).set_index(keys)
    ours = official_results().academies.by(*keys).frame.set_index(keys)
    pd.testing.assert_frame_equal(ours[columns].sort_index(), theirs[columns].sort_index())


def test_the_session_asked_for_or_the_last(data: Path) -> None:
    results = official_results()
    assert results.session() == 2025
    assert results.session(2022) == 2022


@pytest.mark.parametrize("session", [2021, 2026, 0])
def test_a_session_without_option_b(data: Path, session: int) -> None:
    with pytest.raises(CountsError, match="option B") as caught:
        official_results().session(session)
    assert "2022, 2023, 2024, 2025" in caught.value.expected
    assert "--session" in caught.value.remedy


@pytest.mark.parametrize("name", RAW_FILES)
@pytest.mark.parametrize("damage", ["altered", "missing"])
def test_a_published_file_is_verified_before_it_is_read(data: Path, name: str, damage: str) -> None:
    path = data / "raw" / name
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1] + b"0\n")  # ten times as many in the last cell
    with pytest.raises(DataNotFoundError, match="manque ou a été modifié") as caught:
        official_results()
    assert name in caught.value.where
    assert "réinstaller" in caught.value.remedy


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"resources": []}', '{"resources": [{"name": "x"}]}'])
def test_a_broken_description(data: Path, content: str) -> None:
    (data / "raw" / "datapackage.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataNotFoundError, match="description") as caught:
        official_results()
    assert "datapackage.json" in caught.value.where


def test_an_unknown_data_set(data: Path) -> None:
    with pytest.raises(DataNotFoundError, match="depp-absent"):
        official_results("depp-absent")


def test_building_writes_typed_tables_twice_the_same(data: Path) -> None:
    folder = build_published()
    assert folder == data / "processed" / "published"
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {path.name: path.read_bytes() for path in build_published().iterdir()} == first
    national = pd.read_parquet(next(folder.glob("national-*.parquet")))
    pd.testing.assert_frame_equal(national, official_results().national.frame)


def test_a_download_is_stored_and_read_back(data: Path, tmp_path: Path) -> None:
    name = import_results(write(tmp_path / "export.csv", ROWS))
    results = official_results(name)
    assert results.sessions == (2026,)
    assert results.national.where(option="B").by().frame["present"].tolist() == [4 * 18]
    # All of the family by académie, without mentions; every professional diploma, Agriculture's included.
    assert results.academies.where(diploma="40031212", academie="10").by().frame["passed"].tolist() == [14]
    assert "tb" not in results.academies.columns
    assert results.all_bac_pro.by().frame.to_dict("records") == [{"registered": 160, "present": 144, "passed": 112}]
    assert results.detail is not None
    assert results.detail.by().frame["present"].tolist() == [9 * 18]
    assert results.detail.scope.population.startswith("candidats au baccalauréat, toutes voies")
    assert "métiers de la relation client" in results.national.scope.population
    assert results.national.scope.territory == "3 académies sur 30"
    assert results.source.files == ("export.csv",)


def test_the_same_bytes_have_the_same_name_and_place(data: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "export.csv", ROWS)
    name = import_results(path)
    files = {p.name: p.read_bytes() for p in (data / "processed" / name).iterdir()}
    assert import_results(path) == name
    assert {p.name: p.read_bytes() for p in (data / "processed" / name).iterdir()} == files
    assert import_results(write(tmp_path / "other.csv", ROWS[:4])) != name
    assert official_results(name).sessions == (2026,)


def test_what_the_reader_should_know_of_a_partial_file(data: Path, tmp_path: Path) -> None:
    results = official_results(import_results(write(tmp_path / "export.csv", ROWS)))
    assert results.alerts == (Alert("coverage", 3, 30),)
    assert sorted(results.other_labels["diploma"]) == ["40022106", "AG22106", "BAC GENERAL"]
    assert results.other_labels["rows"].sum() == 3


def lyon(present: int, passed: int) -> list[Row]:
    """Option B in Lyon, session 2025, as published by status but for the scolaires."""
    counts = official_results().academies.where(session=2025, diploma="40031214", academie="10").frame
    rows = []
    for cell in counts.to_dict("records"):
        p, a = (present, passed) if cell["candidate_status"] == "SCOLAIRE" else (cell["present"], cell["passed"])
        numbers = (p, p, a, p - a, 0, 0, 0, a, 0, 0, 0, 0, a, p - a)
        rows.append(Row(status=cell["candidate_status"], counts=numbers))
    return rows


def test_a_figure_a_little_corrected_is_told_and_half_an_academie_is_refused(data: Path, tmp_path: Path) -> None:
    # 495 scolaires présents in Lyon in 2025, 527 candidates présents in all.
    name = import_results(write(tmp_path / "corrected.csv", lyon(490, 460)))
    told = {(a.kind, a.column): (a.ours, a.theirs) for a in official_results(name).alerts}
    assert told["coverage", ""] == (1, 30)
    assert told["difference", "present"] == (522, 527)
    with pytest.raises(InputError, match="incomplet") as caught:
        import_results(write(tmp_path / "cut.csv", lyon(240, 230)))
    assert "session 2025, Option B, Lyon : 272 présents au lieu de 527" in caught.value.where
    with pytest.raises(InputError, match="incomplet") as caught:
        import_results(write(tmp_path / "cut.csv", lyon(495, 462)[1:]))
    assert "aucune ligne pour le statut APPRENTISSAGE" in caught.value.where


def test_sessions_that_cover_other_academies_are_refused(data: Path, tmp_path: Path) -> None:
    rows = [Row(session=2026), Row(session=2026, academie="Reims"), Row(session=2027)]
    with pytest.raises(InputError, match="incomplet") as caught:
        import_results(write(tmp_path / "export.csv", rows))
    assert "session 2027 : 1 académie(s)" in caught.value.where


def test_a_refused_download_writes_nothing(data: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        import_results(write(tmp_path / "export.csv", [label_line(Row()).replace(";SCOLAIRE;", ";?;")]))
    with pytest.raises(CountsError, match="Aucun candidat à l'option B") as caught:
        import_results(write(tmp_path / "export.csv", [Row(session=2026, label=A)]))
    assert caught.value.where == "export.csv"
    assert not (data / "processed").exists()


def test_tables_that_contradict_each_other_are_refused(data: Path, tmp_path: Path) -> None:
    whole = pd.DataFrame(
        {"session": [2025, 2025], "diploma": ["40031214", "40031213"], "sex": "F", "present": [10, 5], "passed": [8, 4]}
    )
    parts = whole.drop(columns="sex").assign(academie="10")
    counts = make_counts(whole, "session", "diploma", "sex")
    reconcile(counts, make_counts(parts, "session", "diploma", "academie"))
    with pytest.raises(CountsError, match="ne s'accordent pas : admis") as caught:
        reconcile(counts, make_counts(parts.assign(passed=[8, 3]), "session", "diploma", "academie"))
    assert caught.value.where == "session 2025, diplôme 40031213 : 4 et 3 admis"
    with pytest.raises(CountsError, match="ne s'accordent pas : présents"):
        reconcile(
            counts, make_counts(parts.assign(present=[11, 5]).drop(columns="diploma").iloc[:1], "session", "academie")
        )


def test_they_are_compared_whenever_they_are_read(data: Path) -> None:
    folder = build_published()
    tables, about = read_dataset(folder)
    assert official_results("published").sessions == official_results(folder.name).sessions
    moved = tables["academies"].assign(present=tables["academies"]["present"] + 1, refused=lambda f: f["refused"] + 1)
    moved = moved.assign(registered=moved["registered"] + 1, refused_first_group=moved["refused_first_group"] + 1)
    write_dataset(data / "processed" / "moved", {**tables, "academies": moved}, about=about)
    with pytest.raises(CountsError, match="ne s'accordent pas"):
        official_results("moved")


def test_what_each_table_covers_differs_and_only_the_common_part_is_compared(data: Path) -> None:
    whole = pd.DataFrame({"session": [2021, 2025], "diploma": ["40031206", "40031214"], "present": [7, 10]})
    parts = whole[whole["session"] == 2025].assign(academie="10")
    reconcile(make_counts(whole, "session", "diploma"), make_counts(parts, "session", "diploma", "academie"))


def test_a_digest_in_the_source_changes_with_the_figures(data: Path) -> None:
    before = official_results().source.digest
    about = json.loads((data / "raw" / "datapackage.json").read_bytes())
    about["resources"] = [r for r in about["resources"] if r["name"] != "options_by_academie"]
    (data / "raw" / "datapackage.json").write_text(json.dumps(about), encoding="utf-8")
    assert official_results().source.digest != before
