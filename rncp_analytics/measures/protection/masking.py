"""Which rows of figures to hide: all the tables of the same candidates at once, after those already shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import pandas as pd

from rncp_analytics.errors import PublicationError
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.profiles import Profile
from rncp_analytics.measures.protection.alternatives import completed
from rncp_analytics.measures.protection.attack import Rule, attack, exposed, small
from rncp_analytics.measures.protection.cells import Key, Places, System, Table, coordinates, places, plain_row
from rncp_analytics.measures.protection.equations import system
from rncp_analytics.measures.protection.figures import HIERARCHIES, Side, commonly_known, sizes
from rncp_analytics.measures.protection.protect import protect
from rncp_analytics.measures.protection.quantities import DISTRIBUTIONS, NESTED, identities, rates_of_results

Figures = Sequence[tuple[Estimates, Sequence[Side]]]
Group = Mapping[str, object]  # the values that name a group: {} is the whole


class Decided(NamedTuple):
    """A table already decided upon: its sides, the rows that it hides, and whether it was published elsewhere."""

    sides: Sequence[Side]
    hidden: frozenset[int]
    elsewhere: bool = False


class Masked(NamedTuple):
    """Insee's letter of each row of each table: "V" shown, "A" for its own number, "D" to protect those; the method."""

    letters: list[pd.Series]
    method: str


def masked(
    figures: Figures, profile: Profile, rule: Rule, *, after: Sequence[Decided] = (), keep: Sequence[Group] = ()
) -> Masked:
    """What to hide in tables of the same candidates.

    Parameters
    ----------
    figures : sequence of (Estimates, its sides)
        The sides as :func:`~.figures.sides` reads them.
    profile, rule
        What must be hidden, and how well.
    after : sequence of Decided
        Tables of these candidates that are shown already: what they show can't be hidden any more, what they hide stays
        hidden, and the same group of another session is hidden first.
    keep : sequence of mapping of dimension to value
        Groups whose rows must be published, in the tables by these dimensions.

    Raises
    ------
    CountsError
        Margins that don't add up, two numbers for one group; the message names the cells.
    PublicationError
        What must be published can't be while the rest is protected: which cells, and what to merge.
    """
    made = _numbers(figures, after)
    shown, hidden = _already(made, after)
    lost = shown | (_given_away(made, shown, rule) if any(one.elsewhere for one in after) else set())
    judged = _judged(made, profile, [*(of_one for _, of_one in figures), *(one.sides for one in after)]) - lost
    primary = (small(made.system, threshold=rule.threshold) & judged) | (_unanimous(made, profile, figures) - lost)
    asked = _asked(made, figures, keep)
    rows = [pd.concat([made.of(side) for side in of_one]) for _, of_one in figures]
    with_wholes = frozenset(i for i, (_, of_one) in enumerate(figures) if any(side.kept for side in of_one))
    refusal = None
    # A number that every row gives can't be hidden alone: without a mask that spares it, none of these rows is shown.
    for dropped in dict.fromkeys((frozenset[int](), with_wholes)):
        wholes = {cell for i, (_, of_one) in enumerate(figures) if i not in dropped
                  for side in of_one if side.kept for cell in made.of(side)}  # fmt: skip
        try:
            found, method = _protected(
                made, primary, rule=rule, keep=shown | asked | wholes, hidden=hidden, judged=judged, rows=rows
            )
        except PublicationError as error:
            refusal = error
        else:
            letters = [
                _letters(made, one, cells, primary, found) for (one, _), cells in zip(figures, rows, strict=True)
            ]
            return Masked([s.where(s == "A", "D") if i in dropped else s for i, s in enumerate(letters)], method)
    if asked and refusal:
        raise refusal
    # Beside what is shown already no mask protects them: nothing more is shown.
    return Masked([pd.Series("D", index=estimates.frame.index) for estimates, _ in figures], "")


def suspect(intervals: pd.DataFrame, *, rule: Rule) -> set[int]:
    """The hidden cells that may be small, for all that is shown, and that are located too well."""
    may_be_small = (intervals["upper"] >= 1) & (intervals["lower"] < rule.threshold)
    return set(exposed(intervals[may_be_small], rule=rule))


@dataclass(frozen=True, eq=False)
class _Numbers:
    """The system of all the tables, and where their rows find their numbers in it."""

    system: System
    where: Places
    place: Mapping[tuple[str, Key], int]

    def of(self, side: Side) -> pd.Series:
        """The cell of each number that a side prints; index: its row."""
        keys = [self.where.key(plain_row(row)) for row in coordinates(side.places)]
        names = zip(side.numbers["quantity"], keys, strict=True)
        return pd.Series([self.place[name] for name in names], index=side.numbers["row"].to_numpy(), dtype=int)


def _numbers(figures: Figures, after: Sequence[Decided]) -> _Numbers:
    every = [*(side for _, of_one in figures for side in of_one), *(side for one in after for side in one.sides)]
    known = commonly_known([side.places for side in every])
    where, hierarchies = _places([*(side.places for side in every), *known])
    pending = any(estimates.scope.stage != "final" for estimates, _ in figures)
    sums = identities([side.numbers for side in every], pending=pending)
    tables = [*(table for side in every for table in side.tables), *known]
    made = system(tables, identities=sums, nested=NESTED, hierarchies=hierarchies)
    place = {name: i for i, name in enumerate(zip(made.cells["quantity"], made.keys, strict=True))}
    return _Numbers(completed(made), where, place)


