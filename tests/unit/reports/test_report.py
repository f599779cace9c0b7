"""The report as files: complete, the same twice, and never in the way of what was there."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from rncp_analytics.cohort.model import Cohort
from rncp_analytics.cohort.provenance import Source
from rncp_analytics.errors import (
    CountsError,
    DataNotFoundError,
    InputError,
    PublicationError,
    RncpError,
    UnknownCodeError,
)
from rncp_analytics.reports import chapters
from rncp_analytics.reports import report as module
from rncp_analytics.reports.report import COHORT_PAGE, PAGE, report
from tests.conftest import ROOT
from tests.unit.counts.depp_files import A, B, Row, write
from tests.unit.display.examples import offences
from tests.unit.display.test_lecture import plain
from tests.unit.reports.notebook import PARAMETERS, code, markdown, saved

NBSP = "\u00a0"


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["api", "labels", "2026"])
def test_a_users_own_download(data: Path, tmp_path: Path, shape: str) -> None:
    """Two sessions, three académies, few candidates: every page is made and says what it can't tell."""
    rows = [
        Row(
            session=s,
            academie=a,
            sex=sex,
            label=label,
            counts=tuple(n * k for n in (20, 18, 12, 3, 3, 2, 1, 14, 0, 1, 3, 5, 5, 4)),
        )
        for k, a in ((4, "Lyon"), (1, "Reims"), (2, "La Réunion"))
        for s in (2026, 2027)
        for sex in ("F", "M")
        for label in (A, B)
    ]
    path = write(tmp_path / "export.csv", rows, shape=shape)
    told: list[str] = []
    made = report(tmp_path / "rapport", data=path, academie="Reims", tell=told.append)
    soup = BeautifulSoup(made.read_text(encoding="utf-8"), "html.parser")
    assert told[0] == "Lecture de export.csv"
    france, reims = (plain(s.get_text(" ", strip=True)) for s in soup.select(".rncp-summary"))
    # 7 × 2 sexes × 18 présents and 14 admis.
    assert "session 2027" in france and "252 présents" in france and "196 admis" in france and "77,8 %" in france
    assert "Ce fichier couvre 3 des 30 académies" in france
    assert "36 présents" in reims
    for hidden in soup.select("style, footer, code"):
        hidden.decompose()
    assert offences(soup.get_text("\n")) == []
    assert len(list((tmp_path / "rapport" / "figures").iterdir())) == 3 * 9


def example_cohort(name: str) -> Cohort:
    """One candidate of 2024; real unless the name says otherwise."""
    who = {"session": 2024, "diploma": "40031214", "candidate_status": "SCOLAIRE", "exam_form": "globale"}
    people = pd.DataFrame({"entry": [0], "candidate": ["0" * 20], **who})
    rows = pd.DataFrame({"entry": [0], "unit": ["U2"], "test": ["first_group"], "state": ["marked"], "mark": [200]})
    origin = "synthetic" if name == "synthetic" else "candidates"
    return Cohort(people, rows, "final", origin, Source("exemple", "", "", "0" * 64))  # type: ignore[arg-type]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, data: Path) -> Path:
    """Reports of one small notebook; returns the folder where it stands."""
    folder = data.parent / "notebooks"
    folder.mkdir()
    source = "import rncp_analytics as rncp\nresults = rncp.official_results(dataset)\n(dataset, session, academie)"
    parameters = code('dataset = ""\nsession = None\nacademie = None', tags=("parameters",))
    saved(folder / "00-essai.ipynb", markdown("# Essai"), parameters, code(source))
    saved(folder / "02-cohorte.ipynb", markdown("# Cohorte"), parameters, code("(profile, cohort_session)"))
    monkeypatch.setattr(chapters, "OFFICIAL", ("00-essai",))
    monkeypatch.setattr(chapters, "COHORT", ("02-cohorte",))
    monkeypatch.setattr(module, "open_cohort", example_cohort)
    return folder


def refused(output: Path, kind: type[RncpError], **options: object) -> RncpError:
    """The refusal of a report that leaves everything beside and in ``output`` as it was."""
    before, beside = files(output) if output.is_dir() else None, set(output.parent.iterdir())
    with pytest.raises(kind) as caught:
        report(output, **options)  # type: ignore[arg-type]
    assert (files(output) if output.is_dir() else None) == before
    assert set(output.parent.iterdir()) == beside
    return caught.value


