"""Cohort → Counts: the only code above ``cohort/`` that sees candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rncp_analytics.certification.diplomas import diploma
from rncp_analytics.certification.nomenclature import academies
from rncp_analytics.certification.regulation import Regulation, regulation
from rncp_analytics.cohort.deliberation import Deliberation, deliberate
from rncp_analytics.cohort.marksheet import PROJECT, codes
from rncp_analytics.cohort.model import Cohort
from rncp_analytics.cohort.outcomes import (
    ALLOWED,
    ELIMINATED,
    MENTIONS,
    OUTCOMES,
    PARTIAL,
    PASSED_AFTER,
    PASSED_FIRST,
    PENDING,
    REASONS,
    REFUSED_AFTER,
    REFUSED_FIRST,
)
from rncp_analytics.counts.model import Counts, Scope
from rncp_analytics.counts.tally_units import People, grouped, modes, patterns, pivots, summed, units
from rncp_analytics.errors import CountsError

UNKNOWN = "unknown"
DIMENSIONS = (
    "session", "diploma", "option", "academie", "departement", "sector", "school", "school_class", "candidate_status",
    "sex", "repeater", "exam_form",
)  # fmt: skip
# Why the refused were refused; ``other_reason``: the jury refused somebody whom the marks don't refuse.
MOTIFS = ("absence", "mean_below_8", "professional_below_10", "after_control", "partial", "other_reason")


@dataclass(frozen=True)
class Tally:
    """What :func:`tally` counted: five additive tables and the names of the mandatory units.

    Attributes
    ----------
    outcomes, units, patterns, pivots, modes : Counts
        Columns: see :func:`tally`.
    mandatory_units : tuple of str
        In exam order: the places of ``acquired_units`` in ``patterns``.
    """

    outcomes: Counts
    units: Counts
    patterns: Counts
    pivots: Counts
    modes: Counts
    mandatory_units: tuple[str, ...]

    def session(self, wanted: int | None = None) -> int:
        """The session asked for, or the last one of the cohort; counts by session are needed.

        Raises
        ------
        CountsError
            The cohort has no candidate in that session.
        """
        known = sorted(int(session) for session in self.outcomes.by("session").frame["session"])
        if wanted is not None and wanted not in known:
            raise CountsError(
                f"Aucun candidat de cette cohorte pour la session {wanted}",
                expected=f"l'une des sessions : {', '.join(map(str, known))}",
            )
        return known[-1] if wanted is None else wanted


def tally(cohort: Cohort, *, by: Sequence[str]) -> Tally:
    """Deliberate a cohort and count its candidates.

    Parameters
    ----------
    cohort : Cohort
    by : sequence of str
        Dimensions of every table, among ``DIMENSIONS``; a missing value is the group "unknown". None: one group.

    Returns
    -------
    Tally
        All at the stage of the cohort. The jury's outcome and mention stand where the cohort has them.

        ``outcomes`` (``by``), candidates. ``registered``: all. ``present``: a mark of this session; every other
        column but ``passed_without_test`` counts présents only. ``complete``: every mandatory unit marked, kept,
        carried, exempt or by VAE. Each présent is in one of ``passed_first_group``, ``passed_after_control``,
        ``refused_first_group``, ``refused_after_control``, ``pending`` (awaits the September replacement),
        ``control_pending`` (allowed to the épreuve de contrôle, no result there yet). As in the published results,
        ``refused_first_group`` holds whoever has no diploma and wasn't allowed to the contrôle: ``eliminated``
        and ``partial`` are parts of it, shown apart. Hence, at every stage::

            present         = passed + refused + pending + control_pending
            passed          = passed_first_group + passed_after_control = tb + b + ab + no_mention
            refused         = refused_first_group + refused_after_control
                            = absence + mean_below_8 + professional_below_10 + after_control + partial + other_reason
            control_allowed = passed_after_control + refused_after_control + control_pending

        At the final stage nobody waits and these are the published identities. After the first group ``passed`` are
        those of the first group. Félicitations are the jury's and in no mark: 0, within ``tb``.
        ``passed_without_test``: the diploma without a test this session (kept marks or VAE alone).

        ``units`` (``by``, ``unit``, ``mode``), candidates of a mandatory unit, and of an optional one or the
        project ("PROJET") where they presented it. ``registered`` = ``marked`` + ``absent`` + ``absent_justified`` +
        ``exempt`` + ``kept`` + ``carried`` + ``vae`` + ``not_presented``. Of the marks of this session, before the
        contrôle: ``marks_sum``, ``marks_sumsq`` (twentieths of a point), ``at_least_10``, and the classes
        ``class_0_5`` … ``class_16_20`` (lower
        bound inclusive, 20 in the last), which add to ``marked``. ``acquired_by_mark`` (the better mark after the
        contrôle), ``acquired_kept``, ``acquired_vae``. ``no_diploma``: without the diploma at this stage, present or
        not, and not exempt of the unit; ``no_diploma_acquired``: who acquired it among them.

        ``patterns`` (``by``, ``acquired_units``): ``registered``, ``no_diploma``; "101…" tells the mandatory units
        acquired, in the order of ``mandatory_units``.

        ``pivots`` (``by``, ``unit``, ``kind``): ``refused`` (présents refused) and ``pivotal``, for whom 10 in this
        unit alone would give the diploma ("pivot_mean"), or open the contrôle without giving it ("pivot_control").
        ``below_10``: of the refused, who have a mark of this session under 10 there, before the contrôle;
        ``missing_sum``, ``missing_sumsq``: what these marks lack to reach 10 (twentieths of a point).

        ``modes`` (``by``): ``paired``, candidates with marks of both modes among the mandatory units; ``ccf_sum``,
        ``ponctuel_sum``: sums of their two means (weighted by the coefficients), in thousandths of a point, each
        rounded half up; ``gap_sumsq``: sum of the squares of the differences.

    Raises
    ------
    CountsError
        An unknown dimension, or no candidate.
    InputError, UnknownCodeError
        As :func:`~rncp_analytics.cohort.deliberation.deliberate`.

    Examples
    --------
    >>> from rncp_analytics.cohort.provenance import Source
    >>> who = {"session": 2025, "diploma": "40031214", "candidate_status": "SCOLAIRE", "exam_form": "globale"}
    >>> people = pd.DataFrame({"entry": [0, 1], "candidate": ["0" * 20, "1" * 20], "sex": ["F", "M"], **who})
    >>> units = regulation("40031214", 2025).mandatory_units
    >>> marks = [{"entry": entry, "unit": unit, "mark": mark} for entry, mark in ((0, 240), (1, 120)) for unit in units]
    >>> rows = pd.DataFrame(marks).assign(test="first_group", state="marked")
    >>> cohort = Cohort(people, rows, "final", "synthetic", Source("exemple", "", "", ""))
    >>> tally(cohort, by=["sex"]).outcomes.frame[["sex", "present", "passed", "mean_below_8"]].to_numpy().tolist()
    [['F', 1, 1, 0], ['M', 1, 0, 1]]
    """
    unknown = [name for name in by if name not in DIMENSIONS]
    if unknown:
        raise CountsError(
            f"Une cohorte ne se compte pas par « {unknown[0]} »",
            expected=f"une dimension parmi {', '.join(DIMENSIONS)}",
        )
    by = tuple(dict.fromkeys(by))
    candidates = cohort.candidates
    rows = cohort.rows.rename(columns={"entry": "candidate"})
    found = deliberate(candidates.drop(columns="candidate").rename(columns={"entry": "candidate"}), rows)
    pairs = candidates[["diploma", "session"]].drop_duplicates().itertuples(index=False, name=None)
    rules = {(code, int(session)): regulation(code, int(session)) for code, session in pairs}
    mandatory = tuple(dict.fromkeys(u for r in rules.values() for u in r.mandatory_units))
    optional = tuple(dict.fromkeys(u for r in rules.values() for u in r.optional_units))
    group, keys = grouped(dimension_keys(candidates, by))
    outcome, mention, reason = _standing(candidates, found, cohort.stage)
    present = found.candidates["present"].to_numpy(bool)
    people = People(
        entries=pd.Index(candidates["entry"]),
        group=group,
        keys=keys,
        passed=np.isin(outcome, (PASSED_FIRST, PASSED_AFTER)),
        refused=present & np.isin(outcome, (REFUSED_FIRST, REFUSED_AFTER, ELIMINATED, PARTIAL)),
        mandatory=mandatory,
        units=(*mandatory, *optional, PROJECT),
    )
    flags = _flags(outcome, mention, reason, present, found.candidates["complete"].to_numpy(bool))
    scope = scope_of(cohort)

    def counts(frame: pd.DataFrame, *more: str) -> Counts:
        return Counts(frame, (*by, *more), scope, cohort.origin, cohort.source)

    return Tally(
        counts(keys.assign(**summed(group, len(keys), flags))),
        counts(units(people, found.units, rows), "unit", "mode"),
        counts(patterns(people, found.units), "acquired_units"),
        counts(pivots(people, found.units), "unit", "kind"),
        counts(modes(people, found.units, rows, _halves(candidates, rules, people.units))),
        mandatory,
    )


def scope_of(cohort: Cohort) -> Scope:
    """What every count of a cohort covers."""
    people = cohort.candidates
    return Scope(cohort.stage, _territory(people["academie"]), _population(people["diploma"]))


def dimension_keys(candidates: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """The dimensions of each candidate: a column per name of ``by``, "unknown" where a value is missing."""
    options = {code: diploma(code).option or "none" for code in candidates["diploma"].unique()}
    columns: dict[str, pd.Series[Any]] = {"option": candidates["diploma"].map(options)}
    columns["session"] = candidates["session"].astype("int64")
    return pd.DataFrame(
        {name: columns[name] if name in columns else candidates[name].fillna(UNKNOWN) for name in by},
        index=candidates.index,
    )


def _standing(
    candidates: pd.DataFrame, found: Deliberation, stage: str
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Outcome, mention and motif of each candidate at a stage, as positions; the jury's stand where they are."""
    jury, jury_mention = (codes(candidates[f"jury_{n}"], v) for n, v in (("outcome", OUTCOMES), ("mention", MENTIONS)))
    outcome = np.where(jury >= 0, jury, codes(found.candidates[stage], OUTCOMES))
    mention = codes(found.candidates["mention"], MENTIONS)
    mention = np.where(jury_mention >= 0, jury_mention, np.maximum(mention, 0))  # a repêché has no mention of ours
    computed = codes(found.candidates["reason"], REASONS)
    by_mean = np.isin(computed, [REASONS.index(name) for name in ("mean_below_8", "professional_below_10")])
    cases = {
        "absence": outcome == ELIMINATED,
        "partial": outcome == PARTIAL,
        "after_control": outcome == REFUSED_AFTER,
        "other_reason": ~by_mean,
    }
    reason = np.select(list(cases.values()), [MOTIFS.index(name) for name in cases], computed)
    return outcome, mention, reason.astype(np.int64)


