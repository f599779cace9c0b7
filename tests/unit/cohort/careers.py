"""Candidates over several sessions, each written in a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rncp_analytics.certification.regulation import regulation
from rncp_analytics.cohort.model import Cohort
from tests.unit.cohort.cohorts import cohort, person

YEARS = int(regulation("40031214", 2025).number("kept_mark_years"))
FAIL = {"mark": 120}  # 6 everywhere: nothing acquired
PASS = {"mark": 240}


def followed(*careers: Sequence[Mapping[str, Any]], stage: str = "final") -> Cohort:
    """A cohort in which each list is one candidate: ``person`` arguments, with the session."""
    made = cohort([person(**seen) for career in careers for seen in career], stage=stage)
    names = [f"{i:020x}" for i, career in enumerate(careers) for _ in career]
    return replace(made, candidates=made.candidates.assign(candidate=names))


def others(*sessions: int) -> list[list[dict[str, Any]]]:
    """Somebody who passes in each of these sessions, so that the data have them all."""
    return [[{"session": session, **PASS}] for session in sessions]
