"""Gaps between two groups of the same counts, with Newcombe's interval; the gap is always in points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from rncp_analytics.certification.nomenclature import comparable
from rncp_analytics.counts.model import Counts
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import COLUMNS, COMPARISON_COLUMNS, FEW, Estimates
from rncp_analytics.measures.rates import COHORT_RATIOS, RATIOS, CohortStatistic, Statistic, numerator_denominator
from rncp_analytics.measures.uncertainty import newcombe

_SUFFIXES = ("", "_reference")


def rate_gap(
    counts: Counts,
    *,
    dimension: str,
    group: str,
    reference: str | Sequence[str],
    by: Sequence[str] = (),
    statistic: Statistic | CohortStatistic = "pass_rate",
    confidence: float | None = 0.95,
) -> Estimates:
    """Gap of rate between a group and a reference, overall or within the cells of ``by``.

    Parameters
    ----------
    counts : Counts
    dimension : str
        Dimension that tells the two apart: "diploma", "candidate_status", "sex"…
    group, reference : str, str or sequence of str
        Values of that dimension; several references are summed before they are divided.
    by : sequence of str
        Compare within each combination of these dimensions (crude when empty).
    statistic : str
        Which rate (see :func:`rates`).
    confidence : float or None
        Level of the interval; None for a census without interval.

    Returns
    -------
    Estimates
        One row per combination of ``by``: ``value`` is rate(group) - rate(reference), ``estimate`` the
        group's rate. ``reason``: "empty" or "no_reference" when one side is empty, "few" when one side
        has fewer than ``FEW`` candidates in its denominator.

    Raises
    ------
    CountsError
        A dimension is absent, or the group is part of its own reference.
    """
    references = [reference] if isinstance(reference, str) else list(reference)
    if group in references:
        raise CountsError(
            "Un groupe ne peut pas être comparé à lui-même",
            where=f"{dimension} = {group}",
            expected="une référence dont le groupe ne fait pas partie",
        )
    counts = counts.where(**{dimension: [group, *references]})  # the scope then names these candidates alone
    own = _sums(counts.where(**{dimension: group}), by, statistic)
    other = _sums(counts.where(**{dimension: references}), by, statistic)
    pairs = _joined(own, other, by, how="outer").assign(reference=" + ".join(references))
    return _gap(counts, pairs, by, statistic=statistic, confidence=confidence)


def gap_to_rest(
    counts: Counts,
    *,
    dimension: str,
    by: Sequence[str] = ("session",),
    statistic: Statistic | CohortStatistic = "pass_rate",
    confidence: float | None = 0.95,
) -> Estimates:
    """Gap between each group and all the others together: France without itself, never with.

    Parameters
    ----------
    counts : Counts
    dimension : str
        Each of its values is a group: "academie", "candidate_status"…
    by : sequence of str
        The comparison is made within each of these combinations.
    statistic, confidence
        As in :func:`rate_gap`.

    Returns
    -------
    Estimates
        One row per combination of ``by`` × group; ``reference`` is "rest".
    """
    own = _sums(counts, [*by, dimension], statistic)
    pairs = _joined(own, _sums(counts, by, statistic), by, how="left").assign(reference="rest")
    for column in ("x", "n"):
        pairs[f"{column}_reference"] -= pairs[column]
    return _gap(counts, pairs, [*by, dimension], statistic=statistic, confidence=confidence)


def session_change(
    counts: Counts,
    *,
    by: Sequence[str] = (),
    statistic: Statistic | CohortStatistic = "pass_rate",
    confidence: float | None = 0.95,
) -> Estimates:
    """Change of a rate since the session before, refused across a break of the series.

    Parameters
    ----------
    counts : Counts
        With the dimension "session".
    by : sequence of str
        Other dimensions of the groups.
    statistic, confidence
        As in :func:`rate_gap`.

    Returns
    -------
    Estimates
        One row per group × session; ``reference`` is the session before. Across a break (2020 and 2021 exceptional,
        2022 new diplomas and new contrôle) the value is missing and ``reason`` is "break"; it is
        "no_reference" where the session before isn't counted.
    """
    groups = ["session", *by]
    own = _sums(counts, groups, statistic)
    before = own.assign(session=own["session"] + 1)
    pairs = _joined(own, before, groups, how="left").assign(reference=(own["session"] - 1).astype(str))
    made = _gap(counts, pairs, groups, statistic=statistic, confidence=confidence)
    broken = ~made.frame["session"].map(comparable).astype(bool)
    frame = made.frame.assign(reason=made.frame["reason"].mask(broken, "break"))
    frame.loc[broken, ["value", "lower", "upper"]] = np.nan
    return replace(made, frame=frame)


def headcount_change(counts: Counts, *, column: str, by: Sequence[str] = (), base: int | None = None) -> Estimates:
    """Growth of a number of candidates since the session before, or since a named base session.

    Parameters
    ----------
    counts : Counts
        With the dimension "session".
    column : str
        "registered", "present", "passed"…
    by : sequence of str
        Other dimensions of the groups.
    base : int, optional
        Reference session for all; the session before when not given.

    Returns
    -------
    Estimates
        ``numerator``: the change in candidates (may be negative); ``denominator``: the number in the
        reference session; ``value``: their quotient, missing when the reference is empty. No interval.
        A group that the reference session doesn't have is left out.

    Raises
    ------
    CountsError
        The counts have no such column, or no such base session.
    """
    if column not in counts.columns:
        raise CountsError(
            f"Ces comptes n'ont pas l'effectif « {column} »",
            expected=f"un effectif parmi {', '.join(counts.columns)}",
        )
    groups = ["session", *by]
    now = counts.by(*groups).frame[[*groups, column]].rename(columns={column: "now"})
    before = now.rename(columns={"now": "before"})
    if base is None:
        before = before.assign(reference=before["session"].astype(str), session=before["session"] + 1)
        frame = now.merge(before, on=groups)
    else:
        before = before[before["session"] == base].assign(reference=str(base)).drop(columns="session")
        if before.empty:
            raise CountsError(
                f"La session de référence {base} n'est pas dans ces comptes",
                expected=f"l'une des sessions : {', '.join(map(str, sorted(now['session'].unique())))}",
            )
        frame = now.merge(before, on=list(by)) if by else now.merge(before, how="cross")
    change = frame["now"] - frame["before"]
    known = frame["before"] > 0
    frame = frame.assign(
        statistic=f"{column}_growth",
        stage=counts.scope.stage,
        value=change / frame["before"].where(known),
        numerator=change,
        denominator=frame["before"],
        denominator_kind=f"{column}_reference",
        lower=np.nan,
        upper=np.nan,
        confidence=np.nan,
        method="count",
        n_missing=0,
        secrecy="",
        reason=np.where(known, "", "no_reference"),
        reference_numerator=frame["before"],
        reference_denominator=frame["before"],
        estimate=frame["now"],
    )
    made = frame[[*groups, *COLUMNS, *COMPARISON_COLUMNS]]
    return Estimates(made, tuple(groups), counts.scope, counts.origin, counts.source)


def _sums(counts: Counts, by: Sequence[str], statistic: Statistic | CohortStatistic) -> pd.DataFrame:
    """Groups with the numerator x and the denominator n of their rate."""
    rolled = counts.by(*by)
    x, n = numerator_denominator(rolled, statistic)
    return rolled.frame[list(by)].assign(x=x, n=n)


def _joined(
    own: pd.DataFrame, other: pd.DataFrame, by: Sequence[str], *, how: Literal["left", "outer"]
) -> pd.DataFrame:
    """Each group beside its reference; a side that doesn't exist counts nobody."""
    if not by:
        return own.merge(other, how="cross", suffixes=_SUFFIXES)
    pairs = own.merge(other, how=how, on=list(by), suffixes=_SUFFIXES)
    counted = ["x", "n", "x_reference", "n_reference"]
    return pairs.assign(**pairs[counted].fillna(0).astype("int64"))


