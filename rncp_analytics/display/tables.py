"""The tables of the official report, each from one Publishable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from rncp_analytics.display import french, labels
from rncp_analytics.display.labels import ordered, ordered_frame
from rncp_analytics.display.lecture import count_or_masked, flow_lecture, notes, rate_lecture
from rncp_analytics.display.shape import require_figures
from rncp_analytics.display.table import Column, Table
from rncp_analytics.measures.estimates import FEW
from rncp_analytics.measures.rates import FLOW, MENTION_RATES
from rncp_analytics.measures.secrecy import Publishable

_FLOW_TITLES = {
    "registered": "Inscrits",
    "present": "Présents",
    "passed_first_group": "Admis 1er groupe",
    "control_allowed": "Autorisés au contrôle",
    "passed_after_control": "Admis après contrôle",
    "passed": "Admis",
    "refused": "Refusés",
}


def flow_table(flow: Publishable, *, name: str, caption: str) -> Table:
    """Inscrits → refusés, one row per group (the form of users' table R7).

    Parameters
    ----------
    flow : Publishable
        From :func:`rncp_analytics.flow`, by one dimension.
    name, caption : str
        File name and French caption.
    """
    require_figures(flow, statistics=FLOW)
    wide = _wide(flow, "numerator")
    rows, raw = [], []
    for key, counts in wide.items():
        counted = (french.number(counts[s]) for s in _FLOW_TITLES)
        rows.append((_group(flow, key), *counted, rate_or_reason(counts["passed"], counts["present"])))
        rate = counts["passed"] / counts["present"] if counts["present"] else None
        raw.append({**_key(flow, key), **counts, "pass_rate": rate})
    lecture = flow_lecture(next(iter(wide.values())), group=_group(flow, next(iter(wide))))
    columns = (
        _head(flow),
        *(Column(title, "right") for title in _FLOW_TITLES.values()),
        Column("Taux de réussite", "right"),
    )
    return Table(name, caption, columns, tuple(rows), pd.DataFrame(raw), notes(flow, lecture))


def rate_table(rates: Publishable, *, name: str, caption: str) -> Table:
    """One row per group: denominator, numerator, rate and interval.

    Parameters
    ----------
    rates : Publishable
        One statistic of :func:`rncp_analytics.rates`; the titles name what it divides by what.
    name, caption : str
        File name and French caption.
    """
    require_figures(rates, may_be_hidden=True)
    statistic, kind = rates.frame[["statistic", "denominator_kind"]].iloc[0]
    records, rows = ordered(rates), []
    for row in records:
        span = "–" if row["reason"] or pd.isna(row["lower"]) else french.interval(row["lower"], row["upper"])
        rows.append(
            (
                *(labels.label(b, row[b]) for b in rates.by),
                count_or_masked(row, "denominator"),
                count_or_masked(row, "numerator"),
                rate_cell(row),
                span,
            )
        )
    titles = (
        labels.DENOMINATORS[kind],
        labels.NUMERATORS[statistic],
        labels.STATISTICS[statistic],
        "Intervalle à 95 %",
    )
    columns = (*heads(rates), *(Column(french.typography(french.capital(t)), "right") for t in titles))
    return Table(
        name, caption, columns, tuple(rows), ordered_frame(rates), notes(rates, rate_lecture(rates, records[0]))
    )


def regime_table(rates: Publishable, *, name: str, caption: str) -> Table:
    """Candidates by régime in the form of Céreq's sheets: sessions × régimes, présents and % admis.

    Parameters
    ----------
    rates : Publishable
        Pass rates by session and regime, "total" among the regimes.
    """
    require_figures(rates, by=("session", "regime"), statistics=("pass_rate",))
    records = ordered(rates)
    cells = {(r["session"], r["regime"]): r for r in records}
    sessions = sorted({s for s, _ in cells})
    rows = []
    for session in sessions:
        row = [str(session)]
        for regime in labels.REGIMES:
            found = cells.get((session, regime))
            row += ["–", "–"] if found is None else [french.number(found["denominator"]), _percent_or_dash(found)]
        rows.append(tuple(row))
    columns = [Column("Session", header=True)]
    for regime in labels.REGIMES.values():
        columns += [Column(f"{regime} : présents", "right"), Column("% admis", "right")]
    return Table(
        name,
        caption,
        tuple(columns),
        tuple(rows),
        ordered_frame(rates),
        notes(rates, rate_lecture(rates, records[-1])),
    )


def mention_table(rates: Publishable, *, name: str, caption: str) -> Table:
    """Mentions, with both denominators in use: admis (session results) and présents (IVAL)."""
    require_figures(rates, statistics=MENTION_RATES)
    shown = ("tb_rate_of_passed", "b_rate_of_passed", "ab_rate_of_passed", "no_mention_rate_of_passed")
    groups: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in ordered(rates):
        groups.setdefault(tuple(row[b] for b in rates.by), {})[row["statistic"]] = row
    rows = [
        (
            *(labels.label(b, v) for b, v in zip(rates.by, key, strict=True)),
            french.number(found["mention_rate_of_passed"]["denominator"]),
            *(_percent_or_dash(found[s]) for s in shown),
            _percent_or_dash(found["mention_rate_of_passed"]),
            french.number(found["mention_rate_of_present"]["denominator"]),
            _percent_or_dash(found["mention_rate_of_present"]),
        )
        for key, found in groups.items()
    ]
    titles = (
        "Admis",
        "Très bien",
        "Bien",
        "Assez bien",
        "Sans mention",
        "Mentions / admis",
        "Présents",
        "Mentions / présents",
    )
    columns = (*heads(rates), *(Column(t, "right") for t in titles))
    first = next(iter(groups.values()))
    sentence = rate_lecture(rates, first["mention_rate_of_passed"])
    return Table(name, caption, columns, tuple(rows), ordered_frame(rates), notes(rates, sentence))


def _wide(publishable: Publishable, column: str) -> dict[Any, dict[str, int]]:
    wide: dict[Any, dict[str, int]] = {}
    for row in ordered(publishable):
        wide.setdefault(tuple(row[b] for b in publishable.by), {})[row["statistic"]] = int(row[column])
    return wide


def _group(publishable: Publishable, key: Sequence[Any]) -> str:
    return ", ".join(labels.label(b, v) for b, v in zip(publishable.by, key, strict=True)) or "Ensemble"


def _key(publishable: Publishable, key: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(publishable.by, key, strict=True))


def heads(publishable: Publishable) -> tuple[Column, ...]:
    """One heading column per grouping dimension."""
    return tuple(Column(labels.HEADS.get(b, b), header=True) for b in publishable.by)


def _head(publishable: Publishable) -> Column:
    return Column(", ".join(labels.HEADS.get(b, b) for b in publishable.by) or "Ensemble", header=True)


def rate_or_reason(numerator: float, denominator: float) -> str:
    """A rate, or "non calculé" on too few candidates."""
    return french.percent(numerator / denominator) if denominator >= FEW else "non calculé"


def rate_cell(row: Mapping[Any, Any]) -> str:
    """A rate, "masqué" under a profile of secrecy, or "non calculé"."""
    if row["reason"] == "secret":
        return "masqué"
    return "non calculé" if row["reason"] else french.percent(row["value"])


def _percent_or_dash(row: Mapping[Any, Any]) -> str:
    return "–" if row["reason"] else french.percent(row["value"])
