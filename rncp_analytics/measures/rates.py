"""Rates with their interval and their named denominator, and the flow from inscrits to admis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, NamedTuple, get_args

import numpy as np
import pandas as pd

from rncp_analytics.counts.model import Counts, word
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import COLUMNS, FEW, Estimates
from rncp_analytics.measures.uncertainty import clopper_pearson, wilson

Method = Literal["wilson", "clopper_pearson"]
_INTERVALS = {"wilson": wilson, "clopper_pearson": clopper_pearson}


class Ratio(NamedTuple):
    """Columns whose sums make the numerator, less one if need be, and the column of the denominator."""

    numerator: tuple[str, ...]
    denominator: str
    less: tuple[str, ...] = ()


Statistic = Literal[
    "pass_rate", "first_group_pass_rate", "control_allowed_rate", "control_pass_rate", "refused_rate",
    "refused_first_group_share", "presence_rate", "mention_rate_of_passed", "mention_rate_of_present",
    "tb_rate_of_passed", "b_rate_of_passed", "ab_rate_of_passed", "no_mention_rate_of_passed",
]  # fmt: skip

# Of counts that only a cohort with marks gives (counts/tally.py).
CohortStatistic = Literal[
    "unit_pass_rate", "unit_absence_rate", "share_below_8", "share_below_10", "acquired_rate", "pivot_share",
    "absence_share", "mean_below_8_share", "professional_below_10_share", "after_control_share", "partial_share",
    "other_reason_share",
    "class_0_5", "class_5_8", "class_8_10", "class_10_12", "class_12_14", "class_14_16", "class_16_20",
]  # fmt: skip

# DESIGN section 4: passed / present is the pass rate; any other denominator is named in the figure.
RATIOS: dict[str, Ratio] = {
    "pass_rate": Ratio(("passed",), "present"),
    "first_group_pass_rate": Ratio(("passed_first_group",), "present"),
    "control_allowed_rate": Ratio(("control_allowed",), "present"),
    "control_pass_rate": Ratio(("passed_after_control",), "control_allowed"),
    "refused_rate": Ratio(("refused",), "present"),
    "refused_first_group_share": Ratio(("refused_first_group",), "refused"),
    "presence_rate": Ratio(("present",), "registered"),
    "mention_rate_of_passed": Ratio(("tb_felicitations", "tb", "b", "ab"), "passed"),
    "mention_rate_of_present": Ratio(("tb_felicitations", "tb", "b", "ab"), "present"),
    "tb_rate_of_passed": Ratio(("tb_felicitations", "tb"), "passed"),
    "b_rate_of_passed": Ratio(("b",), "passed"),
    "ab_rate_of_passed": Ratio(("ab",), "passed"),
    "no_mention_rate_of_passed": Ratio(("no_mention",), "passed"),
}

_MARKS = get_args(CohortStatistic)[-7:]  # classes of marks, in order
_MOTIFS = get_args(CohortStatistic)[6:12]
COHORT_RATIOS: dict[str, Ratio] = {
    "unit_pass_rate": Ratio(("at_least_10",), "marked"),  # share of marks >= 10: marks compensate, it is no pass rate
    "unit_absence_rate": Ratio(("absent", "absent_justified"), "registered"),
    "share_below_8": Ratio(_MARKS[:2], "marked"),
    "share_below_10": Ratio(("marked",), "marked", less=("at_least_10",)),
    "acquired_rate": Ratio(("no_diploma_acquired",), "no_diploma"),
    "pivot_share": Ratio(("pivotal",), "refused"),
    **{name: Ratio((name.removesuffix("_share"),), "refused") for name in _MOTIFS},
    **{name: Ratio((name,), "marked") for name in _MARKS},
}
_KNOWN = {**RATIOS, **COHORT_RATIOS}

# Shares of the admis, then all mentions with both denominators in use.
MENTION_RATES: tuple[Statistic, ...] = (
    "tb_rate_of_passed",
    "b_rate_of_passed",
    "ab_rate_of_passed",
    "no_mention_rate_of_passed",
    "mention_rate_of_passed",
    "mention_rate_of_present",
)

FLOW = (
    "registered",
    "present",
    "passed_first_group",
    "control_allowed",
    "passed_after_control",
    "passed",
    "refused_first_group",
    "refused_after_control",
    "refused",
)


def rates(
    counts: Counts,
    *,
    by: Sequence[str] = (),
    statistic: Statistic | CohortStatistic | Sequence[Statistic | CohortStatistic] = "pass_rate",
    confidence: float | Sequence[float] | None = 0.95,
    method: Method = "wilson",
) -> Estimates:
    """Rates by any dimension, with the interval of one or several levels.

    Counts are summed within each group, then divided: a rate of groups is never a mean of rates.

    Parameters
    ----------
    counts : Counts
        From any source.
    by : sequence of str
        Dimensions that make the groups; none for the whole.
    statistic : str or sequence of str
        Which rates; each names its own denominator (``RATIOS``, ``COHORT_RATIOS``).
    confidence : float, sequence of float or None
        Level of the interval, or levels; None for a census without interval.
    method : {"wilson", "clopper_pearson"}
        Wilson's score interval, or the "exact" one, which is wider (:mod:`rncp_analytics.measures.uncertainty`).

    Returns
    -------
    Estimates
        One row per group × statistic × level. ``reason`` is "empty" when nobody is in the denominator (value
        missing), "few" under ``FEW`` candidates (value kept in the frame, not shown as a figure).

    Raises
    ------
    CountsError
        A dimension or a column is not in the counts, no level, an impossible one, or an unknown method.

    >>> rates(example_counts(), by=["option"]).frame[["option", "numerator", "denominator", "value"]]
      option  numerator  denominator  value
    0      A         16           20    0.8
    1      B          8           10    0.8
    """
    names = [statistic] if isinstance(statistic, str) else list(statistic)
    levels = list(confidence) if isinstance(confidence, Sequence) else [confidence]
    if not levels:
        raise CountsError("Aucun niveau de confiance n'est donné", expected="un niveau, plusieurs, ou None")
    if method not in _INTERVALS:
        raise CountsError(f"Intervalle inconnu : « {method} »", expected=", ".join(_INTERVALS))
    rolled = counts.by(*by)
    frames = [_rate(rolled, name, level, method) for name in names for level in levels]
    return _estimates(frames, rolled, tuple(by))


def rates_with_total(
    counts: Counts,
    *,
    by: Sequence[str],
    total_of: str,
    total: str = "total",
    statistic: Statistic | Sequence[Statistic] = "pass_rate",
    confidence: float | Sequence[float] | None = 0.95,
    method: Method = "wilson",
) -> Estimates:
    """Rates by any dimension, and after each set of groups the rate of all of them together.

    Parameters
    ----------
    counts : Counts
    by : sequence of str
        Dimensions that make the groups.
    total_of : str
        One of ``by``: the total is over its values, within each combination of the others.
    total : str
        How the total is named in that column; no value of the dimension may have this name.
    statistic, confidence, method
        As in :func:`rates`.

    Returns
    -------
    Estimates
        As :func:`rates`; a total's counts are sums of its groups' counts, so its rate is no mean of rates.

    Raises
    ------
    CountsError
        As :func:`rates`; ``total_of`` is not in ``by``, or ``total`` is already the name of a group.

    >>> made = rates_with_total(example_counts(), by=["session", "option"], total_of="option").frame
    >>> made[["option", "numerator", "denominator"]].to_numpy().tolist()
    [['A', 16, 20], ['B', 8, 10], ['total', 24, 30]]
    """
    if total_of not in by:
        raise CountsError(
            f"Le total sur « {total_of} » n'a pas de sens ici", expected=f"l'un des groupes : {', '.join(by)}"
        )
    others = [name for name in by if name != total_of]
    parts = rates(counts, by=by, statistic=statistic, confidence=confidence, method=method)
    if (parts.frame[total_of] == total).any():
        raise CountsError(f"« {total} » est déjà le nom d'un groupe", expected="un autre nom pour le total")
    whole = rates(counts, by=others, statistic=statistic, confidence=confidence, method=method)
    frame = pd.concat([parts.frame, whole.frame.assign(**{total_of: total})], ignore_index=True)
    if others:
        frame = frame.sort_values(others, kind="stable", ignore_index=True)
    return replace(parts, frame=frame, totals=((total_of, total),))


def flow(counts: Counts, *, by: Sequence[str] = ()) -> Estimates:
    """The flow inscrits → présents → admis 1er groupe → autorisés → admis après contrôle → refusés.

    Parameters
    ----------
    counts : Counts
        With all outcome columns; they add up: présents = admis + refusés, admis = 1er groupe + après
        contrôle, autorisés = admis + refusés après contrôle (checked when the counts were made).
    by : sequence of str
        Dimensions that make the groups; none for the whole.

    Returns
    -------
    Estimates
        One row per group × step of ``FLOW``: ``numerator`` is the count, ``value`` its share of présents
        (missing for ``registered``, which is not a part of présents), not to be shown when ``reason`` is
        "few". No interval: a description.
    """
    rolled = counts.by(*by)
    _require(rolled, FLOW, "le flux")
    frames = []
    for step in FLOW:
        whole = rolled.frame["present"]
        share = rolled.frame[step] / whole.where(whole > 0)
        frames.append(
            rolled.frame[list(by)].assign(
                statistic=step,
                value=share if step != "registered" else np.nan,
                numerator=rolled.frame[step],
                denominator=whole,
                denominator_kind="present",
                lower=np.nan,
                upper=np.nan,
                confidence=np.nan,
                method="count",
                reason=np.select([whole == 0, whole < FEW], ["empty", "few"], ""),
            )
        )
    return _estimates(frames, rolled, tuple(by))


def _rate(counts: Counts, name: str, confidence: float | None, method: Method) -> pd.DataFrame:
    x, n = numerator_denominator(counts, name)
    interval = _INTERVALS[method]
    lower, upper = interval(x, n, confidence=confidence) if confidence is not None else (np.nan, np.nan)
    return counts.frame[list(counts.dimensions)].assign(
        statistic=name,
        value=x / n.where(n > 0),
        numerator=x,
        denominator=n,
        denominator_kind=_KNOWN[name].denominator,
        lower=lower,
        upper=upper,
        confidence=np.nan if confidence is None else confidence,
        method="count" if confidence is None else method,
        reason=np.select([n == 0, n < FEW], ["empty", "few"], ""),
    )


def numerator_denominator(counts: Counts, statistic: str) -> tuple[pd.Series, pd.Series]:
    """The numerator and the denominator, row by row.

    Raises
    ------
    CountsError
        Unknown statistic, or the counts lack one of its columns.
    """
    if statistic not in _KNOWN:
        raise CountsError(f"Statistique inconnue : « {statistic} »", expected=", ".join(_KNOWN))
    ratio = _KNOWN[statistic]
    needed = dict.fromkeys((*ratio.numerator, *ratio.less, ratio.denominator))
    _require(counts, tuple(needed), f"« {statistic} »")
    numerator = counts.frame[list(ratio.numerator)].sum(axis=1)
    if ratio.less:
        numerator = numerator - counts.frame[list(ratio.less)].sum(axis=1)
    return numerator, counts.frame[ratio.denominator]


def _require(counts: Counts, columns: Sequence[str], what: str) -> None:
    missing = [c for c in columns if c not in counts.columns]
    if missing:
        raise CountsError(
            f"Ces comptes ne permettent pas de calculer {what}",
            where=f"effectifs absents : {', '.join(map(word, missing))}",
            expected=f"des comptes avec les effectifs : {', '.join(map(word, columns))}",
            remedy="partir d'un tableau qui porte ces effectifs",
        )


def _estimates(frames: Sequence[pd.DataFrame], counts: Counts, by: tuple[str, ...]) -> Estimates:
    frame = pd.concat(frames, ignore_index=True)
    frame = frame.assign(stage=counts.scope.stage, n_missing=0, secrecy="")
    order = frame.groupby(list(by), sort=False).ngroup() if by else pd.Series(0, index=frame.index)
    frame = frame.assign(_group=order).sort_values("_group", kind="stable", ignore_index=True)
    return Estimates(frame[[*by, *COLUMNS]], by, counts.scope, counts.origin, counts.source)
