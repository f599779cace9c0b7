"""A table for a reader: caption, headings with their scope, notes; as HTML, as text and as CSV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import jinja2
import pandas as pd

from rncp_analytics.display import french
from rncp_analytics.display.notes import Notes
from rncp_analytics.display.spreadsheet import csv_text, report_file

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
        file, secrecy = report_file(self.data, champ=self.notes.champ)
        return bundle | file, {"rncp": {"name": self.name, **secrecy}}

    def csv(self) -> str:
        """The figures as a spreadsheet set to French opens them."""
        return csv_text(self.data, champ=self.notes.champ)
