"""The charts of the official report, each from one Publishable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from rncp_analytics.display import french, labels
from rncp_analytics.display.adjusted_lecture import homogeneity_text
from rncp_analytics.display.chance import with_chance
from rncp_analytics.display.figure import Chart, percent_ticks
from rncp_analytics.display.labels import ordered
from rncp_analytics.display.lecture import (
    count_or_masked,
    gap_lecture,
    gap_text,
    notes,
    rate_lecture,
    rate_text,
    telling,
    verdict,
)
from rncp_analytics.display.shape import levels, require_figures
from rncp_analytics.display.spreadsheet import together
from rncp_analytics.display.theme import ACCENT, GRID, INK, SECOND, SOFT
from rncp_analytics.measures.secrecy import Publishable, require_publishable

Row = Mapping[Any, Any]
_HALO = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85}
_GAP_AXIS = "Écart en points (plein : au-delà du hasard ; vide : compatible avec le hasard)"
_COUNTS = ("numerator", "denominator", "reference_numerator", "reference_denominator")


def rate_chart(rates: Publishable, *, name: str, title: str) -> Chart:
    """Rates of the groups of one dimension, each with its interval and its number of candidates.

    Parameters
    ----------
    rates : Publishable
        From :func:`rncp_analytics.rates`, by one dimension. A rate on too few candidates is not drawn: a
        word stands in its place.
    name, title : str
        File name and French title.
    """
    require_figures(rates)
    rows = ordered(rates)

    def draw(axes: Axes) -> None:
        for place, row in enumerate(rows):
            _point(axes, place, row, rate_text(row), colour=ACCENT, filled=True)
        _horizontal(axes, [_group_label(rates, row) for row in rows])
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: french.percent(v, 0)))
        axes.set_xlim(right=min(axes.get_xlim()[1], 1.0) + 0.35 * (axes.get_xlim()[1] - axes.get_xlim()[0]))
        axes.set_xticks(percent_ticks(*axes.get_xlim()))

    lines = tuple(_line(rates, row, f"{_counted(row)} ; {rate_text(row)}") for row in rows)
    told = notes(rates, rate_lecture(rates, telling(rows, rows[0])))
    return Chart(name, title, draw, lines, rates.frame, told, height=_height(rows))


def gap_chart(
    gaps: Publishable, *, group: str, reference: str, adjusted: Publishable | None = None, name: str, title: str
) -> Chart:
    """Gaps in points around zero; a full point is beyond chance, a hollow one compatible with it.

    Parameters
    ----------
    gaps : Publishable
        Gaps of one session: by "academie", "candidate_status"…
    group, reference : str
        Named with their article ("l'option B"), for the sentence under the chart.
    adjusted : Publishable, optional
        From :func:`rncp_analytics.adjusted_gap` with these groups as strata: what its test of homogeneity says of them
        is told under the chart.
    name, title : str
        File name and French title.
    """
    require_figures(gaps, comparison=True)
    rows = ordered(gaps)

    def draw(axes: Axes) -> None:
        axes.axvline(0, color=INK, linewidth=0.8, zorder=1)
        for place, row in enumerate(rows):
            beyond = verdict(row) == "au-delà du hasard"
            colour = SECOND if beyond and row["value"] < 0 else ACCENT
            _point(axes, place, row, _short_gap(row), colour=colour, filled=beyond)
        _horizontal(axes, [_group_label(gaps, row) for row in rows])
        axes.xaxis.set_major_locator(MaxNLocator(nbins=9, steps=[1, 2, 5, 10]))
        axes.xaxis.set_major_formatter(FuncFormatter(_points_tick))
        axes.set_xlabel(
            french.typography(_GAP_AXIS if levels(gaps) else "Écart en points"), color=SOFT, fontsize=8.5, loc="right"
        )
        axes.set_xlim(right=axes.get_xlim()[1] + 0.22 * (axes.get_xlim()[1] - axes.get_xlim()[0]))

    lines = tuple(
        _line(gaps, row, f"{_counted(row)}, référence {_reference(row)} ; écart {_gap_and_verdict(row)}")
        for row in rows
    )
    told = with_chance(notes(gaps, gap_lecture(gaps, telling(rows, rows[0]), group=group, reference=reference)), gaps)
    told = replace(told, caveats=(*_alike(adjusted), *told.caveats))
    data = gaps.frame if adjusted is None else together([gaps.frame, _test_alone(adjusted)])
    return Chart(name, title, draw, lines, data, told, height=_height(rows))


def _alike(adjusted: Publishable | None) -> tuple[str, ...]:
    """Whether the gap is the same from group to group, from the test that came with the adjusted gap."""
    if adjusted is None:
        return ()
    require_figures(adjusted, by=(), statistics=("breslow_day",), comparison=True)
    (row,) = (row for row in ordered(adjusted) if row["statistic"] == "breslow_day")
    return tuple(filter(None, [french.typography(homogeneity_text(row))]))


def _test_alone(adjusted: Publishable) -> pd.DataFrame:
    """The test that is told; its counts beside those of the gaps would tell how few candidates it left aside."""
    test = adjusted.frame[adjusted.frame["statistic"] == "breslow_day"]
    return test.assign(**dict.fromkeys(_COUNTS, float("nan")))


def academie_chart(gaps: Publishable, *, name: str, title: str) -> Chart:
    """Each académie's gap to France without itself, in alphabetical order: not a ranking.

    Parameters
    ----------
    gaps : Publishable
        From :func:`rncp_analytics.gap_to_rest` by académie, one session.
    name, title : str
        File name and French title.
    """
    require_publishable(gaps)
    require_figures(gaps, by={"academie", *gaps.by}, comparison=True)
    rows = ordered(gaps)
    told = french.de(labels.label("academie", telling(rows, rows[0])["academie"]))
    return gap_chart(gaps, group=f"l'académie {told}", reference="les autres académies", name=name, title=title)


def _line(shown: Publishable, row: Row, text: str) -> str:
    """One row in words; nothing of it but its name where a profile of secrecy hides it."""
    return french.typography(f"{_row_name(shown, row)} : {'masqué' if row['reason'] == 'secret' else text}.")


def _reference(row: Row) -> str:
    if row["reason"] == "secret":
        return "masquée"
    if pd.isna(row["reference_denominator"]):
        return f"{french.percent(row['estimate'] - row['value'])} (chiffre publié)"
    return f"{french.number(row['reference_numerator'])} sur {french.number(row['reference_denominator'])}"


def _gap_and_verdict(row: Row) -> str:
    return gap_text(row) if row["reason"] else ", ".join(part for part in (gap_text(row), verdict(row)) if part)


def _short_gap(row: Row) -> str:
    return verdict(row) if row["reason"] else french.points(row["value"])


def _point(axes: Axes, place: int, row: Row, text: str, *, colour: str, filled: bool) -> None:
    if row["reason"]:
        axes.annotate(text, (0.5, place), xycoords=("axes fraction", "data"), va="center", ha="center", color=SOFT)
        return
    if pd.notna(row["lower"]):
        axes.plot([row["lower"], row["upper"]], [place, place], color=colour, linewidth=1.6, zorder=2)
    axes.plot(
        row["value"],
        place,
        "o",
        color=colour,
        markerfacecolor=colour if filled else "white",
        markersize=7,
        zorder=3,
    )
    end = row["upper"] if pd.notna(row["upper"]) else row["value"]
    axes.annotate(text, (end, place), xytext=(8, 0), textcoords="offset points", va="center", fontsize=9, bbox=_HALO)


def _points_tick(gap: float, _: int | None) -> str:
    whole = abs(gap * 100 - round(gap * 100)) < 1e-6
    return french.number(gap * 100, 0 if whole else 1)


def _horizontal(axes: Axes, names: list[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(axis="x", color=GRID)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    axes.tick_params(left=False)


def _height(rows: Sequence[Row]) -> float:
    return 0.7 + 0.27 * len(rows)


def _group_label(shown: Publishable, row: Row) -> str:
    if row["reason"] == "secret":
        return _row_name(shown, row)
    n = french.number(row["denominator"])
    if row.get("reference", "rest") not in ("rest", "rest_of_country", "published"):
        n += f" et {french.number(row['reference_denominator'])}"
    return f"{_row_name(shown, row)} (n = {n})"


def _row_name(shown: Publishable, row: Row) -> str:
    by = [b for b in shown.by if b != "session" or len(shown.by) == 1]
    return ", ".join(labels.label(b, row[b]) for b in by) or "Ensemble"


def _counted(row: Row) -> str:
    return f"{count_or_masked(row, 'numerator')} sur {count_or_masked(row, 'denominator')}"
