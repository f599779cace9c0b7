"""What one cell of an export means, or why it is refused; each distinct value is judged once.

A judge takes a text that isn't empty and gives (value, ""), or (None, what was expected).
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from rncp_analytics.certification.diplomas import diploma, family
from rncp_analytics.certification.lookup import plain
from rncp_analytics.certification.nomenclature import academie
from rncp_analytics.certification.rules import rule_files
from rncp_analytics.cohort.contracts import CANDIDATES
from rncp_analytics.cohort.export_shapes import Table
from rncp_analytics.cohort.marksheet import TWENTIETHS
from rncp_analytics.cohort.outcomes import OUTCOMES
from rncp_analytics.cohort.profile import Profile, unit_of_title, units, words
from rncp_analytics.errors import InputError, UnknownCodeError

Verdict = tuple[Any, str]
Judge = Callable[[str], Verdict]

_UAI_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_INE = re.compile(r"\d{9}[A-Z]{2}|[\d_]{10}[A-Z]|\d{4}A\d{5}[A-Z]", re.ASCII)
_MARK = re.compile(r"([+-]?)(\d{1,3})(?:[.,](\d{1,6}))?(?:/(\d{1,3})(?:[.,]0{1,3})?)?", re.ASCII)
_SESSION = re.compile(r"(?ai)(?:session\s*)?((?:19|20)\d\d)(?:[.,]0+)?")
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?", re.ASCII)
_LONGEST_CLASS, _LONGEST_WORD = 20, 4
_CORSICA = {"620": "02A", "720": "02B"}
_BIRTH_YEARS = next(f.bounds for f in CANDIDATES if f.name == "birth_year")

# A refused value is repeated only when it looks like what its column is for: in a damaged line, any cell may hold a
# name, a number or a date of birth. Two separators could be those of a date; capitals, a surname.
_NUMBER, _YEAR = r"[+-]?\d{1,2}([.,]\d{1,3})?", r"(19|20)\d\d"
_SHOWN = {"mark": _NUMBER, "marked": _NUMBER, "mean": _NUMBER, "at_least_10": _NUMBER, "unit": r"[EU]F?\d{1,2}",
          "session": _YEAR, "since": _YEAR, "academie": r"\d{1,2}",
          "diploma": "|".join(f"(400)?{d.code[3:]}" for d in family())}  # fmt: skip


class Read(NamedTuple):
    """A column once judged: values (None where empty or refused), and why each refused one is ("" elsewhere)."""

    values: pd.Series[Any]
    reasons: pd.Series[Any]


def by_distinct(column: pd.Series[Any], judge: Judge) -> Read:
    """Judge each distinct text of a dictionary column once and map the verdicts back to the rows."""
    distinct = column.cat.categories
    verdicts = [judge(text) if text else (None, "") for text in distinct]
    values, reasons = (np.empty(len(distinct) + 1, dtype=object) for _ in range(2))
    values[-1], reasons[-1] = None, ""  # code −1: missing
    for i, (value, reason) in enumerate(verdicts):
        values[i], reasons[i] = value, reason
    codes = column.cat.codes.to_numpy()
    return Read(*(pd.Series(known[codes], index=column.index, dtype=object) for known in (values, reasons)))


def harmless(text: str, column: str) -> str:
    """The refused text of a column where it can identify nobody, else nothing.

    >>> harmless("21", "mark"), harmless("U99", "unit"), harmless("BA", "mark"), harmless("01.04.07", "mark")
    ('21', 'U99', '', '')
    """
    return text if column in _SHOWN and re.fullmatch(f"(?a:{_SHOWN[column]})", text) else ""


def judges(profile: Profile) -> dict[str, Judge]:
    """The judge of each column that a candidate or a result may have, with the profile's own words."""
    made: dict[str, Judge] = {name: _word_judge(name, profile) for name in words()["values"]}
    made["unit"] = functools.partial(_judge_unit, dict(_meanings("unit", profile)))
    made["jury_outcome"] = functools.partial(_judge_outcome, made["jury_outcome"])
    made["jury_mention"] = functools.partial(_judge_mention, made["jury_mention"])
    return made | {
        "session": judge_session,
        "diploma": judge_diploma,
        "academie": judge_academie,
        "school": judge_school,
        "school_class": judge_class,
        "birth_date": judge_birth_date,
        "since": judge_since,
        "ine": judge_ine,
    }


