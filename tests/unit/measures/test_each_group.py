"""Every group against one reference: the comparisons made one by one, and one family of tests."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from rncp_analytics.counts.model import Counts
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.adjustment import adjusted_gap
from rncp_analytics.measures.comparison import rate_gap
from rncp_analytics.measures.each_group import gaps_to_reference
from tests.conftest import make_counts

# status, sex, session: présents and admis
CELLS = [
    ("S", "F", 2024, 90, 80), ("S", "M", 2024, 80, 60), ("S", "F", 2025, 70, 66), ("S", "M", 2025, 95, 71),
    ("I", "F", 2024, 30, 15), ("I", "M", 2024, 40, 24), ("I", "F", 2025, 25, 20), ("I", "M", 2025, 35, 14),
    ("C", "F", 2024, 20, 17), ("C", "M", 2024, 15, 11), ("C", "M", 2025, 22, 19), ("X", "F", 2025, 3, 1),
]  # fmt: skip


def counts(cells: list[tuple[str, str, int, int, int]] = CELLS) -> Counts:
    frame = pd.DataFrame(cells, columns=["status", "sex", "session", "present", "passed"])
    return make_counts(frame, "status", "sex", "session")


@pytest.mark.parametrize("by", [[], ["session"]])
@pytest.mark.parametrize("strata", [[], ["sex"]])
def test_each_group_is_compared_as_it_would_be_alone(by: list[str], strata: list[str]) -> None:
    found = gaps_to_reference(counts(), dimension="status", reference="S", by=by, strata=strata)
    assert found.by == (*by, "status")
    assert set(found.frame["status"]) == {"I", "C", "X"}
    assert found.scope == counts().scope
    numbers = ["value", "numerator", "denominator", "lower", "upper", "reference_numerator", "estimate"]
    for group, rows in found.frame.groupby("status"):
        told = {"dimension": "status", "group": str(group), "reference": "S", "by": by}
        pair = counts().where(status=["S", str(group)])
        alone = adjusted_gap(pair, strata=strata, **told) if strata else rate_gap(pair, **told)  # type: ignore[arg-type]
        known = alone.frame if not by else alone.frame[alone.frame["session"].isin(rows["session"])]
        np.testing.assert_allclose(rows[numbers].astype(float), known[numbers].astype(float))
        assert rows["reason"].tolist() == known["reason"].tolist()


@pytest.mark.parametrize("strata", [[], ["sex"]])
def test_each_statistic_is_a_family_of_its_own(strata: list[str]) -> None:
    """Benjamini and Hochberg by their definition: the least p_j m / j over the p_j that are not smaller."""
    frame = gaps_to_reference(counts(), dimension="status", reference="S", strata=strata).frame
    for _, rows in frame[frame["p_value"].notna()].groupby("statistic"):
        p = rows["p_value"].to_numpy()
        m, rank = len(p), np.array([(p <= one).sum() for one in p])
        expected = [min(1, *(p[p >= one] * m / rank[p >= one]), 1) for one in p]
        np.testing.assert_allclose(rows["p_adjusted"], expected)
        assert (rows["family_size"] == m).all()
    assert frame.loc[frame["status"] == "X", "p_value"].isna().all()  # three candidates: not tested


def test_without_interval_nothing_is_tested() -> None:
    made = gaps_to_reference(counts(), dimension="status", reference="S", confidence=None).frame
    assert "p_value" not in made
    assert made["lower"].isna().all()


@pytest.mark.parametrize(("given", "told"), [(counts(), "C, I, S, X"), (counts().where(sex="Z"), "vides")])
def test_a_reference_that_is_not_counted(given: Counts, told: str) -> None:
    with pytest.raises(CountsError, match="« V »") as refused:
        gaps_to_reference(given, dimension="status", reference="V")
    assert told in refused.value.expected


def test_an_unknown_family_even_when_nothing_is_tested() -> None:
    with pytest.raises(CountsError, match="« bonferroni »"):
        gaps_to_reference(
            counts(), dimension="status", reference="S", confidence=None, family="bonferroni",  # type: ignore[arg-type]
        )  # fmt: skip


def test_twenty_against_none_is_tested_though_it_has_no_odds_ratio() -> None:
    """Mantel and Haenszel (1959), by hand: 20 passed for 10 expected, variance 20 × 20 × 20 × 20 / (40² × 39)."""
    cells = [("S", "F", 2025, 20, 0), ("I", "F", 2025, 20, 20), ("C", "F", 2025, 20, 12)]
    made = gaps_to_reference(counts(cells), dimension="status", reference="S", strata=["sex"]).frame
    odds = made[made["statistic"] == "mh_odds_ratio"].set_index("status").loc["I"]
    assert (odds["reason"], np.isnan(odds["value"])) == ("no_spread", True)
    assert odds["p_value"] == pytest.approx(chi2.sf((10 - 0.5) ** 2 / (20**4 / (40**2 * 39)), 1))
    assert odds["family_size"] == 2


@pytest.mark.parametrize("strata", [[], ["sex"]])
def test_nobody_beside_the_reference(strata: list[str]) -> None:
    made = gaps_to_reference(counts(CELLS[:4]), dimension="status", reference="S", strata=strata).frame
    assert set(made["status"]) == {"S"}
    assert set(made["reason"]) == {"one_group"}
    assert made[["value", "lower", "upper", "p_value", "p_adjusted"]].isna().all(axis=None)


def test_an_unknown_dimension() -> None:
    with pytest.raises(CountsError, match="dimension"):
        gaps_to_reference(counts(), dimension="regime", reference="S")
