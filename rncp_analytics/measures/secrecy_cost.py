"""What each profile of secrecy would hide of a table: a demonstration on published counts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from rncp_analytics.counts.model import Counts
from rncp_analytics.measures.estimates import COLUMNS, Estimates
from rncp_analytics.measures.profiles import Profile, profiles
from rncp_analytics.measures.protection.figures import sides
from rncp_analytics.measures.protection.masking import masked
from rncp_analytics.measures.rates import rates

COSTS = ("hidden_cells_share", "secondary_cells_share", "hidden_present_share")


def secrecy_cost(counts: Counts, *, by: Sequence[str]) -> Estimates:
    """What each profile of diffusion would hide of the table of présents and admis by some dimensions, with its totals.

    Parameters
    ----------
    counts : Counts
        Published counts: those of candidates are for :func:`~rncp_analytics.suppress`, which says what it hides.
    by : sequence of str
        Dimensions of the table; all its totals are printed with it.

    Returns
    -------
    Estimates
        One row per profile × share, by "profile". "hidden_cells_share": cells hidden, of all the cells, totals
        included; "secondary_cells_share": of the hidden cells, those that protect others; "hidden_present_share":
        présents of the finest cells that are hidden, of all the présents. ``reason`` is "empty" where nothing is hidden
        to share. No interval.

    >>> made = secrecy_cost(example_counts(), by=["option"]).frame
    >>> made.loc[made["profile"] == "ival_pro_10", ["numerator", "denominator"]].to_numpy().tolist()
    [[0, 3], [0, 0], [0, 30]]
    """
    levels = [kept for size in range(len(by), -1, -1) for kept in combinations(by, size)]
    tables = [rates(counts, by=kept, confidence=None) for kept in levels]
    rows = [row for profile in profiles() if profile.rule for row in _rows(tables, profile)]
    frame = pd.DataFrame(rows, columns=["profile", "statistic", "numerator", "denominator", "denominator_kind"])
    whole = frame["denominator"].where(frame["denominator"] > 0)
    frame = frame.assign(
        stage=counts.scope.stage, value=frame["numerator"] / whole, lower=np.nan, upper=np.nan, confidence=np.nan,
        method="count", n_missing=0, secrecy="", reason=np.where(whole.isna(), "empty", ""),
    )  # fmt: skip
    return Estimates(frame[["profile", *COLUMNS]], ("profile",), counts.scope, counts.origin, counts.source)


def _rows(tables: Sequence[Estimates], profile: Profile) -> list[tuple[str, str, int, int, str]]:
    assert profile.rule is not None
    read = [(table, found) for table in tables if (found := sides(table)) is not None]
    letters = masked(read, profile, profile.rule).letters
    every = pd.concat(letters)
    hidden, present = int((every != "V").sum()), tables[0].frame["denominator"]
    numbers = [
        (hidden, len(every), "cells"),
        (int((every == "D").sum()), hidden, "hidden_cells"),
        (int(present[letters[0] != "V"].sum()), int(present.sum()), "present"),
    ]
    return [(profile.name, name, *of_name) for name, of_name in zip(COSTS, numbers, strict=True)]
