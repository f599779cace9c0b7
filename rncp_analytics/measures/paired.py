"""CCF against ponctuel for the same candidates: whether both ways of marking agree, school by school."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rncp_analytics.counts.model import Counts
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import COLUMNS, COMPARISON_COLUMNS, FEW, Estimates
from rncp_analytics.measures.uncertainty import student

SCALE = 1000  # means are counted in thousandths of a point
_CAVEAT = (
    "Les épreuves en CCF et en ponctuel ne sont pas les mêmes : un écart ne dit pas à lui seul que la notation diffère."
)
_NEEDED = ("paired", "ccf_sum", "ponctuel_sum", "gap_sumsq")


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
    if not set(_NEEDED) <= set(modes.columns):
        raise CountsError(
            "Ces comptes ne comparent pas les CCF aux épreuves ponctuelles",
            expected=f"les colonnes {', '.join(_NEEDED)}",
        )
    rolled = modes.by(*by)
    frame = rolled.frame
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
