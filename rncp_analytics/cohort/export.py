"""Exam exports in: candidate lists and marks, in long or wide form, into a Cohort without anything that names.

Nothing is lost: each line of each file is accepted or refused, and a refused one has its reason. A candidate is
accepted whole or set aside whole, see :mod:`rncp_analytics.cohort.export_join`.
"""

from __future__ import annotations

import datetime
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from rncp_analytics.certification.lookup import plain
from rncp_analytics.cohort.contracts import CANDIDATES, RESULTS
from rncp_analytics.cohort.export_join import Joined, join
from rncp_analytics.cohort.export_names import named_in, without_names
from rncp_analytics.cohort.export_refusals import FOLLOWS
from rncp_analytics.cohort.export_rows import Rows, read_rows
from rncp_analytics.cohort.export_shapes import read_table
from rncp_analytics.cohort.export_values import judges, settled
from rncp_analytics.cohort.jury import jury_counts, jury_lines, without_control
from rncp_analytics.cohort.model import Cohort
from rncp_analytics.cohort.profile import Profile, is_title, merged, profile_of, units, words
from rncp_analytics.cohort.provenance import FileLines, ImportRecord, JuryCount, Origin, RefusedLines, Source, Stage
from rncp_analytics.cohort.pseudonym import PUBLIC_KEY, identifier, pseudonyms
from rncp_analytics.errors import InputError

QUARANTINE = ("file", "line", "column", "value", "reason")
_TITLE = "Résultats d'examen par candidat"
_SHOWN_VALUES = 5


@dataclass(frozen=True)
class Reading:
    """Exports once read.

    Attributes
    ----------
    cohort : Cohort
        Its ``record`` holds the counts, the findings and the reasons of the refusals.
    quarantine : DataFrame
        Columns ``QUARANTINE``: one row per refused line and reason; ``value`` is empty unless it can identify nobody.
    findings : tuple of str
        French: what was recognised, assumed, left empty, set aside.
    counts : DataFrame
        One row per file: ``file, read, accepted, refused``, in lines; read = accepted + refused.
    profile : Profile
        The one applied.
    """

    cohort: Cohort
    quarantine: pd.DataFrame
    findings: tuple[str, ...]
    counts: pd.DataFrame
    profile: Profile


def read_export(paths: Sequence[Path], *, profile: Profile | None = None, key: bytes, stage: Stage) -> Reading:
    """Read the exports of one or several sessions: lists of candidates, marks, or both.

    Parameters
    ----------
    paths : sequence of Path
        Read together: marks are joined to the lists on the candidate number, else the INE, else name and birth date.
    profile : Profile, optional
        Columns, codes and defaults; guessed from the titles when absent.
    key : bytes
        Of the pseudonyms; with ``PUBLIC_KEY`` the cohort is a synthetic one, as it is where a line before the titles
        says « données synthétiques ».
    stage : {"first_group", "after_control", "final"}
        State of the examination when the files were exported.

    Raises
    ------
    InputError
        A file can't be read as an export, or nothing in it is accepted.
    """
    if len({path.name for path in paths}) != len(paths) or not paths:
        raise InputError("Les fichiers doivent porter des noms différents", where=", ".join(p.name for p in paths),
                         expected="un fichier au moins", remedy="renommer l'un d'eux")  # fmt: skip
    mine = (
        {plain(t) for titles in (*profile.columns.values(), *profile.units.values()) for t in titles}
        if profile
        else set()
    )
    separator = profile.separator if profile else ""
    tables = [read_table(p, known=lambda t: is_title(t) or plain(t) in mine, separator=separator) for p in paths]
    used = profile or merged([profile_of(table) for table in tables])
    tables, findings = without_names(tables, named_in(tables, used), key=key)
    files = [read_rows(table, used) for table in tables]
    defaults = _defaults(used)
    joined = join(files, defaults)
    quarantine = pd.DataFrame(sorted(set(joined.refusals)), columns=list(QUARANTINE))
    counts = _counts(files, joined, quarantine)
    _refuse_empty(counts, joined)
    people, rows = _pseudonymous(joined, key)
    jury = jury_counts(people, rows, stage=stage)
    origin: Origin = "synthetic" if key == PUBLIC_KEY or _say_synthetic(files, findings) else "candidates"
    findings += [f for file in files for f in file.findings] + joined.findings
    findings += [*_assumed(files, used, people, rows, stage), *without_control(people, rows, stage)]
    findings += [*_set_aside(joined), *jury_lines(jury)]
    record = _record(counts, quarantine, findings, jury)
    cohort = Cohort(people, rows, stage, origin, _source(files), record)
    return Reading(cohort, quarantine, record.findings, counts, used)


