"""Rates and gaps of a cohort with marks in the tables and charts that serve any rate: by unit, in exam order."""

from __future__ import annotations

import pytest

from rncp_analytics.counts.tally import tally
from rncp_analytics.display.charts import gap_chart
from rncp_analytics.display.gap_tables import gap_table
from rncp_analytics.display.tables import rate_table
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.bounds import pass_rate_bounds
from rncp_analytics.measures.comparison import rate_gap
from rncp_analytics.measures.marks import acquired_rate
from rncp_analytics.measures.paired import mode_gap
from tests.rendering.test_text_boxes import faults
from tests.unit.cohort.cohorts import cohort, person, random_cohort
from tests.unit.display.test_unit_tables import DRAWN, TOLD, internal, plain


def test_blocks_acquired_by_those_without_the_diploma() -> None:
    """Twelve refused, four with 12 in U34; the absent of U34 is none of them, the exempt of U34 isn't counted."""
    people = [person(160, U34=240)] * 4 + [person(160)] * 7 + [person(160, U34="absent")] + [person(160, U34="exempt")]
    found = tally(cohort([*people, *[person(240)] * 3]), by=[])
    table = rate_table(internal(acquired_rate(found.units.where(unit=["U31", "U34"]))), **TOLD)
    assert [column.title for column in table.columns] == [
        "Épreuve", "Candidats sans le diplôme", "Blocs acquis",
        "Part des blocs acquis par les candidats sans le diplôme", "Intervalle à 95\u00a0%",
    ]  # fmt: skip
    assert [[plain(str(cell)) for cell in row[:4]] for row in table.rows] == [
        ["E31 Vente-conseil · U31 · bloc 2", "13", "0", "0,0 %"], ["E34 PSE · U34 · bloc 5", "12", "4", "33,3 %"],
    ]  # fmt: skip
    assert plain(table.notes.lecture).startswith(
        "à l'épreuve « E31 Vente-conseil · U31 · bloc 2 », 0 bloc acquis pour 13 candidats sans le diplôme, soit 0,0 %"
    )


def test_option_b_against_a_unit_by_unit() -> None:
    """Marks of at least 10: 56 of 70 against 48 of 80 in U34 (Newcombe 1998, Table II a), all in the other units."""
    sides = {"40031214": (56, 70), "40031213": (48, 80)}
    people = [
        person(240, diploma=code, U34=240 if i < above else 160) for code, (above, n) in sides.items() for i in range(n)
    ]
    counts = tally(cohort(people), by=["option"]).units.where(unit=["U31", "U34", "U11"])
    gaps = internal(
        rate_gap(counts, dimension="option", group="B", reference="A", by=["unit"], statistic="unit_pass_rate")
    )
    sides_named = {"group": "l'option B", "reference": "l'option A"}
    table = gap_table(gaps, **sides_named, **TOLD)
    assert [column.title for column in table.columns][1:5] == [
        "L'option B : part des notes ≥ 10", "Notes", "L'option A : part des notes ≥ 10", "Notes",
    ]  # fmt: skip
    assert [row[0].split(" ")[0] for row in table.rows] == ["E31", "E34", "E11"]
    assert [plain(str(cell)) for cell in table.rows[1][1:]] == [
        "80,0 %", "70", "60,0 %", "80", "+20,0 points (+5,2 à +33,4)", "au-delà du hasard",
    ]  # fmt: skip
    # Wilson's lower bound of n of n is n / (n + 1,96²), here 94,8 and 95,4 %: the ends of Newcombe's interval.
    assert plain(table.notes.lecture) == (
        "à l'épreuve « E31 Vente-conseil · U31 · bloc 2 », l'écart entre l'option B (100,0 % de notes d'au moins 10) "
        "et l'option A (100,0 %) est de 0,0 point (-5,2 à +4,6) : compatible avec le hasard."
    )
    chart = gap_chart(gaps, **sides_named, **DRAWN)
    assert plain(chart.lines[1]).startswith(
        "E34 PSE · U34 · bloc 5 : 56 sur 70, référence 48 sur 80 ; écart +20,0 points"
    )
    assert not faults(chart)
    ticks = [plain(tick.get_text()).replace(",", ".") for tick in chart.figure().axes[0].get_xticklabels()]
    assert all(float(text) * 10 % 5 == 0 for text in ticks)


def test_means_and_bounds_are_not_shown_as_rates() -> None:
    counted = tally(random_cohort(60), by=["school"])
    gaps = internal(mode_gap(counted.modes, by=["school"]))
    for show, told in ((gap_table, TOLD), (gap_chart, DRAWN)):
        with pytest.raises(CountsError, match="pas de ceux"):
            show(gaps, group="a", reference="b", **told)  # type: ignore[operator]
    with pytest.raises(CountsError, match="pas de ceux"):
        rate_table(internal(pass_rate_bounds(counted.outcomes)), **TOLD)
