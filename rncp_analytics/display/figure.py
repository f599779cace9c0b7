"""A chart for a reader: the picture, its title and notes, and a text that states every plotted value."""

from __future__ import annotations

import base64
import io
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rncp_analytics.display import french
from rncp_analytics.display.notes import Notes
from rncp_analytics.display.table import in_report
from rncp_analytics.display.theme import SOFT, theme

_WIDTH = 9.0  # inches
_NOTE_CHARACTERS = 155  # of 8-point DejaVu Sans in that width
_DPI = {"notebook": 90, "report": 150}


@dataclass(frozen=True)
class Chart:
    """A chart as shown.

    Attributes
    ----------
    name : str
        ASCII name of the files written beside a report.
    title : str
        French title, drawn in the picture.
    draw : callable
        Draws on the axes it is given.
    lines : tuple of str
        One French sentence per plotted value, with its numerator and denominator: what a screen reader
        says, and what a check of the notebook compares.
    data : DataFrame
        The plotted figures.
    notes : Notes
        Lecture, Champ and Source, drawn under the axes.
    height : float
        Height of the axes in inches.
    """

    name: str
    title: str
    draw: Callable[[Axes], None]
    lines: tuple[str, ...]
    data: pd.DataFrame
    notes: Notes
    height: float = 3.6

    def __repr__(self) -> str:
        return "\n".join([french.typography(f"Graphique : {self.title}"), *self.lines, *self.notes.lines()])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, str], dict[str, Any]]:
        bundle = {
            "image/png": base64.b64encode(self.picture("png")).decode(),
            "text/plain": repr(self),
        }
        if in_report():
            bundle["image/svg+xml"] = self.picture("svg").decode()
        return bundle, {"rncp": {"name": self.name}}

    def picture(self, kind: Literal["png", "svg"]) -> bytes:
        """The picture as a file's bytes; the same chart gives the same bytes."""
        notes = "\n".join(textwrap.fill(line, _NOTE_CHARACTERS) for line in self.notes.lines())
        title = textwrap.fill(french.typography(self.title), 88)
        with theme():
            lines = notes.count("\n") + 1
            figure = Figure(figsize=(_WIDTH, self.height + 0.16 * lines + 0.35), layout="constrained")
            figure.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
            figure.supxlabel(notes, x=0.01, ha="left", fontsize=8, color=SOFT)
            self.draw(figure.add_subplot())
            sink = io.BytesIO()
            dpi = _DPI["report" if in_report() else "notebook"]
            metadata = {"Date": None} if kind == "svg" else {"Software": None}
            figure.savefig(sink, format=kind, dpi=dpi, metadata=metadata)
        return sink.getvalue()
