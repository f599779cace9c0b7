"""Tables with their totals, and all the whole tables that agree with what is printed: no line of the package here."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

ALL = "__all__"


def with_totals(
    frame: pd.DataFrame, dimensions: Sequence[str], hierarchies: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """The rows with the totals over every set of dimensions; a parent stays named where its child is."""
    quantities = [name for name in frame.columns if name not in dimensions]
    parents = hierarchies or {}
    made = []
    for size in range(len(dimensions) + 1):
        for kept in itertools.combinations(dimensions, size):
            if any(child in kept and parent not in kept for child, parent in parents.items()):
                continue
            rows = (
                frame.groupby(list(kept))[quantities].sum().reset_index()
                if kept
                else frame[quantities].sum().to_frame().T
            )
            made.append(rows.assign(**{name: ALL for name in dimensions if name not in kept}))
    return pd.concat(made, ignore_index=True)[[*dimensions, *quantities]]


@dataclass
class Enumeration:
    """Every number of some tables as a sum of the smallest ones (leaves).

    ``leaves``: dimension columns, ``quantity``, ``value``. ``sums``: quantity → leaf quantities it is the sum of.
    """

    leaves: pd.DataFrame
    sums: Mapping[str, Collection[str]]

    def weights(self, quantity: str, values: Mapping[str, object]) -> np.ndarray:
        """Which leaves a printed number adds up."""
        taken = self.leaves["quantity"].isin(self.sums.get(quantity, {quantity})).to_numpy()
        for name, value in values.items():
            wanted = value if isinstance(value, tuple) else (value,)
            if value != ALL:
                taken = taken & self.leaves[name].isin(wanted).to_numpy()
        return taken.astype("int64")

    def possible(self, shown: np.ndarray, asked: np.ndarray, *, most: int) -> np.ndarray:
        """For each number asked (a row of weights), its values in all tables of leaves ≤ ``most`` that agree.

        One leaf after the other takes all its values; a table stops as soon as a shown sum is passed, or missed.
        """
        value = self.leaves["value"].to_numpy()
        target = shown @ value
        tables = np.zeros((1, len(value)), dtype="int64")
        for leaf in range(len(value)):
            tables = np.repeat(tables, most + 1, axis=0)
            tables[:, leaf] = np.tile(np.arange(most + 1), len(tables) // (most + 1))
            sums, ended = tables @ shown.T, ~shown[:, leaf + 1 :].any(axis=1)
            tables = tables[(sums <= target).all(axis=1) & (sums == target)[:, ended].all(axis=1)]
            assert len(tables) < 1e6, "trop de tableaux à énumérer"
        return tables @ asked.T
