"""Small exports in each shape that exam services produce; everybody in them is invented."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.sax.saxutils import escape

UNITS = ("U2", "U31", "U32", "U33", "U34", "U11", "U12", "U41", "U42", "U51", "U52", "U6", "U7")
LIST = (
    "Division de classe;N° Candidat;N° Inscription;N° Océan;Nom de famille;Nom d'usage;Prénom(s);Date de Naissance;"
    "Division de classe;INE;Catégorie Candidat;Code Spécialité;Spécialité;Etat;Enseignements"
)
PREAMBLE = (
    "2025;;;",
    "Listes simples;;;",
    "LYC TEST – VILLEFICTIVE  (0690001B);;;",
    "Type d'édition : Liste simple;;;",
    "Edité le 23/06/2025 10:49;;;",
    "Critères de recherche : Etat Egal Inscrit Nom de famille N'est pas égal à azerty;;;",
    "Critères de tris : Nom et prénom, Date de naissance;;;",
)
LONG = "N° Candidat;Code Unité;Note;Nature;Session d'obtention"


@dataclass(frozen=True)
class Person:
    """Somebody invented; ``marks``: unit → cell."""

    number: str = "2099000001"
    ine: str = "990000001ZA"
    last: str = "ZYGOMAR"
    first: str = "Euphrosyne"
    birth: str = "17/04/2007"
    category: str = "SCOLAIRE BACPRO 3 ANS (132)"
    diploma: str = "31214"
    school_class: str = "TMCV1"
    marks: dict[str, str] = field(default_factory=lambda: dict.fromkeys(UNITS, "12,5"))

    def with_marks(self, **cells: str) -> Person:
        return replace(self, marks={**self.marks, **cells})


def people(n: int) -> list[Person]:
    """Different persons, all marks 12,5."""
    return [
        Person(
            f"20990{i:05}",
            f"99{i:07}ZA",
            f"ZYGOMAR{chr(65 + i % 26)}{i}X",
            f"Euphrosyne{i}",
            f"{i % 28 + 1:02}/04/2007",
        )
        for i in range(1, n + 1)
    ]


def list_lines(persons: Sequence[Person]) -> list[str]:
    lines = [*PREAMBLE, LIST]
    for p in persons:
        cells = (f"'{p.school_class}'", p.number, "002 Version 2", " -", p.last, " -", p.first, p.birth,
                 f"'{p.school_class}'", p.ine, p.category, p.diploma, "Met.com.ven.Op.B", "Inscrit", "Non")  # fmt: skip
        lines.append(";".join(cells))
    return lines


def long_lines(persons: Sequence[Person]) -> list[str]:
    """One line per candidate and unit; a cell "mark|mode|since" fills the columns that follow."""
    lines = [LONG]
    for p in persons:
        for unit, cell in p.marks.items():
            mark, mode, since = (*cell.split("|"), "", "")[:3]
            lines.append(";".join((p.number, unit, mark, mode or "CCF", since)))
    return lines


def wide_lines(persons: Sequence[Person], *, session: str = "2025") -> list[str]:
    lines = [";".join(("N° Candidat", "INE", "Session", "Code diplôme", "Catégorie", "Sexe", *UNITS, "Projet"))]
    for p in persons:
        cells = [p.marks.get(unit, "") for unit in (*UNITS, "PROJET")]
        lines.append(";".join((p.number, p.ine, session, p.diploma, p.category, "F", *cells)))
    return lines


def write(path: Path, lines: Sequence[str], *, encoding: str = "utf-8-sig", separator: str = ";") -> Path:
    """CRLF, as exam services write."""
    swapped = [line if separator == ";" else _swap(line, separator) for line in lines]
    path.write_bytes("\r\n".join([*swapped, ""]).encode(encoding, errors="replace"))
    return path


def _swap(line: str, separator: str) -> str:
    return separator.join(f'"{cell}"' if separator in cell else cell for cell in line.split(";"))


def write_xlsx(
    path: Path, lines: Sequence[str], *, formulas: dict[str, str | None] | None = None, last: str = ""
) -> Path:
    """A workbook of one sheet, numbers as numbers.

    ``formulas``: cell → its stored value, None when there is none. ``last``: XML of a row far below.
    """
    rows = []
    for r, line in enumerate(lines, 1):
        cells = []
        for c, text in enumerate(line.split(";")):
            reference = f"{_letters(c)}{r}"
            number = text.replace(",", ".")
            if formulas and reference in formulas:
                value = formulas[reference]
                cells.append(f'<c r="{reference}"><f>A1+1</f>{"" if value is None else f"<v>{value}</v>"}</c>')
            elif number.replace(".", "", 1).isdigit():
                cells.append(f'<c r="{reference}"><v>{number}</v></c>')
            elif text:
                cells.append(f'<c r="{reference}" t="inlineStr"><is><t>{escape(text)}</t></is></c>')
        rows.append(f'<row r="{r}">{"".join(cells)}</row>')
    rows.append(f'<row r="1048576">{last}</row>' if last else "")
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" '
        f'ContentType="application/xml"/><Default Extension="rels" ContentType='
        f'"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
        f'ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="Notes" sheetId="1" '
        f'r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{"".join(rows)}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return path


def _letters(column: int) -> str:
    return (chr(64 + column // 26) if column >= 26 else "") + chr(65 + column % 26)
