"""Chart of the time to the diploma: after each session, who has it, who left, who goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from rncp_analytics.display import french, labels
from rncp_analytics.display.distribution_chart import masked_rest
from rncp_analytics.display.figure import Chart
from rncp_analytics.display.history_tables import by_rank, counts_text, history_notes, session_name, share_text
from rncp_analytics.display.labels import ordered_frame
from rncp_analytics.display.lecture import Row, count_or_masked, short_rate
from rncp_analytics.display.shape import require_figures
from rncp_analytics.display.theme import ACCENT, INK, PALE, SECOND, SOFT
from rncp_analytics.measures.histories import HISTORY_STATISTICS
from rncp_analytics.measures.secrecy import Publishable

# What the bar shows in turn: its words, its look, the colour of its figure.
_PARTS: Mapping[str, tuple[str, Mapping[str, Any], str]] = {
    "diploma_incidence": ("Diplôme obtenu", {"color": ACCENT}, "white"),
    "exit_incidence": ("Sortis sans le diplôme", {"facecolor": "white", "edgecolor": SECOND, "hatch": "////"}, SECOND),
    "still_going": ("Encore en cours", {"color": PALE}, INK),
}
_HEIGHT = 0.66
_NARROW = 0.07  # a share below this has no room for its figure


def history_chart(found: Publishable, *, name: str, title: str) -> Chart:
    """One bar a session since entry, from 0 to 100 %: diploma obtained, left without it, still going.

    Parameters
    ----------
    found : Publishable
        From :func:`rncp_analytics.time_to_diploma`, without grouping. A session reached by too few candidates isn't
        drawn: a word stands in its place.
    name, title : str
        File name and French title.

    Raises
    ------
    CountsError
        Several groups, or other figures.
    """
    require_figures(found, by=("rank",), statistics=HISTORY_STATISTICS)
    sessions = by_rank(found)

    def draw(axes: Axes) -> None:
        for place, rows in enumerate(sessions):
            _bar(axes, place, rows)
        names = [
            f"{session_name(rows)} (n = {count_or_masked(rows['still_going'], 'denominator')})" for rows in sessions
        ]
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_xlim(0, 1)
        axes.xaxis.set_visible(False)
        axes.spines[["bottom", "left"]].set_visible(False)
        axes.tick_params(left=False)
        keys = [Patch(label=label, **style) for label, style, _ in _PARTS.values()]
        axes.legend(handles=keys, loc="lower left", bbox_to_anchor=(0, 1), ncols=len(keys), frameon=False)

    lines = tuple(_line(rows) for rows in sessions)
    return Chart(name, title, draw, lines, ordered_frame(found), history_notes(found), 1.1 + 0.42 * len(sessions))


def _bar(axes: Axes, place: int, rows: Mapping[str, Row]) -> None:
    if _is_untold(rows):
        why = labels.REASONS[rows["still_going"]["reason"]]
        axes.annotate(why, (0.5, place), ha="center", va="center", color=SOFT)
        return
    start = 0.0
    for statistic, (_, style, ink) in _PARTS.items():
        if rows[statistic]["reason"]:
            continue
        share = float(rows[statistic]["value"])
        axes.barh(place, share, left=start, height=_HEIGHT, **style)
        if share >= _NARROW:
            text = axes.annotate(
                short_rate(rows[statistic]), (start + share / 2, place), ha="center", va="center", color=ink
            )
            if statistic == "exit_incidence":  # hatched: the figure needs a ground of its own
                text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1.0})
        start += share
    hidden = [french.small(label) for statistic, (label, _, _) in _PARTS.items() if rows[statistic]["reason"]]
    if hidden:
        masked_rest(axes, place, start, ",\n".join(hidden), height=_HEIGHT)


def _is_untold(rows: Mapping[str, Row]) -> bool:
    return all(rows[statistic]["reason"] for statistic in _PARTS)


def _line(rows: Mapping[str, Row]) -> str:
    at_risk = rows["still_going"]
    counts = f"{session_name(rows)} : {', '.join(counts_text(rows))}"
    if _is_untold(rows):
        return french.typography(f"{counts} ; {labels.REASONS[at_risk['reason']]}.")
    shares = ", ".join(f"{label.lower()} {share_text(rows[statistic])}" for statistic, (label, _, _) in _PARTS.items())
    return french.typography(f"{counts} ; en cumul, {shares}.")
