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
from rncp_analytics.measures.protection.figures import Side, sides
from rncp_analytics.measures.protection.masking import Decided, Group, masked

Candidates = tuple[str, str, str]  # stage, territory, population: tables with the same ones may share candidates

SHOWN = "publié"  # key of a record that holds the shown numbers

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
    read = [sides(table) for table in tables]
    together = [(table, found) for table, found in zip(tables, read, strict=True) if found is not None]
    made = masked(together, profile, rule, after=after, keep=keep) if together else None
    of_system = iter(made.letters if made else ())
    approximate = made is not None and made.method == "greedy"
    frames, told, decided = [], [], []
    for table, found in zip(tables, read, strict=True):
        letters = altogether.letters(table, rule.threshold) if found is None else next(of_system)
        hidden = frozenset(letters.index[letters != "V"])
        frames.append(_without(table, letters))
        told.append(_told(table, letters, profile, approximate=approximate and found is not None) if hidden else ())
        if found is not None:
            decided.append(Decided(found, hidden))
    return Decision(frames, told, decided)


def _without(estimates: Estimates, letters: pd.Series) -> pd.DataFrame:
    """The figures that are left, with the letter of each row."""
    frame, hidden = estimates.frame.assign(secrecy=letters), letters != "V"
    if hidden.any():
        figures = [c for c in frame.select_dtypes("number") if c not in (*estimates.by, "confidence")]
        frame = frame.astype(dict.fromkeys(figures, float))
        frame.loc[hidden, figures] = np.nan
        frame.loc[hidden, "reason"] = "secret"
    return frame


def _told(estimates: Estimates, letters: pd.Series, profile: Profile, *, approximate: bool) -> tuple[str, ...]:
    """How many cells are hidden, and why, in one sentence; and how, when a cheaper mask may exist."""
    name = f"Secret statistique ({profile.label[0].lower()}{profile.label[1:]})"
    # A rate and its interval at several levels are one cell.
    named = estimates.frame[[*estimates.by, "statistic"]].assign(letter=letters.map({"V": 0, "D": 1, "A": 2}))
    worst = named.groupby([*estimates.by, "statistic"])["letter"].max()
    own, others = int((worst == 2).sum()), int((worst == 1).sum())
    counted = "1 case masquée" if own + others == 1 else f"{own + others} cases masquées"
    if own + others == len(worst) > 1:
        counted = f"tout est masqué ({own + others} cases)"
    why = f", dont {others} pour protéger {'la première' if own == 1 else 'les autres'}" if own and others else ""
    why = why or (" pour protéger un autre tableau" if others else "")
    exact = "Ces tableaux sont trop grands pour le masque le moins coûteux : il est approché, et vérifié de même."
    return (f"{name} : {counted}{why}.", *((exact,) if approximate else ()))


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
        return {
            (part["étape"], part["territoire"], part["population"]): [_read(table) for table in part["tableaux"]]
            for part in parts
        }
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
    return Decided([Side(rows[dimensions], fixed, numbers)], hidden, elsewhere=_HIDDEN not in table)
