"""Tables that people of the field publish, with our figures in their form; and one that must be refused.

The forms are those of Céreq's sheets (candidats par régime d'inscription), of DEPP's notes and of the
releases of July; the figures are the published ones of DEPP, counted apart from this package.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rncp_analytics.counts.model import Scope
from rncp_analytics.counts.official import OfficialResults, official_results
from rncp_analytics.counts.regimes import by_regime
from rncp_analytics.errors import ComparisonError
from rncp_analytics.measures.comparison import gap_to_rest, headcount_change, rate_gap, session_change
from rncp_analytics.measures.rates import rates, rates_with_total
from rncp_analytics.measures.reference import gap_to_published
from rncp_analytics.measures.secrecy import official
from tests.conftest import make_counts

B, A, VENTE = "40031214", "40031213", "40031206"

# Session → présents and % admis of scolaires, apprentis, formation continue, autres, total (None: too few).
REGIMES = {
    2021: ((7401, 85.9), (45, 91.1), (27, 81.5), (72, 73.6), (7545, 85.8)),
    2022: ((8565, 83.9), (178, 84.3), (26, 84.6), (64, 46.9), (8833, 83.6)),
    2023: ((9003, 85.9), (249, 84.3), (14, 64.3), (98, 53.1), (9364, 85.5)),
    2024: ((9422, 86.4), (259, 88.0), (17, 70.6), (129, 51.2), (9827, 86.0)),
    2025: ((10057, 87.3), (281, 84.7), (2, None), (150, 60.0), (10490, 86.8)),
}


@pytest.fixture(scope="module")
def results() -> OfficialResults:
    return official_results()


def points(row: pd.Series) -> list[float]:
    return [round(100 * float(row[column]), 1) for column in ("value", "lower", "upper")]


def test_candidates_by_regime_in_the_form_of_cereqs_sheets(results: OfficialResults) -> None:
    counts = by_regime(results.national.where(diploma=[VENTE, B]))
    frame = rates_with_total(counts, by=["session", "regime"], total_of="regime").frame.set_index(["session", "regime"])
    order = ["scolaires", "apprentis", "formation continue", "autres", "total"]
    found = {
        session: tuple(
            (row["denominator"], None if row["reason"] else round(100 * row["value"], 1))
            for row in (frame.loc[(session, regime)] for regime in order)
        )
        for session in REGIMES
    }
    assert found == REGIMES
    assert len(frame) == 5 * 5
    few = frame.loc[(2025, "formation continue")]
    assert (few["numerator"], few["reason"]) == (0, "few")


def test_growth_of_option_b_since_its_first_session(results: OfficialResults) -> None:
    """Céreq's fifth-year rule gives 2026 for this diploma: until then the base is 2022."""
    frame = headcount_change(results.national.where(diploma=B), column="present", base=2022).frame
    assert frame["numerator"].tolist() == [0, 531, 994, 1657]
    assert [round(100 * value, 1) for value in frame["value"]] == [0.0, 6.0, 11.3, 18.8]


def test_growth_as_cereq_reports_it_of_vente() -> None:
    """4 199 pupils in the last year in 2009, 6 475 in 2012: "more than 50 %"."""
    counts = make_counts(pd.DataFrame({"session": [2009, 2012], "registered": [4199, 6475]}), "session")
    row = headcount_change(counts, column="registered", base=2009).frame.iloc[-1]
    assert (row["numerator"], round(100 * row["value"], 1)) == (2276, 54.2)


def test_option_b_against_option_a(results: OfficialResults) -> None:
    counts = results.national.where(session=2025)
    crude = rate_gap(counts, dimension="diploma", group=B, reference=A).frame.iloc[0]
    assert points(crude) == [3.5, 2.7, 4.3]
    pupils = rate_gap(counts.where(candidate_status="SCOLAIRE"), dimension="diploma", group=B, reference=A).frame
    assert points(pupils.iloc[0])[0] == 3.2
    within = rate_gap(counts, dimension="diploma", group=B, reference=A, by=["candidate_status"]).frame
    assert within.set_index("candidate_status").loc["SCOLAIRE", "value"] == pupils["value"].iloc[0]


def test_the_session_against_the_one_before(results: OfficialResults) -> None:
    frame = session_change(results.national.where(diploma=B)).frame.set_index("session")
    assert points(frame.loc[2025]) == [0.8, -0.1, 1.7]
    assert (frame.loc[2025, "reference_numerator"], frame.loc[2025, "reference_denominator"]) == (8449, 9827)
    apprentices = rates(results.national.where(session=2025, diploma=B, candidate_status="APPRENTISSAGE")).frame
    assert points(apprentices.iloc[0]) == [84.7, 80.0, 88.4]


