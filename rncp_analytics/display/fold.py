"""Texts folded under their title: a reference is there without being in the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jinja2

_HTML = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    """\
{% for fold in folds %}
<details class="rncp-fold">
<summary>{{ fold.title }}</summary>
{% for line in fold.lines %}
<p>{{ line }}</p>
{% endfor %}
</details>
{% endfor %}"""
)


@dataclass(frozen=True)
class Fold:
    """A title and the lines under it."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Folds:
    """Folded texts, one under the other."""

    folds: tuple[Fold, ...]

    def __repr__(self) -> str:
        return "\n\n".join("\n".join([fold.title, *fold.lines]) for fold in self.folds)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": _HTML.render(folds=self.folds), "text/plain": repr(self)}
