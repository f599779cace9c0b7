"""Every sum that an attacker can write with published tables: margins, hierarchies, links, identities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pandas as pd

from rncp_analytics.counts.model import word
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.protection.cells import (
    Equation,
    Identity,
    Key,
    Nested,
    Places,
    System,
    Table,
    coordinates,
    describe,
    fixed_names,
    places,
    plain_row,
)
from rncp_analytics.measures.protection.totals import common_totals

_Level = frozenset[str]


@dataclass
class _Draft:
    """Cells and equations while they are gathered."""

    values: dict[tuple[str, Key], float] = field(default_factory=dict)
    tables: dict[tuple[str, Key], set[int]] = field(default_factory=lambda: defaultdict(set))  # none: not printed
    equations: list[tuple[tuple[str, Key], list[tuple[str, Key]]]] = field(default_factory=list)


def system(
    tables: Sequence[Table],
    *,
    identities: Iterable[Identity] = (),
    nested: Iterable[Nested] = (),
    hierarchies: Mapping[str, str] | None = None,
) -> System:
    """Cells of all the tables together and all the sums that tie them.

    Parameters
    ----------
    tables : sequence of Table
        All that is published together, and what was published before on the same candidates. A number that several
        tables print is one cell.
    identities : iterable of (total, parts)
        Sums between quantities of one group, as in ``counts.model.IDENTITIES.items()``. When one term alone is not
        printed it can be read by difference, so it becomes a cell too: present − passed, registered − present.
    nested : iterable of (part, whole, dimension)
        A quantity by that dimension of which each number counts some of those whom another quantity counts without it:
        the candidates of one unit among all. What each leaves is a number of candidates too.
    hierarchies : mapping of child dimension to parent dimension
        ``{"school": "academie"}``; rows that have both columns tell which value lies where.

    Returns
    -------
    System
        One equation for each total whose parts are printed, over one dimension or several. Between tables the parts
        may be fewer than the whole: the rest is then a cell of its own, printed nowhere.

    Raises
    ------
    CountsError
        A margin or an identity that doesn't add up, two values for one cell, a number that is not whole and positive,
        a child in two parents; the message names the cells.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"sex": ["F", "M", "__all__"], "present": [12, 30, 42], "passed": [9, 24, 33]})
    >>> system([Table(frame, ("sex",))], identities=[("present", ("passed", "refused"))])
    System(9 cases, 6 sommes)
    """
    listed = list(identities)
    rows = [coordinates(table) for table in tables]
    where = places((row for of_table in rows for row in of_table), hierarchies or {})
    draft = _Draft()
    for number, (table, of_table) in enumerate(zip(tables, rows, strict=True)):
        _read(draft, number, table, [where.key(plain_row(row)) for row in of_table])
    _identities(draft, listed)
    _nested(draft, nested)
    for cell, value in common_totals(draft.values, draft.tables, where, tables).items():
        draft.values.setdefault(cell, value)
    _margins(draft, where, tables)
    return _assembled(draft)


def _read(draft: _Draft, number: int, table: Table, keys: Sequence[Key]) -> None:
    """Add the printed numbers of a table."""
    for quantity in [name for name in table.frame.columns if name not in table.dimensions]:
        for key, value in zip(keys, table.frame[quantity].astype(float).tolist(), strict=True):
            cell = (quantity, key)
            if value < 0 or value % 1 > 0:
                raise CountsError(
                    "Un effectif n'est pas un entier positif", where=f"{_name(cell)} : {value:g}", expected="un entier"
                )
            known = draft.values.get(cell, np.nan)
            if number in draft.tables[cell]:
                raise CountsError("Une même ligne est présente deux fois", where=_name(cell))
            if value != known and not np.isnan(value) and not np.isnan(known):
                raise CountsError(
                    "Deux tableaux donnent deux effectifs au même groupe",
                    where=f"{_name(cell)} : {known:g} et {value:g}",
                    expected="des tableaux tirés des mêmes candidats",
                )
            draft.values[cell] = value if np.isnan(known) else known
            draft.tables[cell].add(number)


def _identities(draft: _Draft, identities: Sequence[Identity]) -> None:
    """Add the numbers that can be read by difference within a group, then the equations of each group."""
    groups: dict[Key, set[str]] = defaultdict(set)
    for quantity, key in draft.values:
        groups[key].add(quantity)
    for key, quantities in groups.items():
        while missing := [
            (i, m) for i in identities if len(m := [q for q in (i[0], *i[1]) if q not in quantities]) == 1
        ]:
            (total, parts), (name,) = missing[0]
            known = sum(draft.values[part, key] for part in parts if part != name)
            draft.values[name, key] = known if name == total else draft.values[total, key] - known
            quantities.add(name)
            if draft.values[name, key] < 0:
                raise _not_adding_up((total, key), [(part, key) for part in parts if part != name], draft)
        for total, parts in identities:
            if {total, *parts} <= quantities:
                _add(draft, (total, key), [(part, key) for part in parts], complete=True)


def _nested(draft: _Draft, nested: Iterable[Nested]) -> None:
    """Add what the candidates of one value of a dimension leave of all of them."""
    for part, whole, dimension in nested:
        for quantity, key in list(draft.values):
            outer = (whole, tuple(pair for pair in key if pair[0] != dimension))
            if quantity == part and len(outer[1]) < len(key) and outer in draft.values:
                left = (f"{whole} hors {part}", key)
                draft.values[left] = draft.values[outer] - draft.values[quantity, key]
                if draft.values[left] < 0:
                    raise _not_adding_up(outer, [(quantity, key)], draft)
                _add(draft, outer, [(quantity, key), left], complete=True)


def _margins(draft: _Draft, where: Places, tables: Sequence[Table]) -> None:
    """Add the sums over dimensions, level by level (a level: the dimensions that its cells name)."""
    around = {key: where.around(key) for _, key in draft.values}
    lists = _lists(draft, tables)
    by_quantity: dict[str, dict[_Level, list[Key]]] = defaultdict(lambda: defaultdict(list))
    for quantity, key in draft.values:
        by_quantity[quantity][frozenset(name for name, _ in key)].append(key)
    for quantity, levels in by_quantity.items():
        parts: dict[tuple[_Level, _Level], dict[Key, list[Key]]] = {}
        for coarse, fine in product(levels, levels):
            if coarse != fine and (found := _within(levels[coarse], levels[fine], coarse, around)):
                parts[coarse, fine] = found
        whole: set[tuple[_Level, _Level]] = set()
        # The nearest levels first: what they imply together needs no equation of its own.
        for coarse, fine in sorted(parts, key=lambda pair: (_distance(pair, parts), sorted(pair[0]), sorted(pair[1]))):
            if any((coarse, level) in whole and (level, fine) in whole for level in levels):
                whole.add((coarse, fine))
                continue
            rests = [
                _add(
                    draft,
                    (quantity, key),
                    [(quantity, part) for part in found],
                    complete=False,
                    partial=not any(fixed <= around[key].keys() for fixed in _in_all(lists, found)),
                )
                for key, found in parts[coarse, fine].items()
            ]
            covered = sum(map(len, parts[coarse, fine].values())) == len(levels[fine])
            alone = [
                key for key in levels[coarse] if key not in parts[coarse, fine] and draft.values[quantity, key] != 0
            ]
            if covered and not alone and not any(rests):
                whole.add((coarse, fine))


def _lists(draft: _Draft, tables: Sequence[Table]) -> dict[Key, dict[int, set[str]]]:
    """For each group, the tables that name it, with the dimensions over which they can't be summed."""
    fixed = [fixed_names(table) for table in tables]
    lists: dict[Key, dict[int, set[str]]] = defaultdict(dict)
    for (_, key), numbers in draft.tables.items():
        lists[key].update({number: fixed[number] for number in numbers})
    return lists


