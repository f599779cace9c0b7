"""A gap in parts: they are told, they add up, and are drawn where they stand."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from matplotlib.patches import Rectangle

import rncp_analytics as rncp
from rncp_analytics.counts.model import Counts
from rncp_analytics.display.decomposition_chart import decomposition_chart
from rncp_analytics.display.decomposition_tables import decomposition_table, factor_table
from rncp_analytics.display.labels import ordered
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.decomposition import decompose
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.factors import decompose_factors
from rncp_analytics.measures.secrecy import official
from tests.conftest import make_counts
from tests.rendering.test_text_boxes import faults
from tests.unit.display.examples import AWKWARD, awkward, offences
from tests.unit.display.test_charts import axes_of
from tests.unit.display.test_lecture import plain
from tests.unit.display.test_masked import counts as with_a_secret
from tests.unit.display.test_masked import hide
from tests.unit.measures.strata_cases import SIDES

B_TO_A = {"group": "l'option B", "reference": "l'option A"}
TABLE = {**B_TO_A, "name": "essai", "caption": "Un essai"}
CHART = {**B_TO_A, "name": "essai", "title": "Un essai"}


def counts() -> Counts:
    """Girls 80 %, boys 60 % in both options in 2024: half girls against a fifth. In 2025, one point is of the rates.

    2024: (0.5 − 0.2) 0.8 + (0.5 − 0.8) 0.6 = 6 points, all of composition. 2025: half girls on both sides, 81 % and
    61 % against 80 % and 60 %: 1 point, none of composition.
    """
    rows = [
        (2024, "B", "F", 500, 400), (2024, "B", "M", 500, 300), (2024, "A", "F", 200, 160), (2024, "A", "M", 800, 480),
        (2025, "B", "F", 500, 405), (2025, "B", "M", 500, 305), (2025, "A", "F", 500, 400), (2025, "A", "M", 500, 300),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["session", "option", "sex", "present", "passed"])
    return make_counts(frame, "session", "option", "sex")


def parts(*, confidence: float | None = None, fold: int = 2) -> Estimates:
    return decompose(counts(), **SIDES, cells=["sex"], by=["session"], confidence=confidence, fold=fold)  # type: ignore[arg-type]


def test_the_table_tells_parts_that_add_up() -> None:
    made = decomposition_table(official(parts()), **TABLE)
    assert [[plain(str(cell)) for cell in row[:4]] for row in made.rows] == [
        ["2024", "+6,0 points", "+6,0 points", "0,0 point"],
        ["2025", "+1,0 point", "0,0 point", "+1,0 point"],
    ]
    assert plain(made.notes.lecture) == (
        "à la session 2025, l'écart entre l'option B et l'option A est de +1,0 point : la composition des deux groupes "
        "y entre pour 0,0 point, et la réussite à composition égale pour +1,0 point."
    )
    assert "il n'en dit pas la cause" in plain(made.notes.caveats[-1])


def test_what_may_be_said_of_each_part() -> None:
    made = decomposition_table(official(parts(confidence=0.95)), **TABLE)
    assert plain(str(made.rows[0][-1])) == "composition : au-delà du hasard ; réussite : compatible avec le hasard"
    assert (
        plain(str(made.rows[1][-1])) == "composition : compatible avec le hasard ; réussite : compatible avec le hasard"
    )
    assert offences(repr(made)) == []


def test_each_factor_and_the_gap_that_they_make() -> None:
    last = counts().where(session=2024)
    found = official(decompose_factors(last, **SIDES, factors=["sex"], confidence=None))  # type: ignore[arg-type]
    made = factor_table(found, **TABLE)
    assert [[plain(str(cell)) for cell in row] for row in made.rows] == [
        ["Composition par sexe", "+6,0 points", ""],
        ["Réussite à composition égale", "0,0 point", ""],
        ["Écart constaté", "+6,0 points", ""],
    ]
    assert plain(made.notes.lecture) == (
        "pour l'ensemble, l'écart entre l'option B et l'option A est de +6,0 points ; la composition par sexe y entre "
        "pour +6,0 points."
    )
    assert "Facteur;" in made.csv()
    assert "Sexe;effet de composition;" in made.csv()


def test_bars_stand_where_the_effects_are() -> None:
    estimates = parts(confidence=0.95)
    chart = decomposition_chart(official(estimates), **CHART)
    bars = [bar for bar in axes_of(chart).patches if isinstance(bar, Rectangle)]
    assert [bar.get_width() for bar in bars] == pytest.approx([0.06, 0, 0, 0.01], abs=1e-12)
    gaps = [line for line in axes_of(chart).lines if line.get_linewidth() > 2]
    assert [line.get_xdata()[0] for line in gaps] == pytest.approx([0.06, 0.01])  # type: ignore[index]
    assert plain(chart.lines[0]).startswith("2024 : 700 sur 1 000, référence 640 sur 1 000 ; écart +6,0 points ; ")
    assert faults(chart) == []
    assert offences(repr(chart)) == []
    assert chart.picture("png") == decomposition_chart(official(estimates), **CHART).picture("png")


def test_an_effect_that_cannot_vary_still_adds_up() -> None:
    """Everybody passes on both sides, in one category: both effects are 0, without an interval."""
    frame = pd.DataFrame({"option": ["B", "A"], "sex": "F", "present": 50, "passed": 50})
    found = official(decompose(make_counts(frame, "option", "sex"), **SIDES, cells=["sex"]))  # type: ignore[arg-type]
    (row,) = decomposition_table(found, **TABLE).rows
    assert [plain(str(cell)) for cell in row] == [
        "0,0 point", "0,0 point", "0,0 point", "composition : sans intervalle ; réussite : sans intervalle",
    ]  # fmt: skip
    assert decomposition_chart(found, **CHART).picture("png")


def test_few_candidates_give_a_word() -> None:
    frame = pd.DataFrame({"option": ["B", "A"], "sex": "F", "present": [5, 50], "passed": [3, 40]})
    found = official(decompose(make_counts(frame, "option", "sex"), **SIDES, cells=["sex"]))  # type: ignore[arg-type]
    assert decomposition_table(found, **TABLE).rows == (("–", "–", "–", "trop peu de candidats"),)
    chart = decomposition_chart(found, **CHART)
    assert plain(chart.lines[0]) == "Ensemble : 3 sur 5, référence 40 sur 50 ; trop peu de candidats."
    assert plain(chart.notes.lecture).endswith("n'est pas décomposé : trop peu de candidats.")


def test_three_effects_are_for_the_statistician() -> None:
    for show, told in ((decomposition_table, TABLE), (decomposition_chart, CHART)):
        with pytest.raises(CountsError, match="en deux") as caught:
            show(official(parts(fold=3)), **told)
        assert "statistician" in caught.value.remedy


@pytest.mark.parametrize("hidden", ["SCOLAIRE", "INDIVIDUEL"])
def test_hidden_figures_are_a_word(hidden: str) -> None:
    secret = with_a_secret(hidden=hidden)
    told = {**SIDES, "by": ["candidate_status"]}
    effects = hide(decompose(secret, **told, cells=["session"]))  # type: ignore[arg-type]
    factors = hide(decompose_factors(secret, **told, factors=["session"]))  # type: ignore[arg-type]
    table, by_factor, chart = (
        decomposition_table(effects, **TABLE),
        factor_table(factors, **TABLE),
        decomposition_chart(effects, **CHART),
    )
    for made in (table, by_factor, chart):
        shown = plain(repr(made)).replace(" ", "")
        assert "masqué" in shown
        assert not re.search(r"777[0-9]|1555|1554|99,9", shown)
        assert offences(repr(made)) == []
        everything = (made.data["reason"] == "secret").all()
        assert ("masqués par le secret" in made.notes.lecture) == everything
    assert faults(chart) == []
    assert {row["candidate_status"] for row in ordered(effects) if row["reason"] == "secret"} >= {hidden}


@pytest.mark.parametrize("kind", AWKWARD)
def test_awkward_results_are_told(kind: str) -> None:
    """What notebook 03 shows, on results with one group, nobody, all or none passed."""
    national = awkward(kind).national.where(diploma=[rncp.OPTION_B, rncp.OPTION_A])
    sides = {"dimension": "diploma", "group": rncp.OPTION_B, "reference": rncp.OPTION_A, "by": ["session"]}
    cells = ["candidate_status", "sex"]
    effects = official(decompose(national, **sides, cells=cells))
    crude = official(rncp.rate_gap(national, **sides))
    adjusted = official(rncp.adjusted_gap(national, **sides, strata=cells))
    made = [
        decomposition_table(effects, **TABLE),
        factor_table(official(decompose_factors(national, **sides, factors=cells, confidence=None)), **TABLE),
        decomposition_chart(effects, **CHART),
        rncp.adjusted_table(crude, adjusted, **TABLE),
        rncp.trend_table(official(rncp.trend(national, by=["diploma"])), name="essai", caption="Un essai"),
        rncp.statistician(official(rncp.rate_ratio(national, **sides)), adjusted, effects, **B_TO_A),
    ]
    assert [offences(repr(one)) for one in made] == [[]] * len(made)


@pytest.mark.parametrize("kind", AWKWARD)
def test_awkward_statuses_are_told(kind: str) -> None:
    """The same for notebook 04: in the first, there are scolaires alone."""
    own = awkward(kind).national.where(diploma=rncp.OPTION_B, session=2025)
    asked = {"dimension": "candidate_status", "reference": "SCOLAIRE"}
    crude, adjusted = (official(rncp.gaps_to_reference(own, **asked, strata=strata)) for strata in ([], ["sex"]))
    sides = {"group": "ce statut", "reference": "les scolaires"}
    table = rncp.adjusted_table(crude, adjusted, **sides, name="essai", caption="Un essai")
    assert offences(repr(table)) == offences(repr(rncp.statistician(crude, adjusted, **sides))) == []
    assert ("rien à comparer" in repr(table)) == (kind == "one group")
