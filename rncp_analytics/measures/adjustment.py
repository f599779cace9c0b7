"""The gap between two groups at equal composition: Mantel-Haenszel over strata, and what adjusting changed."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rncp_analytics.counts.model import Counts, word
from rncp_analytics.errors import ComparisonError
from rncp_analytics.measures.cells import Sides, normal_interval, quotient, sides
from rncp_analytics.measures.estimates import COLUMNS, COMPARISON_COLUMNS, FEW, Estimates
from rncp_analytics.measures.rates import CohortStatistic, Statistic
from rncp_analytics.measures.secrecy import Publishable
from rncp_analytics.measures.uncertainty import Array

_OWN = ("value", "lower", "upper", "confidence", "method", "p_value", "why")  # what the rows of the odds have apart


def adjusted_gap(
    counts: Counts,
    *,
    dimension: str,
    group: str,
    reference: str | Sequence[str],
    strata: Sequence[str],
    by: Sequence[str] = (),
    statistic: Statistic | CohortStatistic = "pass_rate",
    confidence: float | None = 0.95,
) -> Estimates:
    """Gap of rate between a group and a reference at equal composition (Mantel-Haenszel).

    The gaps of the strata are averaged with weights n₁n₀/(n₁+n₀): strata where one side is empty count for nothing.

    Parameters
    ----------
    counts : Counts
    dimension, group, reference, by, statistic, confidence
        As in :func:`rncp_analytics.rate_gap`.
    strata : sequence of str
        Dimensions held equal: ["candidate_status", "sex"].

    Returns
    -------
    Estimates
        Three rows per combination of ``by``, whose counts are those of the strata that have both sides:
        "…_adjusted_gap", in points: ``estimate`` is the group's rate with the weights above, the reference's being
        ``estimate`` − ``value``; "mh_odds_ratio", the common odds ratio, whose ``p_value`` is that of the
        Cochran-Mantel-Haenszel test; "breslow_day", Tarone's statistic, whose ``p_value`` is small when the strata do
        not share one odds ratio. ``reason``: "empty", "no_reference", "few"; "missing_cell" when no stratum has both
        sides; "no_spread" when nobody failed or nobody passed on a side of every stratum (no interval, no odds
        ratio); "one_group" when fewer than two strata can be compared. ``caveats`` tells the strata left aside.

    Raises
    ------
    CountsError
        As :func:`rncp_analytics.rate_gap`; no strata, or a dimension that is used twice.

    Notes
    -----
    Gap: normal interval with the variance of Sato, Greenland and Robins (1989), Biometrics 45, 1323-1324, valid for few
    large strata as for many small ones. Odds ratio: Mantel and Haenszel (1959), interval of Robins, Breslow and
    Greenland (1986), by statsmodels; the test has the continuity correction of R's mantelhaen.test. Homogeneity:
    Breslow and Day (1980), Tarone (1985), over the strata where somebody passed and somebody failed.

    >>> counts = example_counts()
    >>> made = adjusted_gap(counts, dimension="option", group="B", reference="A", strata=["session"]).frame
    >>> made[["statistic", "value", "reason"]].to_numpy().tolist()[0]
    ['pass_rate_adjusted_gap', 0.0, '']
    """
    both = sides(
        counts,
        dimension=dimension,
        group=group,
        reference=reference,
        cells=strata,
        by=by,
        statistic=statistic,
        confidence=confidence,
    )
    kept = (both.n > 0) & (both.m > 0)
    common = both._replace(row=both.row[kept], x=both.x[kept], n=both.n[kept], y=both.y[kept], m=both.m[kept])
    told = _gap_rows(common, statistic, confidence)
    odds = [_odds(*table, confidence=confidence) for table in _tables(common)]
    frame = pd.concat(
        [told, *(_odds_rows(told, name, [found[name] for found in odds]) for name in ("mh_odds_ratio", "breslow_day"))],
        ignore_index=True,
    )
    order = np.argsort(np.tile(np.arange(len(told)), 3), kind="stable")
    columns = [*by, *COLUMNS, *COMPARISON_COLUMNS, "p_value"]
    frame = frame.iloc[order][columns].reset_index(drop=True)
    return replace(both.whole, frame=frame, caveats=(_caveat(both, kept, strata),))


def reversal(crude: Estimates | Publishable, adjusted: Estimates | Publishable) -> pd.DataFrame:
    """What adjusting did to a gap.

    Parameters
    ----------
    crude : Estimates or Publishable
        From :func:`rncp_analytics.rate_gap`.
    adjusted : Estimates or Publishable
        From :func:`adjusted_gap`, with the same ``by``.

    Returns
    -------
    DataFrame
        The ``by`` columns and ``reversal``. Of a crude gap beyond chance: "kept" (the adjusted one is too, with the
        same sign), "reversed" (with the other sign), "lost" (it is compatible with chance). Of a crude gap compatible
        with chance: "appears" (the adjusted one is beyond chance), "sign_change" (it isn't, but has the other sign),
        "" otherwise. "" too when one of the two has a reason not to be shown. Without intervals the signs alone decide.

    Raises
    ------
    ComparisonError
        The two don't have the same groups.
    """
    by = list(crude.by)
    if crude.by != adjusted.by:
        raise ComparisonError(
            "Ces deux écarts n'ont pas les mêmes groupes",
            where=f"{', '.join(by) or 'total'} d'un côté, {', '.join(adjusted.by) or 'total'} de l'autre",
            expected="le même argument by dans les deux calculs",
        )
    frame = adjusted.frame[adjusted.frame["statistic"].str.endswith("_adjusted_gap")]
    after = frame[by].assign(after=_direction(frame), value_after=frame["value"])
    before = crude.frame[by].assign(before=_direction(crude.frame), value_before=crude.frame["value"])
    pairs = before.merge(after, on=by, how="left") if by else before.merge(after, how="cross")
    found, adjusted_sign = pairs["before"], pairs["after"]
    codes = {
        "": found.isna() | adjusted_sign.isna(),
        "kept": found * adjusted_sign > 0,
        "reversed": found * adjusted_sign < 0,
        "lost": found != 0,
        "appears": adjusted_sign != 0,
        "sign_change": pairs["value_before"] * pairs["value_after"] < 0,
    }
    return pairs[by].assign(reversal=np.select(list(codes.values()), list(codes), ""))


def _direction(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Sign of a gap that is beyond chance, 0 when compatible with it, missing when it is not to be shown."""
    low, high = frame["lower"].fillna(frame["value"]), frame["upper"].fillna(frame["value"])
    sign = np.select([low > 0, high < 0], [1.0, -1.0], 0.0)
    return np.where((frame["reason"] == "") & frame["value"].notna(), sign, np.nan)


def _gap_rows(common: Sides, statistic: str, confidence: float | None) -> pd.DataFrame:
    """Mantel-Haenszel difference of rates, one row per row of ``whole``."""
    x, n, y, m = common.x, common.n, common.y, common.m
    size = n + m
    weight = common.total(n * m / size)
    value = quotient(common.total((x * m - y * n) / size), weight)
    slope = common.total(y * (n / size) ** 2 - x * (m / size) ** 2 + n * m * (m - n) / (2 * size**2))
    base = common.total((x * (m - y) + y * (n - x)) / size) / 2
    spread = value * slope + base
    variance = np.where(spread > 1e-12 * base, quotient(spread, weight**2), np.nan)
    lower, upper = normal_interval(value, variance, confidence)
    counted, counted_reference = common.total(n), common.total(m)
    crude = common.whole.frame
    reason = np.select(
        [
            crude["reason"].isin(["empty", "no_reference"]),
            weight == 0,
            (counted < FEW) | (counted_reference < FEW),
            np.isnan(variance),
        ],
        [crude["reason"], "missing_cell", "few", "no_spread" if confidence is not None else ""],
        "",
    )
    return crude.assign(
        statistic=f"{statistic}_adjusted_gap",
        value=value,
        numerator=common.total(x).astype("int64"),
        denominator=counted.astype("int64"),
        lower=lower,
        upper=upper,
        method="mantel_haenszel",
        reason=reason,
        reference_numerator=common.total(y).astype("int64"),
        reference_denominator=counted_reference.astype("int64"),
        estimate=quotient(common.total(x * m / size), weight),
        p_value=np.nan,
    )


def _tables(common: Sides) -> list[tuple[Array, Array, Array, Array]]:
    """Passed and failed of both sides in the strata where somebody passed and somebody failed, for each row."""
    passed, failed = common.x + common.y, common.n + common.m - common.x - common.y
    told = np.flatnonzero((passed > 0) & (failed > 0))
    told = told[np.argsort(common.row[told], kind="stable")]
    x, n, y, m = common.x[told], common.n[told], common.y[told], common.m[told]
    ends = np.searchsorted(common.row[told], np.arange(len(common.whole.frame) + 1))
    parts = [slice(first, last) for first, last in itertools.pairwise(ends)]
    return [(x[part], (n - x)[part], y[part], (m - y)[part]) for part in parts]


def _odds(a: Array, b: Array, c: Array, d: Array, *, confidence: float | None) -> dict[str, dict[str, Any]]:
    """Common odds ratio and homogeneity of one set of strata: what their rows have of their own."""
    from scipy.stats import chi2  # type: ignore[import-untyped]
    from statsmodels.stats.contingency_tables import StratifiedTable  # type: ignore[import-untyped]

    common = dict.fromkeys(_OWN, np.nan) | {"method": "mantel_haenszel", "why": "no_spread"}
    homogeneity = common | {"method": "breslow_day_tarone"}
    if a.size:
        table = StratifiedTable(np.array([[a, b], [c, d]]))
        # As R: the correction is dropped when it would be larger than what it corrects.
        excess = abs(float(np.sum(a - (a + b) * (a + c) / (a + b + c + d))))
        test = table.test_null_odds(correction=excess >= 0.5)
        common |= {"p_value": float(chi2.sf(test.statistic, 1))}
        if (a * d).any() and (b * c).any():
            odds = float(table.oddsratio_pooled)
            common |= {"value": odds, "why": ""}
            if confidence is not None:
                lower, upper = table.oddsratio_pooled_confint(1 - confidence)
                common |= {"lower": float(lower), "upper": float(upper), "confidence": confidence}
            homogeneity |= _breslow_day(a, b, c, d, odds) if a.size > 1 else {"why": "one_group"}
    return {"mh_odds_ratio": common, "breslow_day": homogeneity}


def _breslow_day(a: Array, b: Array, c: Array, d: Array, odds: float) -> dict[str, Any]:
    """Breslow and Day's test with Tarone's correction; statsmodels' divides by zero when the odds ratio is 1."""
    from scipy.stats import chi2

    group, passed, size = a + b, a + c, a + b + c + d
    middle = odds * (group + passed) + size - group - passed
    root = np.sqrt(middle**2 - 4 * (odds - 1) * odds * group * passed)
    expected = 2 * odds * group * passed / (middle + root)
    variance = 1 / (
        1 / expected + 1 / (passed - expected) + 1 / (group - expected) + 1 / (size - group - passed + expected)
    )
    found = np.sum((a - expected) ** 2 / variance) - np.sum(a - expected) ** 2 / np.sum(variance)
    return {"value": float(found), "p_value": float(chi2.sf(found, a.size - 1)), "why": ""}


def _odds_rows(gaps: pd.DataFrame, name: str, found: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """The rows of a statistic of the odds beside those of the gap, with the gap's reasons when it can't be made."""
    own = pd.DataFrame(list(found), index=gaps.index, columns=list(_OWN))
    reason = gaps["reason"].where(gaps["reason"].isin(["empty", "no_reference", "missing_cell"]), own.pop("why"))
    reason = reason.mask((reason == "") & (gaps["reason"] == "few"), "few")
    return gaps.assign(**own, statistic=name, reason=reason)


def _caveat(both: Sides, kept: npt.NDArray[np.bool_], strata: Sequence[str]) -> str:
    held = " × ".join(map(word, strata))
    counted = int((both.n + both.m > 0).sum())
    # How many candidates are left aside isn't told: their number may be small enough to be secret.
    left = " ; les candidats des autres, sans vis-à-vis, sont laissés de côté" if kept.sum() < counted else ""
    return f"Écart à composition égale ({held}) ; catégories comparées : {int(kept.sum())} sur {counted}{left}."
