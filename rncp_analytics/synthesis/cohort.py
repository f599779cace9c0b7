"""A synthetic cohort: candidates of the published cells whose marks, once deliberated, give those cells."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rncp_analytics.certification.diplomas import OPTION_B
from rncp_analytics.certification.nomenclature import academie as find_academie
from rncp_analytics.certification.regulation import regulation
from rncp_analytics.cohort.contracts import MODES
from rncp_analytics.cohort.deliberation import deliberate
from rncp_analytics.cohort.marksheet import ABSENT, CARRIED, FORMS, KEPT, MARKED, NONE, NOT_PRESENTED, STATES, TESTS
from rncp_analytics.cohort.model import Cohort
from rncp_analytics.cohort.provenance import Source
from rncp_analytics.cohort.pseudonym import PUBLIC_KEY, pseudonyms
from rncp_analytics.counts.official import OfficialResults
from rncp_analytics.errors import CountsError
from rncp_analytics.synthesis import cells
from rncp_analytics.synthesis.draws import Draw, Exam, draw, exam_of
from rncp_analytics.synthesis.people import ine, seat
from rncp_analytics.synthesis.values import assumptions

_ROUNDS = 60  # a result that the marks can't reach is an error, not an endless search
_AT_ONCE, _COPIES = 4000, 200
_PEOPLE = ("diploma", "candidate_status", "academie", "departement", "school", "sector", "school_class", "sex",
           "birth_year")  # fmt: skip


def synthesise(
    results: OfficialResults, *, session: int, seed: int, size: int | None = None, academie: str | None = None
) -> Cohort:
    """Candidates with plausible marks whose deliberation gives the published results.

    Parameters
    ----------
    results : OfficialResults
        Where inscrits, présents, admis and mentions come from: options A and B.
    session : int
    seed : int
        The same seed gives the same cohort, byte for byte.
    size : int, optional
        Number of candidates (inscrits); by default the published one.
    academie : str, optional
        Code or name: the candidates of this académie alone; all by default.

    Returns
    -------
    Cohort
        ``origin`` "synthetic", ``stage`` "final". It holds marks and states, no result.

    Raises
    ------
    CountsError
        The session isn't in the results, or marks that give one of its results were not found.
    InputError, UnknownCodeError
        The size isn't positive, or the académie unknown.

    Notes
    -----
    At the published size, inscrits, présents, admis au 1er groupe, autorisés, admis après contrôle and refusés are
    those published, by diploma × status × sex and by académie × diploma × status; a refusé of the ministry's file
    is anybody présent without the diploma (éliminé or résultat partiel included). Mentions follow from the abilities
    and are near the published ones, not equal. Every assumption: :func:`assumptions`.

    Marks are drawn, deliberated, and drawn again while they don't give the result of the candidate's cell: what
    moves is the ability, never a result.
    """
    session = results.session(session)
    rng = np.random.default_rng([session, seed])
    groups = cells.published_cells(results, session)
    place = find_academie(academie).code if academie else ""
    if place:
        groups = groups[groups["academie"] == place].reset_index(drop=True)
    if size is not None:
        groups = cells.sized(groups, size)
    people = seat(groups, cells.levels(results, session), session, rng)
    exam = exam_of(people, regulation(OPTION_B, session))  # options A and B have the same units
    final = _until_reached(people, exam, rng)
    repeats = pd.Series(np.isin(final.state, (KEPT, CARRIED)).sum(axis=1) > 0)
    candidates = people[list(_PEOPLE)].assign(
        entry=np.arange(len(people)),
        candidate=pseudonyms(pd.Series([f"ine:{ine(session, i)}" for i in range(len(people))]), key=PUBLIC_KEY),
        session=session,
        exam_form=np.array(FORMS, dtype=object)[final.progressive.astype(int)],
        repeater=repeats.map({True: "yes"}),
    )
    source = Source(
        f"cohorte synthétique, session {session}, graine {seed}",
        "rncp_analytics",
        "données fictives",
        _digest(results, session, size, seed, place),
    )
    return Cohort(candidates, _cohort_rows(final, exam), "final", "synthetic", source)


def _digest(results: OfficialResults, session: int, size: int | None, seed: int, academie: str) -> str:
    made_of = (results.source.digest, session, size, seed, academie, [(a.name, a.value) for a in assumptions()])
    return hashlib.sha256(repr(made_of).encode()).hexdigest()


def _until_reached(people: pd.DataFrame, exam: Exam, rng: np.random.Generator) -> Draw:
    """Draw marks until the deliberation of each candidate gives the result of the cell."""
    final = _nothing(len(people), exam)
    waiting = np.flatnonzero(exam.result != cells.ABSENT)
    for _ in range(_ROUNDS):
        if not len(waiting):
            return final
        copies = min(max(_AT_ONCE // len(waiting), 1), _COPIES)
        lines = np.repeat(waiting, copies)
        drawn = draw(exam, lines, rng)
        reached = np.flatnonzero(_results(people, lines, drawn, exam) == exam.result[lines])
        found, first = np.unique(lines[reached], return_index=True)
        for name in Draw.__dataclass_fields__:
            getattr(final, name)[found] = getattr(drawn, name)[reached[first]]
        waiting = np.setdiff1d(waiting, found, assume_unique=True)
    missing = (people["diploma"] + " " + people["candidate_status"]).iloc[waiting].value_counts()
    raise CountsError(
        f"{len(waiting)} candidat(s) n'ont pas trouvé de notes qui donnent leur résultat",
        where=", ".join(f"{group} ({n})" for group, n in missing.items()),
        remedy="revoir les hypothèses de la cohorte synthétique (synthesis.toml)",
    )


def _nothing(n: int, exam: Exam) -> Draw:
    """Absent everywhere: what stays for who isn't présent."""
    mandatory = np.isin(exam.units, exam.rules.mandatory_units)
    shape, orals = (n, len(exam.units)), (n, len(exam.rules.control_orals))
    state = np.tile(np.where(mandatory, ABSENT, NOT_PRESENTED), (n, 1))
    empty = [np.full(s, NONE) for s in (shape, shape, orals, orals)]
    return Draw(state, empty[0], empty[1], np.zeros(n, dtype=bool), empty[2], empty[3])


