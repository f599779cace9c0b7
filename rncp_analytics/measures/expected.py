"""Observed against expected: what each group's composition would lead to expect (indirect standardisation)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from rncp_analytics.counts.model import Counts
from rncp_analytics.measures.cells import grid, quotient, summed, wilson_interval
from rncp_analytics.measures.estimates import COLUMNS, COMPARISON_COLUMNS, FEW, Estimates
from rncp_analytics.measures.rates import CohortStatistic, Statistic, numerator_denominator, rates
from rncp_analytics.measures.reference import Difference, accept, joined_source, scope_differences, shared_origin
from rncp_analytics.measures.uncertainty import Array


def observed_expected(
    counts: Counts,
    *,
    by: Sequence[str],
    cells: Sequence[str],
    reference: Counts,
    statistic: Statistic | CohortStatistic = "pass_rate",
    confidence: float | None = 0.95,
    leave_out: bool = False,
    despite: Sequence[Difference] = (),
) -> Estimates:
    """Observed rate of each group against the one that its composition would lead to expect (indirect standardisation).

    O is the group's number of admis (or numerator), E = Σ n p over its cells, p being the reference's rate in the cell.

    Parameters
    ----------
    counts : Counts
    by : sequence of str
        Dimensions that make the groups: ["academie"].
    cells : sequence of str
        Dimensions of the composition, in both counts.
    reference : Counts
        Where the rates of the cells come from; joined by key.
    statistic, confidence
        As in :func:`rncp_analytics.rates`.
    leave_out : bool
        Take each group's own candidates out of the reference, which then has the dimensions ``by`` too: the others
        alone say what to expect.
    despite : sequence of {"stage", "territory", "population", "denominator", "nomenclature"}
        Differences between the two scopes that the caller accepts; ``caveats`` names them.

    Returns
    -------
    Estimates
        Three rows per group. "…_expected_gap": (O − E)/n in points; ``estimate`` is O/n, ``reference_numerator`` E;
        ``p_value`` that of z = (O − E)/√Σ n p(1−p). "observed_expected_ratio": O/E. "reliability": the share of the
        spread of these gaps between groups that is not chance, for a group of this size, from 0 to 1. ``reason``:
        "empty", "few"; "no_reference" when the reference has nobody in a cell of the group; "no_spread" when nobody
        was expected to pass (ratio) or nothing varies (reliability); "one_group" with fewer than two groups.

    Raises
    ------
    CountsError
        A dimension or a column is absent or used twice.
    ComparisonError
        The scopes differ in a way that was not asked for, or one of the two is synthetic and the other real.

    Notes
    -----
    Breslow and Day (1987). The expected number is taken as known. Interval: Wilson's on n × E(1−E/n)/Σ n p(1−p)
    candidates, so that it leaves 0 out exactly when the test does. Reliability λ = τ²/(τ² + s²) with s² = Σ n p(1−p)/n²
    (Goldstein and Spiegelhalter, 1996) and τ² by the moments of DerSimonian and Laird (1986) over all groups returned.

    >>> counts = example_counts()
    >>> made = observed_expected(counts, by=["option"], cells=["session"], reference=counts).frame
    >>> [round(gap, 6) for gap in made.loc[made["statistic"] == "pass_rate_expected_gap", "value"]]
    [0.0, 0.0]
    """
    caveats = accept(scope_differences(counts.scope, reference.scope), despite)
    origin = shared_origin(counts, reference)
    crude = rates(counts, by=by, statistic=statistic, confidence=confidence)
    size = len(crude.frame)
    table = grid(counts, by, cells, _reference(reference, cells, statistic), statistic, how="left")
    row, n = table["row"].to_numpy(), table["n"].to_numpy()
    passed, present = table["x_reference"].to_numpy(float), table["n_reference"].to_numpy(float)
    if leave_out:
        own = table[[*by, *cells]].merge(_reference(reference, [*by, *cells], statistic), how="left").fillna(0)
        passed, present = passed - own["x_reference"].to_numpy(), present - own["n_reference"].to_numpy()
    rate = np.where(n > 0, quotient(passed, present), 0)
    n_group = crude.frame["denominator"].to_numpy(float)
    expected = summed(row, n * rate, size)
    variance = summed(row, n * rate * (1 - rate), size)
    gaps = _expected_gap(crude, expected, variance, statistic, confidence)
    level = quotient(expected, n_group)
    bounds = {name: quotient(gaps[name].to_numpy(float) + level, level) for name in ("lower", "upper")}
    ratio = gaps.assign(
        statistic="observed_expected_ratio", value=quotient(gaps["numerator"].to_numpy(float), expected), **bounds
    )
    ratio["reason"] = ratio["reason"].mask(expected == 0, "no_spread").where(n_group > 0, "empty")
    frame = pd.concat([gaps, ratio, _reliability(gaps, quotient(variance, n_group**2))], ignore_index=True)
    order = np.argsort(np.tile(np.arange(size), 3), kind="stable")
    columns = [*by, *COLUMNS, *COMPARISON_COLUMNS, "p_value"]
    return replace(
        crude,
        frame=frame.iloc[order][columns].reset_index(drop=True),
        origin=origin,
        source=joined_source(counts.source, reference.source),
        caveats=caveats,
    )


def _expected_gap(
    crude: Estimates, expected: Array, variance: Array, statistic: str, confidence: float | None
) -> pd.DataFrame:
    from scipy.stats import norm  # type: ignore[import-untyped]

    frame = crude.frame
    observed, n = frame["numerator"].to_numpy(float), frame["denominator"].to_numpy(float)
    rate, level = quotient(observed, n), quotient(expected, n)
    effective = np.where(variance > 0, n * quotient(expected * (1 - level), variance), n)
    lower, upper = wilson_interval(np.where(np.isnan(level), np.nan, rate), effective, confidence)
    # When the reference leaves no chance at all, the group agrees with it or contradicts it.
    certain = np.where(np.isclose(observed, expected), 1.0, 0.0)
    z = quotient(observed - expected, np.sqrt(variance))
    p_value = np.where(variance > 0, 2 * norm.sf(np.abs(z)), np.where(np.isnan(level), np.nan, certain))
    reason = np.select([n == 0, np.isnan(level), n < FEW], ["empty", "no_reference", "few"], "")
    return frame.assign(
        statistic=f"{statistic}_expected_gap",
        value=rate - level,
        lower=lower - level,
        upper=upper - level,
        method="count" if confidence is None else "wilson_effective",
        reason=reason,
        reference="expected",
        reference_numerator=expected,
        reference_denominator=n,
        estimate=rate,
        p_value=p_value,
    )


def _reliability(gaps: pd.DataFrame, variance: Array) -> pd.DataFrame:
    """Rows of the reliability, from the gaps of the groups and their variances."""
    gap = gaps["value"].to_numpy(float)
    known = np.isfinite(gap) & (variance > 0)
    weight = 1 / variance[known]
    value = np.full(len(gaps), np.nan)
    if known.sum() > 1:
        mean = np.average(gap[known], weights=weight)
        excess = np.sum(weight * (gap[known] - mean) ** 2) - (known.sum() - 1)
        between = max(0.0, excess / (weight.sum() - np.sum(weight**2) / weight.sum()))
        value = quotient(np.full(len(gaps), between), between + variance)
    unmade = "one_group" if np.isfinite(gap).sum() < 2 else "no_spread"
    reason = gaps["reason"].mask(np.isnan(value) & gaps["value"].notna().to_numpy(), unmade)
    nothing = dict.fromkeys(("lower", "upper", "confidence", "p_value"), np.nan)
    made = gaps.assign(statistic="reliability", value=value, reason=reason, **nothing)
    return made.assign(method="dersimonian_laird")


def _reference(reference: Counts, cells: Sequence[str], statistic: Statistic | CohortStatistic) -> pd.DataFrame:
    rolled = reference.by(*cells)
    x, n = numerator_denominator(rolled, statistic)
    return rolled.frame[list(cells)].assign(x_reference=x, n_reference=n)
