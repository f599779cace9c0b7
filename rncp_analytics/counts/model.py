"""Counts: how many, by which dimensions. Everything above works on them and never on candidates."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from rncp_analytics.cohort.provenance import Origin, Source, Stage
from rncp_analytics.counts.words import describe, than, word
from rncp_analytics.errors import CountsError

__all__ = [
    "AT_MOST", "IDENTITIES", "MENTIONS", "OUTCOMES", "WAITING", "Counts", "Origin", "Scope", "Source", "Stage",
    "broken_identities", "describe", "word",
]  # fmt: skip

OUTCOMES = (
    "registered",
    "present",
    "passed_first_group",
    "refused_first_group",
    "control_allowed",
    "passed_after_control",
    "refused_after_control",
    "passed",
    "refused",
)
MENTIONS = ("tb_felicitations", "tb", "b", "ab", "no_mention")

# The published identities of an examination: the left column is the sum of the right ones.
IDENTITIES: Mapping[str, tuple[str, ...]] = {
    "present": ("passed", "refused"),
    "passed": ("passed_first_group", "passed_after_control"),
    "control_allowed": ("passed_after_control", "refused_after_control"),
    "refused": ("refused_first_group", "refused_after_control"),
}
# Before the final stage some candidates have no result yet: they join these sums, in counts that tell them.
WAITING: Mapping[str, tuple[str, ...]] = {
    "present": ("pending", "control_pending"),
    "control_allowed": ("control_pending",),
}
MENTION_IDENTITY: Mapping[str, tuple[str, ...]] = {"passed": MENTIONS}
# What no count may exceed, and the columns that it bounds; those in brackets tell people apart: it bounds their sum.
# ``passed_without_test`` is of the inscrits: everything else under ``present`` counts présents only (tally).
AT_MOST: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "registered": (
        ("present",), ("marked",), ("absent", "absent_justified"), ("no_diploma",), ("passed_without_test",),
        ("missing",),
    ),
    "present": (
        ("passed",), ("refused",), ("passed_first_group",), ("refused_first_group",), ("control_allowed",),
        ("complete",), ("pending", "control_pending"),
    ),
    "control_allowed": (("passed_after_control",), ("refused_after_control",), ("control_pending",)),
    "passed": (("passed_first_group",), ("passed_after_control",), MENTIONS),
    "refused": (
        ("refused_first_group",), ("refused_after_control",), ("eliminated",), ("pivotal",), ("below_10",),
        ("absence", "mean_below_8", "professional_below_10", "after_control", "partial", "other_reason"),
    ),
    "marked": (
        ("at_least_10",),
        ("class_0_5", "class_5_8", "class_8_10", "class_10_12", "class_12_14", "class_14_16", "class_16_20"),
    ),
    "no_diploma": (("no_diploma_acquired",),),
}  # fmt: skip
_INT64 = 2.0**63  # sums from here on would wrap to negative numbers


@dataclass(frozen=True)
class Scope:
    """What counts cover. Two scopes that differ are never compared silently.

    Attributes
    ----------
    stage : {"first_group", "after_control", "final"}
        State of the examination when the results were counted (DESIGN: étape).
    territory : str
        French name of the territory, as shown: "France, 30 académies".
    population : str
        Who is counted, in French, as shown in "Champ".
    kept : tuple of (dimension, values)
        What :meth:`Counts.where` kept, so that "Champ" can say it.
    """

    stage: Stage
    territory: str
    population: str
    kept: tuple[tuple[str, tuple[str | int, ...]], ...] = ()


@dataclass(frozen=True)
class Counts:
    """Additive counts by dimensions.

    Parameters
    ----------
    frame : DataFrame
        One row per combination of ``dimensions``; the other columns are non-negative int64 counts of
        candidates. No duplicate combination, no missing value.
    dimensions : tuple of str
        Names of the dimension columns, in order.
    scope : Scope
        What is counted.
    origin : {"official", "candidates", "synthetic"}
        Published figures, real candidates or synthetic ones: decides what may be printed.
    source : Source
        Where the counts come from.

    Raises
    ------
    CountsError
        A count is negative or not an integer, a row is duplicated, an identity of the examination is broken
        (``IDENTITIES``) or a part exceeds its whole (``AT_MOST``); the message names the row.
    """

    frame: pd.DataFrame
    dimensions: tuple[str, ...]
    scope: Scope
    origin: Origin
    source: Source

    def __post_init__(self) -> None:
        _check(self.frame, self.dimensions)

    def __repr__(self) -> str:
        return f"Counts({len(self.frame)} lignes par {', '.join(self.dimensions) or 'total'} ; {self.scope.territory})"

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the additive columns."""
        return tuple(c for c in self.frame.columns if c not in self.dimensions)

    def by(self, *dimensions: str) -> Counts:
        """Roll up: sum over every dimension that is not named; the totals never change.

        Raises
        ------
        CountsError
            An unknown dimension, or a sum of 2⁶³ or more.

        >>> example_counts().by("session").frame.to_dict("records")
        [{'session': 2025, 'present': 30, 'passed': 24}]
        """
        self._require(dimensions)
        return self.regrouped(self.frame, dimensions)

    def regrouped(self, frame: pd.DataFrame, dimensions: Sequence[str]) -> Counts:
        """These counts with other rows, summed over ``dimensions``: the one place where counts are added."""
        columns = list(self.columns)
        _countable(frame[columns])
        if dimensions:
            summed = frame.groupby(list(dimensions), sort=True, observed=True)[columns].sum().reset_index()
        else:
            summed = frame[columns].sum().to_frame().T.astype("int64")
        return replace(self, frame=summed, dimensions=tuple(dimensions))

    def where(self, **values: object) -> Counts:
        """Keep the rows whose dimensions have the given value, or one of the values of a list.

        >>> example_counts().where(option="B").frame["present"].tolist()
        [10]
        """
        self._require(tuple(values))
        wanted: dict[str, tuple[Any, ...]] = {
            name: tuple(value) if pd.api.types.is_list_like(value) else (value,)  # type: ignore[arg-type]
            for name, value in values.items()
        }
        keep = pd.Series(True, index=self.frame.index)
        for name, kept in wanted.items():
            keep &= self.frame[name].isin(kept)
        scope = replace(self.scope, kept=tuple({**dict(self.scope.kept), **wanted}.items()))
        return replace(self, frame=self.frame[keep].reset_index(drop=True), scope=scope)

    def _require(self, dimensions: Sequence[str]) -> None:
        unknown = [d for d in dimensions if d not in self.dimensions]
        if unknown:
            raise CountsError(
                f"Ces comptes n'ont pas la dimension « {unknown[0]} »",
                expected=f"une dimension parmi {', '.join(self.dimensions) or 'aucune (total)'}",
                remedy="choisir une de ces dimensions, ou partir d'un fichier plus détaillé",
            )


