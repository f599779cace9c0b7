"""Estimates: the one shape that every statistic has, whatever its source."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from rncp_analytics.counts.model import Origin, Scope, Source

# Columns of every statistic, after the grouping columns.
COLUMNS = (
    "statistic",  # name of the figure: "pass_rate", "pass_rate_gap", …
    "stage",  # first_group, after_control, final: state of the examination counted
    "value",  # proportion, their difference or ratio, points out of 20 (marks), a test's statistic; never rounded
    "numerator",
    "denominator",
    "denominator_kind",  # registered, present, control_allowed, passed, …
    "lower",
    "upper",
    "confidence",  # 0.95, or missing for a census without interval
    "method",  # of the interval ("wilson", "newcombe", "koopman"…), or of the figure ("count", "kitagawa"…)
    "n_missing",  # candidates whose state is unknown, left out of the denominator
    "secrecy",  # "" until a profile decides: V (shown), A, B, D (hidden), S (synthetic, nobody to protect)
    "reason",  # code: why a value is missing or must be read with care; "" otherwise
)
# Columns that a comparison adds.
COMPARISON_COLUMNS = (
    "reference",  # key of the reference group
    "reference_numerator",
    "reference_denominator",
    "estimate",  # the group's own rate, of which ``value`` is the gap
)
REST_OF_COUNTRY = "rest_of_country"  # a reference: a public count minus our candidates
# Columns that a test adds, and shrinkage.
TEST_COLUMNS = (
    "p_value",
    "p_adjusted",  # within its family; missing where ``p_value`` is
    "family_size",  # number of tests that were made together
)
SHRUNK = "shrunk_value"  # used to order groups, never printed beside the raw rate

# Fewer candidates than this: the rate is kept in the frame but not shown as a figure. The ministry
# publishes the indicators of a lycée professionnel from 10 candidates on (reference: IVAL, DEPP).
FEW = 10

REASONS = (
    "empty",  # nobody in the denominator
    "few",  # fewer than FEW candidates in a denominator
    "no_reference",  # the reference group is empty
    "secret",  # hidden by a secrecy profile
    "break",  # the two sessions are not comparable (new diploma, exceptional session)
    "one_group",  # a single group or stratum: nothing to compare
    "no_spread",  # nobody failed or nobody passed: the statistic has no value
    "missing_cell",  # a cell of the standard has nobody in this group
    "not_counted",  # the source doesn't carry this number
    "waiting",  # some candidates have no result yet: the value has bounds alone
)


@dataclass(frozen=True)
class Estimates:
    """Statistics of one question, not yet publishable.

    Attributes
    ----------
    frame : DataFrame
        ``by`` columns, then ``COLUMNS``, then ``COMPARISON_COLUMNS`` for comparisons: one row per
        group × statistic × confidence. Proportions lie in [0, 1], gaps in [-1, 1].
    by : tuple of str
        Grouping columns.
    scope : Scope
        Stage, territory and population of the counts.
    origin : {"official", "candidates", "synthetic"}
        Decides what may be printed.
    source : Source
        Where the counts come from.
    caveats : tuple of str
        French sentences that must accompany the figures (a comparison of unlike things that was asked for).
    totals : tuple of (dimension, name)
        How the rows of totals over a dimension are named there.
    """

    frame: pd.DataFrame
    by: tuple[str, ...]
    scope: Scope
    origin: Origin
    source: Source
    caveats: tuple[str, ...] = ()
    totals: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        statistics = ", ".join(dict.fromkeys(self.frame["statistic"]))
        return f"Estimates({len(self.frame)} lignes : {statistics} ; rncp.official(…) les rend publiables)"
