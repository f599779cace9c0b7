"""A cohort: candidates of one or several sessions and their results, without anything that names them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from rncp_analytics.cohort.contracts import TABLES, Field
from rncp_analytics.cohort.provenance import ImportRecord, Origin, Source, Stage
from rncp_analytics.errors import CountsError


@dataclass(frozen=True)
class Cohort:
    """Candidates and their results, under the contracts of :mod:`rncp_analytics.cohort.contracts`.

    Parameters
    ----------
    candidates : DataFrame
        One row per candidate and session, columns of ``CANDIDATES``; absent optional columns are added, empty.
    rows : DataFrame
        One row per candidate, unit and test, columns of ``RESULTS``; read it with :meth:`results`.
    stage : {"first_group", "after_control", "final"}
        State of the examination when the marks were exported.
    origin : {"candidates", "synthetic"}
        Real candidates or synthetic ones: decides what may be printed, and how it is labelled.
    source : Source
        File or generator.
    record : ImportRecord
        What was said when the files were read; empty for a cohort that comes from no file.

    Raises
    ------
    CountsError
        A column is missing or unknown, or a value is outside its contract; the message counts them by column
        and never repeats a value.
    """

    candidates: pd.DataFrame
    rows: pd.DataFrame = field(repr=False)
    stage: Stage
    origin: Origin
    source: Source
    record: ImportRecord = field(default=ImportRecord(), repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "candidates", conform(self.candidates, "candidates"))
        object.__setattr__(self, "rows", conform(self.rows, "results"))
        if self.candidates["entry"].duplicated().any() or not self.rows["entry"].isin(self.candidates["entry"]).all():
            raise CountsError(
                "Les numéros de ligne de la cohorte ne s'accordent pas",
                expected="un numéro par candidat et session, et des résultats de ces seuls candidats",
            )

    def __repr__(self) -> str:
        sessions = ", ".join(map(str, sorted(self.candidates["session"].unique())))
        made = " synthétiques" if self.origin == "synthetic" else ""
        return f"Cohort({len(self.candidates)} candidats{made} ; sessions {sessions} ; {self.stage})"

    def results(self) -> pd.DataFrame:
        """One row per candidate, unit and test: the columns of ``RESULTS``."""
        return self.rows.copy()


def conform(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """The frame with the columns, order and types of its contract.

    Parameters
    ----------
    frame : DataFrame
    table : {"candidates", "results"}

    Raises
    ------
    CountsError
        As :class:`Cohort`.
    """
    fields = TABLES[table]
    unknown = [str(c) for c in frame.columns if c not in {f.name for f in fields}]
    missing = [f.name for f in fields if f.required and f.name not in frame]
    columns = {f.name: _typed(frame.get(f.name), f, frame.index) for f in fields}
    wrong = {f.name: n for f in fields if (n := _outside(columns[f.name], f))}
    if unknown or missing or wrong:
        told = [f"colonne inconnue « {c} »" for c in unknown] + [f"colonne absente « {c} »" for c in missing]
        told += [f"« {name} » : {n} valeur(s) hors du contrat" for name, n in wrong.items()]
        raise CountsError(
            f"La table « {table} » ne respecte pas son contrat",
            where=" ; ".join(told),
            expected=", ".join(f.name for f in fields),
            remedy="corriger le lecteur ou le générateur qui l'a produite",
        )
    return pd.DataFrame(columns).reset_index(drop=True)


def _typed(column: Any, f: Field, index: pd.Index) -> pd.Series[Any]:
    kind: Any = "Int32" if f.kind == "integer" else "str"
    return pd.Series(pd.NA if column is None else column, index=index).astype(kind)


def _outside(column: pd.Series[Any], f: Field) -> int:
    """How many values the contract refuses; each distinct text is judged once."""
    missing = int(column.isna().sum()) if f.required else 0
    known = column.dropna()
    if f.kind == "integer":
        return missing + int((~known.between(*f.bounds)).sum())
    if f.allowed is None or known.empty:
        return missing
    distinct = pd.Series(known.unique())
    allowed = distinct.isin(f.allowed) if isinstance(f.allowed, tuple) else distinct.str.fullmatch(f.allowed)
    return missing + int(known.isin(distinct[~allowed]).sum())
