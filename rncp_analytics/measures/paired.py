"""CCF against ponctuel for the same candidates: whether both ways of marking agree, school by school."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rncp_analytics.counts.model import Counts, word
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import COLUMNS, COMPARISON_COLUMNS, FEW, Estimates
from rncp_analytics.measures.uncertainty import student
from rncp_analytics.measures.welch import Sums, welch

SCALE = 1000  # means are counted in thousandths of a point
_CAVEAT = (
    "Les épreuves en CCF et en ponctuel ne sont pas les mêmes : un écart ne dit pas à lui seul que la notation diffère."
)
_NEEDED = ("paired", "ccf_sum", "ponctuel_sum", "gap_sumsq")
_SUMS = ("total", "squares", "n")


def mode_gap(modes: Counts, *, by: Sequence[str] = (), confidence: float | None = 0.95) -> Estimates:
    """Mean gap, candidate by candidate, between the mean mark of the CCF units and that of the ponctuel ones.

    Parameters
    ----------
    modes : Counts
        ``modes`` of :func:`rncp_analytics.tally`: candidates with marks of both modes this session. Both means are
        weighted by the coefficients. The units differ between the modes: a gap is no proof of indulgence.
    by : sequence of str
        Dimensions that make the groups: ["school"] for one row per school, none for the whole.
    confidence : float or None
        Level of the interval; None for a census without interval.

    Returns
    -------
    Estimates
        One row per group: ``value`` = mean(CCF − ponctuel), in points out of 20, with Student's interval of the
        differences (paired); ``denominator`` the candidates; ``estimate`` their mean in CCF, ``numerator`` its sum in
        points; ``reference`` "ponctuel", whose sum is ``reference_numerator``. ``reason``: "empty", "few".

    Raises
    ------
    CountsError
        A dimension or a column is not in the counts.
    """
    _require(modes)
    frame = modes.by(*by).frame
    n, ccf, ponctuel = frame["paired"], frame["ccf_sum"], frame["ponctuel_sum"]
    gap, _, lower, upper = student(ccf - ponctuel, frame["gap_sumsq"], n, confidence=confidence or 0.95)
    made = frame.assign(
        statistic="mode_gap",
        stage=modes.scope.stage,
        value=gap / SCALE,
        numerator=ccf / SCALE,
        denominator=n,
        denominator_kind="paired",
        lower=np.nan if confidence is None else lower / SCALE,
        upper=np.nan if confidence is None else upper / SCALE,
        confidence=np.nan if confidence is None else confidence,
        method="count" if confidence is None else "student",
        n_missing=0,
        secrecy="",
        reason=np.select([n == 0, n < FEW], ["empty", "few"], ""),
        reference="ponctuel",
        reference_numerator=ponctuel / SCALE,
        reference_denominator=n,
        estimate=ccf / SCALE / n.where(n > 0),
    )
    columns = [*by, *COLUMNS, *COMPARISON_COLUMNS]
    return Estimates(made[columns], tuple(by), modes.scope, modes.origin, modes.source, (_CAVEAT,))


def mode_gap_to_rest(
    modes: Counts, *, dimension: str = "school", by: Sequence[str] = (), confidence: float | None = 0.95
) -> Estimates:
    """Whether the gap between CCF and ponctuel of each school is that of all the other schools together.

    The two modes mark different units, so the gap differs from zero nearly everywhere; what may tell of a school's
    way of marking is how far its gap stands from the others'.

    Parameters
    ----------
    modes : Counts
        ``modes`` of :func:`rncp_analytics.tally`.
    dimension : str
        Each of its values is a group, faced with all the others, never with itself.
    by : sequence of str
        The comparison is made within each of these combinations.
    confidence : float or None
        Level of Welch's interval; None for a census without interval.

    Returns
    -------
    Estimates
        "mode_gap_to_rest", one row per combination of ``by`` × group: ``value`` = mean(CCF − ponctuel) of the group
        less that of the others, in points out of 20; ``estimate`` the group's own mean gap, ``numerator`` the sum of
        its gaps in points, ``denominator`` its candidates; ``reference`` "rest", with its sum and candidates.
        ``reason``: "empty" or "no_reference" when one side has nobody, "few" when one has fewer than ``FEW``.

    Raises
    ------
    CountsError
        A dimension or a column is not in the counts.

    >>> from dataclasses import replace
    >>> frame = pd.DataFrame({"school": ["0690001B", "0690002C"], "paired": 20, "ccf_sum": [240000, 220000]})
    >>> frame = frame.assign(ponctuel_sum=[210000, 210000], gap_sumsq=[48500000, 7200000])
    >>> modes = replace(example_counts(), frame=frame, dimensions=("school",))
    >>> mode_gap_to_rest(modes).frame[["school", "estimate", "value"]].to_numpy().tolist()
    [['0690001B', 1.5, 1.0], ['0690002C', 0.5, -1.0]]
    """
    _require(modes)
    groups = [*by, dimension]
    frame = modes.by(*groups).frame
    own = pd.DataFrame(
        {"total": frame["ccf_sum"] - frame["ponctuel_sum"], "squares": frame["gap_sumsq"], "n": frame["paired"]}
    )
    together = own.groupby([frame[name] for name in by]) if by else own.groupby(np.zeros(len(own)))
    rest = together.transform("sum") - own
    difference, lower, upper = welch(
        Sums(*(own[name] for name in _SUMS)), Sums(*(rest[name] for name in _SUMS)), confidence=confidence or 0.95
    )
    n, m = own["n"], rest["n"]
    made = frame.assign(
        statistic="mode_gap_to_rest",
        stage=modes.scope.stage,
        value=difference / SCALE,
        numerator=own["total"] / SCALE,
        denominator=n,
        denominator_kind="paired",
        lower=np.nan if confidence is None else lower / SCALE,
        upper=np.nan if confidence is None else upper / SCALE,
        confidence=np.nan if confidence is None else confidence,
        method="count" if confidence is None else "welch",
        n_missing=0,
        secrecy="",
        reason=np.select([n == 0, m == 0, (n < FEW) | (m < FEW)], ["empty", "no_reference", "few"], ""),
        reference="rest",
        reference_numerator=rest["total"] / SCALE,
        reference_denominator=m,
        estimate=own["total"] / SCALE / n.where(n > 0),
    )
    columns = [*groups, *COLUMNS, *COMPARISON_COLUMNS]
    return Estimates(made[columns], tuple(groups), modes.scope, modes.origin, modes.source, (_CAVEAT,))


def _require(modes: Counts) -> None:
    if not set(_NEEDED) <= set(modes.columns):
        raise CountsError(
            "Ces comptes ne comparent pas les CCF aux épreuves ponctuelles",
            expected=f"les effectifs : {', '.join(map(word, _NEEDED))}",
        )
