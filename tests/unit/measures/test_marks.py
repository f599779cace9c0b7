"""Marks against the same marks one by one, by Python's statistics and statsmodels."""

from __future__ import annotations

import itertools
import statistics

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.weightstats import DescrStatsW

from rncp_analytics.counts.model import Counts
from rncp_analytics.counts.tally import tally
from rncp_analytics.counts.tally_units import CLASSES
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.marks import (
    MARK_CLASSES,
    MARK_STATISTICS,
    REFUSAL_SHARES,
    acquired_rate,
    mark_classes,
    pivot_shares,
    refusal_reasons,
    unit_marks,
)
from rncp_analytics.measures.rates import COHORT_RATIOS, RATIOS
from tests.conftest import make_counts
from tests.unit.cohort.cohorts import cohort, person, random_cohort

BOUNDS = (0, 5, 8, 10, 12, 14, 16, 20.01)


def counts_of(groups: dict[str, list[float]]) -> Counts:
    """The columns of a tally that the marks need, from marks out of 20."""
    rows = []
    for unit, marks in groups.items():
        twentieths = [round(20 * m) for m in marks]
        classes = {c: sum(low <= m < high for m in marks)
                   for c, (low, high) in zip(CLASSES, itertools.pairwise(BOUNDS), strict=True)}  # fmt: skip
        sums = {"marks_sum": sum(twentieths), "marks_sumsq": sum(t * t for t in twentieths),
                "at_least_10": sum(m >= 10 for m in marks)}  # fmt: skip
        rows.append({"unit": unit, "registered": len(marks), "marked": len(marks), **sums, **classes})
    return make_counts(pd.DataFrame(rows), "unit")


MARKS = [7.95, 8, 9.95, 10, 10.05, 11, 12.5, 13, 15.5, 16, 20, 0, 4.95, 5]


def test_mean_deviation_and_interval() -> None:
    found = unit_marks(counts_of({"U2": MARKS})).frame.set_index("statistic")
    mean = found.loc["mark_mean"]
    assert mean["value"] == pytest.approx(statistics.mean(MARKS))
    assert (mean["numerator"], mean["denominator"], mean["denominator_kind"]) == (143.9, 14, "marked")
    assert [mean["lower"], mean["upper"]] == pytest.approx(list(DescrStatsW(MARKS).tconfint_mean()))
    assert (mean["method"], mean["confidence"], mean["reason"]) == ("student", 0.95, "")
    assert found.loc["mark_sd", "value"] == pytest.approx(statistics.stdev(MARKS))
    assert found.loc["mark_sd", ["numerator", "lower", "upper"]].isna().all()


def test_shares_have_their_bounds() -> None:
    found = unit_marks(counts_of({"U2": MARKS})).frame.set_index("statistic")
    wanted = {"share_below_8": 4, "share_below_10": 6, "unit_pass_rate": 8}  # 8 and 10 are not below themselves
    assert found.loc[list(wanted), "numerator"].to_dict() == wanted
    assert found.loc["unit_pass_rate", "value"] == 8 / 14
    assert found.loc["unit_pass_rate", "method"] == "wilson"


def test_groups_are_summed_before_they_are_divided() -> None:
    counts = counts_of({"U2": MARKS, "U31": [20.0]})
    whole = unit_marks(counts, by=[]).frame.set_index("statistic")
    assert whole.loc["mark_mean", "value"] == pytest.approx(statistics.mean([*MARKS, 20]))
    by_unit = unit_marks(counts).frame
    assert by_unit["statistic"].tolist() == [*MARK_STATISTICS] * 2
    assert by_unit["unit"].tolist() == ["U2"] * 5 + ["U31"] * 5


def test_few_and_empty() -> None:
    found = unit_marks(counts_of({"U2": MARKS, "U6": [12.0], "U7": []})).frame.set_index(["unit", "statistic"])
    assert set(found.loc["U6", "reason"]) == {"few"}
    assert set(found.loc["U7", "reason"]) == {"empty"}
    assert found.loc["U7", "value"].isna().all()
    assert found.loc[("U6", "mark_mean"), "value"] == 12
    assert found.loc[("U6", "mark_sd")].isna()["value"]


def test_a_census_has_no_interval() -> None:
    found = unit_marks(counts_of({"U2": MARKS}), confidence=None).frame
    assert found[["lower", "upper", "confidence"]].isna().all(axis=None)
    assert set(found["method"]) == {"count"}


def test_an_interval_stays_on_the_scale_and_alike_marks_have_no_spread() -> None:
    found = unit_marks(counts_of({"U2": [20.0] * 11 + [1.0], "U6": [9.95] * 12})).frame.set_index(["unit", "statistic"])
    assert found.loc[("U2", "mark_mean"), "upper"] == 20
    assert found.loc[("U6", "mark_sd"), "value"] == 0
    assert found.loc[("U6", "mark_mean"), "value"] == pytest.approx(9.95)


