"""Is a user's file whole? It is faced with the published figures that the package carries, like with like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from rncp_analytics.certification.diplomas import diploma
from rncp_analytics.certification.nomenclature import academies
from rncp_analytics.errors import InputError

# A later edition may correct a figure a little; half an académie can't disappear by correction.
_ENOUGH = 0.9
_SHOWN = 5
_CELL = ["session", "diploma", "academie"]


@dataclass(frozen=True)
class Alert:
    """What the reader of a file must know before its figures.

    Attributes
    ----------
    kind : {"coverage", "difference"}
        The file covers ``ours`` of the ``theirs`` académies; or its présents or admis (``column``) of a
        session and diploma differ from the published ones of the same académies.
    ours, theirs : int
        Figure of the file, figure published.
    session, column : int, str
        0 and "" for "coverage".
    diploma : str
        Code; "" for "coverage".
    """

    kind: Literal["coverage", "difference"]
    ours: int
    theirs: int
    session: int = 0
    diploma: str = ""
    column: str = ""


def refuse_incomplete(rows: pd.DataFrame, margins: pd.DataFrame, published: pd.DataFrame, *, name: str) -> None:
    """Refuse a file whose sessions don't cover the same académies, or that lacks candidates of one it covers.

    Parameters
    ----------
    rows : DataFrame
        All rows of the file: ``session``, ``academie``.
    margins, published : DataFrame
        The family by session, diploma, académie and candidate status: of the file, and as published.
    name : str
        Name of the file, for the message.

    Raises
    ------
    InputError
        A session covers other académies than another; or, for a session, diploma and académie of the file, a
        published status is absent or présents are under nine tenths of the published ones.
    """
    covered = {str(session): frozenset(part) for session, part in rows.groupby("session")["academie"]}
    widest = max(covered.values(), key=len)
    told = [
        f"session {session} : {len(found)} académie(s), pas les mêmes que les {len(widest)} d'une autre session"
        for session, found in covered.items()
        if found != widest
    ]
    told += _cut_cells(margins, published)
    if told:
        more = [f"et {len(told) - _SHOWN} autre(s)"] if len(told) > _SHOWN else []
        raise InputError(
            "Le fichier est incomplet : il y manque des candidats",
            where="\n    ".join([name, *told[:_SHOWN], *more]),
            expected="tous les statuts et les deux sexes de chaque académie, pour chaque session du fichier",
            remedy="télécharger l'export entier à nouveau ; pour une seule académie, garder toutes ses lignes",
        )


def _cut_cells(margins: pd.DataFrame, published: pd.DataFrame) -> list[str]:
    both = published.merge(margins[_CELL].drop_duplicates(), on=_CELL)
    ours = margins.set_index([*_CELL, "candidate_status"])["present"]
    key = pd.MultiIndex.from_frame(both[[*_CELL, "candidate_status"]])
    both = both.assign(ours=ours.reindex(key).to_numpy())
    missing = both[both["ours"].isna() & (both["present"] > 0)]
    sums = both.groupby(_CELL)[["present", "ours"]].sum().reset_index()
    short = sums[sums["ours"] < _ENOUGH * sums["present"]]
    names = {a.code: a.name for a in academies()}

    def cell(row: dict[object, object]) -> str:
        return f"session {row['session']}, {diploma(str(row['diploma'])).label}, {names[str(row['academie'])]}"

    return [f"{cell(r)} : {int(r['ours'])} présents au lieu de {r['present']}" for r in short.to_dict("records")] + [
        f"{cell(r)} : aucune ligne pour le statut {r['candidate_status']}" for r in missing.to_dict("records")
    ]


def alerts(rows: pd.DataFrame, margins: pd.DataFrame, published: pd.DataFrame) -> tuple[Alert, ...]:
    """What remains to be said of an accepted file: how much of France it covers, and what differs."""
    whole = sum(a.published for a in academies())
    found = rows["academie"].nunique()
    told = [Alert("coverage", found, whole)] if found < whole else []
    cells = margins[_CELL].drop_duplicates()
    ours, theirs = (_sums(frame.merge(cells, on=_CELL)) for frame in (margins, published))
    for key in ours.index.intersection(theirs.index):
        for column in ours.columns:
            if ours.loc[key, column] != theirs.loc[key, column]:
                session, code = key
                mine, published_one = int(ours.loc[key, column]), int(theirs.loc[key, column])
                told.append(Alert("difference", mine, published_one, int(session), str(code), str(column)))
    return tuple(told)


def _sums(frame: pd.DataFrame, columns: Sequence[str] = ("present", "passed")) -> pd.DataFrame:
    return frame.groupby(["session", "diploma"])[list(columns)].sum()
