"""Direct standardisation and observed against expected: joins by key, empty cells, intervals, reliability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson_binom
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.proportion import proportion_confint

from rncp_analytics.counts.model import Counts
from rncp_analytics.errors import ComparisonError, CountsError
from rncp_analytics.measures.estimates import COLUMNS, COMPARISON_COLUMNS
from rncp_analytics.measures.expected import observed_expected
from rncp_analytics.measures.rates import rates
from rncp_analytics.measures.standardisation import standardised_rates
from tests.conftest import make_counts

Cells = Mapping[tuple[str, str], tuple[int, int]]  # school, status → passed, present
SCHOOLS: Cells = {
    ("x", "s"): (40, 50), ("x", "t"): (10, 20),
    ("y", "s"): (18, 20), ("y", "t"): (30, 50),
    ("z", "s"): (50, 80), ("z", "t"): (5, 40),
}  # fmt: skip
REFERENCE: Cells = {("all", "s"): (800, 1000), ("all", "t"): (200, 500)}
CELLS = {"by": ["school"], "cells": ["status"]}


def counts_of(cells: Cells) -> Counts:
    rows = [(*key, present, passed) for key, (passed, present) in cells.items()]
    return make_counts(pd.DataFrame(rows, columns=["school", "status", "present", "passed"]), "school", "status")


def standard(**weights: int) -> Counts:
    return make_counts(pd.DataFrame({"status": list(weights), "present": list(weights.values())}), "status")


def test_the_standard_is_joined_by_its_key() -> None:
    """0.3 of "s" and 0.7 of "t", by hand, whatever the order of the rows; "u" of the counts weighs nothing."""
    counts = counts_of({**SCHOOLS, ("x", "u"): (0, 30)})
    for weights in ({"s": 30, "t": 70}, {"t": 70, "s": 30}):
        made = standardised_rates(counts, **CELLS, standard=standard(**weights))
        expected = [0.3 * 0.8 + 0.7 * 0.5, 0.3 * 0.9 + 0.7 * 0.6, 0.3 * 50 / 80 + 0.7 * 5 / 40]
        assert made.frame["value"].tolist() == pytest.approx(expected)
    assert list(made.frame.columns) == ["school", *COLUMNS]
    assert made.frame.loc[0, ["numerator", "denominator", "statistic"]].tolist() == [50, 100, "pass_rate_standardised"]
    assert made.caveats == ("Taux à composition égale (status), celle de : candidats d'un exemple, France.",)


def test_the_interval_solves_the_score_equation_with_the_binomial_variance() -> None:
    """|P − bound| = z √(bound (1 − bound) / n*), n* = P (1 − P) / Σ w² p (1 − p) / n."""
    row = standardised_rates(counts_of(SCHOOLS), **CELLS, standard=standard(s=30, t=70)).frame.iloc[0]
    variance = 0.3**2 * 0.8 * 0.2 / 50 + 0.7**2 * 0.5 * 0.5 / 20
    effective = row["value"] * (1 - row["value"]) / variance
    for bound in (row["lower"], row["upper"]):
        assert abs(row["value"] - bound) == pytest.approx(1.959964 * np.sqrt(bound * (1 - bound) / effective), rel=1e-6)


def test_with_one_cell_it_is_the_rate_and_wilsons_interval() -> None:
    counts = counts_of({("x", "s"): (81, 263), ("y", "s"): (20, 20)})
    made = standardised_rates(counts, **CELLS, standard=standard(s=5)).frame
    assert [round(made.loc[0, name], 4) for name in ("lower", "upper")] == [0.2553, 0.3662]  # Newcombe (1998a), table I
    plain = rates(counts, by=["school"]).frame
    for name in ("value", "lower", "upper"):
        np.testing.assert_allclose(made[name], plain[name])


def test_cells_where_everybody_passed_add_no_certainty() -> None:
    """40 of 40 and 9 of 25 at their own composition: Wilson's interval of 49 of 65, and not of some 2000 candidates."""
    own = counts_of({("x", "s"): (40, 40), ("x", "t"): (9, 25)})
    row = standardised_rates(own, **CELLS, standard=own).frame.iloc[0]
    plain = rates(own, by=["school"]).frame.iloc[0]
    assert [row["lower"], row["upper"]] == pytest.approx([plain["lower"], plain["upper"]])


