"""Small cohorts for tests, each candidate written in a line or two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from rncp_analytics.cohort.model import Cohort
from rncp_analytics.cohort.provenance import Source

UNITS = ("U2", "U31", "U32", "U33", "U34", "U11", "U12", "U41", "U42", "U51", "U52", "U6", "U7")
PROFESSIONAL = UNITS[:4]
PONCTUEL = ("U2", "U34", "U11", "U51", "U52")
SOURCE = Source("cohorte d'un test", "test", "aucune", "0" * 64)
Unit = int | str | tuple[str, int, int]


def person(mark: int = 200, *, control: Mapping[str, int] | None = None, **changed: Any) -> dict[str, Any]:
    """A candidate: ``mark`` (twentieths) in every mandatory unit, and what is said otherwise.

    A unit (``U2=180``, ``U6="absent"``, ``U7=("kept", 240, 2024)``, ``PROJET=300``) or a column (``sex="F"``).
    """
    units = {u: v for u, v in changed.items() if u == "PROJET" or u[:1] == "U"}
    given = {**dict.fromkeys(UNITS, mark), **units}
    return {
        "session": 2025, "diploma": "40031214", "candidate_status": "SCOLAIRE", "exam_form": "globale",
        **{k: v for k, v in changed.items() if k not in units}, "units": given, "control": control or {},
    }  # fmt: skip


def cohort(people: Sequence[Mapping[str, Any]], *, stage: str = "final", origin: str = "synthetic") -> Cohort:
    """The cohort of these candidates; U2, U34, U11, U51 and U52 are ponctuel, the other mandatory units CCF."""
    columns = [{k: v for k, v in p.items() if k not in ("units", "control")} for p in people]
    # Entries that are not the lines' numbers, so that nobody may take one for the other.
    candidates = pd.DataFrame(columns).assign(
        entry=[3 * i + 7 for i in range(len(people))], candidate=[f"{i:020x}" for i in range(len(people))]
    )
    rows = []
    for i, p in enumerate(people):
        for unit, value in p["units"].items():
            mode = "ponctuel" if unit in PONCTUEL else "ccf" if unit in UNITS else None
            rows.append((3 * i + 7, unit, "first_group", *_result(value), mode))
        rows += [(3 * i + 7, unit, "control", "marked", mark, None, None) for unit, mark in p["control"].items()]
    frame = pd.DataFrame(rows, columns=["entry", "unit", "test", "state", "mark", "since", "mode"])
    return Cohort(candidates, frame.astype({"mark": "Int64", "since": "Int64"}), stage, origin, SOURCE)  # type: ignore[arg-type]


def _result(value: Unit) -> tuple[str, int | None, int | None]:
    if isinstance(value, tuple):
        return value
    return (value, None, None) if isinstance(value, str) else ("marked", value, None)


def random_cohort(n: int, *, seed: int = 1, stage: str = "final", origin: str = "synthetic") -> Cohort:
    """``n`` candidates of six schools with marks around 11, a few absences and a project."""
    rng = np.random.default_rng(seed)
    people = []
    for i in range(n):
        marks = np.clip(rng.normal(rng.normal(220, 35), 45, len(UNITS)), 0, 400).astype(int)
        units: dict[str, Any] = dict(zip(UNITS, map(int, marks), strict=True))
        if rng.random() < 0.05:
            units["U6"] = "absent"
        # Check letters: 0690001 % 23 and so on, B to G.
        school = f"069000{i % 6 + 1}{'BCDEFG'[i % 6]}"
        dims = {"sex": "FM"[i % 2], "school": school, "academie": "10", "sector": "public"}
        people.append(person(**units, PROJET=int(rng.integers(150, 380)), **dims))
    return cohort(people, stage=stage, origin=origin)
