"""The cohorts that notebooks open, and the country that each may be compared to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rncp_analytics.cohort.model import Cohort
from rncp_analytics.counts.model import OUTCOMES
from rncp_analytics.counts.official import OfficialResults, official_results
from rncp_analytics.counts.tally import tally
from rncp_analytics.errors import ComparisonError, DataNotFoundError
from rncp_analytics.measures.against import against
from rncp_analytics.synthesis.example import CAREERS, national_counts, open_cohort
from tests.unit.cohort.cohorts import cohort, person


@pytest.fixture(scope="module")
def results() -> OfficialResults:
    return official_results()


@pytest.fixture(scope="module")
def example() -> Cohort:
    return open_cohort()


def test_the_careers_last_several_sessions() -> None:
    careers = open_cohort(CAREERS)
    assert careers.origin == "synthetic"
    assert careers.candidates["session"].nunique() == 4
    assert careers.source.digest == open_cohort(CAREERS).source.digest
    with pytest.raises(DataNotFoundError):
        open_cohort("synthetic-rien")


def test_the_synthetic_country_holds_the_example_cell_by_cell(results: OfficialResults, example: Cohort) -> None:
    """So that it may be taken out of it."""
    country = national_counts(example, results)
    assert country.origin == "synthetic"
    assert "DEPP" not in str(country.source)
    by = ["session", "academie", "diploma", "candidate_status"]
    mine = tally(example, by=by).outcomes
    place = {"session": [2024, 2025], "academie": "02", "diploma": ["40031213", "40031214"]}
    theirs = country.where(**place).by(*by).frame
    theirs = theirs[theirs["registered"] > 0].reset_index(drop=True)
    ours = mine.frame[[*by, *OUTCOMES]]
    assert ours.set_index(by).sort_index().equals(theirs[[*by, *OUTCOMES]].set_index(by).sort_index())


def test_no_synthetic_candidate_faces_the_ministry(results: OfficialResults, example: Cohort) -> None:
    own = tally(example, by=["session", "diploma"]).outcomes
    asked = {"diploma": "40031214", "session": 2025}
    gap = against(own.where(**asked), national_counts(example, results).where(**asked)).frame.iloc[0]
    # The ministry's présents of option B: 10 490, of whom 616 in Aix-Marseille.
    assert (gap["denominator"], gap["reference_denominator"]) == (616, 10490 - 616)
    with pytest.raises(ComparisonError, match="synthétiques"):
        against(own.where(**asked), results.academies.where(**asked))


def test_real_candidates_face_the_published_results(results: OfficialResults) -> None:
    real = replace(cohort([person()]), origin="candidates")
    assert national_counts(real, results) is results.academies
