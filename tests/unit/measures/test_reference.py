"""A published rate is faced only when it speaks of the same thing, or when asked, saying so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rncp_analytics.counts.model import Scope
from rncp_analytics.errors import ComparisonError
from rncp_analytics.measures.reference import gap_to_published, scope_differences
from rncp_analytics.measures.secrecy import official
from tests.conftest import example_counts, make_counts

SCOPE = Scope("final", "France", "candidats d'un exemple")


def test_the_gap_to_a_rate_of_the_same_scope() -> None:
    made = gap_to_published(make_counts(pd.DataFrame({"present": [263], "passed": [81]})), value=0.3, scope=SCOPE)
    row = made.frame.iloc[0]
    assert row["value"] == pytest.approx(81 / 263 - 0.3)
    # The interval is that of our rate alone: Newcombe (1998a), 0.2553 to 0.3662, moved by the published rate.
    assert [round(row["lower"] + 0.3, 4), round(row["upper"] + 0.3, 4)] == [0.2553, 0.3662]
    assert (row["statistic"], row["reference"], row["estimate"]) == ("pass_rate_gap", "published", 81 / 263)
    assert np.isnan(row["reference_denominator"])
    assert made.caveats == ()


@pytest.mark.parametrize(
    ("scope", "name", "told"),
    [
        (
            Scope("first_group", "France", SCOPE.population),
            "stage",
            "étape : résultats définitifs ici, après le 1er groupe",
        ),
        (Scope("after_control", "France", SCOPE.population), "stage", "avant les remplacements de septembre"),
        (Scope("final", "La Réunion", SCOPE.population), "territory", "territoire : France ici, La Réunion"),
        (Scope("final", "France", "hors agriculture"), "population", "champ : candidats d'un exemple ici, hors agri"),
    ],
)
def test_each_difference_is_refused_and_named(scope: Scope, name: str, told: str) -> None:
    with pytest.raises(ComparisonError, match="pas de la même chose") as caught:
        gap_to_published(example_counts(), value=0.78, scope=scope)
    assert told in caught.value.where
    assert f"despite=['{name}']" in caught.value.remedy
    made = gap_to_published(example_counts(), value=0.78, scope=scope, despite=[name])  # type: ignore[list-item]
    assert len(made.caveats) == 1
    assert told in made.caveats[0]
    assert official(made).caveats == made.caveats


def test_accepting_one_difference_accepts_no_other() -> None:
    scope = Scope("first_group", "La Réunion", SCOPE.population)
    with pytest.raises(ComparisonError) as caught:
        gap_to_published(example_counts(), value=0.78, scope=scope, despite=["stage"])
    assert "territoire" in caught.value.where
    assert "étape" not in caught.value.where
    made = gap_to_published(example_counts(), value=0.78, scope=scope, despite=["stage", "territory"])
    assert len(made.caveats) == 2


def test_scopes_that_are_alike() -> None:
    assert scope_differences(SCOPE, SCOPE) == {}


@pytest.mark.parametrize("value", [78.0, -0.1, float("nan")])
def test_a_percentage_is_not_a_proportion(value: float) -> None:
    with pytest.raises(ComparisonError, match="proportion") as caught:
        gap_to_published(example_counts(), value=value, scope=SCOPE)
    assert "0.78 pour 78,0 %" in caught.value.expected


def test_few_candidates_give_no_figure_here_either() -> None:
    counts = make_counts(pd.DataFrame({"option": ["A", "B"], "present": [9, 0], "passed": [9, 0]}), "option")
    frame = gap_to_published(counts, value=0.5, scope=SCOPE, by=["option"]).frame
    assert frame["reason"].tolist() == ["few", "empty"]
    assert np.isnan(frame["value"].iloc[1])
