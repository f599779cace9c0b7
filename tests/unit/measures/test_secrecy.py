"""Nothing leaves without passing the door."""

from __future__ import annotations

import copy
import dataclasses

import pandas as pd
import pytest

from rncp_analytics.errors import PublicationError
from rncp_analytics.measures.rates import rates
from rncp_analytics.measures.secrecy import Publishable, official, require_publishable
from tests.conftest import example_counts, make_counts


def test_official_figures_are_shown_as_they_are() -> None:
    made = rates(example_counts(), by=["option"])
    shown = official(made)
    pd.testing.assert_frame_equal(shown.frame, made.frame.assign(secrecy="V"))
    assert (shown.by, shown.scope, shown.origin, shown.profile) == (made.by, made.scope, "official", "official")
    assert set(made.frame["secrecy"]) == {""}, "the estimates themselves were changed"


def test_the_source_may_be_named_otherwise_and_keeps_its_digest() -> None:
    shown = official(rates(example_counts()), source="DEPP, note 23.14")
    assert str(shown.source) == "DEPP, note 23.14"
    assert shown.source.digest == "0" * 64
    assert repr(shown) == "Publishable(1 lignes, official ; DEPP, note 23.14)"


@pytest.mark.parametrize("origin", ["candidates", "synthetic"])
def test_figures_from_candidates_are_refused(origin: str) -> None:
    counts = make_counts(pd.DataFrame({"present": [12], "passed": [9]}), origin=origin)
    with pytest.raises(PublicationError, match="cohorte") as caught:
        official(rates(counts))
    assert "profil de secret" in caught.value.remedy


def test_a_publishable_cannot_be_made_from_outside() -> None:
    made = rates(example_counts())
    arguments = (made.frame, made.by, made.scope, made.origin, made.source, "official")
    for attempt in (lambda: Publishable(*arguments), lambda: Publishable(*arguments, (), object())):
        with pytest.raises(PublicationError, match="secret statistique"):
            attempt()


def test_nor_by_replacing_the_figures_of_one_that_was() -> None:
    shown = official(rates(example_counts()))
    with pytest.raises(PublicationError, match="secret statistique"):
        dataclasses.replace(shown, frame=pd.DataFrame({"value": [0.5]}))
    with pytest.raises(dataclasses.FrozenInstanceError):
        shown.frame = pd.DataFrame()  # type: ignore[misc]


def test_changing_the_estimates_afterwards_changes_nothing_shown() -> None:
    made = rates(example_counts())
    shown = official(made)
    made.frame.loc[0, "value"] = 0.0
    assert shown.frame["value"].tolist() == [0.8]


def test_only_a_publishable_goes_through() -> None:
    shown = official(rates(example_counts()))
    require_publishable(shown)
    require_publishable(copy.copy(shown))
    for other in (rates(example_counts()), shown.frame, None, "texte"):
        with pytest.raises(PublicationError, match="secret statistique") as caught:
            require_publishable(other)
        assert type(other).__name__ in caught.value.where
        assert "rncp.official" in caught.value.remedy
