"""A table says the same in HTML, in text and, for a report, in CSV."""

from __future__ import annotations

import io
import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup

import rncp_analytics as rncp
from rncp_analytics.counts.official import OfficialResults
from rncp_analytics.display.fold import Fold, Folds
from rncp_analytics.display.labels import DENOMINATORS, FLOW, STAGES, STATISTICS
from rncp_analytics.display.notes import Notes
from rncp_analytics.display.spreadsheet import COLUMNS
from rncp_analytics.display.summary import Summary
from rncp_analytics.display.table import Bars, Column, Table
from rncp_analytics.measures.estimates import COLUMNS as ESTIMATES
from rncp_analytics.measures.estimates import REASONS
from tests.unit.display.examples import AWKWARD, awkward_tables, offences

NASTY = "<b>&\"'</b>"
TABLES = [
    "flow",
    "gap by session",
    "gap by status",
    "gap to rest",
    "rates",
    "presence",
    "mentions",
    "changes",
    "academies",
    "regimes",
    "growth",
    "identity",
    "blocks",
    "routes",
    "lineage",
    "crosswalk",
]
FIGURES = TABLES[:11]
CODES = {*ESTIMATES, *COLUMNS, *FLOW, *STATISTICS, *STAGES, *DENOMINATORS, *REASONS, "rest", "published"}
CODES |= {"wilson", "newcombe", "count", "total", "none", "V", "F", "M", rncp.OPTION_A, rncp.OPTION_B, rncp.ACCUEIL}


def made(**changes: object) -> Table:
    parts: dict[str, object] = {
        "name": "essai",
        "caption": "Un essai : 3 %",
        "columns": (Column("Académie", header=True), Column("Présents", "right")),
        "rows": (("Lyon", "527"), ("Reims", "302")),
        "data": pd.DataFrame({"academie": ["10", "19"], "present": [527, 302]}),
        "notes": Notes("une lecture.", "un champ.", "une source.", ("Attention.",)),
    }
    return Table(**{**parts, **changes})  # type: ignore[arg-type]


def html_of(table: Table) -> BeautifulSoup:
    return BeautifulSoup(table._repr_mimebundle_()[0]["text/html"], "html.parser")


def test_caption_headings_and_scopes() -> None:
    soup = html_of(made())
    assert soup.caption.get_text() == "Un essai\u00a0: 3\u00a0%"
    assert [(th["scope"], th.get_text()) for th in soup.select("thead th")] == [
        ("col", "Académie"),
        ("col", "Présents"),
    ]
    assert [(th["scope"], th.get_text()) for th in soup.select("tbody th")] == [("row", "Lyon"), ("row", "Reims")]
    assert [td["style"] for td in soup.select("td")] == ["text-align: right"] * 2


def test_every_text_is_escaped() -> None:
    table = made(
        caption=NASTY,
        columns=(Column(NASTY, header=True), Column(NASTY)),
        rows=((NASTY, NASTY),),
        notes=Notes(NASTY, NASTY, NASTY, (NASTY,)),
    )
    soup = html_of(table)
    assert not soup.find_all("b")
    assert soup.get_text().count(NASTY) == 9  # caption, 2 titles, 2 cells, 4 notes


def test_a_small_picture_says_what_it_shows() -> None:
    bars = Bars((0.25, 1.0, 0.0), ("#111111", "#222222", "#333333"), f"a : 20\u00a0%, {NASTY}")
    table = made(rows=(("Lyon", bars),))
    soup = html_of(table)
    picture = soup.select_one("tbody td [role=img]")
    assert picture["aria-label"] == picture["title"] == bars.text
    heights = [re.search(r"border-bottom: ([\d.]+)em solid (#\d+)", bar["style"]).groups() for bar in picture("span")]
    assert [(float(height) / float(heights[1][0]), colour) for height, colour in heights] == [
        (0.25, "#111111"), (1.0, "#222222"), (0.0, "#333333"),
    ]  # fmt: skip
    assert not soup.select("script, svg, img, b")
    assert f"Lyon | {bars.text}" in repr(table)
    assert html_of(table) == html_of(made(rows=(("Lyon", bars),)))


