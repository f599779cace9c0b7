"""Céreq's Reflet series, in a documented shape of ours, into Counts.

No export of Reflet is known: whoever reads its series writes them down in this shape, one CSV (semicolons,
UTF-8 or Windows-1252) or one sheet of an XLSX, titles on the first line, one line per cell of a series:

=========================  =========================================================================================
Source                     how the series is named under every figure; the same text on every line
Série                      "effectifs" (pupils and apprentices in the last year of the course) or "examens"
Diplôme                    code formation-diplôme of the family: 40031214
Session or Rentrée         either column, or both; the enrolment of autumn n − 1 faces session n
Régime                     scolaires, apprentis, formation continue, autres; of "effectifs" the first two only
Sexe                       F or M, of "effectifs" only; empty where the series doesn't tell
Territoire (or Académie)   "France", "France hors DOM-TOM", or an académie (code or name)
Effectif                   the count of "effectifs"
Présents, Admis            the counts of "examens"
=========================  =========================================================================================

A hole is a line whose counts are empty, or that isn't there while its session, régime, sex and territory are: missing,
never 0. All lines of a series have the same dimensions.
"""

from __future__ import annotations

import functools
import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

import pandas as pd

from rncp_analytics.certification.lookup import plain
from rncp_analytics.certification.nomenclature import academie, academies
from rncp_analytics.cohort.export_workbook import read_sheets
from rncp_analytics.cohort.store import locate
from rncp_analytics.cohort.textfile import TextTable, read_delimited
from rncp_analytics.counts.model import Counts, Scope, Source
from rncp_analytics.counts.reflet_rules import checked
from rncp_analytics.errors import InputError

EXAMPLE = "reflet_exemple.csv"
OUTSIDE_OVERSEAS = "hors DOM-TOM"
_OPTIONAL = ("session", "autumn", "sex", "enrolled", "present", "passed")
_POPULATIONS = {
    "effectifs": "élèves et apprentis en dernière année de formation",
    "examens": "candidats à l'examen par régime d'inscription (hors VAE)",
}
_EXPECTED = "Source ; Série ; Diplôme ; Session ou Rentrée ; Régime ; Sexe ; Territoire ; Effectif ; Présents ; Admis"


@dataclass(frozen=True)
class Reflet:
    """Series of Reflet, once read.

    Attributes
    ----------
    enrolments : Counts
        ``enrolled`` by session (that of the exam, not the autumn), diploma and regime, and by sex and académie
        where the file tells them. No row where the file has a hole.
    examinations : Counts
        ``present`` and ``passed`` by session, diploma and regime, and by académie where the file tells it.
    holes : DataFrame
        Cells without their counts, whether their line is empty or isn't there: ``series, session, diploma, regime,
        sex, territory`` ("" where not told).
    findings : tuple of str
        French: what was converted, assumed, or is missing.
    """

    enrolments: Counts
    examinations: Counts
    holes: pd.DataFrame
    findings: tuple[str, ...]

    def by(self, *dimensions: str) -> Reflet:
        """Sum each series over the dimensions that are not named; a group with a hole has no row.

        Raises
        ------
        CountsError
            A dimension that neither series tells.

        >>> read_reflet().by("session").examinations.frame["present"].tolist()
        [7545, 8833, 9364, 9827, 10490]
        """
        self.examinations.by(*(name for name in dimensions if name not in self.enrolments.dimensions))  # refuses
        counts = {"effectifs": self.enrolments, "examens": self.examinations}
        summed = {
            name: _summed(series, self.holes[self.holes["series"] == name], dimensions)
            for name, series in counts.items()
        }
        return replace(self, enrolments=summed["effectifs"], examinations=summed["examens"])

    def __repr__(self) -> str:
        return (
            f"Reflet({len(self.enrolments.frame)} effectifs, {len(self.examinations.frame)} examens, "
            f"{len(self.holes)} trous ; {self.examinations.source})"
        )


