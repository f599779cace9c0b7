"""Whatever the tables: no primary cell can be worked out, by enumeration of all tables or by both programmes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rncp_analytics.measures.protection.attack import Rule, attack, exposed, small
from rncp_analytics.measures.protection.cells import ALL, System, Table
from rncp_analytics.measures.protection.equations import system
from rncp_analytics.measures.protection.greedy import protect_greedy
from rncp_analytics.measures.protection.optimal import protect_optimal
from rncp_analytics.measures.protection.protect import cost_classes, protect
from tests.unit.measures.protection.enumeration import Enumeration, with_totals

pytestmark = pytest.mark.slow  # thousands of programmes: the worked cases of tests/unit run every time
METHODS = pytest.mark.parametrize("method", [protect_optimal, protect_greedy])
OUTCOMES = [("present", ("passed", "refused"))]
SCHOOLS = {"r": "01", "s": "01", "t": "02", "u": "02"}
TINY = Rule(3, 3)
FEW = settings(max_examples=settings().max_examples // 4)  # each example solves many programmes


def frame_of(keys: Sequence[tuple[str, ...]], names: Sequence[str], numbers: Sequence[int]) -> pd.DataFrame:
    return pd.DataFrame(list(keys), columns=list(names)).assign(n=list(numbers))


@st.composite
def two_dimensions(draw: st.DrawFn) -> tuple[pd.DataFrame, list[Table], dict[str, str]]:
    keys = [(a, b) for a in "xy" for b in "uvw"]
    leaves = frame_of(keys, "ab", draw(st.lists(st.integers(0, 5), min_size=6, max_size=6)))
    return leaves, [Table(with_totals(leaves, ["a", "b"]), ("a", "b"))], {}


@st.composite
def three_dimensions(draw: st.DrawFn) -> tuple[pd.DataFrame, list[Table], dict[str, str]]:
    keys = [(a, b, c) for a in "xy" for b in "uv" for c in "pq"]
    leaves = frame_of(keys, "abc", draw(st.lists(st.integers(0, 5), min_size=8, max_size=8)))
    return leaves, [Table(with_totals(leaves, [*"abc"]), (*"abc",))], {}


@st.composite
def hierarchies(draw: st.DrawFn) -> tuple[pd.DataFrame, list[Table], dict[str, str]]:
    keys = [(SCHOOLS[school], school, sex) for school in "rstu" for sex in "FM"]
    names = ["academie", "school", "sex"]
    leaves = frame_of(keys, names, draw(st.lists(st.integers(0, 5), min_size=8, max_size=8)))
    rows = with_totals(leaves, names, {"school": "academie"})
    return leaves, [Table(rows, tuple(names))], {"school": "academie"}


@st.composite
def linked(draw: st.DrawFn) -> tuple[pd.DataFrame, list[Table], dict[str, str]]:
    """Two tables of the same candidates, with the first dimension in common."""
    leaves, _, _ = draw(three_dimensions())
    tables = [
        Table(with_totals(leaves[["a", other, "n"]].groupby(["a", other])[["n"]].sum().reset_index(), ["a", other]),
              ("a", other))
        for other in "bc"
    ]  # fmt: skip
    return leaves, tables, {}


@st.composite
def two_sessions(draw: st.DrawFn) -> tuple[pd.DataFrame, list[Table], dict[str, str]]:
    """A table of each session, and one of both together."""
    keys = [(session, a, "F") for session in ("2024", "2025") for a in "xyz"]
    leaves = frame_of(keys, ["session", "a", "sex"], draw(st.lists(st.integers(0, 5), min_size=6, max_size=6)))
    each = [
        Table(with_totals(rows[["a", "n"]], ["a"]), ("a",), {"session": session})
        for session, rows in leaves.groupby("session")
    ]
    both = Table(
        with_totals(leaves.groupby("a")[["n"]].sum().reset_index(), ["a"]), ("a",), {"session": ("2024", "2025")}
    )
    return leaves, [*each, both], {}


def printed_rows(tables: Sequence[Table]) -> list[dict[str, Any]]:
    return [{**table.fixed, **row} for table in tables for row in table.frame.drop(columns="n").to_dict("records")]


def cells_of(made: System, rows: Sequence[dict[str, Any]], parents: dict[str, str]) -> list[int]:
    """The cell of each printed row, found by its values."""
    found = []
    for row in rows:
        named = {name: value for name, value in row.items() if value != ALL}
        outer = {parents[name] for name in named if name in parents}
        both = named.pop("session", None) if isinstance(named.get("session"), tuple) else None
        key = {
            **{n: v for n, v in named.items() if n not in outer},
            **({"session ∈ 2024, 2025": "union"} if both else {}),
        }
        found.append(made.keys.index(tuple(sorted(key.items()))))
    return found


@METHODS
@pytest.mark.parametrize("shape", [two_dimensions, three_dimensions, hierarchies, linked, two_sessions])
def test_all_tables_that_agree_leave_the_required_width(
    method: Callable[..., frozenset[int]], shape: Callable[[], st.SearchStrategy[Any]]
) -> None:
    @FEW
    @given(shape())
    def check(case: tuple[pd.DataFrame, list[Table], dict[str, str]]) -> None:
        leaves, tables, parents = case
        made = system(tables, hierarchies=parents)
        rows = printed_rows(tables)
        cells = cells_of(made, rows, parents)
        hidden = method(made, small(made, threshold=3), rule=TINY, cost=cost_classes(made))
        numbers = Enumeration(leaves.assign(quantity="n").rename(columns={"n": "value"}), {})
        weights = np.array([numbers.weights("n", row) for row in rows])
        shown = weights[[cell not in hidden for cell in cells]]
        assume((shown.sum(axis=1) == 1).sum() + len(shown) // 3 >= len(leaves) - 4)  # the enumeration stays short
        true = weights @ leaves["n"].to_numpy()
        asked = weights[(true > 0) & (true < 3)]
        values = numbers.possible(shown, asked, most=8)
        assert (values.max(axis=0) >= 3).all()
        assert (values.max(axis=0) - values.min(axis=0) >= 3).all()

    check()


@FEW
@given(st.one_of(two_dimensions(), three_dimensions(), linked(), hierarchies()), st.data())
def test_the_attack_finds_the_ends_of_the_enumeration(
    case: tuple[pd.DataFrame, list[Table], dict[str, str]], data: st.DataObject
) -> None:
    leaves, tables, parents = case
    made = system(tables, hierarchies=parents)
    rows = printed_rows(tables)
    cells = cells_of(made, rows, parents)
    hidden = data.draw(st.sets(st.sampled_from(cells), max_size=6))
    found = attack(made, hidden=hidden)
    numbers = Enumeration(leaves.assign(quantity="n").rename(columns={"n": "value"}), {})
    weights = np.array([numbers.weights("n", row) for row in rows])
    place = {cell: i for i, cell in enumerate(cells)}
    shown = np.array([w for cell, w in zip(cells, weights, strict=True) if cell not in hidden]).reshape(-1, len(leaves))
    values = numbers.possible(shown, weights[[place[cell] for cell in found.index]], most=10)
    assert (found["lower"] == values.min(axis=0)).all()
    low_enough = (found["upper"] <= 10).to_numpy()
    assert (found["upper"] == values.max(axis=0))[low_enough].all()
    assert (values.max(axis=0) >= 10)[~low_enough].all()


@st.composite
def outcomes(draw: st.DrawFn, schools: int = 5, statuses: int = 3) -> tuple[pd.DataFrame, list[Table]]:
    """Présents and admis by school in académie and status, with all totals, beside a table by status and sex."""
    keys = [(f"0{i % 2}", f"s{i}", f"S{j}", sex) for i in range(schools) for j in range(statuses) for sex in "FM"]
    sizes = st.one_of(st.integers(0, 6), st.integers(0, 90))
    counts = draw(st.lists(st.tuples(sizes, sizes), min_size=len(keys), max_size=len(keys)))
    leaves = pd.DataFrame(keys, columns=["academie", "school", "status", "sex"])
    leaves = leaves.assign(present=[a + b for a, b in counts], passed=[a for a, _ in counts])
    return leaves, tables_of(leaves)


def tables_of(leaves: pd.DataFrame) -> list[Table]:
    def table(*names: str) -> Table:
        rows = leaves.groupby(list(names))[["present", "passed"]].sum().reset_index()
        return Table(with_totals(rows, names, {"school": "academie"}), names)

    return [table("academie", "school", "status"), table("status", "sex")]


def outcomes_system(tables: Sequence[Table]) -> System:
    return system(tables, identities=OUTCOMES, hierarchies={"school": "academie"})


@METHODS
def test_larger_tables_resist_and_their_numbers_stay(method: Callable[..., frozenset[int]]) -> None:
    @FEW
    @given(outcomes(), st.sampled_from([3, 5, 11]))
    def check(case: tuple[pd.DataFrame, list[Table]], threshold: int) -> None:
        made, rule = outcomes_system(case[1]), Rule(threshold, threshold)
        before = made.cells.copy()
        primary = small(made, threshold=threshold)
        hidden = method(made, primary, rule=rule, cost=cost_classes(made))
        pd.testing.assert_frame_equal(made.cells, before)
        assert exposed(attack(made, hidden=hidden, of=primary, enough=rule), rule=rule) == []
        shown = made.cells[made.printed & ~made.mask(hidden)]["value"]
        assert not shown.between(1, threshold - 1).any()
        for one in sorted(hidden - primary - set(np.flatnonzero(~made.printed)))[:3]:
            left = attack(made, hidden=hidden - {one}, of=primary, enough=rule)
            assert exposed(left, rule=rule), "a number hidden for nothing, or a fault that nobody sees"

    check()


@FEW
@given(outcomes(4, 2), st.integers(0, 10**6))
def test_one_more_candidate_far_from_the_threshold_leaves_the_mask(
    case: tuple[pd.DataFrame, list[Table]], chosen: int
) -> None:
    """With last mask as input, and all the numbers of the candidate (totals included) far enough from the threshold.

    A table that agreed still agrees once the candidate is added to both, so the mask still protects: nothing else is
    hidden. Where none of the candidate's numbers was hidden, the attacker's tables are the same, so it is the same.
    """
    leaves, tables = case
    made, rule = outcomes_system(tables), Rule(5, 5)
    primary = small(made, threshold=5)
    mask = protect(made, primary, rule=rule)
    more = leaves.copy()
    more.loc[chosen % len(leaves), ["present", "passed"]] += 1
    after = outcomes_system(tables_of(more))
    assume(small(after, threshold=5) == primary)
    assume(after.keys == made.keys)
    now = protect(after, primary, rule=rule, previous=mask.hidden)
    assert now.hidden <= mask.hidden
    moved = set(np.flatnonzero(made.value != after.value))
    if not moved & mask.hidden:
        assert now.hidden == mask.hidden