def test_an_exceptional_session_is_compared_with_no_other(results: OfficialResults) -> None:
    frame = session_change(results.all_bac_pro).frame.set_index("session")
    assert frame["reason"].to_dict() == {2021: "break", 2022: "break", 2023: "", 2024: "", 2025: ""}
    assert np.isnan(frame.loc[2022, "value"])


def test_the_page_of_lyon(results: OfficialResults) -> None:
    counts = results.academies.where(diploma=B)
    lyon = counts.where(academie="10")
    rate = rates(lyon.where(session=2025)).frame.iloc[0]
    assert (rate["denominator"], rate["numerator"], *points(rate)) == (527, 488, 92.6, 90.0, 94.5)
    gaps = gap_to_rest(counts, dimension="academie").frame.set_index(["academie", "session"])
    now, before = gaps.loc[("10", 2025)], gaps.loc[("10", 2024)]
    assert points(now) == [6.1, 3.5, 8.2]
    assert round(100 * now["reference_numerator"] / now["reference_denominator"], 1) == 86.5
    assert points(before)[0] == 4.2
    assert round(100 * before["estimate"], 1) == 90.0
    assert round(100 * before["reference_numerator"] / before["reference_denominator"], 1) == 85.8
    assert points(session_change(lyon).frame.iloc[-1]) == [2.6, -0.9, 6.2]
    first = rates(lyon.where(session=2025), statistic="first_group_pass_rate").frame.iloc[0]
    assert round(100 * first["value"], 1) == 90.5
    options = results.academies.where(academie="10", session=2025)
    gap = rate_gap(options, dimension="diploma", group=B, reference=A).frame.iloc[0]
    assert points(gap) == [6.8, 3.6, 9.8]
    assert round(100 * gap["reference_numerator"] / gap["reference_denominator"], 1) == 85.8


def test_a_small_academie_and_one_that_is_low_but_has_perhaps_not_fallen(results: OfficialResults) -> None:
    counts = results.academies.where(diploma=B)
    corse = rates(counts.where(academie="27"), by=["session"]).frame
    assert corse["denominator"].tolist() == [41, 25, 14, 34]
    assert [round(100 * value, 1) for value in corse["value"]] == [95.1, 92.0, 57.1, 67.6]
    reims = counts.where(academie="19")
    assert points(rates(reims.where(session=2025)).frame.iloc[0]) == [74.5, 69.3, 79.1]
    assert points(session_change(reims).frame.iloc[-1]) == [-5.3, -12.0, 1.6]
    gaps = gap_to_rest(counts.where(session=2025), dimension="academie").frame.set_index("academie")
    assert gaps.loc["19", "upper"] < 0


def test_outside_the_overseas_territories(results: OfficialResults) -> None:
    """Céreq's enrolment scope, "hors DOM-TOM": Guadeloupe, Guyane, La Réunion, Martinique and Mayotte left out."""
    counts = results.academies
    mainland = [code for code in counts.frame["academie"].unique() if code not in ("28", "31", "32", "33", "43")]
    frame = rates(counts.where(academie=mainland), by=["diploma", "session"]).frame
    rows = dict(tuple(frame.groupby("diploma")))
    assert [round(100 * value, 2) for value in rows[B]["value"]] == [84.13, 85.95, 86.48, 87.02]
    assert rows[B]["denominator"].tolist() == [8431, 8905, 9362, 10069]
    assert [round(100 * value, 2) for value in rows[A]["value"]] == [81.53, 82.31, 79.77, 83.75]


def test_a_july_rate_is_not_put_beside_a_final_one_without_saying_so(results: OfficialResults) -> None:
    """July 2023, after the 1st group, press: 78.0 %. The final results are another stage of the examination."""
    counts = results.all_bac_pro.where(session=2023)
    july = Scope("first_group", counts.scope.territory, counts.scope.population)
    with pytest.raises(ComparisonError) as caught:
        gap_to_published(counts, value=0.780, scope=july)
    assert "étape : résultats définitifs ici, après le 1er groupe dans la référence" in caught.value.where
    assert "despite=['stage']" in caught.value.remedy
    shown = official(gap_to_published(counts, value=0.780, scope=july, despite=["stage"]))
    assert shown.caveats == ("Attention, étape : résultats définitifs ici, après le 1er groupe dans la référence.",)
    assert points(shown.frame.iloc[0])[0] == 4.6  # 82.62 - 78.0
    release = Scope("first_group", counts.scope.territory, "hors agriculture")
    with pytest.raises(ComparisonError) as caught:
        gap_to_published(counts, value=0.780, scope=release, despite=["stage"])
    assert "champ" in caught.value.where
