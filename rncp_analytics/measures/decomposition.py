"""Why two groups differ: the part of a gap that comes from who they are made of, and the part of their rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from rncp_analytics.counts.model import Counts
from rncp_analytics.measures.cells import Sides, normal_interval, quotient, sides
from rncp_analytics.measures.choices import check_choice
from rncp_analytics.measures.estimates import COLUMNS, COMPARISON_COLUMNS, FEW, Estimates
from rncp_analytics.measures.rates import CohortStatistic, Statistic
from rncp_analytics.measures.uncertainty import Array

_NO_VARIANCE = 1e-24  # what rounding leaves of a variance that is 0


class _Effect(NamedTuple):
    """One effect cell by cell, and its derivatives by the shares and by the rates of both sides."""

    value: Array
    by_share: Array
    by_share_reference: Array
    by_rate: Array
    by_rate_reference: Array


class _Structure(NamedTuple):
    """Shares and rates of both sides, cell by cell."""

    share: Array
    share_reference: Array
    rate: Array
    rate_reference: Array


def decompose(
    counts: Counts,
    *,
    dimension: str,
    group: str,
    reference: str | Sequence[str],
    cells: Sequence[str],
    fold: Literal[2, 3] = 2,
    by: Sequence[str] = (),
    statistic: Statistic | CohortStatistic = "pass_rate",
    confidence: float | None = 0.95,
) -> Estimates:
    """The crude gap between a group and a reference as a sum: effect of composition, effect of rates.

    Two-fold: Σ (w₁−w₀)(r₀+r₁)/2 is what the composition explains, Σ (r₁−r₀)(w₀+w₁)/2 what the rates within the cells
    do; w and r are the shares and rates of the cells. Three-fold, seen from the reference: Σ (w₁−w₀) r₀,
    Σ (r₁−r₀) w₀ and their interaction Σ (w₁−w₀)(r₁−r₀).

    Parameters
    ----------
    counts : Counts
    dimension, group, reference, by, statistic, confidence
        As in :func:`rncp_analytics.rate_gap`.
    cells : sequence of str
        Dimensions whose crossing makes the cells: ["candidate_status", "sex"].
    fold : {2, 3}
        Two effects, or three.

    Returns
    -------
    Estimates
        One row per combination of ``by`` × effect: "composition_effect", "rate_effect" and, three-fold,
        "interaction_effect"; their ``value``, in points, add exactly to the gap of :func:`rncp_analytics.rate_gap`,
        whose counts they carry. ``reason``: "empty", "no_reference", "few"; "no_spread" when the effect can't vary
        (no interval). It describes: an effect of composition is no cause.

    Raises
    ------
    CountsError
        As :func:`rncp_analytics.rate_gap`; no cells, a dimension that is used twice, or another number of effects.

    Notes
    -----
    Kitagawa (1955), Journal of the American Statistical Association 50, 1168-1194. A cell that one side doesn't have
    takes the other side's rate, so that its whole effect is one of composition. Interval: delta method, shares being
    multinomial and rates binomial.

    >>> made = decompose(example_counts(), dimension="option", group="B", reference="A", cells=["session"]).frame
    >>> made[["statistic", "value"]].to_numpy().tolist()
    [['composition_effect', 0.0], ['rate_effect', 0.0]]
    """
    both = sides(
        counts,
        dimension=dimension,
        group=group,
        reference=reference,
        cells=cells,
        by=by,
        statistic=statistic,
        confidence=confidence,
    )
    sizes = both.total(both.n), both.total(both.m)
    made = {
        name: (both.total(effect.value), _variance(both, effect, sizes))
        for name, effect in _effects(_structure(both), fold).items()
    }
    return replace(both.whole, frame=effect_rows(both.whole.frame, made, by, confidence), caveats=one_sided(both))


def decompose_cells(
    counts: Counts,
    *,
    dimension: str,
    group: str,
    reference: str | Sequence[str],
    cells: Sequence[str],
    fold: Literal[2, 3] = 2,
    by: Sequence[str] = (),
    statistic: Statistic | CohortStatistic = "pass_rate",
    confidence: float | None = 0.95,
) -> Estimates:
    """The effects of :func:`decompose` cell by cell: they add to those of the whole.

    Parameters
    ----------
    counts, dimension, group, reference, cells, fold, by, statistic, confidence
        As in :func:`decompose`.

    Returns
    -------
    Estimates
        One row per combination of ``by`` × cell × effect. The effect of composition of one cell is positive whenever
        the group has more of it: only the sum over cells tells which way the composition weighs. ``reason``: "few"
        when one side has fewer than ``FEW`` candidates in the cell; "empty", "no_reference" when a whole side is.

    Raises
    ------
    CountsError
        As :func:`decompose`.
    """
    both = sides(
        counts,
        dimension=dimension,
        group=group,
        reference=reference,
        cells=cells,
        by=by,
        statistic=statistic,
        confidence=confidence,
    )
    whole = both.whole.frame["reason"].to_numpy()[both.row]
    few = np.where((both.n < FEW) | (both.m < FEW), "few", "")
    told = both.cells.assign(
        reason=np.where(np.isin(whole, ["empty", "no_reference"]), whole, few),
        confidence=np.nan if confidence is None else confidence,
    )
    apart = both._replace(row=np.arange(len(told)), whole=replace(both.whole, frame=told))
    sizes = both.total(both.n)[both.row], both.total(both.m)[both.row]
    made = {
        name: (effect.value, _variance(apart, effect, sizes))
        for name, effect in _effects(_structure(both), fold).items()
    }
    groups = (*by, *cells)
    return replace(both.whole, frame=effect_rows(told, made, groups, confidence), by=groups, caveats=one_sided(both))


def _structure(both: Sides) -> _Structure:
    own, other = quotient(both.x, both.n), quotient(both.y, both.m)
    share = quotient(both.n, both.total(both.n)[both.row])
    share_reference = quotient(both.m, both.total(both.m)[both.row])
    return _Structure(share, share_reference, *filled(own, other))


def filled(own: Array, other: Array) -> tuple[Array, Array]:
    """Rates of both sides, each taking the other's where it has nobody, and 0 where there is nobody at all."""
    return (
        np.nan_to_num(np.where(np.isnan(own), other, own)),
        np.nan_to_num(np.where(np.isnan(other), own, other)),
    )


