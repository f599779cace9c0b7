"""The funnel: each group's rate by its number of candidates, between the limits that chance alone sets."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from rncp_analytics.display import french, labels
from rncp_analytics.display.chance import GROUPS, expected_count
from rncp_analytics.display.figure import Chart, percent_ticks
from rncp_analytics.display.labels import ordered, ordered_frame
from rncp_analytics.display.lecture import Row, notes, rate_lecture, rate_text
from rncp_analytics.display.notes import Notes
from rncp_analytics.display.shape import require_figures
from rncp_analytics.display.theme import ACCENT, GRID, LIGHT, SECOND, SOFT, THIRD
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import FEW
from rncp_analytics.measures.funnel import FUNNEL_COLUMNS, funnel_limits, limit_columns
from rncp_analytics.measures.secrecy import Publishable

_HALO = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.8}
_POSITIONS = {"low": "sous les limites", "within": "entre les limites", "high": "au-dessus des limites", "": ""}
_SIDES = {"low": "sous la limite basse", "high": "au-dessus de la limite haute"}
_FUNNEL_TITLES = ("Cible", "Dispersion (φ)", "Variance entre groupes (τ²)", "Position", "Niveau dépassé")
_STEPS = 200  # points of each curve
_NAME_HEIGHT = 0.045  # of a name beside its point, as a share of the axes' height
_MOST_NAMES = 12


def funnel_chart(judged: Publishable, *, name: str, title: str) -> Chart:
    """One dot per group between the limits; beyond them it is full and named. Too small a group isn't drawn.

    Parameters
    ----------
    judged : Publishable
        From :func:`rncp_analytics.funnel`, one funnel: one session, one target.
    name, title : str
        File name and French title.

    Raises
    ------
    CountsError
        Other figures, or several funnels. When nothing can be judged (one group alone, everybody passed, only small or
        hidden groups) the chart says it in words.
    """
    require_figures(judged)
    _require_one_funnel(judged)
    rows = ordered(judged)
    drawn = [row for row in rows if not row["reason"]]
    levels = _levels(judged.frame)
    if not drawn:
        return _nothing(judged, rows, name=name, title=title)

    def draw(axes: Axes) -> None:
        _curves(axes, drawn[0], max(row["denominator"] for row in drawn), levels)
        for row in drawn:
            axes.plot(row["denominator"], row["value"], "o", markersize=6, zorder=3, **_face(row))
        axes.set_ylim(*_view(drawn))
        axes.set_yticks(percent_ticks(*axes.get_ylim()))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: french.percent(value, 0)))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: french.number(value)))
        counted = labels.DENOMINATORS[drawn[0]["denominator_kind"]]
        axes.set_xlabel(f"{french.capital(counted)} (plein : au-delà des limites)", color=SOFT)
        axes.grid(color=GRID)
        axes.set_axisbelow(True)
        _names(axes, judged, [row for row in drawn if row["beyond"]])
        axes.legend(ncols=len(levels) + 1, loc="lower left", bbox_to_anchor=(0, 1), frameon=False, fontsize=8.5)

    lines = tuple(french.typography(f"{_named(judged, row)} : {_told(row)}.") for row in rows)
    frame = ordered_frame(judged)
    sides = frame["position"].where(frame["reason"] != "secret", "").map(_POSITIONS)
    data = frame.assign(position=sides).rename(columns=_titles(levels))
    return Chart(name, title, draw, lines, data, _notes(judged, drawn, levels), height=4.4)


def _nothing(judged: Publishable, rows: Sequence[Row], *, name: str, title: str) -> Chart:
    """The chart of groups none of which can be judged: why, in words."""
    groups = GROUPS.get(judged.by[-1], "groupes")
    why = " ; ".join(dict.fromkeys(labels.REASONS[row["reason"]] for row in rows))
    told = french.typography(f"Rien à comparer entre les {groups} : {why}.")

    def draw(axes: Axes) -> None:
        axes.set_axis_off()
        axes.annotate(told, (0.5, 0.5), xycoords="axes fraction", ha="center", color=SOFT)

    lines = tuple(french.typography(f"{_named(judged, row)} : {_told(row)}.") for row in rows)
    data = ordered_frame(judged).rename(columns=_titles(_levels(judged.frame)))
    return Chart(name, title, draw, lines, data, notes(judged, french.small(told)), height=1.2)


def _require_one_funnel(judged: Publishable) -> None:
    frame = judged.frame
    if not set(FUNNEL_COLUMNS) <= set(frame.columns):
        raise CountsError("Ces chiffres n'ont pas de limites", expected="le résultat de rncp.funnel(…)")
    if (frame[list(judged.by[:-1])].nunique() > 1).any():
        raise CountsError(
            "Ce graphique montre un seul entonnoir",
            where=f"reçu : {labels.champ(judged)}",
            expected="une session, un diplôme",
            remedy="choisir : comptes.where(session=…)",
        )


def _levels(frame: pd.DataFrame) -> list[float]:
    """The levels whose limits the frame carries, the widest last."""
    prefix = limit_columns(0.5)[0].removesuffix("50")
    found = [float(name.removeprefix(prefix)) / 100 for name in frame.columns if str(name).startswith(prefix)]
    return sorted(found)


def _curves(axes: Axes, row: Row, most: float, levels: Sequence[float]) -> None:
    """The target and the limits of each level, for every number of candidates of the view."""
    sizes = np.unique(np.geomspace(FEW, 1.05 * most, _STEPS).round())
    limits = funnel_limits(sizes, target=row["target"], levels=levels, between_variance=row["between_variance"])
    axes.axhline(row["target"], color=ACCENT, linewidth=0.9, label=f"ensemble : {french.percent(row['target'])}")
    for level, dashes in zip(levels, itertools.cycle(("--", "-", ":"))):
        for place, column in enumerate(limit_columns(level)):
            named = f"limites à {french.level(level)}" if place == 0 else None
            axes.plot(sizes, limits[column], dashes, color=THIRD, linewidth=1.1, label=named, zorder=2)
    axes.set_xlim(0, 1.06 * most)


def _view(drawn: Sequence[Row]) -> tuple[float, float]:
    rates = [row["value"] for row in drawn] + [drawn[0]["target"]]
    room = 0.1 * max(max(rates) - min(rates), 0.1)
    return max(min(rates) - room, -0.02), min(max(rates) + room, 1.02)


def _face(row: Row) -> dict[str, Any]:
    if not row["beyond"]:
        return {"color": LIGHT, "markerfacecolor": "white"}
    return {"color": SECOND if row["position"] == "low" else ACCENT}


def _names(axes: Axes, judged: Publishable, beyond: Sequence[Row]) -> None:
    """The name beside each dot, on the side that has room; of many, those that are furthest beyond."""
    (low, high), (_, most) = axes.get_ylim(), axes.get_xlim()
    furthest = sorted(beyond, key=lambda row: float(row["p_value"]))[:_MOST_NAMES]
    named = sorted(furthest, key=lambda row: float(row["value"]))
    places = _apart([row["value"] for row in named], (high - low) * _NAME_HEIGHT, high)
    for row, place in zip(named, places, strict=True):
        left = row["denominator"] > most / 2
        beside = row["denominator"] + (-0.012 if left else 0.012) * most
        axes.plot([row["denominator"], beside], [row["value"], place], color=SOFT, linewidth=0.6, zorder=2)
        axes.text(
            beside,
            place,
            _named(judged, row),
            ha="right" if left else "left",
            va="center",
            fontsize=9,
            bbox=_HALO,
            zorder=4,
        )


def _apart(places: Sequence[float], gap: float, top: float) -> list[float]:
    """The places, ascending, moved as little as it takes to stand ``gap`` from one another under ``top``.

    >>> _apart([1.0, 1.5, 9.0, 9.5], 1.0, 10.0)
    [1.0, 2.0, 8.5, 9.5]
    """
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + gap) if moved else place)
    limit = top - gap / 2
    for number in reversed(range(len(moved))):
        moved[number] = min(moved[number], limit)
        limit = moved[number] - gap
    return moved


def _named(judged: Publishable, row: Row) -> str:
    return labels.label(judged.by[-1], row[judged.by[-1]])


def _told(row: Row) -> str:
    """A dot in words: its counts, its rate, and where it stands."""
    if row["reason"] == "secret":
        return rate_text(row)
    counted = f"{french.number(row['numerator'])} sur {french.number(row['denominator'])} ; {rate_text(row)}"
    if row["reason"]:
        return counted
    if not row["beyond"]:
        return f"{counted}, entre les limites"
    side, column = _SIDES[row["position"]], limit_columns(row["beyond"])[row["position"] == "high"]
    return f"{counted}, {side} à {french.level(row['beyond'])}, qui est de {french.percent(row[column])}"


def _notes(judged: Publishable, drawn: Sequence[Row], levels: Sequence[float]) -> Notes:
    """Lecture of the dot that is furthest beyond the limits, and what the limits are."""
    row, widest = min(drawn, key=lambda row: float(row["p_value"])), levels[-1]
    low, high = (row[column] for column in limit_columns(widest))
    lecture = (
        f"{rate_lecture(judged, row)} Pour cet effectif, les limites à {french.level(widest)} autour du taux "
        f"d'ensemble ({french.percent(row['target'])}) vont de {french.interval(low, high)} %."
    )
    told = notes(judged, french.typography(lecture))
    groups = GROUPS.get(judged.by[-1], "groupes")
    outside = f"on en attend {expected_count(len(drawn), levels[0])} hors des limites à {french.level(levels[0])}"
    chance = f"Sur {len(drawn)} {groups}, {outside} sans rien de particulier."
    return replace(told, caveats=(*told.caveats, *map(french.typography, (_spread(row, len(drawn), groups), chance))))


def _spread(row: Row, count: int, groups: str) -> str:
    """Over-dispersion in words."""
    if row["between_variance"] == 0:
        return f"Les écarts entre {groups} sont de la taille que le hasard veut : les limites sont les siennes."
    if over_dispersed(row["dispersion"], count):
        return f"Les écarts entre {groups} sont plus grands que le hasard ne le veut : les limites en tiennent compte."
    return f"Les écarts entre {groups} dépassent à peine ceux que le hasard veut : les limites en tiennent compte."


def over_dispersed(dispersion: float, groups: int) -> bool:
    """Whether φ is beyond twice its own standard deviation by chance, √(2/K), of 1."""
    return dispersion > 1 + 2 * math.sqrt(2 / groups)


def _titles(levels: Sequence[float]) -> dict[str, str]:
    """French titles of the columns that only a funnel has."""
    sides = ("Limite basse", "Limite haute")
    limits = {
        column: f"{side} à {french.level(level)}"
        for level in levels
        for side, column in zip(sides, limit_columns(level), strict=True)
    }
    return {**dict(zip(FUNNEL_COLUMNS, _FUNNEL_TITLES, strict=True)), **limits}
