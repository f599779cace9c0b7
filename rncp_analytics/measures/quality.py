"""How far the data can be trusted: what is missing, where jury and marks differ, whether everybody is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from rncp_analytics.counts.model import Counts
from rncp_analytics.counts.tally import UNKNOWN
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import COLUMNS, Estimates
from rncp_analytics.measures.reference import joined_source, shared_origin

COVERED = ("registered", "present", "passed")


def missing_shares(missing: Counts, *, by: Sequence[str] = ("column",)) -> Estimates:
    """Share of the candidates of whom a column says nothing.

    Parameters
    ----------
    missing : Counts
        From :func:`rncp_analytics.missing_values`.
    by : sequence of str
        "column" among them, since each candidate stands once in each column.

    Returns
    -------
    Estimates
        "missing_share", one row per group, over ``registered``. No interval: a description.

    Raises
    ------
    CountsError
        "column" is not among the groups.
    """
    if "column" not in by:
        raise CountsError("Les colonnes ne se somment pas", expected="by avec « column »")
    return _counted(missing, by, "missing_share", "missing", missing.by(*by).frame["registered"])


def jury_differences(jury: Counts) -> Estimates:
    """Candidates by the outcome of their marks and that of the jury.

    Parameters
    ----------
    jury : Counts
        From :func:`rncp_analytics.jury_and_marks`.

    Returns
    -------
    Estimates
        "jury_share", one row per pair of outcomes: ``numerator`` over all those with a result of the jury.
    """
    number = jury.frame["registered"]
    total = pd.Series(number.sum(), index=number.index)
    return _counted(jury, ("computed", "decided"), "jury_share", "registered", total)


def coverage(outcomes: Counts, *, published: Counts, by: Sequence[str] = ("session", "option")) -> Estimates:
    """Whether a cohort holds all the candidates that were counted in the same académies.

    Parameters
    ----------
    outcomes : Counts
        ``outcomes`` of :func:`rncp_analytics.tally`, with "academie" and ``by``.
    published : Counts
        From :func:`rncp_analytics.national_counts`.
    by : sequence of str
        Dimensions of both.

    Returns
    -------
    Estimates
        "registered_coverage", "present_coverage", "passed_coverage" for each group: ``numerator`` the cohort's
        number, ``denominator`` the published one, ``value`` their quotient, which may exceed 1. ``reason``:
        "no_reference" where nothing is published. No interval: both are full counts. Candidates whose académie is
        unknown are left out, and ``caveats`` says so.

    Raises
    ------
    CountsError
        A dimension is missing on one side.
    ComparisonError
        Synthetic candidates beside real ones.
    """
    shared_origin(outcomes, published)
    every = set(outcomes.frame["academie"])
    places = sorted(every - {UNKNOWN})
    ours = outcomes.where(academie=places).by(*by).frame
    theirs = published.where(academie=places).by(*by).frame
    pairs = ours.merge(theirs, on=list(by), how="left", suffixes=("", "_published"))
    frames = []
    for column in COVERED:
        whole = pairs[f"{column}_published"]
        known = whole > 0
        frames.append(
            pairs[list(by)].assign(
                **_row(outcomes),
                statistic=f"{column}_coverage",
                value=pairs[column] / whole.where(known),
                numerator=pairs[column],
                denominator=whole,
                denominator_kind=f"{column}_published",
                reason=np.where(known, "", "no_reference"),
            )
        )
    frame = pd.concat(frames, ignore_index=True)[[*by, *COLUMNS]]
    source = joined_source(outcomes.source, published.source)
    caveats = ("Les candidats dont l'académie est inconnue ne sont pas dans ce tableau.",) if UNKNOWN in every else ()
    return Estimates(frame, tuple(by), outcomes.scope, outcomes.origin, source, caveats)


def _counted(counts: Counts, by: Sequence[str], statistic: str, column: str, whole: pd.Series[Any]) -> Estimates:
    frame = counts.by(*by).frame
    made = frame.assign(
        **_row(counts),
        statistic=statistic,
        value=frame[column] / whole.where(whole > 0),
        numerator=frame[column],
        denominator=whole,
        denominator_kind="registered",
        reason=np.where(whole > 0, "", "empty"),
    )
    return Estimates(made[[*by, *COLUMNS]], tuple(by), counts.scope, counts.origin, counts.source)


def _row(counts: Counts) -> dict[str, Any]:
    """What is the same in every row of a description."""
    return {
        "stage": counts.scope.stage,
        "lower": np.nan,
        "upper": np.nan,
        "confidence": np.nan,
        "method": "count",
        "n_missing": 0,
        "secrecy": "",
    }
