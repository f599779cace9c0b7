"""Where the data live, and data/processed: Parquet files that a crash can't half-write.

A data set is a folder of data/processed. Its tables carry their digest in their name and are all
written before datapackage.json, whose replacement is the one atomic step: a reader sees the set as it
was before or as it is after, never a mixture.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from rncp_analytics.errors import DataNotFoundError, InputError

if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

    def _unlock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


_MANIFEST = "datapackage.json"


@dataclass(frozen=True)
class Locations:
    """Folders in use: ``raw`` (published figures, read only), ``processed`` (written here), ``notebooks``."""

    raw: Path
    processed: Path
    notebooks: Path


def locate() -> Locations:
    """Find the data: ``RNCP_DATA``, else the nearest parent folder with data/raw, else the package's own copy.

    Raises
    ------
    DataNotFoundError
        ``RNCP_DATA`` names a folder without raw/datapackage.json.
    """
    named = os.environ.get("RNCP_DATA")
    if named:
        data = Path(named).resolve()
        if not (data / "raw" / _MANIFEST).is_file():
            raise DataNotFoundError(
                "La variable RNCP_DATA ne désigne pas un dossier de données",
                where=str(data),
                expected="un dossier qui contient raw/datapackage.json",
                remedy="corriger la variable RNCP_DATA, ou la retirer pour employer les chiffres livrés",
            )
        return Locations(data / "raw", data / "processed", _notebooks(data.parent))
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "data" / "raw" / _MANIFEST).is_file():
            return Locations(folder / "data" / "raw", folder / "data" / "processed", _notebooks(folder))
    home = _carried()
    return Locations(home / "data" / "raw", here / "data" / "processed", home / "notebooks")


def _carried() -> Path:
    # The wheel carries the figures and the notebooks; an editable install has them beside the package.
    package = Path(__file__).resolve().parents[1]
    bundle = package / "_bundle"
    return bundle if bundle.is_dir() else package.parent


def _notebooks(home: Path) -> Path:
    return home / "notebooks" if (home / "notebooks").is_dir() else _carried() / "notebooks"


def write_dataset(folder: Path, tables: Mapping[str, pd.DataFrame], *, about: Mapping[str, Any]) -> None:
    """Write tables and their description; the previous state stays whole until the last step.

    Parameters
    ----------
    folder : Path
        Folder of the data set, made if needed.
    tables : mapping of str to DataFrame
        Name of each table and its rows.
    about : mapping
        What the description says besides: title, sources, scope… JSON values only.
    """
    folder.mkdir(parents=True, exist_ok=True)
    resources = [_write_table(folder, name, table) for name, table in tables.items()]
    manifest = {
        "profile": "data-package",
        **about,
        "package_version": importlib.metadata.version("rncp_analytics"),
        "resources": resources,
    }
    replace_file(folder / _MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    kept = {r["path"] for r in resources}
    for stale in [*folder.glob("*.parquet"), *folder.glob(".*.tmp")]:
        if stale.name not in kept:
            stale.unlink(missing_ok=True)


def _write_table(folder: Path, name: str, table: pd.DataFrame) -> dict[str, Any]:
    sink = table.to_parquet(index=False)
    digest = hashlib.sha256(sink).hexdigest()
    path = f"{name}-{digest[:12]}.parquet"
    replace_file(folder / path, sink)  # even when the name exists: the file may have been damaged
    fields = [{"name": c, "type": "integer" if t.kind == "i" else "string"} for c, t in table.dtypes.items()]
    return {
        "name": name,
        "path": path,
        "hash": f"sha256:{digest}",
        "rows": len(table),
        "schema": {"fields": fields},
    }


def replace_file(path: Path, content: bytes) -> None:
    """Write a file whole under a temporary name, then put it in its place: never half a file."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other writers off a data set, made if needed, from its reading to its writing.

    The system itself frees the lock of a process that ends, however it ends: none is ever left over. Its empty file
    stays, since removing it would let two writers hold two locks.

    Raises
    ------
    InputError
        Another process writes this data set.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("ab") as file:
        try:
            _lock(file.fileno())
        except (BlockingIOError, PermissionError) as error:
            raise InputError(
                "Un autre import est en cours dans ce jeu de données",
                where=str(folder),
                expected="un seul import à la fois",
                remedy="attendre qu'il se termine, puis recommencer",
            ) from error
        try:
            yield
        finally:
            _unlock(file.fileno())


def read_dataset(folder: Path) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Read a data set back, every table verified against its digest.

    Returns
    -------
    (tables, about)
        Tables by name, and the description as written.

    Raises
    ------
    DataNotFoundError
        The data set is absent or damaged.
    """
    try:
        about = json.loads((folder / _MANIFEST).read_bytes())
        tables = {}
        for resource in about["resources"]:
            content = (folder / resource["path"]).read_bytes()
            if f"sha256:{hashlib.sha256(content).hexdigest()}" != resource["hash"]:
                raise _damaged(folder, f"{resource['path']} a été modifié")
            tables[resource["name"]] = pd.read_parquet(io.BytesIO(content))
    except FileNotFoundError as error:
        raise _damaged(folder, f"{Path(error.filename).name} manque") from error
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(folder, f"{_MANIFEST} est illisible") from error
    return tables, about


def _damaged(folder: Path, why: str) -> DataNotFoundError:
    return DataNotFoundError(
        f"Le jeu de données « {folder.name} » ne peut pas être lu : {why}",
        where=str(folder),
        expected="un dossier écrit par ce paquet et resté tel quel",
        remedy="relire le fichier d'origine : rncp report --data FICHIER",
    )
