"""In the file of a table, each row has its own sentence; on screen there is one."""

from __future__ import annotations

import pytest

import rncp_analytics as rncp
from rncp_analytics.counts.official import OfficialResults
from rncp_analytics.display.charts import gap_chart
from rncp_analytics.display.lecture import rate_lecture
from rncp_analytics.display.table import Table
from tests.unit.display.examples import cell, offences, option_gap, results_of
from tests.unit.display.test_attention_table import everything, table_of
from tests.unit.display.test_levels import MADE as AT_LEVEL
from tests.unit.display.test_masked import MADE as MASKED
from tests.unit.display.test_masked import counts as with_a_secret

RATES = ("gap by session", "gap by status", "gap to rest", "rates", "presence", "changes", "academies", "regimes")
ONE_EACH = ("rates", "gaps", "changes", "trends")


@pytest.mark.parametrize("name", RATES)
def test_every_row_of_official_tables(name: str, national_tables: dict[str, Table]) -> None:
    assert_told(national_tables[name])
    assert national_tables[name].notes.lecture in {
        text[:1].lower() + text[1:] for text in lectures(national_tables[name])
    }


@pytest.mark.parametrize("name", ONE_EACH)
def test_every_row_at_any_level(name: str) -> None:
    assert_told(AT_LEVEL[name](0.8))


def test_adjusted_gaps_and_the_list_to_look_at() -> None:
    made = AT_LEVEL["adjusted"](0.95)
    assert made.data["Lecture"].astype(bool).tolist() == made.data["statistic"].eq("pass_rate_gap").tolist()
    assert_told(table_of(everything()))


@pytest.mark.parametrize("name", ["rates", "gaps", "changes", "bounds"])
def test_a_hidden_row_says_that_it_is(name: str) -> None:
    made = MASKED[name](with_a_secret())
    hidden = made.data["reason"] == "secret"
    assert made.data.loc[hidden, "Lecture"].str.endswith("masqués par le secret statistique.").all()
    assert not made.data.loc[~hidden, "Lecture"].str.contains("masqués").any()


def test_a_count_that_the_source_does_not_give() -> None:
    found = rncp.official(rncp.rates(results_of([cell()]).national))
    row = {**found.frame.iloc[0], "numerator": float("nan"), "reason": "not_counted"}
    assert rate_lecture(found, row).endswith("la source ne donne pas cet effectif.")


def test_many_comparisons_say_what_chance_brings_out(published: OfficialResults) -> None:
    """Thirty académies at 95 %: 30 × 0.05 = 1.5; five statuses say nothing."""
    places = published.academies.where(session=2025, diploma=[rncp.OPTION_A, rncp.OPTION_B])
    sides = {"group": "l'option B", "reference": "l'option A"}
    everywhere = rncp.official(
        rncp.adjusted_gap(
            places, dimension="diploma", group=rncp.OPTION_B, reference=rncp.OPTION_A, strata=["academie"]
        )
    )
    drawn = gap_chart(option_gap(places, "academie"), **sides, adjusted=everywhere, name="n", title="t")
    told = " ".join(drawn.notes.caveats)
    assert "Sur 30 académies, le seul hasard en ferait ressortir environ 2" in told
    # Breslow and Day's statistic of these thirty tables is far above 42.6, the 95 % quantile of χ² with 29 degrees.
    assert "l'écart n'est pas le même partout" in told
    few = gap_chart(
        option_gap(published.national.where(session=2025), "candidate_status"), **sides, name="n", title="t"
    )
    assert "hasard" not in " ".join(few.notes.caveats)


def lectures(table: Table) -> list[str]:
    return list(table.data["Lecture"])


def assert_told(table: Table) -> None:
    told = lectures(table)
    assert table.data.columns[-1] == "Lecture"
    assert ";Lecture;" in table.csv().splitlines()[0]  # then "Champ", which links the files
    assert all(text[0].isupper() and text.endswith(".") for text in told), told
    assert len(set(told)) == len(told)
    assert "Lecture" not in [column.title for column in table.columns]
    assert repr(table).count("Lecture") == 1
    assert offences("\n".join(told)) == []