@functools.cache
def layout() -> dict[str, Any]:
    """The words of the shape (reflet.toml)."""
    text = resources.files("rncp_analytics.counts").joinpath("reflet.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def read_reflet(path: Path | str | None = None) -> Reflet:
    """Read series of Reflet, or the example that the package carries.

    Parameters
    ----------
    path : Path or str, optional
        A CSV or an XLSX in the shape that the module describes. None: the example series, built from the
        published results of the examination and named so; it has no enrolment.

    Returns
    -------
    Reflet

    Raises
    ------
    InputError
        The file isn't in this shape: a column is missing or unknown; a régime, diploma, académie or year is
        unknown; a diploma has no such session; lines of a series don't have the same dimensions; a year is
        missing inside a series; a line is repeated or half empty; a count isn't one; admis exceed présents.
        All lines concerned are counted, the first ones named.

    Notes
    -----
    Dimensions: Céreq, Net.Doc 40 (2008). Reflet names no stage of the examination: its admis are taken as final.

    >>> series = read_reflet()
    >>> series.examinations.where(session=2025).by().frame.to_dict("records")
    [{'present': 10490, 'passed': 9103}]
    """
    table = _read(Path(path) if path is not None else locate().raw / EXAMPLE)
    titles = _titles(table)
    absent = {name: "" for name in _OPTIONAL if name not in titles}
    text = table.rows[list(titles.values())].set_axis(list(titles), axis=1).assign(**absent)
    rows = checked(text, layout()["titles"] | {name: [title] for name, title in titles.items()}, layout(), table.name)
    source = Source(str(text["source"].iloc[0]), "", "", table.digest, (table.name,))
    made = {name: _counts(rows[rows["series"] == name], name, source) for name in layout()["series"]}
    holes = _holes(rows)
    return Reflet(made["effectifs"], made["examens"], holes, _findings(text, rows, holes))


def without_overseas(counts: Counts) -> Counts:
    """Leave out the DOM-TOM, as Céreq does for enrolments; the scope then says so under every figure.

    Parameters
    ----------
    counts : Counts
        With the dimension "academie".

    Returns
    -------
    Counts
        The rows of the other académies; ``scope.territory`` ends with "hors DOM-TOM".

    Raises
    ------
    CountsError
        The counts don't tell the académies apart.

    Notes
    -----
    Which académies and territories are overseas: ``academies()`` (Base centrale des nomenclatures).
    """
    overseas = {a.code for a in academies() if a.overseas}
    counts.by("academie")  # refuses counts without académies
    kept = counts.frame[~counts.frame["academie"].isin(overseas)].reset_index(drop=True)
    territory = counts.scope.territory
    whole = "France" if territory.startswith("France") else f"{territory},"
    return replace(counts, frame=kept, scope=replace(counts.scope, territory=f"{whole} {OUTSIDE_OVERSEAS}"))


def _read(path: Path) -> TextTable:
    if path.suffix.lower() != ".xlsx" or not path.is_file():
        return read_delimited(path)
    raw = path.read_bytes()
    for _, lines in read_sheets(raw, path.name):
        filled = {number: [c.strip() for c in cells] for number, cells in lines if cells and any(map(str.strip, cells))}
        if filled and plain("Série") in map(plain, (titles := filled.pop(min(filled)))):
            rows = pd.DataFrame.from_dict(filled, orient="index", columns=titles, dtype=object)
            return TextTable(rows, path.name, hashlib.sha256(raw).hexdigest(), "utf-8")
    raise InputError(
        "Aucune feuille de ce classeur n'est une série Reflet",
        where=path.name,
        expected=f"une feuille dont la première ligne porte les titres : {_EXPECTED}",
        remedy="suivre le modèle décrit dans data/raw/README.md",
    )


def _titles(table: TextTable) -> dict[str, str]:
    """Our name of each column → its title in this file."""
    read = [str(title) for title in table.rows.columns]
    names = {plain(title): name for name, titles in layout()["titles"].items() for title in titles}
    found = {names[plain(title)]: title for title in read if plain(title) in names}
    missing = [" ou ".join(t) for name, t in layout()["titles"].items() if name not in (*found, *_OPTIONAL)]
    if not {"session", "autumn"} & set(found):
        missing.append("Session ou Rentrée")
    unknown = [title for title in read if title not in found.values() or read.count(title) > 1]
    if missing or unknown or table.rows.empty:
        told = [f"colonne(s) absente(s) : {', '.join(missing)}"] if missing else []
        told += [f"colonne(s) en trop ou répétée(s) : {', '.join(unknown)}"] if unknown else []
        raise InputError(
            "Ce fichier n'a pas les colonnes d'une série Reflet",
            where=f"{table.name}, ligne 1 ; {' ; '.join(told) or 'rien sous les titres'}",
            expected=_EXPECTED,
            remedy="suivre le modèle décrit dans data/raw/README.md",
        )
    return found


def _counts(rows: pd.DataFrame, series: str, source: Source) -> Counts:
    """One series; its holes have no row."""
    whole = next(iter(layout()["territories"]))
    territories = list(rows["territory"].unique())
    national = set(territories) <= set(layout()["territories"])
    dimensions = ["session", "diploma", "regime"]
    dimensions += ["sex"] if (rows["sex"] != "").any() else []
    dimensions += [] if national else ["academie"]
    territory = territories[0] if territories and national else whole
    frame = rows[~rows["hole"]].rename(columns={"territory": "academie"})
    columns = layout()["series"][series]
    frame = frame[[*dimensions, *columns]].astype(dict.fromkeys(["session", *columns], "int64"))
    scope = Scope("final", territory if national else _covered(territories), _POPULATIONS[series])
    return Counts(frame.sort_values(dimensions, ignore_index=True), tuple(dimensions), scope, "official", source)


def _covered(codes: Sequence[str]) -> str:
    published = {a.code for a in academies() if a.published}
    if published <= set(codes):
        return f"France, {len(published)} académies"
    if len(codes) == 1:
        return f"académie : {academie(codes[0]).name}"
    return f"{len(published & set(codes))} académies sur {len(published)}"


def _holes(rows: pd.DataFrame) -> pd.DataFrame:
    """Cells of the grid of each series and diploma that no line fills."""
    names = ["session", "regime", "sex", "territory"]
    parts = []
    for (series, code), part in rows.groupby(["series", "diploma"]):
        grid = pd.MultiIndex.from_product([part[name].unique() for name in names], names=names)
        filled = pd.MultiIndex.from_frame(part.loc[~part["hole"], names])
        parts.append(grid.difference(filled).to_frame(index=False).assign(series=str(series), diploma=str(code)))
    holes = pd.concat(parts, ignore_index=True).astype({"session": "int64"})
    return holes[["series", "session", "diploma", "regime", "sex", "territory"]]


def _summed(counts: Counts, holes: pd.DataFrame, dimensions: Sequence[str]) -> Counts:
    kept = [name for name in dimensions if name in counts.dimensions]
    rolled = counts.by(*kept)
    missing = holes.rename(columns={"territory": "academie"})[kept].drop_duplicates()
    if not kept:
        known = holes.empty and not counts.frame.empty
        return rolled if known else replace(rolled, frame=rolled.frame[:0])
    partial = pd.MultiIndex.from_frame(rolled.frame[kept]).isin(pd.MultiIndex.from_frame(missing))
    return replace(rolled, frame=rolled.frame[~partial].reset_index(drop=True))


def _findings(text: pd.DataFrame, rows: pd.DataFrame, holes: pd.DataFrame) -> tuple[str, ...]:
    told = []
    converted = text["autumn"] != ""
    if converted.any():
        autumn = int(rows.loc[converted, "session"].min()) - 1
        example = f"rentrée {autumn}, session {autumn + 1}"
        told.append(f"L'effectif de la rentrée n − 1 est compté à la session n : {example}.")
    for series, part in holes.groupby("series"):
        cells = f"{len(part)} cases sont sans donnée" if len(part) > 1 else "une case est sans donnée"
        told.append(f"Série « {series} » : {cells}, ce qui ne vaut pas 0.")
    if (rows["series"] == "examens").any():
        told.append("Reflet ne dit pas l'étape de l'examen : ses admis sont pris pour les résultats définitifs.")
    return tuple(told)
