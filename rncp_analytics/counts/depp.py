"""The ministry's open data "Le baccalauréat par académie", in its three published shapes, into Counts."""

from __future__ import annotations

import datetime
import functools
import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import pandas as pd

from rncp_analytics.certification.diplomas import family
from rncp_analytics.certification.nomenclature import STATUSES, academie, academies
from rncp_analytics.cohort.checks import Finding, Rule, refuse_findings, validate
from rncp_analytics.cohort.textfile import TextTable, read_delimited
from rncp_analytics.counts.model import Counts, Scope, Source, broken_identities
from rncp_analytics.errors import InputError, UnknownCodeError

DIMENSIONS = ("session", "track", "series", "diploma", "option", "academie", "sex", "candidate_status")
POPULATION = "candidats au baccalauréat, toutes voies, tous statuts (hors VAE)"
_PROFESSIONAL = "BAC PROFESSIONNEL"
# Codes repeat across ministries (22106 is a cook's at Education, a wine seller's at Agriculture): the key
# is the ministry and the five digits.
_CODED = re.compile(r"BAC ?PRO (?P<agriculture>AG )?(?P<digits>\d{5}) ")


@dataclass(frozen=True)
class DeppFile:
    """One file of the ministry, read whole.

    Attributes
    ----------
    counts : Counts
        By ``DIMENSIONS``. ``diploma`` is the 8-digit code of the Education ministry's professional
        diplomas, "AG" and five digits for Agriculture's, the published label for all others.
    other_labels : DataFrame
        Labels outside the family: ``label``, ``diploma``, ``rows``, ``present``.
    """

    counts: Counts
    other_labels: pd.DataFrame


