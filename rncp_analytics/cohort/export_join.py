"""Several exports into candidates and results: who is who, and which candidates can be kept whole.

A candidate is kept whole or set aside whole. A mark that was refused would otherwise read as a unit that was not
presented, and the candidate would be counted among the refused by a fault of the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from rncp_analytics.certification.nomenclature import academie_of
from rncp_analytics.certification.regulation import regulation
from rncp_analytics.cohort.export_keys import same_key
from rncp_analytics.cohort.export_refusals import FOLLOWS, REPEATED, WHOLE, Refusal
from rncp_analytics.cohort.export_results import NOBODY, sessions_of, settled_results
from rncp_analytics.cohort.export_rows import KEYS, OPTIONAL, REQUIRED, Rows
from rncp_analytics.cohort.export_values import departement_of
from rncp_analytics.cohort.export_whole import CUT
from rncp_analytics.cohort.profile import words
from rncp_analytics.errors import InputError

_NAMELESS = "attendu : un numéro de candidat ou un INE, et la session s'il y en a plusieurs"


class Joined(NamedTuple):
    """Candidates found in the files, numbered.

    ``people``: one row per candidate; ``results``: their results, by ``person``; ``aside``: candidate set aside →
    why; ``refusals``: of lines; ``persons``: for each file, the candidate of each line.
    """

    people: pd.DataFrame
    results: pd.DataFrame
    aside: dict[int, str]
    refusals: list[Refusal]
    persons: list[pd.Series[Any]]
    findings: list[str]


def join(files: Sequence[Rows], defaults: dict[str, Any]) -> Joined:
    """Join lists and marks on what identifies the candidates in every file.

    Parameters
    ----------
    files : sequence of Rows
    defaults : mapping of str to value
        Attributes that no file gives.

    Raises
    ------
    InputError
        No identifier is common to all the files, or an attribute is neither in a file nor in the defaults.
    """
    files, key, told = same_key(files)
    persons = _persons(files, key)
    refusals = [refusal for file in files for refusal in file.refusals]
    aside: dict[int, str] = {}
    for file, person in zip(files, persons, strict=True):
        for line in person.index[person == NOBODY]:
            refusals.append(Refusal(file.table.name, line, WHOLE, "", _NAMELESS))
    people, findings = _people(files, persons, aside)
    findings = told + findings
    for name in REQUIRED:
        people[name] = people[name].where(people[name].notna(), defaults.get(name))
        if name not in defaults and not any(name in file.who for file in files):
            raise InputError(
                f"Aucun fichier ne donne « {_french(name)} »",
                where=", ".join(file.table.name for file in files),
                expected="une colonne qui le donne, ou une valeur pour tous les candidats",
                remedy=f'la donner dans un profil : [defaults] puis {name} = "…"',
            )
        _set_aside(aside, people.index[people[name].isna()], f"« {_french(name)} » n'est donné nulle part")
    for name in (n for n in ("academie", "school", "sector") if n in defaults):
        people[name] = people[name].where(people[name].notna(), defaults[name])
    people["departement"] = people["school"].map(departement_of, na_action="ignore")
    by_school = people["departement"].map(academie_of, na_action="ignore").where(people["academie"].isna())
    people["academie"] = people["academie"].where(people["academie"].notna(), by_school)
    results, of_results = settled_results(files, persons, people)
    refusals += of_results
    lacking = _lacking(results, people)
    _set_aside_refused(files, persons, refusals, lacking, aside)
    refusals += _follow(files, persons, refusals, aside)
    incomplete = lacking - aside.keys() if len(results) else ()
    findings += _taken_as(len(set(people.index[by_school.notna()]) - aside.keys()), len(incomplete))
    return Joined(people, results, aside, refusals, persons, findings)


def _taken_as(derived: int, incomplete: int) -> list[str]:
    """What the files don't say and is assumed, for how many candidates."""
    told = []
    if derived:
        told.append(
            f"Académie : absente ou illisible pour {derived} candidat(s), celle du département de leur établissement "
            "est prise (début de l'UAI ; code de l'éducation, article R. 222-2)"
        )
    if incomplete:
        told.append(
            f"{incomplete} candidat(s) n'ont pas de ligne pour chaque unité obligatoire : "
            "l'unité sans ligne est lue comme non présentée"
        )
    return told


def _persons(files: Sequence[Rows], key: str) -> list[pd.Series[Any]]:
    """For each file, the number of the candidate of each line; −1 where nothing identifies."""
    texts = [file.who[f"by_{key}"] for file in files]
    sessions = [file.who.get("session", pd.Series(dtype=object)) for file in files]
    if pd.concat(sessions).nunique() > 1 and all(map(len, sessions)):  # a number may serve again in another session
        texts = [
            (text + "@" + session.astype(str)).where((text != "") & session.notna(), "")
            for text, session in zip(texts, sessions, strict=True)
        ]
    every = pd.concat(texts)
    codes, _ = pd.factorize(every.where(every != "", None))
    ends = np.cumsum([len(t) for t in texts])[:-1]
    return [pd.Series(part, index=t.index) for part, t in zip(np.split(codes, ends), texts, strict=True)]


