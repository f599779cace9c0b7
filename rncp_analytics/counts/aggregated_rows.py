"""The lines of a file of means: each cell judged, then each line against what marks can give."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rncp_analytics.certification.diplomas import diploma
from rncp_analytics.cohort.export_refusals import WHOLE, Refusal, at_lines, left_empty, refusals_of
from rncp_analytics.cohort.export_shapes import Table
from rncp_analytics.cohort.export_values import Judge, Verdict, by_distinct, departement_of, judges, right_letter
from rncp_analytics.cohort.marksheet import TWENTIETHS
from rncp_analytics.cohort.profile import Profile, words
from rncp_analytics.counts.tally_units import UNKNOWN_MODE
from rncp_analytics.errors import InputError

REQUIRED = ("session", "diploma", "school", "unit", "marked", "mean", "at_least_10")
OPTIONAL = ("mode", "academie")
DIMENSIONS = ("session", "diploma", "option", "academie", "departement", "school", "unit", "mode")
COLUMNS = ("marked", "marks_sum", "at_least_10")
KEY = ["session", "diploma", "school", "unit", "mode"]
_UNKNOWN = UNKNOWN_MODE
_COUNT = re.compile(r"(\d{1,6})(?:[.,]0+)?", re.ASCII)
_MEAN = re.compile(r"(\d{1,2})(?:[.,](\d{1,20}))?(?:/20(?:[.,]0+)?)?", re.ASCII)
_SCALE = "une moyenne de 0 à 20"
_ALIKE = "déjà dite, avec les mêmes chiffres, à la ligne"
_OTHERWISE = "d'autres chiffres pour les mêmes session, diplôme, établissement, unité et nature, à la ligne"
_PLACES = 6  # decimals of a mean that are judged: a workbook gives sixteen
_USUAL = 2  # decimals of a printed mean: where others have two, "12,5" is 12,50
_POINT = 10 ** (_PLACES + 1)  # half of the sixth decimal is still a whole number
_TWENTIETH = _POINT // TWENTIETHS
_TEN, _BELOW, _TWENTY = 10 * TWENTIETHS, 10 * TWENTIETHS - 1, 20 * TWENTIETHS  # 9,95 is the best mark below 10

Whole = npt.NDArray[np.int64]


def judged(table: Table, at: Mapping[str, int], profile: Profile) -> tuple[pd.DataFrame, list[Refusal], list[str]]:
    """What each cell means, None where it says nothing, and the decimals of the mean.

    Refused: a required cell that means nothing or is empty, but the mean (nobody may be marked). An optional one is
    left empty, and told.
    """
    judge = {**judges(profile), "marked": judge_count, "at_least_10": judge_count, "mean": judge_mean}
    refusals: list[Refusal] = []
    findings: list[str] = []
    values: dict[str, Any] = {}
    for name in (*REQUIRED, *OPTIONAL):
        otherwise = default(name, judge, profile, free=() if name in at else table.preamble)
        if name not in at:
            values[name] = otherwise
            continue
        cells, title = table.rows[at[name]], table.titles[at[name]]
        read = by_distinct(cells, judge[name])
        empty = read.values.isna() & (read.reasons == "")
        values[name] = read.values.where(~empty, otherwise)
        if name in OPTIONAL:
            findings += left_empty(table, cells, read, title, name)
            continue
        refusals += refusals_of(table, cells, read, title, name)
        if otherwise is None and name != "mean":
            lines = table.rows.index[empty]
            refusals += [Refusal(table.name, line, title, "", "la cellule est vide") for line in lines]
    places = by_distinct(table.rows[at["mean"]], lambda text: (decimals(text), "")).values
    frame = pd.DataFrame({**values, "places": places}, index=table.rows.index, dtype=object)
    wrong = frame["school"].isin([uai for uai in frame["school"].dropna().unique() if not right_letter(uai)])
    findings += at_lines(table, wrong, "UAI dont la lettre ne correspond pas aux chiffres (gardé tel quel)")
    return frame, refusals, findings


def default(name: str, judge: Mapping[str, Judge], profile: Profile, *, free: Sequence[str]) -> Any:
    """What stands where a line says nothing: the profile's default, else what a free line says; None without any."""
    if name in profile.defaults:
        value, expected = judge[name](profile.defaults[name])
        if value is None:
            raise InputError(
                f"La valeur par défaut de « {words()['names'][name]} » est refusée",
                where="profil, [defaults]", expected=expected, remedy="corriger le profil",
            )  # fmt: skip
        return value
    told = map(judge[name], free) if name in ("session", "school") else ()
    return next((value for value, _ in told if value is not None), None)


def judge_count(text: str) -> Verdict:
    """How many.

    >>> judge_count("13"), judge_count("13,0"), judge_count("-1")[0], judge_count("2,5")[0]
    ((13, ''), (13, ''), None, None)
    """
    found = _COUNT.fullmatch(re.sub(r"\s", "", text))
    return (int(found[1]), "") if found else (None, "un effectif entier, positif ou nul")


