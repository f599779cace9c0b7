"""Marks per épreuve: mean, deviation, shares, distribution; why the refused were refused; what decides for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from rncp_analytics.cohort.marksheet import PROJECT
from rncp_analytics.counts.model import Counts
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import COLUMNS, FEW, Estimates
from rncp_analytics.measures.rates import COHORT_RATIOS, CohortStatistic, rates
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
        ``units`` of :func:`rncp_analytics.tally`, or the counts of an aggregated file
        (:func:`rncp_analytics.counts.aggregated.read_aggregated`), which say less: neither squares nor classes.
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
        ``reason``: "empty" without a mark, "few" under ``FEW`` marks. Without ``marks_sumsq`` the mean has no interval
        and ``mark_sd`` no value; without the classes of marks ``share_below_8`` has none: reason "not_counted".

    Raises
    ------
    CountsError
        A dimension, ``marked``, ``marks_sum`` or ``at_least_10`` is not in the counts.
    """
    asked = [name for name in UNIT_SHARES if name != "share_below_8" or _counted(units, name)]
    asked += ["unit_absence_rate"] if _counted(units, "unit_absence_rate") else []
    shares = rates(units, by=by, statistic=asked, confidence=confidence)
    if "marks_sum" not in units.columns:
        raise CountsError(
            "Ces comptes ne permettent pas de calculer une moyenne",
            expected="la somme des notes, en vingtièmes de point",
        )
    rows = units.by(*by).frame
    parts = _means(rows, list(by), confidence)
    if "share_below_8" not in asked:
        parts.append(_uncounted(rows, list(by), "share_below_8"))
    columns = [*by, *COLUMNS]
    told = {"stage": units.scope.stage, "denominator_kind": "marked", "n_missing": 0, "secrecy": ""}
    frames = [*(part.assign(denominator=rows["marked"], **told) for part in parts), shares.frame]
    together = pd.concat(
        [f[columns].astype({"numerator": float, "confidence": float}) for f in frames], ignore_index=True
    )
    order = together.groupby(list(by), sort=True).ngroup() if by else pd.Series(0, index=together.index)
    together = together.assign(_group=order).sort_values("_group", kind="stable", ignore_index=True)
    return replace(shares, frame=together[columns])


def _counted(units: Counts, statistic: CohortStatistic) -> bool:
    ratio = COHORT_RATIOS[statistic]
    return {*ratio.numerator, ratio.denominator} <= set(units.columns)


def _means(rows: pd.DataFrame, by: list[str], confidence: float | None) -> list[pd.DataFrame]:
    """Rows of ``mark_mean`` and ``mark_sd``."""
    n = rows["marked"]
    known = np.select([n == 0, n < FEW], ["empty", "few"], "")
    mean: dict[str, Any] = {"statistic": "mark_mean", "numerator": rows["marks_sum"] / SCALE, "reason": known}
    nothing: dict[str, Any] = {"lower": np.nan, "upper": np.nan, "confidence": np.nan, "method": "count"}
    if "marks_sumsq" not in rows:
        without = rows[by].assign(**mean, **nothing, value=mean["numerator"] / n.where(n > 0))
        return [without, _uncounted(rows, by, "mark_sd")]
    sums = student(rows["marks_sum"], rows["marks_sumsq"], n, confidence=0.95 if confidence is None else confidence)
    value, deviation, lower, upper = (values / SCALE for values in sums)
    if confidence is not None:
        bounds = {"lower": np.clip(lower, 0, 20), "upper": np.clip(upper, 0, 20)}
        means = rows[by].assign(**mean, **bounds, value=value, confidence=confidence, method="student")
    else:
        means = rows[by].assign(**mean, **nothing, value=value)
    spread: dict[str, Any] = {"statistic": "mark_sd", "numerator": np.nan, "reason": known, "value": deviation}
    return [means, rows[by].assign(**spread, **nothing)]


def _uncounted(rows: pd.DataFrame, by: list[str], statistic: str) -> pd.DataFrame:
    """Rows of a statistic that the source doesn't carry."""
    missing = dict.fromkeys(("value", "numerator", "lower", "upper", "confidence"), np.nan)
    reason = np.where(rows["marked"] == 0, "empty", "not_counted")
    return rows[by].assign(**missing, statistic=statistic, method="count", reason=reason)


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
        ``units`` of :func:`rncp_analytics.tally`. The project, which is no block, is left out.
    by, confidence
        As in :func:`unit_marks`.
    """
    if "unit" in units.dimensions:
        units = replace(units, frame=units.frame[units.frame["unit"] != PROJECT])
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
