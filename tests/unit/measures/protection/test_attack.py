"""The attack finds what an enumeration of all tables finds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rncp_analytics.errors import CountsError
from rncp_analytics.measures.protection.attack import Rule, attack, exposed, small
from rncp_analytics.measures.protection.cells import ALL, System, Table
from rncp_analytics.measures.protection.equations import system
from tests.unit.measures.protection.enumeration import Enumeration, with_totals

NUMBERS = [20, 50, 10, 8, 19, 22, 17, 32, 12]  # activity × region


def leaves() -> pd.DataFrame:
    keys = [(activity, region) for activity in ("I", "II", "III") for region in "ABC"]
    return pd.DataFrame(keys, columns=["activity", "region"]).assign(n=NUMBERS)


def three_by_three() -> System:
    return system([Table(with_totals(leaves(), ["activity", "region"]), ("activity", "region"))])


def find(made: System, **values: str) -> int:
    return made.keys.index(tuple(sorted(values.items())))


def test_four_hidden_cells_as_enumerated() -> None:
    made = three_by_three()
    corners = [{"activity": a, "region": r} for a in ("II", "III") for r in "AC"]
    found = attack(made, hidden=[find(made, **corner) for corner in corners])
    numbers = Enumeration(leaves().assign(quantity="n").rename(columns={"n": "value"}), {})
    printed = with_totals(leaves(), ["activity", "region"]).drop(columns="n").to_dict("records")
    shown = np.array([numbers.weights("n", row) for row in printed if row not in corners])
    tables = numbers.possible(shown, np.array([numbers.weights("n", row) for row in corners]), most=50)
    assert found["lower"].tolist() == tables.min(axis=0).tolist()
    assert found["upper"].tolist() == tables.max(axis=0).tolist()


def test_one_hidden_cell_is_disclosed() -> None:
    made = three_by_three()
    cell = find(made, activity="II", region="C")
    found = attack(made, hidden=[cell])
    assert found.loc[cell, ["lower", "upper"]].tolist() == [22, 22]
    assert exposed(found, rule=Rule(3, 3)) == [cell]


def test_without_any_total_nothing_bounds_a_number() -> None:
    made = system([Table(pd.DataFrame({"sex": ["F", "M"], "n": [3, 40]}), ("sex",))])
    found = attack(made, hidden=[0])
    assert found[["lower", "upper"]].to_numpy().tolist() == [[0, np.inf]]
    assert exposed(found, rule=Rule(11, 11)) == []


def test_numbers_are_whole() -> None:
    """Three pairs that sum to 3, 3 and 3 meet in halves: no whole table, where real numbers see 1.5 each."""
    frame = pd.DataFrame({"n": [3, 3, 3, np.nan, np.nan, np.nan]}, index=["xy", "yz", "xz", "x", "y", "z"]).T
    pairs = [("xy", ("x", "y")), ("yz", ("y", "z")), ("xz", ("x", "z"))]
    with pytest.raises(CountsError, match="contredisent"):
        attack(system([Table(frame, ())], identities=pairs))
    assert attack(system([Table(frame.assign(xy=4, yz=4, xz=4), ())], identities=pairs))["lower"].tolist() == [2, 2, 2]


def test_a_file_alone_is_enough() -> None:
    """One hidden cell beside the true total, as tools without secondary suppression print it."""
    rows = pd.DataFrame({"sex": ["F", "M", ALL], "present": [np.nan, 40, 43], "passed": [2, 30, 32]})
    found = attack(system([Table(rows, ("sex",))], identities=[("present", ("passed", "refused"))]))
    assert found[["quantity", "lower", "upper"]].to_numpy().tolist()[0] == ["present", 3, 3]
    assert exposed(found[found["quantity"] == "present"], rule=Rule(11, 11)) == [0]


def test_the_width_that_is_asked() -> None:
    rule = Rule(11, 11)
    assert rule.protects(np.array([0, 1, 5, 0, 0]), np.array([11, 12, 15, 10, np.inf])).tolist() == [
        True, True, False, False, True,
    ]  # fmt: skip


def test_enough_stops_early_and_judges_the_same() -> None:
    made = three_by_three()
    hidden = [find(made, activity=a, region=r) for a in ("II", "III") for r in "AC"]
    for threshold in (5, 23, 26, 27, 31):
        rule = Rule(threshold, threshold)
        assert exposed(attack(made, hidden=hidden, enough=rule), rule=rule) == exposed(
            attack(made, hidden=hidden), rule=rule
        )


def test_small_numbers_are_printed_or_read_by_difference() -> None:
    frame = pd.DataFrame({"present": [43], "passed": [40]})
    made = system([Table(frame, ())], identities=[("present", ("passed", "refused"))])
    assert made.cells.loc[sorted(small(made, threshold=11)), "quantity"].tolist() == ["refused"]
    assert small(made, threshold=3) == frozenset()
