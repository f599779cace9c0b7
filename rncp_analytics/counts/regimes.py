"""The five published statuses of candidates, rolled up into the four régimes of Céreq's sheets."""

from __future__ import annotations

from rncp_analytics.certification.nomenclature import regime_of
from rncp_analytics.counts.model import Counts


def by_regime(counts: Counts) -> Counts:
    """Replace the dimension ``candidate_status`` by ``regime``; the totals never change.

    Parameters
    ----------
    counts : Counts
        With the dimension "candidate_status" (the ministry's five).

    Returns
    -------
    Counts
        With "regime" in its place: "scolaires", "apprentis", "formation continue", "autres" (individuels
        and enseignement à distance, which Céreq counts together).

    Raises
    ------
    CountsError
        The counts don't tell the statuses apart.
    UnknownCodeError
        A status that the nomenclature doesn't hold.
    """
    counts.by("candidate_status")  # refuses counts without statuses
    frame = counts.frame.assign(regime=counts.frame["candidate_status"].map(regime_of))
    dimensions = ["regime" if name == "candidate_status" else name for name in counts.dimensions]
    return counts.regrouped(frame, dimensions)
