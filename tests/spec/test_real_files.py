"""The ministry's own files, when they are at hand: every figure below was published or counted apart from us."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from rncp_analytics.certification.diplomas import family
from rncp_analytics.counts.depp import DeppFile, read_depp
from rncp_analytics.counts.model import Counts, Scope
from rncp_analytics.counts.official import import_results, official_results
from rncp_analytics.errors import ComparisonError, InputError
from rncp_analytics.measures.comparison import headcount_change, session_change
from rncp_analytics.measures.rates import rates
from rncp_analytics.measures.reference import gap_to_published
from tests.conftest import ROOT

B = "40031214"
LABELS = "fr-en-baccalaureat-par-academie_2021-2023_labels.csv"
API = "fr-en-baccalaureat-par-academie_2021-2022_apinames.csv"


@pytest.fixture(scope="module")
def labels(real_files: Path) -> DeppFile:
    return read_depp(real_files / LABELS)


@pytest.fixture(scope="module")
def api(real_files: Path) -> DeppFile:
    return read_depp(real_files / API)


def present_passed(counts: Counts) -> tuple[int, int]:
    row = counts.by().frame.iloc[0]
    return int(row["present"]), int(row["passed"])


def test_every_row_is_read(labels: DeppFile, api: DeppFile) -> None:
    assert len(labels.counts.frame) == 25582
    assert len(api.counts.frame) == 16929
    assert labels.counts.scope.territory == "France, 30 académies"


def test_option_b_in_both_headers(labels: DeppFile, api: DeppFile) -> None:
    assert present_passed(labels.counts.where(diploma=B, session=2022)) == (8833, 7386)
    assert present_passed(labels.counts.where(diploma=B, session=2023)) == (9364, 8007)
    assert present_passed(api.counts.where(diploma=B, session=2022)) == (8833, 7386)


def test_the_two_files_agree_row_by_row_where_they_overlap(labels: DeppFile, api: DeppFile) -> None:
    """But for the series of the other tracks, which each writes in its own words."""
    keys = ["session", "track", "diploma", "academie", "sex", "candidate_status"]
    frames = [
        read.counts.where(session=[2021, 2022]).frame.drop(columns="series").sort_values(keys, ignore_index=True)
        for read in (labels, api)
    ]
    pd.testing.assert_frame_equal(frames[0], frames[1])
    assert len(frames[0]) == 16929


def test_professional_series_agree_too(labels: DeppFile, api: DeppFile) -> None:
    keys = ["session", "series", "diploma"]
    professional = [r.counts.where(session=[2021, 2022], track="professional").by(*keys).frame for r in (labels, api)]
    pd.testing.assert_frame_equal(professional[0], professional[1])
    assert set(professional[0]["series"]) == {"production", "services"}


def test_another_file_of_the_ministry_has_the_same_totals(labels: DeppFile, real_files: Path) -> None:
    """By académie, sex and track: 30 × 2 × 3 cells; and so the 60 of all tracks together."""
    departements = pd.read_csv(
        real_files / "fr-en-baccalaureat-par-departement_2023-2024.csv",
        sep=";",
        dtype={"Code académie": str},
        encoding="utf-8-sig",
    )
    theirs = departements[departements["Session"] == 2023].rename(
        columns={
            "Code académie": "academie",
            "Genre": "sex",
            "Voie": "track",
            "Nombre de présents à l'examen": "present",
            "Nombre d'admis à l'examen": "passed",
        }
    )
    words = {
        "sex": {"Féminin": "F", "Masculin": "M"},
        "track": {"Générale": "general", "Technologique": "technological", "Professionnelle": "professional"},
    }
    keys = ["academie", "sex", "track"]
    theirs = theirs.replace(words).groupby(keys)[["present", "passed"]].sum().astype("int64")
    ours = labels.counts.where(session=2023).by(*keys).frame.set_index(keys)[["present", "passed"]]
    assert len(ours) == 180
    pd.testing.assert_frame_equal(ours.sort_index(), theirs.sort_index())
    cells = [frame.groupby(level=["academie", "sex"]).sum() for frame in (ours, theirs)]
    assert len(cells[0]) == 60
    pd.testing.assert_frame_equal(cells[0], cells[1])


def test_la_reunion_in_july_2023(labels: DeppFile) -> None:
    """Rectorat, 9 July 2023: 153 bac pro admis fewer than in 2022, to which the final file comes back exactly."""
    reunion = labels.counts.where(academie="28", session=[2022, 2023])
    professional = reunion.where(track="professional")
    present = headcount_change(professional, column="present").frame.iloc[0]
    assert (present["denominator"], present["estimate"], present["numerator"]) == (3765, 3675, -90)
    assert round(100 * present["value"], 1) == -2.4
    passed = headcount_change(professional, column="passed").frame.iloc[0]
    assert (passed["denominator"], passed["estimate"], passed["numerator"]) == (3102, 2949, -153)
    assert present_passed(reunion.where(session=2023)) == (11963, 10726)
    july = Scope("after_control", reunion.scope.territory, reunion.scope.population)
    with pytest.raises(ComparisonError, match="étape"):
        gap_to_published(reunion.where(session=2023), value=10701 / 11914, scope=july)


def test_production_services_and_total_in_the_form_of_a_depp_note(labels: DeppFile) -> None:
    professional = labels.counts.where(track="professional", session=[2022, 2023])
    by_series = rates(professional, by=["session", "series"]).frame
    found = {
        (r["session"], r["series"]): (r["denominator"], round(100 * r["value"], 2))
        for r in by_series.to_dict("records")
    }
    assert found == {
        (2022, "production"): (97673, 81.26),
        (2022, "services"): (110361, 83.07),
        (2023, "production"): (96651, 82.04),
        (2023, "services"): (108192, 83.14),
    }
    total = rates(professional, by=["session"]).frame
    assert [(r["denominator"], round(100 * r["value"], 2)) for r in total.to_dict("records")] == [
        (208034, 82.22),
        (204843, 82.62),
    ]
    change = session_change(professional).frame.set_index("session")
    assert round(100 * change.loc[2023, "value"], 2) == 0.40


def test_first_group_of_the_final_file_is_not_the_rate_of_july(labels: DeppFile) -> None:
    """79.12 % in the final file, 78.0 % in July 2023: another stage, and perhaps another scope."""
    professional = labels.counts.where(track="professional")
    frame = rates(professional, by=["session"], statistic="first_group_pass_rate").frame.set_index("session")
    assert round(100 * frame.loc[2022, "value"], 2) == 79.54
    assert round(100 * frame.loc[2023, "value"], 2) == 79.12
    july = Scope("first_group", professional.scope.territory, professional.scope.population)
    with pytest.raises(ComparisonError, match="étape"):
        gap_to_published(professional.where(session=2023), value=0.780, scope=july, statistic="first_group_pass_rate")


def test_a_full_file_gives_the_published_margins(
    real_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "data" / "raw", tmp_path / "raw")
    monkeypatch.setenv("RNCP_DATA", str(tmp_path))
    published = official_results()
    mine = official_results(import_results(real_files / LABELS))
    sessions = [2021, 2022, 2023]
    pd.testing.assert_frame_equal(
        mine.national.frame, published.national.where(session=sessions).frame, check_like=True
    )
    pd.testing.assert_frame_equal(mine.all_bac_pro.frame, published.all_bac_pro.where(session=sessions).frame)
    options = mine.academies.where(option=["A", "B"]).frame
    pd.testing.assert_frame_equal(options, published.academies.where(session=sessions).frame, check_like=True)
    assert mine.sessions == (2022, 2023)
    assert mine.alerts == ()
    assert mine.other_labels["rows"].sum() + len(mine.detail.where(diploma=[d.code for d in family()]).frame) == 25582


def test_a_download_cut_at_the_end_of_a_line_is_refused(
    real_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "data" / "raw", tmp_path / "raw")
    monkeypatch.setenv("RNCP_DATA", str(tmp_path))
    lines = (real_files / LABELS).read_bytes().splitlines(keepends=True)
    (tmp_path / "export.csv").write_bytes(b"".join(lines[: len(lines) // 2]))
    with pytest.raises(InputError, match="incomplet"):
        import_results(tmp_path / "export.csv")
    assert not (tmp_path / "processed").exists()


def test_the_extract_of_one_academie_is_read_and_says_what_it_covers(
    real_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "data" / "raw", tmp_path / "raw")
    monkeypatch.setenv("RNCP_DATA", str(tmp_path))
    lines = (real_files / LABELS).read_bytes().splitlines(keepends=True)
    lyon = [lines[0], *(line for line in lines if b";LYON;" in line)]
    (tmp_path / "export.csv").write_bytes(b"".join(lyon))
    results = official_results(import_results(tmp_path / "export.csv"))
    assert [(a.kind, a.ours, a.theirs) for a in results.alerts] == [("coverage", 1, 30)]
    assert results.national.scope.territory == "académie : Lyon"


@pytest.mark.parametrize("cells", [1, 8, 22])
def test_a_download_that_stopped_half_way_is_refused(real_files: Path, tmp_path: Path, cells: int) -> None:
    lines = (real_files / LABELS).read_bytes().splitlines(keepends=True)[:2000]
    path = tmp_path / "export.csv"
    path.write_bytes(b"".join(lines[:-1]) + b";".join(lines[-1].split(b";")[:cells]))
    with pytest.raises(InputError, match="tronqué") as caught:
        read_depp(path)
    assert "ligne 2000" in caught.value.where
