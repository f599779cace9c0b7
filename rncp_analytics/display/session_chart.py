"""Rates over the sessions, with the breaks of the series drawn and never bridged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from rncp_analytics.certification.nomenclature import breaks, comparable
from rncp_analytics.display import french, labels
from rncp_analytics.display.figure import Chart, percent_ticks
from rncp_analytics.display.labels import ordered
from rncp_analytics.display.lecture import notes, rate_lecture, rate_text, telling
from rncp_analytics.display.shape import require_figures
from rncp_analytics.display.theme import DIPLOMAS, GRID, SOFT, Style
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.secrecy import Publishable

Row = Mapping[Any, Any]
_LINE = 0.07  # height of a line of text, as a part of the axes


def session_chart(rates: Publishable, *, name: str, title: str) -> Chart:
    """One line per diploma over its sessions; a predecessor is a hollow point of its own.

    Parameters
    ----------
    rates : Publishable
        From :func:`rncp_analytics.rates`, by session and diploma.
    name, title : str
        File name and French title.

    Raises
    ------
    CountsError
        The rates are not by session and diploma, or a diploma is not of the family.
    """
    require_figures(rates, by=("session", "diploma"))
    rows = ordered(rates)
    strangers = [r["diploma"] for r in rows if r["diploma"] not in DIPLOMAS]
    if strangers:
        raise CountsError(
            f"Ce graphique ne suit que les diplômes de la famille, pas « {strangers[0]} »",
            expected=", ".join(labels.label("diploma", code) for code in DIPLOMAS),
            remedy="choisir ces diplômes : comptes.where(diploma=[…])",
        )
    sessions = sorted({int(r["session"]) for r in rows})

    def draw(axes: Axes) -> None:
        drawn = [r for r in rows if not r["reason"]]
        for code in dict.fromkeys(r["diploma"] for r in drawn):
            _series(axes, [r for r in drawn if r["diploma"] == code], DIPLOMAS[code])
        _label_values(axes, drawn)
        axes.margins(y=0.18)
        _name_series(axes, drawn)
        axes.set_xticks(sessions, [_tick(s, rows) for s in sessions])
        axes.set_xlim(sessions[0] - 0.75, sessions[-1] + 0.85)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: french.percent(v, 0)))
        axes.grid(axis="y", color=GRID)
        axes.set_axisbelow(True)
        axes.set_yticks(percent_ticks(*axes.get_ylim()))
        _breaks(axes, sessions)

    lines = tuple(_line(r) for r in rows)
    told = (
        *lines,
        *(
            french.typography(f"Rupture de série en {b.session} : {b.label}.")
            for b in breaks()
            if b.session in sessions
        ),
    )
    latest = [r for session in reversed(sessions) for r in rows if r["session"] == session]
    example = telling(latest, latest[0])
    return Chart(name, title, draw, told, rates.frame, notes(rates, rate_lecture(rates, example)), height=4.0)


def _line(row: Row) -> str:
    counted = ""
    if row["reason"] != "secret":
        counted = f"{french.number(row['numerator'])} sur {french.number(row['denominator'])} ; "
    named = f"{labels.label('diploma', row['diploma'])}, session {row['session']}"
    return french.typography(f"{named} : {counted}{rate_text(row)}.")


def connected(sessions: list[int]) -> list[list[int]]:
    """Sessions in runs that a line may join: consecutive, and no break of the series between them.

    >>> connected([2021, 2022, 2023, 2025])
    [[2021], [2022, 2023], [2025]]
    """
    runs: list[list[int]] = []
    for session in sorted(sessions):
        if runs and runs[-1][-1] == session - 1 and comparable(session):
            runs[-1].append(session)
        else:
            runs.append([session])
    return runs


def _tick(session: int, rows: Sequence[Row]) -> str:
    """A session, what sets it apart, and whose rate is hidden."""
    isolated = any(b.isolated and b.session == session for b in breaks())
    hidden = [labels.label("diploma", r["diploma"]) for r in rows if (r["session"], r["reason"]) == (session, "secret")]
    masked = [french.typography(f"{name} :\nmasqué") for name in hidden]
    return "\n".join([str(session), *(["session exceptionnelle"] if isolated else []), *masked])


def _series(axes: Axes, rows: Sequence[Row], style: Style) -> None:
    by_session = {int(r["session"]): r for r in rows}
    for run in connected(list(by_session)):
        values = [by_session[s]["value"] for s in run]
        axes.plot(run, values, color=style.colour, linestyle=style.line or "-", linewidth=1.6, zorder=2)
    for session, row in by_session.items():
        if pd.notna(row["lower"]):
            axes.plot([session] * 2, [row["lower"], row["upper"]], color=style.colour, linewidth=1.2, zorder=2)
        face = style.colour if style.filled else "white"
        axes.plot(
            session,
            row["value"],
            style.marker,
            color=style.colour,
            markerfacecolor=face,
            markersize=7,
            zorder=3,
        )


def _name_series(axes: Axes, rows: Sequence[Row]) -> None:
    """Each diploma's name beside its last point, pushed apart where two would cover each other."""
    last = {r["diploma"]: r for r in rows}  # rows come in the order of sessions
    low, high = axes.get_ylim()
    taken: dict[tuple[int, bool], float] = {}
    for row in sorted(last.values(), key=lambda r: r["value"]):
        style, session = DIPLOMAS[row["diploma"]], int(row["session"])
        place = max(row["value"], taken.get((session, style.filled), -1.0) + (high - low) * _LINE)
        taken[session, style.filled] = place
        # A predecessor is named on its left: on its right stands the break.
        away = 10 if place == row["value"] else 30  # pushed apart, it must clear the figures of its point
        side, anchor = (away, "left") if style.filled else (-away, "right")
        axes.annotate(
            labels.label("diploma", row["diploma"]),
            (session, place),
            xytext=(side, 0),
            textcoords="offset points",
            ha=anchor,
            va="center",
            color=style.colour,
        )
    axes.set_ylim(low, high)


def _label_values(axes: Axes, rows: Sequence[Row]) -> None:
    """Rate and n beside each point: above for the highest of its session, below for the others."""
    for session in {r["session"] for r in rows}:
        ranked = sorted((r for r in rows if r["session"] == session), key=lambda r: -r["value"])
        for rank, row in enumerate(ranked):
            edge = row["upper"] if rank == 0 else row["lower"]
            above = rank == 0
            axes.annotate(
                f"{french.percent(row['value'])}\nn = {french.number(row['denominator'])}",
                (session, edge if pd.notna(edge) else row["value"]),
                xytext=(0, 6 if above else -6),
                textcoords="offset points",
                ha="center",
                va="bottom" if above else "top",
                fontsize=8,
                color=DIPLOMAS[row["diploma"]].colour,
            )


def _breaks(axes: Axes, sessions: list[int]) -> None:
    for b in breaks():
        if b.session in sessions and b.session - 1 in sessions:
            axes.axvline(b.session - 0.5, color=SOFT, linestyle=(0, (4, 3)), linewidth=1)
            axes.annotate(
                f"Rupture de série {b.session}",
                (b.session - 0.5, 1),
                xycoords=("data", "axes fraction"),
                xytext=(4, -2),
                textcoords="offset points",
                va="top",
                fontsize=8,
                color=SOFT,
            )
