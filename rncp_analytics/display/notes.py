"""What stands under every chart and table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Notes:
    """Lecture, Champ, Source, and what must be said besides.

    Attributes
    ----------
    lecture, champ, source : str
        French sentences without their heading word.
    caveats : tuple of str
        Further sentences that must be read with the figure.
    """

    lecture: str
    champ: str
    source: str
    caveats: tuple[str, ...] = ()

    def lines(self) -> tuple[str, ...]:
        """The lines as they are printed: "Lecture : …", "Champ : …", "Source : …", then the caveats."""
        headed = (("Lecture", self.lecture), ("Champ", self.champ), ("Source", self.source))
        return (*(f"{head}\u00a0: {text}" for head, text in headed if text), *self.caveats)