def _say_synthetic(files: Sequence[Rows], findings: list[str]) -> bool:
    """Whether a file says that nobody is behind it, and then nobody is behind those read with it."""
    said = [file.table.name for file in files if file.table.synthetic]
    others = [f.table.name for f in files if f.shape == "list" and f.table.preamble and not f.table.synthetic]
    if not said:
        return False
    if others:
        raise InputError(
            "Des données synthétiques et d'autres sont données ensemble",
            where=f"synthétiques : {', '.join(said)} ; autres listes : {', '.join(others)}",
            expected="des fichiers d'une seule origine : ce qui est synthétique ne se mêle jamais à de vrais candidats",
            remedy="lancer la commande une fois pour chaque origine",
        )
    findings.append(
        f"Données synthétiques, disent les lignes libres de {', '.join(said)} : tout ce jeu est synthétique"
    )
    return True


def _defaults(profile: Profile) -> dict[str, Any]:
    judge = judges(profile)
    found: dict[str, Any] = {"exam_form": "globale"}
    for name, text in profile.defaults.items():
        value, expected = judge[name](text)
        if value is None:
            raise InputError(
                f"La valeur par défaut de « {words()['names'][name]} » est refusée",
                where="profil, [defaults]",
                expected=expected,
                remedy="corriger le profil",
            )
        found[name] = value
    return found


