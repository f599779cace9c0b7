"""How charts look: one font, colours told apart by everyone, and a second cue beside each colour."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import matplotlib as mpl
import seaborn as sns

INK, SOFT, GRID = "#1b1b1b", "#50565e", "#dfe3e8"
ACCENT, SECOND, THIRD, LIGHT, PALE = "#14366f", "#b3470a", "#5d6770", "#6f93cf", "#c5d0e2"


class Style(NamedTuple):
    """Colour with its second cue: the shape of the point, whether it is filled, and the line."""

    colour: str
    marker: str
    filled: bool
    line: str


# A predecessor wears its successor's colour and shape, hollow: related, not the same diploma.
DIPLOMAS: Mapping[str, Style] = {
    "40031214": Style(ACCENT, "o", True, "-"),
    "40031206": Style(ACCENT, "o", False, ""),
    "40031213": Style(SECOND, "s", True, "--"),
    "40031202": Style(SECOND, "s", False, ""),
    "40031212": Style(THIRD, "^", True, ":"),
    "40031210": Style(THIRD, "^", False, ""),
}

_RC: Mapping[str, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same picture on every machine
    "font.size": 10,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "grid.color": GRID,
    "text.color": INK,
    "text.parse_math": False,  # a dollar in a title is a dollar
    "xtick.color": SOFT,
    "ytick.color": INK,
    "hatch.linewidth": 0.8,
    "svg.hashsalt": "rncp_analytics",  # the same SVG twice
    "svg.fonttype": "path",
}


def theme() -> AbstractContextManager[None]:
    """The settings under which a chart is drawn and saved; the caller's own settings stay untouched."""
    settings: Any = {**mpl.rcParamsDefault, **sns.axes_style("ticks"), **_RC, "backend": mpl.rcParams["backend"]}
    return mpl.rc_context(settings)