def judge_mark(text: str) -> Verdict:
    """A mark out of 20 in twentieths of a point, exact.

    >>> judge_mark("09.50 /20.00"), judge_mark("12,05"), judge_mark("21")[0], judge_mark("12,33")[0]
    ((190, ''), (241, ''), None, None)
    """
    found = _MARK.fullmatch(re.sub(r"\s", "", text))
    if not found:
        return None, "une note de 0 à 20, ou un code de la liste (voir le profil)"
    sign, whole, decimals, scale = found.groups()
    if scale not in (None, "20"):
        return None, "une note sur 20"
    places = len(decimals or "")
    thousandths = int(whole + (decimals or "")) * TWENTIETHS
    if (sign == "-" and thousandths) or thousandths > 20 * TWENTIETHS * 10**places:
        return None, "une note de 0 à 20"
    if thousandths % 10**places:
        return None, "une note qui soit un nombre entier de vingtièmes de point (0,05)"
    return thousandths // 10**places, ""


def judge_session(text: str) -> Verdict:
    """Year of a session since the diploma exists.

    >>> judge_session("Session 2025"), judge_session("2019")[0]
    ((2025, ''), None)
    """
    found = _SESSION.fullmatch(text)
    first, last = first_session(), datetime.date.today().year + 1
    if found and first <= int(found[1]) <= last:
        return int(found[1]), ""
    return None, f"une session de {first} (la première de ce diplôme) à {last}"


def judge_since(text: str) -> Verdict:
    """Session in which a kept mark was obtained: that of another diploma may be older than this one."""
    found = re.fullmatch(r"(?ai)(?:session\s*)?(20\d\d)(?:[.,]0+)?", text)
    last = datetime.date.today().year + 1
    if found and 2017 <= int(found[1]) <= last:
        return int(found[1]), ""
    return None, f"l'année de la session où la note a été obtenue, de 2017 à {last}"


def refuse_session(table: Table) -> None:
    """Refuse a file whose free lines give a session, and only one that this diploma can't have."""
    years = [f"session {found[1]}" for text in table.preamble if (found := _SESSION.fullmatch(text))]
    verdicts = [judge_session(year) for year in years]
    if verdicts and all(value is None for value, _ in verdicts):
        raise InputError(
            f"Les lignes libres de ce fichier donnent une session refusée : {', '.join(dict.fromkeys(years))}",
            where=table.name,
            expected=verdicts[0][1],
            remedy="vérifier que c'est le bon fichier ; si cette ligne ne dit pas la session de l'examen, la retirer",
        )


@functools.cache
def first_session() -> int:
    """First session of the two options."""
    return min(diploma(code).first_session for code in _ours())


@functools.cache
def _ours() -> tuple[str, ...]:
    """Diplomas whose marks can be deliberated: both options."""
    return tuple(d.code for d in family() if d.option and any(d.code in file.diplomas for file in rule_files()))


def judge_diploma(text: str) -> Verdict:
    """Code formation-diplôme of option A or B.

    >>> judge_diploma("31214"), judge_diploma("40031213"), judge_diploma("31212")[0]
    (('40031214', ''), ('40031213', ''), None)
    """
    digits = re.fullmatch(r"(?a)(?:400-?)?(\d{5})(?:\s*T|\.0)?", text)
    if digits and f"400{digits[1]}" in _ours():
        return f"400{digits[1]}", ""
    return None, f"un diplôme parmi {' et '.join(c[3:] for c in sorted(_ours()))} ; la ligne est d'un autre diplôme"


def judge_academie(text: str) -> Verdict:
    """Code of an académie, from its code or name."""
    try:
        return academie(text).code, ""
    except UnknownCodeError as error:
        return None, " ; ".join(part for part in (error.expected, error.remedy) if part)


def judge_school(text: str) -> Verdict:
    """An UAI, alone or in brackets after a name; its letter is verified apart (:func:`right_letter`)."""
    found = re.search(r"(?ai)(?<!\w)(\d{7}[A-Z])(?!\w)", text)
    return (found[1].upper(), "") if found else (None, "un UAI : 7 chiffres et une lettre")


def right_letter(uai: str) -> bool:
    """Whether the letter of an UAI is the one that its digits give.

    >>> right_letter("0690001B"), right_letter("0921234A")
    (True, False)
    """
    return _UAI_LETTERS[int(uai[:7]) % len(_UAI_LETTERS)] == uai[7]


