"""Growth of a number of candidates in index form: 100 at the reference session, one line per group."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from rncp_analytics.display import french, labels
from rncp_analytics.display.figure import Chart
from rncp_analytics.display.labels import ordered
from rncp_analytics.display.lecture import Row, count_or_masked, growth_lecture, notes, telling
from rncp_analytics.display.session_chart import connected
from rncp_analytics.display.shape import require_figures
from rncp_analytics.display.theme import ACCENT, GRID, INK, SECOND, SOFT, THIRD, Style
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import FEW
from rncp_analytics.measures.secrecy import Publishable, require_publishable

# In the order of the régimes; a fifth group would have no second cue of its own.
_STYLES = (
    Style(ACCENT, "o", True, "-"),
    Style(SECOND, "s", True, "--"),
    Style(THIRD, "^", True, ":"),
    Style(INK, "D", False, "-."),
)
_APART = 0.075  # height of a name, as a part of the axes


def index_chart(growth: Publishable, *, name: str, title: str) -> Chart:
    """Number of candidates of each group, 100 at the reference session.

    Parameters
    ----------
    growth : Publishable
        From :func:`rncp_analytics.growth_since_reference`, by session and one dimension of at most four groups. A
        group with fewer than ``FEW`` candidates at the reference session is told under the chart, not drawn.
    name, title : str
        File name and French title.

    Raises
    ------
    CountsError
        More than four groups, several dimensions, or figures that are no growth.
    """
    require_publishable(growth)
    dimension = next((b for b in growth.by if b != "session"), "session")
    require_figures(growth, by={"session", dimension}, comparison=True)
    records = ordered(growth)
    series = {row[dimension]: [r for r in records if r[dimension] == row[dimension]] for row in records}
    if dimension == "session":
        series = {"": records}
    drawn = {code: [r for r in rows if not r["reason"] and r["denominator"] >= FEW] for code, rows in series.items()}
    drawn = {code: rows for code, rows in drawn.items() if rows}
    if len(drawn) > len(_STYLES):
        raise CountsError(
            f"Ce graphique montre au plus {len(_STYLES)} groupes, pas {len(drawn)}",
            expected="une évolution par régime, ou de quelques groupes choisis",
        )

    def draw(axes: Axes) -> None:
        axes.axhline(100, color=SOFT, linewidth=0.8, zorder=1)
        for style, rows in zip(_STYLES, drawn.values(), strict=False):
            _line(axes, rows, style)
        _names(axes, {_label(dimension, code): rows for code, rows in drawn.items()})
        sessions = sorted({int(r["session"]) for r in records})
        axes.set_xticks(sessions, [_tick(session, dimension, records) for session in sessions])
        width = max(sessions[-1] - sessions[0], 1)
        axes.set_xlim(sessions[0] - 0.05 * width, sessions[-1] + 0.6 * width)
        axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: french.number(v)))
        axes.set_ylabel(f"Indice, 100 en {records[0]['reference']}", color=SOFT, fontsize=8.5)
        axes.grid(axis="y", color=GRID)
        axes.set_axisbelow(True)

    lines = tuple(_sentence(_label(dimension, code), row) for code, rows in series.items() for row in rows)
    grown = [r for r in records if str(r["session"]) != r["reference"]] or records
    last = telling(grown, max(grown, key=lambda r: r["session"]))
    return Chart(name, title, draw, lines, growth.frame, notes(growth, growth_lecture(growth, last)), height=3.4)


def _tick(session: int, dimension: str, rows: Sequence[Row]) -> str:
    """A session, and whose number is hidden."""
    hidden = [row for row in rows if (row["session"], row["reason"]) == (session, "secret")]
    names = [_label(dimension, "" if dimension == "session" else row[dimension]) for row in hidden]
    return "\n".join([str(session), *(french.typography(f"{name} :\nmasqué") for name in names)])


def _index(row: Row) -> float:
    return float(100 * (1 + row["value"]))


def _label(dimension: str, code: str) -> str:
    return labels.label(dimension, code) if code else "Ensemble"


def _line(axes: Axes, rows: Sequence[Row], style: Style) -> None:
    by_session = {int(r["session"]): _index(r) for r in rows}
    for run in connected(list(by_session)):
        axes.plot(run, [by_session[s] for s in run], color=style.colour, linestyle=style.line, linewidth=1.6, zorder=2)
    face = style.colour if style.filled else "white"
    axes.plot(
        list(by_session), list(by_session.values()), style.marker, color=style.colour, markerfacecolor=face,
        markersize=6, zorder=3,
    )  # fmt: skip


def _names(axes: Axes, series: dict[str, Sequence[Row]]) -> None:
    """Each group's name with its first and last numbers beside its last point, none covering another."""
    low, high = axes.get_ylim()
    taken = low
    styled = zip(_STYLES, series.items(), strict=False)
    for style, (name, rows) in sorted(styled, key=lambda item: _index(item[1][1][-1])):
        last = rows[-1]
        place = max(_index(last), taken)
        taken = place + (high - low) * _APART
        counts = [french.number(row["estimate"]) for row in (rows[0], *rows[1:][-1:])]  # one alone has no change
        axes.annotate(
            french.typography(f"{name} : {' → '.join(counts)}"), (int(last["session"]), place), xytext=(10, 0),
            textcoords="offset points", va="center", color=style.colour, fontsize=9,
        )  # fmt: skip
    axes.set_ylim(low, max(high, taken))


def _sentence(name: str, row: Row) -> str:
    text = f"{name}, session {row['session']} : {count_or_masked(row, 'estimate')}"
    if not row["reason"]:
        text += f", indice {french.number(_index(row), 1)}"
        text += "" if row["denominator"] >= FEW else f" (non tracé : moins de {FEW} candidats en {row['reference']})"
    return french.typography(f"{text}.")
