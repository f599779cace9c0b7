"""A page of sentences: the first thing an inspector reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jinja2

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
    """

    title: str
    subtitle: str
    figures: tuple[tuple[str, str], ...]
    lines: tuple[tuple[str, str], ...]
    limits: str
    notes: tuple[str, ...]
    alerts: tuple[str, ...] = ()

    def __repr__(self) -> str:
        *counts, rate = (f"{value} {word}" for value, word in self.figures)
        figures = f"{' → '.join(counts)} · {rate}"
        sentences = [f"{head}\u00a0: {text}" for head, text in self.lines]
        alerts = [f"À savoir\u00a0: {line}" for line in self.alerts]
        return "\n".join([self.title, self.subtitle, *alerts, figures, *sentences, self.limits, *self.notes])

    def html(self) -> str:
        """The page as a fragment of HTML."""
        return _HTML.render(s=self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": repr(self)}
