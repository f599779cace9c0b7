"""What figures come from: the stage of the examination, their origin, their source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Stage = Literal["first_group", "after_control", "final"]
Origin = Literal["official", "candidates", "synthetic"]


@dataclass(frozen=True)
class Source:
    """Where figures come from, as printed under every chart and table.

    Attributes
    ----------
    title, publisher, licence : str
        As the publisher writes them.
    digest : str
        SHA-256 of the bytes read, hexadecimal; of several files, of their sorted digests.
    files : tuple of str
        Names of the files read, without their folder.
    """

    title: str
    publisher: str
    licence: str
    digest: str
    files: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ", ".join(part for part in (self.publisher, self.title) if part)


class FileLines(NamedTuple):
    """Lines of a file: read = accepted + refused."""

    file: str
    read: int
    accepted: int
    refused: int


class RefusedLines(NamedTuple):
    """How many lines of a file were refused for a reason; never what stood in them."""

    file: str
    column: str
    reason: str
    rows: int


class JuryCount(NamedTuple):
    """Candidates whose marks, deliberated, give one outcome and to whom the jury gave one."""

    computed: str
    decided: str
    candidates: int


@dataclass(frozen=True)
class ImportRecord:
    """What was said when a cohort was read; nothing in it identifies a candidate.

    Attributes
    ----------
    files : tuple of FileLines
    refusals : tuple of RefusedLines
        Causes before what follows from them, then the most frequent first.
    findings : tuple of str
        French: what was recognised, assumed, left empty, set aside.
    jury : tuple of JuryCount
        Where the export carries the jury's result, which stands.
    date : str
        Day of the reading, AAAA-MM-JJ. Of several imports: the last.
    """

    files: tuple[FileLines, ...] = ()
    refusals: tuple[RefusedLines, ...] = ()
    findings: tuple[str, ...] = ()
    jury: tuple[JuryCount, ...] = ()
    date: str = ""