def _in_all(lists: Mapping[Key, Mapping[int, set[str]]], keys: Sequence[Key]) -> list[set[str]]:
    """What the tables that name all these groups fix."""
    numbers = set.intersection(*(set(lists.get(key, {})) for key in keys))
    return [lists[keys[0]][number] for number in numbers]


def _within(
    coarse: Sequence[Key], fine: Sequence[Key], level: _Level, around: Mapping[Key, Mapping[str, Hashable]]
) -> dict[Key, list[Key]]:
    """For each coarse group, the fine ones that lie in it."""
    known, found = set(coarse), defaultdict(list)
    for key in fine:
        if level <= around[key].keys():
            outer = tuple(sorted((name, around[key][name]) for name in level))
            if outer in known:
                found[outer].append(key)
    return found


def _distance(pair: tuple[_Level, _Level], pairs: Iterable[tuple[_Level, _Level]]) -> int:
    """Number of levels between two levels."""
    coarse, fine = pair
    listed = set(pairs)
    return sum((coarse, level) in listed and (level, fine) in listed for level in {p[1] for p in listed})


def _add(
    draft: _Draft, total: tuple[str, Key], parts: list[tuple[str, Key]], *, complete: bool, partial: bool = False
) -> bool:
    """Add an equation, with the rest that its parts leave, or may leave when ``partial``; whether there is one."""
    value, summed = draft.values[total], [draft.values[part] for part in parts]
    known = np.nansum(summed)
    all_known = not np.isnan([value, *summed]).any()
    together = set.intersection(draft.tables[total], *(draft.tables[part] for part in parts))
    if known > value or ((complete or together) and all_known and known < value):
        raise _not_adding_up(total, parts, draft)
    rest = known < value if all_known else partial and not together
    if rest:
        name = "reste de " + ", ".join(sorted({d for _, key in parts for d, _ in key} - {d for d, _ in total[1]}))
        left = (total[0], tuple(sorted((*total[1], (name, f"({len(parts)} parts)")))))
        draft.values[left] = value - known if all_known else np.nan
        parts = [*parts, left]
    draft.equations.append((total, parts))
    return bool(rest)


