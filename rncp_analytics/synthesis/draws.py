"""Marks from abilities: one draw of every unit for each candidate given.

A draw knows the interval in which the ability lies, never the result: that comes from deliberating the marks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr, ndtri  # type: ignore[import-untyped]

from rncp_analytics.certification.nomenclature import STATUSES
from rncp_analytics.certification.regulation import Regulation
from rncp_analytics.cohort.marksheet import (
    ABSENT,
    ABSENT_JUSTIFIED,
    CARRIED,
    EXEMPT,
    KEPT,
    MARKED,
    NONE,
    NOT_PRESENTED,
    PROJECT,
    TWENTIETHS,
    VAE,
)
from rncp_analytics.synthesis import cells
from rncp_analytics.synthesis.values import assumed, by_status

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
_HALF, _TENTH = 10, 2  # in twentieths of a point
_SECTORS = {"public": "public", "prive_sous_contrat": "privé sous contrat", "prive_hors_contrat": "privé hors contrat",
            "CFA": "CFA", "CNED": "CNED"}  # fmt: skip


@dataclass(frozen=True)
class Exam:
    """What the candidates of a cohort face, as arrays: one line a candidate, one column a mandatory unit."""

    rules: Regulation
    weight: Floats
    modes: npt.NDArray[np.str_]
    kind: Whole
    status: Whole
    result: Whole
    centre: Floats
    spread: Floats
    school_ccf: Floats
    gone: Flags

    @property
    def units(self) -> tuple[str, ...]:
        """Columns of a draw: mandatory units, optional ones, the project."""
        return (*self.rules.mandatory_units, *self.rules.optional_units, PROJECT)


@dataclass(frozen=True)
class Draw:
    """States, marks (twentieths) and sessions of kept marks by candidate × unit; two orals of contrôle."""

    state: Whole
    mark: Whole
    since: Whole
    progressive: Flags
    oral_unit: Whole
    oral_mark: Whole


def exam_of(people: pd.DataFrame, rules: Regulation) -> Exam:
    """What the candidates face: modes of their units, and the centre and spread of their ability."""
    units = (*rules.mandatory_units, *rules.optional_units, PROJECT)
    kind, kinds = pd.factorize(pd.MultiIndex.from_frame(people[["candidate_status", "sector"]].fillna("")))
    modes = np.array([[_mode(rules, u, str(s), str(sector)) for u in units] for s, sector in kinds])
    status = pd.Index(STATUSES).get_indexer(pd.Index(people["candidate_status"]))
    weight = np.array([float(rules.number("coefficient", u)) for u in rules.mandatory_units])
    has_project = np.isin(STATUSES, rules.codes("project_statuses"))[status]
    centre, spread = _abilities(people, weight, has_project, rules)
    return Exam(
        rules, weight, modes, kind, status, people["result"].to_numpy(), centre, spread,
        people["school_ccf"].to_numpy(), people["gone"].to_numpy(),
    )  # fmt: skip


def draw(exam: Exam, lines: npt.NDArray[np.intp], rng: np.random.Generator) -> Draw:
    """One draw for each of these lines of the exam; a line may come several times."""
    status = exam.status[lines]
    modes = exam.modes[exam.kind[lines]]
    last = len(exam.rules.mandatory_units)
    ability = _ability(exam, lines, rng)
    tenths = rng.random((len(lines), last)) < float(assumed("tenths"))
    level = _level(exam, ability, modes[:, :last], exam.school_ccf[lines], rng)
    noise = rng.normal(0, float(assumed("unit_sd")), (2, *level.shape))
    mark, earlier = (_rounded(level + sitting, modes[:, :last], tenths) for sitting in noise)
    state = np.full((len(lines), len(exam.units)), MARKED)
    marks = np.concatenate([mark, _others(exam, ability, rng)], axis=1)
    progressive = rng.random(len(lines)) < by_status("progressive")[status]
    held, since = _held(exam, status, progressive, earlier, rng)
    state[:, :last] = np.where(held == NONE, MARKED, held)
    marks[:, :last] = np.where(held == NONE, mark, earlier)
    _without_mark(exam, lines, state, progressive, rng)
    has_mark = np.isin(state, (MARKED, KEPT, CARRIED))
    marks = np.where(has_mark, marks, NONE)
    since = np.where(np.isin(state[:, :last], (KEPT, CARRIED)), since[:, None], NONE)
    since = np.concatenate([since, np.full((len(lines), len(exam.units) - last), NONE)], axis=1)
    oral_unit, oral_mark = _orals(exam, lines, ability, np.where(state == MARKED, marks, NONE), rng)
    return Draw(state, marks, since, progressive, oral_unit, oral_mark)


def _mode(rules: Regulation, unit: str, status: str, sector: str) -> str:
    rule = rules.mode(unit, status, _SECTORS.get(sector, sector)) if unit != PROJECT else None
    mode = rule.value if rule else ""
    return "ccf" if mode == "either" else str(mode)


def _abilities(people: pd.DataFrame, weight: Floats, has_project: Flags, rules: Regulation) -> tuple[Floats, Floats]:
    """Centre and spread of the ability that give the mean its own, once units, groups and project are added."""
    total = weight.sum()
    noise = float(assumed("unit_sd")) ** 2 * (weight**2).sum() / total**2
    twice = float(rules.number("project_multiplier")) / total * has_project
    threshold = float(rules.number("project_threshold"))
    noise = noise + (twice * float(assumed("project_sd"))) ** 2
    centre = (people["centre"] - twice * (float(assumed("project_bonus")) - threshold)) / (1 + twice)
    spread = np.sqrt(np.maximum(people["spread"] ** 2 - noise, 0.25)) / (1 + twice)
    return centre.to_numpy(dtype=float), spread.to_numpy(dtype=float)


def _ability(exam: Exam, lines: npt.NDArray[np.intp], rng: np.random.Generator) -> Floats:
    """From the normal law of the candidate, where the published result leaves it possible."""
    reach, control, passed = float(assumed("reach")), 8.0, 10.0
    low = np.array([-40.0, passed - reach, control - reach, control - reach, -40.0])[exam.result[lines]]
    high = np.array([40.0, 40.0, passed + reach, passed + reach, passed + reach])[exam.result[lines]]
    centre, spread = exam.centre[lines], exam.spread[lines]
    low, high = ndtr((low - centre) / spread), ndtr((high - centre) / spread)
    ability: Floats = centre + spread * ndtri(low + (high - low) * rng.random(len(lines)))
    return ability


def _level(
    exam: Exam, ability: Floats, modes: npt.NDArray[np.str_], school_ccf: Floats, rng: np.random.Generator
) -> Floats:
    """The candidate's level in each unit, in points, before what a sitting adds by chance."""
    units = exam.rules.mandatory_units
    ease = np.array([float(assumed("unit_difficulty")[u]) for u in units])
    ccf = modes == "ccf"
    shift = ease + ccf * (float(assumed("ccf_gap")) + school_ccf[:, None])
    # CCF marks are rounded up: a quarter of a point on average. The gap moves units, not the mean.
    shift = shift - ((shift + 0.25 * ccf) @ exam.weight / exam.weight.sum())[:, None]
    professional = np.isin(units, exam.rules.codes("professional_units"))
    part = exam.weight[professional].sum() / exam.weight.sum()
    group = rng.normal(0, float(assumed("group_sd")), len(ability))
    level: Floats = ability[:, None] + shift + group[:, None] * np.where(professional, 1 - part, -part)
    return level


