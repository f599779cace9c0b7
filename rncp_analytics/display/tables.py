"""The tables of the official report, each from one Publishable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from rncp_analytics.display import french, labels
from rncp_analytics.display.labels import ordered
from rncp_analytics.display.lecture import (
    Row,
    bounds_lecture,
    count_or_masked,
    flow_lecture,
    fullest,
    notes,
    rate_lecture,
    short_rate,
    telling,
    with_lectures,
)
from rncp_analytics.display.shape import levels, require_figures
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
    groups, rows, raw = _by_group(flow), [], []
    for key, steps in groups.items():
        counted = (count_or_masked(steps[s], "numerator") for s in _FLOW_TITLES)
        rows.append((_group(flow, key), *counted, rate_cell(steps["passed"])))
        counts = {step: row["numerator"] for step, row in steps.items()}
        raw.append({**dict(zip(flow.by, key, strict=True)), **counts, "pass_rate": steps["passed"]["value"]})
    example = fullest(list(groups.values()))
    told = {step: row["numerator"] for step, row in example.items()}
    lecture = flow_lecture(told, group=_group(flow, [example["present"][b] for b in flow.by]))
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
    require_figures(rates)
    statistic, kind = rates.frame[["statistic", "denominator_kind"]].iloc[0]
    spans = [f"Intervalle à {french.level(asked)}" for asked in levels(rates)]
    records, rows = ordered(rates), []
    for row in records:
        rows.append(
            (
                *(labels.label(b, row[b]) for b in rates.by),
                count_or_masked(row, "denominator"),
                count_or_masked(row, "numerator"),
                rate_cell(row),
                *(_span(row) for _ in spans),
            )
        )
    titles = (labels.DENOMINATORS[kind], labels.NUMERATORS[statistic], labels.STATISTICS[statistic], *spans)
    columns = (*heads(rates), *(Column(french.typography(french.capital(t)), "right") for t in titles))
    return Table(
        name,
        caption,
        columns,
        tuple(rows),
        with_lectures(rates, lambda row: rate_lecture(rates, row)),
        notes(rates, rate_lecture(rates, telling(records, records[0]))),
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
            row += ["–", "–"] if found is None else [count_or_masked(found, "denominator"), _percent_or_dash(found)]
        rows.append(tuple(row))
    columns = [Column("Session", header=True)]
    for regime in labels.REGIMES.values():
        columns += [Column(f"{regime} : présents", "right"), Column("% admis", "right")]
    return Table(
        name,
        caption,
        tuple(columns),
        tuple(rows),
        with_lectures(rates, lambda row: rate_lecture(rates, row)),
        notes(rates, rate_lecture(rates, telling(records, records[-1]))),
    )


def mention_table(rates: Publishable, *, name: str, caption: str) -> Table:
    """Mentions, with both denominators in use: admis (session results) and présents (IVAL)."""
    require_figures(rates, statistics=MENTION_RATES)
    shown = ("tb_rate_of_passed", "b_rate_of_passed", "ab_rate_of_passed", "no_mention_rate_of_passed")
    groups = _by_group(rates)
    rows = [
        (
            *(labels.label(b, v) for b, v in zip(rates.by, key, strict=True)),
            count_or_masked(found["mention_rate_of_passed"], "denominator"),
            *(_percent_or_dash(found[s]) for s in shown),
            _percent_or_dash(found["mention_rate_of_passed"]),
            count_or_masked(found["mention_rate_of_present"], "denominator"),
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
    firsts = [found["mention_rate_of_passed"] for found in groups.values()]
    sentence = rate_lecture(rates, telling(firsts, firsts[0]))
    data = with_lectures(rates, lambda row: rate_lecture(rates, row))
    return Table(name, caption, columns, tuple(rows), data, notes(rates, sentence))


def bounds_table(bounds: Publishable, *, name: str, caption: str) -> Table:
    """Pass rates while some candidates wait: with none of them admis, and with all of them.

    Parameters
    ----------
    bounds : Publishable
        From :func:`rncp_analytics.pass_rate_bounds`.
    name, caption : str
        File name and French caption.
    """
    require_figures(bounds, statistics=("pass_rate_bounds",))
    records = ordered(bounds)
    rows = [
        (
            *(labels.label(b, row[b]) for b in bounds.by),
            *(count_or_masked(row, column) for column in ("denominator", "numerator", "n_missing")),
            *(_bound(row, column) for column in ("lower", "upper")),
        )
        for row in records
    ]
    titles = ("Présents", "Admis à ce jour", "En attente", "Taux si aucun n'est admis", "Taux si tous le sont")
    columns = (*heads(bounds), *(Column(title, "right") for title in titles))
    told = notes(bounds, bounds_lecture(bounds, telling(records, records[0])))
    data = with_lectures(bounds, lambda row: bounds_lecture(bounds, row))
    return Table(name, caption, columns, tuple(rows), data, told)


def _span(row: Row) -> str:
    if row["reason"] == "secret":
        return rate_cell(row)
    return "–" if row["reason"] or pd.isna(row["lower"]) else french.interval(row["lower"], row["upper"])


def _bound(row: Mapping[Any, Any], column: str) -> str:
    return french.percent(row[column]) if row["reason"] in ("", "waiting") else short_rate(row)


def _by_group(publishable: Publishable) -> dict[tuple[Any, ...], dict[str, Row]]:
    """The rows of each group, by their statistic."""
    groups: dict[tuple[Any, ...], dict[str, Row]] = {}
    for row in ordered(publishable):
        groups.setdefault(tuple(row[b] for b in publishable.by), {})[row["statistic"]] = row
    return groups


def _group(publishable: Publishable, key: Sequence[Any]) -> str:
    return ", ".join(labels.label(b, v) for b, v in zip(publishable.by, key, strict=True)) or "Ensemble"


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
    return rate_cell(row) if row["reason"] in ("", "secret") else "–"
