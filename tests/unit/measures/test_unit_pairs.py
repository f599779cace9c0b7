"""Units of the same candidates, from sets of acquired units, against the candidates written out."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import cochrans_q
from statsmodels.stats.contingency_tables import mcnemar as mcnemar_of_one_table

from rncp_analytics.counts.model import Counts
from rncp_analytics.counts.tally import tally
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import COLUMNS, COMPARISON_COLUMNS, TEST_COLUMNS
from rncp_analytics.measures.unit_pairs import PAIR_SHARES, PAIR_STATISTICS, cochran_q, unit_pairs
from tests.conftest import make_counts
from tests.unit.cohort.cohorts import cohort, person
from tests.unit.measures.paired_cases import UNITS, patterns_of

SETS = ["".join(bits) for bits in itertools.product("01", repeat=len(UNITS))]
PEOPLE = st.lists(st.tuples(st.sampled_from(["F", "M"]), st.sampled_from(SETS), st.booleans()), min_size=1, max_size=60)
Person = tuple[str, str, bool]


def counted(people: list[Person]) -> Counts:
    frame = pd.DataFrame(people, columns=["sex", "acquired_units", "no_diploma"])
    cells = frame.groupby(["sex", "acquired_units"])["no_diploma"].agg(registered="size", no_diploma="sum")
    return make_counts(cells.astype("int64").reset_index(), "sex", "acquired_units")


@settings(max_examples=10)
@given(PEOPLE)
def test_each_pair_is_that_of_the_candidates_written_out(people: list[Person]) -> None:
    made = unit_pairs(counted(people), mandatory_units=UNITS, by=["sex"])
    found = made.frame.set_index(["sex", "unit", "other_unit", "statistic"])
    for sex in {p[0] for p in people}:
        rows = np.array([[int(bit) for bit in p[1]] for p in people if p[0] == sex])
        for i, j in itertools.combinations(range(len(UNITS)), 2):
            table = pd.crosstab(rows[:, i], rows[:, j]).reindex(index=[1, 0], columns=[1, 0], fill_value=0).to_numpy()
            pair = found.loc[(sex, UNITS[i], UNITS[j])]
            assert pair["numerator"].tolist()[1:] == [*table.ravel(), table[1, 1]]
            assert set(pair["denominator"]) == {len(rows)}
            gap = pair.loc["acquired_gap"]
            assert gap["value"] == pytest.approx(rows[:, i].mean() - rows[:, j].mean())
            assert (gap["numerator"], gap["reference_numerator"]) == (rows[:, i].sum(), rows[:, j].sum())
            if len(rows) >= 10:
                b, c = table[0, 1], table[1, 0]
                p = mcnemar_of_one_table(table, exact=b + c < 25, correction=False).pvalue if b + c else 1.0
                assert gap["p_value"] == pytest.approx(p)


@settings(max_examples=20)
@given(PEOPLE)
def test_q_is_that_of_the_candidates_written_out(people: list[Person]) -> None:
    row = cochran_q(counted(people), mandatory_units=UNITS).frame.iloc[0]
    rows = np.array([[int(bit) for bit in p[1]] for p in people])
    some = rows.any(axis=1) & ~rows.all(axis=1)
    assert (row["numerator"], row["denominator"]) == (some.sum(), len(people))
    if some.any():
        expected = cochrans_q(rows)
        assert row["value"] == pytest.approx(expected.statistic)
        assert row["reason"] == ("" if len(people) >= 10 else "few")
        if not row["reason"]:
            assert row["p_value"] == pytest.approx(expected.pvalue, rel=1e-6)
    else:
        assert (row["reason"], np.isnan(row["value"])) == ("no_spread", True)


@settings(max_examples=10)
@given(PEOPLE, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing_and_groups_add_up(people: list[Person], random: object) -> None:
    counts = counted(people)
    mixed = people.copy()
    random.shuffle(mixed)  # type: ignore[attr-defined]
    fine = unit_pairs(counts, mandatory_units=UNITS, by=["sex"]).frame
    pd.testing.assert_frame_equal(fine, unit_pairs(counted(mixed), mandatory_units=UNITS, by=["sex"]).frame)
    whole = unit_pairs(counts, mandatory_units=UNITS).frame
    columns = ["numerator", "denominator", "reference_numerator"]
    keys = ["unit", "other_unit", "statistic"]
    added = fine.groupby(keys, sort=False)[columns].sum().loc[list(whole[keys].itertuples(index=False, name=None))]
    np.testing.assert_array_equal(added.to_numpy(), whole[columns].fillna(0).to_numpy())


def test_the_frame() -> None:
    made = unit_pairs(patterns_of({"110": 30, "011": 20, "000": 50}), mandatory_units=UNITS[:3])
    assert list(made.frame.columns) == ["unit", "other_unit", *COLUMNS, *COMPARISON_COLUMNS, *TEST_COLUMNS]
    assert made.by == ("unit", "other_unit")
    assert made.frame["statistic"].tolist() == list(PAIR_STATISTICS) * 3
    pairs = made.frame[["unit", "other_unit"]].drop_duplicates().to_numpy().tolist()
    assert pairs == [["U2", "U31"], ["U2", "U32"], ["U31", "U32"]]
    shares = made.frame[made.frame["statistic"].isin(PAIR_SHARES)].groupby(["unit", "other_unit"])["value"].sum()
    assert shares.tolist() == pytest.approx([1, 1, 1])
    tested = made.frame["p_value"].notna()
    assert (made.frame["statistic"] == "acquired_gap").equals(tested)
    assert set(made.frame.loc[tested, "family_size"]) == {3}
    assert len(made.caveats) == 1


def test_from_a_cohort() -> None:
    people = [person(240, U2=100), person(120, U2=200), person(120, U2=200, U7="vae"), person(240), person(240)]
    found = tally(cohort(people), by=[])
    frame = unit_pairs(found.patterns, mandatory_units=found.mandatory_units).frame
    assert len(frame) == 13 * 12 / 2 * len(PAIR_STATISTICS)
    pair = frame[(frame["unit"] == "U2") & (frame["other_unit"] == "U7")].set_index("statistic")["numerator"]
    assert pair.loc[list(PAIR_SHARES)].tolist() == [3, 1, 1, 0]
    without = unit_pairs(found.patterns, mandatory_units=found.mandatory_units, among="no_diploma").frame
    pair = without[(without["unit"] == "U2") & (without["other_unit"] == "U7")].set_index("statistic")
    assert pair.loc[list(PAIR_SHARES), "numerator"].tolist() == [1, 1, 0, 0]
    assert set(pair["denominator_kind"]) == {"no_diploma"}


def test_reasons() -> None:
    frame = pd.DataFrame(
        {"school": ["a", "b", "b", "c"], "acquired_units": ["11", "10", "01", "11"], "registered": [0, 4, 5, 20]}
    )
    counts = make_counts(frame, "school", "acquired_units")
    found = unit_pairs(counts, mandatory_units=UNITS[:2], by=["school"]).frame.set_index(["school", "statistic"])
    gap = found.xs("acquired_gap", level="statistic")
    assert gap["reason"].tolist() == ["empty", "few", ""]
    assert gap["value"].isna().tolist() == [True, False, False]
    assert gap["p_value"].isna().tolist() == [True, True, False]
    assert gap.loc["c", ["value", "p_value"]].tolist() == [0, 1]
    assert found.xs("co_failure_phi", level="statistic")["reason"].tolist() == ["empty", "few", "no_spread"]
    q = cochran_q(counts, mandatory_units=UNITS[:2], by=["school"]).frame
    assert q["reason"].tolist() == ["empty", "few", "no_spread"]
    nobody = unit_pairs(counts.where(school="z"), mandatory_units=UNITS[:2]).frame
    assert set(nobody["reason"]) == {"empty"}
    missing = found[found["value"].isna()]
    assert (missing["reason"] != "").all()


def test_a_census_has_neither_interval_nor_test() -> None:
    frame = unit_pairs(patterns_of({"10": 30, "01": 20}), mandatory_units=UNITS[:2], confidence=None).frame
    assert frame[["lower", "upper", "confidence", *TEST_COLUMNS]].isna().all(axis=None)
    assert set(frame["method"]) == {"count"}


def test_what_is_refused() -> None:
    sets = patterns_of({"101": 3, "111": 2})
    with pytest.raises(CountsError, match="unités acquises 101"):
        unit_pairs(sets, mandatory_units=UNITS)
    with pytest.raises(CountsError, match="deux unités"):
        cochran_q(sets, mandatory_units=UNITS[:1])
    with pytest.raises(CountsError, match="« zzz »") as refused:
        cochran_q(sets, mandatory_units=UNITS, among="zzz")  # type: ignore[arg-type]
    assert refused.value.expected == "l'un de : registered, no_diploma"
    with pytest.raises(CountsError, match="acquises ensemble"):
        unit_pairs(make_counts(pd.DataFrame({"acquired_units": ["11"], "present": [3]}), "acquired_units"),
                   mandatory_units=UNITS[:2])  # fmt: skip
