"""The pass rate while some candidates wait for their result: its lowest and highest possible values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rncp_analytics.counts.model import Counts, word
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import COLUMNS, FEW, Estimates

WAITING = ("pending", "control_pending")
_NEEDED = ("present", "passed", *WAITING)


def pass_rate_bounds(outcomes: Counts, *, by: Sequence[str] = ()) -> Estimates:
    """Between which pass rates the session will end: none of the waiting candidates passes, or all of them do.

    No interval of chance: whatever the jury decides, the rate of these candidates ends within the bounds.

    Parameters
    ----------
    outcomes : Counts
        ``outcomes`` of :func:`rncp_analytics.tally`, at any stage.
    by : sequence of str
        Dimensions that make the groups; none for the whole.

    Returns
    -------
    Estimates
        "pass_rate_bounds", one row per group: ``lower`` = passed / present, ``upper`` = (passed + waiting) / present,
        ``n_missing`` the waiting (of the September replacement or of the épreuve de contrôle), who are in the
        denominator. ``value`` is missing with the reason "waiting" unless nobody waits: it is then both bounds.
        ``reason``: else "empty" when nobody is present, "few" under ``FEW``.

    Raises
    ------
    CountsError
        A dimension is not in the counts, or they don't tell who waits.

    >>> from dataclasses import replace
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"present": [40], "passed": [30], "pending": [4], "control_pending": [2]})
    >>> row = pass_rate_bounds(replace(example_counts(), frame=frame, dimensions=())).frame.iloc[0]
    >>> print(row["lower"], row["upper"], row["reason"])
    0.75 0.9 waiting
    """
    lacking = [word(name) for name in _NEEDED if name not in outcomes.columns]
    if lacking:
        raise CountsError(
            "Ces comptes ne disent pas qui attend un résultat",
            where=f"effectifs absents : {', '.join(lacking)}",
            expected="les résultats d'une cohorte : rncp.tally(…).outcomes",
        )
    frame = outcomes.by(*by).frame
    passed, present = frame["passed"], frame["present"]
    waiting = frame[list(WAITING)].sum(axis=1)
    lower, upper = (number / present.where(present > 0) for number in (passed, passed + waiting))
    made = frame.assign(
        statistic="pass_rate_bounds",
        stage=outcomes.scope.stage,
        value=lower.where(waiting == 0),
        numerator=passed,
        denominator=present,
        denominator_kind="present",
        lower=lower,
        upper=upper,
        confidence=np.nan,
        method="bounds",
        n_missing=waiting,
        secrecy="",
        reason=np.select([present == 0, present < FEW, waiting > 0], ["empty", "few", "waiting"], ""),
    )
    return Estimates(made[[*by, *COLUMNS]], tuple(by), outcomes.scope, outcomes.origin, outcomes.source)