def _flags(
    outcome: npt.NDArray[np.int64],
    mention: npt.NDArray[np.int64],
    reason: npt.NDArray[np.int64],
    present: npt.NDArray[np.bool_],
    complete: npt.NDArray[np.bool_],
) -> dict[str, npt.NDArray[np.bool_]]:
    """Who counts in each column of ``outcomes``: the definitions of :func:`tally`."""
    at = {name: present & (outcome == position) for position, name in enumerate(OUTCOMES)}
    first, after = at[OUTCOMES[PASSED_FIRST]], at[OUTCOMES[PASSED_AFTER]]
    eliminated, partial, waiting = (at[OUTCOMES[o]] for o in (ELIMINATED, PARTIAL, ALLOWED))
    refused_first, refused_after = at[OUTCOMES[REFUSED_FIRST]] | eliminated | partial, at[OUTCOMES[REFUSED_AFTER]]
    passed, refused = first | after, refused_first | refused_after
    none = np.zeros_like(present)
    return {
        "registered": ~none,
        "present": present,
        "complete": present & complete,
        "passed_first_group": first,
        "refused_first_group": refused_first,
        "control_allowed": after | refused_after | waiting,
        "passed_after_control": after,
        "refused_after_control": refused_after,
        "passed": passed,
        "refused": refused,
        "pending": at[OUTCOMES[PENDING]],
        "control_pending": waiting,
        "eliminated": eliminated,
        "passed_without_test": ~present & np.isin(outcome, (PASSED_FIRST, PASSED_AFTER)),
        "tb_felicitations": none,
        **{name: passed & (mention == MENTIONS.index(name)) for name in ("tb", "b", "ab", "no_mention")},
        **{name: refused & (reason == position) for position, name in enumerate(MOTIFS)},
    }


def _halves(candidates: pd.DataFrame, rules: Mapping[Any, Regulation], units: Sequence[str]) -> npt.NDArray[np.int64]:
    """Twice the coefficient of each unit, candidate × unit; 0 for those that aren't mandatory."""
    pair, distinct = pd.factorize(pd.MultiIndex.from_frame(candidates[["diploma", "session"]]))
    table = [
        [int(2 * r.number("coefficient", u)) if u in r.mandatory_units else 0 for u in units]
        for r in (rules[key] for key in distinct)
    ]
    return np.array(table, dtype=np.int64)[pair]


def _territory(codes: pd.Series[Any]) -> str:
    names = {a.code: a.name for a in academies()}
    found = sorted(codes.dropna().unique())
    if len(found) == 1 and codes.notna().all():
        return f"académie : {names.get(found[0], found[0])}"
    return f"{len(found)} académies" if len(found) > 1 else "territoire de la cohorte"


def _population(codes: pd.Series[Any]) -> str:
    named = " et ".join(f"de l'option {option}" for option in sorted(str(diploma(c).option) for c in codes.unique()))
    return f"candidats {named}, tous statuts"