def _effects(s: _Structure, fold: Literal[2, 3]) -> dict[str, _Effect]:
    check_choice(fold, (2, 3), "un nombre d'effets")
    shift, change = s.share - s.share_reference, s.rate - s.rate_reference
    if fold == 2:
        level, weight = (s.rate + s.rate_reference) / 2, (s.share + s.share_reference) / 2
        return {
            "composition_effect": _Effect(shift * level, level, -level, shift / 2, shift / 2),
            "rate_effect": _Effect(change * weight, change / 2, change / 2, weight, -weight),
        }
    rate, share, nothing = s.rate_reference, s.share_reference, np.zeros_like(shift)
    return {
        "composition_effect": _Effect(shift * rate, rate, -rate, nothing, shift),
        "rate_effect": _Effect(change * share, nothing, change, share, -share),
        "interaction_effect": _Effect(shift * change, change, -change, shift, -shift),
    }


def _variance(both: Sides, effect: _Effect, sizes: tuple[Array, Array]) -> Array:
    """Variance of the sum of an effect over the cells of each row, out of sides of these sizes (delta method)."""
    # The rate of an absent side is the other side's: so is its derivative.
    by_rate = effect.by_rate + np.where(both.m > 0, 0, effect.by_rate_reference)
    by_rate_reference = effect.by_rate_reference + np.where(both.n > 0, 0, effect.by_rate)
    total = np.zeros(len(both.whole.frame))
    for x, n, by_share, slope, size in (
        (both.x, both.n, effect.by_share, by_rate, sizes[0]),
        (both.y, both.m, effect.by_share_reference, by_rate_reference, sizes[1]),
    ):
        share = np.nan_to_num(quotient(n, size[both.row]))
        mean = both.total(share * by_share)
        elsewhere = np.nan_to_num(quotient(size - both.total(n), size))
        spread = both.total(share * (by_share - mean[both.row]) ** 2) + elsewhere * mean**2
        rate = np.nan_to_num(quotient(x, n))
        total += np.nan_to_num(quotient(spread, size))
        total += both.total(np.nan_to_num(quotient(slope**2 * rate * (1 - rate), n)))
    return total


def effect_rows(
    frame: pd.DataFrame,
    made: Mapping[str, tuple[Array, Array]],
    by: Sequence[str],
    confidence: float | None,
    *,
    method: Literal["kitagawa", "das_gupta"] = "kitagawa",
) -> pd.DataFrame:
    """Rows of each effect beside the counts of the gap that they explain, effect after effect within a group."""
    parts = []
    unknown = frame["reason"].isin(["empty", "no_reference"]).to_numpy()
    for name, (effect, variance) in made.items():
        value = np.where(unknown, np.nan, effect)
        lower, upper = normal_interval(value, np.where(variance > _NO_VARIANCE, variance, np.nan), confidence)
        fixed = (frame["reason"] == "") & np.isnan(lower) & (confidence is not None)
        parts.append(
            frame.assign(
                statistic=name,
                value=value,
                lower=lower,
                upper=upper,
                method=method,
                reason=frame["reason"].mask(fixed, "no_spread"),
            )
        )
    order = np.argsort(np.tile(np.arange(len(frame)), len(parts)), kind="stable")
    together = pd.concat(parts, ignore_index=True).iloc[order]
    return together[[*by, *COLUMNS, *COMPARISON_COLUMNS]].reset_index(drop=True)


def one_sided(both: Sides) -> tuple[str, ...]:
    """The caveat on the cells that one side doesn't have, if there are some."""
    alone = int(((both.n > 0) != (both.m > 0)).sum())
    told = f"Catégories qui n'existent que d'un côté : {alone} ; leur effet est compté tout entier dans la composition."
    return (told,) if alone else ()
