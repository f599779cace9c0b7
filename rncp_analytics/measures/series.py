"""Long series in Céreq's way: growth since the reference session of a diploma, présents faced with enrolments."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from rncp_analytics.certification.diplomas import diploma
from rncp_analytics.counts.model import Counts, word
from rncp_analytics.counts.reflet_rules import ENROLLED_REGIMES
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.comparison import headcount_change
from rncp_analytics.measures.estimates import COLUMNS, FEW, Estimates
from rncp_analytics.measures.reference import Difference, accept, joined_source, scope_differences, shared_origin

_FIFTH = 5
_NOT_THE_SAME = (
    "Présents et effectif ne comptent pas les mêmes personnes : redoublants, abandons et changements de diplôme les "
    "séparent."
)
_NO_ENROLMENT = (
    "Reflet ne donne pas d'effectif de dernière année pour la formation continue et les autres candidats : ces régimes "
    "n'ont pas de ligne."
)


def reference_session(code: str, sessions: Collection[int]) -> int:
    """The session to which Céreq's sheets refer the growth of a diploma.

    Parameters
    ----------
    code : str
        Code formation-diplôme of the family.
    sessions : collection of int
        Sessions counted.

    Returns
    -------
    int
        The fifth session of the diploma when it is counted; until then its first session counted.

    Raises
    ------
    CountsError
        None of the sessions is one of this diploma.
    UnknownCodeError
        Not a diploma of the family.

    Notes
    -----
    Céreq, Net.Doc 57 (2009): growth is given against the fifth year of the diploma.

    >>> reference_session("40031214", [2022, 2023, 2024, 2025]), reference_session("40031214", range(2022, 2028))
    (2022, 2026)
    """
    found = diploma(code)
    last = found.last_session or max(sessions, default=0)
    own = [session for session in sessions if found.first_session <= session <= last]
    if not own:
        raise CountsError(
            f"Aucune session du diplôme {code} ({found.label}) dans ces comptes",
            where=f"sessions : {', '.join(map(str, sorted(sessions))) or 'aucune'}",
            expected=f"une session depuis {found.first_session}",
        )
    fifth = found.first_session + _FIFTH - 1
    return int(fifth if fifth in own else min(own))


def growth_since_reference(counts: Counts, *, diploma: str, column: str, by: Sequence[str] = ()) -> Estimates:
    """Growth of a number of candidates of one diploma since its reference session, by Céreq's rule.

    Parameters
    ----------
    counts : Counts
        With the dimensions "session" and "diploma": only this diploma's rows count, so that no growth bridges
        the break between a diploma and its predecessor.
    diploma : str
        Code formation-diplôme.
    column : str
        "present", "enrolled", "passed"…
    by : sequence of str
        Other dimensions of the groups.

    Returns
    -------
    Estimates
        As :func:`~rncp_analytics.measures.comparison.headcount_change`; ``caveats`` name the reference session,
        why it is this one, and the groups left out for want of a count in that session.

    Raises
    ------
    CountsError
        No such column or dimension, or no session of this diploma.

    >>> from rncp_analytics.counts.reflet import read_reflet
    >>> made = growth_since_reference(read_reflet().examinations, diploma="40031214", column="present")
    >>> made.frame["numerator"].tolist(), made.caveats[0]
    ([0, 531, 994, 1657], "Base de l'évolution : 2022, première session du diplôme. La règle du Céreq est sa \
cinquième session, 2026, absente de ces données.")
    """
    own = counts.where(diploma=diploma)
    base = reference_session(diploma, [int(s) for s in own.by("session").frame["session"]])
    made = headcount_change(own, column=column, by=by, base=base)
    return replace(made, caveats=(_base_told(diploma, base), *_left_out(own, made, by, base)))


def present_per_enrolled(
    examinations: Counts, enrolments: Counts, *, by: Sequence[str] = (), despite: Sequence[Difference] = ()
) -> Estimates:
    """Présents of session n for those enrolled in the last year of the course in autumn n − 1.

    Parameters
    ----------
    examinations : Counts
        ``present``, by session, diploma and regime at least.
    enrolments : Counts
        ``enrolled``, by the same; the session is that of the exam which the enrolment faces.
    by : sequence of str
        Further dimensions that both tell.
    despite : sequence of {"stage", "territory"}
        Differences of scope that the caller accepts; they are printed with the figure.

    Returns
    -------
    Estimates
        One row per session × diploma × regime (× ``by``) that either counts, of the régimes that Reflet
        enrols. ``numerator``: présents, ``denominator``: enrolled, ``value``: their quotient, which may exceed 1
        (not the same people), without interval. Where one of the two isn't counted, or lacks a category of a
        dimension to be summed, it is missing and ``reason`` is "not_counted"; "empty" when nobody is enrolled,
        "few" under ``FEW``. To take a missing row for nobody, sum the counts first.

    Raises
    ------
    CountsError
        A dimension or a column is missing.
    ComparisonError
        The territories differ, or synthetic counts would face real ones.

    >>> from rncp_analytics.counts.reflet import read_reflet
    >>> series = read_reflet()
    >>> set(present_per_enrolled(series.examinations, series.enrolments).frame["reason"])
    {'not_counted'}
    """
    origin = shared_origin(examinations, enrolments)
    differences = scope_differences(examinations.scope, enrolments.scope)
    differences.pop("population", None)  # pupils and candidates: the very question
    caveats = accept(differences, despite)
    keys = ["session", "diploma", "regime", *by]
    sides = [_cells(examinations, keys, "present"), _cells(enrolments, keys, "enrolled")]
    frame = sides[0].merge(sides[1], how="outer", on=keys, sort=True)
    frame = frame[frame["regime"].isin(ENROLLED_REGIMES)].reset_index(drop=True)
    sat, enrolled = frame["present"], frame["enrolled"]
    frame = frame.assign(
        statistic="present_per_enrolled",
        stage=examinations.scope.stage,
        value=sat / enrolled.where(enrolled > 0),
        numerator=sat,
        denominator=enrolled,
        denominator_kind="enrolled",
        lower=np.nan,
        upper=np.nan,
        confidence=np.nan,
        method="count",
        n_missing=0,
        secrecy="",
        reason=np.select(
            [sat.isna() | enrolled.isna(), enrolled == 0, enrolled < FEW], ["not_counted", "empty", "few"], ""
        ),
    )
    return Estimates(
        frame[[*keys, *COLUMNS]],
        tuple(keys),
        examinations.scope,
        origin,
        joined_source(examinations.source, enrolments.source),
        (*caveats, _NOT_THE_SAME, _NO_ENROLMENT),
    )


def _base_told(code: str, base: int) -> str:
    rank = base - diploma(code).first_session + 1
    if rank == _FIFTH:
        return f"Base de l'évolution : {base}, cinquième session du diplôme (règle du Céreq)."
    named = "première" if rank == 1 else f"{rank}e"
    return (
        f"Base de l'évolution : {base}, {named} session du diplôme. La règle du Céreq est sa cinquième session, "
        f"{base - rank + _FIFTH}, absente de ces données."
    )


def _left_out(counts: Counts, made: Estimates, by: Sequence[str], base: int) -> tuple[str, ...]:
    if not by:
        return ()
    groups = counts.by(*by).frame[list(by)].astype(str).agg(", ".join, axis=1)
    kept = made.frame[list(by)].astype(str).agg(", ".join, axis=1)
    missing = [name for name in groups if name not in set(kept)]
    return (f"Sans effectif à la session {base}, donc sans évolution : {' ; '.join(missing)}.",) if missing else ()


def _cells(counts: Counts, keys: Sequence[str], column: str) -> pd.DataFrame:
    """Sums of a column by ``keys``, missing where a category of a summed dimension has no row."""
    if column not in counts.columns:
        raise CountsError(
            f"Ces comptes n'ont pas l'effectif « {word(column)} »",
            expected=f"un effectif parmi {', '.join(counts.columns)}",
        )
    sums = counts.by(*keys).frame[[*keys, column]].astype({column: "float64"})
    summed = [d for d in counts.dimensions if d not in (*keys, "option")]  # the diploma tells its option
    if summed:
        rows = counts.frame.groupby(list(keys), sort=True).size().to_numpy()
        sums[column] = sums[column].where(rows == len(counts.frame[summed].drop_duplicates()))
    return sums
