"""Tables of gaps: between groups, between académies, between sessions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from rncp_analytics.display import french, labels
from rncp_analytics.display.chance import with_chance
from rncp_analytics.display.labels import ordered, ordered_frame
from rncp_analytics.display.lecture import (
    Row,
    count_or_masked,
    gap_lecture,
    gap_or_word,
    growth_lecture,
    notes,
    telling,
    verdict,
    with_lectures,
)
from rncp_analytics.display.shape import require_figures, with_interval
from rncp_analytics.display.table import Column, Table
from rncp_analytics.display.tables import heads, rate_cell, rate_or_reason
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.secrecy import Publishable, require_publishable

_PASS_RATE = labels.STATISTICS["pass_rate"]
_ONE_SESSION = "il faut deux sessions qui se suivent pour parler d'évolution."


def gap_table(gaps: Publishable, *, name: str, caption: str, group: str, reference: str) -> Table:
    """One row per comparison: both rates with their candidates, the gap in points and what it allows to say.

    ``group`` and ``reference`` carry their article ("l'option B").
    """
    require_figures(gaps, comparison=True)
    records, rows = ordered(gaps), []
    for row in records:
        rows.append(
            (
                *(labels.label(b, row[b]) for b in gaps.by),
                _rate(row),
                count_or_masked(row, "denominator"),
                *_reference(row),
                gap_or_word(row),
                verdict(row),
            )
        )
    rate, kind = _named(gaps)
    told = "" if rate == _PASS_RATE else f" : {rate}"
    columns = (
        *heads(gaps),
        Column(french.capital(group) + told, "right"),
        Column(kind, "right"),
        Column(french.capital(reference) + told, "right"),
        Column(kind, "right"),
        Column(with_interval("Écart", gaps), "right"),
        Column("Ce qu'on peut en dire"),
    )
    example = telling(records, records[-1] if "session" in gaps.by else records[0])

    def tell(row: Row) -> str:
        return gap_lecture(gaps, row, group=group, reference=reference)

    told_under = with_chance(notes(gaps, tell(example)), gaps)
    return Table(name, caption, columns, tuple(rows), with_lectures(gaps, tell), told_under)


def academie_table(gaps: Publishable, *, session: int, name: str, caption: str) -> Table:
    """Académies in the order of their name: rate, gap to all the others, last session's gap.

    Parameters
    ----------
    gaps : Publishable
        From gap_to_rest by session and académie, at least for ``session``; the session before when known.

    Raises
    ------
    CountsError
        No gap for that session.
    """
    require_figures(gaps, by=("session", "academie"), comparison=True)
    records = ordered(gaps)
    current = [r for r in records if r["session"] == session]
    if not current:
        raise CountsError(
            f"Ces écarts n'ont pas la session {session}",
            expected=f"une session parmi {', '.join(sorted({str(r['session']) for r in records}))}",
        )
    previous = {r["academie"]: r for r in records if r["session"] == session - 1 and r["reason"] in ("", "secret")}
    rows = []
    for row in current:
        before = previous.get(row["academie"])
        rows.append(
            (
                labels.label("academie", row["academie"]),
                count_or_masked(row, "denominator"),
                rate_cell({**row, "value": row["estimate"]}),
                gap_or_word(row),
                verdict(row),
                _previous_gap(before),
            )
        )
    columns = (
        Column("Académie", header=True),
        Column("Présents", "right"),
        Column("Taux de réussite", "right"),
        Column("Écart aux autres académies", "right"),
        Column("Ce qu'on peut en dire"),
        Column(f"Écart en {session - 1}"),
    )

    def tell(row: Row) -> str:
        group = f"l'académie {french.de(labels.label('academie', row['academie']))}"
        return gap_lecture(gaps, row, group=group, reference="les autres académies")

    told = with_chance(notes(gaps, tell(telling(current, current[0]))), gaps)
    return Table(name, caption, columns, tuple(rows), with_lectures(gaps, tell), told)


def _previous_gap(row: Row | None) -> str:
    """Last session's gap with its number of candidates and whether it stood out."""
    if row is None:
        return "–"
    if row["reason"]:
        return verdict(row)
    sure = "au-delà du hasard" if verdict(row) == "au-delà du hasard" else "compatible"
    return french.typography(f"{french.points(row['value'])}, {sure} (n = {french.number(row['denominator'])})")