@pytest.mark.parametrize(("asked", "found"), [("10", "10"), ("LA REUNION", "28"), (None, None)])
def test_an_academie_by_name_or_code(quick: Path, tmp_path: Path, asked: str | None, found: str | None) -> None:
    html = report(tmp_path / "rapport", session=2024, academie=asked).read_text(encoding="utf-8")
    assert BeautifulSoup(html, "html.parser").select_one(".rncp-plain").get_text() == repr(("published", 2024, found))  # type: ignore[union-attr]


def test_an_earlier_report_is_replaced_whole(quick: Path, tmp_path: Path) -> None:
    output = tmp_path / "a" / "b"
    report(output)
    (output / "figures").mkdir()
    (output / "figures" / "ancienne.png").write_bytes(b"x")
    (output / ".DS_Store").write_bytes(b"x")
    report(output)
    assert set(files(output)) == {PAGE, COHORT_PAGE}
    assert [p.name for p in output.parent.iterdir()] == ["b"]


@pytest.mark.parametrize("with_page", [False, True])
def test_a_folder_that_holds_something_else_is_refused(quick: Path, tmp_path: Path, with_page: bool) -> None:
    output = tmp_path / "Documents"
    output.mkdir()
    (output / "mémoire.odt").write_bytes(b"x")
    if with_page:
        (output / PAGE).write_text("un rapport rangé parmi d'autres fichiers")
    error = refused(output, PublicationError)
    assert "mémoire.odt" in error.where
    assert "--output" in error.remedy


def test_a_file_in_its_place_is_refused(quick: Path, tmp_path: Path) -> None:
    output = tmp_path / "rapport"
    output.write_text("un fichier")
    refused(output, PublicationError)
    assert output.read_text() == "un fichier"


def test_an_empty_folder_is_taken(quick: Path, tmp_path: Path) -> None:
    (tmp_path / "rapport").mkdir()
    assert report(tmp_path / "rapport").is_file()


def test_a_failing_notebook_leaves_the_earlier_report(quick: Path, tmp_path: Path) -> None:
    output = tmp_path / "sortie" / "rapport"
    report(output)
    saved(quick / "00-essai.ipynb", PARAMETERS, code("1 / 0"))
    assert "cellule 2" in str(refused(output, RncpError))
    (quick / "00-essai.ipynb").unlink()
    assert "00-essai.ipynb" in refused(output, DataNotFoundError).where


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_while_writing_leaves_the_earlier_report(
    quick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    output = tmp_path / "sortie" / "rapport"
    report(output)
    before, rename = files(output), Path.rename

    def fail_on_the_second(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise error
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_on_the_second)
    with pytest.raises((DataNotFoundError, KeyboardInterrupt)) as caught:
        report(output)
    assert files(output) == before
    assert [p.name for p in output.parent.iterdir()] == ["rapport"]
    if isinstance(caught.value, DataNotFoundError):
        assert str(output) in caught.value.where


def test_a_users_own_cohort_needs_a_profile_and_says_it(quick: Path, tmp_path: Path) -> None:
    error = refused(tmp_path / "rapport", PublicationError, cohort="cohorte_final")
    assert "usage_interne" in error.expected
    error = refused(tmp_path / "rapport", PublicationError, cohort="cohorte_final", profile="synthetique")
    assert "candidats réels" in error.what
    report(tmp_path / "rapport", cohort="cohorte_final", profile="usage_interne", session=2024)
    page = BeautifulSoup((tmp_path / "rapport" / COHORT_PAGE).read_text(encoding="utf-8"), "html.parser")
    banner = page.select_one(".page-banner")
    assert banner is not None and "Usage interne, ne pas diffuser" in plain(banner.get_text())
    assert repr(("usage_interne", 2024)) in page.get_text()
    report(tmp_path / "rapport", session=2025)  # the synthetic cohort has no 2025: its own last session
    assert repr(("synthetique", None)) in (tmp_path / "rapport" / COHORT_PAGE).read_text(encoding="utf-8")


def test_unknown_session_and_academie(quick: Path, tmp_path: Path) -> None:
    output = tmp_path / "sortie" / "rapport"
    output.parent.mkdir()
    error = refused(output, CountsError, session=2019)
    assert "2022, 2023, 2024, 2025" in error.expected
    refused(output, CountsError, session=2021)
    assert "Lyon" in refused(output, UnknownCodeError, academie="Lyonn").remedy
    refused(output, UnknownCodeError, academie="")
    assert "Polynésie" in refused(output, CountsError, academie="Polynésie française").what
    refused(output, InputError, data=tmp_path / "absent.csv")


def test_the_wheel_and_the_repository_have_the_chapters() -> None:
    assert {p.stem for p in (ROOT / "notebooks").glob("*.ipynb")} == set(chapters.notebooks())