@pytest.mark.parametrize("passed", [0, 50, 100])
def test_a_heavy_cell_of_two_candidates_is_worth_few(passed: int) -> None:
    """Weights 0.9 on 2 candidates and 0.1 on 100: Kish's 1 / Σ w² / n, from the weight of each candidate."""
    weights = np.repeat([0.9 / 2, 0.1 / 100], [2, 100])
    kish = weights.sum() ** 2 / (weights**2).sum()
    made = standardised_rates(counts_of({("x", "s"): (2, 2), ("x", "t"): (passed, 100)}), **CELLS,
                              standard=standard(s=90, t=10)).frame.iloc[0]  # fmt: skip
    assert made["value"] == pytest.approx(0.9 + passed / 1000)
    lower, upper = proportion_confint(made["value"] * kish, kish, method="wilson")
    assert [made["lower"], made["upper"]] == pytest.approx([lower, upper])


def test_an_empty_cell_is_refused_or_left_out_and_said() -> None:
    counts = counts_of({("x", "s"): (40, 50), ("y", "s"): (18, 20), ("y", "t"): (30, 50), ("z", "t"): (0, 0)})
    refused = standardised_rates(counts, **CELLS, standard=standard(s=30, t=70, u=0))
    assert refused.frame["reason"].tolist() == ["missing_cell", "", "empty"]
    assert refused.frame.loc[[0, 2], ["value", "lower", "upper"]].isna().all(axis=None)
    assert len(refused.caveats) == 1
    reduced = standardised_rates(counts, **CELLS, standard=standard(s=30, t=70), on_empty="collapse")
    assert reduced.frame["reason"].tolist() == ["", "", "empty"]
    assert reduced.frame["value"].tolist()[:2] == pytest.approx([0.8, 0.3 * 0.9 + 0.7 * 0.6])
    assert "catégorie de cette composition : 1 ;" in reduced.caveats[1]


def test_standards_that_can_not_serve() -> None:
    counts = counts_of(SCHOOLS)
    with pytest.raises(CountsError, match="standard"):
        standardised_rates(counts, **CELLS, standard=standard(s=0, t=0))
    with pytest.raises(CountsError, match="dimension"):
        standardised_rates(counts, by=["school"], cells=["school"], standard=counts)
    with pytest.raises(CountsError, match="« zzz »") as refused:
        standardised_rates(counts, **CELLS, standard=standard(s=1), on_empty="zzz")  # type: ignore[arg-type]
    assert "collapse" in refused.value.expected
    with pytest.raises(ComparisonError, match="synthétiques"):
        standardised_rates(counts, **CELLS, standard=replace(counts, origin="synthetic"))


@settings(max_examples=15)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from("xyz"), st.sampled_from("stu")),
        st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
        min_size=1,
    )
)
def test_standardised_on_itself_a_group_has_its_own_rate(cells: Cells) -> None:
    counts = counts_of(cells)
    for school, plain in rates(counts, by=["school"]).frame.set_index("school").iterrows():
        own = counts.where(school=school)
        if plain["denominator"]:
            row = standardised_rates(own, **CELLS, standard=own).frame.iloc[0]
            assert row["value"] == pytest.approx(plain["value"], abs=1e-12)
            assert 0 <= row["lower"] <= row["value"] <= row["upper"] <= 1
            assert row["upper"] - row["lower"] <= plain["upper"] - plain["lower"] + 1e-12


def test_observed_and_expected_by_hand() -> None:
    made = observed_expected(counts_of(SCHOOLS), **CELLS, reference=counts_of(REFERENCE))
    assert list(made.frame.columns) == ["school", *COLUMNS, *COMPARISON_COLUMNS, "p_value"]
    found = made.frame.set_index(["school", "statistic"])
    expected = 50 * 0.8 + 20 * 0.4
    gap = found.loc[("x", "pass_rate_expected_gap")]
    assert gap["value"] == pytest.approx((50 - expected) / 70)
    assert (gap["numerator"], gap["denominator"], gap["reference"]) == (50, 70, "expected")
    assert gap["reference_numerator"] == pytest.approx(expected)
    ratio = found.loc[("x", "observed_expected_ratio")]
    assert ratio["value"] == pytest.approx(50 / expected)
    assert ratio["lower"] == pytest.approx((gap["lower"] * 70 + expected) / expected)


