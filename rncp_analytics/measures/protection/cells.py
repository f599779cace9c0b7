"""The numbers that tables print, as one list of cells whatever the tables, and the sums that tie them."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from rncp_analytics.counts.model import word
from rncp_analytics.errors import CountsError

if TYPE_CHECKING:
    from scipy import sparse  # type: ignore[import-untyped]

ALL = "__all__"  # in a dimension's column: the row of the total over this dimension

_UNION = "union"  # the only value of a pseudo-dimension such as "status ∈ A, B"

Identity = tuple[str, tuple[str, ...]]  # a quantity, and those of the same group that it is the sum of
Nested = tuple[str, str, str]  # a quantity by a dimension, the quantity of all that it is part of, the dimension
Key = tuple[tuple[str, Hashable], ...]  # (dimension, value) in the order of dimensions; absent: all its values


@dataclass(frozen=True, eq=False)
class Table:
    """Whole numbers about to be published, or as published.

    Attributes
    ----------
    frame : DataFrame
        ``dimensions`` columns, a value or ``ALL`` on each row; every other column is a quantity ("present", "passed"):
        whole numbers, missing where the published table hides them.
    dimensions : tuple of str
    fixed : mapping of dimension to value, or to a tuple of values
        What ``Counts.where`` kept: true of all rows. A dimension named nowhere covers all its values.
    some : tuple of str
        Dimensions of which some values alone are there: no sum over them is that of everybody.
    """

    frame: pd.DataFrame
    dimensions: tuple[str, ...]
    fixed: Mapping[str, object] = field(default_factory=dict)
    some: tuple[str, ...] = ()


class Equation(NamedTuple):
    """A sum that anybody can write: cell ``total`` is the sum of the cells ``parts``."""

    total: int
    parts: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class System:
    """Cells and the equations between them; made by :func:`~.equations.system`.

    Attributes
    ----------
    cells : DataFrame
        One row per number: ``quantity``, ``value`` (missing if hidden in the published tables), ``printed`` (False:
        printed nowhere, but a difference of printed numbers). A number is hidden in all the tables or in none.
    keys : tuple of Key
        The group of each cell.
    equations : tuple of Equation
    matrix : sparse array, equations × cells
        1 for the parts, −1 for the total: its product with the true numbers is 0.
    """

    cells: pd.DataFrame
    keys: tuple[Key, ...]
    equations: tuple[Equation, ...]
    matrix: sparse.csr_array

    def __repr__(self) -> str:
        return f"System({len(self.cells)} cases, {len(self.equations)} sommes)"

    @property
    def value(self) -> np.ndarray:
        """Number of each cell."""
        return self.cells["value"].to_numpy()

    @property
    def printed(self) -> np.ndarray:
        """Whether some table prints the number."""
        return self.cells["printed"].to_numpy()

    def mask(self, cells: Collection[int]) -> np.ndarray:
        """True for these cells."""
        return np.isin(np.arange(len(self.cells)), list(cells))

    def label(self, cell: int) -> str:
        """A cell in French, for messages: "admis, académie 01"."""
        return f"{word(str(self.cells['quantity'].iat[cell]))}, {describe(self.keys[cell])}"


def describe(key: Key) -> str:
    """A group in French, for messages.

    >>> describe((("academie", "01"), ("sex", "F")))
    'académie 01, sexe F'
    """
    return ", ".join(f"{word(name)} {value}" for name, value in key) or "total"


@dataclass(frozen=True)
class Places:
    """How values of dimensions lie in one another: learnt from the tables, whose rows name child and parent."""

    hierarchies: Mapping[str, str]
    parents: Mapping[str, Mapping[Hashable, Hashable]]
    unions: Mapping[str, Mapping[str, frozenset[Hashable]]]

    def key(self, values: Mapping[str, Hashable]) -> Key:
        """Without the parents that a child implies: a school is one cell, with or without its académie."""
        implied = {up for name in values for up in self._above(name)}
        return tuple(sorted((name, value) for name, value in values.items() if name not in implied))

    def around(self, key: Key) -> dict[str, Hashable]:
        """All that holds of a group: its values, their parents, the unions of values that they belong to."""
        found = dict(key)
        for name, value in key:
            child, inner = name, value
            for parent in self._above(name):
                if inner not in self.parents.get(child, {}):
                    raise CountsError(
                        f"Aucune ligne ne dit où se range {word(child)} {inner}",
                        expected=f"sur une ligne au moins, sa valeur de « {word(parent)} »",
                    )
                child, inner = parent, self.parents[child][inner]
                found[parent] = inner
        for name, unions in self.unions.items():
            values = (
                [frozenset([found[name]])] if name in found else [unions[union] for union in unions if union in found]
            )
            found.update({u: _UNION for own in values for u, members in unions.items() if own <= members})
        return found

    def distinct(self, names: Collection[str]) -> frozenset[str]:
        """Those of these dimensions that the others don't imply: no parent of a child, no union around another."""
        unions = [(name, union, members) for name, of_one in self.unions.items() for union, members in of_one.items()]
        implied = {up for name in names for up in self._above(name)}
        implied |= {union for name, union, _ in unions if name in names}
        implied |= {
            outer for name, inner, part in unions for same, outer, members in unions
            if name == same and inner in names and part < members
        }  # fmt: skip
        return frozenset(names) - implied

    def _above(self, name: str) -> list[str]:
        above: list[str] = []
        while name in self.hierarchies and self.hierarchies[name] not in above:
            name = self.hierarchies[name]
            above.append(name)
        return above


