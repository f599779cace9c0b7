"""Cells and sums: what ties the numbers of several tables, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rncp_analytics.errors import CountsError
from rncp_analytics.measures.protection.cells import ALL, System, Table, describe
from rncp_analytics.measures.protection.equations import system
from tests.unit.measures.protection.enumeration import with_totals

OUTCOMES = [("present", ("passed", "refused"))]


def table(rows: list[tuple[object, ...]], *columns: str, fixed: dict[str, object] | None = None) -> Table:
    """A table whose last column is "present"."""
    return Table(pd.DataFrame(rows, columns=[*columns, "present"]), columns, fixed or {})


def sums(made: System) -> set[str]:
    """Equations in words: "43 = 3 + 40"."""
    value = made.cells["value"]
    return {f"{value[e.total]:g} = {' + '.join(f'{value[p]:g}' for p in e.parts)}" for e in made.equations}


def test_margins_of_a_table() -> None:
    frame = with_totals(pd.DataFrame({"a": [*"xxyy"], "b": [*"uvuv"], "present": [1, 20, 300, 4000]}), ["a", "b"])
    made = system([Table(frame, ("a", "b"))])
    assert sums(made) == {
        "21 = 1 + 20",
        "4300 = 300 + 4000",
        "301 = 1 + 300",
        "4020 = 20 + 4000",
        "4321 = 21 + 4300",
        "4321 = 301 + 4020",
    }
    assert len(made.cells) == len(made.keys) == 9
    assert not (made.matrix @ made.cells["value"].to_numpy()).any()


def test_a_total_over_two_dimensions_at_once_is_a_sum_too() -> None:
    parts = table([("x", "u", 1), ("x", "v", 20), ("y", "u", 300)], "a", "b")
    whole = Table(pd.DataFrame({"present": [321]}), ())
    assert sums(system([parts, whole])) == {"321 = 1 + 20 + 300"}


def test_the_same_number_in_two_tables_is_one_cell() -> None:
    by_school = table([("s", 1), ("t", 20), (ALL, 21)], "school", fixed={"session": 2025})
    by_sex = table([("F", 5), ("M", 16), (ALL, 21)], "sex", fixed={"session": (2025,)})
    made = system([by_school, by_sex])
    assert len(made.cells) == 5
    assert sums(made) == {"21 = 1 + 20", "21 = 5 + 16"}
    other = table([("F", 5), ("M", 16), (ALL, 21)], "sex", fixed={"session": 2024})
    assert len(system([by_school, other]).cells) == 6, "two sessions share no candidate"


def test_a_school_lies_in_its_academie() -> None:
    schools = table([("01", "s", 1), ("01", "t", 20), ("02", "u", 300)], "academie", "school")
    above = table([("01", 21), ("02", 300), (ALL, 321)], "academie")
    made = system([schools, above], hierarchies={"school": "academie"})
    assert sums(made) == {"21 = 1 + 20", "300 = 300", "321 = 21 + 300"}
    alone = table([("s", 1), ("t", 20)], "school")
    assert len(system([schools, above, alone], hierarchies={"school": "academie"}).cells) == 6
    with pytest.raises(CountsError, match="où se range"):
        system([above, alone], hierarchies={"school": "academie"})
    with pytest.raises(CountsError, match="est dans deux académie"):
        system([table([("01", "s", 1), ("02", "s", 2)], "academie", "school")], hierarchies={"school": "academie"})


def test_some_values_kept_are_their_union() -> None:
    statuses = table([("A", 1), ("B", 20), ("C", 300)], "status")
    two = table([("F", 9), ("M", 12), (ALL, 21)], "sex", fixed={"status": ("A", "B")})
    assert sums(system([statuses, two])) == {"21 = 1 + 20", "21 = 9 + 12"}


def test_what_is_left_of_a_total_can_be_read() -> None:
    some = table([("x", 10), ("y", 20)], "a")
    made = system([some, Table(pd.DataFrame({"present": [37]}), ())])
    assert sums(made) == {"37 = 10 + 20 + 7"}
    rest = made.cells[~made.cells["printed"]]
    assert rest["value"].tolist() == [7]
    assert "reste de a" in describe(made.keys[rest.index[0]])


def test_what_can_be_read_within_a_group() -> None:
    frame = pd.DataFrame({"registered": [50], "present": [43], "passed": [40]})
    made = system([Table(frame, ())], identities=[*OUTCOMES, ("registered", ("present", "absent"))])
    assert made.cells.set_index("quantity")["value"].to_dict() == {
        "registered": 50, "present": 43, "passed": 40, "refused": 3, "absent": 7,
    }  # fmt: skip
    assert made.cells["printed"].tolist() == [True, True, True, False, False]
    apart = [Table(frame[["present"]], ()), Table(frame[["passed"]], ())]
    assert sums(system(apart, identities=OUTCOMES)) == {"43 = 40 + 3"}, "two tables, one group"


@pytest.mark.parametrize(
    ("frames", "named"),
    [
        ([{"a": ["x", "y", ALL], "present": [1, 20, 22]}], "a x : 1"),
        ([{"a": ["x", "y", ALL], "present": [1, 20, 20]}], "présents, total : 20"),
        ([{"a": ["x", "y"], "present": [1, 20]}, {"present": [19]}], "présents, total : 19"),
        ([{"a": ["x"], "present": [3], "passed": [4]}], "admis, a x : 4"),
        ([{"a": ["x"], "present": [3]}, {"a": ["x"], "present": [4]}], "a x : 3 et 4"),
        ([{"a": ["x", "x"], "present": [3, 3]}], "présents, a x"),
        ([{"a": ["x"], "present": [-3]}], "a x : -3"),
        ([{"a": ["x"], "present": [2.5]}], "a x : 2.5"),
    ],
)
def test_numbers_that_contradict_each_other_are_named(frames: list[dict[str, list[object]]], named: str) -> None:
    tables = [Table(pd.DataFrame(f), tuple(name for name in f if name == "a")) for f in frames]
    with pytest.raises(CountsError) as caught:
        system(tables, identities=OUTCOMES)
    assert named in caught.value.where


def test_a_published_table_has_missing_numbers() -> None:
    made = system([table([("x", np.nan), ("y", np.nan), ("z", 5), (ALL, 30)], "a")], identities=OUTCOMES)
    assert len(made.equations) == 1
    assert made.cells["value"].isna().sum() == 2
    with pytest.raises(CountsError, match="additionnent pas"):
        system([table([("x", np.nan), ("z", 31), (ALL, 30)], "a")])
