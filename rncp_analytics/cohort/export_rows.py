"""One export, judged column by column: who each line is about, and the result that it holds."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from rncp_analytics.certification.lookup import plain
from rncp_analytics.cohort.export_shapes import Table
from rncp_analytics.cohort.export_values import (
    Read,
    Verdict,
    by_distinct,
    departement_of,
    harmless,
    judge_mark,
    judge_school,
    judge_session,
    judges,
    right_letter,
)
from rncp_analytics.cohort.profile import IDENTITY, Profile, words
from rncp_analytics.errors import InputError

Shape = Literal["list", "long", "wide"]
REQUIRED = ("session", "diploma", "candidate_status", "exam_form")
OPTIONAL = (
    "academie", "school", "sector", "school_class", "sex", "birth_date", "repeater", "jury_outcome", "jury_mention",
)  # fmt: skip
KEYS = {"number": ("number",), "ine": ("ine",), "name": ("last_name", "first_name", "birth_date")}
WHOLE = "ligne"  # what stands for the column when a whole line is refused
REPEATED = "ligne identique à la ligne"
_SHOWN_LINES = 5
_CODED = re.compile(r"([^\W\d][^\d]*?)\s*[:(]?\s*(\d[^()]*)\)?")


class Refusal(NamedTuple):
    """One reason to refuse a line; ``value`` is empty unless it can identify nobody."""

    file: str
    line: int
    column: str
    value: str
    reason: str


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
    shape: Shape = "long" if {"unit", "mark"} <= at.keys() else "wide" if by_unit else "list"
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
        results, lost = _long(table, at, judge, refusals, findings)
    else:
        results, lost = _wide(table, by_unit if shape == "wide" else {}, judge, refusals), frozenset[int]()
    lost |= frozenset(table.broken) if shape == "long" else frozenset()
    findings = _recognised(table, shape, at, by_unit) + findings
    return Rows(table, shape, who, results, refusals, lost, findings)


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
                f"{len(at)} colonnes portent les notes de {unit}",
                where=f"{table.name}, colonnes {', '.join(str(i + 1) for i in at)}",
                expected="une colonne par unité",
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
            refusals += _refusals(table, rows[at[name]], read, title)
        else:
            findings += _unread(table, rows[at[name]], read, title, hidden=name in IDENTITY)
        who[name] = read.values
    if "jury_outcome" in at and "jury_mention" not in at:
        who["jury_mention"] = by_distinct(rows[at["jury_outcome"]], judge["jury_mention"]).values
    for name, judged in (("session", judge_session), ("school", judge_school)):
        said = next((v for v, _ in map(judged, table.preamble) if v is not None), None)
        if name not in at and said is not None:
            who[name] = pd.Series(said, index=rows.index, dtype=object)
    _hide_names(table, at, who, findings)
    if "school" in who:
        wrong = _among(who["school"], lambda uai: not right_letter(uai))
        findings += _told(
            table, wrong.astype(bool), "UAI dont la lettre ne correspond pas aux chiffres (gardé tel quel)"
        )
        who["departement"] = who["school"].map({s: departement_of(s) for s in who["school"].dropna().unique()})
    for key, fields in KEYS.items():
        if set(fields) <= at.keys():
            texts = [by_distinct(rows[at[f]], lambda text: (_fold(text), "")).values.fillna("") for f in fields]
            # A name without its date of birth, or the date without the name, identifies nobody.
            whole = np.logical_and.reduce([text != "" for text in texts])
            joined = functools.reduce(lambda a, b: a + ":" + b, [text.astype(str) for text in texts])
            who[f"by_{key}"] = joined.where(whole, "")
    frame = pd.DataFrame(who, index=rows.index).astype(object)
    return frame.rename(columns={"birth_date": "birth_year"}).where(lambda f: f.notna(), None)


def _among(column: pd.Series[Any], judge: Callable[[Any], bool]) -> pd.Series[Any]:
    """Which cells hold a value that a test is true of; each distinct value is tested once."""
    return column.isin([value for value in column.dropna().unique() if judge(value)])


def _fold(text: str) -> str:
    # What plain() gives, without its cost for the tens of thousands of numbers of an export.
    return text.lower() if text.isascii() and text.isalnum() else plain(text)


def _hide_names(table: Table, at: dict[str, int], who: dict[str, pd.Series[Any]], findings: list[str]) -> None:
    """A class that is also somebody's name in this file comes from a damaged line: it goes no further."""
    if "school_class" not in who:
        return
    named = {_fold(text) for f in IDENTITY if f in at for text in table.rows[at[f]].cat.categories} - {""}
    wrong = _among(who["school_class"], lambda text: _fold(text) in named)
    findings += _told(table, wrong, "classe(s) qui sont aussi le nom d'un candidat (non gardées)")
    who["school_class"] = who["school_class"].where(~wrong, None)


def _repeated(table: Table) -> list[Refusal]:
    codes = table.rows.apply(lambda column: column.cat.codes)
    again = codes.duplicated()
    if not again.any():
        return []
    numbers = pd.Series(codes.index, index=codes.index)
    first = numbers.groupby([codes[c] for c in codes]).transform("first")
    return [Refusal(table.name, line, WHOLE, "", f"{REPEATED} {first[line]}") for line in codes.index[again]]


