"""What ``rncp check`` and ``rncp import`` do with exam exports; every line told is French and names nobody."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from rncp_analytics.cohort.cohort_store import save_cohort
from rncp_analytics.cohort.export import Reading, read_export, refusals_by_reason
from rncp_analytics.cohort.profile import Profile, guess_profile, merged, read_profile, write_profile
from rncp_analytics.cohort.provenance import Stage
from rncp_analytics.cohort.pseudonym import fingerprint, key_path, load_key
from rncp_analytics.cohort.store import locate, replace_file
from rncp_analytics.errors import InputError

Tell = Callable[[str], None]
_TITLES = {"file": "fichier", "line": "ligne", "column": "colonne", "value": "valeur", "reason": "motif"}
_REASONS = 20


def check_exports(files: Sequence[Path], *, profile: Path | None, write_to: Path | None, tell: Tell) -> Reading:
    """Say what exports hold, what is assumed and what is refused; write nothing but the profile asked for.

    Parameters
    ----------
    files : sequence of Path
    profile : Path, optional
        TOML; guessed from the titles when absent.
    write_to : Path, optional
        Where to write the profile applied, before the rows are judged: it may be what repairs a refusal.
    tell : callable
        Receives each line.

    Raises
    ------
    InputError
        As :func:`~rncp_analytics.cohort.export.read_export`, or the profile to write exists.
    """
    used = read_profile(profile) if profile else None
    if write_to:
        used = new_profile(used or merged([guess_profile(file) for file in files]), write_to, tell)
    # Nothing is kept: any key does, but the public one, with which all candidates would be synthetic.
    reading = read_export(files, profile=used, key=secrets.token_bytes(32), stage="final")
    _tell_reading(reading, tell)
    return reading


def import_exports(files: Sequence[Path], *, profile: Path | None, stage: Stage, tell: Tell) -> Path:
    """Read exports into data/processed, one set per stage, and what is refused into a file beside it.

    Parameters
    ----------
    files, profile, tell
        As :func:`check_exports`.
    stage : {"first_group", "after_control", "final"}
        State of the examination when the files were exported.

    Returns
    -------
    Path
        Folder of the set; its name is what ``load_cohort`` takes.
    """
    used = read_profile(profile) if profile else None
    folder = locate().processed / f"cohorte_{stage}"
    first = not key_path().exists()
    key = load_key()
    if first:
        tell(f"Clé des pseudonymes créée : {key_path()} ; la garder, sans elle les candidats ne seront plus reconnus")
    reading = read_export(files, profile=used, key=key, stage=stage)
    _tell_reading(reading, tell)
    tell(f"{folder.name} : {save_cohort(reading.cohort, folder, fingerprint=fingerprint(key))}")
    keep_quarantine(reading.quarantine, folder, tell)
    return folder


def keep_quarantine(refused: pd.DataFrame, folder: Path, tell: Tell) -> None:
    """Write the refused lines beside a set, or remove the file of an earlier import when there are none."""
    beside = folder.with_name(f"{folder.name}-quarantaine.csv")
    if refused.empty:
        beside.unlink(missing_ok=True)
        return
    text = refused.rename(columns=_TITLES).to_csv(sep=";", index=False, lineterminator="\r\n")
    replace_file(beside, text.encode("utf-8-sig"))
    tell(f"Lignes refusées, à corriger puis importer à nouveau : {beside}")


def new_profile(profile: Profile, path: Path, tell: Tell) -> Profile:
    """Write a profile where there is none.

    Raises
    ------
    InputError
        The file exists: a profile mended by hand is never replaced.
    """
    if path.exists():
        raise InputError(
            "Le profil à écrire existe déjà",
            where=str(path),
            expected="un nom nouveau : un profil corrigé à la main n'est jamais remplacé",
            remedy="choisir un autre nom, ou retirer ce fichier",
        )
    write_profile(profile, path)
    tell(f"Profil écrit : {path} ; le corriger, puis l'employer avec --profile")
    return profile


def _tell_reading(reading: Reading, tell: Tell) -> None:
    for finding in reading.findings:
        tell(finding)
    reasons = refusals_by_reason(reading.quarantine)
    for reason in reasons[:_REASONS]:
        tell(f"Refusé : {reason}")
    if len(reasons) > _REASONS:
        tell(f"Refusé : {len(reasons) - _REASONS} autre(s) motif(s)")
    for file, read, accepted, refused in reading.counts.itertuples(index=False):
        tell(f"{file} : {read} ligne(s) lue(s) = {accepted} acceptée(s) + {refused} refusée(s)")
    sessions = ", ".join(map(str, sorted(reading.cohort.candidates["session"].unique())))
    tell(f"{len(reading.cohort.candidates)} candidat(s) lus, session(s) {sessions}")
