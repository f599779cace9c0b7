"""Candidates and results as arrays, candidate × unit, after every impossible value has been refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rncp_analytics.certification.nomenclature import STATUSES
from rncp_analytics.certification.regulation import Regulation
from rncp_analytics.errors import InputError, UnknownCodeError

Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int32]

STATES = ("marked", "absent", "absent_justified", "exempt", "kept", "carried", "vae", "not_presented")
MARKED, ABSENT, ABSENT_JUSTIFIED, EXEMPT, KEPT, CARRIED, VAE, NOT_PRESENTED = range(len(STATES))
TESTS = ("first_group", "control")
FORMS = ("globale", "progressive")
PROJECT = "PROJET"
TWENTIETHS = 20  # marks are whole numbers of twentieths of a point
NONE = -1  # no mark, no session, an unknown code
_SHOWN = 10

CANDIDATE_COLUMNS = ("candidate", "session", "diploma", "candidate_status", "exam_form")
RESULT_COLUMNS = ("candidate", "unit", "test", "state", "mark", "since")

Values = Callable[[int], Any]  # the value shown for a position: only refused ones are looked up
Finding = tuple[Any, str, str, str]  # row, column, value ("" when it may identify somebody), what was expected


@dataclass(frozen=True)
class Marksheet:
    """The candidates of one diploma and session against its units: one line a candidate, one column a unit.

    Attributes
    ----------
    units : tuple of str
        Mandatory units in exam order, optional ones, then the project.
    state : array of int8
        Index in :data:`STATES`, as the results give it.
    mark, since, control : array of int32
        First-group mark and control mark in twentieths of a point; session in which a kept mark was obtained.
        ``NONE`` where there is none.
    sat_control : array of bool, one a candidate
        Has a result at the épreuve de contrôle, absences included.
    """

    units: tuple[str, ...]
    state: npt.NDArray[np.int8]
    mark: Integers
    since: Integers
    control: Integers
    sat_control: Flags


@dataclass(frozen=True)
class Coded:
    """The results, column by column, as codes: see :func:`coded_results`."""

    rows: pd.Index
    candidate: npt.NDArray[np.intp]
    unit: npt.NDArray[np.int16]
    control: Flags
    state: npt.NDArray[np.int8]
    mark: Integers
    since: Integers


def judge_candidates(candidates: pd.DataFrame) -> None:
    """Refuse a table of candidates with a column missing, somebody twice, or a value that no list holds."""
    _need(candidates, CANDIDATE_COLUMNS, "candidates")
    rows = candidates.index
    twice = candidates["candidate"].duplicated() | candidates["candidate"].isna()
    findings = _found(rows, twice.to_numpy(bool), "candidate", _unsaid, "une clé unique par candidat")
    for name, allowed in (("candidate_status", STATUSES), ("exam_form", FORMS)):
        unknown = codes(candidates[name], allowed) == NONE
        findings += _found(rows, unknown, name, candidates[name].iloc.__getitem__, ", ".join(allowed))
    for name in ("session", "diploma"):
        findings += _found(
            rows, candidates[name].isna().to_numpy(bool), name, candidates[name].iloc.__getitem__, "une valeur"
        )
    refuse(findings, "candidates")


def coded_results(results: pd.DataFrame, candidates: pd.Series[Any], units: Sequence[str]) -> Coded:
    """Read the results as codes; refuse what no diploma allows.

    Parameters
    ----------
    results : DataFrame
        Columns :data:`RESULT_COLUMNS`.
    candidates : Series
        The candidates' keys, in the order of the lines.
    units : sequence of str
        Every unit that a candidate may have.

    Raises
    ------
    InputError
        A column is missing, or rows hold an unknown candidate, unit, test or state, or a number that isn't whole;
        the first ten are listed by row and column.
    """
    _need(results, RESULT_COLUMNS, "results")
    rows = results.index
    person = pd.Index(candidates).get_indexer(pd.Index(results["candidate"]))
    unit, test, state = (codes(results[n], v) for n, v in (("unit", units), ("test", TESTS), ("state", STATES)))
    mark, mark_wrong = _whole(results["mark"], 20 * TWENTIETHS)
    since, since_wrong = _whole(results["since"], 9999)
    findings = _found(rows, person == NONE, "candidate", _unsaid, "un candidat de la table des candidats")
    for wrong, name, expected in (
        (unit == NONE, "unit", f"une unité du diplôme : {', '.join(units)}"),
        (test == NONE, "test", ", ".join(TESTS)),
        (state == NONE, "state", ", ".join(STATES)),
        (mark_wrong, "mark", "une note en vingtièmes de point, de 0 à 400"),
        (since_wrong, "since", "l'année d'une session"),
    ):
        findings += _found(rows, wrong, name, results[name].iloc.__getitem__, expected)
    refuse(findings, "results")
    return Coded(rows, person, unit.astype(np.int16), test == 1, state.astype(np.int8), mark, since)


def contradictions(coded: Coded, rules: Regulation, units: Sequence[str]) -> list[Finding]:
    """What the rules of the diploma refuse in the results of its candidates, row by row.

    Two results for one unit, a unit of another diploma, a state that needs a mark without one (or the other way
    round), a kept mark under the threshold, a carried one above, a kept mark of this session or later, an épreuve
    de contrôle in a unit that can't be sat again or in two units of one oral.
    """
    names = np.array(units)
    own = np.isin(names, [*rules.mandatory_units, *rules.optional_units, PROJECT])
    orals = rules.control_orals
    oral = np.array([next((i for i, o in enumerate(orals) if u in o), NONE) for u in units])[coded.unit]

    def unit_of(i: int) -> str:
        return units[int(coded.unit[i])]

    needs_mark = np.isin(coded.state, (MARKED, KEPT, CARRIED))
    threshold = int(rules.number("kept_mark_threshold") * TWENTIETHS)
    kept, carried = coded.state == KEPT, coded.state == CARRIED
    person = coded.candidate.astype(np.int64)
    same_unit = pd.Series((person * len(units) + coded.unit) * 2 + coded.control).duplicated().to_numpy()
    same_oral = np.zeros(len(person), dtype=bool)
    at_oral = coded.control & (oral != NONE) & (coded.state != NOT_PRESENTED) & ~same_unit
    same_oral[at_oral] = pd.Series((person * (len(orals) + 1) + oral)[at_oral]).duplicated().to_numpy()
    checks = (
        (~own[coded.unit], "unit", unit_of, f"une unité du diplôme {rules.diploma}"),
        (same_unit, "unit", unit_of, "un seul résultat par candidat, unité et épreuve"),
        (needs_mark & (coded.mark == NONE), "mark", _unsaid, "une note : l'état en demande une"),
        (~needs_mark & (coded.mark != NONE), "mark", coded.mark.item, "pas de note : l'état n'en a pas"),
        (kept & needs_mark & (coded.mark < threshold) & (coded.mark != NONE), "mark", coded.mark.item,
         f"au moins {threshold} pour une note gardée (kept) ; en dessous, l'état est carried"),
        (carried & (coded.mark >= threshold), "mark", coded.mark.item,
         f"moins de {threshold} pour une note conservée (carried) ; au-dessus, l'état est kept"),
        ((kept | carried) & (coded.since >= rules.session), "since", coded.since.item,
         f"une session avant {rules.session}"),
        (coded.control & (oral == NONE), "unit", unit_of,
         "à l'épreuve de contrôle, une unité parmi " + ", ".join(u for o in orals for u in o)),
        (coded.control & np.isin(coded.state, (EXEMPT, KEPT, CARRIED, VAE)), "state",
         lambda i: STATES[coded.state[i]], "à l'épreuve de contrôle : marked, absent ou not_presented"),
        (same_oral, "unit", unit_of, "une seule unité par oral de contrôle"),
    )  # fmt: skip
    return [finding for check in checks for finding in _found(coded.rows, *check)]


def lay(coded: Coded, n: int, units: Sequence[str]) -> Marksheet:
    """Lay judged results out, candidate × unit; a unit without a row is ``not_presented``.

    Parameters
    ----------
    coded : Coded
        Results whose ``candidate`` is a line number under ``n``.
    n : int
        Number of candidates.
    units : sequence of str
        Columns.
    """
    shape = (n, len(units))
    state = np.full(shape, NOT_PRESENTED, dtype=np.int8)
    mark, since, control = (np.full(shape, NONE, dtype=np.int32) for _ in range(3))
    first = ~coded.control
    at = (coded.candidate[first], coded.unit[first])
    state[at], mark[at], since[at] = coded.state[first], coded.mark[first], coded.since[first]
    control[coded.candidate[coded.control], coded.unit[coded.control]] = coded.mark[coded.control]
    sat = np.zeros(n, dtype=bool)
    sat[coded.candidate[coded.control & (coded.state != NOT_PRESENTED)]] = True
    return Marksheet(tuple(units), state, mark, since, control, sat)


def codes(column: pd.Series[Any], values: Sequence[str]) -> npt.NDArray[np.int64]:
    """Position of each value in a list, ``NONE`` where it isn't there."""
    seen, distinct = pd.factorize(column)
    known = pd.Index(values).get_indexer(pd.Index(list(distinct)))
    return np.append(known, NONE)[seen].astype(np.int64)  # factorize gives −1, so the last place, to what is missing


