"""A chart for a reader: the picture, its title and notes, and a text that states every plotted value."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from PIL import Image

from rncp_analytics.display import french
from rncp_analytics.display.notes import Notes
from rncp_analytics.display.spreadsheet import in_report, report_file
from rncp_analytics.display.theme import SOFT, theme

_WIDTH = 9.0  # inches
_TITLE, _NOTES = FontProperties(size=12, weight="bold"), FontProperties(size=8)
_DPI = {"notebook": 90, "report": 150}
_COLOURS = 64


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
        All the figures that are plotted or told, written as CSV beside a report.
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
        file, secrecy = report_file(self.data, champ=self.notes.champ)
        return bundle | file, {"rncp": {"name": self.name, **secrecy}}

    def picture(self, kind: Literal["png", "svg"]) -> bytes:
        """The picture as a file's bytes; the same chart gives the same bytes."""
        with theme():
            figure = self.figure()
            sink = io.BytesIO()
            dpi = _DPI["report" if in_report() else "notebook"]
            metadata = {"Date": None} if kind == "svg" else {"Software": None}
            figure.savefig(sink, format=kind, dpi=dpi, metadata=metadata)
        return sink.getvalue() if kind == "svg" or in_report() else _light(sink)

    def figure(self) -> Figure:
        """The drawn figure: title, axes, and the notes under them; to be drawn within :func:`theme`."""
        notes = [line for told in self.notes.lines() for line in _wrapped(told, _NOTES)]
        title = _wrapped(french.typography(self.title), _TITLE)
        height = self.height + 0.16 * len(notes) + 0.2 * len(title) + 0.15
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        figure.suptitle("\n".join(title), x=0.01, ha="left", fontproperties=_TITLE)
        figure.supxlabel("\n".join(notes), x=0.01, ha="left", fontproperties=_NOTES, color=SOFT)
        self.draw(figure.add_subplot())
        return figure


def _light(png: io.BytesIO) -> bytes:
    """The picture in few colours: a notebook stores it, and a repository keeps every version of it."""
    lighter = io.BytesIO()
    Image.open(png).convert("RGB").quantize(_COLOURS, Image.Quantize.FASTOCTREE).save(lighter, "png", optimize=True)
    return lighter.getvalue()


def percent_ticks(low: float, high: float) -> list[float]:
    """Whole percentages of a view, at most nine and never outside 0 to 100 %; as proportions.

    >>> percent_ticks(0.775, 0.884), percent_ticks(0.98, 1.004)
    ([0.78, 0.8, 0.82, 0.84, 0.86, 0.88], [0.98, 0.99, 1.0])
    """
    step = next((s for s in (1, 2, 5, 10) if (high - low) * 100 / s <= 8), 20)
    first, last = math.ceil(round(low * 100 / step, 9)), math.floor(round(high * 100 / step, 9))
    return [k * step / 100 for k in range(first, last + 1) if 0 <= k * step <= 100]


def _wrapped(text: str, font: FontProperties) -> list[str]:
    """Lines that fit the figure's width, by the width of their letters."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        wide, _, _ = text_to_path.get_text_width_height_descent(longer, font, ismath=False)
        if wide <= _WIDTH * 72 * 0.965 or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
