"""What ``rncp check`` and ``rncp import`` do with files of means, and these counts in data/processed."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd

from rncp_analytics.cohort.export import refusals_by_reason
from rncp_analytics.cohort.importing import keep_quarantine, new_profile
from rncp_analytics.cohort.profile import Profile, merged, read_profile
from rncp_analytics.cohort.store import locate, locked, read_dataset, write_dataset
from rncp_analytics.counts.aggregated import (
    DIMENSIONS,
    TITLE,
    Aggregated,
    guess_aggregated,
    is_aggregated,
    read_aggregated,
    scope_of,
)
from rncp_analytics.counts.aggregated_rows import KEY
from rncp_analytics.counts.model import Counts, Source, Stage
from rncp_analytics.errors import DataNotFoundError, InputError

Tell = Callable[[str], None]
_REASONS = 20


def are_aggregated(files: Sequence[Path], *, profile: Path | None) -> bool:
    """Whether all files are files of means; False when none is.

    Raises
    ------
    InputError
        Some are and some aren't, or the profile is refused.
    """
    used = read_profile(profile) if profile else None
    found = [is_aggregated(file, profile=used) for file in files]
    if len(set(found)) > 1:
        means, others = ([f.name for f, is_one in zip(files, found, strict=True) if is_one == w] for w in (True, False))
        raise InputError(
            "Des moyennes par établissement et des fichiers de candidats sont donnés ensemble",
            where=f"moyennes : {', '.join(means)} ; autres : {', '.join(others)}",
            expected="des fichiers d'une seule sorte : les moyennes ne se rattachent à aucun candidat",
            remedy="lancer la commande une fois pour chaque sorte",
        )
    return all(found)


def check_aggregated(files: Sequence[Path], *, profile: Path | None, write_to: Path | None, tell: Tell) -> None:
    """Say what files of means hold, what is assumed and what is refused; write nothing but the profile asked for.

    Parameters
    ----------
    files : sequence of Path
    profile : Path, optional
        TOML; guessed from the titles when absent.
    write_to : Path, optional
        Where to write the profile applied, before the lines are judged.
    tell : callable
        Receives each line.

    Raises
    ------
    InputError
        As :func:`read_aggregated`, or the profile to write exists.
    """
    used = read_profile(profile) if profile else None
    if write_to:
        used = used or merged([guess_aggregated(file) for file in files])
        new_profile(used, write_to, tell)
    _read(files, used, "final", tell)


def import_aggregated(files: Sequence[Path], *, profile: Path | None, stage: Stage, tell: Tell) -> Path:
    """Read files of means into data/processed, one set per stage, and what is refused into a file beside it.

    Returns
    -------
    Path
        Folder of the set; its name is what :func:`load_unit_counts` takes.
    """
    readings = _read(files, read_profile(profile) if profile else None, stage, tell)
    folder = locate().processed / f"epreuves_{stage}"
    tell(f"{folder.name} : {save_unit_counts([reading.counts for reading in readings], folder)}")
    keep_quarantine(pd.concat([reading.quarantine for reading in readings]), folder, tell)
    return folder


def save_unit_counts(parts: Sequence[Counts], folder: Path) -> str:
    """Put the counts of files into a set; what was changed, in French.

    A file replaces all that the set held of a file of the same name, and what it held of the same school, session,
    unit and mode; the rest stays. Saving the same counts twice writes nothing.

    Parameters
    ----------
    parts : sequence of Counts
        Of :func:`read_aggregated`, each of one file, all of one stage and one origin; of a line in two, the last stays.
    folder : Path
        Folder of the set, made if needed.

    Raises
    ------
    InputError
        The set or another of the files has another stage or origin, or another import writes the set.
    DataNotFoundError
        The set is damaged.
    """
    new = pd.concat([part.frame.assign(file=part.source.files[0]) for part in parts], ignore_index=True)
    sources = {part.source.files[0]: {**asdict(part.source), "files": list(part.source.files)} for part in parts}
    with locked(folder):
        about: dict[str, Any] = {"stage": parts[0].scope.stage, "origin": parts[0].origin, "imports": {}}
        old, found = _stored(folder) if (folder / "datapackage.json").exists() else (new.head(0), about)
        _refuse_other({(part.scope.stage, part.origin) for part in parts} | {(found["stage"], found["origin"])}, folder)
        stay = old[~old["file"].isin(sources)]
        # The order of a set depends on no order of files.
        whole = pd.concat([stay, new]).drop_duplicates(KEY, keep="last").sort_values(KEY, ignore_index=True)
        known = {**found["imports"], **sources}
        about["imports"] = {name: known[name] for name in sorted(whole["file"].unique())}
        if not (whole.equals(old) and about["imports"] == found["imports"]):
            date = datetime.date.today().isoformat()
            write_dataset(folder, {"units": whole}, about={"title": TITLE, "date": date, **about})
    twice = len(new) - len(new.drop_duplicates(KEY))
    return _changes(old, whole) + (f" ; {twice} donnée(s) par deux fichiers, le dernier est gardé" if twice else "")


def load_unit_counts(name: str) -> Counts:
    """Read a set of ``rncp import`` back, verified: marks per school, unit and mode.

    Parameters
    ----------
    name : str
        As ``rncp import`` told it: "epreuves_final".

    Returns
    -------
    Counts
        As those of :func:`~rncp_analytics.counts.aggregated.read_aggregated`.

    Raises
    ------
    DataNotFoundError
        Absent, damaged, or another kind of data set.
    """
    table, about = _stored(locate().processed / name)
    sources = [Source(**{**source, "files": tuple(source["files"])}) for source in about["imports"].values()]
    source = sources[0]
    if len(sources) > 1:
        digests = "".join(sorted(each.digest for each in sources))
        files = tuple(sorted(file for each in sources for file in each.files))
        source = replace(source, digest=hashlib.sha256(digests.encode()).hexdigest(), files=files)
    frame = table.drop(columns="file")
    return Counts(frame, DIMENSIONS, scope_of(frame, about["stage"]), about["origin"], source)


def _read(files: Sequence[Path], profile: Profile | None, stage: Stage, tell: Tell) -> list[Aggregated]:
    if len({file.name for file in files}) != len(files):
        raise InputError("Les fichiers doivent porter des noms différents", where=", ".join(f.name for f in files),
                         expected="un nom par fichier", remedy="renommer l'un d'eux")  # fmt: skip
    readings = [read_aggregated(file, profile=profile, stage=stage) for file in files]
    for file, reading in zip(files, readings, strict=True):
        reasons = refusals_by_reason(reading.quarantine)
        more = [f"{len(reasons) - _REASONS} autre(s) motif(s)"] if len(reasons) > _REASONS else []
        for told in (*reading.findings, *(f"Refusé : {reason}" for reason in [*reasons[:_REASONS], *more])):
            tell(told)
        tell(
            f"{file.name} : {reading.read} ligne(s) lue(s) = {reading.accepted} acceptée(s) + {reading.refused} "
            "refusée(s)"
        )
        frame = reading.counts.frame
        sessions = ", ".join(map(str, sorted(frame["session"].unique())))
        tell(f"{reading.counts.scope.territory}, {frame['marked'].sum()} note(s), session(s) {sessions}")
    return readings


def _stored(folder: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    tables, about = read_dataset(folder)
    if tables.keys() != {"units"} or not {"stage", "origin", "imports"} <= about.keys():
        raise DataNotFoundError(
            f"Le jeu de données « {folder.name} » n'est pas fait de moyennes par établissement",
            where=str(folder),
            expected="un dossier que rncp import a écrit de moyennes (epreuves_final…)",
            remedy="importer les moyennes : rncp import FICHIERS ; une cohorte se lit avec rncp.load_cohort",
        )
    return tables["units"], about


def _refuse_other(kinds: Collection[tuple[str, str]], folder: Path) -> None:
    if len(kinds) > 1:
        raise InputError(
            "Ces moyennes diffèrent par l'étape de l'examen ou par l'origine des candidats",
            where=str(folder),
            expected="une même étape et une même origine dans un jeu de données",
            remedy="importer ces fichiers à part, ou retirer ce dossier et importer à nouveau",
        )


def _changes(old: pd.DataFrame, new: pd.DataFrame) -> str:
    before, after = (table.drop(columns="file").set_index(KEY) for table in (old, new))
    both = before.index.intersection(after.index)
    same = int((before.loc[both] == after.loc[both]).all(axis=1).sum())
    return (
        f"{len(after) - len(both)} épreuve(s) ajoutée(s), {len(both) - same} remplacée(s), "
        f"{len(before) - len(both)} retirée(s), {same} inchangée(s)"
    )
