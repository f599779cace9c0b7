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
from rncp_analytics.cohort.marksheet import TWENTIETHS
from rncp_analytics.cohort.outcomes import OUTCOMES
from rncp_analytics.cohort.profile import Profile, unit_of_title, units, words
from rncp_analytics.errors import UnknownCodeError

Verdict = tuple[Any, str]
Judge = Callable[[str], Verdict]

_UAI_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_INE = re.compile(r"\d{9}[A-Z]{2}|[\d_]{10}[A-Z]|\d{4}A\d{5}[A-Z]", re.ASCII)
_MARK = re.compile(r"([+-]?)(\d{1,3})(?:[.,](\d{1,6}))?(?:/(\d{1,3})(?:[.,]0{1,3})?)?", re.ASCII)
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?", re.ASCII)
_LONGEST_CLASS = 20
_CORSICA = {"620": "02A", "720": "02B"}
_BIRTH_YEARS = next(f.bounds for f in CANDIDATES if f.name == "birth_year")

# A refused value is repeated only when it has the shape of a code or of a mark: in a damaged line, any cell may hold
# a name, a number or a date of birth.
_HARMLESS = re.compile(
    r"(?a)[+-]?\d{1,3}([.,]\d{1,3}){0,2}( ?/ ?\d{1,2}([.,]0{1,2})?)?|[A-Z]{1,3}|[EU]F?\d{1,3}|(19|20)\d\d|(400)?3\d{4}"
)


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


def harmless(text: str) -> str:
    """The text where it can identify nobody, else nothing.

    >>> harmless("12.5.3"), harmless("U99"), harmless("LEMAITRE"), harmless("2011557741"), harmless("09/04/2005")
    ('12.5.3', 'U99', '', '', '')
    """
    return text if _HARMLESS.fullmatch(text) else ""


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
    found = re.fullmatch(r"(?ai)(?:session\s*)?((?:19|20)\d\d)(?:[.,]0+)?", text)
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
    return None, f"ce diplôme : {' ou '.join(code[3:] for code in sorted(_ours()))} ; la ligne est d'un autre diplôme"


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
    """Name of a class, short; never a number or a date, which a damaged line might bring there."""
    if len(text) <= _LONGEST_CLASS and not re.search(r"\d{5}|\d[/.-]\d+[/.-]\d", text):
        return text, ""
    return None, f"le nom d'une classe, d'au plus {_LONGEST_CLASS} caractères"


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
