"""Gap at equal composition: strata left aside, degenerate strata, Simpson's reversal, symmetries."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from scipy.stats import chi2, norm
from statsmodels.stats.contingency_tables import StratifiedTable

from rncp_analytics.errors import ComparisonError, CountsError
from rncp_analytics.measures.adjustment import adjusted_gap, reversal
from rncp_analytics.measures.comparison import rate_gap
from rncp_analytics.measures.estimates import COLUMNS, COMPARISON_COLUMNS
from tests.conftest import make_counts
from tests.unit.measures.strata_cases import BERKELEY, SIDES, Table, strata, tables

# Success by treatment and size of the stone, A then B: Charig and others (1986), British Medical Journal 292, 879-882.
STONES: tuple[Table, ...] = ((81, 6, 234, 36), (192, 71, 55, 25))


def rows(*given_tables: Table, **options: object) -> pd.DataFrame:
    """The three rows of one comparison, by statistic."""
    made = adjusted_gap(strata(*given_tables), **SIDES, strata=["stratum"], **options)  # type: ignore[arg-type]
    return made.frame.set_index("statistic")


def test_the_gap_is_the_weighted_mean_of_the_strata() -> None:
    """By hand: weights n m / (n + m) of 20 × 40 / 60 and 30 × 10 / 40; gaps 0.5 − 0.25 and 0.9 − 0.7."""
    counts = strata((10, 10, 10, 30), (27, 3, 7, 3), (5, 6, 0, 0), (0, 0, 7, 2))
    made = adjusted_gap(counts, **SIDES, strata=["stratum"])
    gap = made.frame.iloc[0]
    heavy, light = 20 * 40 / 60, 30 * 10 / 40
    assert gap["value"] == pytest.approx((heavy * 0.25 + light * 0.2) / (heavy + light))
    assert gap["estimate"] == pytest.approx((heavy * 0.5 + light * 0.9) / (heavy + light))
    counted = ["numerator", "denominator", "reference_numerator", "reference_denominator"]
    assert gap[counted].tolist() == [37, 50, 17, 50]
    assert made.caveats == (
        "Écart à composition égale (stratum) ; catégories comparées : 2 sur 4 ; les candidats des autres, sans "
        "vis-à-vis, sont laissés de côté.",
    )
    assert list(made.frame.columns) == [*COLUMNS, *COMPARISON_COLUMNS, "p_value"]


def test_one_stratum_is_the_crude_gap_with_walds_interval() -> None:
    found = rows((56, 14, 48, 32))
    gap = found.loc["pass_rate_adjusted_gap"]
    error = norm.ppf(0.975) * np.sqrt(0.8 * 0.2 / 70 + 0.6 * 0.4 / 80)
    assert [gap["value"], gap["lower"], gap["upper"]] == pytest.approx([0.2, 0.2 - error, 0.2 + error])
    assert found["reason"].tolist() == ["", "", "one_group"]
    assert np.isnan(found.loc["breslow_day", "p_value"])


@settings(max_examples=15)
@given(tables(low=1))
def test_odds_are_those_of_the_library_and_the_gap_lies_between_those_of_the_strata(drawn: list[Table]) -> None:
    peer = StratifiedTable([np.array([[a, b], [c, d]]) for a, b, c, d in drawn])
    found = rows(*drawn)
    odds = found.loc["mh_odds_ratio"]
    assert odds["value"] == pytest.approx(peer.oddsratio_pooled)
    assert [odds["lower"], odds["upper"]] == pytest.approx(list(peer.oddsratio_pooled_confint()))
    gaps = [a / (a + b) - c / (c + d) for a, b, c, d in drawn]
    assert min(gaps) - 1e-12 <= found.loc["pass_rate_adjusted_gap", "value"] <= max(gaps) + 1e-12
    if len(drawn) > 1 and abs(odds["value"] - 1) > 1e-3:
        expected = peer.test_equal_odds(adjust=True)
        assert found.loc["breslow_day", "value"] == pytest.approx(expected.statistic, rel=1e-6, abs=1e-8)
        assert found.loc["breslow_day", "p_value"] == pytest.approx(expected.pvalue, rel=1e-6, abs=1e-8)


def test_homogeneity_when_the_common_odds_ratio_is_1() -> None:
    """By hand: 7.5 expected in each, variance 7.5 / 4, so 2 × 2.5² / 1.875; the library has no value there."""
    row = rows((10, 5, 5, 10), (5, 10, 10, 5)).loc["breslow_day"]
    assert row["value"] == pytest.approx(2 * 2.5**2 / 1.875)
    assert row["p_value"] == pytest.approx(chi2.sf(2 * 2.5**2 / 1.875, 1))


def test_a_correction_larger_than_what_it_corrects_is_dropped() -> None:
    """As R: one more than expected by nothing at all gives p = 1, and not the p of minus one half."""
    assert rows((10, 10, 10, 10), (15, 15, 15, 15)).loc["mh_odds_ratio", "p_value"] == 1


@pytest.mark.parametrize("drawn", [[(20, 0, 30, 0), (15, 0, 40, 0)], [(0, 20, 30, 0), (0, 15, 40, 0)]])
def test_nothing_varies(drawn: list[Table]) -> None:
    found = rows(*drawn)
    assert found.loc["pass_rate_adjusted_gap", "value"] == (0 if drawn[0][0] else -1)
    assert found["reason"].tolist() == ["no_spread"] * 3
    assert found[["lower", "upper"]].isna().all(axis=None)


def test_sides_that_never_meet_and_sides_that_are_not_there() -> None:
    frame = pd.DataFrame(
        {
            "session": [2022, 2022, 2023, 2024, 2025, 2025],
            "stratum": ["s", "t", "s", "s", "s", "s"],
            "option": ["B", "A", "B", "A", "B", "A"],
            "present": [20, 20, 20, 20, 9, 20],
            "passed": [10, 10, 10, 10, 5, 10],
        }
    )
    counts = make_counts(frame, "session", "stratum", "option")
    found = adjusted_gap(counts, **SIDES, strata=["stratum"], by=["session"]).frame
    reasons = found.groupby("session")["reason"].agg(list).to_dict()
    assert reasons[2022] == ["missing_cell"] * 3
    assert reasons[2023] == ["no_reference"] * 3
    assert reasons[2024] == ["empty"] * 3
    assert reasons[2025] == ["few", "few", "one_group"]
    assert found.loc[found["session"] < 2025, ["value", "lower", "upper", "p_value"]].isna().all(axis=None)


def test_each_combination_is_adjusted_apart() -> None:
    one, two = strata(*BERKELEY, session="x"), strata(*STONES, session="y")
    both = make_counts(pd.concat([one.frame, two.frame]), *one.dimensions)
    found = adjusted_gap(both, **SIDES, strata=["stratum"], by=["session"]).frame
    for name, alone in (("x", one), ("y", two)):
        expected = adjusted_gap(alone, **SIDES, strata=["stratum"]).frame
        part = found[found["session"] == name].drop(columns="session").reset_index(drop=True)
        pd.testing.assert_frame_equal(part, expected)


def test_no_counts_at_all() -> None:
    nobody = strata(*STONES, session="x").where(session="y")
    assert adjusted_gap(nobody, **SIDES, strata=["stratum"]).frame["reason"].tolist() == ["empty"] * 3
    assert adjusted_gap(nobody, **SIDES, strata=["stratum"], by=["session"]).frame.empty


@pytest.mark.parametrize("held", [[], ["option"], ["stratum", "stratum"]])
def test_what_can_not_be_held_equal(held: list[str]) -> None:
    with pytest.raises(CountsError, match="dimension"):
        adjusted_gap(strata(*STONES), **SIDES, strata=held)


@pytest.mark.parametrize(
    ("times", "confidence", "code"), [(1, None, "reversed"), (1, 0.95, "sign_change"), (20, 0.95, "reversed")]
)
def test_simpsons_reversal(times: int, confidence: float | None, code: str) -> None:
    """B does better as a whole (289 of 350 against 273), A does better on small and on large stones."""
    counts = strata(*(tuple(times * n for n in table) for table in STONES))  # type: ignore[misc]
    crude = rate_gap(counts, **SIDES, confidence=confidence)
    adjusted = adjusted_gap(counts, **SIDES, strata=["stratum"], confidence=confidence)
    assert crude.frame["value"].iloc[0] == pytest.approx((273 - 289) / 350)
    assert adjusted.frame["value"].iloc[0] > 0
    assert reversal(crude, adjusted)["reversal"].tolist() == [code]


def test_a_gap_that_is_kept_and_groups_that_differ() -> None:
    counts = strata((90, 10, 60, 40), (80, 20, 50, 50), session="x")
    crude, adjusted = (rate_gap(counts, **SIDES), adjusted_gap(counts, **SIDES, strata=["stratum"]))
    assert reversal(crude, adjusted)["reversal"].tolist() == ["kept"]
    with pytest.raises(ComparisonError, match="mêmes groupes"):
        reversal(rate_gap(counts, **SIDES, by=["session"]), adjusted)


@pytest.mark.parametrize(
    ("drawn", "beyond", "code"),
    [
        (((90, 10, 35, 65), (5, 15, 95, 305)), [True, True], "kept"),
        (((45, 5, 160, 40), (40, 160, 5, 45)), [True, True], "reversed"),
        (((160, 40, 60, 15), (10, 15, 80, 120)), [True, False], "lost"),
        (((50, 50, 1, 19), (18, 2, 65, 35)), [False, True], "appears"),
        (((50, 50, 50, 50), (50, 50, 52, 48)), [False, False], ""),
    ],
)
def test_what_adjusting_did(drawn: tuple[Table, ...], beyond: list[bool], code: str) -> None:
    """``beyond``: whether the crude gap, then the adjusted one, is beyond chance: its interval leaves 0 out."""
    counts = strata(*drawn)
    crude, adjusted = rate_gap(counts, **SIDES), adjusted_gap(counts, **SIDES, strata=["stratum"])
    assert [row["lower"] * row["upper"] > 0 for row in (crude.frame.iloc[0], adjusted.frame.iloc[0])] == beyond
    assert (crude.frame["value"].iloc[0] * adjusted.frame["value"].iloc[0] < 0) == (code == "reversed")
    assert reversal(crude, adjusted)["reversal"].tolist() == [code]


@settings(max_examples=10)
@given(tables())
def test_turned_round_or_reordered(drawn: list[Table]) -> None:
    counts = strata(*drawn)
    found = adjusted_gap(counts, **SIDES, strata=["stratum"]).frame
    shuffled = make_counts(counts.frame.iloc[::-1].reset_index(drop=True), *counts.dimensions)
    pd.testing.assert_frame_equal(found, adjusted_gap(shuffled, **SIDES, strata=["stratum"]).frame)
    back = adjusted_gap(counts, dimension="option", group="A", reference="B", strata=["stratum"]).frame
    np.testing.assert_allclose(back.loc[0, "value"], -found.loc[0, "value"], atol=1e-12)
    np.testing.assert_allclose(back.loc[0, "lower"], -found.loc[0, "upper"], atol=1e-12)
    np.testing.assert_allclose(back.loc[1, "value"], 1 / found.loc[1, "value"])
    np.testing.assert_allclose(back.loc[1:, "p_value"], found.loc[1:, "p_value"], atol=1e-9)
    assert (found["value"].isna() <= (found["reason"] != "")).all(), "a missing figure without its reason"
    assert (found["value"].notna() & (found["reason"] == "")).le(found["lower"].notna() | (found.index == 2)).all()