def _already(made: _Numbers, after: Sequence[Decided]) -> tuple[frozenset[int], frozenset[int]]:
    """The cells that earlier tables show, and those that they hide."""
    shown, hidden = set[int](), set[int]()
    for one in after:
        for side in one.sides:
            cells = made.of(side)
            masked_rows = cells.index.isin(list(one.hidden))
            shown.update(cells[~masked_rows])
            hidden.update(cells[masked_rows])
    return frozenset(shown), frozenset(hidden - shown)


def _given_away(made: _Numbers, shown: frozenset[int], rule: Rule) -> set[int]:
    """What tables published elsewhere, perhaps under another rule, give away by themselves."""
    others = set(range(len(made.system.cells))) - shown
    return suspect(attack(made.system, hidden=others, enough=rule), rule=rule)


def _protected(
    made: _Numbers,
    primary: frozenset[int],
    *,
    rule: Rule,
    keep: frozenset[int],
    hidden: frozenset[int],
    judged: frozenset[int],
    rows: Sequence[pd.Series],
) -> tuple[frozenset[int], str]:
    """The cells to hide so that an audit of what is shown, which can't know the small ones, finds nothing either."""
    wanted, before, covers = primary, _same_elsewhere(made, hidden), _covers(rows)
    while True:
        mask = protect(made.system, wanted, rule=rule, keep=keep, hidden=hidden, previous=before, covers=covers)
        narrow = suspect(attack(made.system, hidden=mask.hidden, enough=rule), rule=rule) & judged
        if wanted >= narrow:
            return mask.hidden, mask.method
        wanted |= narrow


def _covers(rows: Sequence[pd.Series]) -> dict[int, set[int]]:
    """For each cell, those that stand in none but its rows."""
    printed: dict[int, set[tuple[int, int]]] = defaultdict(set)
    beside: dict[int, set[int]] = defaultdict(set)
    for number, cells in enumerate(rows):
        for row, of_row in cells.groupby(level=0):
            for cell in of_row:
                printed[cell].add((number, int(str(row))))
                beside[cell].update(of_row)
    return {
        cell: {other for other in others if other != cell and printed[other] <= printed[cell]}
        for cell, others in beside.items()
    }


def _same_elsewhere(made: _Numbers, hidden: frozenset[int]) -> list[int]:
    """The cells of the groups that another session hides: the mask changes little from one session to the next."""
    names = [
        (quantity, tuple(pair for pair in key if pair[0] != "session"))
        for quantity, key in zip(made.system.cells["quantity"], made.system.keys, strict=True)
    ]
    known = {names[cell] for cell in hidden}
    return [cell for cell, name in enumerate(names) if name in known and cell not in hidden]


def _asked(made: _Numbers, figures: Figures, keep: Sequence[Group]) -> frozenset[int]:
    """The numbers of the groups that must be published."""
    found = set[int]()
    for estimates, of_one in figures:
        rows = estimates.frame[list(estimates.by)].to_dict("records")
        wanted = [row for row, group in zip(estimates.frame.index, rows, strict=True) if group in keep]
        found.update(*(cells[cells.index.isin(wanted)] for cells in map(made.of, of_one)))
    return frozenset(found)


def _letters(
    made: _Numbers, estimates: Estimates, rows: pd.Series, primary: frozenset[int], hidden: frozenset[int]
) -> pd.Series:
    """The letter of each row: its own numbers, or what they leave of one another, are to be protected or hidden."""
    left = {
        frozenset({total, parts[i]}): parts[1 - i]
        for total, parts in made.system.equations
        if len(parts) == 2
        for i in (0, 1)
    }
    letters = pd.Series("V", index=estimates.frame.index)
    for row, cells in rows.groupby(level=0):
        own = {*cells, *(left.get(frozenset(pair), -1) for pair in combinations(set(cells), 2))}
        if not hidden.isdisjoint(cells):
            letters.loc[[row]] = "D" if primary.isdisjoint(own) else "A"
    return letters


def _places(tables: Sequence[Table]) -> tuple[Places, dict[str, str]]:
    """How values lie in one another, and the hierarchies that the rows tell."""
    rows = [row for table in tables for row in coordinates(table)]
    told = {
        child: parent
        for child, parent in HIERARCHIES.items()
        if (values := {row[child] for row in rows if child in row and not isinstance(row[child], tuple)})
        and values <= {row[child] for row in rows if child in row and not isinstance(row.get(parent, ()), tuple)}
    }
    return places(rows, told), told


def _judged(made: _Numbers, profile: Profile, every_side: Sequence[Sequence[Side]]) -> frozenset[int]:
    """The cells that the profile bears on."""
    every = frozenset(range(len(made.system.cells)))
    if profile.bears_on == "every_number":
        return every
    wholes = sizes([side for of_one in every_side for side in of_one])
    return frozenset(cell for cell in every if made.system.cells["quantity"].iat[cell] in wholes)


def _unanimous(made: _Numbers, profile: Profile, figures: Figures) -> frozenset[int]:
    """The parts of the groups in which all the members, or none, have the same result."""
    found = set[int]()
    if not profile.hides_unanimous:
        return frozenset(found)
    for estimates, of_one in figures:
        results = rates_of_results(estimates.frame["statistic"])
        alone = ~estimates.frame["statistic"].str.removesuffix("_gap").isin(DISTRIBUTIONS)
        for side in of_one:
            for cell, (row, whole) in zip(made.of(side), side.numbers[["row", "of"]].to_numpy(), strict=True):
                size = made.system.value[made.place[whole, made.system.keys[cell]]] if whole else 0
                value = made.system.value[cell]
                if size > 0 and results[row] and (value == size or (value == 0 and alone[row])):
                    found.add(cell)
    return frozenset(found)