def _rounded(points: Floats, modes: npt.NDArray[np.str_], tenths: Flags) -> Whole:
    """In twentieths: CCF marks up to the half point, the others to the nearest half or tenth."""
    twentieths = points * TWENTIETHS
    half, tenth = np.rint(twentieths / _HALF) * _HALF, np.rint(twentieths / _TENTH) * _TENTH
    marks = np.where(modes == "ccf", np.ceil(twentieths / _HALF) * _HALF, np.where(tenths, tenth, half))
    whole: Whole = np.clip(marks, 0, 20 * TWENTIETHS).astype(np.int64)
    return whole


def _others(exam: Exam, ability: Floats, rng: np.random.Generator) -> Whole:
    """Marks of the optional units and of the project, in half points."""
    n = len(exam.rules.optional_units)
    optional = ability[:, None] + float(assumed("optional_bonus"))
    optional = optional + rng.normal(0, float(assumed("unit_sd")), (len(ability), n))
    project = ability + float(assumed("project_bonus")) + rng.normal(0, float(assumed("project_sd")), len(ability))
    points = np.column_stack([optional, project])
    return _to_half(points)


def _to_half(points: Floats) -> Whole:
    """To the nearest half point, in twentieths."""
    marks: Whole = np.clip(np.rint(points * TWENTIETHS / _HALF) * _HALF, 0, 20 * TWENTIETHS).astype(np.int64)
    return marks


