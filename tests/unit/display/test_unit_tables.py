"""Tables and charts of a cohort with marks: what they say, word for word, and what they never show."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from rncp_analytics.certification.regulation import regulation
from rncp_analytics.cohort.model import Cohort
from rncp_analytics.counts.tally import Tally, tally
from rncp_analytics.display import french
from rncp_analytics.display.figure import Chart
from rncp_analytics.display.table import Table
from rncp_analytics.display.tables import flow_table, rate_table
from rncp_analytics.display.unit_charts import mark_chart, mode_chart
from rncp_analytics.display.unit_tables import reason_table, unit_table
from rncp_analytics.errors import CountsError, PublicationError
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.marks import mark_classes, pivot_shares, refusal_reasons, unit_marks
from rncp_analytics.measures.paired import mode_gap
from rncp_analytics.measures.rates import flow, rates
from rncp_analytics.measures.secrecy import Publishable, suppress
from tests.rendering.test_text_boxes import faults
from tests.unit.cohort.cohorts import PONCTUEL, UNITS, cohort, person, random_cohort
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


def everything(found: Tally, profile: str) -> dict[str, Table | Chart]:
    """Each table and chart of this page."""

    def shown(estimates: Estimates) -> Publishable:
        return suppress(estimates, profile=profile)

    pivots = shown(pivot_shares(found.pivots))
    return {
        "units": unit_table(shown(unit_marks(found.units)), rules=RULES, pivots=pivots, **TOLD),
        "reasons": reason_table(shown(refusal_reasons(found.outcomes)), **TOLD),
        "marks": mark_chart(shown(mark_classes(found.units.where(unit="U2"))), **DRAWN),
        "modes": mode_chart(shown(mode_gap(found.modes, by=["school"])), **DRAWN),
        "rates": rate_table(shown(rates(found.units, by=["unit"], statistic="unit_pass_rate")), **TOLD),
    }  # fmt: skip


def small() -> Cohort:
    return cohort([person(200 + 20 * (i % 3), U2=199, U7="absent_justified" if i == 0 else 240) for i in range(12)])


def test_a_row_of_the_table_word_for_word() -> None:
    found = tally(small(), by=[])
    table = unit_table(internal(unit_marks(found.units)), rules=RULES, **TOLD)
    rows = {row[0]: [plain(cell) for cell in row[1:]] for row in table.rows}
    assert rows["E2 Prospection et valorisation · U2 · bloc 1"] == [
        "ponctuel", "4", "12", "0", "9,95", "0,00", "0,0 %", "0,0 %",
    ]  # fmt: skip
    assert rows["E7 EPS · U7 · bloc 13"] == ["CCF ou ponctuel", "1", "11", "1", "12,00", "0,00", "0,0 %", "100,0 %"]
    assert rows["E51 Français · U51 · bloc 10"][:2] == ["ponctuel", "2,5"]
    assert [column.title for column in table.columns] == [
        "Épreuve", "Nature", "Coef.", "Notés", "Absents", "Moyenne", "Écart-type", "% < 8", "% ≥ 10",
    ]  # fmt: skip
    assert plain(table.notes.lecture) == (
        "à l'épreuve « E2 Prospection et valorisation · U2 · bloc 1 », 12 notes, moyenne 9,95 (de 9,95 à 9,95), dont "
        "0,0 % d'au moins 10 ; les notes se compensent, ce n'est pas un taux de réussite."
    )


def test_rows_in_exam_order_then_the_project(counted: Tally) -> None:
    table = unit_table(internal(unit_marks(counted.units)), rules=RULES, **TOLD)
    assert [row[0].split(" · ")[1] for row in table.rows[:-1]] == list(UNITS)
    assert table.rows[-1][0] == "Projet (chef-d'œuvre)"
    assert plain(table.rows[-1][2]) == "2 × écart à 10"


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


def test_one_dot_per_school_that_has_enough_candidates() -> None:
    marks = [220, 230, 240, 250, 260, 270] * 2
    people = [person(m, school="0690001B", **dict.fromkeys(PONCTUEL, m - 20 - i)) for i, m in enumerate(marks)]
    people += [person(200, school="0690002C")] * 3
    chart = mode_chart(internal(mode_gap(tally(cohort(people), by=["school"]).modes, by=["school"])), **DRAWN)
    # CCF: mean of the marks, 245/20; ponctuel: 1 point and 0 to 11 twentieths less.
    assert [plain(line) for line in chart.lines] == [
        "0690001B : CCF 12,25, ponctuel 10,98 (12 candidats) ; écart +1,3 point (+1,2 à +1,4), au-delà du hasard.",
        "0690002C : trop peu de candidats (moins de 10).",
    ]
    axes = chart.figure().axes[0]
    assert len(axes.collections) == 1
    assert axes.collections[0].get_sizes().tolist() == [24]


@pytest.mark.parametrize("profile", ["usage_interne", "dgfip_11"])
@pytest.mark.parametrize("name", ["units", "reasons", "marks", "modes", "rates"])
def test_french_stamped_and_drawn_without_a_fault(counted: Tally, name: str, profile: str) -> None:
    made = everything(counted, profile)[name]
    assert not offences(repr(made))
    assert ("Usage interne, ne pas diffuser." in repr(made)) == (profile == "usage_interne")
    assert "Données synthétiques." in repr(made)
    bundle, _ = made._repr_mimebundle_()
    assert {"text/html", "image/png"} & set(bundle)
    if isinstance(made, Chart):
        assert not faults(made)


@pytest.mark.parametrize("name", ["units", "reasons", "marks", "modes", "rates"])
def test_hidden_figures_are_nowhere(name: str) -> None:
    found = tally(cohort([person(120 + i, school="0690001B") for i in range(9)], origin="candidates"), by=["school"])
    made = everything(found, "dgfip_11")[name]
    shown = repr(made) if isinstance(made, Chart) else repr(made) + made.csv()
    assert "masqué" in shown
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


def test_tables_that_have_no_word_for_hidden_figures_say_so() -> None:
    found = tally(cohort([person(120)] * 9), by=[])
    with pytest.raises(CountsError, match="masqués"):
        flow_table(suppress(flow(found.outcomes), profile="dgfip_11"), **TOLD)
    shown = flow_table(internal(flow(found.outcomes)), **TOLD)
    assert "Usage interne, ne pas diffuser." in shown.notes.caveats
