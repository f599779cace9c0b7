"""Which dimensions make the effect of composition: Das Gupta's decomposition of cross-classified data."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rncp_analytics.counts.model import Counts
from rncp_analytics.measures.cells import quotient, sides
from rncp_analytics.measures.decomposition import effect_rows, filled, one_sided
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.rates import CohortStatistic, Statistic
from rncp_analytics.measures.uncertainty import Array

_RATE = "rate"  # beside the factors of composition, that of the rates within the cells
_DRAWS = 500
_SEED = 1955


def decompose_factors(
    counts: Counts,
    *,
    dimension: str,
    group: str,
    reference: str | Sequence[str],
    factors: Sequence[str],
    by: Sequence[str] = (),
    statistic: Statistic | CohortStatistic = "pass_rate",
    confidence: float | None = 0.95,
) -> Estimates:
    """The effect of composition shared between several dimensions, and the effect of rates.

    Parameters
    ----------
    counts : Counts
    dimension, group, reference, by, statistic, confidence
        As in :func:`rncp_analytics.rate_gap`.
    factors : sequence of str
        Dimensions among which the composition is shared: ["candidate_status", "sex", "academie"]. The work doubles
        with each: four or five at most.

    Returns
    -------
    Estimates
        One row per combination of ``by`` × ``factor``: "composition_effect" of each dimension, then "rate_effect",
        whose factor is "rate". The values add exactly to the crude gap; those of composition add to the
        "composition_effect" of :func:`decompose` over the same cells, and the effect of rates is the same. ``reason``
        as in :func:`decompose`.

    Raises
    ------
    CountsError
        As :func:`decompose`.

    Notes
    -----
    Das Gupta (1993), Standardization and Decomposition of Rates, P23-186, chapter 5, for cross-classified data: the
    share of a cell is written as a product of one term per dimension (the geometric mean, over all orders in which
    dimensions are added, of its share within the dimensions already there), then each term's effect is averaged over
    all orders of replacement (Shapley), at the mean of both sides' rates. Averaging the orders of composition and
    rates together would give slightly other figures. Cells of one side: as :func:`decompose`. Interval: normal, with
    the standard error of 500 parametric draws of both sides (multinomial, binomial) with a fixed seed.

    >>> made = decompose_factors(example_counts(), dimension="option", group="B", reference="A", factors=["session"])
    >>> made.frame[["factor", "value"]].to_numpy().tolist()
    [['session', 0.0], ['rate', 0.0]]
    """
    both = sides(
        counts,
        dimension=dimension,
        group=group,
        reference=reference,
        cells=factors,
        by=by,
        statistic=statistic,
        confidence=confidence,
    )
    crude = both.whole.frame
    codes = [pd.factorize(both.cells[name])[0] for name in factors]
    value = np.full((len(factors) + 1, len(crude)), np.nan)
    variance = np.zeros_like(value)
    for row in np.flatnonzero(~crude["reason"].isin(["empty", "no_reference"])):
        kept = both.row == row
        counted = np.stack([both.x[kept], both.n[kept], both.y[kept], both.m[kept]])
        chosen = [code[kept] for code in codes]
        value[:, row] = _contributions(counted[:, None, :], chosen)[:, 0]
        if confidence is not None:
            variance[:, row] = _contributions(_draws(counted), chosen).var(axis=1, ddof=1)
    names = ["composition_effect"] * len(factors) + ["rate_effect"]
    made = [
        effect_rows(
            crude.assign(factor=factor),
            {name: (value[k], variance[k])},
            [*by, "factor"],
            confidence,
            method="das_gupta",
        )
        for k, (factor, name) in enumerate(zip([*factors, _RATE], names, strict=True))
    ]
    order = np.argsort(np.tile(np.arange(len(crude)), len(made)), kind="stable")
    frame = pd.concat(made, ignore_index=True).iloc[order].reset_index(drop=True)
    return replace(both.whole, frame=frame, by=(*by, "factor"), caveats=one_sided(both))


def _contributions(counted: npt.NDArray[Any], codes: Sequence[npt.NDArray[np.intp]]) -> Array:
    """Effects of each factor, then of rates (first axis), from x, n, y, m of shape draws × cells."""
    x, n, y, m = counted
    share, share_reference = n / n.sum(axis=1, keepdims=True), m / m.sum(axis=1, keepdims=True)
    rate, rate_reference = filled(quotient(x, n), quotient(y, m))
    own, other = _terms(share, codes), _terms(share_reference, codes)
    level, every = (rate + rate_reference) / 2, range(len(codes))
    found = []
    for factor in every:
        rest = [k for k in every if k != factor]
        product = sum(
            weight * math.prod((own[k] if k in chosen else other[k] for k in rest), start=np.ones_like(share))
            for chosen, weight in _orders(rest)
        )
        found.append((level * product * (own[factor] - other[factor])).sum(axis=1))
    found.append(((share + share_reference) / 2 * (rate - rate_reference)).sum(axis=1))
    return np.stack(found)


def _orders(rest: Sequence[int]) -> list[tuple[tuple[int, ...], float]]:
    """Sets of factors that may come before another one, with the share of all orders in which each does."""
    size = len(rest) + 1
    return [
        (chosen, math.factorial(length) * math.factorial(size - 1 - length) / math.factorial(size))
        for length in range(size)
        for chosen in itertools.combinations(rest, length)
    ]


def _terms(share: Array, codes: Sequence[npt.NDArray[np.intp]]) -> list[Array]:
    """The share of each cell as a product of one term per factor; all 0 in a cell without anybody."""
    every = range(len(codes))
    there = share > 0
    margins = {
        chosen: np.log(np.where(there, _margin(share, [codes[k] for k in chosen]), 1))
        for length in range(len(codes) + 1)
        for chosen in itertools.combinations(every, length)
    }
    terms = []
    for factor in every:
        logged = np.zeros_like(share)
        for chosen, weight in _orders([k for k in every if k != factor]):
            logged += weight * (margins[tuple(sorted((*chosen, factor)))] - margins[chosen])
        terms.append(np.where(there, np.exp(logged), 0))
    return terms


def _margin(share: Array, codes: Sequence[npt.NDArray[np.intp]]) -> Array:
    """For each cell, the share of all cells that have the same codes."""
    if not codes:
        return np.ones_like(share)
    _, place = np.unique(np.stack(codes), axis=1, return_inverse=True)
    summed = np.zeros((int(place.max()) + 1, len(share)))
    np.add.at(summed, place, share.T)
    return summed[place].T


def _draws(counted: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Both sides drawn again: shape 4 × draws × cells."""
    rng = np.random.default_rng(_SEED)
    drawn = []
    for x, n in (counted[:2], counted[2:]):
        size = rng.multinomial(int(n.sum()), n / n.sum(), size=_DRAWS)
        drawn += [rng.binomial(size, np.nan_to_num(quotient(x, n))), size]
    return np.stack(drawn).astype(float)
