"""One export, judged column by column: who each line is about, and the result that it holds."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from rncp_analytics.certification.lookup import plain
from rncp_analytics.cohort.export_marks import read_long, read_wide
from rncp_analytics.cohort.export_names import fold, names_somebody
from rncp_analytics.cohort.export_refusals import (
    REPEATED,
    WHOLE,
    Refusal,
    at_lines,
    hide_shifted,
    left_empty,
    refusals_of,
)
from rncp_analytics.cohort.export_shapes import Table
from rncp_analytics.cohort.export_values import (
    by_distinct,
    judge_school,
    judge_session,
    judges,
    refuse_session,
    right_letter,
)
from rncp_analytics.cohort.export_whole import last_has_fewer_units, refuse_cut
from rncp_analytics.cohort.profile import Profile, units, words
from rncp_analytics.errors import InputError

Shape = Literal["list", "long", "wide"]
REQUIRED = ("session", "diploma", "candidate_status", "exam_form")
OPTIONAL = (
    "academie", "school", "sector", "school_class", "sex", "birth_date", "repeater", "jury_outcome", "jury_mention",
)  # fmt: skip
KEYS = {"number": ("number",), "ine": ("ine",), "name": ("last_name", "first_name", "birth_date")}


class Rows(NamedTuple):
    """What a file holds.

    ``who``: by line, the texts that identify (number, ine, name) and the attributes read, None where absent.
    ``results``: unit, test, state, mark, since, mode with the line they come from; empty for a list.
    ``refusals``: of lines; a line may have several. ``lost``: the refused lines whose unit isn't known.
    """

    table: Table
    shape: Shape
    who: pd.DataFrame
    results: pd.DataFrame
    refusals: list[Refusal]
    lost: frozenset[int]
    findings: list[str]


def read_rows(table: Table, profile: Profile) -> Rows:
    """Judge every column of a table.

    Raises
    ------
    InputError
        The columns make neither a list of candidates nor marks, or nothing identifies the candidates.
    """
    at = _positions(table, profile)
    by_unit = _unit_positions(table, profile)
    in_columns = not by_unit.keys().isdisjoint(units())
    shape: Shape = "long" if {"unit", "mark"} <= at.keys() else "wide" if in_columns else "list"
    if not any(set(fields[:1]) <= at.keys() for fields in KEYS.values()) or (shape == "list" and len(at) < 3):
        raise InputError(
            "Ce fichier n'est ni une liste de candidats ni un fichier de notes",
            where=table.name,
            expected="un numéro de candidat ou un INE, avec des unités et des notes, ou des attributs de candidats",
            remedy="nommer ses colonnes dans un profil : rncp check FICHIER --write-profile PROFIL",
        )
    judge = judges(profile)
    refusals = [Refusal(table.name, line, WHOLE, "", reason) for line, reason in table.broken.items()]
    findings: list[str] = []
    who = _who(table, at, judge, refusals, findings)
    refusals += _repeated(table)
    if shape == "long":
        results, lost = read_long(table, at, judge, refusals, findings)
    else:
        by_unit = by_unit if shape == "wide" else {}
        results, lost = read_wide(table, by_unit, judge, refusals, findings), frozenset[int]()
    refusals = hide_shifted(refusals) + _cut(table, shape, who, results, findings)
    lost |= frozenset(table.broken) if shape == "long" else frozenset()
    findings = _recognised(table, shape, at, by_unit) + findings
    return Rows(table, shape, who, results, refusals, lost, findings)


def _cut(table: Table, shape: Shape, who: pd.DataFrame, results: pd.DataFrame, findings: list[str]) -> list[Refusal]:
    """The last line, where the file seems cut inside it."""
    key = next((f"by_{key}" for key in KEYS if f"by_{key}" in who), None)
    if shape != "long" or results.empty or key is None:
        return refuse_cut(table, findings)
    unit = results.set_index("line")["unit"]
    findings += last_has_fewer_units(table, who[key], unit)
    return refuse_cut(table, findings, whose=who[key], unit=unit)


def _positions(table: Table, profile: Profile) -> dict[str, int]:
    here = {plain(title): i for i, title in reversed(list(enumerate(table.titles)))}
    found = {n: next((here[plain(t)] for t in ts if plain(t) in here), None) for n, ts in profile.columns.items()}
    return {name: i for name, i in found.items() if i is not None}


def _unit_positions(table: Table, profile: Profile) -> dict[str, int]:
    titles = [plain(title) for title in table.titles]
    found = {}
    for unit, wanted in profile.units.items():
        at = [i for i, title in enumerate(titles) if title in {plain(w) for w in wanted}]
        if len(at) > 1:
            raise InputError(
                f"{len(at)} colonnes sont lues comme « {unit} » (profil, [units])",
                where=f"{table.name}, colonnes {', '.join(str(i + 1) for i in at)}",
                expected="une colonne au plus",
                remedy="garder la bonne dans un profil : rncp check FICHIER --write-profile PROFIL",
            )
        if at:
            found[unit] = at[0]
    return found


def _who(
    table: Table, at: dict[str, int], judge: dict[str, Any], refusals: list[Refusal], findings: list[str]
) -> pd.DataFrame:
    rows = table.rows
    who: dict[str, pd.Series[Any]] = {}
    for name in (n for n in (*REQUIRED, *OPTIONAL, "ine") if n in at):
        read = by_distinct(rows[at[name]], judge[name])
        title = table.titles[at[name]]
        if name in REQUIRED:
            refusals += refusals_of(table, rows[at[name]], read, title, name)
        else:
            findings += left_empty(table, rows[at[name]], read, title, name)
        who[name] = read.values
    if "jury_outcome" in at and "jury_mention" not in at:
        who["jury_mention"] = by_distinct(rows[at["jury_outcome"]], judge["jury_mention"]).values
    for name, judged in (("session", judge_session), ("school", judge_school)):
        said = next((v for v, _ in map(judged, table.preamble) if v is not None), None)
        if name not in at and said is not None:
            who[name] = pd.Series(said, index=rows.index, dtype=object)
    if "session" not in at:
        refuse_session(table)
    _hide_names(table, who, findings)
    if "school" in who:
        wrong = _among(who["school"], lambda uai: not right_letter(uai))
        findings += at_lines(
            table, wrong.astype(bool), "UAI dont la lettre ne correspond pas aux chiffres (gardé tel quel)"
        )
    for key, fields in KEYS.items():
        if set(fields) <= at.keys():
            texts = [by_distinct(rows[at[f]], lambda text: (fold(text), "")).values.fillna("") for f in fields]
            # A name without its date of birth, or the date without the name, identifies nobody.
            whole = np.logical_and.reduce([text != "" for text in texts])
            joined = functools.reduce(lambda a, b: a + ":" + b, [text.astype(str) for text in texts])
            who[f"by_{key}"] = joined.where(whole, "")
    frame = pd.DataFrame(who, index=rows.index).astype(object)
    return frame.rename(columns={"birth_date": "birth_year"}).where(lambda f: f.notna(), None)


def _among(column: pd.Series[Any], judge: Callable[[Any], bool]) -> pd.Series[Any]:
    """Which cells hold a value that a test is true of; each distinct value is tested once."""
    return column.isin([value for value in column.dropna().unique() if judge(value)])


def _hide_names(table: Table, who: dict[str, pd.Series[Any]], findings: list[str]) -> None:
    """A class that names somebody comes from a damaged line: it goes no further."""
    if "school_class" not in who:
        return
    wrong = _among(who["school_class"], lambda text: names_somebody(text, table.named))
    findings += at_lines(table, wrong, "classe(s) où se lit ce qui identifie un candidat (non gardées)")
    who["school_class"] = who["school_class"].where(~wrong, None)


def _repeated(table: Table) -> list[Refusal]:
    codes = table.rows.apply(lambda column: column.cat.codes)
    again = codes.duplicated()
    if not again.any():
        return []
    numbers = pd.Series(codes.index, index=codes.index)
    first = numbers.groupby([codes[c] for c in codes]).transform("first")
    return [Refusal(table.name, line, WHOLE, "", f"{REPEATED} {first[line]}") for line in codes.index[again]]


def _recognised(table: Table, shape: Shape, at: dict[str, int], by_unit: dict[str, int]) -> list[str]:
    marks = {"," : "virgule", ";": "point-virgule", "\t": "tabulation"}.get(table.separator, "cellules")  # fmt: skip
    kind = {"list": "liste de candidats", "long": "notes en lignes (candidat × unité)", "wide": "notes en colonnes"}
    found = [f"« {table.titles[i]} » lue comme {words()['names'][name]}" for name, i in at.items()]
    used = {*at.values(), *by_unit.values()}
    unread: Sequence[str] = [str(i + 1) for i in range(len(table.titles)) if i not in used]
    told = [f"{table.name} : {kind[shape]}, {table.encoding}, {marks} ; {', '.join(found)}"]
    if shape == "wide":
        marks_of = [unit for unit in by_unit if unit in units()]
        told.append(f"{table.name} : une colonne de notes pour {', '.join(marks_of)}")
        beside = [f"« {table.titles[i]} »" for column, i in by_unit.items() if column not in marks_of]
        told += [f"{table.name} : lue(s) avec elles : {', '.join(beside)}"] if beside else []
    if unread:
        told.append(f"{table.name} : colonne(s) non lue(s), par leur rang : {', '.join(unread)}")
    return told