def test_folds_and_summaries_escape_too() -> None:
    folds = Folds((Fold(NASTY, (NASTY, NASTY)),))
    summary = Summary(NASTY, NASTY, ((NASTY, NASTY),), ((NASTY, NASTY),), NASTY, (NASTY,))
    for shown, html, count in (
        (folds, folds._repr_mimebundle_()["text/html"], 3),
        (summary, summary._repr_mimebundle_()[0]["text/html"], 8),
    ):
        soup = BeautifulSoup(html, "html.parser")
        assert not soup.find_all("b")
        assert soup.get_text().count(NASTY) == count
        assert repr(shown).count(NASTY) == count


def test_notes_leave_out_what_is_not_said() -> None:
    assert Notes("", "", "une source.").lines() == ("Source\u00a0: une source.",)
    assert Notes("a.", "b.", "c.", ("Attention.",)).lines()[-1] == "Attention."


def test_csv_only_while_a_report_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RNCP_REPORT", raising=False)
    assert "text/csv" not in made()._repr_mimebundle_()[0]
    monkeypatch.setenv("RNCP_REPORT", "0")
    assert "text/csv" not in made()._repr_mimebundle_()[0]
    monkeypatch.setenv("RNCP_REPORT", "1")
    bundle, metadata = made()._repr_mimebundle_()
    assert bundle["text/csv"] == "Académie;Présents\r\nLyon;527\r\nReims;302\r\n"
    assert metadata == {"rncp": {"name": "essai"}}


def test_csv_keeps_every_digit_and_quotes_what_must_be() -> None:
    data = pd.DataFrame({"value": [1 / 3, 1.0, float("nan"), 1e-7], "Titre": ["a;b", 'c"d', None, "e\nf"]})
    text = made(data=data).csv()
    assert text.startswith("Valeur;Titre\r\n")
    assert ('0,3333333333333333;"a;b"' in text) and ('1;"c""d"' in text)
    back = pd.read_csv(io.StringIO(text), sep=";", decimal=",")
    assert back["Valeur"].tolist()[:2] == [1 / 3, 1.0]
    assert back["Valeur"].isna().tolist() == [False, False, True, False]
    assert back["Valeur"].iloc[3] == 1e-7


@pytest.mark.parametrize("name", TABLES)
def test_the_text_states_the_cells_of_the_html(national_tables: dict[str, Table], name: str) -> None:
    table = national_tables[name]
    soup = html_of(table)
    rows = [" | ".join(c.get_text() for c in tr.select("th, td")) for tr in soup.select("tr")]
    notes = [p.get_text() for p in soup.select(".rncp-notes p")]
    assert repr(table).splitlines() == [soup.caption.get_text(), *rows, *notes]
    assert len({len(row) for row in table.rows} | {len(table.columns)}) == 1


@pytest.mark.parametrize("name", TABLES)
def test_shown_texts_are_french(national_tables: dict[str, Table], name: str) -> None:
    assert offences(repr(national_tables[name])) == []


@pytest.mark.parametrize("kind", AWKWARD)
def test_awkward_results_are_told_too(kind: str) -> None:
    for name, table in awkward_tables(kind).items():
        assert offences(repr(table)) == [], name
        assert table.rows or "il faut deux sessions qui se suivent" in repr(table), name
        assert all(cell for row in table.rows for cell in row), name


