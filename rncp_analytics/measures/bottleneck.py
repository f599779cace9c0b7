"""Where the diploma is lost, unit by unit: marks under 10, and for whom this unit alone decides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rncp_analytics.counts.model import Counts, word
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import COLUMNS, COMPARISON_COLUMNS, FEW, Estimates
from rncp_analytics.measures.marks import SCALE
from rncp_analytics.measures.rates import rates
from rncp_analytics.measures.uncertainty import student, wilson

PIVOT_SHARES = {"pivot_mean": "pivot_mean_share", "pivot_control": "pivot_control_share"}
BOTTLENECK_STATISTICS = ("share_below_10", *PIVOT_SHARES.values(), "points_missing", "pass_rate_gain")
_PIVOTS = ("refused", "pivotal", "below_10", "missing_sum", "missing_sumsq")
_OUTCOMES = ("present", "passed")
_CAVEAT = (
    "Constat, pas une cause : on relève une seule note à 10, toutes les autres inchangées. Un même candidat peut être "
    "compté dans plusieurs unités : les gains ne s'ajoutent pas."
)


def bottleneck(
    units: Counts,
    pivots: Counts,
    outcomes: Counts,
    *,
    by: Sequence[str] = ("unit",),
    confidence: float | None = 0.95,
) -> Estimates:
    """How often each mandatory unit is missed, for whom it decides, what is missing, and what 10 there would give.

    Parameters
    ----------
    units, pivots, outcomes : Counts
        Of the same :func:`rncp_analytics.tally`, filtered alike.
    by : sequence of str
        Dimensions that make the groups, "unit" among them.
    confidence : float or None
        Level of the intervals; None for a census without interval.

    Returns
    -------
    Estimates
        One row per group × statistic. ``share_below_10``: marks of this session, before the contrôle, under 10 (of
        ``marked``). ``pivot_mean_share``: of the ``refused``, those whom 10 in this unit alone would have given the
        diploma; ``pivot_control_share``: those to whom it would have opened the contrôle without giving it.
        ``points_missing``: what they lack to reach 10 there, on average, among the refused with a mark of this session
        under 10 (``refused_below_10``), in points out of 20; ``numerator`` the sum of the points. ``pass_rate_gain``:
        the pass rate if those for whom the unit gives the diploma had it (``estimate``), minus the ``observed`` one.
        Wilson's intervals, Student's for the points. ``reason``: "empty", "few".

    Raises
    ------
    CountsError
        "unit" is missing, the three tables are not of the same candidates, or one lacks a column.

    Notes
    -----
    Own definition; a voter is pivotal in the same way in Banzhaf (1965), Rutgers Law Review 19, 317-343. It describes
    what the sums of this session made of one mark, and says nothing of causes.

    Examples
    --------
    >>> from dataclasses import replace
    >>> def counts(*dimensions, **columns):
    ...     return replace(example_counts(), frame=pd.DataFrame(columns), dimensions=dimensions)
    >>> units = counts("unit", unit=["U2"], marked=[40], at_least_10=[30])
    >>> lacking = {"below_10": 8, "missing_sum": 240, "missing_sumsq": 8000}
    >>> kinds = ["pivot_mean", "pivot_control"]
    >>> pivots = counts("unit", "kind", unit="U2", kind=kinds, refused=10, pivotal=[4, 1], **lacking)
    >>> made = bottleneck(units, pivots, counts(present=[40], passed=[30]))
    >>> made.frame["value"].tolist()
    [0.25, 0.4, 0.1, 1.5, 0.1]
    """
    if "unit" not in by:
        raise CountsError("Une unité ne se mêle pas aux autres ici", expected="by avec « unit »")
    if len({(counts.scope, counts.origin, counts.source) for counts in (units, pivots, outcomes)}) > 1:
        raise CountsError(
            "Ces trois tableaux ne portent pas sur les mêmes candidats",
            where=f"{units!r} ; {pivots!r} ; {outcomes!r}",
            expected="units, pivots et outcomes d'un même décompte, filtrés de la même façon",
        )
    lacking = [name for name in _PIVOTS if name not in pivots.columns]
    lacking += [name for name in _OUTCOMES if name not in outcomes.columns]
    if lacking:
        raise CountsError(
            "Ces comptes ne disent pas ce qui manque aux refusés",
            where=f"effectifs absents : {', '.join(map(word, lacking))}",
        )
    by = tuple(by)
    deciding = {kind: pivots.where(kind=kind) for kind in PIVOT_SHARES}
    frames = [rates(units, by=by, statistic="share_below_10", confidence=confidence).frame]
    for kind, counts in deciding.items():
        shares = rates(counts, by=by, statistic="pivot_share", confidence=confidence)
        frames.append(shares.frame.assign(statistic=PIVOT_SHARES[kind]))
    mean = deciding["pivot_mean"].by(*by).frame
    frames += [_points_missing(mean, by, confidence), _gain(mean, outcomes, by, confidence)]
    nothing = {"stage": pivots.scope.stage, "n_missing": 0, "secrecy": ""}
    columns = [*by, *COLUMNS, *COMPARISON_COLUMNS]
    parts = [frame.assign(**nothing).reindex(columns=columns) for frame in frames]
    together = pd.concat([part.astype({"numerator": float, "estimate": float}) for part in parts], ignore_index=True)
    together = together[together["unit"].isin(mean["unit"])]  # an optional unit decides for nobody
    order = together.groupby(list(by), sort=True).ngroup()
    together = together.assign(_group=order, reference=together["reference"].fillna("").astype(str))
    together = together.sort_values("_group", kind="stable", ignore_index=True)[columns]
    return Estimates(together, by, pivots.scope, pivots.origin, pivots.source, (_CAVEAT,))


def _points_missing(mean: pd.DataFrame, by: Sequence[str], confidence: float | None) -> pd.DataFrame:
    n, total = mean["below_10"], mean["missing_sum"]
    value, _, lower, upper = student(total, mean["missing_sumsq"], n, confidence=confidence or 0.95)
    return mean[list(by)].assign(
        statistic="points_missing",
        value=value / SCALE,
        numerator=total / SCALE,
        denominator=n,
        denominator_kind="refused_below_10",
        lower=np.nan if confidence is None else np.clip(lower / SCALE, 0, 10),
        upper=np.nan if confidence is None else np.clip(upper / SCALE, 0, 10),
        confidence=np.nan if confidence is None else confidence,
        method="count" if confidence is None else "student",
        reason=np.select([n == 0, n < FEW], ["empty", "few"], ""),
    )


def _gain(mean: pd.DataFrame, outcomes: Counts, by: Sequence[str], confidence: float | None) -> pd.DataFrame:
    others = [name for name in by if name != "unit"]
    sessions = outcomes.by(*others).frame[[*others, "present", "passed"]]
    found = mean.merge(sessions, on=others) if others else mean.merge(sessions, how="cross")
    decided, present, passed = found["pivotal"], found["present"], found["passed"]
    size = present.where(present > 0)
    lower, upper = (np.nan, np.nan) if confidence is None else wilson(decided, present, confidence=confidence)
    return found[list(by)].assign(
        statistic="pass_rate_gain",
        value=decided / size,
        numerator=passed + decided,
        denominator=present,
        denominator_kind="present",
        lower=lower,
        upper=upper,
        confidence=np.nan if confidence is None else confidence,
        method="count" if confidence is None else "wilson",
        reason=np.select([present == 0, present < FEW], ["empty", "few"], ""),
        reference="observed",
        reference_numerator=passed,
        reference_denominator=present,
        estimate=(passed + decided) / size,
    )
