"""Charts of a cohort with marks: a distribution in classes, and CCF against ponctuel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from rncp_analytics.display import cohort_labels, french, labels
from rncp_analytics.display.figure import Chart
from rncp_analytics.display.labels import ordered, ordered_frame
from rncp_analytics.display.lecture import (
    Row,
    count_or_masked,
    notes,
    rate_lecture,
    short_rate,
    verdict,
)
from rncp_analytics.display.mark_lecture import mode_lecture, mode_text
from rncp_analytics.display.shape import require_figures
from rncp_analytics.display.theme import ACCENT, GRID, LIGHT, SECOND, SOFT
from rncp_analytics.display.unit_columns import BELOW_TEN
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.marks import MARK_CLASSES
from rncp_analytics.measures.secrecy import Publishable

_NONE = "aucun établissement à montrer"
_AREA = 2  # square points of a dot, per candidate
_MODE_AXIS = "Moyenne des épreuves ponctuelles (sur la diagonale : égale à celle des CCF"


def mark_chart(classes: Publishable, *, name: str, title: str) -> Chart:
    """Distribution of the marks of one épreuve in classes: one bar each, with its number of marks and its share.

    Parameters
    ----------
    classes : Publishable
        From :func:`rncp_analytics.mark_classes`, of one group: keep one unit with ``counts.where(unit="U2")``.
    name, title : str
        File name and French title.

    Raises
    ------
    CountsError
        Several groups, or other figures.
    """
    require_figures(classes, statistics=MARK_CLASSES)
    rows = ordered(classes)
    if len(rows) != len(MARK_CLASSES):
        raise CountsError(
            "Ce graphique montre une seule distribution",
            expected="les notes d'une épreuve, d'un groupe",
            remedy="choisir l'épreuve : comptes.where(unit=…)",
        )
    names = [french.capital(cohort_labels.CLASSES[row["statistic"]]) for row in rows]

    def draw(axes: Axes) -> None:
        lengths = [0 if row["reason"] == "secret" else row["numerator"] for row in rows]
        for place, (row, length) in enumerate(zip(rows, lengths, strict=True)):
            axes.barh(place, length, color=LIGHT if row["statistic"] in BELOW_TEN else ACCENT, height=0.7)
            axes.annotate(_counted(row), (length, place), xytext=(6, 0), textcoords="offset points", va="center")
        axes.set_yticks(range(len(rows)), names)
        axes.invert_yaxis()
        axes.set_xlim(0, max(*lengths, 1) * 1.3)
        axes.xaxis.set_visible(False)
        axes.spines[["bottom", "left"]].set_visible(False)
        axes.tick_params(left=False)

    lines = tuple(french.typography(f"{named} : {_counted(row)}.") for named, row in zip(names, rows, strict=True))
    most = max((row for row in rows if row["reason"] != "secret"), key=lambda r: float(r["numerator"]), default=rows[0])
    return Chart(name, title, draw, lines, ordered_frame(classes), notes(classes, rate_lecture(classes, most)), 2.8)


def mode_chart(gaps: Publishable, *, rest: Publishable | None = None, name: str, title: str) -> Chart:
    """One dot per school: mean of its candidates in CCF against their mean in ponctuel, its area their number.

    The two modes mark different units, so nearly all schools stand on the same side of the diagonal; with ``rest`` a
    line shows the gap of all the candidates, a full dot a school whose gap differs from that of all the others beyond
    chance, a hollow one a school whose gap doesn't. The text begins with the full dots: it is no ranking. A school
    with too few candidates isn't drawn.

    Parameters
    ----------
    gaps : Publishable
        From :func:`rncp_analytics.mode_gap`, by school.
    rest : Publishable, optional
        From :func:`rncp_analytics.mode_gap_to_rest`, of the same candidates. No profile of diffusion lets it out.
    name, title : str
        File name and French title.

    Raises
    ------
    CountsError
        Other figures, or not those of the same schools.
    """
    require_figures(gaps, by=("school",), statistics=("mode_gap",), comparison=True)
    compared = {} if rest is None else _compared(gaps, rest)
    beyond = {school for school, row in compared.items() if verdict(row) == "au-delà du hasard"}
    rows = sorted(ordered(gaps), key=lambda row: (bool(row["reason"]), row["school"] not in beyond))
    drawn = [row for row in rows if not row["reason"]]
    overall = _overall_gap(compared)

    def draw(axes: Axes) -> None:
        means = [mean for row in drawn for mean in (row["estimate"], _ponctuel(row))] or [10.0]
        low, high = min(means) - 0.5, max(means) + 0.5
        axes.plot([low, high], [low, high], color=SOFT, linewidth=0.9, zorder=1)
        if overall is not None:
            axes.plot([low, high], [low + overall, high + overall], "--", color=SOFT, linewidth=1.1, zorder=1)
        for row in drawn:
            _dot(axes, row, full=row["school"] in beyond)
        _size_legend(axes, [int(row["denominator"]) for row in drawn])
        axes.set(xlim=(low, high), ylim=(low, high))
        _name_modes(axes, compared=bool(compared))

    lines = tuple(
        french.typography(f"{labels.label('school', row['school'])} : {mode_text(row, compared.get(row['school']))}.")
        for row in rows
    )
    said = notes(gaps, mode_lecture(gaps, rows[0], compared.get(rows[0]["school"])))
    told = replace(said, caveats=(*said.caveats, *_by_chance(compared)))
    data = pd.concat([ordered_frame(figures) for figures in (gaps, rest) if figures is not None], ignore_index=True)
    return Chart(name, title, draw, lines, data, told, height=4.4)


def _compared(gaps: Publishable, rest: Publishable) -> dict[str, Row]:
    require_figures(rest, by=("school",), statistics=("mode_gap_to_rest",), comparison=True)
    if (rest.frame["reason"] == "secret").all():  # hidden altogether: the gaps alone are drawn, without their line
        return {}
    ours, theirs = (p.frame.set_index("school")["denominator"] for p in (gaps, rest))
    alike = set(ours.index) == set(theirs.index)
    both = (ours - theirs).dropna()  # of the others secrecy hides one number
    if not alike or both.any() or (gaps.scope, gaps.source) != (rest.scope, rest.source):
        raise CountsError(
            "Les écarts et leur comparaison ne sont pas ceux des mêmes établissements",
            expected="mode_gap(modes, by=['school']) et mode_gap_to_rest(modes) des mêmes comptes",
        )
    return {row["school"]: row for row in ordered(rest)}


def _overall_gap(compared: Mapping[str, Row]) -> float | None:
    """Mean gap of all the candidates: that of any school and of all the others, put together."""
    told = (row for row in compared.values() if row["reason"] != "secret")
    whole = next((row for row in told if row["denominator"] and row["reference_denominator"]), None)
    if whole is None:
        return None
    points, n = (float(whole[name] + whole[f"reference_{name}"]) for name in ("numerator", "denominator"))
    return points / n


def _dot(axes: Axes, row: Row, *, full: bool) -> None:
    colour = SECOND if full else ACCENT
    axes.scatter(
        _ponctuel(row),
        row["estimate"],
        s=_AREA * row["denominator"],
        color=colour if full else "none",
        edgecolor=colour,
        alpha=0.8,
        zorder=2,
    )


def _size_legend(axes: Axes, sizes: list[int]) -> None:
    """What the area of a dot means, by the smallest and the largest; a word where there is none."""
    if not sizes:
        axes.annotate(_NONE, (0.3, 0.7), xycoords="axes fraction", ha="center", color=SOFT)
        return
    shown = sorted({min(sizes), max(sizes)})
    dots = [axes.scatter([], [], s=_AREA * n, color="none", edgecolor=SOFT) for n in shown]
    names = [french.plural(n, "candidat", "candidats") for n in shown]
    axes.legend(dots, names, loc="best", frameon=False, fontsize=8.5, labelspacing=0.9, labelcolor=SOFT)


def _name_modes(axes: Axes, *, compared: bool) -> None:
    line = " ; tirets : écart d'ensemble)" if compared else ")"
    axes.set_xlabel(french.typography(_MODE_AXIS + line), color=SOFT, fontsize=9)
    full = " (plein : écart qui diffère de celui des autres)" if compared else ""
    axes.set_ylabel(french.typography(f"Moyenne des CCF{full}"), color=SOFT, fontsize=9)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: french.number(value, 1)))
    axes.grid(color=GRID)
    axes.set_axisbelow(True)


def _by_chance(compared: Mapping[str, Row]) -> list[str]:
    """How many of the schools would stand out although all of them mark alike."""
    tested = [row for row in compared.values() if not row["reason"] and pd.notna(row["lower"])]
    if not tested:
        return []
    expected = len(tested) * (1 - tested[0]["confidence"])
    n = french.plural(len(tested), "établissement comparé", "établissements comparés")
    return [french.typography(f"Sur {n}, le seul hasard en ferait ressortir {french.number(expected, 1)} en moyenne.")]


def _ponctuel(row: Row) -> float:
    return float(row["reference_numerator"] / row["reference_denominator"])


def _counted(row: Row) -> str:
    count = count_or_masked(row, "numerator")
    return count if row["reason"] else f"{count} ({short_rate(row)})"
