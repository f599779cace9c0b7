"""Charts of a cohort with marks: a distribution in classes, and CCF against ponctuel."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from rncp_analytics.display import cohort_labels, french, labels
from rncp_analytics.display.figure import Chart
from rncp_analytics.display.labels import ordered, ordered_frame
from rncp_analytics.display.lecture import Row, count_or_masked, mode_text, notes, rate_lecture, short_rate, verdict
from rncp_analytics.display.shape import require_figures
from rncp_analytics.display.theme import ACCENT, GRID, LIGHT, SECOND, SOFT
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.marks import MARK_CLASSES
from rncp_analytics.measures.secrecy import Publishable

_BELOW = MARK_CLASSES[:3]  # under 10: a paler bar
_NONE = "aucun établissement à montrer"


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
    require_figures(classes, statistics=MARK_CLASSES, may_be_hidden=True)
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
            axes.barh(place, length, color=LIGHT if row["statistic"] in _BELOW else ACCENT, height=0.7)
            axes.annotate(_counted(row), (length, place), xytext=(6, 0), textcoords="offset points", va="center")
        axes.set_yticks(range(len(rows)), names)
        axes.invert_yaxis()
        axes.set_xlim(0, max(*lengths, 1) * 1.3)
        axes.xaxis.set_visible(False)
        axes.spines[["bottom", "left"]].set_visible(False)
        axes.tick_params(left=False)

    lines = tuple(french.typography(f"{named} : {_counted(row)}.") for named, row in zip(names, rows, strict=True))
    fullest = max(rows, key=lambda row: float(row["numerator"]))
    return Chart(name, title, draw, lines, ordered_frame(classes), notes(classes, rate_lecture(classes, fullest)), 2.8)


def mode_chart(gaps: Publishable, *, name: str, title: str) -> Chart:
    """One dot per school: mean of its candidates in CCF against their mean in ponctuel, its area their number.

    A full dot is a gap beyond chance, a hollow one is compatible with it; a school with too few candidates isn't drawn.

    Parameters
    ----------
    gaps : Publishable
        From :func:`rncp_analytics.mode_gap`, by school.
    name, title : str
        File name and French title.
    """
    require_figures(gaps, by=("school",), statistics=("mode_gap",), comparison=True, may_be_hidden=True)
    rows = ordered(gaps)
    drawn = [row for row in rows if not row["reason"]]

    def draw(axes: Axes) -> None:
        means = [mean for row in drawn for mean in (row["estimate"], _ponctuel(row))] or [10.0]
        low, high = min(means) - 0.5, max(means) + 0.5
        axes.plot([low, high], [low, high], color=SOFT, linewidth=0.9, zorder=1)
        for row in drawn:
            beyond = verdict(row) == "au-delà du hasard"
            colour = SECOND if beyond else ACCENT
            face = colour if beyond else "white"
            area = 2 * row["denominator"]
            axes.scatter(_ponctuel(row), row["estimate"], s=area, color=face, edgecolor=colour, alpha=0.8, zorder=2)
        if not drawn:
            axes.annotate(_NONE, (0.3, 0.7), xycoords="axes fraction", ha="center", color=SOFT)
        axes.set(xlim=(low, high), ylim=(low, high))
        axes.set_xlabel("Moyenne des épreuves ponctuelles (sur la diagonale : égale à celle des CCF)", color=SOFT)
        axes.set_ylabel("Moyenne des CCF (plein : écart au-delà du hasard)", color=SOFT, fontsize=9)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda value, _: french.number(value, 1)))
        axes.grid(color=GRID)
        axes.set_axisbelow(True)

    lines = tuple(french.typography(f"{labels.label('school', row['school'])} : {mode_text(row)}.") for row in rows)
    told = notes(gaps, lines[rows.index(drawn[0] if drawn else rows[0])])
    return Chart(name, title, draw, lines, ordered_frame(gaps), told, height=4.4)


def _ponctuel(row: Row) -> float:
    return float(row["reference_numerator"] / row["reference_denominator"])


def _counted(row: Row) -> str:
    count = count_or_masked(row, "numerator")
    return count if row["reason"] else f"{count} ({short_rate(row)})"
