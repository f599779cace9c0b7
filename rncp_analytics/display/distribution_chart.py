"""The distributions of all épreuves on one chart: one bar per épreuve, cut at 5, 8, 10, 12, 14 and 16."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from rncp_analytics.display import cohort_labels, french, labels
from rncp_analytics.display.figure import Chart
from rncp_analytics.display.labels import ordered, ordered_frame
from rncp_analytics.display.lecture import Row, fullest, notes, rate_lecture, short_rate, telling
from rncp_analytics.display.shape import require_figures
from rncp_analytics.display.theme import SOFT
from rncp_analytics.measures.marks import MARK_CLASSES
from rncp_analytics.measures.secrecy import Publishable

# Under 10 in the warm colours, from 10 on in the cold ones; the palest stand beside 10.
_COLOURS: Mapping[str, str] = dict(
    zip(MARK_CLASSES, ("#7a2e05", "#b3470a", "#f0c3a2", "#c5d0e2", "#6f93cf", "#3b62a8", "#14366f"), strict=True)
)
_HEIGHT = 0.75
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
    example = fullest(list(found.values()))
    told = notes(classes, rate_lecture(classes, telling(list(example.values()), example[MARK_CLASSES[3]])))
    return Chart(name, title, draw, lines, ordered_frame(classes), told, height=0.8 + 0.3 * len(names))


def _bar(axes: Axes, place: int, by_class: Mapping[str, Row]) -> None:
    why = _why_none(by_class)
    if why:
        axes.barh(place, 0, height=_HEIGHT)  # keeps the room of its row
        axes.annotate(f" {why}", (0, place), va="center", color=SOFT, fontsize=8)
        return
    start = 0.0
    for name, row in by_class.items():
        if row["reason"]:
            continue
        share = float(row["value"])
        axes.barh(place, share, left=start, color=_COLOURS[name], height=_HEIGHT, edgecolor="white", linewidth=0.5)
        if share >= _ROOM:
            ink = "black" if name in MARK_CLASSES[2:4] else "white"
            middle = (start + share / 2, place)
            axes.annotate(french.percent(share, 0), middle, ha="center", va="center", color=ink, fontsize=7)
        start += share
    hidden = [cohort_labels.SHORT_CLASSES[name] for name, row in by_class.items() if row["reason"]]
    if hidden:
        masked_rest(axes, place, start, ", ".join(hidden), height=_HEIGHT)


def masked_rest(axes: Axes, place: int, start: float, hidden: str, *, height: float) -> None:
    """The end of a bar of 100 %, dotted, after the parts that are shown, and beside it which ones are hidden."""
    axes.barh(place, 1 - start, left=start, height=height, facecolor="white", edgecolor=SOFT, linestyle=":")
    told = french.typography(f"masqué : {hidden}")
    axes.annotate(told, (1, place), xytext=(6, 0), textcoords="offset points", va="center", color=SOFT, fontsize=8)


def _why_none(by_class: Mapping[str, Row]) -> str:
    """Why nothing of an épreuve is given; "" where something is."""
    reasons = [row["reason"] for row in by_class.values()]
    return labels.REASONS[reasons[0]] if all(reasons) else ""


def _line(name: str, by_class: Mapping[str, Row]) -> str:
    why = _why_none(by_class)
    if why:
        return french.typography(f"{name} : {why}.")
    shares = ", ".join(f"{cohort_labels.CLASSES[k]} {_counted(row)}" for k, row in by_class.items())
    n = next(row["denominator"] for row in by_class.values() if not row["reason"])
    return french.typography(f"{name}, {french.number(n)} notes : {shares}.")


def _counted(row: Row) -> str:
    share = short_rate(row)
    return share if row["reason"] else f"{share} ({french.number(row['numerator'])})"