@functools.cache
def layout() -> dict[str, Any]:
    """The words of the ministry's file (depp.toml)."""
    text = resources.files("rncp_analytics.counts").joinpath("depp.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def read_depp(path: Path) -> DeppFile:
    """Read a download of "Le baccalauréat par académie" (CSV with API names, with labels, or 2026 edition).

    Parameters
    ----------
    path : Path
        CSV as the site gives it: semicolons, UTF-8 with or without BOM, counts written ``13`` or ``13.0``.

    Returns
    -------
    DeppFile
        Counts of all diplomas of the file, and the list of labels outside the family.

    Raises
    ------
    InputError
        The file is not what it claims to be, a column is missing, a value is outside its list, an
        identity of the examination is broken, a row is repeated, or a label of the family is ambiguous.
        All rows concerned are counted, the first ones named.

    Notes
    -----
    Source: DEPP, data set fr-en-baccalaureat-par-academie, Licence Ouverte 2.0.
    """
    table = read_delimited(path)
    titles = _titles(table)
    text = table.rows[list(titles.values())].set_axis(list(titles), axis=1)
    # Each check needs what the one before has made sure of.
    refuse_findings(validate(text, _rules(titles)), table.name)
    refuse_findings(_ambiguous(text, titles), table.name)
    frame = _typed(text)
    refuse_findings(sorted(_repeated(frame, text, titles) + _contradictory(frame, titles)), table.name)
    counts = Counts(
        frame=frame[[*DIMENSIONS, *layout()["counts"]]].reset_index(drop=True),
        dimensions=DIMENSIONS,
        scope=Scope("final", _territory(frame["academie"]), POPULATION),
        origin="official",
        source=Source(layout()["title"], layout()["publisher"], layout()["licence"], table.digest, (table.name,)),
    )
    return DeppFile(counts, _other_labels(text["label"], frame))


def slug(title: str) -> str:
    """A header without accents, case and punctuation: API names and labels become the same word.

    >>> slug("Nombre d'admis à l'issue du 2nd groupe")
    'nombre_d_admis_a_l_issue_du_2nd_groupe'
    """
    return re.sub(r"[^a-z0-9]+", "_", _plain(title).casefold()).strip("_")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode()


def _titles(table: TextTable) -> dict[str, str]:
    """Our name of each column → its title in this file."""
    present = {slug(title): title for title in table.rows.columns}
    wanted = {name: [title] for name, title in (layout()["dimensions"] | layout()["counts"]).items()}
    wanted["academie"] = layout()["academie"]["titles"]
    found = {n: next((present[slug(t)] for t in choices if slug(t) in present), "") for n, choices in wanted.items()}
    missing = [f"« {' ou '.join(wanted[name])} »" for name, title in found.items() if not title]
    if missing:
        raise InputError(
            f"Il manque {len(missing)} colonne(s) : {', '.join(missing[:4])}{' …' if len(missing) > 4 else ''}",
            where=f"{table.name}, ligne 1 ; colonnes lues : {', '.join(table.rows.columns[:8])} …",
            expected="les colonnes du jeu « Le baccalauréat par académie » (noms de l'API ou intitulés)",
            remedy="télécharger l'export CSV de ce jeu de données, sans en retirer de colonne",
        )
    return found


def _rules(titles: Mapping[str, str]) -> dict[str, Rule]:
    words = layout()
    count = (r"\d{1,9}(\.0+)?", "un effectif entier, positif ou nul")
    allowed: dict[str, tuple[Any, str]] = {
        "session": (_judge_session, ""),
        "sex": (tuple(words["sex"]), ", ".join(words["sex"])),
        "candidate_status": (STATUSES, ", ".join(STATUSES)),
        "track": (tuple(words["track"]), ", ".join(words["track"])),
        "series": (r"(?s).+", "le nom d'une série"),
        "label": (r"(?s).+", "le libellé d'un diplôme"),
        "academie": (_judge_academie, ""),
        **dict.fromkeys(words["counts"], count),
    }
    return {name: Rule(titles[name], *rule) for name, rule in allowed.items()}


def _judge_session(text: str) -> str:
    """Empty when the text is the year of a session that may have results, else what was expected."""
    latest = datetime.date.today().year + 1
    if not re.fullmatch(r"(19|20)\d{2}(\.0|-\d{2}-\d{2}(T.*)?)?", text):
        return "une année, par exemple 2025"
    return "" if int(text[:4]) <= latest else f"une session jusqu'à {latest}"


def _judge_academie(text: str) -> str:
    """Empty when the text names an académie of the data set, else what was expected."""
    try:
        known = academie(text).published
    except UnknownCodeError as error:
        return " ; ".join(part for part in (error.expected, error.remedy) if part)
    return "" if known else "une académie de ce jeu de données"


def _ambiguous(text: pd.DataFrame, titles: Mapping[str, str]) -> list[Finding]:
    """Labels without a code that may hide a diploma of the family: one finding per label, at its first line."""
    stems = tuple(layout()["ambiguous"]["stems"])
    distinct = text.loc[text["track"] == _PROFESSIONAL, "label"].drop_duplicates()
    known = ", ".join(layout()["family"])
    return [
        Finding(int(str(line)), titles["label"], label, f"un code dans le libellé, ou l'un de : {known}")
        for line, label in distinct.items()
        if not _CODED.match(label) and _bare(label) not in layout()["family"] and _bare(label).startswith(stems)
    ]


def _repeated(frame: pd.DataFrame, text: pd.DataFrame, titles: Mapping[str, str]) -> list[Finding]:
    dimensions = [name for name in DIMENSIONS if name not in ("series", "option")]
    repeated = frame.duplicated(dimensions)
    if not repeated.any():
        return []
    first = frame.assign(line=frame.index).groupby(dimensions)["line"].transform("first")[repeated]
    names = ["session", "academie", "sex", "candidate_status", "label"]
    column = " × ".join(titles[name] for name in names)
    keys = text.loc[repeated, names].agg(" / ".join, axis=1)
    return [
        Finding(int(line), column, key, f"une seule ligne par combinaison (déjà lue ligne {earlier})")
        for line, key, earlier in zip(keys.index, keys, first, strict=True)
    ]


def _contradictory(frame: pd.DataFrame, titles: Mapping[str, str]) -> list[Finding]:
    findings = []
    for total, parts, wrong in broken_identities(frame):
        told = " + ".join(f"« {titles[part]} »" for part in parts)
        rows = frame[wrong]
        for line, found, expected in zip(rows.index, rows[total], rows[list(parts)].sum(axis=1), strict=True):
            findings.append(Finding(int(line), titles[total], str(found), f"{expected}, soit {told}"))
    rows = frame[frame["present"] > frame["registered"]]
    for line, found, most in zip(rows.index, rows["present"], rows["registered"], strict=True):
        told = f"au plus {most}, soit « {titles['registered']} »"
        findings.append(Finding(int(line), titles["present"], str(found), told))
    return findings


def _bare(label: str) -> str:
    return re.sub(r"\s+", " ", _plain(label).upper()).removeprefix("BAC PRO ").removeprefix("BACPRO ").strip()


def _diploma(track: str, series: str, label: str) -> str:
    if track != _PROFESSIONAL:
        return label
    coded = _CODED.match(label)
    if coded:
        return f"AG{coded['digits']}" if coded["agriculture"] else f"400{coded['digits']}"
    if series.endswith("AGRI"):
        return f"AG {_bare(label)}"
    code: str = layout()["family"].get(_bare(label), label)
    return code


def _typed(text: pd.DataFrame) -> pd.DataFrame:
    words = layout()
    named = text["track"] + "\t" + text["series"] + "\t" + text["label"]
    diplomas = _by_distinct(named, lambda told: _diploma(*told.split("\t", 2)))
    options = {d.code: d.option for d in family() if d.option}
    dimensions = {
        "session": text["session"].str[:4].astype("int64"),
        "track": text["track"].map(words["track"]),
        "series": text["series"].map(words["series"]).fillna(text["series"]),
        "diploma": diplomas,
        "option": diplomas.map(options).fillna("none"),
        "academie": _by_distinct(text["academie"], lambda name: academie(name).code),
        "sex": text["sex"].map(words["sex"]),
        "candidate_status": text["candidate_status"],
    }
    numbers = text[list(words["counts"])].astype("float64").astype("int64")
    return pd.DataFrame(dimensions).join(numbers)


def _by_distinct(column: pd.Series, judge: Callable[[str], str]) -> pd.Series:
    """Judge each distinct value once and map the verdicts back to the rows."""
    return column.map({value: judge(value) for value in column.unique()})


def _territory(codes: pd.Series) -> str:
    published = {a.code: a.name for a in academies() if a.published}
    found = sorted(codes.unique())
    if len(found) == len(published):
        return f"France, {len(found)} académies"
    return f"académie : {published[found[0]]}" if len(found) == 1 else f"{len(found)} académies sur {len(published)}"


def _other_labels(labels: pd.Series, frame: pd.DataFrame) -> pd.DataFrame:
    outside = ~frame["diploma"].isin([d.code for d in family()])
    rows = frame.loc[outside, ["diploma", "present"]].assign(label=labels[outside])
    listed = rows.groupby(["label", "diploma"])["present"].agg(rows="size", present="sum").reset_index()
    return listed.sort_values(["present", "label"], ascending=[False, True], ignore_index=True)
