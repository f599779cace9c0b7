"""Which numbers to hide: exactly where the tables are small enough, greedily elsewhere."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rncp_analytics.measures.protection.alternatives import NOTHING, Covers
from rncp_analytics.measures.protection.attack import Rule
from rncp_analytics.measures.protection.cells import System
from rncp_analytics.measures.protection.greedy import protect_greedy
from rncp_analytics.measures.protection.optimal import protect_optimal

EXACT_LIMIT = 10_000  # cells above which the exact method isn't tried: its time would be lost

# What takes other figures with it when it is hidden (the rates of which it is the denominator), or is asked first.
_WEIGHTS = {"present": 4, "marked": 4, "registered": 2, "passed": 2, "refused": 2}


@dataclass(frozen=True)
class Mask:
    """The numbers to hide.

    Attributes
    ----------
    primary, complementary : frozenset of int
        Cells that a table prints: hidden because they are to be protected, hidden to protect those. Printed apart, the
        two would tell which hidden cells are small: a publication says how many, never which.
    method : {"exact", "greedy"}
        "greedy": protected all the same, but perhaps not at the least cost.
    """

    primary: frozenset[int]
    complementary: frozenset[int]
    method: Literal["exact", "greedy"]

    @property
    def hidden(self) -> frozenset[int]:
        """All the cells to hide."""
        return self.primary | self.complementary


def cost_classes(system: System, *, previous: Collection[int] = (), covers: Covers = NOTHING) -> np.ndarray:
    """Cost of hiding each number: a class of size, so that a candidate more doesn't change the mask.

    Parameters
    ----------
    system : System
    previous : collection of int
        Cells hidden last time: together they cost less than any other cell.
    covers : mapping of cell to cells
        Those that go with each cell when it is hidden: it costs as much as all of them.

    Returns
    -------
    array, one positive whole number per cell
        1 + ⌊log₂ n⌋ thousands, two or four times as much for a number that many figures print; 500 more for a total of
        groups; up to 499 by the order of cells, so that masks of the same classes are told apart, always alike.

    >>> from rncp_analytics.measures.protection.cells import Table
    >>> from rncp_analytics.measures.protection.equations import system
    >>> import pandas as pd
    >>> table = Table(pd.DataFrame({"sex": ["F", "M"], "absent": [12, 35]}), ("sex",))
    >>> (cost_classes(system([table])) // 1000).tolist()
    [4, 6]
    """
    quantities = system.cells["quantity"].tolist()
    weights = np.array([_WEIGHTS.get(quantity, 1) for quantity in quantities])
    totals = [total for total, parts in system.equations if system.keys[total] != system.keys[parts[0]]]
    order = np.argsort(np.array([repr(cell) for cell in zip(quantities, system.keys, strict=True)])).argsort()
    cost = 1000 * weights * (1 + np.floor(np.log2(np.maximum(system.value, 1)))) + order * 311 % 500
    cost[np.unique(totals).astype(int)] += 500
    own = cost.copy()
    for cell, children in covers.items():
        cost[cell] += own[list(children)].sum()
    cost = cost * (len(previous) + 1)
    cost[list(previous)] = 1
    return np.asarray(cost.astype("int64"))


def protect(
    system: System,
    primary: Collection[int],
    *,
    rule: Rule,
    keep: Collection[int] = (),
    hidden: Collection[int] = (),
    previous: Collection[int] = (),
    covers: Covers = NOTHING,
    time_limit: float = 60.0,
) -> Mask:
    """The numbers to hide so that no primary cell can be worked out.

    Parameters
    ----------
    system : System
        With all its true numbers.
    primary : collection of int
        Cells to protect: :func:`~.attack.small`, and any other.
    rule : Rule
    keep : collection of int
        Cells that must be published: already printed elsewhere, or asked for.
    hidden : collection of int
        Cells already hidden elsewhere: they stay so.
    previous : collection of int
        Cells hidden last time. As long as they still protect everything, nothing else is hidden.
    covers : mapping of cell to cells
        Those that no line prints any more once the cell is hidden: with its denominator, a numerator goes too.
    time_limit : float
        Seconds granted to the exact method; it isn't tried above ``EXACT_LIMIT`` cells.

    Returns
    -------
    Mask
        No published number changes. Without ``previous``, one candidate more changes the mask only if it makes a
        small number small no more (or the reverse), moves a number to another class of cost, or lets a cheaper mask
        that hides this candidate's own numbers reach the required width.

    Raises
    ------
    PublicationError
        No mask protects some cells: which ones, and what to merge.

    >>> from rncp_analytics.measures.protection.cells import Table
    >>> from rncp_analytics.measures.protection.equations import system
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"sex": ["F", "M", "__all__"], "present": [3, 40, 43]})
    >>> mask = protect(system([Table(frame, ("sex",))]), [0], rule=Rule(11, 11))
    >>> sorted(mask.primary), sorted(mask.complementary), mask.method
    ([0], [1], 'exact')
    """
    cost = cost_classes(system, previous=previous, covers=covers)
    method: Literal["exact", "greedy"] = "exact" if len(system.cells) <= EXACT_LIMIT else "greedy"
    if method == "exact":
        try:
            found = protect_optimal(
                system, primary, rule=rule, cost=cost, keep=keep, hidden=hidden, covers=covers, time_limit=time_limit
            )
        except TimeoutError:
            method = "greedy"
    if method == "greedy":
        found = protect_greedy(
            system, primary, rule=rule, cost=cost, keep=keep, hidden=hidden, previous=previous, covers=covers
        )
    masked = frozenset(np.flatnonzero(system.printed & system.mask(found)).tolist())
    own = masked & frozenset(primary)
    return Mask(own, masked - own, method)
