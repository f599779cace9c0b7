"""Delimited text files as people really send them: the bytes are judged before the rows."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rncp_analytics.errors import InputError

# First bytes → what the file really is. Only what users have been seen to send in place of a CSV.
_DISGUISES = (
    (b"PK\x03\x04", "un classeur Excel (.xlsx) ou une archive zip"),
    (b"\xd0\xcf\x11\xe0", "un classeur Excel ancien (.xls)"),
    (b"%PDF", "un document PDF"),
    (b"PAR1", "un fichier Parquet"),
    (b"\x1f\x8b", "un fichier compressé (gzip)"),
)
_MARKUP = (b"<!doctype", b"<!--", b"<html", b"<?xml", b"<head", b"<body", b"<script")
_SEPARATORS = {";": "point-virgule", ",": "virgule", "\t": "tabulation", "|": "barre verticale"}


@dataclass(frozen=True)
class TextTable:
    """A delimited file, every cell still text.

    Attributes
    ----------
    rows : DataFrame
        One row per line, all columns str, surrounding blanks removed; the index holds the line number in the file.
    name : str
        File name without its folder, for messages.
    digest : str
        SHA-256 of the bytes, hexadecimal.
    encoding : {"utf-8", "cp1252"}
    """

    rows: pd.DataFrame
    name: str
    digest: str
    encoding: str


def read_delimited(path: Path, *, separator: str = ";") -> TextTable:
    """Read a delimited text file (UTF-8 with or without BOM, else Windows-1252), header on the first line.

    Raises
    ------
    InputError
        The file is absent, empty, something else than text (spreadsheet, HTML error page, JSON…), has
        another separator, a repeated column, or lines that are cut or too long.
    """
    raw = read_bytes(path)
    text, encoding = _decode(raw, path.name)
    header, records = _records(text, path.name, separator)
    rows = pd.DataFrame([r for _, r in records], columns=header, index=[n for n, _ in records], dtype=object)
    return TextTable(rows, path.name, hashlib.sha256(raw).hexdigest(), encoding)


def read_bytes(path: Path) -> bytes:
    """The bytes of a text file; what is plainly something else (spreadsheet, web page, archive…) is refused."""
    if not path.is_file():
        raise InputError(
            "Le fichier est introuvable",
            where=str(path),
            expected="un fichier CSV existant",
            remedy="vérifier le nom et le dossier",
        )
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(
            "Le fichier ne peut pas être ouvert",
            where=str(path),
            expected="un fichier que vous avez le droit de lire",
            remedy="le fermer s'il est ouvert dans un autre logiciel, et vérifier vos droits d'accès",
        ) from error
    if not raw.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        raise InputError(
            "Le fichier est vide",
            where=path.name,
            expected="un fichier CSV avec une ligne de titres",
            remedy="télécharger le fichier à nouveau",
        )
    for magic, what in _DISGUISES:
        if raw.startswith(magic):
            raise InputError(
                f"Ce n'est pas un fichier CSV mais {what}",
                where=path.name,
                expected="un fichier CSV à points-virgules",
                remedy="télécharger l'export CSV, ou enregistrer le classeur au format « CSV UTF-8 (point-virgule) »",
            )
    start = raw[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(_MARKUP):
        raise InputError(
            "Ce n'est pas un fichier CSV mais une page web",
            where=path.name,
            expected="un fichier CSV à points-virgules",
            remedy="le site a sans doute renvoyé une page d'erreur : l'ouvrir pour la lire, puis télécharger à nouveau",
        )
    if start.startswith((b"{", b"[")):
        raise InputError(
            "Ce n'est pas un fichier CSV mais un fichier JSON",
            where=path.name,
            expected="un fichier CSV à points-virgules",
            remedy="choisir l'export CSV sur le site",
        )
    return raw


def _decode(raw: bytes, name: str) -> tuple[str, str]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in raw:
        raise InputError(
            "Le texte de ce fichier n'est lisible ni en UTF-8 ni en Windows-1252",
            where=name,
            expected="un fichier CSV en UTF-8",
            remedy="l'enregistrer au format « CSV UTF-8 »",
        )
    try:
        return raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        # Cut in the middle of a letter, or marked as UTF-8: read as Windows-1252, every accent would be wrong.
        if raw.startswith(b"\xef\xbb\xbf") or _cut_in_a_letter(raw, error):
            line = raw.count(b"\n", 0, error.start) + 1
            raise InputError(
                "Le texte de ce fichier n'est pas de l'UTF-8 correct",
                where=f"{name}, ligne {line}",
                expected="un fichier CSV en UTF-8, entier",
                remedy="le fichier est tronqué ou abîmé : le télécharger à nouveau",
            ) from error
        return raw.decode("cp1252", errors="replace"), "cp1252"


def _cut_in_a_letter(raw: bytes, error: UnicodeDecodeError) -> bool:
    return error.reason == "unexpected end of data" and any(byte > 127 for byte in raw[: error.start])


def _records(text: str, name: str, separator: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Header, and each line with the number of its first physical line (a quoted cell may span several)."""
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    records: list[tuple[int, list[str]]] = []
    number = 1
    try:
        header = [title.strip() for title in next(lines)]
        _check_header(header, text.partition("\n")[0], name, separator)
        number = lines.line_num + 1
        for row in lines:
            cells = [cell.strip() for cell in row]
            if any(cells):
                records.append((number, cells))
            number = lines.line_num + 1
    except csv.Error as error:
        raise InputError(
            "Une ligne ne peut pas être découpée en colonnes",
            where=f"{name}, ligne {number} : un guillemet ouvert n'est pas refermé, ou est suivi d'autre chose",
            expected="chaque guillemet ouvrant refermé juste avant un séparateur",
            remedy="corriger cette ligne ; si le fichier est tronqué, le télécharger à nouveau",
        ) from error
    for line, cells in records:
        if len(cells) != len(header):
            raise _cut(name, line, len(cells), len(header), last=line == records[-1][0])
    if not records:
        raise InputError(
            "Le fichier n'a que sa ligne de titres",
            where=name,
            expected="au moins une ligne de résultats",
            remedy="télécharger le fichier à nouveau",
        )
    return header, records


