"""What a profile of diffusion hides of tables of candidates, beside those shown before; the record of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from rncp_analytics.errors import InputError, PublicationError
from rncp_analytics.measures import altogether
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.profiles import Profile
from rncp_analytics.measures.protection.attack import Rule
from rncp_analytics.measures.protection.figures import Side, margins, sides
from rncp_analytics.measures.protection.masking import Decided, Group, masked

Candidates = tuple[str, str, str]  # stage, territory, population: tables with the same ones may share candidates

SHOWN = "publié"  # key of a record that holds the shown numbers

# What a hidden row still says: which figure it was, and that it is hidden.
_PLAIN = ("statistic", "stage", "denominator_kind", "confidence", "method", "secrecy", "reason", "reference")
_HIDDEN = "masqués"  # the hidden numbers, in the order of their places; never in a file that is published


class Decision(NamedTuple):
    """Of each table: its frame without the hidden figures, sentences, and what the next tables must know of it."""

    frames: list[pd.DataFrame]
    told: list[tuple[str, ...]]
    decided: list[Decided]


def candidates_of(estimates: Estimates) -> Candidates:
    """Whose numbers these are."""
    return estimates.scope.stage, estimates.scope.territory, estimates.scope.population


def require_shared_scope(tables: Sequence[Estimates]) -> None:
    """Refuse tables whose numbers can't be those of the same candidates."""
    if len({(t.origin, t.source.digest, candidates_of(t)) for t in tables}) > 1:
        told = dict.fromkeys(f"{t.scope.population}, {t.scope.territory} ({t.source})" for t in tables)
        raise PublicationError(
            "Ces tableaux ne portent pas sur les mêmes candidats",
            where=" ; ".join(told),
            expected="des tableaux tirés des mêmes comptes : même source, étape, territoire et champ",
            remedy="un appel à rncp.suppress(…) pour chaque cohorte",
        )


def decide(
    tables: Sequence[Estimates], profile: Profile, rule: Rule, *, after: Sequence[Decided], keep: Sequence[Group]
) -> Decision:
    """What is hidden in these tables, in one system where they make one, otherwise whole tables."""
    read = [_sides(table, rule) for table in tables]
    together = [(table, found) for table, (found, _) in zip(tables, read, strict=True) if found]
    made = masked(together, profile, rule, after=after, keep=keep) if together else None
    of_system = iter(made.letters if made else ())
    approximate = made is not None and made.method == "greedy"
    any_hidden = any(one.hidden for one in after) or any((s != "V").any() for s in (made.letters if made else ()))
    frames, told, decided = [], [], []
    for table, (found, alone) in zip(tables, read, strict=True):
        letters = next(of_system) if found or alone is None else alone
        if alone is not None and (letters == "V").all() and any_hidden:
            letters = pd.Series("D", index=table.frame.index)  # no sum says what it would give back
        hidden = frozenset(letters.index[letters != "V"])
        frames.append(_without(table, letters))
        told.append(_told(table, letters, profile, approximate=approximate and bool(found)) if hidden else ())
        if found:
            decided.append(Decided(found, hidden))
    return Decision(frames, told, decided)


def _sides(table: Estimates, rule: Rule) -> tuple[list[Side], pd.Series | None]:
    """The numbers of a table that are in the system; and the letters of one that is shown whole or not at all."""
    found = sides(table)
    if found is not None:
        return found, None
    letters = altogether.letters(table, rule.threshold)
    return margins(table) if (letters == "V").all() else [], letters


def _without(estimates: Estimates, letters: pd.Series) -> pd.DataFrame:
    """The figures that are left, with the letter of each row."""
    frame, hidden = estimates.frame.assign(secrecy=letters), letters != "V"
    if hidden.any():
        numbers = set(frame.select_dtypes("number"))
        told = [name for name in frame if name not in (*estimates.by, *_PLAIN)]  # some words tell as much as numbers
        figures = [name for name in told if name in numbers]
        frame = frame.astype(dict.fromkeys(figures, float))
        frame.loc[hidden, figures] = np.nan
        frame.loc[hidden, [name for name in told if name not in numbers]] = ""
        frame.loc[hidden, "reason"] = "secret"
    return frame


