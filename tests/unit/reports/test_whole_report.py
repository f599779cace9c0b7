"""One whole report, made once: its two pages, their files, and what they say."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from rncp_analytics.reports import chapters
from rncp_analytics.reports.chapters import COHORT, OFFICIAL
from rncp_analytics.reports.report import COHORT_PAGE, PAGE, report
from tests.unit.display.examples import offences
from tests.unit.display.test_lecture import plain
from tests.unit.reports.conftest import Made
from tests.unit.reports.test_html import check_document
from tests.unit.reports.test_report import files


def test_every_chart_is_png_svg_and_csv_and_every_table_csv(made: Made) -> None:
    content = files(made.folder)
    names = set(content)
    cohort = {n for n in names if n.startswith("cohorte/")}
    for own, page, count in ((names - cohort, made.page, 9), (cohort, made.cohort, 7)):
        pictures = {n for n in own if "figures/" in n}
        shown = len(page.select("img"))
        stems = {n.rsplit(".", 1)[0] for n in pictures}
        assert pictures == {f"{stem}.{kind}" for stem in stems for kind in ("png", "svg", "csv")}
        assert len(stems) == shown == count
        tables = {n for n in own if "tables/" in n}
        assert all(n.endswith(".csv") for n in tables)
        assert len(tables) == len(page.select("table.rncp-table")) + 1  # and the first screen
        assert sum(n.endswith("-chiffres-cles.csv") for n in tables) == 1
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


def test_the_whole_report(made: Made) -> None:
    for soup in (made.page, made.cohort):
        check_document(soup)
        assert "http://" not in str(soup) and "https://" not in str(soup)


def test_each_page_leads_to_the_other(made: Made) -> None:
    (to_cohort,), (back,) = (soup.select(".contents-beside a") for soup in (made.page, made.cohort))
    assert (made.folder / str(to_cohort["href"])).is_file()
    assert (made.folder / "cohorte" / str(back["href"])).resolve() == (made.folder / "rapport.html").resolve()
    assert "synthétiques" in to_cohort.get_text()


def test_the_contents_name_every_chapter_and_section(made: Made) -> None:
    for soup, names in ((made.page, OFFICIAL), (made.cohort, COHORT)):
        wanted = [h.get_text(" ", strip=True) for h in soup.select("main h2, main h3")]
        assert [a.get_text(" ", strip=True) for a in soup.select("nav ol a")] == wanted
        assert len(soup.select("main h2")) == len(names)
