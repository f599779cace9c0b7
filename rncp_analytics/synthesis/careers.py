"""Synthetic careers: candidates in the forme progressive who gather their blocks over several sessions."""

from __future__ import annotations

import functools
import hashlib
import tomllib
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rncp_analytics.certification.diplomas import OPTION_B
from rncp_analytics.certification.regulation import Regulation, regulation
from rncp_analytics.cohort.deliberation import deliberate
from rncp_analytics.cohort.marksheet import CARRIED, KEPT, MARKED, NONE, NOT_PRESENTED, STATES, TWENTIETHS
from rncp_analytics.cohort.model import Cohort
from rncp_analytics.cohort.provenance import Source
from rncp_analytics.cohort.pseudonym import PUBLIC_KEY, pseudonyms
from rncp_analytics.errors import InputError
from rncp_analytics.synthesis.people import ine
from rncp_analytics.synthesis.values import Assumption, assumed

Whole = npt.NDArray[np.int64]
_HALF = TWENTIETHS // 2
_PUBLISHED = ("candidate", "diploma", "candidate_status", "exam_form", "sex")
_FIRST_INE = 9_000_000  # no candidate of another synthetic cohort has the same number


@functools.cache
def career_assumptions() -> tuple[Assumption, ...]:
    """Every assumption of the synthetic careers, in the order of the file; the unit difficulties are the cohort's."""
    text = resources.files("rncp_analytics.synthesis").joinpath("careers.toml").read_text(encoding="utf-8")
    return tuple(Assumption(name, entry["value"], entry["says"]) for name, entry in tomllib.loads(text).items())


def synthesise_careers(*, seed: int, size: int = 400) -> Cohort:
    """Candidates of option B in the forme progressive, followed over the sessions.

    Each session a candidate keeps the marks of at least 10, sits part of the other units, and the marks are
    deliberated: whoever has no diploma may come back.

    Parameters
    ----------
    seed : int
        The same seed gives the same cohort, byte for byte.
    size : int
        Number of candidates.

    Returns
    -------
    Cohort
        ``origin`` "synthetic", ``stage`` "final"; one row per candidate and session of registration, under one
        pseudonym. Marks and states, no result. Assumptions: :func:`career_assumptions`.

    Raises
    ------
    InputError
        The size isn't positive.

    Examples
    --------
    >>> sorted(synthesise_careers(seed=1, size=50).candidates["session"].unique().tolist())
    [2022, 2023, 2024, 2025]
    """
    if size < 1:
        raise InputError(f"Une cohorte de {size} candidat n'existe pas", expected="au moins un candidat")
    rng = np.random.default_rng([size, seed])
    sessions = _value("sessions")
    people = _people(size, rng)
    held = np.full((2, size, len(regulation(OPTION_B, sessions[0]).mandatory_units)), NONE)  # marks and their sessions
    waits = np.ones(size, dtype=bool)
    candidates: list[pd.DataFrame] = []
    results: list[pd.DataFrame] = []
    for session in sessions:
        back = waits & (people["first"] < session) & (rng.random(size) < _value("comes_back"))
        came = people[back | (people["first"] == session)]
        rules = regulation(OPTION_B, session)
        rows = _rows(rules, _sit(rules, came, held, rng), held[:, came.index])
        numbered = came.assign(session=session, candidate=np.arange(len(came)))
        final = deliberate(numbered, rows.rename(columns={"entry": "candidate"})).candidates["final"]
        waits[came.index] = ~final.isin(["passed_first_group", "passed_after_control"])
        waits &= (people["first"] > session).to_numpy() | (rng.random(size) >= _value("gives_up"))
        before = sum(len(table) for table in candidates)
        candidates.append(came[list(_PUBLISHED)].assign(session=session, entry=before + np.arange(len(came))))
        results.append(rows.assign(entry=rows["entry"] + before))
    made_of = repr((seed, size, career_assumptions(), assumed("unit_difficulty"), assumed("unit_sd")))
    digest = hashlib.sha256(made_of.encode()).hexdigest()
    source = Source(f"parcours synthétiques, graine {seed}", "rncp_analytics", "données fictives", digest)
    return Cohort(pd.concat(candidates), pd.concat(results), "final", "synthetic", source)


def _value(name: str) -> Any:
    return next(a.value for a in career_assumptions() if a.name == name)


def _people(size: int, rng: np.random.Generator) -> pd.DataFrame:
    shares = np.array(list(_value("statuses").values()))
    status = rng.choice(list(_value("statuses")), size=size, p=shares / shares.sum())
    first = rng.choice(_value("sessions"), size=size)
    numbers = pd.Series([f"ine:{ine(int(s), _FIRST_INE + i)}" for i, s in enumerate(first)])
    return pd.DataFrame(
        {
            "candidate": pseudonyms(numbers, key=PUBLIC_KEY),
            "diploma": OPTION_B,
            "candidate_status": status,
            "exam_form": "progressive",
            "sex": rng.choice(["F", "M"], size=size),
            "first": first,
            "level": pd.Series(status).map(_value("level")) + rng.normal(0, _value("level_sd"), size),
            "presents": np.where(rng.random(size) < _value("all_at_once"), 1, _value("first_presented")),
        }
    )


def _sit(rules: Regulation, came: pd.DataFrame, held: Whole, rng: np.random.Generator) -> Whole:
    """State of each unit of those who came; their new marks are written into ``held``."""
    old, since = held[:, came.index]
    elapsed = rules.session - came["first"].to_numpy()
    none = old == NONE
    low = ~none & (old < int(rules.number("kept_mark_threshold") * TWENTIETHS))
    new = np.where(elapsed == 0, came["presents"], _value("later_presented"))[:, None]
    sits = rng.random(old.shape) < np.where(none, new, np.where(low, _value("resit"), 0))
    level = came["level"].to_numpy() + _value("progress") * elapsed
    points = level[:, None] + [float(assumed("unit_difficulty")[unit]) for unit in rules.mandatory_units]
    points = points + rng.normal(0, float(assumed("unit_sd")), old.shape)
    drawn = np.clip(np.rint(points * TWENTIETHS / _HALF) * _HALF, 0, 20 * TWENTIETHS).astype(np.int64)
    held[:, came.index] = np.where(sits, drawn, old), np.where(sits, rules.session, since)
    return np.select([sits, none, low], [MARKED, NOT_PRESENTED, CARRIED], KEPT)


def _rows(rules: Regulation, state: Whole, held: Whole) -> pd.DataFrame:
    line, unit = np.nonzero(state != NOT_PRESENTED)
    mark, since = held[:, line, unit]
    return pd.DataFrame(
        {
            "entry": line,
            "unit": np.array(rules.mandatory_units)[unit],
            "test": "first_group",
            "state": np.array(STATES)[state[line, unit]],
            "mark": mark,
            "since": pd.Series(since, dtype="Int64").mask(state[line, unit] == MARKED),
        }
    )
