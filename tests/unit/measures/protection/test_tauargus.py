"""Tau-Argus: the least costly mask as proved by another team's code, and what happens without it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rncp_analytics.errors import PublicationError
from rncp_analytics.measures.protection.attack import Rule, attack, exposed, small
from rncp_analytics.measures.protection.cells import ALL, System, Table
from rncp_analytics.measures.protection.equations import system
from rncp_analytics.measures.protection.optimal import protect_optimal
from rncp_analytics.measures.protection.protect import cost_classes
from rncp_analytics.measures.protection.tauargus import protect_tauargus
from tests.unit.measures.protection.enumeration import with_totals


def schools(seed: int) -> System:
    """Eight schools of two académies by four routes, with all totals; numbers drawn, some of them 0."""
    numbers = np.random.default_rng(seed).poisson(np.random.default_rng(seed).lognormal(1.5, 1.2, 32))
    keys = [(str(i % 2), str(i), str(j)) for i in range(8) for j in range(4)]
    frame = pd.DataFrame(keys, columns=["academie", "school", "route"]).assign(present=numbers)
    hierarchies = {"school": "academie"}
    names = ["academie", "school", "route"]
    return system([Table(with_totals(frame, names, hierarchies), tuple(names))], hierarchies=hierarchies)


def test_without_the_extra_the_refusal_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rncp_analytics.measures.protection.tauargus.find_spec", lambda _: None)
    made = schools(1)
    with pytest.raises(PublicationError, match="n'est pas installé") as caught:
        protect_tauargus(made, small(made, threshold=3), rule=Rule(3, 3), cost=cost_classes(made))
    assert "rncp_analytics[tauargus]" in caught.value.remedy


def test_a_mask_that_does_not_protect_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that hides nothing more, as 0.6.0 does for a width beyond what the upper level brings."""

    def engine(folder: str, _: float) -> int:
        for name in ("mask", "CSPlogfile.txt"):
            Path(folder, name).touch()
        return 0

    monkeypatch.setattr("rncp_analytics.measures.protection.tauargus.find_spec", lambda _: True)
    monkeypatch.setattr("rncp_analytics.measures.protection.tauargus._run", engine)
    made = system([Table(pd.DataFrame({"sex": ["F", "M", ALL], "present": [3, 40, 43]}), ("sex",))])
    with pytest.raises(PublicationError, match="ne protège pas") as caught:
        protect_tauargus(made, [0], rule=Rule(11, 11), cost=cost_classes(made))
    assert "présents, sexe F" in caught.value.where


PEER = pytest.mark.skipif(importlib.util.find_spec("pytauargus") is None, reason="sans l'extra tauargus")


@PEER
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("threshold", [3, 11])
def test_both_exact_methods_cost_the_same(seed: int, threshold: int) -> None:
    made = schools(seed)
    rule, primary, cost = Rule(threshold, threshold), small(made, threshold=threshold), cost_classes(made)
    peer = protect_tauargus(made, primary, rule=rule, cost=cost)
    assert cost[list(peer)].sum() == cost[list(protect_optimal(made, primary, rule=rule, cost=cost))].sum()
    assert exposed(attack(made, hidden=peer, of=primary), rule=rule) == []


@PEER
def test_several_quantities_are_one_list_of_cells() -> None:
    frame = pd.DataFrame({"sex": ["F", "M", ALL], "present": [30, 40, 70], "passed": [28, 20, 48]})
    made = system([Table(frame, ("sex",))], identities=[("present", ("passed", "refused"))])
    rule, primary, cost = Rule(3, 3), small(made, threshold=3), cost_classes(made)
    peer = protect_tauargus(made, primary, rule=rule, cost=cost)
    assert cost[list(peer)].sum() == cost[list(protect_optimal(made, primary, rule=rule, cost=cost))].sum()


@PEER
def test_what_must_be_published_is() -> None:
    frame = pd.DataFrame({"sex": ["F", "M", ALL], "present": [3, 40, 43]})
    made = system([Table(frame, ("sex",))])
    cost = cost_classes(made)
    for keep in ([1], [2]):
        assert protect_tauargus(made, [0], rule=Rule(11, 11), cost=cost, keep=keep) == {0, 3 - keep[0]}
    with pytest.raises(PublicationError, match="Aucun masque"):
        protect_tauargus(made, [0], rule=Rule(11, 11), cost=cost, keep=[1, 2])


@PEER
def test_no_time_is_a_refusal_not_a_poorer_mask() -> None:
    made = schools(0)
    with pytest.raises(TimeoutError):
        protect_tauargus(made, small(made, threshold=3), rule=Rule(3, 3), cost=cost_classes(made), time_limit=0.01)
