"""p-values of a family, adjusted together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from rncp_analytics.counts.tally import tally
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.comparison import gap_to_rest, rate_gap, session_change
from rncp_analytics.measures.estimates import COLUMNS, COMPARISON_COLUMNS, TEST_COLUMNS
from rncp_analytics.measures.families import adjusted_p
from rncp_analytics.measures.paired import mode_gap
from tests.conftest import make_counts
from tests.unit.cohort.cohorts import cohort, person
from tests.unit.measures.paired_cases import with_p

P = st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=1, max_size=20)


@settings(max_examples=15)
@given(P)
def test_adjusted_as_defined_over_the_tests_alone(given: list[float | None]) -> None:
    """BH: the least of p × m / rank from one's own rank on; Holm: the greatest of p × (m − rank + 1) up to it."""
    p = [np.nan if value is None else value for value in given]
    known = sorted(value for value in given if value is not None)
    m = len(known)
    for family in ("benjamini_hochberg", "holm"):
        frame = adjusted_p(with_p(p), family=family).frame  # type: ignore[arg-type]
        for value, found, size in zip(p, frame["p_adjusted"], frame["family_size"], strict=True):
            if np.isnan(value):
                assert np.isnan([found, size]).all()
                continue
            ranks = range(known.index(value) + 1, m + 1) if family == "benjamini_hochberg" else range(1, m + 1)
            bh = min((known[r - 1] * m / r for r in ranks), default=1)
            holm = max(known[r - 1] * (m - r + 1) for r in ranks if known[r - 1] <= value)
            assert found == pytest.approx(min(bh if family == "benjamini_hochberg" else holm, 1))
            assert size == m


def test_a_row_with_a_reason_is_not_tested() -> None:
    frame = adjusted_p(with_p([0.01, 0.02, 0.03], ["", "few", ""])).frame
    assert frame["p_value"].isna().tolist() == [False, True, False]
    assert frame["p_adjusted"].dropna().tolist() == pytest.approx([0.02, 0.03])
    assert frame["family_size"].dropna().tolist() == [2, 2]


def test_a_test_whose_statistic_has_no_value_stays_in_the_family() -> None:
    frame = adjusted_p(with_p([0.01, 0.02, np.nan], ["", "no_spread", "no_spread"])).frame
    assert frame["p_adjusted"].dropna().tolist() == pytest.approx([0.02, 0.02])
    assert frame["family_size"].dropna().tolist() == [2, 2]


def test_an_unknown_family() -> None:
    with pytest.raises(CountsError, match="« bonferroni »") as refused:
        adjusted_p(with_p([0.04]), family="bonferroni")  # type: ignore[arg-type]
    assert "holm" in refused.value.expected


def test_a_family_of_one_and_of_none() -> None:
    assert adjusted_p(with_p([0.04])).frame[[*TEST_COLUMNS]].to_numpy().tolist() == [[0.04, 0.04, 1]]
    assert adjusted_p(with_p([np.nan])).frame[[*TEST_COLUMNS]].isna().all(axis=None)


def test_gaps_are_tested_from_their_counts() -> None:
    frame = pd.DataFrame(
        {
            "session": 2025,
            "academie": ["01", "02", "03", "04", "06"],
            "present": [70, 80, 5, 0, 300],
            "passed": [56, 48, 5, 0, 210],
        }
    )
    made = adjusted_p(gap_to_rest(make_counts(frame, "session", "academie"), dimension="academie"))
    assert list(made.frame.columns) == ["session", "academie", *COLUMNS, *COMPARISON_COLUMNS, *TEST_COLUMNS]
    found = made.frame.set_index("academie")
    for code in ("01", "02", "06"):
        x, n = frame.set_index("academie").loc[code, ["passed", "present"]]
        table = [[x, n - x], [319 - x, 455 - n - (319 - x)]]
        assert found.loc[code, "p_value"] == pytest.approx(chi2_contingency(table, correction=False).pvalue)
    assert found.loc[["03", "04"], [*TEST_COLUMNS]].isna().all(axis=None)
    assert found["family_size"].dropna().tolist() == [3, 3, 3]


@pytest.mark.parametrize("passed", [[20, 30], [0, 0]])
def test_the_same_certainty_on_both_sides_is_no_gap(passed: list[int]) -> None:
    frame = pd.DataFrame({"option": ["B", "A"], "present": [20, 30], "passed": passed})
    row = adjusted_p(rate_gap(make_counts(frame, "option"), dimension="option", group="B", reference="A")).frame.iloc[0]
    assert (row["value"], row["p_value"], row["p_adjusted"]) == (0, 1, 1)


@pytest.mark.parametrize("passed", [[20, 0], [0, 30], [20, 29]])
def test_a_side_where_all_or_none_passed(passed: list[int]) -> None:
    frame = pd.DataFrame({"option": ["B", "A"], "present": [20, 30], "passed": passed})
    row = adjusted_p(rate_gap(make_counts(frame, "option"), dimension="option", group="B", reference="A")).frame.iloc[0]
    table = [[passed[0], 20 - passed[0]], [passed[1], 30 - passed[1]]]
    assert row["p_value"] == pytest.approx(chi2_contingency(table, correction=False).pvalue)


def test_nothing_is_tested_across_a_break() -> None:
    frame = pd.DataFrame({"session": [2021, 2022, 2023], "present": 80, "passed": [60, 48, 40]})
    made = adjusted_p(session_change(make_counts(frame, "session"))).frame
    assert made["p_value"].isna().tolist() == [True, True, False]
    assert made["family_size"].dropna().tolist() == [1]


def test_what_has_no_test_is_refused() -> None:
    with pytest.raises(CountsError, match="écart entre CCF et ponctuel"):
        adjusted_p(mode_gap(tally(cohort([person(200, U2=180)] * 12), by=[]).modes))