def _gap(
    counts: Counts,
    pairs: pd.DataFrame,
    by: Sequence[str],
    *,
    statistic: Statistic | CohortStatistic,
    confidence: float | None,
) -> Estimates:
    """Estimates from groups beside their reference: columns x, n, x_reference, n_reference, reference."""
    x, n, y, m = (pairs[c] for c in ("x", "n", "x_reference", "n_reference"))
    rate, rate_reference = x / n.where(n > 0), y / m.where(m > 0)
    lower, upper = np.full(len(pairs), np.nan), np.full(len(pairs), np.nan)
    if confidence is not None:
        lower, upper = newcombe(x, n, y, m, confidence=confidence)
    frame = pairs.assign(
        statistic=f"{statistic}_gap",
        stage=counts.scope.stage,
        value=rate - rate_reference,
        numerator=x,
        denominator=n,
        denominator_kind={**RATIOS, **COHORT_RATIOS}[statistic].denominator,
        lower=lower,
        upper=upper,
        confidence=np.nan if confidence is None else confidence,
        method="count" if confidence is None else "newcombe",
        n_missing=0,
        secrecy="",
        reason=np.select([n == 0, m == 0, (n < FEW) | (m < FEW)], ["empty", "no_reference", "few"], ""),
        reference_numerator=y,
        reference_denominator=m,
        estimate=rate,
    )
    columns = [*by, *COLUMNS, *COMPARISON_COLUMNS]
    return Estimates(frame[columns], tuple(by), counts.scope, counts.origin, counts.source)