def broken_identities(frame: pd.DataFrame) -> Iterator[tuple[str, tuple[str, ...], pd.Series]]:
    """Identities that some rows break: total, its parts, mask of the rows. Absent columns are not judged."""
    for total, settled in [*IDENTITIES.items(), *MENTION_IDENTITY.items()]:
        if {total, *settled} <= set(frame.columns):
            parts = (*settled, *(name for name in WAITING.get(total, ()) if name in frame.columns))
            wrong = _sum(frame, parts) != frame[total]
            if wrong.any():
                yield total, parts, wrong


def _check(frame: pd.DataFrame, dimensions: tuple[str, ...]) -> None:
    keys = frame[list(dimensions)]
    if keys.isna().any(axis=None):
        column = word(str(keys.columns[keys.isna().any()][0]))
        raise CountsError(f"Des lignes n'ont pas de valeur pour : {column}", expected="une valeur sur chaque ligne")
    for column in [name for name in frame.columns if name not in dimensions]:
        if frame[column].dtype != "int64":
            raise CountsError(
                f"Les effectifs « {word(column)} » ne sont pas tous des entiers",
                where=f"colonne {column}, de type {frame[column].dtype}",
                expected="des entiers (int64), sans valeur manquante",
            )
        if (frame[column].to_numpy() < 0).any():
            _refuse(f"Un effectif est négatif : {word(column)}", keys, frame[column] < 0)
    if dimensions:
        _refuse("Une même ligne est présente deux fois", keys, frame.duplicated(list(dimensions)))
    for total, parts, wrong in broken_identities(frame):
        first = frame[wrong].iloc[0]
        sums = " + ".join(f"{word(p)} {first[p]}" for p in parts)
        _refuse(f"Les effectifs se contredisent : {word(total)} {first[total]}, mais {sums}", keys, wrong)
    for whole, parts, wrong in _exceeded(frame):
        first = frame[wrong].iloc[0]
        figures = f"{int(first[list(parts)].sum())} pour {first[whole]}"
        _refuse(f"{than([word(p) for p in parts], word(whole))} : {figures}", keys, wrong)


def _exceeded(frame: pd.DataFrame) -> Iterator[tuple[str, tuple[str, ...], pd.Series]]:
    """Parts that exceed their whole: whole, parts, mask of the rows. Absent columns are not judged."""
    for whole, bounded in AT_MOST.items():
        for parts in bounded if whole in frame else ():
            there = tuple(name for name in parts if name in frame)
            if not there:
                continue
            wrong = _sum(frame, there) > frame[whole]
            if wrong.any():
                yield whole, there, wrong


def _sum(frame: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Row by row; column after column, for counts are checked each time they are summed or filtered."""
    return functools.reduce(operator.add, (frame[name] for name in columns))


def _countable(counts: pd.DataFrame) -> None:
    sums = counts.astype("float64").sum()
    if (sums >= _INT64).any():
        raise CountsError(
            f"La somme des effectifs « {word(str(sums.idxmax()))} » est trop grande pour être comptée",
            expected="moins de 9 milliards de milliards en tout",
            remedy="corriger ces effectifs à leur source",
        )


def _refuse(what: str, keys: pd.DataFrame, wrong: pd.Series) -> None:
    if wrong.any():
        row = describe(tuple(keys.columns), tuple(keys[wrong].iloc[0]))
        raise CountsError(
            what,
            where=f"{row} ({int(wrong.sum())} ligne(s) en tout)",
            expected="des effectifs entiers, positifs et cohérents, une ligne par combinaison",
            remedy="corriger ces effectifs à leur source",
        )
