"""Tables and charts of a cohort with marks: what they say, word for word, and what they never show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from rncp_analytics.certification.regulation import regulation
from rncp_analytics.cohort.model import Cohort
from rncp_analytics.counts.tally import Tally, tally
from rncp_analytics.display import french
from rncp_analytics.display.figure import Chart
from rncp_analytics.display.table import Table
from rncp_analytics.display.tables import rate_table
from rncp_analytics.display.unit_charts import mark_chart, mode_chart
from rncp_analytics.display.unit_tables import reason_table, unit_table
from rncp_analytics.errors import CountsError, PublicationError
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.mark_comparison import mean_change
from rncp_analytics.measures.marks import acquired_rate, mark_classes, pivot_shares, refusal_reasons, unit_marks
from rncp_analytics.measures.paired import mode_gap
from rncp_analytics.measures.secrecy import Publishable, suppress
from tests.rendering.test_text_boxes import faults
from tests.unit.cohort.cohorts import UNITS, cohort, person, random_cohort
from tests.unit.display.examples import offences

RULES = regulation("40031214", 2025)
TOLD = {"name": "essai", "caption": "Un essai"}
DRAWN = {"name": "essai", "title": "Un essai"}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2212", "-")


def internal(estimates: Estimates) -> Publishable:
    return suppress(estimates, profile="usage_interne")


@pytest.fixture(scope="module")
def counted() -> Tally:
    return tally(random_cohort(240), by=["school", "sex"])


def units(found: Tally, profile: str) -> Table:
    return unit_table(
        suppress(unit_marks(found.units), profile=profile),
        rules=RULES,
        modes=suppress(unit_marks(found.units, by=["unit", "mode"]), profile=profile),
        classes=suppress(mark_classes(found.units), profile=profile),
        pivots=suppress(pivot_shares(found.pivots), profile=profile),
        **TOLD,
    )


# Each table and chart of this page, under a profile.
MADE: dict[str, Callable[[Tally, str], Table | Chart]] = {
    "units": units,
    "reasons": lambda t, p: reason_table(suppress(refusal_reasons(t.outcomes), profile=p), **TOLD),
    "marks": lambda t, p: mark_chart(suppress(mark_classes(t.units.where(unit="U2")), profile=p), **DRAWN),
    "modes": lambda t, p: mode_chart(suppress(mode_gap(t.modes, by=["school"]), profile=p), **DRAWN),
    "acquired": lambda t, p: rate_table(suppress(acquired_rate(t.units), profile=p), **TOLD),
}


def small() -> Cohort:
    return cohort([person(200 + 20 * (i % 3), U2=199, U7="absent_justified" if i == 0 else 240) for i in range(12)])


def test_a_row_of_the_table_word_for_word() -> None:
    found = tally(small(), by=[])
    table = unit_table(internal(unit_marks(found.units)), rules=RULES, **TOLD)
    rows = {row[0]: [plain(str(cell)) for cell in row[1:]] for row in table.rows}
    assert rows["E2 Prospection et valorisation · U2 · bloc 1"] == [
        "ponctuel",
        "4",
        "12",
        "0",
        "9,95",
        "0,0 %",
        "0,0 %",
    ]
    assert rows["E7 EPS · U7 · bloc 13"] == ["CCF ou ponctuel", "1", "11", "1", "12,00", "0,0 %", "100,0 %"]
    assert rows["E51 Français · U51 · bloc 10"][:2] == ["ponctuel", "2,5"]
    assert [column.title for column in table.columns] == [
        "Épreuve", "Nature", "Coef.", "Notés", "Absents", "Moyenne", "% < 8", "% ≥ 10",
    ]  # fmt: skip
    assert plain(table.notes.lecture) == (
        "à l'épreuve « E2 Prospection et valorisation · U2 · bloc 1 », 12 notes, moyenne 9,95 (de 9,95 à 9,95), dont "
        "0,0 % d'au moins 10 ; les notes se compensent, ce n'est pas un taux de réussite."
    )


def ponctuel_for(given: Cohort, unit: str, every: int) -> Cohort:
    """The cohort with this unit marked as ponctuel for one candidate of ``every``."""
    rows = given.rows
    mode = rows["mode"].mask((rows["unit"] == unit) & (rows["entry"] % every == 0), "ponctuel")
    return Cohort(given.candidates, rows.assign(mode=mode), given.stage, given.origin, given.source)


def two_sessions() -> Tally:
    """U2 gains a point between 2023 and 2024, U6 stays; nobody has a mark in U7 in 2023."""
    people = [
        person(200 + 20 * (i % 3), session=session, U2=160 + 40 * (i % 3) + 20 * (session - 2023), **more)
        for session, more in ((2023, {"U7": "absent"}), (2024, {}))
        for i in range(300)
    ]
    return tally(ponctuel_for(cohort(people), "U31", 5), by=["session"])


def test_every_column_in_its_order_word_for_word() -> None:
    found = two_sessions()
    units, pivots = found.units.where(session=2024), found.pivots.where(session=2024)
    table = unit_table(
        internal(unit_marks(units)),
        rules=RULES,
        modes=internal(unit_marks(units, by=["unit", "mode"])),
        change=internal(mean_change(found.units)),
        classes=internal(mark_classes(units)),
        pivots=internal(pivot_shares(pivots)),
        **TOLD,
    )
    assert [column.title for column in table.columns] == [
        "Épreuve", "Nature", "Coef.", "Notés", "Absents", "Moyenne", "Écart à la session précédente", "% < 8", "% ≥ 10",
        "Distribution", "Décisive pour … des refusés",
    ]  # fmt: skip
    rows = {row[0].split(" ")[0]: [plain(str(cell)) for cell in row[1:]] for row in table.rows}
    # Marks of 9, 11 and 13, a hundred of each; a year before 8, 10 and 12. Who has 9 has 10 in all the other units.
    assert rows["E2"] == [
        "ponctuel", "4", "300", "0", "11,00", "+1,0 : au-delà du hasard", "0,0 %", "66,7 %",
        "0-5 : 0 %, 5-8 : 0 %, 8-10 : 33 %, 10-12 : 33 %, 12-14 : 33 %, 14-16 : 0 %, 16-20 : 0 %", "100,0 %",
    ]  # fmt: skip
    assert rows["E31"][0] == "CCF 240, ponctuel 60"
    natures = table.data[table.data["mode"] != ""].set_index(["unit", "mode"])["denominator"]
    assert natures.to_dict() == {("U31", "ccf"): 240, ("U31", "ponctuel"): 60}
    assert [rows["E6"][5], rows["E7"][5]] == ["0,0 : compatible", "–"]
    heights = [row[9].lengths for row in table.rows]
    assert max(map(max, heights)) == 1
    # A third of the marks of U2 in each of three classes; the tallest bar is that of two thirds, elsewhere.
    assert {round(length, 9) for length in heights[0]} == {0, 0.5}


def test_each_mean_and_share_of_the_file_has_its_sentence() -> None:
    """Twelve marks of 9.95 out of 20 in U2, none of 10 or more and none under 8."""
    found = tally(small(), by=[])
    made = unit_table(internal(unit_marks(found.units)), rules=RULES, **TOLD)
    told = made.data[made.data["unit"] == "U2"].set_index("statistic")["Lecture"].map(plain)
    assert told["mark_mean"].startswith(
        "À l'épreuve « E2 Prospection et valorisation · U2 · bloc 1 », 12 notes, moyenne 9,95"
    )
    assert "0 note d'au moins 10 pour 12 notes, soit 0,0 %" in told["unit_pass_rate"]
    assert all(text.endswith(".") for name, text in told.items() if name != "mark_sd")
    assert made.data.columns[-1] == "Lecture"


def test_the_change_of_other_candidates_is_refused() -> None:
    found = two_sessions()
    for session, counts in ((2024, found.units.where(session=2023)), (2023, found.units)):
        with pytest.raises(CountsError, match="mêmes candidats"):
            unit_table(
                internal(unit_marks(found.units.where(session=session))),
                rules=RULES,
                change=internal(mean_change(counts)),
                **TOLD,
            )


def test_a_hidden_mode_is_not_found_again_by_subtraction() -> None:
    units = tally(ponctuel_for(cohort([person(200 + i % 40) for i in range(60)]), "U31", 20), by=[]).units
    assert units.where(unit="U31", mode="ponctuel").frame["marked"].tolist() == [3]
    table = unit_table(
        suppress(unit_marks(units), profile="dgfip_11"),
        rules=RULES,
        modes=suppress(unit_marks(units, by=["unit", "mode"]), profile="dgfip_11"),
        **TOLD,
    )
    assert {row[0].split(" ")[0]: row[1] for row in table.rows}["E31"] == "CCF et ponctuel"
    assert (table.data["mode"] == "").all()


def test_rows_in_exam_order_then_the_project(counted: Tally) -> None:
    table = unit_table(internal(unit_marks(counted.units)), rules=RULES, **TOLD)
    assert [row[0].split(" · ")[1] for row in table.rows[:-1]] == list(UNITS)
    assert table.rows[-1][0] == "Projet (chef-d'œuvre)"
    assert "Sans coefficient : projet, deux fois l'écart à 10." in plain(repr(table))


def test_decisive_for_the_refused() -> None:
    found = tally(cohort([*[person(U6=180)] * 4, *[person(120)] * 8, *[person(240)] * 5]), by=[])
    table = unit_table(
        internal(unit_marks(found.units)), rules=RULES, pivots=internal(pivot_shares(found.pivots)), **TOLD
    )
    cells = {row[0].split(" ")[0]: plain(row[-1]) for row in table.rows}
    assert (cells["E6"], cells["E2"]) == ("33,3 %", "0,0 %")
    other = pivot_shares(tally(cohort([person(120)] * 12, stage="first_group"), by=[]).pivots)
    with pytest.raises(CountsError, match="mêmes candidats"):
        unit_table(internal(unit_marks(found.units)), rules=RULES, pivots=internal(other), **TOLD)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(9.998, "9,99"), (9.995, "9,99"), (9.994, "9,99"), (10.0, "10,00"), (11.125, "11,13"), (7.9999, "7,99"),
     (11.996, "11,99"), (0.0, "0,00"), (20.0, "20,00")],
)  # fmt: skip
def test_a_mean_under_a_threshold_never_reaches_it(value: float, shown: str) -> None:
    assert french.mark(value) == shown


def test_motifs_add_to_the_refused(counted: Tally) -> None:
    table = reason_table(internal(refusal_reasons(counted.outcomes)), **TOLD)
    numbers = [int(row[1]) for row in table.rows]
    assert sum(numbers[:-1]) == numbers[-1]
    assert plain(table.rows[-1][2]) == "100,0 %"
    assert [row[0] for row in table.rows][:2] == ["Éliminés pour absence", "Moyenne générale inférieure à 8"]


def test_the_distribution_states_every_bar() -> None:
    found = tally(small(), by=[])
    chart = mark_chart(internal(mark_classes(found.units.where(unit="U31"))), **DRAWN)
    assert [plain(line) for line in chart.lines][3:5] == [
        "De 10 à moins de 12 : 8 (66,7 %).", "De 12 à moins de 14 : 4 (33,3 %).",
    ]  # fmt: skip
    with pytest.raises(CountsError, match="une seule distribution"):
        mark_chart(internal(mark_classes(found.units)), **DRAWN)


@pytest.mark.parametrize("profile", ["usage_interne", "dgfip_11"])
@pytest.mark.parametrize("name", MADE)
def test_french_stamped_and_drawn_without_a_fault(counted: Tally, name: str, profile: str) -> None:
    made = MADE[name](counted, profile)
    assert not offences(repr(made))
    assert ("Usage interne, ne pas diffuser." in repr(made)) == (profile == "usage_interne")
    assert "Données synthétiques." in repr(made)
    bundle, _ = made._repr_mimebundle_()
    assert {"text/html", "image/png"} & set(bundle)
    if isinstance(made, Chart):
        assert not faults(made)


@pytest.mark.parametrize("name", MADE)
def test_hidden_figures_are_nowhere(name: str) -> None:
    found = tally(cohort([person(120 + i, school="0690001B") for i in range(9)], origin="candidates"), by=["school"])
    made = MADE[name](found, "dgfip_11")
    shown = repr(made) if isinstance(made, Chart) else repr(made) + made.csv()
    assert "masqué" in shown
    assert made._repr_mimebundle_()[0].get("text/html", "").count("role=") == 0
    assert "Données synthétiques" not in shown
    figures: Any = made.data[[c for c in ("value", "numerator", "denominator", "lower", "estimate") if c in made.data]]
    assert pd.isna(figures).all(axis=None)
    if isinstance(made, Chart):
        assert not faults(made)


def test_nothing_but_a_publishable_is_shown(counted: Tally) -> None:
    for show in (mark_chart, mode_chart):
        with pytest.raises(PublicationError):
            show(mode_gap(counted.modes), **DRAWN)  # type: ignore[arg-type]
    with pytest.raises(PublicationError):
        reason_table(refusal_reasons(counted.outcomes), **TOLD)  # type: ignore[arg-type]
