"""What a cohort doesn't say, and where the jury and the marks differ: counts about the data themselves."""

from __future__ import annotations

import pandas as pd

from rncp_analytics.cohort.contracts import CANDIDATES
from rncp_analytics.cohort.model import Cohort
from rncp_analytics.counts.model import Counts
from rncp_analytics.counts.tally import scope_of

# Filled by the reader itself or by the law: never missing, or not a fault when it is.
_NOT_ASKED = ("entry", "candidate", "jury_outcome", "jury_mention")


def missing_values(cohort: Cohort) -> Counts:
    """How many candidates each column says nothing of.

    Returns
    -------
    Counts
        Dimensions "session" and "column" (a name of the contract of candidates); ``registered``: candidates,
        ``missing``: those without a value.

    Examples
    --------
    >>> from rncp_analytics.cohort.provenance import Source
    >>> who = {"session": 2025, "diploma": "40031214", "candidate_status": "SCOLAIRE", "exam_form": "globale"}
    >>> people = pd.DataFrame({"entry": [0, 1], "candidate": ["0" * 20, "1" * 20], "sex": ["F", None], **who})
    >>> empty = pd.DataFrame({"entry": [], "unit": [], "test": [], "state": []})
    >>> made = missing_values(Cohort(people, empty, "final", "synthetic", Source("exemple", "", "", ""))).frame
    >>> made[made["column"] == "sex"][["registered", "missing"]].to_numpy().tolist()
    [[2, 1]]
    """
    names = [f.name for f in CANDIDATES if f.name not in (*_NOT_ASKED, "session")]
    session = cohort.candidates["session"].astype("int64")
    missing = cohort.candidates[names].isna().groupby(session).sum().astype("int64")
    registered = session.groupby(session).size().astype("int64")
    frame = missing.reset_index().melt(id_vars="session", var_name="column", value_name="missing")
    frame = frame.assign(registered=frame["session"].map(registered))[["session", "column", "registered", "missing"]]
    return Counts(frame, ("session", "column"), scope_of(cohort), cohort.origin, cohort.source)


def jury_and_marks(cohort: Cohort) -> Counts:
    """Candidates by the outcome that their marks give and the one that the jury gave, from the cohort's record.

    Returns
    -------
    Counts
        Dimensions "computed" and "decided" (outcomes); ``registered``: candidates with a result of the jury. No row
        when the exports carry none.
    """
    frame = pd.DataFrame(cohort.record.jury, columns=["computed", "decided", "registered"])
    return Counts(
        frame.astype({"registered": "int64"}), ("computed", "decided"), scope_of(cohort), cohort.origin, cohort.source
    )
