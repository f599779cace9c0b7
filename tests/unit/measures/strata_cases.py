"""Two groups counted in strata, for the measures that compare them at equal composition."""

from __future__ import annotations

import pandas as pd
from hypothesis import strategies as st

from rncp_analytics.counts.model import Counts
from tests.conftest import make_counts

Table = tuple[int, int, int, int]  # passed and failed of the group, then of the reference
SIDES = {"dimension": "option", "group": "B", "reference": "A"}

# Admissions to the six largest departments of Berkeley, autumn 1973: men admitted and rejected, then women
# (Bickel, Hammel and O'Connell, 1975; R's UCBAdmissions).
BERKELEY: tuple[Table, ...] = (
    (512, 313, 89, 19), (353, 207, 17, 8), (120, 205, 202, 391), (138, 279, 131, 244), (53, 138, 94, 299),
    (22, 351, 24, 317),
)  # fmt: skip


def strata(*tables: Table, **dimensions: str) -> Counts:
    """Option B against option A in the strata "0", "1"…; other dimensions have one value."""
    rows = []
    for place, (a, b, c, d) in enumerate(tables):
        key = {"stratum": str(place), **dimensions}
        rows += [{**key, "option": "B", "present": a + b, "passed": a}]
        rows += [{**key, "option": "A", "present": c + d, "passed": c}]
    return make_counts(pd.DataFrame(rows), "stratum", *dimensions, "option")


def tables(*, low: int = 0, most: int = 60) -> st.SearchStrategy[list[Table]]:
    """One to five strata; each count from ``low`` to ``most``."""
    count = st.integers(low, most)
    return st.lists(st.tuples(count, count, count, count), min_size=1, max_size=5)