def _results(people: pd.DataFrame, lines: npt.NDArray[np.intp], drawn: Draw, exam: Exam) -> npt.NDArray[np.int64]:
    """The result of each draw by its deliberation, as a position in ``cells.RESULTS``."""
    candidates = (
        people[["diploma", "candidate_status"]]
        .iloc[lines]
        .assign(
            candidate=np.arange(len(lines)),
            session=exam.rules.session,
            exam_form=pd.Categorical.from_codes(drawn.progressive.astype(int), categories=pd.Index(FORMS)),
        )
    )
    found = deliberate(candidates, _rows(drawn, exam))
    return result_of(found.candidates)


def result_of(deliberated: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Which published result a deliberated candidate counts in: position in ``cells.RESULTS``, −1 for none.

    A candidate who waited for a replacement at the first group isn't counted among those allowed to the épreuve de
    contrôle, so an allowed one must have been so at the first group.
    """
    final, first = deliberated["final"].astype("str"), deliberated["first_group"].astype("str")
    allowed = first == "control_allowed"
    refused = final.isin(["refused_first_group", "eliminated_absence", "partial"])
    cases = {
        cells.ABSENT: ~deliberated["present"],
        cells.PASSED_FIRST: final == "passed_first_group",
        cells.PASSED_AFTER: (final == "passed_after_control") & allowed,
        cells.REFUSED_AFTER: (final == "refused_after_control") & allowed,
        cells.REFUSED_FIRST: refused,
    }
    chosen: Any = np.select([mask.to_numpy(bool) for mask in cases.values()], list(cases), -1)
    return np.asarray(chosen, dtype=np.int64)


def _rows(drawn: Draw, exam: Exam) -> pd.DataFrame:
    """The draw in long form, by line: columns of ``RESULTS`` but the mode; orals of contrôle come last."""
    line, column = np.nonzero(drawn.state != NOT_PRESENTED)
    oral_line, oral = np.nonzero(drawn.oral_unit != NONE)
    oral_mark = drawn.oral_mark[oral_line, oral]
    unit = np.concatenate([column, drawn.oral_unit[oral_line, oral]])
    state = np.concatenate([drawn.state[line, column], np.where(oral_mark == NONE, ABSENT, MARKED)])
    return pd.DataFrame(
        {
            "candidate": np.concatenate([line, oral_line]),
            "unit": pd.Categorical.from_codes(unit, categories=pd.Index(exam.units)),
            "test": pd.Categorical.from_codes(np.repeat([0, 1], [len(line), len(oral)]), categories=pd.Index(TESTS)),
            "state": pd.Categorical.from_codes(state, categories=pd.Index(STATES)),
            "mark": _nullable(np.concatenate([drawn.mark[line, column], oral_mark])),
            "since": _nullable(np.concatenate([drawn.since[line, column], np.full(len(oral), NONE)])),
        }
    )


def _cohort_rows(final: Draw, exam: Exam) -> pd.DataFrame:
    """The rows of the cohort: by entry, in exam order, each with the mode of its unit."""
    rows = _rows(final, exam)
    line, unit = rows["candidate"].to_numpy(), rows["unit"].cat.codes.to_numpy()
    mode = np.where(rows["test"] == TESTS[0], exam.modes[exam.kind[line], unit], "")
    coded = pd.Index(MODES).get_indexer(pd.Index(mode))
    rows = rows.assign(mode=pd.Categorical.from_codes(coded, categories=pd.Index(MODES)))
    rows = rows.rename(columns={"candidate": "entry"})
    return rows.iloc[np.lexsort((rows["test"].cat.codes, unit, line))]


def _nullable(values: npt.NDArray[Any]) -> pd.arrays.IntegerArray:
    return pd.arrays.IntegerArray(values.astype(np.int32), values == NONE)
