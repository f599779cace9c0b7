"""Counts of any shape: rolling up loses nobody, a broken identity is always seen."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rncp_analytics.counts.model import MENTIONS, OUTCOMES, Counts
from rncp_analytics.counts.regimes import by_regime
from rncp_analytics.errors import CountsError
from tests.conftest import make_counts
from tests.properties.strategies import DIMENSIONS, counts_frames


@given(counts_frames(), st.permutations(DIMENSIONS), st.integers(0, len(DIMENSIONS)))
def test_rolling_up_keeps_the_totals(frame: pd.DataFrame, order: list[str], kept: int) -> None:
    counts = make_counts(frame, *DIMENSIONS)
    rolled = counts.by(*order[:kept])
    columns = [*OUTCOMES, *MENTIONS]
    assert rolled.by().frame[columns].iloc[0].tolist() == frame[columns].sum().tolist()
    assert set(rolled.frame.dtypes[columns].astype(str)) == {"int64"}


@given(counts_frames(), st.sampled_from([p for p in itertools.permutations(DIMENSIONS, 2) if "session" in p]))
def test_rolling_up_in_two_steps_or_one(frame: pd.DataFrame, middle: tuple[str, str]) -> None:
    counts = make_counts(frame, *DIMENSIONS)
    pd.testing.assert_frame_equal(counts.by(*middle).by("session").frame, counts.by("session").frame)


@given(counts_frames(), st.sampled_from(DIMENSIONS))
def test_the_parts_of_a_dimension_make_the_whole(frame: pd.DataFrame, name: str) -> None:
    counts = make_counts(frame, *DIMENSIONS)
    parts = [counts.where(**{name: value}).by().frame for value in frame[name].unique()]
    pd.testing.assert_frame_equal(sum(parts[1:], parts[0]), counts.by().frame)


@given(counts_frames())
def test_the_order_of_the_rows_does_not_matter(frame: pd.DataFrame) -> None:
    shuffled = make_counts(frame.sample(frac=1, random_state=1), *DIMENSIONS)
    pd.testing.assert_frame_equal(shuffled.by(*DIMENSIONS).frame, make_counts(frame, *DIMENSIONS).by(*DIMENSIONS).frame)


@given(counts_frames())
def test_regimes_keep_the_totals(frame: pd.DataFrame) -> None:
    counts = make_counts(frame, *DIMENSIONS)
    pd.testing.assert_frame_equal(by_regime(counts).by("session", "sex").frame, counts.by("session", "sex").frame)


@given(counts_frames(), st.data())
def test_one_candidate_too_many_anywhere_is_seen(frame: pd.DataFrame, data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(list(frame.index)))
    column = data.draw(st.sampled_from([c for c in (*OUTCOMES, *MENTIONS) if c != "registered"]))
    wrong = frame.copy()
    wrong.loc[row, column] += 1
    with pytest.raises(CountsError):
        make_counts(wrong, *DIMENSIONS)


@given(counts_frames(), st.data())
def test_one_inscrit_too_few_is_seen(frame: pd.DataFrame, data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(list(frame.index)))
    wrong = frame.copy()
    wrong.loc[row, "registered"] = wrong.loc[row, "present"] - 1
    with pytest.raises(CountsError):
        make_counts(wrong, *DIMENSIONS)


@given(counts_frames(), st.data())
def test_a_row_given_twice_is_seen(frame: pd.DataFrame, data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(list(frame.index)))
    with pytest.raises(CountsError, match="deux fois"):
        Counts(**{**vars(make_counts(frame, *DIMENSIONS)), "frame": pd.concat([frame, frame.loc[[row]]])})
