"""A cohort in data/processed: imports add up, a corrected file replaces its candidates, a crash changes nothing."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from rncp_analytics.cohort.model import Cohort
from rncp_analytics.cohort.provenance import Source
from rncp_analytics.cohort.store import locate, read_dataset, write_dataset
from rncp_analytics.errors import DataNotFoundError, InputError

_WHO = ["session", "candidate"]
_MANIFEST = "datapackage.json"
# What must be the same for two imports to stand in one set, in French for the refusal.
_SAME = {"stage": "l'étape de l'examen", "origin": "l'origine des candidats", "key": "la clé des pseudonymes"}


@dataclass(frozen=True)
class Changes:
    """What an import changed in a set, in candidates: ``kept`` are those of other files, left as they were."""

    added: int
    changed: int
    unchanged: int
    removed: int
    kept: int

    def __str__(self) -> str:
        return (
            f"{self.added} candidat(s) ajouté(s), {self.changed} remplacé(s), {self.removed} retiré(s), "
            f"{self.unchanged} inchangé(s) ; {self.kept} d'autres fichiers, gardé(s)"
        )


def save_cohort(cohort: Cohort, folder: Path, *, fingerprint: str = "") -> Changes:
    """Put a cohort into a set: its candidates are added, or replace what the set held of them.

    Candidates that came from files of the same names and are no longer there are removed; those of other files stay.
    Saving the same cohort twice writes nothing.

    Parameters
    ----------
    cohort : Cohort
    folder : Path
        Folder of the set, made if needed.
    fingerprint : str
        Of the key of the pseudonyms: with another key nobody would be recognised.

    Raises
    ------
    InputError
        The set holds another stage, another origin or the pseudonyms of another key.
    DataNotFoundError
        The set is damaged.
    """
    about: dict[str, Any] = {"stage": cohort.stage, "origin": cohort.origin, "key": fingerprint}
    files = " + ".join(cohort.source.files) or cohort.source.title
    new = _Tables(cohort.candidates.assign(files=files), cohort.rows)
    if not (folder / _MANIFEST).exists():
        _write(folder, new, about, {files: cohort.source})
        return Changes(len(cohort.candidates), 0, 0, 0, 0)
    old, described = _read(folder)
    _refuse_other(described, about, folder)
    before, after = old.digests(), new.digests()
    same_files = old.candidates.set_index(_WHO).index[(old.candidates["files"] == files).to_numpy()]
    gone = same_files.difference(after.index)
    stay = before.index.difference(after.index).difference(gone)
    both = before.index.intersection(after.index)
    unchanged = int((before[both] == after[both]).sum())
    changes = Changes(len(after) - len(both), len(both) - unchanged, unchanged, len(gone), len(stay))
    sources = {name: Source(**{**s, "files": tuple(s["files"])}) for name, s in described["imports"].items()}
    moved = (old.candidates["files"] != files).sum() != len(stay)  # a candidate now comes from another file
    if changes.added or changes.changed or changes.removed or moved or sources.get(files) != cohort.source:
        kept = old.only(stay)
        present = {files, *kept.candidates["files"]}
        sources = {name: source for name, source in sources.items() if name in present} | {files: cohort.source}
        _write(folder, kept.plus(new), about, sources)
    return changes


def load_cohort(name: str) -> Cohort:
    """Read a set of data/processed back as a Cohort, every table verified.

    Parameters
    ----------
    name : str
        As ``rncp import`` told it.

    Raises
    ------
    DataNotFoundError
        Absent or damaged.
    """
    tables, about = _read(locate().processed / name)
    return Cohort(
        tables.candidates.drop(columns="files"),
        tables.results,
        about["stage"],
        about["origin"],
        _source(about["imports"]),
    )


@dataclass(frozen=True)
class _Tables:
    """Candidates, with the files they come from, and their results."""

    candidates: pd.DataFrame
    results: pd.DataFrame

    def digests(self) -> pd.Series[Any]:
        """One number per candidate, that changes with anything said of them."""
        own = pd.util.hash_pandas_object(self.candidates.drop(columns=["entry", "files"]).astype("str"), index=False)
        rows = pd.util.hash_pandas_object(self.results.drop(columns="entry").astype("str"), index=False)
        # A sum doesn't depend on the order of the rows; overflow wraps, as it should.
        of_rows = rows.groupby(self.results["entry"].to_numpy()).sum()
        total = own.to_numpy() * 31 + of_rows.reindex(self.candidates["entry"], fill_value=0).to_numpy().astype(
            "uint64"
        )
        return pd.Series(total, index=pd.MultiIndex.from_frame(self.candidates[_WHO]))

    def only(self, who: pd.Index) -> _Tables:
        kept = self.candidates[self.candidates.set_index(_WHO).index.isin(who)]
        return _Tables(kept, self.results[self.results["entry"].isin(kept["entry"])])

    def plus(self, other: _Tables) -> _Tables:
        """Both, in the order of sessions and pseudonyms, whatever the order of the imports."""
        every = [self.candidates.assign(part=0), other.candidates.assign(part=1)]
        candidates = pd.concat(every).sort_values(_WHO, ignore_index=True)
        number = pd.Series(range(len(candidates)), index=pd.MultiIndex.from_frame(candidates[["part", "entry"]]))
        rows = pd.concat([self.results.assign(part=0), other.results.assign(part=1)])
        entry = number.reindex(pd.MultiIndex.from_frame(rows[["part", "entry"]])).to_numpy()
        rows = rows.assign(entry=entry).sort_values("entry", kind="stable", ignore_index=True)
        candidates["entry"] = range(len(candidates))
        return _Tables(_typed(candidates.drop(columns="part")), _typed(rows.drop(columns="part")))


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    return table.astype({"entry": "Int32"})


def _read(folder: Path) -> tuple[_Tables, dict[str, Any]]:
    tables, about = read_dataset(folder)
    if tables.keys() != {"candidates", "results"} or not {"imports", *_SAME} <= about.keys():
        raise DataNotFoundError(
            f"Le jeu de données « {folder.name} » n'est pas une cohorte",
            where=str(folder),
            expected="un dossier écrit par rncp import",
            remedy="importer les exports : rncp import FICHIERS",
        )
    return _Tables(tables["candidates"], tables["results"]), about


def _write(folder: Path, tables: _Tables, about: Mapping[str, Any], imports: Mapping[str, Source]) -> None:
    description = {
        "title": "Cohorte d'examen (candidats sous pseudonyme)",
        "date": datetime.date.today().isoformat(),
        **about,
        "sessions": sorted(int(session) for session in tables.candidates["session"].unique()),
        "imports": {name: asdict(source) for name, source in sorted(imports.items())},
    }
    write_dataset(folder, {"candidates": tables.candidates, "results": tables.results}, about=description)


def _refuse_other(found: Mapping[str, Any], wanted: Mapping[str, Any], folder: Path) -> None:
    other = [french for name, french in _SAME.items() if found[name] != wanted[name]]
    if other:
        raise InputError(
            f"Ce jeu de données diffère de l'import par {' et '.join(other)}",
            where=str(folder),
            expected="une même étape, une même origine et une même clé dans un jeu de données",
            remedy="reprendre la clé d'origine (RNCP_KEY_FILE), ou retirer ce dossier et importer à nouveau",
        )


def _source(imports: Mapping[str, Mapping[str, Any]]) -> Source:
    if len(imports) == 1:
        only = next(iter(imports.values()))
        return Source(**{**only, "files": tuple(only["files"])})
    first = next(iter(imports.values()))
    digests = "".join(sorted(source["digest"] for source in imports.values()))
    files = tuple(sorted({file for source in imports.values() for file in source["files"]}))
    return Source(
        first["title"], first["publisher"], first["licence"], hashlib.sha256(digests.encode()).hexdigest(), files
    )
