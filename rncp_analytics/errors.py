"""One family of errors: what happened, where, what was expected, what to do.

Every message is French and complete: the reader of a command line or of a notebook must be able to
act without reading the code. Nothing identifying a candidate may enter these texts.
"""

from __future__ import annotations


class RncpError(Exception):
    """An error that a user can understand and repair.

    Parameters
    ----------
    what : str
        What is wrong, one sentence without the final period.
    where : str
        File, row, column or argument; empty when the sentence already says it.
    expected : str
        What the package would have accepted.
    remedy : str
        What to do next.
    """

    def __init__(self, what: str, *, where: str = "", expected: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.expected = expected
        self.remedy = remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        lines = [f"{self.what}."]
        if self.where:
            lines.append(f"  Où : {self.where}")
        if self.expected:
            lines.append(f"  Attendu : {self.expected}")
        if self.remedy:
            lines.append(f"  Que faire : {self.remedy}")
        return "\n".join(lines)


class InputError(RncpError):
    """A file that can't be read as what it claims to be."""


class UnknownCodeError(RncpError):
    """A code or a name that no nomenclature holds; the nearest ones are named."""


class CountsError(RncpError):
    """Counts that contradict themselves or a question that their columns can't answer."""


class ComparisonError(RncpError):
    """Two figures that don't speak of the same thing."""


class PublicationError(RncpError):
    """Figures that may not leave as they are."""


class DataNotFoundError(RncpError):
    """Data that should be there and are not, or are damaged."""
