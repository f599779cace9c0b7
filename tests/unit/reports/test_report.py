"""The report as files: complete, the same twice, and never in the way of what was there."""

from __future__ import annotations

import csv
import io
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
from tests.unit.reports.conftest import Made
from tests.unit.reports.notebook import PARAMETERS, code, markdown, saved

NBSP = "\u00a0"


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_every_chart_is_png_and_svg_and_every_table_csv(made: Made) -> None:
    content = files(made.folder)
    names = set(content)
    cohort = {n for n in names if n.startswith("cohorte/")}
    for own, page, count in ((names - cohort, made.page, 9), (cohort, made.cohort, 7)):
        pictures = {n for n in own if "figures/" in n}
        shown = len(page.select("img"))
        assert len({n for n in pictures if n.endswith(".png")}) == len({n for n in pictures if n.endswith(".svg")})
        assert len(pictures) == 2 * shown == 2 * count
        tables = {n for n in own if "tables/" in n}
        assert all(n.endswith(".csv") for n in tables)
        assert len(tables) == len(page.select("table.rncp-table"))
        assert own - pictures - tables in ({PAGE}, {COHORT_PAGE})
    pictures = {n for n in names if "figures/" in n}
    assert all(content[n].startswith(b"\x89PNG") for n in pictures if n.endswith(".png"))
    assert all(b"<svg" in content[n] for n in pictures if n.endswith(".svg"))


def test_every_csv_opens_in_a_french_spreadsheet(made: Made) -> None:
    for name, content in files(made.folder).items():
        if name.endswith(".csv"):
            assert content.startswith(b"\xef\xbb\xbf"), name
            rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
            assert len(rows) > 1 and len({len(row) for row in rows}) == 1, name


def test_the_pictures_have_their_values_in_words(made: Made) -> None:
    alternatives = [plain(str(image["alt"])) for image in made.page.select("img")]
    assert any("Présents : 10 490." in text for text in alternatives)
    assert any("Lyon : 488 sur 527" in text for text in alternatives)
    assert all("Source : DEPP" in text or "série d'exemple" in text for text in alternatives)


def test_real_and_synthetic_figures_never_share_a_page(made: Made) -> None:
    official, cohort = (plain(page.get_text(" ", strip=True)) for page in (made.page, made.cohort))
    assert "Données synthétiques." not in official
    assert "DEPP" not in cohort
    labelled = [plain(str(n.get_text(" ", strip=True))) for n in made.cohort.select(".rncp-notes")]
    labelled += [plain(str(image["alt"])) for image in made.cohort.select("img")]
    assert all("Données synthétiques." in text for text in labelled if "Source :" in text)
    assert len(labelled) > 12
    banner = made.cohort.select_one(".page-cover .page-banner")
    assert banner is not None and "aucun de ces candidats n'existe" in plain(banner.get_text())
    assert made.page.select_one(".page-banner") is None


def test_the_cohorts_page_begins_with_what_inspectors_open_first(made: Made) -> None:
    """users.md 4.3: the stage and the lines read, the flow, the table of épreuves, then motifs, then CCF."""
    summary = made.cohort.select_one(".rncp-summary")
    assert summary is not None
    text = plain(summary.get_text(" ", strip=True))
    assert text.index("résultats définitifs") < text.index("inscrits") < text.index("Lignes lues")
    titles = [plain(h.get_text()) for h in made.cohort.select("h2, h3")]
    order = [
        "Les épreuves de la session",
        "La répartition des notes",
        "La part des notes d'au moins 10",
        "Du 1er groupe au diplôme",
        "Pourquoi les refusés l'ont été",
        "Les CCF et les épreuves ponctuelles",
    ]
    assert [title for title in titles if title in order] == order
    table = made.cohort.select_one("#n02-table-epreuves")
    assert table is not None
    first_cells = [plain(row.th.get_text()) for row in table.select("tbody tr") if row.th]
    assert first_cells[0].startswith("E2 ") and first_cells[-1].startswith("Projet")
    assert [h.name for h in made.cohort.select("h1, h2")].count("h2") == len(chapters.COHORT)


def test_the_page_begins_with_the_session_then_the_academie(made: Made) -> None:
    """users.md 4.1 and 4.2."""
    titles = [plain(p.strong.get_text()) for p in made.page.select(".rncp-summary-title") if p.strong]
    assert titles == [
        "France, session 2025, résultats définitifs",
        "Académie de Lyon, session 2025, résultats définitifs",
    ]
    france, lyon = (plain(s.get_text(" ", strip=True)) for s in made.page.select(".rncp-summary"))
    assert "10 592 inscrits" in france and "86,8 % de réussite" in france
    assert "488 admis" in lyon and "92,6 % (90,0 à 94,5)" in lyon
    assert made.page.header is not None
    assert (
        plain(made.page.header.p.get_text())
        == "France, 30 académies, et académie de Lyon, session 2025, résultats définitifs (DEPP)"
    )


def test_everything_shown_is_french(made: Made) -> None:
    soup = BeautifulSoup(made.html, "html.parser")
    for hidden in soup.select("style, footer, code"):
        hidden.decompose()
    own = BeautifulSoup((made.folder / COHORT_PAGE).read_text(encoding="utf-8"), "html.parser")
    for hidden in own.select("style, footer, code"):
        hidden.decompose()
    images = [*soup.select("img"), *own.select("img")]
    texts = [soup.get_text("\n"), own.get_text("\n"), *(str(image["alt"]) for image in images)]
    assert [o for text in texts for o in offences(text)] == []


def test_progress_is_told_step_by_step(made: Made) -> None:
    assert made.told[0].startswith("Préparation des chiffres publiés")
    assert [told for told in made.told if told.startswith("Chapitre")] == [
        f"Chapitre {n} sur {len(chapters.notebooks())} : {name}" for n, name in enumerate(chapters.notebooks(), start=1)
    ]
    assert made.told[-1] == "Mise en page"


def test_nothing_is_left_beside_the_report(made: Made) -> None:
    assert [p.name for p in made.folder.parent.iterdir()] == ["rapport"]


@pytest.mark.slow
def test_the_same_bytes_twice(made: Made, data: Path, tmp_path: Path) -> None:
    again = report(tmp_path / "autre", session=2025, academie="10")
    assert files(again.parent) == files(made.folder)


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
    assert len(list((tmp_path / "rapport" / "figures").iterdir())) == 12


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


@pytest.mark.parametrize(
    ("asked", "found"), [("Lyon", "10"), ("lyon", "10"), ("10", "10"), ("LA REUNION", "28"), (None, None)]
)
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
