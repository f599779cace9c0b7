"""Means of marks of two sessions: what changed, and whether chance alone would change as much."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rncp_analytics.certification.nomenclature import comparable
from rncp_analytics.counts.model import Counts, word
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import COLUMNS, COMPARISON_COLUMNS, FEW, Estimates
from rncp_analytics.measures.marks import SCALE
from rncp_analytics.measures.welch import Sums, welch

_SUMS = ("marks_sum", "marks_sumsq", "marked")
_CAVEAT = (
    "D'une session à l'autre, les candidats et les sujets ne sont pas les mêmes : un écart de moyenne n'est pas un "
    "écart de niveau."
)


def mean_change(units: Counts, *, by: Sequence[str] = ("unit",), confidence: float | None = 0.95) -> Estimates:
    """Change of the mean mark since the session before, refused across a break of the series.

    The candidates of two sessions are others, and so are the subjects that they were given: a change of the mean is
    no change of level.

    Parameters
    ----------
    units : Counts
        ``units`` of :func:`rncp_analytics.tally`, or an aggregated file, with the dimension "session".
    by : sequence of str
        Other dimensions of the groups.
    confidence : float or None
        Level of Welch's interval; None for a census without interval.

    Returns
    -------
    Estimates
        "mark_mean_gap", one row per group × session: ``value`` = mean − mean of the session before, in points out of
        20; ``estimate`` the mean, ``numerator`` the sum of the marks in points and ``denominator`` their number;
        ``reference`` the session before, with its sum and number. ``reason``: "break" (value missing), "empty" or
        "no_reference" without a mark on one side, "few" under ``FEW`` marks on one side.

    Raises
    ------
    CountsError
        A dimension or a column is not in the counts.

    >>> from dataclasses import replace
    >>> frame = pd.DataFrame({"session": [2024, 2025], "marked": 10, "marks_sum": [2000, 2200]})
    >>> frame = frame.assign(marks_sumsq=[402000, 486000])
    >>> units = replace(example_counts(), frame=frame, dimensions=("session",))
    >>> mean_change(units, by=[]).frame[["session", "reference", "value", "reason"]].to_numpy().tolist()
    [[2024, '2023', nan, 'no_reference'], [2025, '2024', 1.0, '']]
    """
    groups = ["session", *by]
    frame = _beside_the_session_before(units, groups)
    own, before = (Sums(*(frame[f"{name}{end}"] for name in _SUMS)) for end in ("", "_reference"))
    difference, lower, upper = welch(own, before, confidence=confidence or 0.95)
    n, m = frame["marked"], frame["marked_reference"]
    broken = ~frame["session"].map(comparable).astype(bool)
    bare = broken | (confidence is None)
    made = frame.assign(
        statistic="mark_mean_gap",
        stage=units.scope.stage,
        value=np.where(broken, np.nan, difference / SCALE),
        numerator=frame["marks_sum"] / SCALE,
        denominator=n,
        denominator_kind="marked",
        lower=np.where(bare, np.nan, lower / SCALE),
        upper=np.where(bare, np.nan, upper / SCALE),
        confidence=np.nan if confidence is None else confidence,
        method="count" if confidence is None else "welch",
        n_missing=0,
        secrecy="",
        reason=np.select(
            [broken, n == 0, m == 0, (n < FEW) | (m < FEW)], ["break", "empty", "no_reference", "few"], ""
        ),
        reference=(frame["session"] - 1).astype(str),
        reference_numerator=frame["marks_sum_reference"] / SCALE,
        reference_denominator=m,
        estimate=frame["marks_sum"] / SCALE / n.where(n > 0),
    )
    columns = [*groups, *COLUMNS, *COMPARISON_COLUMNS]
    return Estimates(made[columns], tuple(groups), units.scope, units.origin, units.source, (_CAVEAT,))


def _beside_the_session_before(units: Counts, groups: Sequence[str]) -> pd.DataFrame:
    """Sums of each group and, in the columns that end in "_reference", of the same group one session earlier."""
    lacking = [name for name in _SUMS if name not in units.columns]
    if lacking:
        raise CountsError(
            "Ces comptes ne permettent pas de comparer des moyennes",
            where=f"effectifs absents : {', '.join(map(word, lacking))}",
            expected="le nombre des notes, leur somme et celle de leurs carrés, en vingtièmes de point",
        )
    own = units.by(*groups).frame[[*groups, *_SUMS]]
    before = own.assign(session=own["session"] + 1)
    frame = own.merge(before, on=list(groups), how="left", suffixes=("", "_reference"))
    missing = [f"{name}_reference" for name in _SUMS]
    return frame.assign(**frame[missing].fillna(0).astype("int64"))