def _assembled(draft: _Draft) -> System:
    """Numbers instead of names."""
    from scipy import sparse  # type: ignore[import-untyped]

    numbers = {cell: i for i, cell in enumerate(draft.values)}
    cells = pd.DataFrame(
        {
            "quantity": [quantity for quantity, _ in numbers],
            "value": list(draft.values.values()),
            "printed": [bool(draft.tables[cell]) for cell in numbers],
        }
    )
    equations = tuple(Equation(numbers[total], tuple(numbers[p] for p in parts)) for total, parts in draft.equations)
    row = [i for i, equation in enumerate(equations) for _ in range(1 + len(equation.parts))]
    column = [cell for equation in equations for cell in (equation.total, *equation.parts)]
    sign = [s for equation in equations for s in (-1.0, *[1.0] * len(equation.parts))]
    matrix = sparse.csr_array((sign, (row, column)), shape=(len(equations), len(cells)))
    return System(cells, tuple(key for _, key in numbers), equations, matrix)


def _name(cell: tuple[str, Key]) -> str:
    return f"{word(cell[0])}, {describe(cell[1])}"


def _not_adding_up(total: tuple[str, Key], parts: Sequence[tuple[str, Key]], draft: _Draft) -> CountsError:
    shown = [f"{_name(part)} : {draft.values[part]:g}" for part in parts[:4]]
    more = f" et {len(parts) - 4} autre(s)" if len(parts) > 4 else ""
    return CountsError(
        "Des effectifs ne s'additionnent pas",
        where=f"{_name(total)} : {draft.values[total]:g} ; parties : {' + '.join(shown)}{more}",
        expected="un total égal à la somme de ses parties",
        remedy="corriger ces effectifs à leur source",
    )
