"""What the measures within cells share: both sides of a comparison, groups beside a standard, intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from rncp_analytics.counts.model import Counts
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.comparison import rate_gap
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.rates import CohortStatistic, Statistic, numerator_denominator
from rncp_analytics.measures.uncertainty import Array, wilson


class Sides(NamedTuple):
    """A group and its reference, counted cell by cell."""

    whole: Estimates  # crude gap: one row per combination of ``by``
    cells: pd.DataFrame  # crude gap of each cell, as :func:`rncp_analytics.rate_gap` gives it
    row: npt.NDArray[np.intp]  # the row of ``whole`` that each cell belongs to
    x: Array  # numerator and denominator of the group, then of the reference, cell by cell
    n: Array
    y: Array
    m: Array

    def total(self, values: Array) -> Array:
        """Sum of the cells' values for each row of ``whole``."""
        return summed(self.row, values, len(self.whole.frame))


def sides(
    counts: Counts,
    *,
    dimension: str,
    group: str,
    reference: str | Sequence[str],
    cells: Sequence[str],
    by: Sequence[str],
    statistic: Statistic | CohortStatistic,
    confidence: float | None,
) -> Sides:
    """Both sides of a comparison in the cells of ``cells``, within each combination of ``by``.

    Raises
    ------
    CountsError
        As :func:`rncp_analytics.rate_gap`; no cells, or a dimension that is used twice.
    """
    check_cells([dimension, *by], cells)
    told: dict[str, Any] = {"dimension": dimension, "group": group, "reference": reference, "statistic": statistic}
    whole = rate_gap(counts, by=by, confidence=confidence, **told)
    frame = rate_gap(counts, by=[*by, *cells], confidence=None, **told).frame
    rows = whole.frame[list(by)].assign(_row=np.arange(len(whole.frame)))
    frame = frame.merge(rows, on=list(by)) if by else frame.assign(_row=0)
    x, n, y, m = (
        frame[name].to_numpy(float)
        for name in ("numerator", "denominator", "reference_numerator", "reference_denominator")
    )
    return Sides(whole, frame.drop(columns="_row"), frame["_row"].to_numpy(np.intp), x, n, y, m)


def check_cells(groups: Sequence[str], cells: Sequence[str]) -> None:
    """Refuse a question without cells, or one that uses a dimension twice."""
    used = [*groups, *cells]
    if not cells or len(set(used)) < len(used):
        raise CountsError(
            "Une même dimension ne peut pas servir deux fois" if cells else "Aucune dimension ne fait les catégories",
            where=f"dimensions demandées : {', '.join(used) or 'aucune'}",
            expected="au moins une dimension qui fait les catégories, autre que celles des groupes",
        )


def grid(
    counts: Counts,
    by: Sequence[str],
    cells: Sequence[str],
    other: pd.DataFrame,
    statistic: Statistic | CohortStatistic,
    *,
    how: Literal["left", "cross"] = "cross",
) -> pd.DataFrame:
    """Each group's counts x and n beside the cells of ``other``: its own cells ("left"), or all of them ("cross")."""
    check_cells(by, cells)
    groups = counts.by(*by).frame[list(by)]
    groups = groups.assign(row=np.arange(len(groups)))
    rolled = counts.by(*by, *cells)
    x, n = numerator_denominator(rolled, statistic)
    own = rolled.frame[[*by, *cells]].assign(x=x, n=n)
    own = own.merge(groups, on=list(by)) if by else own.assign(row=0)
    if how == "left":
        return own.merge(other, how="left", on=list(cells))
    whole = groups[["row"]].merge(other, how="cross").merge(own, how="left", on=["row", *cells])
    return whole.fillna({"x": 0, "n": 0})


def summed(row: npt.NDArray[np.intp], values: Array, size: int) -> Array:
    """Sum of the values of each of ``size`` rows."""
    return np.bincount(row, values, minlength=size).astype(float)


def quotient(numerator: Array, denominator: Array) -> Array:
    """Quotient, missing where the denominator is 0."""
    found: Array = np.divide(numerator, denominator, out=np.full(numerator.shape, np.nan), where=denominator != 0)
    return found


def normal_interval(value: Array, variance: Array, confidence: float | None) -> tuple[Array, Array]:
    """Normal interval of a gap, within -1 to 1; missing without confidence or without variance."""
    from scipy.stats import norm  # type: ignore[import-untyped]

    if confidence is None:
        return np.full(value.shape, np.nan), np.full(value.shape, np.nan)
    half = norm.ppf((1 + confidence) / 2) * np.sqrt(np.where(variance > 0, variance, np.nan))
    return np.clip(value - half, -1, 1), np.clip(value + half, -1, 1)


def wilson_interval(rate: Array, n: Array, confidence: float | None) -> tuple[Array, Array]:
    """Wilson's interval of a rate on a number of candidates that need not be whole; missing where the rate is."""
    nothing = np.full(rate.shape, np.nan)
    if confidence is None:
        return nothing, nothing
    known = np.isfinite(rate)
    size = np.where(known, n, 0)
    return wilson(np.where(known, np.minimum(rate * size, size), 0), size, confidence=confidence)
