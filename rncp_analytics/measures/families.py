"""p-values of a family of tests, adjusted together: thirty académies make thirty tests, not one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from rncp_analytics.counts.model import word
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.choices import check_choice
from rncp_analytics.measures.estimates import Estimates

Family = Literal["benjamini_hochberg", "holm"]
FAMILIES: dict[Family, str] = {"benjamini_hochberg": "fdr_bh", "holm": "holm"}  # statsmodels' names
# "no_spread": a statistic may have no value (an odds ratio of 20 passed in 20 against 0) where its test has one.
_TESTED = ("", "no_spread")


def adjusted_p(estimates: Estimates, *, family: Family = "benjamini_hochberg") -> Estimates:
    """The same estimates with their p-values, adjusted over all the tests of the frame.

    Parameters
    ----------
    estimates : Estimates
        With a column ``p_value``, or gaps between two rates (:func:`rate_gap`, :func:`gap_to_rest`,
        :func:`session_change`) with their interval: the p-value is then that of the score test of two equal
        proportions (pooled variance, no correction: Pearson's χ²), from the counts of the frame.
    family : {"benjamini_hochberg", "holm"}
        What is held: the share of false findings among the findings, or the risk of a single one.

    Returns
    -------
    Estimates
        The rows given, with ``p_value``, ``p_adjusted`` and ``family_size``, the number of rows tested. The three are
        missing where there is no test, and in every row with a ``reason`` other than "no_spread": what isn't shown
        isn't tested.

    Raises
    ------
    CountsError
        Nothing there can be tested, or an unknown family.

    Notes
    -----
    Adjusted p-value of Benjamini and Hochberg: p of rank i times m / i, made monotone; of Holm: p of rank i times
    m − i + 1, made monotone; computed by statsmodels. Benjamini & Hochberg (1995), JRSS B 57, 289-300; Holm (1979),
    Scandinavian Journal of Statistics 6, 65-70. The family is the frame: select its rows before, not after.

    Examples
    --------
    >>> from rncp_analytics.measures.comparison import rate_gap
    >>> gap = rate_gap(example_counts(), dimension="option", group="B", reference="A")
    >>> adjusted_p(gap).frame[["value", "p_value", "p_adjusted", "family_size"]].to_numpy().tolist()
    [[0.0, 1.0, 1.0, 1.0]]
    """
    from statsmodels.stats.multitest import multipletests  # type: ignore[import-untyped]

    check_choice(family, list(FAMILIES), "une correction des tests")
    frame = estimates.frame
    p = frame["p_value"] if "p_value" in frame else _score_p(frame)
    tested = (p.notna() & frame["reason"].isin(_TESTED)).to_numpy()
    adjusted = np.full(len(frame), np.nan)
    if tested.any():
        adjusted[tested] = multipletests(p[tested], method=FAMILIES[family])[1]
    size = np.where(tested, tested.sum(), np.nan)
    return replace(estimates, frame=frame.assign(p_value=p.where(tested), p_adjusted=adjusted, family_size=size))


def _score_p(frame: pd.DataFrame) -> pd.Series[Any]:
    """p of the score test of each gap between two rates; missing in the other rows."""
    from statsmodels.stats.proportion import test_proportions_2indep  # type: ignore[import-untyped]

    gaps = frame["method"] == "newcombe"
    if not gaps.any():
        raise CountsError(
            "Ces estimations ne se testent pas",
            where=f"statistiques : {', '.join(map(word, dict.fromkeys(frame['statistic'])))}",
            expected="une colonne p_value, ou des écarts entre deux taux avec leur intervalle",
        )
    sides = frame[["numerator", "denominator", "reference_numerator", "reference_denominator"]].astype(float)
    x, n, y, m = (sides[name] for name in sides)
    # All passed on both sides, or nobody: the rates are equal, and the library would divide by nothing.
    alike = ((x == n) & (y == m)) | ((x == 0) & (y == 0))
    known = gaps & (n > 0) & (m > 0)
    p = pd.Series(np.where(known & alike, 1.0, np.nan), index=frame.index)
    tested = known & ~alike
    if tested.any():
        with np.errstate(divide="ignore"):  # its odds ratio, of which nothing is used
            found = test_proportions_2indep(
                *(side[tested].to_numpy() for side in (x, n, y, m)), compare="diff", method="score", correction=False
            )
        p[tested] = found.pvalue
    return p
