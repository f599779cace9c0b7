"""Marks to results, by the regulation of each session, for a whole cohort at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from rncp_analytics.certification.regulation import Regulation, regulation
from rncp_analytics.cohort.deliberation_tables import candidate_table, unit_table
from rncp_analytics.cohort.marksheet import (
    FORMS,
    NONE,
    PROJECT,
    Coded,
    Marksheet,
    coded_results,
    codes,
    contradictions,
    judge_candidates,
    lay,
    refuse,
)
from rncp_analytics.cohort.outcomes import OUTCOMES, decide, means
from rncp_analytics.errors import CountsError, UnknownCodeError

STAGES = ("first_group", "after_control", "final")
_PASSED = ("passed_first_group", "passed_after_control")
_OPEN = {"first_group": ["pending"], "after_control": ["pending", "control_allowed"], "final": ["pending"]}


@dataclass(frozen=True)
class Deliberation:
    """What :func:`deliberate` found: one row a candidate, and one row a candidate × unit.

    Attributes
    ----------
    candidates : DataFrame
        The columns of the candidates given, in their order, then ``present`` (has a mark of this session),
        ``complete`` (every mandatory unit marked, kept, carried, exempt or by VAE); ``mean_points``,
        ``mean_coefficients``, ``professional_points``, ``professional_coefficients``, ``control_points``: whole
        sums, twentieths of a point × half coefficients over half coefficients (the mean out of 20 is
        points / (20 × coefficients); after the épreuve de contrôle the denominator is the same, and
        ``control_points`` is missing for who didn't sit it); ``mean``, ``professional_mean``, ``control_mean``:
        the same out of 20, cut (never rounded) to the hundredth, for display alone; ``project_points``,
        ``optional_points``: twentieths of a point added to the total (the former may be negative);
        ``first_group``, ``after_control``, ``final``: outcome at each stage; ``mention`` ("no_mention", "ab", "b",
        "tb", missing for who is not admitted); ``reason`` ("absence", "mean_below_8", "professional_below_10",
        "after_control", "partial", missing for the admitted), at the final stage.
    units : DataFrame
        ``candidate, unit, state`` (a kept mark that no longer holds is ``not_presented``), ``mark``,
        ``control_mark`` (twentieths, missing when there is none), ``acquired`` ("acquired_by_mark",
        "acquired_kept", "acquired_vae" or missing), ``to_resit``, ``holds_until`` (last session in which the
        mark can be kept), ``pivot_mean``, ``pivot_control``. Every mandatory unit of every candidate, in exam
        order; an optional unit or the project only where it was presented.
    """

    candidates: pd.DataFrame
    units: pd.DataFrame


def deliberate(candidates: pd.DataFrame, results: pd.DataFrame) -> Deliberation:
    """Apply the regulation of each session and diploma to the marks of its candidates.

    Parameters
    ----------
    candidates : DataFrame
        One row a candidate: ``candidate`` (unique key), ``session`` (year), ``diploma`` (8 digits),
        ``candidate_status`` (one of the five), ``exam_form`` ("globale", "progressive").
    results : DataFrame
        Long: ``candidate``, ``unit`` ("U2" … "U7", "UF1" …, "PROJET"), ``test`` ("first_group", "control"),
        ``state``, ``mark`` (twentieths of a point, 0 to 400), ``since`` (session of a kept or carried mark). A
        mandatory unit without a row is ``not_presented``.

    Returns
    -------
    Deliberation

    Raises
    ------
    InputError
        Impossible values, by row and column: all failures of one kind at once. Nothing is deliberated.
    UnknownCodeError
        A missing column, a diploma or a session without known rules.

    Notes
    -----
    Definitions; where the law is uncertain, the regulation says so and its entry changes the result without code.

    Mean: points / coefficients over the mandatory units. ``marked``, ``kept`` and ``carried`` enter with their
    mark, both kinds of absence with 0; ``exempt`` and ``vae`` leave both sums; ``not_presented`` is an absence in
    the forme globale and leaves both sums in the progressive one. The points of optional units above 10 and
    twice the gap of the project to 10 join the points. A kept mark counts up to five sessions after its own,
    then is not presented; without ``since`` it holds.

    First group, first case that applies: ``partial`` (forme progressive, a mandatory unit not presented; or
    no mandatory unit with a coefficient in the mean), ``eliminated_absence``, ``passed_first_group`` (mean >= 10),
    ``pending`` (a justified absence), ``control_allowed`` (mean >= 8 and professional mean >= 10),
    ``refused_first_group``. A justified absence counts 0 and whoever reaches 10 with it is admitted at once.

    After control: for the allowed, the better mark of each unit sat again; admitted from 10. Without any result
    there the candidate still is ``control_allowed`` at this stage, and ``refused_after_control`` at the final one.
    Control marks of candidates who are not allowed are ignored: compare with the jury's result.

    Final: nobody waits any longer, a replacement that was not taken counts 0.

    Unit: acquired by its mark (the better one after contrôle) from 10, kept, or by VAE. ``to_resit``: mandatory,
    neither acquired nor exempt, of a candidate without the diploma (in the progressive form the mark may be
    carried instead). ``holds_until``: five sessions after the one of the mark, for who has no diploma.
    ``pivot_mean``: the candidate is refused, and with 10 in this unit, all else equal, the last mean would be
    >= 10. ``pivot_control``: refused at the first group, and 10 there would open the épreuve de contrôle
    without reaching 10.

    Sources: ``regulation(diploma, session)``, each rule with its reference.

    Examples
    --------
    >>> who = {"session": 2025, "diploma": "40031214", "candidate_status": "SCOLAIRE", "exam_form": "globale"}
    >>> units = regulation("40031214", 2025).mandatory_units
    >>> marks = pd.DataFrame({"candidate": 1, "unit": units, "test": "first_group", "state": "marked", "mark": 200})
    >>> found = deliberate(pd.DataFrame({"candidate": [1], **who}), marks.assign(since=None))
    >>> found.candidates["final"].tolist(), found.candidates["mention"].tolist()
    (['passed_first_group'], ['no_mention'])
    """
    judge_candidates(candidates)
    if candidates.empty:
        raise CountsError("Aucun candidat à délibérer", remedy="vérifier la table des candidats")
    people = candidates.reset_index(drop=True)
    key = pd.MultiIndex.from_frame(people[["diploma", "session"]])
    group, distinct = pd.factorize(key)
    groups = [(np.flatnonzero(group == i), _rules(*pair)) for i, pair in enumerate(distinct)]
    units = list(dict.fromkeys(u for _, r in groups for u in (*r.mandatory_units, *r.optional_units, PROJECT)))
    coded = coded_results(results, people["candidate"], units)
    parts = [(lines, rules, _part(coded, lines, len(people))) for lines, rules in groups]
    refuse([f for _, rules, part in parts for f in contradictions(part, rules, units)], "results")
    tables = [
        _deliberate(people.iloc[lines], _own(part, len(lines), rules, units), rules, units)
        for lines, rules, part in parts
    ]
    order = np.argsort(np.concatenate([lines for lines, _ in groups]))
    found = pd.concat([table for table, _ in tables]).iloc[order].reset_index(drop=True)
    by_unit = pd.concat([table for _, table in tables], ignore_index=True)
    line = np.concatenate([lines[table["candidate"]] for (lines, _), (_, table) in zip(groups, tables, strict=True)])
    order = np.argsort(line, kind="stable")
    keys = people["candidate"].take(line[order]).reset_index(drop=True)
    return Deliberation(found, by_unit.iloc[order].reset_index(drop=True).assign(candidate=keys))


def bounds(deliberation: Deliberation) -> pd.DataFrame:
    """Number of admitted at each stage, if all those who wait fail and if all of them pass.

    Returns
    -------
    DataFrame
        One row a stage: ``stage``, ``open`` (candidates without a result yet: ``pending``; after control, also
        those allowed who have no result there), ``passed_if_all_fail``, ``passed_if_all_pass``. Counts only: the
        denominator is the reader's choice.
    """
    rows = []
    for stage in STAGES:
        outcome = deliberation.candidates[stage]
        passed, waiting = int(outcome.isin(_PASSED).sum()), int(outcome.isin(_OPEN[stage]).sum())
        rows.append((stage, waiting, passed, passed + waiting))
    return pd.DataFrame(rows, columns=["stage", "open", "passed_if_all_fail", "passed_if_all_pass"])


def reconcile_with_jury(
    deliberation: Deliberation,
    jury: pd.Series[Any],
    *,
    stage: Literal["first_group", "after_control", "final"] = "final",
) -> pd.DataFrame:
    """Every candidate whose computed outcome is not the jury's. The jury is sovereign: its result stands.

    Parameters
    ----------
    deliberation : Deliberation
    jury : Series
        Outcome given by the jury, by candidate (index); missing where the export has none.
    stage : {"first_group", "after_control", "final"}
        Stage of the jury's results.

    Returns
    -------
    DataFrame
        ``candidate, session, diploma, mean, computed, jury, standing, difference``; ``standing`` is the jury's where
        there is one. ``difference``: "jury_passes", "jury_does_not_pass", "other_outcome" (same side, another
        path), "no_jury_result". Empty when all agree.

    Raises
    ------
    UnknownCodeError
        An outcome that isn't one of the eight, or a jury's candidate who was not deliberated.
    CountsError
        The jury has two results for one candidate.
    """
    if jury.index.has_duplicates:
        raise CountsError("Le jury a deux résultats pour un même candidat", expected="un résultat par candidat")
    unknown = int((codes(jury.dropna(), OUTCOMES) == NONE).sum())
    strangers = int((~jury.index.isin(deliberation.candidates["candidate"])).sum())
    if unknown or strangers:
        raise UnknownCodeError(
            f"Résultats du jury : {unknown} inconnu(s), {strangers} d'un candidat qui n'est pas dans la délibération",
            expected=", ".join(OUTCOMES),
        )
    known = deliberation.candidates[["candidate", "session", "diploma", "mean"]]
    computed = deliberation.candidates[stage].astype("str")
    given = deliberation.candidates["candidate"].map(jury.astype("object"))
    ours, theirs = computed.isin(_PASSED), given.isin(_PASSED)
    difference = np.select(
        [given.isna(), theirs & ~ours, ours & ~theirs],
        ["no_jury_result", "jury_passes", "jury_does_not_pass"],
        "other_outcome",
    )
    listed = known.assign(computed=computed, jury=given, standing=given.fillna(computed), difference=difference)
    return listed[(given.isna() | (given != computed)).to_numpy(bool)].reset_index(drop=True)


def _rules(diploma: str, session: int) -> Regulation:
    rules = regulation(str(diploma), int(session))
    if not rules.mandatory_units:
        raise UnknownCodeError(
            f"Les unités et les coefficients du diplôme {rules.diploma} ne sont pas connus",
            where=f"session {rules.session}",
            expected="un diplôme dont le règlement est complet : 40031214 (option B), 40031213 (option A)",
        )
    return rules


def _part(coded: Coded, lines: npt.NDArray[np.intp], n: int) -> Coded:
    """The results of some candidates, who are renumbered from 0."""
    line = np.full(n, NONE, dtype=np.intp)
    line[lines] = np.arange(len(lines))
    own = line[coded.candidate] != NONE
    return Coded(
        coded.rows[own], line[coded.candidate[own]], coded.unit[own], coded.control[own], coded.state[own],
        coded.mark[own], coded.since[own],
    )  # fmt: skip


def _own(part: Coded, n: int, rules: Regulation, units: Sequence[str]) -> Marksheet:
    columns = (*rules.mandatory_units, *rules.optional_units, PROJECT)
    place = np.array([columns.index(u) if u in columns else NONE for u in units], dtype=np.int16)
    return lay(replace(part, unit=place[part.unit]), n, columns)


def _deliberate(
    people: pd.DataFrame, sheet: Marksheet, rules: Regulation, units: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    progressive = codes(people["exam_form"], FORMS) == 1
    has_project = people["candidate_status"].isin(rules.codes("project_statuses")).to_numpy(bool)
    sums = means(sheet, rules, progressive, has_project)
    found = decide(sheet, rules, sums, progressive)
    table = unit_table(sheet, sums, found, rules=rules, units=units)
    return candidate_table(people, sheet, sums, found), table
