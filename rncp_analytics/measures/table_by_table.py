"""Secrecy of figures that make no system of sums (histories, funnels, pivots…): hide a group, or the whole table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rncp_analytics.measures.estimates import Estimates

_IN_POINTS = ("mark_mean", "mark_sd", "mark_mean_gap", "mode_gap", "mode_gap_to_rest")  # their numerators are points
_PARTS = ("until", "rank")  # dimensions whose shares are cumulated, or add up to a number that is shown


def letters(estimates: Estimates, threshold: int) -> pd.Series:
    """Insee's letter of each row: "V" (shown), "A" (a small number in its group), "D" (all of a table with totals).

    A group is hidden when a number of candidates from 1 to ``threshold`` − 1 could be read: denominator, numerator,
    their difference, both sides of a comparison. A table with totals (a group whose numbers are the sum of all its
    others; gaps to the rest; rates beside that of the whole) in which a group is hidden is hidden altogether. Parts of
    a whole that are cumulated or add up ("until", "rank") are hidden together.
    """
    frame = estimates.frame
    wholes = [name for name in estimates.by if name not in _PARTS]
    group = frame.groupby(wholes).ngroup() if wholes else pd.Series(0, index=frame.index)
    hidden = _small_numbers(frame, threshold).groupby(group).transform("any")
    if hidden.any() and _holds_totals(frame, estimates.by):
        return pd.Series("D", index=frame.index)
    return pd.Series(np.where(hidden, "A", "V"), index=frame.index)


def _small_numbers(frame: pd.DataFrame, threshold: int) -> pd.Series:
    """The rows where a small number of candidates can be read."""
    counted = ~frame["statistic"].isin(_IN_POINTS)
    small = _small(frame["denominator"], threshold) | _small(frame["n_missing"], threshold)
    for x, n in (("numerator", "denominator"), ("reference_numerator", "reference_denominator")):
        if n in frame:
            small |= _small(frame[n], threshold)
            small |= counted & (_small(frame[x], threshold) | _small(frame[n] - frame[x], threshold))
    small |= counted & _small(frame["denominator"] - frame["numerator"] - frame["n_missing"], threshold)
    if "estimate" in frame:
        small |= frame["statistic"].str.endswith("_growth") & _small(frame["estimate"], threshold)
    return small


def _small(numbers: pd.Series, threshold: int) -> pd.Series:
    size = numbers.abs()
    return (size > 0) & (size < threshold)


def _holds_totals(frame: pd.DataFrame, by: Sequence[str]) -> bool:
    """Whether the numbers of a group are the sum of those of all the others."""
    # A target is the rate of all the groups together: with those shown, it gives back the hidden ones.
    found = "target" in frame or ("reference" in frame and bool((frame["reference"] == "rest").any()))
    for name in by:
        cells = frame.groupby([*(b for b in by if b != name), "statistic"])
        columns = frame[["numerator", "denominator"]].fillna(0)
        twice = cells[["numerator", "denominator"]].transform("sum")
        same = (2 * columns - twice).abs().lt(1e-6).all(axis=1)
        several = frame["numerator"].notna() & (columns["denominator"] > 0) & (cells["stage"].transform("size") > 2)
        found = found or bool((several & same).any())
    return found
