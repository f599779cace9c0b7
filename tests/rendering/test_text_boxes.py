"""No text of a chart is cut, and none covers another: the figure is drawn and its boxes are measured."""

from __future__ import annotations

import itertools

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from matplotlib.transforms import Bbox

import rncp_analytics as rncp
from rncp_analytics.counts.official import OfficialResults
from rncp_analytics.display.figure import Chart
from rncp_analytics.display.theme import theme
from tests.unit.display.examples import AWKWARD, LONG, awkward, charts

_SLACK = 1.0  # pixel


def boxes(chart: Chart) -> tuple[Bbox, dict[str, Bbox]]:
    """The figure's box and that of each visible text, once drawn."""
    with theme():
        figure = chart.figure()
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer = canvas.get_renderer()
        seen = {}
        for number, text in enumerate(figure.findobj(Text)):
            if text.get_visible() and text.get_text().strip() and _shown(text):
                seen[f"{number} {text.get_text()!r}"] = text.get_window_extent(renderer)
        return figure.bbox, seen


def _shown(text: Text) -> bool:
    """Tick labels exist for ticks outside the view, and stay when their axis is hidden: neither is drawn."""
    for axis in (a for axes in text.get_figure().axes for a in (axes.xaxis, axes.yaxis)):
        if text in (axis.label, axis.get_offset_text()):
            return axis.get_visible()
        if any(text in (tick.label1, tick.label2) for tick in [*axis.majorTicks, *axis.minorTicks]):
            drawn = axis._update_ticks() if axis.get_visible() else []
            return any(text in (tick.label1, tick.label2) for tick in drawn)
    return True


def faults(chart: Chart) -> list[str]:
    frame, seen = boxes(chart)
    cut = [
        f"coupé : {name}"
        for name, box in seen.items()
        if box.x0 < frame.x0 - _SLACK
        or box.y0 < frame.y0 - _SLACK
        or box.x1 > frame.x1 + _SLACK
        or box.y1 > frame.y1 + _SLACK
    ]
    covered = [
        f"se couvrent : {one} et {other}"
        for (one, a), (other, b) in itertools.combinations(seen.items(), 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > _SLACK and min(a.y1, b.y1) - max(a.y0, b.y0) > _SLACK
    ]
    return cut + covered


@pytest.fixture(scope="module")
def published() -> OfficialResults:
    return rncp.official_results()


@pytest.mark.parametrize("session", [2022, 2024, 2025])
def test_national_charts(published: OfficialResults, session: int) -> None:
    for name, chart in charts(published, session, title="Taux de réussite de l'option B").items():
        assert faults(chart) == [], name


@pytest.mark.parametrize("kind", AWKWARD)
def test_awkward_charts_with_long_titles(kind: str) -> None:
    for name, chart in charts(awkward(kind), 2025, title=f"{LONG} ; {LONG} : WWWWWW MMMMMMM {LONG}").items():
        assert faults(chart) == [], name


def test_the_measure_sees_a_cut_and_a_covered_text(published: OfficialResults) -> None:
    chart = charts(published, 2025)["rates"]

    def spoilt(axes: object) -> None:
        chart.draw(axes)  # type: ignore[arg-type]
        axes.text(0.5, 0.5, "ici", transform=axes.transAxes)  # type: ignore[attr-defined]
        axes.text(0.5, 0.5, "là", transform=axes.transAxes)  # type: ignore[attr-defined]
        axes.figure.text(0.98, 0.5, "trop loin à droite")  # type: ignore[attr-defined]

    found = faults(Chart("n", "t", spoilt, chart.lines, chart.data, chart.notes))
    assert any(f.startswith("coupé") and "trop loin" in f for f in found)
    assert any(f.startswith("se couvrent") and "ici" in f and "là" in f for f in found)


def test_a_dollar_in_a_title_is_a_dollar(published: OfficialResults) -> None:
    _, seen = boxes(charts(published, 2025, title="De 1 $ à 2 $ : rien")["flow"])
    assert any("De 1 $ à 2 $" in name for name in seen)
