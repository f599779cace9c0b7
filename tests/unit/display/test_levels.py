"""The level of the intervals is the one that was asked for, and figures without interval conclude nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from rncp_analytics.counts.model import Counts
from rncp_analytics.display.adjusted_tables import adjusted_table, expected_table, standardised_table
from rncp_analytics.display.charts import gap_chart, rate_chart
from rncp_analytics.display.decomposition_tables import decomposition_table, factor_table
from rncp_analytics.display.figure import Chart
from rncp_analytics.display.gap_tables import change_table, gap_table
from rncp_analytics.display.statistician import statistician
from rncp_analytics.display.table import Table
from rncp_analytics.display.tables import rate_table
from rncp_analytics.display.trend_table import trend_table
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.adjustment import adjusted_gap
from rncp_analytics.measures.comparison import rate_gap, session_change
from rncp_analytics.measures.decomposition import decompose
from rncp_analytics.measures.expected import observed_expected
from rncp_analytics.measures.factors import decompose_factors
from rncp_analytics.measures.rates import rates
from rncp_analytics.measures.secrecy import official
from rncp_analytics.measures.standardisation import standardised_rates
from rncp_analytics.measures.trend import trend
from tests.conftest import make_counts
from tests.unit.display.examples import offences
from tests.unit.display.test_lecture import plain
from tests.unit.measures.strata_cases import SIDES

TOLD: Any = {"name": "essai", "caption": "Un essai"}
DRAWN: Any = {"name": "essai", "title": "Un essai"}
B_TO_A: Any = {"group": "l'option B", "reference": "l'option A"}
GAP: Any = SIDES


def counts() -> Counts:
    rows = [
        (session, option, sex, 200, passed + 4 * (session - 2022))
        for session in (2023, 2024, 2025)
        for option, sex, passed in (("B", "F", 180), ("B", "M", 150), ("A", "F", 140), ("A", "M", 120))
    ]
    frame = pd.DataFrame(rows, columns=["session", "option", "sex", "present", "passed"])
    return make_counts(frame, "session", "option", "sex")


def last() -> Counts:
    return counts().where(session=2025)


MADE: dict[str, Callable[[float | None], Table]] = {
    "rates": lambda at: rate_table(official(rates(last(), by=["option"], confidence=at)), **TOLD),
    "gaps": lambda at: gap_table(official(rate_gap(last(), **GAP, confidence=at)), **B_TO_A, **TOLD),
    "changes": lambda at: change_table(official(session_change(counts(), by=["option"], confidence=at)), **TOLD),
    "trends": lambda at: trend_table(official(trend(counts(), by=["option"], confidence=at)), **TOLD),
    "adjusted": lambda at: adjusted_table(
        official(rate_gap(last(), **GAP, confidence=at)),
        official(adjusted_gap(last(), **GAP, strata=["sex"], confidence=at)),
        **B_TO_A,
        **TOLD,
    ),
    "standardised": lambda at: standardised_table(
        official(rates(last(), by=["option"], confidence=at)),
        official(standardised_rates(last(), by=["option"], cells=["sex"], standard=last(), confidence=at)),
        **TOLD,
    ),
    "expected": lambda at: expected_table(
        official(observed_expected(last(), by=["option"], cells=["sex"], reference=last(), confidence=at)), **TOLD
    ),
    "factors": lambda at: factor_table(
        official(decompose_factors(last(), **GAP, factors=["sex"], confidence=at)), **B_TO_A, **TOLD
    ),
}
CHARTS: dict[str, Callable[[float | None], Chart]] = {
    "rates": lambda at: rate_chart(official(rates(last(), by=["option"], confidence=at)), **DRAWN),
    "gaps": lambda at: gap_chart(official(rate_gap(last(), **GAP, confidence=at)), **B_TO_A, **DRAWN),
}


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize(("asked", "told"), [(0.8, "80 %"), (0.95, "95 %"), (0.998, "99,8 %")])
def test_the_heading_names_the_level_asked_for(name: str, asked: float, told: str) -> None:
    headings = plain(" | ".join(column.title for column in MADE[name](asked).columns))
    assert set(re.findall(r"[Ii]ntervalle à ([\d,]+ %)", headings)) == {told}


@pytest.mark.parametrize("name", [*MADE, "decomposition"])
def test_without_interval_nothing_is_concluded(name: str) -> None:
    parts = official(decompose(last(), **GAP, cells=["sex"], confidence=None))
    made = decomposition_table(parts, **B_TO_A, **TOLD) if name == "decomposition" else MADE[name](None)
    shown = plain(repr(made))
    assert not re.search(r"[Ii]ntervalle|au-delà|compatible|[:;,] *\.|: ;|\bnan\b", shown), shown
    assert made.notes.lecture.endswith(".")
    assert offences(repr(made)) == []


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_says_a_level_that_is_not_the_usual_one(name: str) -> None:
    told = {at: plain(" ".join(CHARTS[name](at).notes.caveats)) for at in (None, 0.8, 0.95)}
    assert "Intervalles à 80 %." in told[0.8]
    assert "Intervalles" not in told[0.95] + told[None]
    axes = CHARTS[name](None).figure().axes[0]
    assert "hasard" not in axes.get_xlabel()


@pytest.mark.parametrize("show", [rate_table, rate_chart])
def test_several_levels_are_refused_in_french(show: Callable[..., object]) -> None:
    several = official(rates(last(), by=["option"], confidence=[0.8, 0.95]))
    with pytest.raises(CountsError, match="plusieurs niveaux") as caught:
        show(several, **(TOLD if show is rate_table else DRAWN))
    assert plain(str(caught.value.where)) == "reçu : 80 % et 95 %"
    statistician(several, **B_TO_A)  # where several levels may stand together
