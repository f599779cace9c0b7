"""Whether a rate rises or falls over comparable sessions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from rncp_analytics.certification.nomenclature import comparable
from rncp_analytics.counts.model import Counts
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import COLUMNS, FEW, Estimates
from rncp_analytics.measures.families import adjusted_p
from rncp_analytics.measures.rates import COHORT_RATIOS, RATIOS, CohortStatistic, Statistic, numerator_denominator
from rncp_analytics.measures.uncertainty import wilson

PERIOD = ("first_session", "last_session")


def trend(
    counts: Counts,
    *,
    by: Sequence[str] = (),
    statistic: Statistic | CohortStatistic = "pass_rate",
    confidence: float | None = 0.95,
) -> Estimates:
    """Slope of a rate over the last run of comparable sessions, with the Cochran-Armitage test.

    Nothing is fitted across a break of the series: sessions before the last one are left out.

    Parameters
    ----------
    counts : Counts
        With the dimension "session". For an earlier run, give the counts of its sessions alone.
    by : sequence of str
        Other dimensions of the groups.
    statistic : str
        Which rate (see :func:`rates`).
    confidence : float or None
        Level of the interval; None for a census without interval nor test.

    Returns
    -------
    Estimates
        One row per group, named also by its ``first_session`` and ``last_session`` with candidates. ``value``: the
        mean change of the rate from a session to the next, as a proportion; over two sessions it is their gap.
        ``numerator``, ``denominator``: sums over the sessions. ``p_adjusted``: Benjamini-Hochberg over the groups.
        ``reason``: "empty" without candidates, "one_group" with a single session, "no_spread" when nobody or everybody
        passed (value missing); "few" when a session has fewer than ``FEW`` candidates.

    Raises
    ------
    CountsError
        No session, more successes than candidates, an impossible level, or a dimension or a column is missing.

    Notes
    -----
    With x of n candidates in session s, p = Σx / Σn, T = Σ s (x − n p) and S = Σ n s² − (Σ n s)² / Σn: the slope
    T / S is that of the least squares over candidates; T² / (p (1 − p) S) follows χ² with one degree of freedom when
    nothing moves. The interval is slope ± z √(p (1 − p) / S), within −1 to 1, so it excludes 0 exactly when the
    test rejects.
    Cochran (1954), Biometrics 10, 417-451; Armitage (1955), Biometrics 11, 375-386.

    Examples
    --------
    >>> trend(example_counts()).frame[["last_session", "denominator", "reason"]].to_numpy().tolist()
    [[2025, 30, 'one_group']]
    """
    from scipy.stats import norm  # type: ignore[import-untyped]

    rolled = counts.by("session", *by)
    x, n = numerator_denominator(rolled, statistic)
    if rolled.frame.empty:
        raise CountsError("Aucune session à suivre", expected="des comptes d'au moins une session")
    wilson(x, n, confidence=0.95 if confidence is None else confidence)  # refuses impossible counts and levels
    groups = _sums(rolled.frame[["session", *by]].assign(x=x, n=n), by)
    rate = groups["x"] / groups["n"].where(groups["n"] > 0)
    variance = (rate * (1 - rate)).where(lambda v: v > 0) / groups["spread"]
    slope = (groups["moment"] / groups["spread"]).where(variance.notna())
    half = np.nan if confidence is None else norm.ppf((1 + confidence) / 2) * np.sqrt(variance)
    made = groups.assign(
        statistic=f"{statistic}_trend",
        stage=counts.scope.stage,
        value=slope,
        numerator=groups["x"],
        denominator=groups["n"],
        denominator_kind={**RATIOS, **COHORT_RATIOS}[statistic].denominator,
        lower=(slope - half).clip(lower=-1),
        upper=(slope + half).clip(upper=1),
        confidence=np.nan if confidence is None else confidence,
        method="count" if confidence is None else "cochran_armitage",
        n_missing=0,
        secrecy="",
        reason=np.select(
            [groups["n"] == 0, groups["sessions"] < 2, variance.isna(), groups["smallest"] < FEW],
            ["empty", "one_group", "no_spread", "few"],
            "",
        ),
        p_value=np.nan if confidence is None else 2 * norm.sf(np.abs(slope) / np.sqrt(variance)),
    )
    names = (*by, *PERIOD)
    columns = [*names, *COLUMNS, "p_value"]
    return adjusted_p(Estimates(made[columns], names, counts.scope, counts.origin, counts.source))


def _sums(series: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """One row per group: sums over the last run of sessions, T ("moment") and S ("spread", missing for one session)."""
    start, last = _last_run(series["session"])
    series = series.assign(**series[["x", "n"]].where(series["session"] >= start, 0))
    x, n, s = series["x"], series["n"], series["session"] - start  # small scores: the sums stay exact
    series = series.assign(xs=x * s, ns=n * s, nss=n * s * s, seen=series["session"].where(n > 0), some=n.where(n > 0))
    cells: Any = series.groupby(list(by) if by else np.zeros(len(series)), sort=True)
    made: pd.DataFrame = (
        cells[["x", "n", "xs", "ns", "nss"]]
        .sum()
        .assign(
            sessions=cells["seen"].count(),
            smallest=cells["some"].min(),
            first_session=cells["seen"].min().fillna(start).astype("int64"),
            last_session=cells["seen"].max().fillna(last).astype("int64"),
        )
    )
    size = made["n"].where(made["sessions"] > 1)
    made = made.assign(
        moment=made["xs"] - made["x"] * (made["ns"] / size),  # products of two sums pass 2**63
        spread=made["nss"] - made["ns"] * (made["ns"] / size),
    )
    return made.reset_index(drop=not by)


def _last_run(sessions: pd.Series[Any]) -> tuple[int, int]:
    """First and last session of the last run without a break."""
    first, last = int(sessions.min()), int(sessions.max())
    start = last
    while start > first and comparable(start):
        start -= 1
    return start, last
