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
    flow_lecture,
    gap_lecture,
    gap_text,
    notes,
    rate_lecture,
    rate_text,
    telling,
    verdict,
)
from rncp_analytics.display.shape import levels, require_figures
from rncp_analytics.display.theme import ACCENT, GRID, INK, LIGHT, PALE, SECOND, SOFT
from rncp_analytics.measures.rates import FLOW
from rncp_analytics.measures.secrecy import Publishable, require_publishable

Row = Mapping[Any, Any]
_HALO = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85}
_GAP_AXIS = "Écart en points (plein : au-delà du hasard ; vide : compatible avec le hasard)"
_BARS = ("present", "passed_first_group", "control_allowed", "passed")


def flow_chart(flow: Publishable, *, name: str, title: str) -> Chart:
    """From présents to admis in four bars; the bar of the contrôle tells its admis from its refused.

    Parameters
    ----------
    flow : Publishable
        From :func:`rncp_analytics.flow`, without grouping: one population.
    name, title : str
        File name and French title.

    Raises
    ------
    CountsError
        The flow is that of several groups.
    """
    require_figures(flow, by=(), statistics=FLOW)
    steps = {r["statistic"]: r for r in flow.frame.to_dict("records")}
    hidden = steps["present"]["reason"] == "secret"

    def draw(axes: Axes) -> None:
        for place, step in enumerate(_BARS):
            if hidden:
                axes.annotate("masqué", (0, place), xytext=(6, 0), textcoords="offset points", va="center", color=SOFT)
            else:
                _flow_bar(axes, place, step, steps)
        axes.set_yticks(range(len(_BARS)), [labels.FLOW[s].replace(" (2nd groupe)", "\n(2nd groupe)") for s in _BARS])
        axes.invert_yaxis()
        present, allowed = (0 if hidden else steps[s]["numerator"] for s in ("present", "control_allowed"))
        axes.set_xlim(0, max(present * 1.24, allowed * 1.7, 1))  # room for what is written after each bar
        axes.xaxis.set_visible(False)
        axes.spines[["bottom", "left"]].set_visible(False)
        axes.tick_params(left=False)

    lines = tuple(_step_line(step, steps[step]) for step in labels.FLOW)
    return Chart(
        name,
        title,
        draw,
        lines,
        flow.frame,
        notes(flow, flow_lecture({step: row["numerator"] for step, row in steps.items()})),
        height=2.4,
    )


def _flow_bar(axes: Axes, place: int, step: str, steps: Mapping[str, Row]) -> None:
    """One bar; the admis of the contrôle wear the same light blue in their own bar and in the total."""
    count = steps[step]["numerator"]
    saved, early = steps["passed_after_control"]["numerator"], steps["passed_first_group"]["numerator"]
    if step == "control_allowed":
        axes.barh(place, saved, color=LIGHT, height=0.62)
        axes.barh(place, count - saved, left=saved, color="white", edgecolor=SECOND, hatch="////", height=0.62)
    elif step == "passed":
        axes.barh(place, early, color=ACCENT, height=0.62)
        axes.barh(place, saved, left=early, color=LIGHT, height=0.62)
    else:
        axes.barh(place, count, color=PALE if step == "present" else ACCENT, edgecolor=ACCENT, height=0.62)
    share = "" if step == "present" or steps[step]["reason"] else f" ({french.percent(steps[step]['value'])})"
    text = french.number(count) + share
    if step == "control_allowed":
        text += f" :\n{french.number(saved)} admis, {french.plural(count - saved, 'refusé', 'refusés')} (hachures)"
    axes.annotate(french.typography(text), (count, place), xytext=(6, 0), textcoords="offset points", va="center")


def _step_line(step: str, row: Row) -> str:
    text = f"{labels.FLOW[step]} : {count_or_masked(row, 'numerator')}"
    if step in ("registered", "present") or row["reason"]:
        return french.typography(f"{text}.")
    return french.typography(
        f"{text}, soit {french.percent(row['value'])} des {french.number(row['denominator'])} présents."
    )


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
    return Chart(name, title, draw, lines, gaps.frame, told, height=_height(rows))


def _alike(adjusted: Publishable | None) -> tuple[str, ...]:
    """Whether the gap is the same from group to group, from the test that came with the adjusted gap."""
    if adjusted is None:
        return ()
    require_figures(adjusted, by=(), statistics=("breslow_day",), comparison=True)
    (row,) = (row for row in ordered(adjusted) if row["statistic"] == "breslow_day")
    return tuple(filter(None, [french.typography(homogeneity_text(row))]))


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
    first = french.de(labels.label("academie", ordered(gaps)[0]["academie"]))
    return gap_chart(gaps, group=f"l'académie {first}", reference="les autres académies", name=name, title=title)


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
    if row.get("reference", "rest") not in ("rest", "published"):
        n += f" et {french.number(row['reference_denominator'])}"
    return f"{_row_name(shown, row)} (n = {n})"


def _row_name(shown: Publishable, row: Row) -> str:
    by = [b for b in shown.by if b != "session" or len(shown.by) == 1]
    return ", ".join(labels.label(b, row[b]) for b in by) or "Ensemble"


def _counted(row: Row) -> str:
    return f"{count_or_masked(row, 'numerator')} sur {count_or_masked(row, 'denominator')}"
