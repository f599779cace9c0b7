"""Chart and tables of histories: what they say, word for word, and what they never show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rncp_analytics.counts.histories import HISTORY_COLUMNS, tally_histories
from rncp_analytics.counts.model import Counts
from rncp_analytics.display.charts import rate_chart
from rncp_analytics.display.figure import Chart
from rncp_analytics.display.history_chart import history_chart
from rncp_analytics.display.history_tables import acquired_table, history_table, mean_sessions_table
from rncp_analytics.display.table import Table
from rncp_analytics.display.tables import rate_table
from rncp_analytics.errors import CountsError, PublicationError
from rncp_analytics.measures.histories import acquired_by_refused, mean_sessions, time_to_diploma
from rncp_analytics.measures.secrecy import Publishable, suppress
from rncp_analytics.synthesis.careers import synthesise_careers
from tests.conftest import make_counts
from tests.rendering.test_text_boxes import faults
from tests.unit.cohort.careers import FAIL, PASS, followed
from tests.unit.display.examples import offences

# 60 candidates: 30 pass at once, 12 at the second session, one leaves there; few are left for the third.
ROWS = [(1, 60, 60, 30, 0, 5, 0), (2, 25, 0, 12, 1, 4, 0), (3, 8, 0, 3, 0, 5, 0)]
TOLD = {"name": "essai", "caption": "Un essai"}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def figures(profile: str = "usage_interne", *, confidence: float | None = 0.95) -> Publishable:
    frame = pd.DataFrame(ROWS, columns=["rank", *HISTORY_COLUMNS])
    counts = make_counts(frame, "rank", origin="synthetic")
    return suppress(time_to_diploma(counts, confidence=confidence), profile=profile)


def acquired(*people: list[dict[str, object]], profile: str = "usage_interne") -> Table:
    found = acquired_by_refused(tally_histories(followed(*people)).acquired)
    return acquired_table(suppress(found, profile=profile), **TOLD)


def chart(found: Publishable) -> Chart:
    return history_chart(found, name="essai", title="Un essai")


def test_the_chart_states_each_session() -> None:
    # S(1) = 30/60; F(2) = 1/2 + 1/2 × 12/25 = 0.74; exit 1/2 × 1/25 = 0.02.
    lines = list(map(plain, chart(figures(confidence=None)).lines))
    assert lines == [
        "1re session : 60 suivis, 30 admis, 0 sorti ; en cumul, diplôme obtenu 50,0 %, sortis sans le diplôme 0,0 %, "
        "encore en cours 50,0 %.",
        "2e session : 25 suivis, 12 admis, 1 sorti ; en cumul, diplôme obtenu 74,0 %, sortis sans le diplôme 2,0 %, "
        "encore en cours 24,0 %.",
        "3e session : 8 suivis, 3 admis, 0 sorti ; trop peu de candidats (moins de 10).",
    ]


def test_the_parts_of_a_bar_follow_one_another() -> None:
    drawn = chart(figures()).figure().axes[0].patches
    spans = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in drawn]
    assert len(spans) == 6  # the third session has a word in place of its bar
    wanted = [(0, 0.5), (0.5, 0.5), (0.5, 1), (0, 0.74), (0.74, 0.76), (0.76, 1)]
    assert np.array(spans) == pytest.approx(np.array(wanted))


def test_the_lecture_reads_the_last_session_that_is_shown() -> None:
    said = [plain(line) for line in chart(figures(confidence=None)).notes.lines()]
    assert said[0] == (
        "Lecture : à l'issue de la 2e session depuis l'entrée (25 candidats encore suivis), 74,0 % des candidats ont "
        "obtenu le diplôme, 2,0 % sont sortis sans lui et 24,0 % sont encore en cours."
    )
    assert any(line.startswith("Cumul : estimé") for line in said)
    assert any(line.startswith("Sortie : aucun texte") for line in said)
    assert "Données synthétiques." in said


def test_the_table_gives_intervals_and_names_its_groups() -> None:
    table = history_table(figures(), **TOLD)
    assert [plain(str(cell)) for cell in table.rows[2]] == [
        "3e session", "8", "3", "0", "non calculé", "non calculé", "non calculé",
    ]  # fmt: skip
    assert plain(str(table.rows[0][4])).startswith("50,0 % (")
    counted = tally_histories(synthesise_careers(seed=1, size=150), by=["candidate_status"])
    found = suppress(time_to_diploma(counted.histories, by=["candidate_status"]), profile="usage_interne")
    table = history_table(found, **TOLD)
    assert [column.title for column in table.columns][:2] == ["Statut du candidat", "Depuis l'entrée"]
    assert table.rows[0][:2] == ("Formation continue", "1re session")
    assert len(table.rows) == 3 * 4
    assert plain(table.notes.lecture).startswith("pour le statut « ")


def test_what_is_acquired_by_session() -> None:
    base = {"session": 2025, **FAIL}
    table = acquired(*[[base]] * 8, *[[{**base, "U31": 240}]] * 3, [{**base, "U31": "vae"}])
    titles = [column.title for column in table.columns]
    assert titles == [
        "Épreuve", "Sans le diplôme", "Jusqu'à la session 2030", "Sans limite (VAE)", "Non acquis", "Part acquise",
    ]  # fmt: skip
    rows = {str(row[0]).split(" ")[0]: [plain(str(cell)) for cell in row[1:]] for row in table.rows}
    assert rows["E31"] == ["12", "3", "1", "8", "33,3 %"]
    assert rows["E32"] == ["12", "0", "0", "12", "0,0 %"]
    assert plain(table.notes.lecture) == (
        "à l'épreuve « E31 Vente-conseil · U31 · bloc 2 », sur 12 candidats sans le diplôme, 3 peuvent utiliser leur "
        "note jusqu'à la session 2030."
    )


def test_everything_and_nothing_acquired() -> None:
    nothing = acquired(*[[{"session": 2025, **FAIL}]] * 12)
    assert plain(nothing.notes.lecture).startswith("sur 12 candidats sans le diplôme, aucune note")
    absent = {"session": 2025, "mark": 240, "U6": "absent"}  # eliminated with twelve units acquired
    assert plain(str(acquired(*[[absent]] * 12).rows[0][-1])) == "100,0 %"
    few = acquired([{"session": 2025, **FAIL}])
    assert plain(few.notes.lecture).startswith("les parts ne sont pas données : trop peu de candidats")
    assert str(few.rows[0][-1]) == "non calculé"


def test_sessions_in_which_nobody_is_followed_any_more_are_left_out() -> None:
    rows = [("F", 1, 20, 20, 20, 0, 0, 0), ("F", 2, 0, 0, 0, 0, 0, 0), ("M", 1, 20, 20, 5, 0, 0, 0),
            ("M", 2, 15, 0, 5, 0, 10, 0)]  # fmt: skip
    counts = make_counts(
        pd.DataFrame(rows, columns=["sex", "rank", *HISTORY_COLUMNS]), "sex", "rank", origin="synthetic"
    )
    found = suppress(time_to_diploma(counts, by=["sex"]), profile="usage_interne")
    table = history_table(found, **TOLD)
    assert [row[:2] for row in table.rows] == [
        ("Filles", "1re session"), ("Garçons", "1re session"), ("Garçons", "2e session"),
    ]  # fmt: skip
    assert set(table.data["rank"]) == {1, 2}


def test_everybody_has_the_diploma() -> None:
    table = acquired(*[[{"session": 2025, **PASS}]] * 12)
    assert table.rows == ()
    assert plain(table.notes.lecture) == "aucun candidat n'est sans le diplôme."


def test_the_mean_names_its_horizon() -> None:
    # S(0) = 1, S(1) = 30/60: 1.5 sessions of the first two.
    counts = make_counts(pd.DataFrame(ROWS, columns=["rank", *HISTORY_COLUMNS]), "rank", origin="synthetic")
    made = {h: mean_sessions(counts, horizon=h, confidence=None) for h in (2, 5)}
    tables = {h: mean_sessions_table(suppress(found, profile="usage_interne"), **TOLD) for h, found in made.items()}
    assert [plain(str(cell)) for cell in tables[2].rows[0]] == ["60", "1,5"]
    said = [plain(line) for line in tables[2].notes.lines()]
    assert said[0] == (
        "Lecture : 1,5 session en moyenne jusqu'au diplôme ou à la sortie, sur 60 candidats suivis dès la première "
        "session."
    )
    assert any(line.startswith("Qui continue après la 2e session compte pour 2") for line in said)
    assert str(tables[5].rows[0][1]) == "non calculé : personne n'est suivi aussi longtemps"
    hidden = mean_sessions_table(suppress(mean_sessions(few_at_first(), horizon=2), profile="dgfip_11"), **TOLD)
    assert hidden.rows[0] == ("masqué", "masqué")
    assert hidden.notes.lecture == "les moyennes sont masquées."


def few_at_first() -> Counts:
    frame = pd.DataFrame([(1, 7, 7, 4, 0, 0, 0), (2, 3, 0, 2, 0, 1, 0)], columns=["rank", *HISTORY_COLUMNS])
    return make_counts(frame, "rank", origin="synthetic")


def test_a_single_session_says_that_it_shows_no_history() -> None:
    people = [[{"session": 2025, **FAIL}]] * 12 + [[{"session": 2025, **PASS}]] * 12
    counted = tally_histories(followed(*people), by=["diploma"])
    found = suppress(time_to_diploma(counted.histories.where(diploma="40031214")), profile="usage_interne")
    for shown in (chart(found), history_table(found, **TOLD)):
        said = [plain(line) for line in shown.notes.lines()]
        assert any(line.startswith("Aucun candidat n'est suivi d'une session à la suivante") for line in said)
        assert any(line.startswith("Suivi : ") and "vus à la seule session 2025" in line for line in said)
    mean = mean_sessions_table(suppress(mean_sessions(counted.histories, horizon=4), profile="usage_interne"), **TOLD)
    assert "personne n'est suivi aussi longtemps" in str(mean.rows[0][1])


def test_a_share_of_a_life_table_is_no_rate() -> None:
    for statistic in ("diploma_incidence", "exit_incidence", "still_going"):
        with pytest.raises(CountsError, match="ne sont pas de ceux"):
            rate_table(only(statistic), **TOLD)
        with pytest.raises(CountsError, match="ne sont pas de ceux"):
            rate_chart(only(statistic), name="essai", title="Un essai")


def only(statistic: str) -> Publishable:
    counts = make_counts(pd.DataFrame(ROWS, columns=["rank", *HISTORY_COLUMNS]), "rank", origin="synthetic")
    made = time_to_diploma(counts)
    return suppress(replace(made, frame=made.frame[made.frame["statistic"] == statistic]), profile="usage_interne")


def test_a_profile_of_secrecy_hides_counts_and_shares() -> None:
    hidden = figures("dgfip_11")
    shown = plain(repr(chart(hidden)) + repr(history_table(hidden, **TOLD)))
    assert "2e session : suivis : masqué" in shown
    assert "74,0" not in shown
    assert "12 admis" not in shown
    assert not faults(chart(hidden))
    base = {"session": 2025, **FAIL}
    table = acquired(*[[base]] * 12, [{**base, "U31": 240}], profile="dgfip_11")
    rows = {str(row[0]).split(" ")[0]: row[1:] for row in table.rows}
    assert "masqué" in rows["E31"]


def test_nothing_is_cut_nor_covered_nor_badly_written() -> None:
    counted = tally_histories(synthesise_careers(seed=1, size=150), exit_after=2)
    found = suppress(time_to_diploma(counted.histories), profile="usage_interne")
    for drawn in (chart(found), chart(figures())):
        assert not faults(drawn)
        assert not offences(repr(drawn))
    assert not offences(repr(history_table(found, **TOLD)))
    shares = suppress(acquired_by_refused(counted.acquired), profile="usage_interne")
    assert not offences(repr(acquired_table(shares, **TOLD)))


def test_other_figures_are_refused() -> None:
    counts = make_counts(pd.DataFrame(ROWS, columns=["rank", *HISTORY_COLUMNS]), "rank", origin="synthetic")
    mean = suppress(mean_sessions(counts, horizon=2), profile="usage_interne")
    for show in (history_table, acquired_table):
        with pytest.raises(CountsError, match="ne sont pas de ceux"):
            show(mean, **TOLD)
    with pytest.raises(CountsError, match="ne sont pas de ceux"):
        chart(mean)
    with pytest.raises(PublicationError):
        chart(time_to_diploma(counts))  # type: ignore[arg-type]
