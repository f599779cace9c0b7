"""Exam exports as tables of text, whatever their encoding, separator, spreadsheet or free text before the titles.

A line that can't be cut into cells is kept aside with its reason: no line is lost, none is guessed.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from rncp_analytics.certification.lookup import plain
from rncp_analytics.cohort.export_workbook import read_sheets
from rncp_analytics.cohort.textfile import read_bytes
from rncp_analytics.errors import InputError

_LONGEST_LINE = 1 << 20  # bytes; the longest lines seen have less than a thousand
_TITLES_WITHIN = 40  # lines of free text before the titles: 7 or 8 in the exports seen
SEPARATORS = (";", ",", "\t")
_EMPTY = {"", "-", "–", "—"}  # exports write " -" for an empty cell

Lines = list[tuple[int, list[str] | None]]  # line number, cells; None when the line can't be cut into cells


class Named(NamedTuple):
    """What identifies the candidates of files read together: whole ``cells`` of those columns, ``words`` of names."""

    cells: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()


class Table(NamedTuple):
    """One export, every cell still text.

    ``rows``: one row a line that has the right number of cells; index: line number in the file; columns: position,
    since titles may repeat; each column is a dictionary (categorical), blanks, quotes and " -" removed.
    ``broken``: the other lines that hold something, and why. ``preamble``: the cells before the titles. ``ended``:
    whether the last line has its end; else the file may be cut inside its last cell. ``named``: in all files read with
    this one, none before :func:`~rncp_analytics.cohort.export_names.named_in`.
    """

    name: str
    digest: str
    titles: tuple[str, ...]
    rows: pd.DataFrame
    broken: dict[int, str]
    preamble: tuple[str, ...]
    separator: str
    encoding: str
    ended: bool = True
    named: Named = Named()

    @property
    def read(self) -> int:
        """How many lines hold something, titles and what precedes them apart."""
        return len(self.rows) + len(self.broken)

    @property
    def synthetic(self) -> bool:
        """Whether a line before the titles says that nobody is behind these data."""
        return any("donneessynthetiques" in plain(text) for text in self.preamble)


def read_table(path: Path, *, known: Callable[[str], bool], separator: str = "") -> Table:
    """Read an export: CSV or XLSX.

    Parameters
    ----------
    path : Path
    known : callable
        Whether a text is the title of a column: the line of titles is the one that holds most of them.
    separator : str
        Guessed when empty.

    Raises
    ------
    InputError
        Not a text nor a workbook, no line of titles, nothing under it, or a line without end.
    """
    if path.is_file() and _starts(path, b"PK\x03\x04"):
        raw = path.read_bytes()
        found = [found for _, lines in read_sheets(raw, path.name) if (found := _titles(lines, known))]
        if len(found) > 1:
            raise InputError(
                f"{len(found)} feuilles de ce classeur ont des titres d'export",
                where=path.name,
                expected="une seule feuille de données par classeur",
                remedy="enregistrer chaque feuille dans un fichier à part et les donner ensemble",
            )
        best, encoding, ended = found[0] if found else None, "xlsx", True
    else:
        _bound_lines(path)
        raw = read_bytes(path)
        text, encoding = _decode(raw, path.name)
        ended = text.endswith(("\n", "\r"))
        best = _best_separator(text, known, separator)
    if best is None:
        raise InputError(
            "Aucune ligne de titres n'est reconnue",
            where=f"{path.name}, {_TITLES_WITHIN} premières lignes",
            expected="une ligne qui nomme au moins deux colonnes, par exemple « N° Candidat » et « Code Spécialité »",
            remedy="vérifier que c'est un export d'examen, ou nommer ses colonnes dans un profil (--profile)",
        )
    lines, at, separator = best
    empty = Table(path.name, hashlib.sha256(raw).hexdigest(), (), pd.DataFrame(), {}, (), separator, encoding, ended)
    return _filled(empty, lines, at)


def _starts(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


def _bound_lines(path: Path) -> None:
    """Refuse a line without end before the file is loaded whole."""
    if not path.is_file():
        return  # told by the reader
    length, line = 0, 1
    with path.open("rb") as file:
        while chunk := file.read(_LONGEST_LINE):
            first = re.search(rb"[\r\n]", chunk)
            if length + (first.start() if first else len(chunk)) > _LONGEST_LINE:
                raise InputError(
                    "Une ligne de ce fichier est beaucoup trop longue",
                    where=f"{path.name}, ligne {line}",
                    expected=f"des lignes d'au plus {_LONGEST_LINE} octets",
                    remedy="ce n'est sans doute pas un export, ou il a perdu ses fins de ligne : l'exporter à nouveau",
                )
            last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
            length = len(chunk) - last - 1 if first else length + len(chunk)
            line += chunk.count(b"\n")


def _decode(raw: bytes, name: str) -> tuple[str, str]:
    """UTF-8 where most accents are, else Windows-1252; a damaged letter becomes U+FFFD, and damages its line only."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(
            "Ce fichier est en UTF-16",
            where=name,
            expected="un fichier en UTF-8 ou en Windows-1252",
            remedy="l'enregistrer au format « CSV UTF-8 »",
        )
    text = raw.decode("utf-8-sig", errors="replace")
    wrong = text.count("\ufffd")
    right = sum(1 for c in text if c > "\x7f") - wrong if wrong else 0
    if wrong and wrong > right and not raw.startswith(b"\xef\xbb\xbf"):
        return raw.decode("cp1252", errors="replace"), "cp1252"
    return text, "utf-8"


