"""Table of trends: how much a rate changes from one session to the next, on average."""

from __future__ import annotations

from dataclasses import replace

from rncp_analytics.display import french, labels
from rncp_analytics.display.adjusted_lecture import trend_lecture, trend_verdict
from rncp_analytics.display.labels import ordered
from rncp_analytics.display.lecture import count_or_masked, gap_or_word, notes, telling, with_lectures
from rncp_analytics.display.shape import require_figures, with_interval
from rncp_analytics.display.table import Column, Table
from rncp_analytics.display.tables import heads
from rncp_analytics.measures.secrecy import Publishable, require_publishable
from rncp_analytics.measures.trend import PERIOD

_MEAN_SLOPE = "Une évolution moyenne peut cacher une session qui est allée autrement, et même en sens contraire."


def trend_table(trends: Publishable, *, name: str, caption: str) -> Table:
    """One row per group: its sessions, its candidates and the mean change of the rate per session.

    Parameters
    ----------
    trends : Publishable
        From :func:`rncp_analytics.trend`.
    name, caption : str
        File name and French caption.

    Raises
    ------
    CountsError
        Other figures.
    """
    require_publishable(trends)
    # By these sessions, nothing but a trend: of whatever rate it is.
    require_figures(trends, by={*PERIOD, *trends.by}, statistics=set(trends.frame["statistic"]))
    records = ordered(trends)
    rows = [
        (
            *(labels.label(b, row[b]) for b in trends.by),
            count_or_masked(row, "denominator"),
            gap_or_word(row),
            trend_verdict(row),
        )
        for row in records
    ]
    first = records[0]
    titles = (
        labels.DENOMINATORS[first["denominator_kind"]],
        with_interval(labels.statistic_label(first["statistic"]), trends),
    )
    columns = (
        *heads(trends),
        *(Column(french.capital(title), "right") for title in titles),
        Column("Ce qu'on peut en dire"),
    )
    told = notes(trends, trend_lecture(trends, telling(records, first)))
    told = replace(told, caveats=(*told.caveats, _MEAN_SLOPE))
    data = with_lectures(trends, lambda row: trend_lecture(trends, row))
    return Table(name, caption, columns, tuple(rows), data, told)
