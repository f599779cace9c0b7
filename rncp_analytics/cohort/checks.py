"""Judging the rows of a published file: every failure at once, named by line, column and value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from rncp_analytics.errors import InputError

_SHOWN = 10


class Finding(NamedTuple):
    """One refused value: line in the file, title of the column, value read, what was expected (French)."""

    line: int
    column: str
    value: str
    expected: str


class Rule(NamedTuple):
    """What one column may hold: its title in the file, what is allowed, and that in French.

    ``allowed`` is a pattern (whole match), a tuple of values, or a function that returns "" or what it
    expected instead of the value.
    """

    title: str
    allowed: str | tuple[str, ...] | Callable[[str], str]
    expected: str

    def judge(self, value: str) -> str:
        """Empty when the value is allowed, else what was expected."""
        if callable(self.allowed):
            return self.allowed(value)
        if isinstance(self.allowed, str):
            return "" if re.fullmatch(self.allowed, value) else self.expected
        return "" if value in self.allowed else self.expected


def validate(text: pd.DataFrame, rules: Mapping[str, Rule]) -> list[Finding]:
    """Judge each distinct value of each column once; report all lines that hold a refused one.

    Parameters
    ----------
    text : DataFrame of str
        Index: line numbers in the file.
    rules : mapping of str to Rule
        By column.

    Returns
    -------
    list of Finding
        In the order of the lines; empty when all is well.
    """
    findings = []
    for name, rule in rules.items():
        column = text[name]
        verdicts = {value: rule.judge(value) for value in column.unique()}
        refused = column[column.map(verdicts) != ""]
        findings += [Finding(int(str(line)), rule.title, value, verdicts[value]) for line, value in refused.items()]
    return sorted(findings)


def refuse_findings(
    findings: Sequence[Finding],
    name: str,
    *,
    expected: str = "le fichier tel que le ministère le publie",
    remedy: str = "corriger ces lignes, ou télécharger le fichier à nouveau ; rien n'a été écrit",
) -> None:
    """Raise one error that tells all findings (the first ones in full); do nothing when there are none."""
    if not findings:
        return
    lines = [
        f"ligne {f.line}, colonne « {f.column} » : « {f.value} » ; attendu : {f.expected}" for f in findings[:_SHOWN]
    ]
    more = len(findings) - len(lines)
    if more:
        lines.append(f"et {more} autre(s) valeur(s) refusée(s)")
    raise InputError(
        f"{len(findings)} valeur(s) refusée(s) dans {name}",
        where="\n    ".join(lines),
        expected=expected,
        remedy=remedy,
    )