def departement_of(uai: str) -> str | None:
    """Département of a school, from its UAI."""
    code = _CORSICA.get(uai[:3], uai[:3])
    return code if code != "000" else None


def judge_class(text: str) -> Verdict:
    """Name of a class, as export.toml says; never a name, a number or a date, which a damaged line might bring there.

    >>> judge_class("TMCV1")[0], judge_class("Terminale B")[0], judge_class("LEROY 12")[0], judge_class("01/04/07")[0]
    ('TMCV1', 'Terminale B', None, None)
    """
    letters = [plain(word) for word in re.findall(r"[^\W\d_]+", text)]
    says = any(c.isdigit() for c in text) or any(map(is_class_word, letters))
    short = len(text) <= _LONGEST_CLASS and all(len(w) <= _LONGEST_WORD or is_class_word(w) for w in letters)
    if says and short and not re.search(r"\d{5}|\d[/.-]\d+[/.-]\d", text):
        return text, ""
    return None, f"le nom d'une classe, d'au plus {_LONGEST_CLASS} caractères : « TMCV1 », « Terminale B »"


def is_class_word(word: str) -> bool:
    """Whether a word, as ``plain`` gives it, is one of those of classes (export.toml)."""
    return word in words()["class"]["words"]


def judge_birth_date(text: str) -> Verdict:
    """Year of a date of birth: the day and the month stop here."""
    found = _DAY.fullmatch(text)
    year = int(found[3] or found[4]) if found else int(text) if re.fullmatch(r"[0-9]{4}", text) else 0
    low, high = _BIRTH_YEARS
    return (year, "") if low <= year <= high else (None, "une date de naissance JJ/MM/AAAA")


def judge_ine(text: str) -> Verdict:
    """An INE whose shape is known: RNIE, BEA or apprenticeship. Its check letter follows no published rule."""
    compact = re.sub(r"\s", "", text).upper()
    known = "un INE de 11 caractères : 9 chiffres et 2 lettres, 10 chiffres et 1 lettre, ou forme des apprentis"
    return (compact, "") if _INE.fullmatch(compact) else (None, known)


def _judge_unit(meanings: Mapping[str, str], text: str) -> Verdict:
    unit = meanings.get(plain(text)) or unit_of_title(text)
    return (unit, "") if unit else (None, f"une unité du diplôme : {', '.join(units())}")


def _meanings(name: str, profile: Profile) -> dict[str, str]:
    said = {**words()["values"].get(name, {}), **profile.values.get(name, {})}
    return {plain(text): meaning for text, meaning in said.items()}


def _word_judge(name: str, profile: Profile) -> Judge:
    meanings = _meanings(name, profile)
    expected = "l'un de : " + ", ".join(dict.fromkeys(words()["values"][name]))
    # Exam services add details after the category: "SCOLAIRE BACPRO 3 ANS (132)". A short code must be the whole cell.
    long = [word for word in meanings if len(word) > 3]
    starts = sorted(long, key=len, reverse=True) if name == "candidate_status" else []

    def judge(text: str) -> Verdict:
        word = plain(text)
        meaning = meanings.get(word) or next((meanings[s] for s in starts if word.startswith(s)), None)
        return (meaning, "") if meaning else (None, expected)

    return judge


def _judge_outcome(judge: Judge, text: str) -> Verdict:
    return judge(re.split(r"(?i)\s*\bavec\b|\s*\bmention\b", text)[0])


def _judge_mention(judge: Judge, text: str) -> Verdict:
    """The mention alone, or after the outcome: "ADMIS MENTION TRES BIEN"; an outcome without mention has none."""
    parts = re.split(r"(?i)\bmention\b", re.sub(r"(?i)\s+avec (les )?f[ée]licitations.*", "", text), maxsplit=1)
    return judge(parts[-1])


def settled(outcome: pd.Series[Any], controlled: pd.Series[Any]) -> pd.Series[Any]:
    """The jury's outcome, "passed" and "refused" told apart by whether the candidate sat the contrôle."""
    group = {True: {"passed": "passed_after_control", "refused": "refused_after_control"},
             False: {"passed": "passed_first_group", "refused": "refused_first_group"}}  # fmt: skip
    said = outcome.where(~controlled, outcome.replace(group[True])).replace(group[False])
    return said.where(said.isin(OUTCOMES), None)