def _people(
    files: Sequence[Rows], persons: Sequence[pd.Series[Any]], aside: dict[int, str]
) -> tuple[pd.DataFrame, list[str]]:
    """Attributes of each candidate; files that contradict each other set the candidate aside, or empty an option."""
    n = max((int(person.max()) for person in persons if len(person)), default=NOBODY) + 1
    people = pd.DataFrame(index=range(n))
    findings = []
    attributes = [*REQUIRED, *(o if o != "birth_date" else "birth_year" for o in OPTIONAL), "ine"]
    for name in [*attributes, *(f"by_{key}" for key in KEYS)]:
        said = [
            pd.DataFrame({"person": p, "value": f.who[name]})
            for f, p in zip(files, persons, strict=True)
            if name in f.who
        ]
        pairs = pd.concat(said) if said else pd.DataFrame({"person": [], "value": []}, dtype=object)
        pairs = pairs[pairs["value"].notna() & (pairs["value"] != "") & (pairs["person"] != NOBODY)].drop_duplicates()
        twice = pairs.loc[pairs["person"].duplicated(), "person"].unique()
        first = pairs.drop_duplicates("person").set_index("person")["value"]
        people[name] = first.reindex(people.index).astype(object)
        if name in (*REQUIRED, "ine", "by_number"):
            _set_aside(aside, twice, f"les lignes de ce candidat se contredisent ({_french(name)})")
        elif len(twice) and name in attributes:
            people.loc[twice, name] = None
            findings.append(f"{len(twice)} candidat(s) ont deux valeurs de « {_french(name)} » : laissée vide")
    _set_aside_twice(files, persons, people, aside)
    return people, findings


def _set_aside_twice(
    files: Sequence[Rows], persons: Sequence[pd.Series[Any]], people: pd.DataFrame, aside: dict[int, str]
) -> None:
    """Set aside who has two different lines in the lists, shares an INE or a number, or isn't in the lists given."""
    for shape in ("list", "wide"):
        alone = [
            person[~person.index.isin(repeated_lines(file)) & (person != NOBODY)]
            for file, person in zip(files, persons, strict=True)
            if file.shape == shape
        ]
        if alone:
            every = pd.concat(alone)
            _set_aside(aside, every[every.duplicated()].unique(), "ce candidat est deux fois dans la session")
    for name in ("ine", "by_number"):
        known = people.loc[people[name].notna(), [name, "session"]]
        why = f"un autre candidat de la session a le même {_french(name)}"
        _set_aside(aside, known.index[known.duplicated(keep=False)], why)
    listed = [set(person) for file, person in zip(files, persons, strict=True) if file.shape == "list"]
    if listed:
        unlisted = sorted(set(people.index) - set().union(*listed))
        _set_aside(aside, unlisted, "ce candidat n'est pas dans la liste des candidats")


def repeated_lines(file: Rows) -> set[int]:
    """Lines that only repeat an earlier one: refused, and nobody loses anything."""
    return {refusal.line for refusal in file.refusals if refusal.reason.startswith(REPEATED)}


def _french(name: str) -> str:
    other = {"by_number": "number", "birth_year": "birth_date"}
    return str(words()["names"][other.get(name, name)])


def _set_aside(aside: dict[int, str], persons: Iterable[Any], why: str) -> None:
    for person in persons:
        aside.setdefault(int(person), why)


def _set_aside_refused(
    files: Sequence[Rows],
    persons: Sequence[pd.Series[Any]],
    refusals: Sequence[Refusal],
    lacking: set[int],
    aside: dict[int, str],
) -> None:
    """Set aside whoever a refused line leaves incomplete.

    A refused line whose unit is known takes a mark away. One whose unit isn't known takes one away only if the
    candidate lacks a mandatory unit; and if it can't even be told whose it is, that holds for everybody.
    """
    by_name = {f.table.name: (f, p) for f, p in zip(files, persons, strict=True)}
    for refusal in refusals:
        if refusal.reason.startswith(REPEATED):
            continue
        file, person = by_name[refusal.file]
        whose = int(person.get(refusal.line, NOBODY))
        why = f"une de ses lignes est refusée ({refusal.file}, ligne {refusal.line})"
        if whose != NOBODY and (refusal.line not in file.lost or whose in lacking):
            _set_aside(aside, [whose], why)
    cut = {refusal.file for refusal in refusals if refusal.reason == CUT}
    unknown = [
        f
        for f, p in by_name.values()
        if f.shape == "long" and (f.table.broken or f.table.name in cut or (p == NOBODY).any())
    ]
    if unknown:
        name = unknown[0].table.name
        _set_aside(aside, sorted(lacking), f"il lui manque une unité obligatoire, et {name} a des lignes illisibles")


def _lacking(results: pd.DataFrame, people: pd.DataFrame) -> set[int]:
    """Candidates of the forme globale without a line for each mandatory unit."""
    lacking: set[int] = set()
    first = results[results["test"] == "first_group"]
    for diploma, session in sessions_of(people):
        mine = people[
            (people["session"] == session) & (people["diploma"] == diploma) & (people["exam_form"] == "globale")
        ]
        wanted = regulation(diploma, session).mandatory_units
        have = first[first["unit"].isin(wanted)].groupby("person")["unit"].nunique()
        lacking |= set(mine.index[have.reindex(mine.index, fill_value=0) < len(wanted)])
    return lacking


def _follow(
    files: Sequence[Rows], persons: Sequence[pd.Series[Any]], refusals: Sequence[Refusal], aside: dict[int, str]
) -> list[Refusal]:
    """The other lines of the candidates set aside."""
    told = {(refusal.file, refusal.line) for refusal in refusals}
    return [
        Refusal(file.table.name, line, WHOLE, "", f"{FOLLOWS} : {aside[whose]}")
        for file, person in zip(files, persons, strict=True)
        for line, whose in zip(person.index, person, strict=True)
        if whose in aside and (file.table.name, line) not in told
    ]