def test_the_test_has_the_variance_of_the_poisson_binomial_and_agrees_with_the_interval() -> None:
    """Wilson's bound touches 0 at the level where |O − E| is z standard errors of a Poisson binomial (SciPy's)."""
    counts, reference = counts_of(SCHOOLS), counts_of(REFERENCE)
    gaps = observed_expected(counts, **CELLS, reference=reference).frame
    for row in gaps[gaps["statistic"] == "pass_rate_expected_gap"].to_dict("records"):
        n_s, n_t = SCHOOLS[(row["school"], "s")][1], SCHOOLS[(row["school"], "t")][1]
        law = poisson_binom([0.8] * n_s + [0.4] * n_t)
        assert row["reference_numerator"] == pytest.approx(law.mean())
        z = abs(row["numerator"] - law.mean()) / law.std()
        level = 1 - row["p_value"]
        at = observed_expected(counts.where(school=row["school"]), **CELLS, reference=reference, confidence=level).frame
        assert at.loc[0, "lower" if row["value"] > 0 else "upper"] == pytest.approx(0, abs=1e-9)
        assert z == pytest.approx(-_normal(row["p_value"] / 2))


def _normal(p: float) -> float:
    from scipy.stats import norm

    return float(norm.ppf(p))


def test_reliability_is_that_of_dersimonian_and_laird() -> None:
    found = observed_expected(counts_of(SCHOOLS), **CELLS, reference=counts_of(REFERENCE)).frame
    gap = found.loc[found["statistic"] == "pass_rate_expected_gap", "value"].to_numpy()
    sizes = np.array([[50, 20], [20, 50], [80, 40]])
    variance = (sizes * [0.16, 0.24]).sum(axis=1) / sizes.sum(axis=1) ** 2
    between = combine_effects(gap, variance, method_re="dl").tau2
    reliability = found.loc[found["statistic"] == "reliability", "value"]
    assert between > 0
    np.testing.assert_allclose(reliability, between / (between + variance))


def test_groups_alike_have_no_reliability_at_all() -> None:
    counts = counts_of({("x", "s"): (40, 50), ("y", "s"): (80, 100), ("z", "s"): (160, 200)})
    found = observed_expected(counts, **CELLS, reference=counts).frame
    assert found.loc[found["statistic"] == "reliability", "value"].tolist() == [0, 0, 0]


def test_without_itself() -> None:
    """x against y and z together: 68 of 100 among "s", 35 of 90 among "t"."""
    counts = counts_of(SCHOOLS)
    row = observed_expected(counts, **CELLS, reference=counts, leave_out=True).frame.iloc[0]
    assert row["value"] == pytest.approx((50 - (50 * 68 / 100 + 20 * 35 / 90)) / 70)
    others = observed_expected(counts.where(school="x"), **CELLS, reference=counts.where(school=["y", "z"])).frame
    assert row["value"] == others["value"].iloc[0]
    with pytest.raises(CountsError, match="school"):
        observed_expected(counts, **CELLS, reference=counts.by("status"), leave_out=True)


def test_what_can_not_be_expected() -> None:
    counts = counts_of({("x", "s"): (40, 50), ("y", "u"): (10, 20), ("z", "s"): (0, 0), ("w", "t"): (5, 9)})
    reference = counts_of({("all", "s"): (0, 100), ("all", "t"): (9, 9)})
    found = observed_expected(counts, **CELLS, reference=reference).frame
    reasons = found.groupby("school")["reason"].agg(list).to_dict()
    assert reasons == {
        "x": ["", "no_spread", "no_spread"],  # nobody was expected to pass
        "y": ["no_reference"] * 3,
        "z": ["empty"] * 3,
        "w": ["few", "few", "no_spread"],
    }
    assert (found["value"].isna() <= (found["reason"] != "")).all()
    assert found.loc[found["school"] == "x", "p_value"].iloc[0] == 0  # what could not happen did
    alone = observed_expected(counts_of(SCHOOLS).where(school="x"), **CELLS, reference=counts_of(REFERENCE)).frame
    assert alone["reason"].tolist() == ["", "", "one_group"]


def test_unlike_things_are_refused_unless_asked_for() -> None:
    counts, reference = counts_of(SCHOOLS), counts_of(REFERENCE)
    other = replace(reference, scope=replace(reference.scope, stage="first_group"))
    with pytest.raises(ComparisonError, match="pas de la même chose"):
        observed_expected(counts, **CELLS, reference=other)
    with pytest.raises(CountsError, match="« foo »"):
        observed_expected(counts, **CELLS, reference=reference, despite=["foo"])  # type: ignore[list-item]
    made = observed_expected(counts, **CELLS, reference=other, despite=["stage"])
    assert made.caveats[0].startswith("Attention, étape")
