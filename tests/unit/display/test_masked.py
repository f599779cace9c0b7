"""Under a profile of diffusion no table and no chart crashes, and what is hidden is a word everywhere."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd
import pytest

import rncp_analytics as rncp
from rncp_analytics.counts.model import Counts
from rncp_analytics.display.charts import gap_chart, rate_chart
from rncp_analytics.display.figure import Chart
from rncp_analytics.display.flow_chart import flow_chart
from rncp_analytics.display.gap_tables import change_table, gap_table, growth_table
from rncp_analytics.display.session_chart import session_chart
from rncp_analytics.display.table import Table
from rncp_analytics.display.tables import bounds_table, flow_table, mention_table, rate_table, regime_table
from rncp_analytics.measures.bounds import pass_rate_bounds
from rncp_analytics.measures.comparison import headcount_change, rate_gap, session_change
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.rates import MENTION_RATES, flow, rates
from rncp_analytics.measures.secrecy import Publishable, suppress
from tests.conftest import make_counts
from tests.rendering.test_text_boxes import faults
from tests.unit.display.examples import cell, offences

TOLD = {"name": "essai", "caption": "Un essai"}
DRAWN = {"name": "essai", "title": "Un essai"}
SIDES = {"group": "l'option B", "reference": "l'option A"}
# Only one group has these numbers. Its few refused are a secret, so its admis and all their rates are; its size is not.
SECRET = {"present": 7777, "passed": 7772, "allowed": 0, "saved": 0}
OPEN = {"present": 300, "passed": 200, "allowed": 60, "saved": 40}


def counts(*, hidden: str = "APPRENTISSAGE") -> Counts:
    """Two statuses in two sessions and options; the few refused and mentions of one status make a secret of it."""
    lines = [
        cell(session, diploma, status=status, **(SECRET if status == hidden else OPEN))
        for session in (2024, 2025)
        for diploma in (rncp.OPTION_B, rncp.OPTION_A)
        for status in ("SCOLAIRE", "APPRENTISSAGE", "INDIVIDUEL")
    ]
    frame = pd.DataFrame(lines)
    frame = frame.assign(b=(frame["no_mention"] // 2).where(frame["present"] == OPEN["present"], 3))
    frame = frame.assign(no_mention=frame["no_mention"] - frame["b"], pending=0, control_pending=0)
    dimensions = ("session", "diploma", "option", "academie", "candidate_status", "sex")
    return make_counts(frame, *dimensions, origin="synthetic")


def hide(estimates: Estimates) -> Publishable:
    return suppress(estimates, profile="dgfip_11")


OWN = {"session": 2025, "diploma": rncp.OPTION_B}
MADE: dict[str, Callable[[Counts], Table | Chart]] = {
    "flow": lambda c: flow_table(hide(flow(c.where(**OWN), by=["candidate_status"])), **TOLD),
    "rates": lambda c: rate_table(hide(rates(c.where(**OWN), by=["candidate_status"])), **TOLD),
    "mentions": lambda c: mention_table(
        hide(rates(c.where(**OWN), by=["candidate_status"], statistic=MENTION_RATES)), **TOLD
    ),
    "bounds": lambda c: bounds_table(hide(pass_rate_bounds(c.where(**OWN), by=["candidate_status"])), **TOLD),
    "regimes": lambda c: regime_table(hide(rates(rncp.by_regime(c.where(**OWN)), by=["session", "regime"])), **TOLD),
    "gaps": lambda c: gap_table(hide(gap(c, "candidate_status")), **SIDES, **TOLD),
    "changes": lambda c: change_table(hide(session_change(c, by=["candidate_status"])), **TOLD),
    "growth": lambda c: growth_table(
        hide(headcount_change(c.where(diploma=rncp.OPTION_B), column="refused", by=["candidate_status"])), **TOLD
    ),
    "flow chart": lambda c: flow_chart(hide(flow(c.where(**OWN, candidate_status="APPRENTISSAGE"))), **DRAWN),
    "rate chart": lambda c: rate_chart(hide(rates(c.where(**OWN), by=["candidate_status"])), **DRAWN),
    "gap chart": lambda c: gap_chart(hide(gap(c, "candidate_status")), **SIDES, **DRAWN),
    "session chart": lambda c: session_chart(
        hide(rates(c.where(candidate_status="APPRENTISSAGE"), by=["session", "diploma"])), **DRAWN
    ),
}


def gap(of: Counts, by: str) -> Estimates:
    found = of.where(session=2025)
    return rate_gap(found, dimension="diploma", group=rncp.OPTION_B, reference=rncp.OPTION_A, by=[by])


@pytest.mark.parametrize("name", MADE)
def test_hidden_figures_are_a_word(name: str) -> None:
    made = MADE[name](counts())
    assert (made.data["reason"] == "secret").any() if "reason" in made.data else made.data["passed"].isna().any()
    shown = repr(made).replace("\u202f", "").replace("\u00a0", " ")
    assert "masqué" in shown
    assert not re.search(r"7772|15544|99,9", shown)
    assert not offences(repr(made))
    if isinstance(made, Chart):
        assert made.picture("png")
        assert not faults(made)
    else:
        assert name == "mentions" or "7772" not in made.csv()  # there it is beside no number of présents


@pytest.mark.parametrize("name", [n for n in MADE if n not in ("flow chart", "session chart")])
def test_the_example_to_read_is_one_that_is_shown(name: str) -> None:
    """Whichever status is hidden, the first or the last: a sentence about a hidden one would teach nothing."""
    for hidden in ("SCOLAIRE", "INDIVIDUEL"):
        made = MADE[name](counts(hidden=hidden))
        assert "masqués par le secret" not in made.notes.lecture


def test_what_is_not_hidden_is_shown() -> None:
    table = MADE["rates"](counts())
    assert isinstance(table, Table)
    assert [row[1:3] for row in table.rows] == [("300", "200"), ("masqué", "masqué"), ("300", "200")]