def _check_header(header: list[str], line: str, name: str, separator: str) -> None:
    found = max(_SEPARATORS, key=line.count)
    if len(header) < 2 and line.count(found) > 0 and found != separator:
        raise InputError(
            f"Les colonnes sont séparées par « {_SEPARATORS[found]} »",
            where=f"{name}, ligne 1",
            expected=f"des colonnes séparées par « {_SEPARATORS[separator]} »",
            remedy="reprendre le fichier tel que le site le donne, ou l'enregistrer avec des points-virgules",
        )
    if "" in header or not header:
        raise InputError(
            "Une colonne n'a pas de titre",
            where=f"{name}, ligne 1, colonne {header.index('') + 1 if header else 1}",
            expected="les titres des colonnes sur la première ligne, tous remplis",
            remedy="supprimer la colonne en trop ou ce qui précède les titres, ou reprendre le fichier d'origine",
        )
    repeated = sorted({title for title in header if header.count(title) > 1})
    if repeated:
        raise InputError(
            f"La colonne « {repeated[0]} » figure deux fois",
            where=f"{name}, ligne 1",
            expected="des titres de colonnes tous différents",
            remedy="supprimer la colonne en trop ou reprendre le fichier d'origine",
        )


def _cut(name: str, number: int, found: int, expected: int, *, last: bool) -> InputError:
    if last and found < expected:
        what, remedy = (
            "Le fichier est tronqué : sa dernière ligne est coupée",
            "télécharger le fichier à nouveau",
        )
    else:
        what, remedy = (
            "Une ligne n'a pas le bon nombre de colonnes",
            "corriger cette ligne dans le fichier d'origine",
        )
    return InputError(
        what,
        where=f"{name}, ligne {number}",
        expected=f"{expected} colonnes, {found} trouvée(s)",
        remedy=remedy,
    )
