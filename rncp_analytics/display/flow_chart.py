"""The flow of one population in four bars, from présents to admis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from rncp_analytics.display import french, labels
from rncp_analytics.display.figure import Chart
from rncp_analytics.display.lecture import Row, count_or_masked, flow_lecture, notes
from rncp_analytics.display.shape import require_figures
from rncp_analytics.display.theme import ACCENT, LIGHT, PALE, SECOND
from rncp_analytics.measures.rates import FLOW
from rncp_analytics.measures.secrecy import Publishable

_WHOLE: Mapping[str, Any] = {"color": PALE, "edgecolor": ACCENT}
_WAITING: Mapping[str, Any] = {"color": "white", "edgecolor": SECOND}


class _Part(NamedTuple):
    """A step as a part of a bar: its look, and its words where it is hidden."""

    step: str
    look: Mapping[str, Any]
    masked: str


# The admis of the contrôle wear the same light blue in their own bar and in the total.
_BARS: Mapping[str, tuple[_Part, ...]] = {
    "present": (_Part("present", _WHOLE, "masqué"),),
    "passed_first_group": (_Part("passed_first_group", {"color": ACCENT, "edgecolor": ACCENT}, "masqué"),),
    "control_allowed": (
        _Part("passed_after_control", {"color": LIGHT}, "admis masqués"),
        _Part("refused_after_control", {"color": "white", "edgecolor": SECOND, "hatch": "////"}, "refusés masqués"),
    ),
    "passed": (
        _Part("passed_first_group", {"color": ACCENT}, "1er groupe masqué"),
        _Part("passed_after_control", {"color": LIGHT}, "contrôle masqué"),
    ),
}


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

    def draw(axes: Axes) -> None:
        for place, step in enumerate(_BARS):
            _bar(axes, place, step, steps)
        axes.set_yticks(range(len(_BARS)), [labels.FLOW[s].replace(" (2nd groupe)", "\n(2nd groupe)") for s in _BARS])
        axes.invert_yaxis()
        shown = {step: row["numerator"] for step, row in steps.items() if _is_shown(row)}
        longest = max((shown[step] for step in _BARS if step in shown), default=0)
        room = 1.24 if len(shown) == len(steps) else 1.5  # for what follows a bar, longer where parts are hidden
        axes.set_xlim(0, max(longest * room, shown.get("control_allowed", 0) * 1.7, 1))
        axes.xaxis.set_visible(False)
        axes.spines[["bottom", "left"]].set_visible(False)
        axes.tick_params(left=False)

    lines = tuple(_step_line(step, steps[step]) for step in labels.FLOW)
    lecture = flow_lecture({step: row["numerator"] for step, row in steps.items()})
    return Chart(name, title, draw, lines, flow.frame, notes(flow, lecture), height=2.4)


def _bar(axes: Axes, place: int, step: str, steps: Mapping[str, Row]) -> None:
    """One bar cut in its parts; in one piece where a part is hidden, its first part where the whole is."""
    whole, parts = steps[step], _BARS[step]
    shown = [_is_shown(steps[part.step]) for part in parts]
    drawn = [(steps[part.step]["numerator"], part.look) for part in parts]
    drawn += [(waiting, _WAITING)] if (waiting := _waiting(whole, [count for count, _ in drawn])) else []
    if not _is_shown(whole):
        drawn = drawn[:1] if shown[0] and len(parts) > 1 else [(0, _WHOLE)]  # without a bar the row would have no room
    elif not all(shown):
        drawn = [(whole["numerator"], _WHOLE)]
    start = 0.0
    for count, look in drawn:
        axes.barh(place, count, left=start, height=0.62, **look)
        start += count
    text = french.typography(_told(step, steps, cut=all(shown)))
    axes.annotate(text, (start, place), xytext=(6, 0), textcoords="offset points", va="center")


def _told(step: str, steps: Mapping[str, Row], *, cut: bool) -> str:
    """What stands after a bar: its number and its share, the parts of that of the contrôle, and what is hidden."""
    row, parts = steps[step], _BARS[step]
    text = count_or_masked(row, "numerator")
    if step != "present" and not row["reason"]:
        text += f" ({french.percent(row['value'])})"
    if step == "control_allowed":
        saved, lost = (steps[part.step] for part in parts)
        admitted = f"{french.number(saved['numerator'])} admis" if _is_shown(saved) else parts[0].masked
        refused = parts[1].masked
        if _is_shown(lost):
            refused = french.plural(int(lost["numerator"]), "refusé", "refusés")
        waiting = _waiting(row, [saved["numerator"], lost["numerator"]])
        still = f", {french.number(waiting)} en attente" if waiting else ""
        return f"{text} :\n{admitted}, {refused}{' (hachures)' if cut and _is_shown(row) else ''}{still}"
    if cut or not _is_shown(row):
        return text
    return f"{text} :\n{', '.join(part.masked for part in parts if not _is_shown(steps[part.step]))}"


def _waiting(whole: Row, parts: Sequence[float]) -> int:
    """Candidates of a step whose own result isn't known yet; none are told where one of the numbers is hidden."""
    rest = whole["numerator"] - sum(parts)
    return 0 if pd.isna(rest) else int(rest)


def _is_shown(row: Row) -> bool:
    return bool(row["reason"] != "secret")


def _step_line(step: str, row: Row) -> str:
    text = f"{labels.FLOW[step]} : {count_or_masked(row, 'numerator')}"
    if step in ("registered", "present") or row["reason"]:
        return french.typography(f"{text}.")
    return french.typography(
        f"{text}, soit {french.percent(row['value'])} des {french.number(row['denominator'])} présents."
    )