def _held(
    exam: Exam, status: Whole, progressive: Flags, earlier: Whole, rng: np.random.Generator
) -> tuple[Whole, npt.NDArray[Any]]:
    """State of the units whose mark is older than this session (``NONE`` elsewhere), and its session."""
    threshold = int(exam.rules.number("kept_mark_threshold") * TWENTIETHS)
    years = int(exam.rules.number("kept_mark_years"))
    oldest = max(exam.rules.rule("mandatory_units").first_session, exam.rules.session - years)
    age = rng.geometric(1 - float(assumed("kept_older")), len(status))
    since = np.maximum(exam.rules.session - age, oldest)
    repeater = rng.random(len(status)) < by_status("repeater")[status]
    asked = rng.random(earlier.shape) < float(assumed("kept"))
    before = rng.random(earlier.shape) < float(assumed("progressive_earlier"))
    kept = earlier >= threshold
    state = np.where((repeater & ~progressive)[:, None] & kept & asked, KEPT, NONE)
    state = np.where(progressive[:, None] & before, np.where(kept, KEPT, CARRIED), state)
    return np.where((since < exam.rules.session)[:, None], state, NONE), since


def _without_mark(
    exam: Exam, lines: npt.NDArray[np.intp], state: Whole, progressive: Flags, rng: np.random.Generator
) -> None:
    """Units left for later, by VAE, exempt, missed, and optional units not taken: written into ``state``."""
    status, n, last = exam.status[lines], len(lines), len(exam.rules.mandatory_units)
    mandatory = state[:, :last]

    def happens(share: Any) -> Any:
        return (rng.random(n) < share)[:, None]

    def by_unit(share: Any) -> Any:
        return rng.random((n, last)) < share

    unfinished = happens(assumed("progressive_unfinished")) & progressive[:, None]
    mandatory[unfinished & by_unit(assumed("progressive_later")) & (mandatory == MARKED)] = NOT_PRESENTED
    professional = np.isin(exam.rules.mandatory_units, exam.rules.codes("professional_units"))
    vae = happens(by_status("vae")[status]) & by_unit(assumed("vae_units")) & professional
    mandatory[vae] = VAE
    eps = np.isin(exam.rules.mandatory_units, ["U7"])
    mandatory[happens(by_status("eps_exempt")[status]) & eps & (mandatory == MARKED)] = EXEMPT
    gone = exam.gone[lines, None]
    missed = gone & by_unit(assumed("dropout_absence")) & (exam.modes[exam.kind[lines], :last] != "ccf")
    mandatory[missed & (mandatory == MARKED)] = ABSENT
    mandatory[by_unit(assumed("absent_justified")) & (mandatory == MARKED)] = ABSENT_JUSTIFIED
    for column, unit in enumerate(exam.rules.optional_units, last):
        state[~(rng.random(n) < float(assumed("optional_taken")[unit])), column] = NOT_PRESENTED
    has_project = np.isin(STATUSES, exam.rules.codes("project_statuses"))[status]
    state[:, -1] = np.where(has_project, np.where(gone[:, 0], ABSENT, MARKED), NOT_PRESENTED)


def _orals(
    exam: Exam, lines: npt.NDArray[np.intp], ability: Floats, marks: Whole, rng: np.random.Generator
) -> tuple[Whole, Whole]:
    """Unit (position, ``NONE`` without oral) and mark (``NONE`` when absent) of the two orals of contrôle.

    Only for candidates who must be allowed to sit them; a unit without a mark of this session isn't chosen.
    """
    allowed = np.isin(exam.result[lines], (cells.PASSED_AFTER, cells.REFUSED_AFTER))
    n = len(lines)
    units = np.full((n, len(exam.rules.control_orals)), NONE)
    for oral, choice in enumerate(exam.rules.control_orals):
        columns = np.array([exam.units.index(u) for u in choice])
        random = rng.random((n, len(columns)))
        lowest = (rng.random(n) < float(assumed("control_lowest")))[:, None]
        key = np.where(marks[:, columns] == NONE, np.inf, np.where(lowest, marks[:, columns] + random, random))
        chosen = columns[key.argmin(axis=1)]
        units[:, oral] = np.where(allowed & np.isfinite(key.min(axis=1)), chosen, NONE)
    points = ability + float(assumed("control_bonus"))
    points = points[:, None] + rng.normal(0, float(assumed("control_sd")), units.shape)
    here = (units != NONE) & ~(rng.random(units.shape) < float(assumed("control_absent")))
    return units, np.where(here, _to_half(points), NONE)
