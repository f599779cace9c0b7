"""What figures come from: the stage of the examination, their origin, their source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
