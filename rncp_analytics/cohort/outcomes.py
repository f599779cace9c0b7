"""The rules applied to marks, all candidates of one diploma and session at once, in whole numbers.

Sums are in twentieths of a point × half coefficients: 9,8 with a coefficient 2,5 is 196 × 5. A mean reaches a
threshold t when sum >= 20 t × half coefficients: nothing is divided, so nothing is rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from rncp_analytics.certification.regulation import Regulation
from rncp_analytics.cohort.marksheet import (
    ABSENT,
    ABSENT_JUSTIFIED,
    CARRIED,
    KEPT,
    MARKED,
    NONE,
    NOT_PRESENTED,
    TWENTIETHS,
    VAE,
    Flags,
    Integers,
    Marksheet,
)
from rncp_analytics.errors import InputError

OUTCOMES = (
    "passed_first_group",
    "control_allowed",
    "passed_after_control",
    "refused_first_group",
    "refused_after_control",
    "eliminated_absence",
    "pending",
    "partial",
)
PASSED_FIRST, ALLOWED, PASSED_AFTER, REFUSED_FIRST, REFUSED_AFTER, ELIMINATED, PENDING, PARTIAL = range(8)
REASONS = ("absence", "mean_below_8", "professional_below_10", "after_control", "partial")
MENTIONS = ("no_mention", "ab", "b", "tb")
ACQUIRED = ("acquired_by_mark", "acquired_kept", "acquired_vae")
HALVES = 2
_HAS_MARK = (MARKED, KEPT, CARRIED)

Codes = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Means:
    """Sums that make the means, one value a candidate, and what made them, candidate × mandatory unit.

    Attributes
    ----------
    state : array of int8
        As :data:`~rncp_analytics.cohort.marksheet.STATES`; a kept mark that no longer holds is ``not_presented``.
    counted, absent : array of bool
        The unit is in both sums; the unit is missed without a justification.
    points : array of int32
        Twentieths that enter the sum, before the épreuve de contrôle.
    halves : array of int32, one a mandatory unit
        Twice the coefficients.
    professional : array of int32
        The same, 0 outside the professional units.
    total, coefficients, professional_total, professional_coefficients : array of int32
        Numerators (optional points and project included in the first) and denominators.
    optional, project : array of int32
        Twentieths added to the points of the diploma, before the scale of coefficients.
    """

    state: Codes
    counted: Flags
    absent: Flags
    points: Integers
    halves: Integers
    professional: Integers
    total: Integers
    coefficients: Integers
    professional_total: Integers
    professional_coefficients: Integers
    optional: Integers
    project: Integers


@dataclass(frozen=True)
class Decisions:
    """Outcomes and what explains them; codes are positions in the tuples of this module, ``NONE`` for none."""

    first_group: Codes
    after_control: Codes
    final: Codes
    mention: Codes
    reason: Codes
    best: Integers
    total_after_control: Integers
    acquired: Codes
    pivot_mean: Flags
    pivot_control: Flags


def means(sheet: Marksheet, rules: Regulation, progressive: Flags, has_project: Flags) -> Means:
    """Numerators and denominators of every mean, as they are after the first group.

    Parameters
    ----------
    sheet : Marksheet
    rules : Regulation
    progressive : array of bool
        The candidate is in the forme progressive.
    has_project : array of bool
        The candidate's status is one for which the project counts.
    """
    last = len(rules.mandatory_units)
    state = _still_holding(sheet, rules)
    mandatory = state[:, :last]
    missing = (mandatory == NOT_PRESENTED) & ~progressive[:, None]
    absent = (mandatory == ABSENT) | missing
    has_mark = np.isin(mandatory, _HAS_MARK)
    counted = has_mark | absent | (mandatory == ABSENT_JUSTIFIED)
    points = np.where(has_mark, sheet.mark[:, :last], 0).astype(np.int32)
    halves = np.array([whole(rules.number("coefficient", u) * HALVES) for u in rules.mandatory_units], dtype=np.int32)
    is_professional = np.isin(rules.mandatory_units, rules.codes("professional_units"))
    professional = np.where(is_professional, halves, 0).astype(np.int32)
    optional = _optional_points(sheet, state, rules)
    project, extra_points, extra_coefficients = _project_points(sheet, state, rules, has_project)
    return Means(
        state, counted, absent, points, halves, professional,
        total=points @ halves + HALVES * (optional + extra_points),
        coefficients=counted @ halves + HALVES * extra_coefficients,
        professional_total=points @ professional,
        professional_coefficients=counted @ professional,
        optional=optional, project=project,
    )  # fmt: skip


def decide(sheet: Marksheet, rules: Regulation, m: Means, progressive: Flags) -> Decisions:
    """Outcomes at each stage, mention, reason, acquired units and pivotal units: definitions in ``deliberate``."""
    last = len(rules.mandatory_units)
    state = m.state[:, :last]
    justified = (state == ABSENT_JUSTIFIED).any(axis=1)
    eliminated = m.absent.any(axis=1) & (rules.choice("absence_unjustified") == "eliminates")
    eliminated |= justified & (rules.choice("absence_justified") == "eliminates")
    partial = (progressive & (state == NOT_PRESENTED).any(axis=1)) | (m.coefficients == 0)
    above_8 = _reaches(m.total, m.coefficients, rules, "control_threshold")
    professional_ok = _reaches(
        m.professional_total, m.professional_coefficients, rules, "control_professional_threshold"
    )
    if rules.choice("control_without_professional_mean") == "allowed":
        professional_ok |= m.professional_coefficients == 0
    settled = np.select(
        [partial, eliminated, _reaches(m.total, m.coefficients, rules, "pass_threshold"), above_8 & professional_ok],
        [PARTIAL, ELIMINATED, PASSED_FIRST, ALLOWED],
        REFUSED_FIRST,
    )
    allowed = settled == ALLOWED
    reassessed = np.where(allowed[:, None] & m.counted, sheet.control[:, :last], NONE)
    best = np.maximum(m.points, reassessed)
    total_after = m.total + (best - m.points) @ m.halves
    passed_after = _reaches(total_after, m.coefficients, rules, "pass_threshold")
    sat = np.where(passed_after, PASSED_AFTER, REFUSED_AFTER)
    with_control = np.where(allowed & sheet.sat_control, sat, settled)
    final = np.where(with_control == ALLOWED, REFUSED_AFTER, with_control)
    waiting = justified & (rules.choice("absence_replacement") == "september")
    waits_first = waiting & np.isin(settled, (ALLOWED, REFUSED_FIRST))
    waits_after = waiting & np.isin(with_control, (ALLOWED, REFUSED_FIRST, REFUSED_AFTER))
    pivot_mean, pivot_control = _pivots(rules, m, best, total_after, final)
    return Decisions(
        first_group=np.where(waits_first, PENDING, settled).astype(np.int8),
        after_control=np.where(waits_after, PENDING, with_control).astype(np.int8),
        final=final.astype(np.int8),
        mention=_mentions(rules, m, final),
        reason=_reasons(above_8, final),
        best=best.astype(np.int32),
        total_after_control=total_after.astype(np.int32),
        acquired=_acquired(sheet, rules, m, best),
        pivot_mean=pivot_mean,
        pivot_control=pivot_control,
    )


def whole(number: Fraction) -> int:
    """A number of the regulation that must be whole on the scale of the sums.

    Raises
    ------
    InputError
        It isn't: a coefficient finer than a half, a threshold finer than a twentieth.
    """
    if number.denominator != 1:
        raise InputError(
            f"Le règlement donne un nombre trop fin pour le calcul exact ({number})",
            expected="coefficients en demis, seuils en vingtièmes de point",
        )
    return int(number)


def _still_holding(sheet: Marksheet, rules: Regulation) -> Codes:
    age = np.where(sheet.since == NONE, 0, rules.session - sheet.since)
    expired = (sheet.state == KEPT) & (age > whole(rules.number("kept_mark_years")))
    expired |= (sheet.state == CARRIED) & (age > whole(rules.number("carried_mark_years")))
    return np.where(expired, NOT_PRESENTED, sheet.state).astype(np.int8)


def _optional_points(sheet: Marksheet, state: Codes, rules: Regulation) -> Integers:
    columns = [sheet.units.index(unit) for unit in rules.optional_units]
    threshold = whole(rules.number("optional_threshold") * TWENTIETHS)
    above = np.where(np.isin(state[:, columns], _HAS_MARK), np.maximum(sheet.mark[:, columns] - threshold, 0), 0)
    best = np.sort(above, axis=1)[:, ::-1][:, : whole(rules.number("optional_maximum"))]
    points: Integers = (best.sum(axis=1) * whole(rules.number("optional_multiplier"))).astype(np.int32)
    return points


def _project_points(
    sheet: Marksheet, state: Codes, rules: Regulation, has_project: Flags
) -> tuple[Integers, Integers, Integers]:
    """Points shown (the doubled gap), then what enters the numerator and the denominator."""
    multiplier = whole(rules.number("project_multiplier"))
    threshold = whole(rules.number("project_threshold") * TWENTIETHS)
    counts = np.isin(state[:, -1], _HAS_MARK)
    mark = np.where(counts, sheet.mark[:, -1], 0)
    if rules.choice("project_absence") == "zero":
        counts |= np.isin(state[:, -1], (ABSENT, ABSENT_JUSTIFIED))
    counts &= has_project
    points = np.where(counts, multiplier * (mark - threshold), 0).astype(np.int32)
    if rules.choice("project_denominator") == "unchanged":
        return points, points, np.zeros_like(points)
    return points, np.where(counts, multiplier * mark, 0), np.where(counts, multiplier, 0)


def _reaches(total: Integers, coefficients: Integers, rules: Regulation, threshold: str) -> Flags:
    level = whole(rules.number(threshold) * TWENTIETHS)
    return (coefficients > 0) & (total >= level * coefficients)


def _mentions(rules: Regulation, m: Means, final: npt.NDArray[np.int64]) -> Codes:
    level = np.zeros(len(final), dtype=np.int8)
    for position, name in enumerate(MENTIONS[1:], 1):
        level[_reaches(m.total, m.coefficients, rules, f"mention_{name}")] = position
    if rules.choice("mention_with_kept_marks") == "refused":
        level[(m.state[:, : len(rules.mandatory_units)] == KEPT).any(axis=1)] = 0
    level[final == PASSED_AFTER] = 0
    return np.where(np.isin(final, (PASSED_FIRST, PASSED_AFTER)), level, NONE).astype(np.int8)


def _reasons(above_8: Flags, final: npt.NDArray[np.int64]) -> Codes:
    first = final == REFUSED_FIRST
    cases = [final == ELIMINATED, first & ~above_8, first, final == REFUSED_AFTER, final == PARTIAL]
    return np.select(cases, range(len(REASONS)), NONE).astype(np.int8)


def _acquired(sheet: Marksheet, rules: Regulation, m: Means, best: Integers) -> Codes:
    mark = sheet.mark.copy()
    mark[:, : best.shape[1]] = best
    enough = mark >= whole(rules.number("kept_mark_threshold") * TWENTIETHS)
    by_mark = enough & (m.state != KEPT) & np.isin(m.state, (MARKED, ABSENT, ABSENT_JUSTIFIED, CARRIED))
    by_mark[:, -1] = False  # the project belongs to no block
    return np.select([by_mark, m.state == KEPT, m.state == VAE], range(len(ACQUIRED)), NONE).astype(np.int8)


def _pivots(
    rules: Regulation, m: Means, best: Integers, total: Integers, final: npt.NDArray[np.int64]
) -> tuple[Flags, Flags]:
    """Units of the refused whose mark, raised to the threshold alone, would decide."""
    threshold = whole(rules.number("pass_threshold") * TWENTIETHS)
    gain: Integers = np.where(m.counted, np.maximum(threshold - best, 0), 0).astype(np.int32)
    refused = np.isin(final, (REFUSED_FIRST, REFUSED_AFTER))[:, None] & (gain > 0)
    raised = total[:, None] + gain * m.halves
    coefficients = m.coefficients[:, None]
    mean = refused & _reaches(raised, coefficients, rules, "pass_threshold")
    professional = m.professional_total[:, None] + gain * m.professional
    open_professional = _reaches(
        professional, m.professional_coefficients[:, None], rules, "control_professional_threshold"
    )
    if rules.choice("control_without_professional_mean") == "allowed":
        open_professional |= (m.professional_coefficients == 0)[:, None]
    opens = _reaches(raised, coefficients, rules, "control_threshold") & open_professional
    return mean, refused & (final == REFUSED_FIRST)[:, None] & ~mean & opens
