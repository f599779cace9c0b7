"""A table for a reader: caption, headings with their scope, notes; as HTML, as text and as CSV."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import dataclass
from typing import Any, Literal

import jinja2
import pandas as pd

from rncp_analytics.display import french
from rncp_analytics.display.notes import Notes
from rncp_analytics.display.spreadsheet import CHAMP, readable

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_HTML = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    """\
<table class="rncp-table{{ ' rncp-wide' if t.columns | length > 9 }}" id="table-{{ t.name }}">
<caption style="text-align: left">{{ typography(t.caption) }}</caption>
<thead>
<tr>
{% for column in t.columns %}
<th scope="col" style="text-align: {{ column.align }}">{{ typography(column.title) }}</th>
{% endfor %}
</tr>
</thead>
<tbody>
{% for row in t.rows %}
<tr>
{% for column, cell in zip(t.columns, row) %}
{% if column.header %}
<th scope="row" style="text-align: {{ column.align }}">{{ cell }}</th>
{% elif cell.heights is defined %}
<td style="text-align: {{ column.align }}">
<span role="img" aria-label="{{ cell }}" title="{{ cell }}" style="{{ frame }}">
{%- for height, colour in zip(cell.heights, cell.colours) -%}
<span style="{{ bar }} border-bottom: {{ height }}em solid {{ colour }}"></span>
{%- endfor -%}
</span></td>
{% else %}
<td style="text-align: {{ column.align }}">{{ cell }}</td>
{% endif %}
{% endfor %}
</tr>
{% endfor %}
</tbody>
</table>
<div class="rncp-notes">
{% for line in t.notes.lines() %}
<p>{{ line }}</p>
{% endfor %}
</div>"""
)
# Bars are borders, not backgrounds: a browser prints the former and leaves the latter out.
_FRAME = "display: inline-block; white-space: nowrap; line-height: 0; border-bottom: 1px solid currentColor"
_BAR = "display: inline-block; vertical-align: bottom; width: 0.5em; margin-right: 1px;"
_TALLEST = 1.6  # em


@dataclass(frozen=True)
class Bars:
    """A cell that shows a small distribution: one bar per part, and the text that states it.

    Attributes
    ----------
    lengths : tuple of float
        From 0 to 1: the whole height of the cell.
    colours : tuple of str
        Of each bar.
    text : str
        What the bars show, in French: what the text of the table and a screen reader say.
    """

    lengths: tuple[float, ...]
    colours: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def heights(self) -> tuple[str, ...]:
        """Of each bar, in em."""
        return tuple(f"{_TALLEST * length:.2f}" for length in self.lengths)


@dataclass(frozen=True)
class Column:
    """A column: its title, where its cells stand, and whether they name their row."""

    title: str
    align: Literal["left", "right"] = "left"
    header: bool = False


@dataclass(frozen=True)
class Table:
    """A table as shown.

    Attributes
    ----------
    name : str
        ASCII name of the file written beside a report.
    caption : str
        French title.
    columns : tuple of Column
    rows : tuple of tuple of str or Bars
        Cells as shown, already in French.
    data : DataFrame
        The figures at full precision, written as CSV beside a report.
    notes : Notes
        Lecture, Champ and Source.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str | Bars, ...], ...]
    data: pd.DataFrame
    notes: Notes

    def __repr__(self) -> str:
        titles = [french.typography(column.title) for column in self.columns]
        lines = [" | ".join(map(str, cells)) for cells in (titles, *self.rows)]
        return "\n".join([french.typography(self.caption), *lines, *self.notes.lines()])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, str], dict[str, Any]]:
        bundle = {
            "text/html": _HTML.render(t=self, typography=french.typography, zip=zip, frame=_FRAME, bar=_BAR),
            "text/plain": repr(self),
        }
        told: dict[str, Any] = {"name": self.name}
        if in_report():
            bundle["text/csv"] = self.csv()
            if "secrecy" in self.data:  # for the record of secrecy: the file says "masqué", not why
                told["secrecy"] = self.data["secrecy"].value_counts().to_dict()
        return bundle, {"rncp": told}

    def csv(self) -> str:
        """The figures for a spreadsheet set to French: semicolons, decimal commas, titles and codes in words."""
        sink = io.StringIO()
        writer = csv.writer(sink, delimiter=";", lineterminator="\r\n")
        frame = readable(self.data)
        if self.notes.champ and {"statistic", "registered"} & set(self.data):  # figures: whom they count goes with them
            frame = frame.assign(**{CHAMP: self.notes.champ})
        writer.writerow(frame.columns)
        writer.writerows([_cell(value) for value in row] for row in frame.itertuples(index=False))
        return sink.getvalue()


def in_report() -> bool:
    """Whether a report is being made: outputs then also carry what it writes beside its page."""
    return os.environ.get("RNCP_REPORT") == "1"


def _cell(value: object) -> str:
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, float):
        return (f"{value:.0f}" if value.is_integer() else repr(float(value))).replace(".", ",")
    # A spreadsheet runs a text that begins so as a formula: a hostile label must stay text.
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else str(value)
