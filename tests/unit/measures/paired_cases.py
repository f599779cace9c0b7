"""Sets of acquired units and p-values, written in a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from rncp_analytics.counts.model import Counts
from rncp_analytics.measures.estimates import COLUMNS, Estimates
from tests.conftest import example_counts, make_counts

UNITS = ("U2", "U31", "U32", "U6")


def patterns_of(sets: Mapping[str, int]) -> Counts:
    """``patterns`` of a tally by nothing, everybody without the diploma."""
    frame = pd.DataFrame({"acquired_units": list(sets), "registered": list(sets.values())})
    return make_counts(frame.assign(no_diploma=frame["registered"]), "acquired_units")


def with_p(p: Sequence[float], reason: str | Sequence[str] = "") -> Estimates:
    """Estimates with these p-values, and nothing else worth reading."""
    blank = pd.DataFrame(np.nan, index=range(len(p)), columns=[*COLUMNS])
    frame = blank.assign(statistic="a_test", reason=reason, p_value=p)
    counts = example_counts()
    return Estimates(frame, (), counts.scope, counts.origin, counts.source)
