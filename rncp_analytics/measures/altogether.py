"""Secrecy of figures that make no system of sums (histories, pairs of units, adjusted gaps…): all or nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rncp_analytics.measures.estimates import Estimates


def letters(estimates: Estimates, threshold: int) -> pd.Series:
    """Insee's letter of each row: "V" (shown) everywhere, or else "A" (a small number) and "D" (all the others).

    A small number of candidates, from 1 to ``threshold`` − 1, is a denominator, a numerator, their difference, on both
    sides of a comparison. These rows add up, or cross, in ways that no list of sums tells (a share cumulated over
    sessions, a standard, two by two tables of the same candidates): one small number hides the whole table.
    """
    small = _small_numbers(estimates.frame, threshold)
    return pd.Series(np.where(small, "A", "D" if small.any() else "V"), index=estimates.frame.index)


def _small_numbers(frame: pd.DataFrame, threshold: int) -> pd.Series:
    """The rows where a small number of candidates can be read."""
    small = _small(frame["denominator"], threshold) | _small(frame["n_missing"], threshold)
    small |= _small(frame["denominator"] - frame["numerator"] - frame["n_missing"], threshold)
    for x, n in (("numerator", "denominator"), ("reference_numerator", "reference_denominator")):
        if n in frame:
            small |= _small(frame[n], threshold) | _small(frame[x], threshold) | _small(frame[n] - frame[x], threshold)
    return small


def _small(numbers: pd.Series, threshold: int) -> pd.Series:
    size = numbers.abs()
    return (size > 0) & (size < threshold)
