"""What a gap is made of, in two bars that add up to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from rncp_analytics.display import french, labels
from rncp_analytics.display.adjusted_lecture import EFFECTS, effect_text, effect_verdict
from rncp_analytics.display.decomposition_tables import decomposition_notes, gap_cell, two_effects
from rncp_analytics.display.figure import Chart
from rncp_analytics.display.labels import ordered_frame
from rncp_analytics.display.lecture import Row, count_or_masked, judged, telling, verdict
from rncp_analytics.display.theme import ACCENT, GRID, INK, LIGHT, SOFT
from rncp_analytics.measures.secrecy import Publishable

_BAR = 0.34  # height of a bar, of which each gap has two
_STYLES: Mapping[str, dict[str, Any]] = {
    "composition_effect": {"facecolor": "white", "edgecolor": ACCENT, "hatch": "////"},
    "rate_effect": {"facecolor": LIGHT, "edgecolor": ACCENT},
}
_GAP: Mapping[str, Any] = {"color": INK, "linewidth": 2.2}
_HALO = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85}


def decomposition_chart(parts: Publishable, *, group: str, reference: str, name: str, title: str) -> Chart:
    """Two bars per gap, composition and rates, with their intervals; a vertical line stands at the gap itself.

    Parameters
    ----------
    parts : Publishable
        From :func:`rncp_analytics.decompose`, two-fold: by session, for instance.
    group, reference : str
        Named with their article ("l'option B").
    name, title : str
        File name and French title.

    Raises
    ------
    CountsError
        Other figures, or three-fold.
    """
    gaps = two_effects(parts)

    def draw(axes: Axes) -> None:
        axes.axvline(0, color=INK, linewidth=0.8, zorder=1)
        for place, effects in enumerate(gaps):
            _bars(axes, place, effects)
        axes.set_yticks(range(len(gaps)), [_tick(parts, effects) for effects in gaps])
        axes.set_ylim(len(gaps) - 0.4, -0.6)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=9, steps=[1, 2, 5, 10]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda gap, _: french.number(100 * gap, _digits(gap))))
        low, high = axes.get_xlim()
        axes.set_xlim(right=high + 0.1 * (high - low))  # room for what is written after the bars
        axes.set_xlabel("Points", color=SOFT, fontsize=8.5, loc="right")
        axes.grid(axis="x", color=GRID)
        axes.set_axisbelow(True)
        axes.spines["left"].set_visible(False)
        axes.tick_params(left=False)
        named: list[Patch | Line2D] = [Patch(**style, label=EFFECTS[name]) for name, style in _STYLES.items()]
        named.append(Line2D([], [], **_GAP, label="écart constaté"))
        axes.legend(handles=named, ncols=3, loc="lower left", bbox_to_anchor=(0, 1), frameon=False, fontsize=8.5)

    lines = tuple(_line(parts, effects) for effects in gaps)
    told = decomposition_notes(parts, gaps, sides=(group, reference))
    return Chart(name, title, draw, lines, ordered_frame(parts), told, height=1.0 + 0.55 * len(gaps))


def _bars(axes: Axes, place: int, effects: Mapping[str, Row]) -> None:
    """Both bars of one gap and the line of the gap, or a word where they are not told."""
    reasons = {row["reason"] for row in effects.values()}
    if not reasons & {"", "no_spread"}:
        _word(axes, place, verdict(effects["composition_effect"]))
        return
    for at, (name, style) in zip((place - _BAR / 2, place + _BAR / 2), _STYLES.items(), strict=True):
        row = effects[name]
        if row["reason"] == "secret":
            _word(axes, at, f"{EFFECTS[name]} : masqué")
            continue
        axes.barh(at, row["value"], height=_BAR, zorder=2, **style)
        end = max(row["value"], 0)
        if pd.notna(row["lower"]):
            axes.plot([row["lower"], row["upper"]], [at, at], color=INK, linewidth=1.2, zorder=3)
            end = max(end, row["upper"])
        text = french.points(row["value"])
        axes.annotate(
            text, (end, at), xytext=(8, 0), textcoords="offset points", va="center", fontsize=9, bbox=_HALO, zorder=5
        )
    if "secret" not in reasons:
        gap = sum(row["value"] for row in effects.values())
        axes.plot([gap, gap], [place - 1.25 * _BAR, place + 1.25 * _BAR], zorder=4, **_GAP)


def _word(axes: Axes, place: float, why: str) -> None:
    told, middle = french.typography(why), ("axes fraction", "data")
    axes.annotate(told, (0.5, place), xycoords=middle, va="center", ha="center", color=SOFT, bbox=_HALO, zorder=5)


def _digits(gap: float) -> int:
    return 0 if abs(gap * 100 - round(gap * 100)) < 1e-6 else 1


def _name(parts: Publishable, row: Row) -> str:
    return ", ".join(labels.label(b, row[b]) for b in parts.by) or "Ensemble"


def _counted(effects: Mapping[str, Row]) -> Row:
    """The effect whose numbers of candidates are told: those of both, unless secrecy hides one of them."""
    return telling(list(effects.values()), effects["composition_effect"])


def _tick(parts: Publishable, effects: Mapping[str, Row]) -> str:
    first = _counted(effects)
    if first["reason"] == "secret":
        return _name(parts, first)
    sizes = f"n = {french.number(first['denominator'])} et {french.number(first['reference_denominator'])}"
    total = gap_cell(list(effects.values()))
    named = _name(parts, first) if total == "–" else f"{_name(parts, first)} : {total}"
    return french.typography(f"{named}\n({sizes})")


def _line(parts: Publishable, effects: Mapping[str, Row]) -> str:
    """One gap in words: its counts, and the two effects with what may be said of them."""
    first = _counted(effects)
    if first["reason"] == "secret":
        return french.typography(f"{_name(parts, first)} : masqué.")
    counted = (
        f"{count_or_masked(first, 'numerator')} sur {count_or_masked(first, 'denominator')}, référence "
        f"{french.number(first['reference_numerator'])} sur {french.number(first['reference_denominator'])}"
    )
    total = gap_cell(list(effects.values()))
    if total == "–":
        return french.typography(f"{_name(parts, first)} : {counted} ; {verdict(first)}.")
    told = " ; ".join(
        f"{words} : masqué"
        if effects[name]["reason"] == "secret"
        else judged(f"{words} : {effect_text(effects[name])}", effect_verdict(effects[name]), ",")
        for name, words in EFFECTS.items()
    )
    return french.typography(f"{_name(parts, first)} : {counted} ; écart {total} ; {told}.")