@pytest.mark.parametrize("name", TABLES)
def test_no_code_and_no_english_in_a_csv(national_tables: dict[str, Table], name: str) -> None:
    header, *lines = national_tables[name].csv().splitlines()
    cells = {cell for line in lines for cell in line.split(";")}
    codes = CODES - ({rncp.OPTION_A, rncp.OPTION_B, rncp.ACCUEIL} if name in ("identity", "lineage") else set())
    assert not (set(header.split(";")) | cells) & codes
    assert all(title[:1].isupper() for title in header.split(";"))
    assert not [cell for cell in cells if re.fullmatch(r"[a-z]+(_[a-z]+)+", cell)]


@pytest.mark.parametrize("kind", AWKWARD)
def test_no_code_in_the_csv_of_awkward_results(kind: str) -> None:
    for name, table in awkward_tables(kind).items():
        if name in FIGURES:
            assert not {c for line in table.csv().splitlines() for c in line.split(";")} & CODES, name


@pytest.mark.parametrize("name", [n for n in FIGURES if n != "flow"])
def test_csv_reads_back_to_the_same_numbers(national_tables: dict[str, Table], name: str) -> None:
    table = national_tables[name]
    back = pd.read_csv(io.StringIO(table.csv()), sep=";", decimal=",")
    for column, title in COLUMNS.items():
        if column in table.data and pd.api.types.is_numeric_dtype(table.data[column]):
            pd.testing.assert_series_equal(
                back[title].astype(float),
                table.data[column].astype(float).reset_index(drop=True),
                check_names=False,
                check_exact=True,
            )
    assert back["Numérateur"].tolist() == table.data["numerator"].tolist()


def test_the_flow_in_csv(national_tables: dict[str, Table]) -> None:
    """users.md R7, 2025, and DEPP's identities."""
    back = pd.read_csv(io.StringIO(national_tables["flow"].csv()), sep=";", decimal=",").set_index("Diplôme")
    wanted = {"Option B": (10592, 10490, 8794, 431, 309, 9103), "Option A": (27272, 26932, 21365, 1564, 1055, 22420)}
    wanted["Métiers de l'accueil"] = (7583, 7544, 6148, 449, 301, 6449)
    for diploma, numbers in wanted.items():
        assert tuple(back.loc[diploma].iloc[:6]) == numbers
        assert back.loc[diploma, "Taux de réussite"] == numbers[5] / numbers[1]
        assert back.loc[diploma, "Refusés"] == numbers[1] - numbers[5]


def test_tracks_and_series_have_french_titles_and_values(published: OfficialResults) -> None:
    """users.md R4 is asked by series: a full file's dimensions are shown in words like the others."""
    frame = published.all_bac_pro.by("session").frame.assign(track="professional", series="services")
    counts = published.all_bac_pro.regrouped(frame, ["session", "track", "series"])
    table = rncp.rate_table(
        rncp.official(rncp.rates(counts, by=["session", "track", "series"])), name="r4", caption="R4"
    )
    assert [c.title for c in table.columns[:3]] == ["Session", "Voie", "Série"]
    # data.md section 6: 2025, 211 665 présents, 177 607 admis, 83,91 %.
    assert table.rows[-1][:6] == (
        "2025",
        "Voie professionnelle",
        "Services",
        "211\u202f665",
        "177\u202f607",
        "83,9\u00a0%",
    )
    assert table.csv().splitlines()[-1].startswith("2025;Voie professionnelle;Services;taux de réussite;")
    assert "pour la voie professionnelle, pour la série «\u00a0services\u00a0»" in repr(table)


def test_a_hostile_label_stays_text_in_a_spreadsheet() -> None:
    data = pd.DataFrame({"label": ['=HYPERLINK("http://exemple")', "@somme", "Vente"], "numerator": [-12, 3, 0]})
    table = Table("essai", "Essai", (Column("Libellé"),), (), data, Notes("", "", ""))
    cells = [line.split(";")[0] for line in table.csv().splitlines()[1:]]
    assert [cell[:2].strip('"') for cell in cells] == ["'", "'@", "Ve"]
    assert table.csv().splitlines()[1].endswith(";-12")
