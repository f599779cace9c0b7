"""A page of sentences: the first thing an inspector reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import jinja2
import pandas as pd

from rncp_analytics.display import labels
from rncp_analytics.display.spreadsheet import CHAMP, report_file, together
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.secrecy import Publishable

Show = Callable[[Estimates], Publishable]

_HTML = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    """\
<section class="rncp-summary">
<p class="rncp-summary-title"><strong>{{ s.title }}</strong><br>{{ s.subtitle }}</p>
{% for line in s.alerts %}
<p class="rncp-alert"><strong>À savoir\u00a0:</strong> {{ line }}</p>
{% endfor %}
<p class="rncp-summary-figures">
{% for value, word in s.figures %}
<span class="rncp-figure"><strong>{{ value }}</strong> {{ word }}</span>
{{ {1: "", 2: "·"}.get(loop.revindex, "→") }}
{% endfor %}
</p>
<ul>
{% for head, text in s.lines %}
<li><strong>{{ head }}</strong>\u00a0: {{ text }}</li>
{% endfor %}
</ul>
<p class="rncp-summary-limits">{{ s.limits }}</p>
<div class="rncp-notes">
{% for line in s.notes %}
<p>{{ line }}</p>
{% endfor %}
</div>
</section>"""
)


@dataclass(frozen=True)
class Summary:
    """Key figures and sentences, as text and as HTML.

    Attributes
    ----------
    title, subtitle : str
    figures : tuple of (value, word)
        The few numbers that stand out, ("10 490", "présents"): a flow of counts, then a rate.
    lines : tuple of (heading, sentence)
    limits : str
        What the data don't say.
    notes : tuple of str
        Champ and Source, as printed.
    alerts : tuple of str
        What must be known before the figures are read.
    data : DataFrame
        All the figures that are told, from :func:`figures_of`; written as CSV beside a report.
    name : str
        ASCII name of that file.
    """

    title: str
    subtitle: str
    figures: tuple[tuple[str, str], ...]
    lines: tuple[tuple[str, str], ...]
    limits: str
    notes: tuple[str, ...]
    alerts: tuple[str, ...] = ()
    data: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)
    name: str = "chiffres-cles"

    def __repr__(self) -> str:
        *counts, rate = (f"{value} {word}" for value, word in self.figures)
        figures = f"{' → '.join(counts)} · {rate}"
        sentences = [f"{head}\u00a0: {text}" for head, text in self.lines]
        alerts = [f"À savoir\u00a0: {line}" for line in self.alerts]
        return "\n".join([self.title, self.subtitle, *alerts, figures, *sentences, self.limits, *self.notes])

    def html(self) -> str:
        """The page as a fragment of HTML."""
        return _HTML.render(s=self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, str], dict[str, Any]]:
        return with_file({"text/html": self.html(), "text/plain": repr(self)}, self.data, name=self.name)


def with_file(bundle: dict[str, str], data: pd.DataFrame, *, name: str) -> tuple[dict[str, str], dict[str, Any]]:
    """A bundle and its metadata, with the figures that a report writes beside its page."""
    file, secrecy = report_file(data)
    return bundle | file, {"rncp": {"name": name, **secrecy}} if file else {}


def recording(show: Show, kept: list[Publishable]) -> Show:
    """As ``show``; what it lets through is added to ``kept``."""

    def shown(estimates: Estimates) -> Publishable:
        kept.append(show(estimates))
        return kept[-1]

    return shown


def figures_of(kept: Iterable[Publishable]) -> pd.DataFrame:
    """Figures of several populations, each figure once, with those whom it counts in its row's "Champ"."""
    return together(one.frame.assign(**{CHAMP: labels.champ(one)}) for one in kept)
