"""Which rows of figures to hide: all the tables of the same candidates at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rncp_analytics.errors import PublicationError
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.profiles import Profile
from rncp_analytics.measures.protection.attack import Rule, attack, exposed, small
from rncp_analytics.measures.protection.cells import Key, Places, System, Table, coordinates, places, plain_row
from rncp_analytics.measures.protection.equations import system
from rncp_analytics.measures.protection.figures import DISTRIBUTIONS, HIERARCHIES, Side, identities, sizes
from rncp_analytics.measures.protection.protect import protect
from rncp_analytics.measures.rates import COHORT_RATIOS, RATIOS


def letters_together(
    figures: Sequence[tuple[Estimates, Sequence[Side]]], profile: Profile, rule: Rule
) -> list[pd.Series]:
    """Insee's letter of each row of each table: "V" (shown), "A" (its own number), "D" (hidden to protect those).

    Parameters
    ----------
    figures : sequence of (Estimates, its sides)
        All of the same candidates; the sides as :func:`~.figures.sides` reads them.
    profile, rule
        What must be hidden, and how well.

    Raises
    ------
    CountsError
        Margins that don't add up, two numbers for one group; the message names the cells.
    """
    every = [side for _, of_one in figures for side in of_one]
    tables = [table for side in every for table in side.tables()]
    where, hierarchies = _places([side.places() for side in every])
    pending = any(estimates.scope.stage != "final" for estimates, _ in figures)
    made = system(tables, identities=identities(every, pending=pending), hierarchies=hierarchies)
    number = {key: i for i, key in enumerate(made.groups)}
    rows = [[_row_groups(side, where, number) for side in of_one] for _, of_one in figures]
    judged = _judged(made, profile, sizes(every))
    primary = small(made, threshold=rule.threshold) & judged
    if profile.hides_unanimous:
        primary |= _unanimous(made, figures, rows)
    if not primary:
        return [pd.Series("V", index=estimates.frame.index) for estimates, _ in figures]
    kept = {int(g) for of_one, found in zip(figures, rows, strict=True)
            for side, groups in zip(of_one[1], found, strict=True) if side.kept for g in groups if g >= 0}  # fmt: skip
    own = set(made.group[sorted(primary)].tolist())
    hidden = _hidden(made, primary, rule=rule, keep=kept, judged=judged)
    return [_letters(estimates, found, own, hidden) for (estimates, _), found in zip(figures, rows, strict=True)]


def _hidden(
    made: System, primary: frozenset[int], *, rule: Rule, keep: set[int], judged: frozenset[int]
) -> frozenset[int]:
    """The groups to hide so that an audit of what is shown, which can't know the small ones, finds nothing either."""
    wanted = set(primary)
    while True:
        try:
            hidden = protect(made, wanted, rule=rule, keep=keep).hidden
        except PublicationError:
            # Numbers that every row gives can't be hidden alone: without a mask that spares them, no row is shown.
            return frozenset(range(len(made.groups)))
        narrow = suspect(attack(made, hidden=hidden, enough=rule), rule=rule) & judged
        if wanted >= narrow:
            return hidden
        wanted |= narrow


def suspect(intervals: pd.DataFrame, *, rule: Rule) -> set[int]:
    """The hidden cells that may be small, for all that is shown, and that are located too well."""
    may_be_small = (intervals["upper"] >= 1) & (intervals["lower"] < rule.threshold)
    return set(exposed(intervals[may_be_small], rule=rule))


def _letters(estimates: Estimates, rows: Sequence[np.ndarray], own: set[int], hidden: frozenset[int]) -> pd.Series:
    """The letter of each row, after the groups of its sides."""
    first = np.any([np.isin(groups, list(own)) for groups in rows], axis=0)
    any_hidden = np.any([np.isin(groups, list(hidden)) for groups in rows], axis=0)
    return pd.Series(np.select([first, any_hidden], ["A", "D"], "V"), index=estimates.frame.index)


def _places(tables: Sequence[Table]) -> tuple[Places, dict[str, str]]:
    """How values lie in one another, and the hierarchies that the rows tell."""
    rows = [row for table in tables for row in coordinates(table)]
    told = {
        child: parent
        for child, parent in HIERARCHIES.items()
        if (values := {row[child] for row in rows if child in row})
        and values <= {row[child] for row in rows if child in row and not isinstance(row.get(parent, ()), tuple)}
    }
    return places(rows, told), told


def _row_groups(side: Side, where: Places, number: dict[Key, int]) -> np.ndarray:
    """The group of each row; −1 where it prints no number."""
    return np.array([number.get(where.key(plain_row(row)), -1) for row in coordinates(side.places())], dtype=int)


def _judged(made: System, profile: Profile, denominators: frozenset[str]) -> frozenset[int]:
    """The cells that the profile bears on."""
    if profile.bears_on == "every_number":
        return frozenset(range(len(made.cells)))
    return frozenset(np.flatnonzero(made.cells["quantity"].isin(denominators)).tolist())


def _unanimous(
    made: System, figures: Sequence[tuple[Estimates, Sequence[Side]]], rows: Sequence[Sequence[np.ndarray]]
) -> set[int]:
    """The parts of the groups in which all the members, or none, have the same result."""
    cells = {(q, g): i for i, (q, g) in enumerate(zip(made.cells["quantity"], made.group.tolist(), strict=True))}
    found: set[int] = set()
    for (estimates, of_one), groups in zip(figures, rows, strict=True):
        statistic = estimates.frame["statistic"].str.removesuffix("_gap")
        rates = statistic.isin({*RATIOS, *COHORT_RATIOS, "passed", "refused"})
        alone = ~statistic.isin(DISTRIBUTIONS)
        for side, of_side in zip(of_one, groups, strict=True):
            of_row = dict(zip(estimates.frame.index, of_side.tolist(), strict=True))
            for row, quantity, whole, value in side.numbers[["row", "quantity", "of", "value"]].itertuples(index=False):
                group = of_row[row]
                size = made.value[cells[whole, group]] if (whole, group) in cells else 0
                if size > 0 and rates[row] and (value == size or (value == 0 and alone[row])):
                    found.add(cells[quantity, group])
    return found
