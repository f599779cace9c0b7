"""The jury's results, or their absence, beside the deliberation of the marks, in numbers of candidates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from rncp_analytics.cohort.deliberation import deliberate, reconcile_with_jury
from rncp_analytics.cohort.profile import words
from rncp_analytics.cohort.provenance import JuryCount, Stage


def jury_counts(candidates: pd.DataFrame, results: pd.DataFrame, *, stage: Stage) -> tuple[JuryCount, ...]:
    """How many candidates have each pair of outcomes: that of their marks, that of the jury.

    Parameters
    ----------
    candidates, results : DataFrame
        Those of a cohort; ``jury_outcome`` is missing for who has no result of the jury, and isn't counted.
    stage : {"first_group", "after_control", "final"}
        Stage of the jury's results.

    Returns
    -------
    tuple of JuryCount
        Agreements and differences, the most frequent first; empty when the export has no result of the jury.

    Examples
    --------
    >>> who = {"session": 2025, "diploma": "40031214", "candidate_status": "SCOLAIRE", "exam_form": "globale"}
    >>> people = pd.DataFrame({"entry": [0, 1], "candidate": ["a", "b"], "jury_outcome": ["pending", None], **who})
    >>> absent = {"unit": "U2", "test": "first_group", "state": "absent", "mark": None, "since": None}
    >>> jury_counts(people, pd.DataFrame({"entry": [0, 1], **absent}), stage="final")
    (JuryCount(computed='eliminated_absence', decided='pending', candidates=1),)
    """
    decided = candidates[candidates["jury_outcome"].notna()]
    if decided.empty:
        return ()
    # The number of the line in place of the pseudonym, which may serve in several sessions.
    people = decided.drop(columns="candidate").rename(columns={"entry": "candidate"})
    rows = results[results["entry"].isin(decided["entry"])].rename(columns={"entry": "candidate"})
    jury = people.set_index("candidate")["jury_outcome"]
    differing = reconcile_with_jury(deliberate(people, rows), jury, stage=stage)
    agreed = jury.drop(differing["candidate"])
    pairs = Counter(zip(agreed, agreed, strict=True)) + Counter(
        zip(differing["computed"], differing["jury"], strict=True)
    )
    return tuple(JuryCount(str(ours), str(theirs), n) for (ours, theirs), n in sorted(pairs.items(), key=_rank))


def _rank(pair: tuple[tuple[str, str], int]) -> tuple[int, tuple[str, str]]:
    return -pair[1], pair[0]


def jury_lines(counts: Sequence[JuryCount]) -> list[str]:
    """The same in French, one line for all and one per difference; none without a jury.

    >>> jury_lines([JuryCount("pending", "pending", 3), JuryCount("pending", "partial", 1)])[0]
    'Jury : 4 candidat(s) ont son résultat ; 3 ont celui que donnent leurs notes, 1 un autre (celui du jury fait foi)'
    """
    if not counts:
        return []
    agreed = sum(n for ours, theirs, n in counts if ours == theirs)
    total = sum(n for *_, n in counts)
    # The first word of the list for each outcome.
    french = {code: text for text, code in reversed(words()["values"]["jury_outcome"].items())}
    told = [
        f"Jury : {total} candidat(s) ont son résultat ; {agreed} ont celui que donnent leurs notes, "
        f"{total - agreed} un autre (celui du jury fait foi)"
    ]
    return told + [
        f"Jury : {n} candidat(s), « {french[ours]} » par les notes → « {french[theirs]} » par le jury"
        for ours, theirs, n in counts
        if ours != theirs
    ]


def without_control(candidates: pd.DataFrame, results: pd.DataFrame, stage: Stage) -> list[str]:
    """A finding where the stage says that the contrôle is over, nobody has a mark of it and some should have sat it.

    Who has a result of the jury isn't counted: it stands, whatever the marks.
    """
    waiting = candidates[candidates["jury_outcome"].isna()]
    if stage == "first_group" or waiting.empty or (results["test"] == "control").any():
        return []
    people = waiting.drop(columns="candidate").rename(columns={"entry": "candidate"})
    rows = results[results["entry"].isin(waiting["entry"])].rename(columns={"entry": "candidate"})
    allowed = int((deliberate(people, rows).candidates["first_group"] == "control_allowed").sum())
    if not allowed:
        return []
    counted = {"after_control": "en attente du contrôle", "final": "refusés après le contrôle"}[stage]
    return [
        f"{allowed} candidat(s) ont les moyennes qui ouvrent l'épreuve de contrôle, et aucun fichier n'en a de note : "
        f"à l'étape {stage} ils sont comptés {counted} ; si ces notes sont du 1er groupe, l'étape est first_group"
    ]