def test_from_a_cohort() -> None:
    given = random_cohort(200)
    marks = given.results().query("test == 'first_group' and unit == 'U31' and state == 'marked'")["mark"] / 20
    found = unit_marks(tally(given, by=["school"]).units).frame.set_index(["unit", "statistic"])["value"]
    assert found["U31", "mark_mean"] == pytest.approx(marks.mean())
    assert found["U31", "mark_sd"] == pytest.approx(marks.std())
    assert found["U31", "unit_pass_rate"] == pytest.approx((marks >= 10).mean())
    assert found.xs("share_below_10", level="statistic").between(0, 1).all()


def test_distribution() -> None:
    found = mark_classes(counts_of({"U2": MARKS})).frame
    assert found["statistic"].tolist() == [*MARK_CLASSES]
    assert found["numerator"].tolist() == [2, 2, 2, 3, 2, 1, 2]
    assert found["value"].sum() == pytest.approx(1)


def test_acquired_by_those_without_the_diploma() -> None:
    people = [person(240), person(120, U31=200), person(120, U31=("kept", 220, 2024)), person(120, U31="exempt"),
              person(120, U31="vae"), person(120)]  # fmt: skip
    row = acquired_rate(tally(cohort(people), by=[]).units).frame.set_index("unit").loc["U31"]
    assert (row["numerator"], row["denominator"], row["denominator_kind"]) == (3, 4, "no_diploma")


def test_the_project_is_no_block() -> None:
    found = acquired_rate(tally(cohort([person(120, PROJET=300, UF1=240)]), by=[]).units).frame
    assert {"U31", "UF1"} < set(found["unit"])
    assert "PROJET" not in set(found["unit"])


def test_motifs_add_to_the_refused() -> None:
    found = refusal_reasons(tally(random_cohort(300), by=["sex"]).outcomes, by=["sex"]).frame
    assert found["statistic"].tolist() == [*REFUSAL_SHARES] * 2
    assert (found.groupby("sex")["numerator"].sum() == found.groupby("sex")["denominator"].first()).all()
    assert found.groupby("sex")["value"].sum().tolist() == pytest.approx([1, 1])


def test_pivots_are_shares_of_the_refused() -> None:
    pivots = tally(cohort([person(U6=180), person(120), person(240)]), by=[]).pivots
    found = pivot_shares(pivots).frame.set_index(["unit", "kind"])
    assert found.loc[("U6", "pivot_mean"), ["numerator", "denominator"]].tolist() == [1, 2]
    with pytest.raises(CountsError, match="ne se somme pas"):
        pivot_shares(pivots, by=["unit"])


def test_counts_without_marks_are_refused() -> None:
    with pytest.raises(CountsError, match="moyenne"):
        unit_marks(make_counts(pd.DataFrame({"unit": ["U2"], "marked": [1], "at_least_10": [0]}), "unit"))
    with pytest.raises(CountsError, match="share_below_10"):
        unit_marks(make_counts(pd.DataFrame({"unit": ["U2"], "marked": [1], "marks_sum": [20]}), "unit"))


def test_counts_without_squares_nor_classes_say_what_they_do_not_know() -> None:
    whole = counts_of({"U2": MARKS, "U7": []})
    known = ["unit", "marked", "marks_sum", "at_least_10"]
    found = unit_marks(make_counts(whole.frame[known], "unit")).frame
    assert found["statistic"].tolist() == [*MARK_STATISTICS] * 2  # as from a cohort, but the absences
    found = found.set_index(["unit", "statistic"])
    mean = found.loc[("U2", "mark_mean")]
    assert mean["value"] == pytest.approx(statistics.mean(MARKS))
    assert mean[["lower", "upper", "confidence"]].isna().all()
    assert (mean["numerator"], mean["method"], mean["reason"]) == (143.9, "count", "")
    for name in ("mark_sd", "share_below_8"):
        row = found.loc[("U2", name)]
        assert row[["value", "numerator", "lower", "upper"]].isna().all()
        assert (row["denominator"], row["denominator_kind"], row["reason"]) == (14, "marked", "not_counted")
    shares = found.loc[("U2", "unit_pass_rate")]
    assert (shares["numerator"], shares["method"], shares["reason"]) == (8, "wilson", "")
    assert found.loc[("U2", "share_below_10"), "numerator"] == 6
    assert set(found.loc["U7", "reason"]) == {"empty"}
    assert found.loc["U7", "value"].isna().all()


def test_ratios_of_a_cohort_are_not_those_of_published_counts() -> None:
    assert not set(RATIOS) & set(COHORT_RATIOS)
    assert np.all([set(MARK_CLASSES) <= set(COHORT_RATIOS), MARK_CLASSES == CLASSES])