def refuse(findings: Sequence[Finding], table: str) -> None:
    """Raise one error that tells all findings, the first ones in full; do nothing when there are none."""
    if not findings:
        return
    lines = [
        f"ligne {row}, colonne « {column} »{f' : « {value} »' if value else ''} ; attendu : {expected}"
        for row, column, value, expected in findings[:_SHOWN]
    ]
    more = len(findings) - len(lines)
    raise InputError(
        f"{len(findings)} valeur(s) impossible(s) dans la table « {table} »",
        where="\n    ".join([*lines, *([f"et {more} autre(s)"] if more else [])]),
        remedy="corriger ces lignes ; rien n'a été délibéré",
    )


def _need(table: pd.DataFrame, columns: Sequence[str], name: str) -> None:
    missing = [column for column in columns if column not in table]
    if missing:
        raise UnknownCodeError(
            f"Colonne(s) absente(s) de la table « {name} » : {', '.join(missing)}",
            expected=f"les colonnes {', '.join(columns)}",
        )


def _whole(column: pd.Series[Any], highest: int) -> tuple[Integers, Flags]:
    """Whole numbers from 0 to ``highest`` (``NONE`` where missing), and which values are something else."""
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    missing = np.isnan(numbers)
    filled = np.where(missing, 0, numbers)
    wrong = (filled < 0) | (filled > highest) | (filled != np.floor(filled))
    wrong |= missing & column.notna().to_numpy(bool)
    return np.where(missing | wrong, NONE, filled).astype(np.int32), wrong


def _unsaid(_: int) -> str:
    return ""


def _found(rows: pd.Index, wrong: Flags, name: str, values: Values, expected: str) -> list[Finding]:
    # Line by line only over what is refused. A candidate's key is never repeated in a message.
    return [(rows[int(i)], name, str(values(int(i))), expected) for i in np.flatnonzero(wrong)]