def _long(
    table: Table, at: dict[str, int], judge: dict[str, Any], refusals: list[Refusal], findings: list[str]
) -> tuple[pd.DataFrame, frozenset[int]]:
    rows, none = table.rows, pd.Series(None, index=table.rows.index, dtype=object)
    read = {n: by_distinct(rows[at[n]], judge[n]) for n in ("unit", "test", "state", "since", "mode") if n in at}
    values = {n: r.values for n, r in read.items()}
    marks, state = _marks(rows[at["mark"]], judge["state"])
    for name in (n for n in ("unit", "test", "state", "since") if n in at):
        refusals += _refusals(table, rows[at[name]], read[name], table.titles[at[name]])
    refusals += _refusals(table, rows[at["mark"]], marks, table.titles[at["mark"]])
    empty = values["unit"].isna() & (read["unit"].reasons == "")
    refusals += [
        Refusal(table.name, line, table.titles[at["unit"]], "", "une unité : la cellule est vide")
        for line in rows.index[empty]
    ]
    if "mode" in at:
        findings += _unread(table, rows[at["mode"]], read["mode"], table.titles[at["mode"]])
    results = pd.DataFrame({
        "line": rows.index, "unit": values["unit"], "test": values.get("test", none).fillna("first_group"),
        "said": values.get("state", none), "state": state, "mark": marks.values,
        "since": values.get("since", none), "mode": values.get("mode", none),
    })  # fmt: skip
    return results, frozenset(rows.index[values["unit"].isna()])


def _wide(table: Table, by_unit: dict[str, int], judge: dict[str, Any], refusals: list[Refusal]) -> pd.DataFrame:
    parts = []
    for unit, i in by_unit.items():
        marks, state = _marks(table.rows[i], judge["state"])
        refusals += _refusals(table, table.rows[i], marks, table.titles[i])
        part = pd.DataFrame({"line": table.rows.index, "unit": unit, "test": "first_group", "said": None,
                             "state": state, "mark": marks.values, "since": None, "mode": None})  # fmt: skip
        parts.append(
            part[(marks.values.notna() | state.notna()).to_numpy()]
        )  # an empty cell is a unit that was not presented
    columns = ["line", "unit", "test", "said", "state", "mark", "since", "mode"]
    return pd.concat(parts).astype(object) if parts else pd.DataFrame(columns=columns, dtype=object)


def _marks(column: pd.Series[Any], state: Callable[[str], Verdict]) -> tuple[Read, pd.Series[Any]]:
    """Marks of a column, with the reasons to refuse its cells, and the states that codes among the marks mean."""

    @functools.cache
    def both(text: str) -> tuple[int | None, str | None, str]:
        mark, reason = judge_mark(text)
        if mark is not None:
            return mark, None, ""
        word, _ = state(text)
        coded = _CODED.fullmatch(text)  # "BE 12,50": a code, then its mark
        if coded and not word:
            word, mark = state(coded[1])[0], judge_mark(coded[2])[0]
            return (mark, word, "") if word and mark is not None else (None, None, reason)
        return None, word, "" if word else reason

    marks = by_distinct(column, lambda text: (both(text)[0], both(text)[2]))
    return marks, by_distinct(column, lambda text: (both(text)[1], "")).values


def _refusals(table: Table, column: pd.Series[Any], read: Read, title: str) -> list[Refusal]:
    wrong = read.reasons[read.reasons != ""]
    return [
        Refusal(table.name, line, title, harmless(text), f"attendu : {reason}")
        for line, text, reason in zip(wrong.index, column[wrong.index], wrong, strict=True)
    ]


def _unread(table: Table, column: pd.Series[Any], read: Read, title: str, *, hidden: bool = False) -> list[str]:
    """Cells of an optional column that say nothing known: left empty, and told."""
    wrong = read.reasons != ""
    shown = sorted({harmless(text) for text in column[wrong].unique()} - {""})[:_SHOWN_LINES] if not hidden else []
    values = f" (dont {', '.join(f'« {v} »' for v in shown)})" if shown else ""
    expected = f" ; attendu : {read.reasons[wrong].iloc[0]}" if wrong.any() else ""
    kept = "INE non employé" if hidden and "INE" in title.upper() else "laissée vide"
    return _told(table, wrong, f"valeur(s) de « {title} » non reconnue(s){values}, {kept}{expected}")


def _told(table: Table, wrong: pd.Series[Any], what: str) -> list[str]:
    lines = list(wrong.index[wrong])
    if not lines:
        return []
    more = f" et {len(lines) - _SHOWN_LINES} autre(s)" if len(lines) > _SHOWN_LINES else ""
    return [f"{table.name} : {len(lines)} {what} — ligne(s) {', '.join(map(str, lines[:_SHOWN_LINES]))}{more}"]


def _recognised(table: Table, shape: Shape, at: dict[str, int], by_unit: dict[str, int]) -> list[str]:
    marks = {"," : "virgule", ";": "point-virgule", "\t": "tabulation"}.get(table.separator, "cellules")  # fmt: skip
    kind = {"list": "liste de candidats", "long": "notes en lignes (candidat × unité)", "wide": "notes en colonnes"}
    found = [f"« {table.titles[i]} » lue comme {words()['names'][name]}" for name, i in at.items()]
    used = {*at.values(), *by_unit.values()}
    unread: Sequence[str] = [str(i + 1) for i in range(len(table.titles)) if i not in used]
    told = [f"{table.name} : {kind[shape]}, {table.encoding}, {marks} ; {', '.join(found)}"]
    if shape == "wide":
        told.append(f"{table.name} : une colonne de notes pour {', '.join(by_unit)}")
    if unread:
        told.append(f"{table.name} : colonne(s) non lue(s), par leur rang : {', '.join(unread)}")
    return told
