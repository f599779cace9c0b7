"""The sheets of an Excel workbook as lines of text; a formula that nobody computed is refused, not read as empty."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
import zlib

from rncp_analytics.errors import InputError

_LARGEST = 400_000_000  # bytes once unpacked
_MOST_CELLS = 10_000_000
_CELL = re.compile(rb"<(?:\w+:)?c\b((?:[^>/]|/(?!>))*)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v>\s*[^<\s]|is>)")
_PLACE = re.compile(rb"""\br=["']([A-Z]{0,3})(\d{1,7})["']""")

Lines = list[tuple[int, list[str] | None]]


def read_sheets(raw: bytes, name: str) -> list[tuple[str, Lines]]:
    """Name and lines of each sheet, cells as text, line numbers as Excel shows them.

    Parameters
    ----------
    raw : bytes
        The file.
    name : str
        Its name, for messages.

    Raises
    ------
    InputError
        A zip that is no workbook, a damaged, protected or immense one, or a formula without its value.
    """
    import python_calamine

    _check_parts(raw, name)
    try:
        book = python_calamine.load_workbook(io.BytesIO(raw))
        sheets = [book.get_sheet_by_name(title) for title in book.sheet_names]
        tables = [(sheet.name, sheet.to_python(skip_empty_area=False)) for sheet in sheets]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise _refusal(
            "Ce classeur ne peut pas être lu", name, "un classeur .xlsx entier, sans mot de passe"
        ) from error
    return [(title, [(i, [_text(c) for c in row]) for i, row in enumerate(rows, 1)]) for title, rows in tables]


def _check_parts(raw: bytes, name: str) -> None:
    """Refuse what the spreadsheet library lets through.

    It reads a formula that was never computed as empty, and takes all the memory that the farthest cell asks for.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = [part for part in archive.infolist() if part.filename.endswith(".xml")]
            if "xl/workbook.xml" not in archive.namelist():
                raise _refusal(
                    "Ce fichier est une archive zip", name, "un fichier CSV ou un classeur .xlsx",
                    "extraire les fichiers de l'archive et donner ceux-ci",
                )  # fmt: skip
            if sum(part.file_size for part in parts) > _LARGEST:
                raise _refusal("Ce classeur est immense", name, f"au plus {_LARGEST} octets une fois décompressé")
            for part in parts:
                sheet = archive.read(part)
                if b"sheetData" in sheet:
                    _check_sheet(sheet, name)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zlib.error) as error:
        raise _refusal("Ce classeur est abîmé", name, "un classeur .xlsx entier") from error


def _check_sheet(sheet: bytes, name: str) -> None:
    places = set(_PLACE.findall(sheet))
    rows = max((int(row) for _, row in places), default=0)
    columns = max((_rank(letters) for letters, _ in places), default=0)
    if rows * columns > _MOST_CELLS:
        raise _refusal(
            "Une feuille de ce classeur est immense", f"{name}, {rows} lignes × {columns} colonnes",
            f"au plus {_MOST_CELLS} cellules", "supprimer les cellules isolées loin des données, ou l'exporter en CSV",
        )  # fmt: skip
    if not _FORMULA.search(sheet):
        return
    empty = [
        reference[1].decode() + reference[2].decode() if (reference := _PLACE.search(cell[1])) else "?"
        for cell in _CELL.finditer(sheet)
        if _FORMULA.search(cell[2])
        and not _VALUE.search(cell[2])
        and not (b't="str"' in cell[1] and b"<v" in cell[2])  # a formula may well give an empty text
    ]
    if empty:
        shown = ", ".join(empty[:10]) + (f" et {len(empty) - 10} autre(s)" if len(empty) > 10 else "")
        raise _refusal(
            f"{len(empty)} formule(s) n'ont pas de valeur", f"{name}, cellule(s) {shown}", "des valeurs",
            "ouvrir et enregistrer le classeur pour qu'elles soient calculées, ou les remplacer par leur valeur",
        )  # fmt: skip


def _rank(letters: bytes) -> int:
    rank = 0
    for letter in letters:
        rank = rank * 26 + letter - 64
    return rank


def _text(value: object) -> str:
    if isinstance(value, datetime.date):  # a datetime too
        return value.strftime("%d/%m/%Y")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _refusal(what: str, where: str, expected: str, remedy: str = "exporter le fichier à nouveau") -> InputError:
    return InputError(what, where=where, expected=expected, remedy=remedy)
