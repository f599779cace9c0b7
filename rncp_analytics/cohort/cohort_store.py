"""A cohort in data/processed: imports add up, a corrected file replaces its candidates, a crash changes nothing."""

from __future__ import annotations

import datetime
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from rncp_analytics.cohort.model import Cohort
from rncp_analytics.cohort.provenance import FileLines, ImportRecord, JuryCount, RefusedLines, Source
from rncp_analytics.cohort.pseudonym import PUBLIC_KEY, fingerprint
from rncp_analytics.cohort.store import locate, locked, read_dataset, write_dataset
from rncp_analytics.errors import DataNotFoundError, InputError

_WHO = ["session", "candidate"]
_MANIFEST = "datapackage.json"
_NAMES = ("cohorte_", "synthetic-")  # of the sets that rncp import and rncp synthesise write
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
    Saving the same cohort twice writes nothing, whatever the day.

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
        The set holds another stage, another origin or the pseudonyms of another key, or another import writes it.
    DataNotFoundError
        The set is damaged.
    """
    with locked(folder):
        return _save(cohort, folder, {"stage": cohort.stage, "origin": cohort.origin, "key": fingerprint})


def _save(cohort: Cohort, folder: Path, about: Mapping[str, Any]) -> Changes:
    files = " + ".join(cohort.source.files) or cohort.source.title
    new, mine = _Tables(cohort.candidates.assign(files=files), cohort.rows), _Import(cohort.source, cohort.record)
    if not (folder / _MANIFEST).exists():
        _write(folder, new, about, {files: mine})
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
    imports = {name: _import(said) for name, said in described["imports"].items()}
    moved = (old.candidates["files"] != files).sum() != len(stay)  # a candidate now comes from another file
    if changes.added or changes.changed or changes.removed or moved or not mine.same_as(imports.get(files)):
        kept = old.only(stay)
        present = {files, *kept.candidates["files"]}
        imports = {name: other for name, other in imports.items() if name in present} | {files: mine}
        _write(folder, kept.plus(new), about, imports)
    return changes


def replace_synthetic(cohort: Cohort, folder: Path, *, about: Mapping[str, Any]) -> None:
    """Write a synthetic cohort as a whole set, in place of the synthetic one that the folder may hold.

    Parameters
    ----------
    cohort : Cohort
        Made, not read: it comes from no file.
    folder : Path
        Folder of the set, made if needed.
    about : mapping
        What the description says besides; JSON values only.

    Raises
    ------
    InputError
        The folder holds anything else, or another import writes it.
    DataNotFoundError
        What it holds is damaged.
    """
    with locked(folder):
        if (folder / _MANIFEST).exists() and read_dataset(folder)[1].get("origin") != "synthetic":
            raise InputError(
                "Ce dossier contient des données qui ne sont pas synthétiques",
                where=str(folder),
                expected="un dossier nouveau, ou celui d'une cohorte synthétique, qui est remplacée",
                remedy="choisir un autre dossier (--output)",
            )
        said = {"stage": cohort.stage, "origin": cohort.origin, "key": fingerprint(PUBLIC_KEY), **about}
        tables = _Tables(cohort.candidates.assign(files=cohort.source.title), cohort.rows)
        _write(folder, tables, said, {cohort.source.title: _Import(cohort.source, cohort.record)})


def load_cohort(name: str) -> Cohort:
    """Read a set of data/processed back as a Cohort, every table verified.

    Parameters
    ----------
    name : str
        As ``rncp import`` or ``rncp synthesise`` told it.

    Raises
    ------
    DataNotFoundError
        Absent, damaged, or another kind of data set.
    """
    processed = locate().processed
    if not (processed / name).is_dir():
        known = sorted(f.parent.name for f in processed.glob(f"*/{_MANIFEST}") if f.parent.name.startswith(_NAMES))
        raise DataNotFoundError(
            f"Aucune cohorte ne s'appelle « {name} »",
            where=str(processed),
            expected=f"l'un de : {', '.join(known)}" if known else "une cohorte importée ; il n'y en a aucune",
            remedy="importer les exports (rncp import FICHIERS) et reprendre le nom affiché",
        )
    tables, about = _read(locate().processed / name)
    imports = [_import(described) for _, described in sorted(about["imports"].items())]
    return Cohort(
        tables.candidates.drop(columns="files"),
        tables.results,
        about["stage"],
        about["origin"],
        _source([each.source for each in imports]),
        _record([each.record for each in imports]),
    )


class _Import(NamedTuple):
    """Files read together, and what was said of them."""

    source: Source
    record: ImportRecord

    def same_as(self, other: _Import | None) -> bool:
        """Whether both say the same; the day alone is no difference."""
        return other is not None and self == other._replace(record=replace(other.record, date=self.record.date))


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
    if "units" in tables:
        raise DataNotFoundError(
            f"Le jeu de données « {folder.name} » contient des moyennes par établissement et épreuve, sans candidats",
            where=str(folder),
            expected="une cohorte : candidats et notes, du nom que rncp import a donné (cohorte_final…)",
            remedy="donner le nom d'une cohorte ; ce jeu se lit dans un notebook : "
            f'rncp.load_unit_counts("{folder.name}")',
        )
    if tables.keys() != {"candidates", "results"} or not {"imports", *_SAME} <= about.keys():
        raise DataNotFoundError(
            f"Le jeu de données « {folder.name} » n'est pas une cohorte",
            where=str(folder),
            expected="un dossier écrit par rncp import ou par rncp synthesise",
            remedy="importer les exports à nouveau : rncp import FICHIERS ; ou refaire la cohorte synthétique",
        )
    return _Tables(tables["candidates"], tables["results"]), about


def _write(folder: Path, tables: _Tables, about: Mapping[str, Any], imports: Mapping[str, _Import]) -> None:
    description = {
        "title": "Cohorte d'examen (candidats sous pseudonyme)",
        "date": datetime.date.today().isoformat(),
        **about,
        "sessions": sorted(int(session) for session in tables.candidates["session"].unique()),
        "imports": {name: {**asdict(i.source), "record": asdict(i.record)} for name, i in sorted(imports.items())},
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


def _import(described: Mapping[str, Any]) -> _Import:
    record = described.get("record", {})  # a set written before there were records has none
    kinds = {"files": FileLines, "refusals": RefusedLines, "jury": JuryCount}
    read = {name: tuple(kind(*row) for row in record.get(name, ())) for name, kind in kinds.items()}
    source = {**described, "files": tuple(described["files"])}
    source.pop("record", None)
    return _Import(
        Source(**source), ImportRecord(**read, findings=tuple(record.get("findings", ())), date=record.get("date", ""))
    )


def _source(sources: Sequence[Source]) -> Source:
    if len(sources) == 1:
        return sources[0]
    digests = "".join(sorted(source.digest for source in sources))
    files = tuple(sorted({file for source in sources for file in source.files}))
    return replace(sources[0], digest=hashlib.sha256(digests.encode()).hexdigest(), files=files)


def _record(records: Sequence[ImportRecord]) -> ImportRecord:
    """Those of all imports, one after the other."""
    jury: Counter[tuple[str, str]] = Counter()
    for computed, decided, candidates in (count for record in records for count in record.jury):
        jury[computed, decided] += candidates
    return ImportRecord(
        tuple(line for record in records for line in record.files),
        tuple(line for record in records for line in record.refusals),
        tuple(finding for record in records for finding in record.findings),
        tuple(JuryCount(*pair, n) for pair, n in jury.most_common()),
        max(record.date for record in records),
    )
