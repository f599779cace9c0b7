"""Tables and chart of Reflet series: holes in words, the base named, no text cut."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import rncp_analytics as rncp
from rncp_analytics.counts.model import Counts
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import Estimates
from tests.conftest import make_counts
from tests.rendering.test_text_boxes import faults

TOLD = {"name": "essai", "caption": "Un tableau : essai"}
KEYS = ("session", "diploma", "regime")
EXAMPLE = "série d'exemple construite sur les chiffres publiés, pas un export Reflet"


def counts(column: str, *rows: tuple[int, str, str, int]) -> Counts:
    return make_counts(pd.DataFrame(rows, columns=[*KEYS, column]), *KEYS)


def growth(*, by: tuple[str, ...] = ("regime",)) -> Estimates:
    return rncp.growth_since_reference(rncp.read_reflet().examinations, diploma=rncp.OPTION_B, column="present", by=by)


def test_what_a_series_holds_and_where_it_has_holes() -> None:
    table = rncp.reflet_table(rncp.read_reflet(), **TOLD)
    assert [row[4:] for row in table.rows] == [("0", "10"), ("20", "0")]
    assert table.rows[1][1:3] == ("2021 à 2025", "France")
    text = repr(table)
    assert EXAMPLE in text
    assert "une case sans donnée est manquante, jamais un zéro" in text
    assert "ni la VAE" in text


def test_a_file_without_one_of_the_two_series(tmp_path: Path) -> None:
    path = tmp_path / "series.csv"
    path.write_text(
        "Source;Série;Diplôme;Session;Régime;Territoire;Présents;Admis\nCéreq;examens;40031214;2022;autres;France;9;8\n",
        encoding="utf-8",
    )
    assert rncp.reflet_table(rncp.read_reflet(path), **TOLD).rows[0][1:] == (
        "–",
        "–",
        "session, diplôme, régime",
        "0",
        "0",
    )


def test_cereqs_sheet_from_the_series_names_the_example() -> None:
    rates = rncp.rates_with_total(rncp.read_reflet().examinations, by=["session", "regime"], total_of="regime")
    text = repr(rncp.regime_table(rncp.official(rates), **TOLD))
    assert EXAMPLE in text
    assert "hors DOM-TOM" not in text


def test_the_scope_outside_the_overseas_territories_is_printed() -> None:
    places = rncp.without_overseas(rncp.official_results().academies.where(diploma=rncp.OPTION_B))
    text = repr(rncp.rate_table(rncp.official(rncp.rates(places, by=["session"])), **TOLD))
    assert "Champ\u00a0: France hors DOM-TOM ; sessions 2022 à 2025".replace(" ;", "\u202f;") in text
    assert "87,02" not in text  # one decimal: 87,0 %
    assert "87,0\u00a0%" in text


def test_the_holes_of_the_enrolments_are_told() -> None:
    series = rncp.read_reflet()
    table = rncp.facing_table(rncp.official(rncp.present_per_enrolled(series.examinations, series.enrolments)), **TOLD)
    assert len(table.rows) == 10
    assert {row[4] for row in table.rows} == {"–"}
    assert {row[6] for row in table.rows} == {"–"}
    assert {row[7] for row in table.rows} == {"effectif : la source ne le donne pas"}
    assert table.rows[0][:4] == ("2021", "Vente", "Scolaires", "2020")
    assert "le rapport n'est pas calculé" in table.notes.lecture


def test_enrolments_facing_the_examination() -> None:
    """7,401 présents for 7,674 pupils: 96.4 for 100; nobody enrolled, few, and présents that are missing."""
    sat = counts("present", (2021, rncp.VENTE, "scolaires", 7401), (2022, rncp.OPTION_B, "apprentis", 4))
    enrolled = counts(
        "enrolled",
        (2021, rncp.VENTE, "scolaires", 7674),
        (2022, rncp.OPTION_B, "apprentis", 0),
        (2022, rncp.OPTION_B, "scolaires", 9000),
    )
    table = rncp.facing_table(rncp.official(rncp.present_per_enrolled(sat, enrolled)), **TOLD)
    assert [row[3:] for row in table.rows] == [
        ("2020", "7\u202f674", "7\u202f401", "96,4", ""),
        ("2021", "9\u202f000", "–", "–", "présents : la source ne le donne pas"),
        ("2021", "0", "4", "–", "aucun candidat"),
    ]
    told = rncp.facing_table(
        rncp.official(rncp.present_per_enrolled(sat.where(session=2021), enrolled.where(session=2021))), **TOLD
    ).notes.lecture
    assert (
        "7\u202f401 présents pour 7\u202f674 inscrits en dernière année à la rentrée 2020, soit 96,4 pour 100" in told
    )
    assert "présents pour un élève ou apprenti de dernière année" in table.csv()


def test_hidden_figures_stay_hidden() -> None:
    sat = replace(counts("present", (2025, rncp.OPTION_B, "scolaires", 8)), origin="candidates")
    enrolled = counts("enrolled", (2025, rncp.OPTION_B, "scolaires", 12))
    facing = rncp.suppress(rncp.present_per_enrolled(sat, enrolled), profile="dgfip_11")
    assert rncp.facing_table(facing, **TOLD).rows[0][4:] == ("masqué", "masqué", "–", "masqué (secret statistique)")


def test_the_growth_of_enrolments_speaks_of_pupils_and_of_autumns() -> None:
    """Vente, 4,199 in 2009 and 6,475 in 2012: +54.2 %."""
    enrolled = counts("enrolled", (2010, rncp.VENTE, "scolaires", 4199), (2013, rncp.VENTE, "scolaires", 6475))
    made = rncp.official(rncp.growth_since_reference(enrolled, diploma=rncp.VENTE, column="enrolled"))
    table = rncp.enrolment_table(made, **TOLD)
    assert table.rows == (("2010", "4\u202f199", "base", "–"), ("2013", "6\u202f475", "+2\u202f276", "+54,2\u00a0%"))
    assert "rentrées 2009 à 2012" in table.notes.champ
    assert "élèves et apprentis en dernière année du bac pro Vente" in table.notes.champ
    assert "résultats" not in table.notes.champ
    assert "6\u202f475\xa0élèves et apprentis de dernière année contre 4\u202f199" in table.notes.lecture
    assert "élèves et apprentis de dernière année" in table.csv()
    with pytest.raises(CountsError, match="Ces chiffres ne sont pas"):
        rncp.enrolment_table(rncp.official(growth()), **TOLD)


def test_the_chart_in_index_form_states_every_figure_and_its_base() -> None:
    chart = rncp.index_chart(rncp.official(growth()), name="n", title="Option B : présents par régime")
    assert len(chart.lines) == 16
    assert "Scolaires, session 2025 : 10\u202f057, indice 117,4.".replace(" :", "\u00a0:") in chart.lines
    assert "première session du diplôme" in " ".join(chart.notes.lines())
    assert faults(chart) == []


def test_the_chart_reads_another_session_than_its_base() -> None:
    """The fifth session is the base as soon as it is there, even when it is the last."""
    rows = [(s, rncp.OPTION_B, "scolaires", 100 * (s - 2020)) for s in range(2022, 2027)]
    made = rncp.growth_since_reference(counts("present", *rows), diploma=rncp.OPTION_B, column="present", by=["regime"])
    chart = rncp.index_chart(rncp.official(made), name="n", title="Un titre")
    assert "500 présents contre 600 à la session 2026" in chart.notes.lecture.replace("\xa0", " ")
    assert faults(chart) == []


@pytest.mark.parametrize("case", ["whole", "two groups at the same height", "few at the base", "one session"])
def test_no_text_is_cut_in_other_charts(case: str) -> None:
    b = rncp.OPTION_B
    rows = {
        "two groups at the same height": [(s, b, r, 100 + s) for s in (2022, 2023) for r in ("scolaires", "apprentis")],
        "few at the base": [(s, b, r, n) for s in (2022, 2023) for r, n in (("scolaires", 16400), ("apprentis", 9))],
        "one session": [(2022, b, "scolaires", 100), (2022, b, "autres", 90)],
    }
    made = growth(by=()) if case == "whole" else rncp.growth_since_reference(
        counts("present", *rows[case]), diploma=b, column="present", by=["regime"]
    )  # fmt: skip
    chart = rncp.index_chart(rncp.official(made), name="n", title="Un titre")
    assert faults(chart) == []
    assert (case == "few at the base") == any(
        "non tracé\xa0: moins de 10 candidats en 2022" in line for line in chart.lines
    )


def test_more_groups_than_styles_are_refused() -> None:
    frame = pd.DataFrame([(s, rncp.OPTION_B, f"{n:02}", 50) for s in (2022, 2023) for n in range(1, 7) if n != 5])
    made = make_counts(
        frame.set_axis(["session", "diploma", "academie", "present"], axis=1), "session", "diploma", "academie"
    )
    shown = rncp.official(rncp.growth_since_reference(made, diploma=rncp.OPTION_B, column="present", by=["academie"]))
    with pytest.raises(CountsError, match="au plus 4 groupes, pas 5"):
        rncp.index_chart(shown, name="n", title="Un titre")