def judge_mean(text: str) -> Verdict:
    """A mean out of 20 in ten-millionths of a point, rounded to the millionth: exact as printed.

    >>> judge_mean("9,44"), judge_mean("11.384615384615385"), judge_mean("20,01")[0]
    ((94400000, ''), (113846150, ''), None)
    """
    found = _MEAN.fullmatch(re.sub(r"\s", "", text))
    if not found:
        return None, _SCALE
    digits = int(found[1] + (found[2] or "").ljust(_PLACES + 1, "0")[: _PLACES + 1])
    mean = (digits + 5) // 10 * 10
    return (mean, "") if mean <= 20 * _POINT else (None, _SCALE)


def decimals(text: str) -> int:
    """Decimals of a printed mean; 0 for what is none."""
    found = _MEAN.fullmatch(re.sub(r"\s", "", text))
    return min(len(found[2] or ""), _PLACES) if found else 0


def contradictions(rows: pd.DataFrame, table: Table, at: Mapping[str, int]) -> list[Refusal]:
    """Lines whose counts and mean no marks can give."""
    n, k, mean, half = _numbers(rows)
    nearest, total = _sums(n, k, mean)
    printed = rows["mean"].notna().to_numpy()
    told = {
        "more": ("at_least_10", "plus de notes d'au moins 10 que de notés"),
        "empty": ("mean", "la cellule est vide"),
        "nobody": ("mean", "une moyenne, mais aucun noté"),
        "finer": ("mean", "attendu : la moyenne, à l'arrondi près, de notes au vingtième de point"),
        "impossible": ("mean", "une moyenne impossible avec ces effectifs : une note d'au moins 10 vaut de 10 à 20, "
                       "une autre de 0 à 9,95"),
    }  # fmt: skip
    wrong = [
        k > n,
        (n > 0) & ~printed,
        (n == 0) & (mean > 0),
        np.abs(nearest * _TWENTIETH - mean * n) > half * n,
        np.abs(total * _TWENTIETH - mean * n) > half * n,
    ]
    found = pd.Series(np.select(wrong, list(told), ""), index=rows.index)
    refusals = []
    for line, kind in found[found != ""].items():
        name, reason = told[kind]
        text = str(table.rows.at[line, at[name]])
        refusals.append(Refusal(table.name, int(str(line)), table.titles[at[name]], text, reason))
    return refusals


def repeated(rows: pd.DataFrame, table: Table) -> list[Refusal]:
    """Lines about the same school, unit and mode: all but the first when they agree, all of them when they don't."""
    again = rows[rows.duplicated(KEY, keep=False)]
    group = again.groupby(KEY, sort=False, dropna=False).ngroup()
    figures = again.groupby(["marked", "mean", "at_least_10"], dropna=False).ngroup()
    alike = figures.groupby(group).transform("nunique") == 1
    lines = pd.Series(again.index, index=again.index)
    first, last = (lines.groupby(group).transform(which) for which in ("first", "last"))
    told = pd.DataFrame({"line": lines, "other": first.where(lines != first, last), "alike": alike})
    return [
        Refusal(table.name, line, WHOLE, "", f"{_ALIKE if same else _OTHERWISE} {other}")
        for line, other, same in told[~alike | (lines != first)].itertuples(index=False)
    ]


def typed(rows: pd.DataFrame) -> pd.DataFrame:
    """``DIMENSIONS`` and ``COLUMNS`` of lines that are sound."""
    n, k, mean, _ = _numbers(rows)
    options = {code: diploma(code).option for code in rows["diploma"].unique()}
    places = {uai: departement_of(uai) for uai in rows["school"].unique()}
    columns = rows.assign(option=rows["diploma"].map(options), departement=rows["school"].map(places))
    texts = [name for name in DIMENSIONS if name != "session"]
    frame = columns[list(DIMENSIONS)].fillna(dict.fromkeys(texts, _UNKNOWN))
    frame = frame.astype({"session": "int64", **dict.fromkeys(texts, "str")})
    return frame.assign(marked=n, marks_sum=_sums(n, k, mean)[1], at_least_10=k).reset_index(drop=True)


def _numbers(rows: pd.DataFrame) -> tuple[Whole, Whole, Whole, Whole]:
    """Marks, marks of at least 10, mean (0 without one) and half of its last decimal."""
    n, k, mean, places = (
        rows[name].fillna(0).to_numpy(dtype=np.int64) for name in ("marked", "at_least_10", "mean", "places")
    )
    usual = min(int(places.max(initial=0)), _USUAL)
    return n, k, mean, 5 * 10 ** (_PLACES - np.maximum(places, usual))


def _sums(n: Whole, k: Whole, mean: Whole) -> tuple[Whole, Whole]:
    """The whole number of twentieths nearest to the mean, and the nearest that the two counts allow."""
    nearest = (2 * mean * n + _TWENTIETH) // (2 * _TWENTIETH)
    return nearest, np.clip(nearest, _TEN * k, _TWENTY * k + _BELOW * np.maximum(n - k, 0))
