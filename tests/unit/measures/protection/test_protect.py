"""Masks: the least costly by enumeration of all masks, each complement needed, and what can't be protected."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from rncp_analytics.errors import PublicationError
from rncp_analytics.measures.protection.attack import Rule, attack, exposed, small
from rncp_analytics.measures.protection.cells import ALL, System, Table, describe
from rncp_analytics.measures.protection.equations import system
from rncp_analytics.measures.protection.greedy import protect_greedy
from rncp_analytics.measures.protection.optimal import protect_optimal
from rncp_analytics.measures.protection.protect import cost_classes, protect
from tests.conftest import ROOT
from tests.unit.measures.protection.enumeration import Enumeration, with_totals

OUTCOMES = [("registered", ("present", "absent")), ("present", ("passed", "refused"))]
METHODS = pytest.mark.parametrize("method", [protect_optimal, protect_greedy])


def still_exposed(made: System, hidden: frozenset[int], primary: frozenset[int], rule: Rule) -> list[int]:
    return exposed(attack(made, hidden=hidden, of=primary), rule=rule)


def two_by_two(seed: int) -> tuple[pd.DataFrame, System]:
    numbers = np.random.default_rng(seed).integers(1, 8, 4)
    leaves = pd.DataFrame({"a": [*"xxyy"], "b": [*"uvuv"], "n": numbers})
    return leaves, system([Table(with_totals(leaves, ["a", "b"]), ("a", "b"))])


@pytest.mark.parametrize("seed", range(8))
def test_no_mask_costs_less(seed: int) -> None:
    """Among the 2⁹ masks of a 2 × 2 table with its totals, those that an enumeration of all tables finds safe."""
    leaves, made = two_by_two(seed)
    rule, cost = Rule(3, 3), cost_classes(made)
    primary = small(made, threshold=3)
    numbers = Enumeration(leaves.assign(quantity="n").rename(columns={"n": "value"}), {})
    weights = np.array([numbers.weights("n", dict(key)) for key in made.keys])
    tables = numbers.possible(weights[:0], weights, most=9)
    true = made.cells["value"].to_numpy()
    best = np.inf
    for mask in itertools.product((False, True), repeat=9):
        hidden = np.array(mask)
        if all(mask[cell] for cell in primary) and cost[hidden].sum() < best:
            kept = tables[(tables[:, ~hidden] == true[~hidden]).all(axis=1)][:, sorted(primary)]
            if ((kept.max(axis=0) >= 3) & (kept.max(axis=0) - kept.min(axis=0) >= 3)).all():
                best = cost[hidden].sum()
    found = protect_optimal(made, primary, rule=rule, cost=cost)
    assert cost[list(found)].sum() == best
    assert cost[list(protect_greedy(made, primary, rule=rule, cost=cost))].sum() >= best


@METHODS
def test_every_complement_is_needed_and_showing_it_is_caught(method: Callable[..., frozenset[int]]) -> None:
    leaves = pd.DataFrame(
        [(a, b, n) for a, row in zip("xyz", ([4, 50, 31, 22], [60, 7, 45, 18], [25, 33, 90, 41]), strict=True)
         for b, n in zip("tuvw", row, strict=True)],
        columns=["a", "b", "n"],
    )  # fmt: skip
    made = system([Table(with_totals(leaves, ["a", "b"]), ("a", "b"))])
    primary, rule = small(made, threshold=11), Rule(11, 11)
    hidden = method(made, primary, rule=rule, cost=cost_classes(made))
    assert still_exposed(made, hidden, primary, rule) == []
    assert len(hidden) > len(primary) == 2
    for shown in hidden - primary:
        assert still_exposed(made, hidden - {shown}, primary, rule)


@METHODS
def test_what_must_be_published_is(method: Callable[..., frozenset[int]]) -> None:
    frame = pd.DataFrame({"sex": ["F", "M", ALL], "present": [3, 40, 43]})
    made = system([Table(frame, ("sex",))])
    for keep in ([1], [2]):
        found = method(made, [0], rule=Rule(11, 11), cost=cost_classes(made), keep=keep)
        assert found == {0, 3 - keep[0]}
    with pytest.raises(PublicationError, match="Aucun masque") as caught:
        method(made, [0], rule=Rule(11, 11), cost=cost_classes(made), keep=[1, 2])
    assert "présents, sexe F" in caught.value.where
    assert "regrouper des valeurs de : sex" in caught.value.remedy
    with pytest.raises(PublicationError, match="Aucun masque"):
        method(made, [0], rule=Rule(11, 11), cost=cost_classes(made), keep=[0])


@METHODS
def test_an_empty_group_protects_nothing(method: Callable[..., frozenset[int]]) -> None:
    made = system([Table(pd.DataFrame({"a": ["x", "y", "z", ALL], "n": [3, 0, 40, 43]}), ("a",))])
    assert method(made, [0], rule=Rule(11, 11), cost=np.array([1, 1, 1000, 1000])) in ({0, 2}, {0, 3})


@METHODS
def test_all_the_numbers_are_needed(method: Callable[..., frozenset[int]]) -> None:
    made = system([Table(pd.DataFrame({"a": ["x", "y", ALL], "n": [3, np.nan, 43]}), ("a",))])
    with pytest.raises(PublicationError, match="déjà masqués"):
        method(made, [0], rule=Rule(11, 11), cost=np.ones(3))


def test_a_number_is_hidden_in_all_tables_or_in_none() -> None:
    """The sum over sexes would give back an académie that the table by status hides."""
    by_status = pd.DataFrame({"academie": ["01"] * 3 + ["02"] * 3, "status": ["A", "S", ALL] * 2,
                              "present": [4, 50, 54, 30, 60, 90]})  # fmt: skip
    by_sex = pd.DataFrame({"academie": ["01"] * 2 + ["02"] * 2, "sex": ["F", "M"] * 2, "present": [24, 30, 50, 40]})
    made = system([Table(by_status, ("academie", "status")), Table(by_sex, ("academie", "sex"))])
    primary, rule = small(made, threshold=11), Rule(11, 11)
    mask = protect(made, primary, rule=rule)
    assert [describe(made.keys[cell]) for cell in mask.complementary] == ["académie 01, status S"]
    total = made.keys.index((("academie", "01"),))
    assert still_exposed(made, mask.primary | {total}, primary, rule), "the sexes give the total back"


def test_last_mask_is_kept_as_long_as_it_protects() -> None:
    frame = pd.DataFrame({"a": [*"wxyz", ALL], "n": [3, 20, 40, 90, 153]})
    made = system([Table(frame, ("a",))])
    assert protect(made, [0], rule=Rule(11, 11)).complementary == {1}
    assert protect(made, [0], rule=Rule(11, 11), previous=[0, 3]).complementary == {3}
    assert protect_greedy(made, [0], rule=Rule(11, 11), cost=cost_classes(made), previous=[0, 3]) == {0, 3}
    rule = Rule(11, 40)  # 3 + 20 no longer spans it, 3 + 40 does
    assert protect(made, [0], rule=rule, previous=[0, 1]).complementary == {2}


def test_a_refused_time_falls_back_on_the_greedy_method() -> None:
    _, made = two_by_two(0)
    with pytest.raises(TimeoutError):
        protect_optimal(made, [0], rule=Rule(3, 3), cost=cost_classes(made), time_limit=0)
    mask = protect(made, [0], rule=Rule(3, 3), time_limit=0)
    assert mask.method == "greedy"
    assert not still_exposed(made, mask.hidden, frozenset([0]), Rule(3, 3))


@pytest.mark.slow
@pytest.mark.parametrize("threshold", [3, 11])
def test_the_official_table_by_academie_and_status(threshold: int) -> None:
    """Option B, session 2025, as published by the ministry: small cells printed, so it can be attacked for good."""
    names = ["registered", "present", "passed"]
    file = pd.read_csv(ROOT / "data/raw/options_by_academie_and_route.csv", dtype={"diploma": str, "academie": str})
    kept = file[(file["session"] == 2025) & (file["diploma"] == "40031214")]
    rows = with_totals(kept[["academie", "candidate_status", *names]], ["academie", "candidate_status"])
    made = system([Table(rows, ("academie", "candidate_status"))], identities=OUTCOMES)
    primary, rule = small(made, threshold=threshold), Rule(threshold, threshold)
    mask = protect(made, primary, rule=rule)
    assert mask.method == "exact"
    assert exposed(attack(made, hidden=mask.hidden, of=primary, enough=rule), rule=rule) == []
    printed = made.printed & ~made.mask(mask.hidden)
    assert not made.cells.loc[printed, "value"].between(1, threshold - 1).any()
    one = min(mask.complementary)
    assert exposed(attack(made, hidden=mask.hidden - {one}, of=primary, enough=rule), rule=rule)


@METHODS
@pytest.mark.parametrize(("other", "complement"), [(7, 2), (8, 1)])
def test_the_width_is_reached_to_the_unit(method: Callable[..., frozenset[int]], other: int, complement: int) -> None:
    """3 + 7 = 10 hides 3 within [0, 10], short of 11 by one; 3 + 8 is enough."""
    made = system([Table(pd.DataFrame({"a": ["x", "y", "z", ALL], "n": [3, other, 40, 43 + other]}), ("a",))])
    assert method(made, [0], rule=Rule(11, 11), cost=cost_classes(made)) == {0, complement}


@METHODS
def test_a_number_that_stands_in_no_sum_is_hidden_alone(method: Callable[..., frozenset[int]]) -> None:
    made = system([Table(pd.DataFrame({"a": [*"xy"], "n": [3, 40]}), ("a",))])
    assert method(made, [0], rule=Rule(11, 11), cost=cost_classes(made)) == {0}