def coordinates(table: Table) -> list[dict[str, object]]:
    """For each row, the values that it fixes; a tuple stands for the union of its values."""
    fixed = {
        name: (value[0] if isinstance(value, tuple) and len(value) == 1 else value)
        for name, value in table.fixed.items()
    }
    columns = [table.frame[name].tolist() for name in table.dimensions]
    rows = zip(*columns, strict=True) if columns else [()] * len(table.frame)
    return [{**fixed, **{name: v for name, v in zip(table.dimensions, row, strict=True) if v != ALL}} for row in rows]


def fixed_names(table: Table) -> set[str]:
    """The dimensions, and the unions of their values, over which the rows can't be summed."""
    rows = coordinates(Table(table.frame.iloc[:1][[]], (), table.fixed))
    return {*table.some, *(name for row in rows for name in plain_row(row))}


def places(rows: Iterable[Mapping[str, object]], hierarchies: Mapping[str, str]) -> Places:
    """Parents and unions that the rows of all the tables tell.

    Raises
    ------
    CountsError
        A value lies in two parents.
    """
    parents: dict[str, dict[Hashable, Hashable]] = {}
    unions: dict[str, dict[str, frozenset[Hashable]]] = {}
    for row in rows:
        for name, value in row.items():
            if isinstance(value, tuple):
                unions.setdefault(name, {})[union_name(name, value)] = frozenset(value)
        for child, parent in hierarchies.items():
            if child in row and parent in row and not isinstance(row[parent], tuple):
                known = parents.setdefault(child, {}).setdefault(row[child], row[parent])
                if known != row[parent]:
                    raise CountsError(
                        f"{word(child)} {row[child]} est dans deux {word(parent)} : {known} et {row[parent]}",
                        expected="une hiérarchie : chaque valeur dans un seul ensemble",
                    )
    return Places(hierarchies, parents, unions)


def union_name(name: str, values: tuple[Hashable, ...]) -> str:
    """Name of the pseudo-dimension that stands for "one of these values of that dimension"."""
    return f"{name} ∈ {', '.join(sorted(map(str, values)))}"


def plain_row(row: Mapping[str, object]) -> dict[str, Hashable]:
    """The row with its unions as pseudo-dimensions."""
    return dict(
        (union_name(name, value), _UNION) if isinstance(value, tuple) else (name, value) for name, value in row.items()
    )
