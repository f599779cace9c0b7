"""Which groups to hide: exactly where the tables are small enough, greedily elsewhere."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rncp_analytics.measures.protection.alternatives import unprinted_groups
from rncp_analytics.measures.protection.attack import Rule
from rncp_analytics.measures.protection.cells import System
from rncp_analytics.measures.protection.greedy import protect_greedy
from rncp_analytics.measures.protection.optimal import protect_optimal

EXACT_LIMIT = 2_500  # groups above which the exact method isn't tried: it may take minutes


@dataclass(frozen=True)
class Mask:
    """The groups to hide.

    Attributes
    ----------
    primary, complementary : frozenset of int
        Positions in ``System.groups``: hidden for their own numbers, hidden to protect those. Printed apart, the two
        would tell which hidden groups hold a small number: a publication says how many, never which.
    method : {"exact", "greedy"}
        "greedy": protected all the same, but perhaps not at the least cost.
    """

    primary: frozenset[int]
    complementary: frozenset[int]
    method: Literal["exact", "greedy"]

    @property
    def hidden(self) -> frozenset[int]:
        """All the groups to hide."""
        return self.primary | self.complementary


def cost_classes(system: System, *, previous: Collection[int] = ()) -> np.ndarray:
    """Cost of hiding each group: a class of size, so that a candidate more doesn't change the mask.

    Parameters
    ----------
    system : System
    previous : collection of int
        Groups hidden last time: together they cost less than any other group.

    Returns
    -------
    array, one positive whole number per group
        1 + ⌊log₂ n⌋ thousands, n the largest number of the group; 500 more for a total; up to 499 by the order of
        groups, so that two masks of the same classes are told apart, always in the same way.

    >>> from rncp_analytics.measures.protection.cells import Table
    >>> from rncp_analytics.measures.protection.equations import system
    >>> import pandas as pd
    >>> table = Table(pd.DataFrame({"sex": ["F", "M"], "present": [12, 35]}), ("sex",))
    >>> (cost_classes(system([table])) // 1000).tolist()
    [4, 6]
    """
    size = system.cells.groupby("group")["value"].max().to_numpy()
    totals = [system.group[total] for total, parts in system.equations if system.group[total] != system.group[parts[0]]]
    order = np.argsort(np.array([repr(key) for key in system.groups]), kind="stable").argsort()
    cost = 1000 * (1 + np.floor(np.log2(np.maximum(size, 1)))) + order * 311 % 500
    cost[np.unique(totals).astype(int)] += 500
    cost = cost * (len(previous) + 1)
    cost[list(previous)] = 1
    return np.asarray(cost.astype("int64"))


def protect(
    system: System,
    primary: Collection[int],
    *,
    rule: Rule,
    keep: Collection[int] = (),
    previous: Collection[int] = (),
    time_limit: float = 30.0,
) -> Mask:
    """The groups to hide so that no primary cell can be worked out.

    Parameters
    ----------
    system : System
        With all its true numbers.
    primary : collection of int
        Cells to protect: :func:`~.attack.small`, and any other.
    rule : Rule
    keep : collection of int
        Groups that must be published: already printed elsewhere, or asked for.
    previous : collection of int
        Groups hidden last time. As long as they still protect everything, nothing else is hidden.
    time_limit : float
        Seconds granted to the exact method; it isn't tried above ``EXACT_LIMIT`` groups.

    Returns
    -------
    Mask
        No published number changes. Without ``previous``, one candidate more changes the mask only if it makes a
        small number small no more (or the reverse), moves a group to another class of cost, or lets a cheaper mask
        that hides this candidate's own groups reach the required width.

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
    cost = cost_classes(system, previous=previous)
    own = frozenset(system.group[list(primary)].tolist())
    unprinted = frozenset(unprinted_groups(system))
    method: Literal["exact", "greedy"] = "exact" if len(system.groups) <= EXACT_LIMIT else "greedy"
    if method == "exact":
        try:
            hidden = protect_optimal(system, primary, rule=rule, cost=cost, keep=keep, time_limit=time_limit)
        except TimeoutError:
            method = "greedy"
    if method == "greedy":
        hidden = protect_greedy(system, primary, rule=rule, cost=cost, keep=keep, previous=previous)
    return Mask(own - unprinted, hidden - own - unprinted, method)
