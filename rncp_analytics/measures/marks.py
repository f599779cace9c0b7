"""Marks per épreuve: mean, deviation, shares, distribution; why the refused were refused; what decides for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from rncp_analytics.counts.model import Counts
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import COLUMNS, FEW, Estimates
from rncp_analytics.measures.rates import CohortStatistic, rates
from rncp_analytics.measures.uncertainty import student

SCALE = 20  # marks are counted in twentieths of a point, shown out of 20
UNIT_SHARES: tuple[CohortStatistic, ...] = ("share_below_8", "share_below_10", "unit_pass_rate")
MARK_STATISTICS = ("mark_mean", "mark_sd", *UNIT_SHARES)
MARK_CLASSES: tuple[CohortStatistic, ...] = (
    "class_0_5", "class_5_8", "class_8_10", "class_10_12", "class_12_14", "class_14_16", "class_16_20",
)  # fmt: skip
REFUSAL_SHARES: tuple[CohortStatistic, ...] = (
    "absence_share", "mean_below_8_share", "professional_below_10_share", "after_control_share", "partial_share",
    "other_reason_share",
)  # fmt: skip


def unit_marks(units: Counts, *, by: Sequence[str] = ("unit",), confidence: float | None = 0.95) -> Estimates:
    """Mean, standard deviation and shares of the marks of this session.

    Parameters
    ----------
    units : Counts
        ``units`` of :func:`rncp_analytics.tally`, or an aggregated file with the same columns: nothing else is needed.
    by : sequence of str
        Dimensions that make the groups; without "unit" the marks of all units are put together, unweighted.
    confidence : float or None
        Level of the intervals; None for a census without interval.

    Returns
    -------
    Estimates
        One row per group × statistic of ``MARK_STATISTICS``, whose denominator is ``marked``, and where absences are
        counted "unit_absence_rate": absents, justified or not, over ``registered``. ``mark_mean``:
        out of 20, ``numerator`` the sum of the marks in points, Student's interval within 0 to 20.
        ``mark_sd``: standard deviation in points (n − 1), without numerator nor interval. ``share_below_8``,
        ``share_below_10``, ``unit_pass_rate`` ("part des notes ≥ 10"): proportions, Wilson's interval.
        ``reason``: "empty" without a mark, "few" under ``FEW`` marks.

    Raises
    ------
    CountsError
        A dimension or a column is not in the counts.
    """
    known = {"registered", "absent", "absent_justified"} <= set(units.columns)
    asked = (*UNIT_SHARES, "unit_absence_rate") if known else UNIT_SHARES
    shares = rates(units, by=by, statistic=asked, confidence=confidence)
    rolled = units.by(*by)
    needed = [name for name in ("marks_sum", "marks_sumsq") if name not in rolled.columns]
    if needed:
        raise CountsError(
            "Ces comptes ne permettent pas de calculer une moyenne",
            where=f"effectifs absents : {', '.join(needed)}",
            expected="la somme des notes et celle de leurs carrés, en vingtièmes de point",
        )
    frame = rolled.frame
    n = frame["marked"]
    mean, deviation, lower, upper = (
        values / SCALE for values in student(frame["marks_sum"], frame["marks_sumsq"], n, confidence=confidence or 0.95)
    )
    told: dict[str, Any] = {
        "stage": units.scope.stage,
        "denominator": n,
        "denominator_kind": "marked",
        "confidence": np.nan,
        "n_missing": 0,
        "secrecy": "",
        "reason": np.select([n == 0, n < FEW], ["empty", "few"], ""),
    }
    nothing = {"lower": np.nan, "upper": np.nan}
    bounds = {"lower": np.clip(lower, 0, 20), "upper": np.clip(upper, 0, 20), "confidence": confidence}
    means = frame[list(by)].assign(
        **{**told, **(nothing if confidence is None else bounds)},
        statistic="mark_mean",
        value=mean,
        numerator=frame["marks_sum"] / SCALE,
        method="count" if confidence is None else "student",
    )
    spread = frame[list(by)].assign(
        **told, **nothing, statistic="mark_sd", value=deviation, numerator=np.nan, method="count"
    )
    columns = [*by, *COLUMNS]
    parts = [part[columns].astype({"numerator": float, "confidence": float}) for part in (means, spread, shares.frame)]
    together = pd.concat(parts, ignore_index=True)
    order = together.groupby(list(by), sort=True).ngroup() if by else pd.Series(0, index=together.index)
    together = together.assign(_group=order).sort_values("_group", kind="stable", ignore_index=True)
    return replace(shares, frame=together[columns])


def mark_classes(units: Counts, *, by: Sequence[str] = ("unit",)) -> Estimates:
    """Distribution of the marks of this session: one row per group × class of ``MARK_CLASSES``, shares of ``marked``.

    The lower bound is in the class, 20 in the last one; the shares of a group add to 1. No interval: a description.
    """
    return rates(units, by=by, statistic=MARK_CLASSES, confidence=None)


def acquired_rate(units: Counts, *, by: Sequence[str] = ("unit",), confidence: float | None = 0.95) -> Estimates:
    """Of those without the diploma and not exempt of the unit, who acquired it: by its mark, kept, or by VAE.

    Parameters
    ----------
    units : Counts
        ``units`` of :func:`rncp_analytics.tally`.
    by, confidence
        As in :func:`unit_marks`.
    """
    return rates(units, by=by, statistic="acquired_rate", confidence=confidence)


def refusal_reasons(outcomes: Counts, *, by: Sequence[str] = ()) -> Estimates:
    """Why the refused were refused: one row per group × motif of ``REFUSAL_SHARES``, shares of ``refused``.

    The motifs exclude one another: their numerators add to the refused. No interval: a description.

    Parameters
    ----------
    outcomes : Counts
        ``outcomes`` of :func:`rncp_analytics.tally`.
    by : sequence of str
        Dimensions that make the groups; none for the whole.
    """
    return rates(outcomes, by=by, statistic=REFUSAL_SHARES, confidence=None)


def pivot_shares(pivots: Counts, *, by: Sequence[str] = ("unit", "kind")) -> Estimates:
    """Of the refused, for how many 10 in this unit alone would decide (it changes the result; it explains nothing).

    Parameters
    ----------
    pivots : Counts
        ``pivots`` of :func:`rncp_analytics.tally`.
    by : sequence of str
        "unit" and "kind" among them: each refused candidate stands once in each unit and kind.

    Raises
    ------
    CountsError
        "unit" or "kind" is missing: the refused would be counted several times.
    """
    if not {"unit", "kind"} <= set(by):
        raise CountsError("Une part de refusés ne se somme pas sur les unités", expected="by avec « unit » et « kind »")
    return rates(pivots, by=by, statistic="pivot_share", confidence=None)