def _best_separator(text: str, known: Callable[[str], bool], separator: str) -> tuple[Lines, int, str] | None:
    lines = re.split(r"\r\n|\n|\r", text)  # not splitlines, which also cuts at rare marks inside a cell
    tried = []
    for mark in [separator] if separator else SEPARATORS:
        head = [(i, _cells(line, mark)) for i, line in enumerate(lines[:_TITLES_WITHIN], 1)]
        if found := _titles(head, known):
            titles = head[found[1]][1] or []
            tried.append((sum(map(known, titles)), mark, found[1]))
    if not tried:
        return None
    _, mark, at = max(tried, key=lambda t: t[0])
    return [(i, _cells(line, mark)) for i, line in enumerate(lines, 1)], at, mark


def _cells(line: str, separator: str) -> list[str] | None:
    if "\ufffd" in line or "\x00" in line:
        return None
    if '"' not in line:
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        return None


def _titles(lines: Lines, known: Callable[[str], bool]) -> tuple[Lines, int, str] | None:
    """The lines, and the place of the one that names most columns; nothing when none names two."""
    scores = [len({c.strip() for c in cells or () if known(c)}) for _, cells in lines[:_TITLES_WITHIN]]
    at = max(range(len(scores)), key=scores.__getitem__, default=0)
    return (lines, at, "") if scores and scores[at] > 1 else None


def _filled(table: Table, lines: Lines, at: int) -> Table:
    titles = [_clean(title) for title in lines[at][1] or ()]
    while titles and not titles[-1]:
        titles.pop()
    width = len(titles)
    numbers: list[int] = []
    kept: list[list[str]] = []
    broken: dict[int, str] = {}
    for number, cells in lines[at + 1 :]:
        if cells is None:
            broken[number] = "le texte est abîmé, ou un guillemet ouvert n'est pas refermé"
        elif len(cells) == width or (len(cells) > width and not any(map(_clean, cells[width:]))):
            if any(cells):
                numbers.append(number)
                kept.append(cells)
        elif any(map(_clean, cells)):
            broken[number] = f"{len(cells)} cellules au lieu de {width}"
    if not kept and not broken:
        raise InputError(
            "Le fichier n'a rien sous sa ligne de titres",
            where=f"{table.name}, ligne {lines[at][0]}",
            expected="au moins un candidat",
            remedy="exporter le fichier à nouveau",
        )
    last = max((n for n, cells in lines if cells is None or any(cells)), default=0)
    if last in broken:
        broken[last] += " ; c'est la dernière ligne : le fichier est sans doute tronqué"
    columns = {i: _dictionary([row[i] for row in kept], numbers) for i in range(width)}
    rows = pd.DataFrame(columns, index=numbers)
    blank = (rows == "").all(axis=1) if width else pd.Series(False, index=rows.index)
    preamble = tuple(c for _, cells in lines[:at] for c in map(_clean, cells or ()) if c)
    ended = table.ended or bool(blank.get(last, False))
    return table._replace(titles=tuple(titles), rows=rows[~blank], broken=broken, preamble=preamble, ended=ended)


def _dictionary(cells: Sequence[str], numbers: Iterable[int]) -> pd.Series[Any]:
    codes, distinct = pd.factorize(pd.Series(cells, dtype=object))
    clean, texts = pd.factorize(pd.Series([_clean(text) for text in distinct], dtype=object))
    values = pd.Categorical.from_codes(clean[codes] if len(clean) else codes, categories=pd.Index(texts, dtype=object))
    return pd.Series(values, index=list(numbers))


def _clean(cell: str) -> str:
    text = cell.strip().strip("\ufeff").strip()
    if len(text) > 1 and text[0] == text[-1] == "'":
        text = text[1:-1].strip()
    return "" if text in _EMPTY else text