def change_table(changes: Publishable, *, name: str, caption: str) -> Table:
    """One row per group × session: the rate, that of the session before, and what the change allows to say.

    Parameters
    ----------
    changes : Publishable
        From :func:`rncp_analytics.session_change`; across a break the row says so instead of a figure.
    name, caption : str
        File name and French caption.
    """
    require_publishable(changes)
    require_figures(changes, by={"session", *changes.by}, comparison=True)
    records, rows = ordered(changes), []
    for row in records:
        rows.append(
            (
                *(labels.label(b, row[b]) for b in changes.by),
                count_or_masked(row, "denominator"),
                _rate(row),
                _before(row),
                gap_or_word(row),
                verdict(row),
            )
        )
    rate, kind = _named(changes)
    titles = (kind, french.capital(rate), "Session précédente", with_interval("Changement", changes))
    columns = (
        *heads(changes),
        *(Column(french.typography(t), "right") for t in titles),
        Column("Ce qu'on peut en dire"),
    )
    last = telling(records, max(records, key=lambda r: r["session"]))

    def tell(row: Row) -> str:
        return gap_lecture(changes, row, group="cette session", reference=f"la session {row['reference']}")

    return Table(name, caption, columns, tuple(rows), with_lectures(changes, tell), notes(changes, tell(last)))


def growth_table(growth: Publishable, *, name: str, caption: str) -> Table:
    """One row per group × session: a number of candidates and its growth since the reference session.

    Parameters
    ----------
    growth : Publishable
        From :func:`rncp_analytics.headcount_change`.
    name, caption : str
        File name and French caption.
    """
    require_publishable(growth)
    require_figures(growth, by={"session", *growth.by}, comparison=True, may_be_empty=True)
    records, rows = ordered(growth), []
    for row in records:
        change = count_or_masked(row, "numerator")
        base = str(row["session"]) == row["reference"]
        rows.append(
            (
                *(labels.label(b, row[b]) for b in growth.by),
                count_or_masked(row, "estimate"),
                "base" if base else f"+{change}" if row["numerator"] > 0 else change,
                "–" if base else _growth(row),
            )
        )
    bases = set(growth.frame["reference"])
    since = f"depuis {bases.pop()}" if len(bases) == 1 else "en un an"
    titles = ("Effectif", f"Évolution {since}", "Évolution en %")
    columns = (*heads(growth), *(Column(french.typography(t), "right") for t in titles))
    grown = [r for r in records if str(r["session"]) != r["reference"]] or records  # the base itself teaches nothing
    last = telling(grown, max(grown, key=lambda r: r["session"])) if grown else None
    told = growth_lecture(growth, last) if last else _ONE_SESSION
    return Table(name, caption, columns, tuple(rows), ordered_frame(growth), notes(growth, told))


def _growth(row: Row) -> str:
    return gap_or_word(row) if row["reason"] else french.growth(row["value"])


def _named(gaps: Publishable) -> tuple[str, str]:
    """What is compared, and the title of the column that counts its denominator."""
    first = gaps.frame.iloc[0]
    kind = french.capital(labels.DENOMINATORS[first["denominator_kind"]])
    return labels.STATISTICS[first["statistic"].removesuffix("_gap")], kind


def _rate(row: Row) -> str:
    return "masqué" if row["reason"] == "secret" else rate_or_reason(row["numerator"], row["denominator"])


def _reference(row: Mapping[Any, Any]) -> tuple[str, str]:
    """Rate and candidates of the reference; a published rate comes without its candidates."""
    if row["reason"] == "secret":
        return "masqué", "masqué"
    if pd.isna(row["reference_denominator"]):
        return french.percent(row["estimate"] - row["value"]), "–"
    n = row["reference_denominator"]
    return rate_or_reason(row["reference_numerator"], n), french.number(n)


def _before(row: Row) -> str:
    if row["reason"] == "secret":
        return "masqué"
    if not row["reference_denominator"]:
        return "–"
    return f"{rate_or_reason(row['reference_numerator'], row['reference_denominator'])} ({row['reference']})"
