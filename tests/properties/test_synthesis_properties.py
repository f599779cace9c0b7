"""The synthetic cohort at any size and seed: same seed same bytes, sizes shared out, results reached by marks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rncp_analytics.cohort.deliberation import deliberate
from rncp_analytics.cohort.model import Cohort
from rncp_analytics.counts.official import OfficialResults, official_results
from rncp_analytics.synthesis import synthesise
from rncp_analytics.synthesis.cells import ABSENT, REFUSED_FIRST, RESULTS, largest_remainder, published_cells, sized
from rncp_analytics.synthesis.cohort import result_of

RESULTS_PUBLISHED: OfficialResults = official_results()
CELLS = {session: published_cells(RESULTS_PUBLISHED, session) for session in RESULTS_PUBLISHED.sessions}


def written(cohort: Cohort) -> tuple[bytes, bytes]:
    return cohort.candidates.to_parquet(), cohort.results().to_parquet()


def reached(cohort: Cohort) -> pd.DataFrame:
    """Candidates with the published result that their marks lead to."""
    people = cohort.candidates.drop(columns="candidate").rename(columns={"entry": "candidate"})
    found = deliberate(people, cohort.results().rename(columns={"entry": "candidate"}))
    return people.assign(result=result_of(found.candidates))


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=40).filter(any), st.integers(0, 50_000))
def test_largest_remainder_adds_up_and_stays_within_one(weights: list[int], total: int) -> None:
    shared = largest_remainder(np.array(weights), total)
    exact = np.array(weights) * total / sum(weights)
    assert shared.sum() == total
    assert (np.abs(shared - exact) < 1).all()


@settings(max_examples=15)
@given(st.sampled_from(sorted(CELLS)), st.integers(1, 60_000))
def test_a_size_is_shared_out_result_by_result(session: int, size: int) -> None:
    cells = CELLS[session]
    shared = sized(cells, size)
    assert shared["n"].sum() == size
    exact = cells.groupby("result")["n"].sum() * size / cells["n"].sum()
    ours = shared.groupby("result")["n"].sum().reindex(exact.index, fill_value=0)
    assert ((ours - exact).abs() < 1).all()


def test_the_published_size_is_the_published_cells() -> None:
    cells = CELLS[2025]
    by = list(cells.columns[:-1])
    same = sized(cells, int(cells["n"].sum())).sort_values(by, ignore_index=True)[[*by, "n"]]
    pd.testing.assert_frame_equal(same, cells.sort_values(by, ignore_index=True), check_dtype=False)


@settings(max_examples=3)
@given(st.sampled_from(sorted(CELLS)), st.integers(0, 2**31), st.integers(1, 600))
def test_any_cohort_reaches_its_cells_and_is_made_twice_the_same(session: int, seed: int, size: int) -> None:
    cohort = synthesise(RESULTS_PUBLISHED, session=session, seed=seed, size=size)
    key = ["result", "candidate_status", "diploma", "sex", "academie"]
    ours = reached(cohort).groupby(key).size()
    expected = sized(CELLS[session], size).set_index(key)["n"].sort_index()
    assert ours.to_dict() == expected.to_dict()
    assert written(cohort) == written(synthesise(RESULTS_PUBLISHED, session=session, seed=seed, size=size))


def test_another_seed_gives_another_cohort() -> None:
    one, other = (synthesise(RESULTS_PUBLISHED, session=2025, seed=seed, size=60) for seed in (1, 2))
    assert written(one)[1] != written(other)[1]
    assert one.source.digest != other.source.digest


@pytest.mark.parametrize("size", [60, 1000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_sizes(size: int) -> None:
    people = reached(synthesise(RESULTS_PUBLISHED, session=2025, seed=5, size=size))
    assert len(people) == size
    assert set(people["result"]) == set(range(len(RESULTS)))
    assert (people["result"] == REFUSED_FIRST).mean() == pytest.approx(0.13, abs=0.03)
    assert (people["result"] == ABSENT).mean() < 0.03


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_the_published_size_is_reached_whatever_the_seed(seed: int) -> None:
    for session, cells in CELLS.items():
        key = ["result", "candidate_status", "diploma", "sex", "academie"]
        ours = reached(synthesise(RESULTS_PUBLISHED, session=session, seed=seed)).groupby(key).size()
        assert ours.to_dict() == cells.set_index(key)["n"].to_dict()
