"""Rates at a common composition: direct standardisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, get_args

import numpy as np
import pandas as pd

from rncp_analytics.counts.model import Counts, word
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.cells import grid, quotient, summed, wilson_interval
from rncp_analytics.measures.choices import check_choice
from rncp_analytics.measures.estimates import FEW, Estimates
from rncp_analytics.measures.rates import CohortStatistic, Statistic, numerator_denominator, rates
from rncp_analytics.measures.reference import joined_source, shared_origin

OnEmpty = Literal["refuse", "collapse"]


def standardised_rates(
    counts: Counts,
    *,
    by: Sequence[str],
    cells: Sequence[str],
    standard: Counts,
    statistic: Statistic | CohortStatistic = "pass_rate",
    confidence: float | None = 0.95,
    on_empty: OnEmpty = "refuse",
) -> Estimates:
    """Rate that each group would have with the composition of a standard (direct standardisation).

    P = Σ w p over the cells, w being the cell's share of the standard's candidates, p the group's own rate in it.

    Parameters
    ----------
    counts : Counts
    by : sequence of str
        Dimensions that make the groups; none for the whole.
    cells : sequence of str
        Dimensions whose composition is made equal: ["candidate_status", "sex"].
    standard : Counts
        With the dimensions ``cells`` and the statistic's denominator; joined by key, never by position. Candidates of
        cells that the standard doesn't have weigh nothing.
    statistic, confidence
        As in :func:`rncp_analytics.rates`.
    on_empty : {"refuse", "collapse"}
        What a cell of the standard where a group has nobody does: no figure ("missing_cell"), or the standard is
        reduced to the group's own cells, and ``caveats`` says so: such groups no longer share one composition.

    Returns
    -------
    Estimates
        One row per group: ``value`` is P; ``numerator`` and ``denominator`` are the group's crude counts. ``reason``:
        "empty", "missing_cell", "few".

    Raises
    ------
    CountsError
        A dimension or a column is absent, a dimension is used twice, the standard counts nobody, or ``on_empty`` is
        unknown.
    ComparisonError
        One of the two counts is synthetic and the other real.

    Notes
    -----
    Binomial variance Σ w² p(1−p)/n (Breslow and Day, 1987); interval of Wilson on the number of candidates that would
    give that variance, P(1−P)/variance (the idea of Korn and Graubard, 1998). A cell where everybody passed adds no
    variance, however few they are: hence never on more candidates than 1/Σ(w²/n), what the weights alone leave of them
    (Kish, 1965), which is the group's own number when it has the standard's composition and less otherwise.

    >>> made = standardised_rates(example_counts(), by=["option"], cells=["session"], standard=example_counts())
    >>> made.frame["value"].tolist()
    [0.8, 0.8]
    """
    check_choice(on_empty, get_args(OnEmpty), "une façon de traiter une catégorie vide")
    table = grid(counts, by, cells, _weights(standard, cells, counts, statistic), statistic)
    crude = rates(counts, by=by, statistic=statistic, confidence=None)
    size = len(crude.frame)
    row, x, n, weight = (table[name].to_numpy() for name in ("row", "x", "n", "weight"))
    there = n > 0
    missing = summed(row[~there], weight[~there], size) > 0
    row, x, n = row[there], x[there], n[there]
    share = weight[there] / summed(row, weight[there], size)[row]
    rate = x / n
    used = summed(row, n, size)
    value = np.where(used > 0, np.clip(summed(row, share * rate, size), 0, 1), np.nan)
    variance = summed(row, share**2 * rate * (1 - rate) / n, size)
    if on_empty == "refuse":
        value = np.where(missing, np.nan, value)
    most = quotient(np.ones(size), summed(row, share**2 / n, size))
    effective = np.fmin(quotient(value * (1 - value), variance), most)
    lower, upper = wilson_interval(value, effective, confidence)
    counted = crude.frame["denominator"]
    frame = crude.frame.assign(
        statistic=f"{statistic}_standardised",
        value=value,
        lower=lower,
        upper=upper,
        confidence=np.nan if confidence is None else confidence,
        method="count" if confidence is None else "wilson_effective",
        reason=np.select([counted == 0, np.isnan(value), counted < FEW], ["empty", "missing_cell", "few"], ""),
    )
    reduced = int((missing & (used > 0)).sum()) if on_empty == "collapse" else 0
    return replace(
        crude,
        frame=frame,
        origin=shared_origin(counts, standard),
        source=joined_source(counts.source, standard.source),
        caveats=_standard_caveats(standard, cells, reduced),
    )


def _weights(
    standard: Counts, cells: Sequence[str], counts: Counts, statistic: Statistic | CohortStatistic
) -> pd.DataFrame:
    """The standard's cells that count somebody, with their number of candidates."""
    kind = str(numerator_denominator(counts, statistic)[1].name)
    rolled = standard.by(*cells).frame
    if kind not in rolled or not rolled[kind].sum():
        raise CountsError(
            "Ces comptes ne peuvent pas servir de standard",
            where=f"{word(kind)} : {'personne' if kind in rolled else 'effectif absent'}",
            expected=f"des comptes avec des {word(kind)} par {' × '.join(map(word, cells))}",
        )
    return rolled.loc[rolled[kind] > 0, list(cells)].assign(weight=rolled[kind].astype(float))


def _standard_caveats(standard: Counts, cells: Sequence[str], reduced: int) -> tuple[str, ...]:
    held = " × ".join(map(word, cells))
    told = f"Taux à composition égale ({held}), celle de : {standard.scope.population}, {standard.scope.territory}."
    if not reduced:
        return (told,)
    return told, (
        f"Groupes sans candidat dans une catégorie de cette composition : {reduced} ; leur taux ne porte que sur leurs "
        "propres catégories et se compare mal aux autres."
    )
