"""The distributions of all épreuves on one chart: one bar per épreuve, cut at 5, 8, 10, 12, 14 and 16."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from rncp_analytics.display import cohort_labels, french, labels
from rncp_analytics.display.figure import Chart
from rncp_analytics.display.labels import ordered, ordered_frame
from rncp_analytics.display.lecture import Row, notes, rate_lecture, short_rate
from rncp_analytics.display.shape import require_figures
from rncp_analytics.display.theme import SOFT
from rncp_analytics.measures.marks import MARK_CLASSES
from rncp_analytics.measures.secrecy import Publishable

# Under 10 in the warm colours, from 10 on in the cold ones; the palest stand beside 10.
_COLOURS: Mapping[str, str] = dict(
    zip(MARK_CLASSES, ("#7a2e05", "#b3470a", "#f0c3a2", "#c5d0e2", "#6f93cf", "#3b62a8", "#14366f"), strict=True)
)
_ROOM = 0.05  # shares of at least this are written in their bar


def distribution_chart(classes: Publishable, *, name: str, title: str) -> Chart:
    """Share of the marks in each class, épreuve by épreuve in exam order.

    Parameters
    ----------
    classes : Publishable
        From :func:`rncp_analytics.mark_classes`, by unit.
    name, title : str
        File name and French title.
    """
    require_figures(classes, by=("unit",), statistics=MARK_CLASSES)
    found: dict[str, dict[str, Row]] = {}
    for row in ordered(classes):
        found.setdefault(row["unit"], {})[row["statistic"]] = row
    names = [labels.label("unit", unit) for unit in found]

    def draw(axes: Axes) -> None:
        for place, by_class in enumerate(found.values()):
            _bar(axes, place, by_class)
        axes.set_yticks(range(len(names)), names, fontsize=9)
        axes.invert_yaxis()
        axes.set_xlim(0, 1)
        axes.xaxis.set_visible(False)
        axes.spines[["bottom", "left"]].set_visible(False)
        axes.tick_params(left=False)
        keys = [Patch(color=colour, label=cohort_labels.CLASSES[k]) for k, colour in _COLOURS.items()]
        axes.legend(handles=keys, ncols=4, loc="lower left", bbox_to_anchor=(-0.35, 1.0), frameon=False, fontsize=8)

    lines = tuple(_line(name, by_class) for name, by_class in zip(names, found.values(), strict=True))
    told = notes(classes, rate_lecture(classes, next(iter(found.values()))[MARK_CLASSES[3]]))
    return Chart(name, title, draw, lines, ordered_frame(classes), told, height=0.8 + 0.3 * len(names))


def _bar(axes: Axes, place: int, by_class: Mapping[str, Row]) -> None:
    hidden = by_class[MARK_CLASSES[0]]["reason"]
    if hidden:
        axes.annotate(f" {labels.REASONS[hidden]}", (0, place), va="center", color=SOFT, fontsize=8)
        return
    start = 0.0
    for name, row in by_class.items():
        share = float(row["value"])
        axes.barh(place, share, left=start, color=_COLOURS[name], height=0.75, edgecolor="white", linewidth=0.5)
        if share >= _ROOM:
            ink = "black" if name in MARK_CLASSES[2:4] else "white"
            middle = (start + share / 2, place)
            axes.annotate(french.percent(share, 0), middle, ha="center", va="center", color=ink, fontsize=7)
        start += share


def _line(name: str, by_class: Mapping[str, Row]) -> str:
    first = by_class[MARK_CLASSES[0]]
    if first["reason"]:
        return french.typography(f"{name} : {labels.REASONS[first['reason']]}.")
    shares = ", ".join(
        f"{cohort_labels.CLASSES[k]} {short_rate(row)} ({french.number(row['numerator'])})"
        for k, row in by_class.items()
    )
    return french.typography(f"{name}, {french.number(first['denominator'])} notes : {shares}.")