def _counts(files: Sequence[Rows], joined: Joined, quarantine: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for file, person in zip(files, joined.persons, strict=True):
        refused = set(quarantine.loc[quarantine["file"] == file.table.name, "line"])
        accepted = person.index[~person.index.isin(refused)]
        rows.append((file.table.name, file.table.read, len(accepted), len(refused)))
    return pd.DataFrame(rows, columns=["file", "read", "accepted", "refused"])


def _refuse_empty(counts: pd.DataFrame, joined: Joined) -> None:
    empty = counts[counts["accepted"] == 0]
    if empty.empty:
        return
    name = str(empty["file"].iloc[0])
    mine = [r for r in joined.refusals if r.file == name]
    causes = Counter((r.column, r.reason) for r in mine if not r.reason.startswith(FOLLOWS))
    followed = Counter(r.reason for r in mine if r.reason.startswith(FOLLOWS))
    lines = [f"colonne « {c} » : {n} ligne(s) ; {reason}" for (c, reason), n in causes.most_common(5)]
    lines += [f"{n} ligne(s) ; {reason}" for reason, n in followed.most_common(3)]
    raise InputError(
        "Aucune ligne de ce fichier n'est acceptée",
        where="\n    ".join([f"{name}, {empty['read'].iloc[0]} ligne(s) lue(s)", *lines]),
        expected="des candidats de l'option A ou B, chacun avec ce qui l'identifie",
        remedy="vérifier que c'est le bon fichier ; sinon, décrire ses colonnes et ses codes (--profile)",
    )


def _pseudonymous(joined: Joined, key: bytes) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Candidates accepted, under their pseudonyms, and their results."""
    people = joined.people[~joined.people.index.isin(list(joined.aside))].copy()
    text = people.reindex(columns=["ine", "by_number", "by_name"]).fillna("")
    made = [
        identifier(ine, number, name.rpartition(":")[0], name.rpartition(":")[2], session)
        for ine, number, name, session in zip(
            text["ine"], text["by_number"], text["by_name"], people["session"], strict=True
        )
    ]
    people["candidate"] = pseudonyms(pd.Series(made, index=people.index, dtype=object), key=key)
    results = joined.results[joined.results["person"].isin(people.index)]
    controlled = people.index.isin(
        results.loc[(results["test"] == "control") & (results["state"] != "not_presented"), "person"]
    )
    people["jury_outcome"] = settled(people["jury_outcome"], pd.Series(controlled, index=people.index))
    holds = people.index.isin(results.loc[results["state"].isin(("kept", "carried")), "person"])
    people["repeater"] = people["repeater"].where(~holds, "yes")
    # In the order of the pseudonyms: the order of the lines would lead back to the names.
    people = people.sort_values(["session", "candidate"])
    people["entry"] = range(len(people))
    order = {unit: i for i, unit in enumerate(units())}
    rows = results.assign(entry=results["person"].map(people["entry"]), rank=results["unit"].map(order))
    rows = rows.sort_values(["entry", "rank", "test"], ascending=[True, True, False])
    return people[[f.name for f in CANDIDATES]], rows[[f.name for f in RESULTS]]


def _record(
    counts: pd.DataFrame, quarantine: pd.DataFrame, findings: Sequence[str], jury: tuple[JuryCount, ...]
) -> ImportRecord:
    refused = _refused(quarantine)[list(RefusedLines._fields)]
    return ImportRecord(
        tuple(FileLines(*row) for row in counts.itertuples(index=False)),
        tuple(RefusedLines(*row) for row in refused.itertuples(index=False)),
        tuple(findings),
        jury,
        datetime.date.today().isoformat(),
    )


def _source(files: Sequence[Rows]) -> Source:
    digests = sorted(file.table.digest for file in files)
    digest = digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
    return Source(_TITLE, "", "", digest, tuple(sorted(file.table.name for file in files)))


def _assumed(
    files: Sequence[Rows], profile: Profile, people: pd.DataFrame, results: pd.DataFrame, stage: Stage
) -> list[str]:
    told = [
        f"« {words()['names'][name]} » : {text}, pour les lignes qui ne le disent pas (profil)"
        for name, text in profile.defaults.items()
    ]
    if "exam_form" not in profile.defaults and not any("exam_form" in file.who for file in files):
        told.append("Forme : globale, aucun fichier ne la donne")
    states = {s: n for s, n in results["state"].value_counts().sort_index().items() if s != "marked"}
    if states:
        told.append("États lus parmi les notes : " + ", ".join(f"{_STATES[str(s)]} {n}" for s, n in states.items()))
    if stage == "first_group" and (results["test"] == "control").any():
        told.append("Des notes de l'épreuve de contrôle sont présentes : l'étape first_group est sans doute fausse")
    without = len(people) - results["entry"].nunique()
    if without:
        told.append(f"{without} candidat(s) sans aucune note")
    return told


_STATES = {"absent": "absence", "absent_justified": "absence justifiée", "exempt": "dispense", "kept": "note gardée",
           "carried": "note inférieure à 10 conservée", "vae": "VAE", "not_presented": "non présentée"}  # fmt: skip


def _set_aside(joined: Joined) -> list[str]:
    if not joined.aside:
        return []
    return [
        f"{len(joined.aside)} candidat(s) mis de côté avec toutes leurs lignes : une note refusée se lirait comme une "
        "épreuve non présentée ; corriger les lignes en quarantaine et importer à nouveau"
    ]


def _refused(quarantine: pd.DataFrame) -> pd.DataFrame:
    """One row per ``file, column, reason``: ``rows``, how many lines; ``first``; ``values``, distinct.

    Causes come before what only follows from them, then the most frequent first.
    """
    told = quarantine.assign(reason=quarantine["reason"].str.replace(r"(?<=ligne )\d+(?=\)|$)", "…", regex=True))
    groups = told.groupby(["file", "column", "reason"], sort=False).agg(
        rows=("line", "nunique"), first=("line", "first"), values=("value", "unique")
    )
    found = groups.reset_index().assign(follows=lambda f: f["reason"].str.startswith(FOLLOWS))
    return found.sort_values(["follows", "rows"], ascending=[True, False], kind="stable").drop(columns="follows")


def refusals_by_reason(quarantine: pd.DataFrame) -> list[str]:
    """What was refused, one French line per file, column and reason: causes first, then what follows from them."""
    told = []
    for file, column, reason, rows, first, values in _refused(quarantine).itertuples(index=False):
        shown = [f"« {value} »" for value in values if value][:_SHOWN_VALUES]
        among = f" ({', '.join(shown)})" if shown else ""
        told.append(f"{file}, « {column} »{among} : {rows} ligne(s), la première {first} ; {reason}")
    return told
