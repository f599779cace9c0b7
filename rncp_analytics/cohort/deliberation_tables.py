"""What a deliberation shows: sums, outcomes and units as DataFrames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rncp_analytics.certification.regulation import Regulation
from rncp_analytics.cohort.marksheet import (
    CANDIDATE_COLUMNS,
    CARRIED,
    EXEMPT,
    KEPT,
    MARKED,
    NONE,
    NOT_PRESENTED,
    STATES,
    TWENTIETHS,
    VAE,
    Flags,
    Marksheet,
)
from rncp_analytics.cohort.outcomes import (
    ACQUIRED,
    MENTIONS,
    OUTCOMES,
    PASSED_AFTER,
    PASSED_FIRST,
    REASONS,
    REFUSED_AFTER,
    Decisions,
    Means,
    whole,
)


def candidate_table(people: pd.DataFrame, sheet: Marksheet, m: Means, found: Decisions) -> pd.DataFrame:
    """One row a candidate, in the order of ``people``: columns of ``Deliberation.candidates``."""
    mandatory = m.state[:, : len(m.halves)]
    sat_control = sheet.sat_control & np.isin(found.final, (PASSED_AFTER, REFUSED_AFTER))
    return people[list(CANDIDATE_COLUMNS)].assign(
        present=(m.state == MARKED).any(axis=1) | (sheet.control != NONE).any(axis=1),
        complete=np.asarray(np.isin(mandatory, (MARKED, KEPT, CARRIED, EXEMPT, VAE)).all(axis=1)),
        mean_points=m.total,
        mean_coefficients=m.coefficients,
        mean=_shown(m.total, m.coefficients),
        professional_points=m.professional_total,
        professional_coefficients=m.professional_coefficients,
        professional_mean=_shown(m.professional_total, m.professional_coefficients),
        control_points=_nullable(found.total_after_control, sat_control),
        control_mean=np.where(sat_control, _shown(found.total_after_control, m.coefficients), np.nan),
        project_points=m.project,
        optional_points=m.optional,
        first_group=_named(found.first_group, OUTCOMES),
        after_control=_named(found.after_control, OUTCOMES),
        final=_named(found.final, OUTCOMES),
        mention=_named(found.mention, MENTIONS),
        reason=_named(found.reason, REASONS),
    )


def unit_table(
    sheet: Marksheet,
    m: Means,
    found: Decisions,
    *,
    rules: Regulation,
    units: Sequence[str],
) -> pd.DataFrame:
    """One row a candidate × unit: columns of ``Deliberation.units``, the candidate as the number of its line.

    ``units`` are those of the whole cohort.
    """
    last = len(m.halves)
    listed = m.state != NOT_PRESENTED
    listed[:, :last] = True
    line, column = np.nonzero(listed)
    without_diploma = ~np.isin(found.final, (PASSED_FIRST, PASSED_AFTER))
    state, acquired = m.state[listed], found.acquired[listed]
    mandatory = column < last
    since = np.where(np.isin(state, (KEPT, CARRIED)), sheet.since[listed], rules.session)
    kept_or_new = np.isin(acquired, (0, 1)) | (state == CARRIED)
    years = np.where(acquired == NONE, *(whole(rules.number(n)) for n in ("carried_mark_years", "kept_mark_years")))
    holds = without_diploma[line] & kept_or_new & (since != NONE)
    pivots = [np.zeros_like(listed) for _ in range(2)]
    pivots[0][:, :last], pivots[1][:, :last] = found.pivot_mean, found.pivot_control
    place = np.array([units.index(u) for u in sheet.units])
    mark = sheet.mark[listed]
    return pd.DataFrame(
        {
            "candidate": line,
            "unit": _named(place[column], units),
            "state": _named(state, STATES),
            "mark": _nullable(mark, (mark != NONE) & (state != NOT_PRESENTED)),
            "control_mark": _nullable(sheet.control[listed], sheet.control[listed] != NONE),
            "acquired": _named(acquired, ACQUIRED),
            "to_resit": without_diploma[line] & mandatory & (acquired == NONE) & (state != EXEMPT),
            "holds_until": _nullable(since + years, holds),
            "pivot_mean": pivots[0][listed],
            "pivot_control": pivots[1][listed],
        }
    )


def _shown(total: npt.NDArray[np.int32], coefficients: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
    hundredths = 100 * total.astype(np.int64) // np.maximum(TWENTIETHS * coefficients, 1)
    return np.where(coefficients > 0, hundredths / 100, np.nan)


def _named(positions: npt.NDArray[np.integer[Any]], names: Sequence[str]) -> pd.Categorical[str]:
    return pd.Categorical.from_codes(positions, categories=pd.Index(names))


def _nullable(values: npt.NDArray[Any], known: Flags) -> pd.arrays.IntegerArray:
    return pd.arrays.IntegerArray(np.where(known, values, 0).astype(np.int32), ~known)