def _told(estimates: Estimates, letters: pd.Series, profile: Profile, *, approximate: bool) -> tuple[str, ...]:
    """How many cells are hidden, in one sentence; and how, when a cheaper mask may exist.

    Never how many of them are small: beside a table whose hidden cells all are, that would say which.
    """
    name = f"Secret statistique ({profile.label[0].lower()}{profile.label[1:]})"
    # A rate and its interval at several levels are one cell.
    named = estimates.frame[[*estimates.by, "statistic"]].assign(hidden=letters != "V")
    cells = named.groupby([*estimates.by, "statistic"])["hidden"].any()
    counted = "1 case masquée" if cells.sum() == 1 else f"{cells.sum()} cases masquées"
    counted = f"tout est masqué ({counted.removesuffix(' masquées')})" if cells.all() and len(cells) > 1 else counted
    exact = "Ces tableaux sont trop grands pour le masque le moins coûteux : il est approché, et vérifié de même."
    return (f"{name} : {counted}.", *((exact,) if approximate else ()))


def record(
    decided: Mapping[Candidates, Sequence[Decided]], earlier: Mapping[Candidates, int], *, secret: bool
) -> list[dict[str, Any]]:
    """Shown numbers and places of the hidden ones, as JSON values, without the first ``earlier`` tables.

    ``secret``: with the hidden numbers too, for the next tables of the same publication.
    """
    return [
        {
            "étape": candidates[0],
            "territoire": candidates[1],
            "population": candidates[2],
            "tableaux": [
                _as_json(side, one.hidden, secret=secret)
                for one in tables[earlier.get(candidates, 0) :]
                for side in one.sides
            ],
        }
        for candidates, tables in decided.items()
        if len(tables) > earlier.get(candidates, 0)
    ]


def _as_json(side: Side, hidden: frozenset[int], *, secret: bool) -> dict[str, Any]:
    columns = side.groups.loc[side.numbers["row"]].to_numpy(dtype=object).tolist()
    named = side.numbers[["row", "quantity", "of", "value"]].itertuples(index=False)
    rows = dict.fromkeys(
        (*group, quantity, of, int(value), row in hidden)
        for group, (row, quantity, of, value) in zip(columns, named, strict=True)
    )
    table: dict[str, Any] = {
        "dimensions": list(side.groups.columns),
        "fixe": dict(side.fixed),
        "partiel": list(side.some),
        "nombres": [[*row[:-2], None if row[-1] else row[-2]] for row in rows],
    }
    return table | ({_HIDDEN: [row[-2] for row in rows if row[-1]]} if secret else {})


def read_record(path: Path) -> dict[Candidates, list[Decided]]:
    """The tables of an earlier publication, from its record.

    Raises
    ------
    InputError
        A file that isn't one.
    """
    try:
        parts = json.loads(path.read_text(encoding="utf-8"))[SHOWN]
        found: dict[Candidates, list[Decided]] = {}
        for part in parts:
            tables = found.setdefault((part["étape"], part["territoire"], part["population"]), [])
            tables += map(_read, part["tableaux"])
        return found
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            "Ce fichier n'est pas le constat d'une publication",
            where=str(path),
            expected="un fichier « secret.json » écrit par rncp report sous un profil de diffusion",
        ) from error


def _read(table: Mapping[str, Any]) -> Decided:
    dimensions = table["dimensions"]
    rows = pd.DataFrame(table["nombres"], columns=[*dimensions, "quantity", "of", "value"], dtype=object)
    fixed = {name: tuple(value) if isinstance(value, list) else value for name, value in table["fixe"].items()}
    numbers = rows[["quantity", "value", "of"]].assign(row=rows.index, value=rows["value"].astype(float))
    hidden = frozenset(rows.index[rows["value"].isna()])
    if _HIDDEN in table:
        numbers.loc[sorted(hidden), "value"] = [float(value) for value in table[_HIDDEN]]
    side = Side(rows[dimensions], fixed, numbers, some=tuple(table["partiel"]))
    return Decided([side], hidden, elsewhere=_HIDDEN not in table)
