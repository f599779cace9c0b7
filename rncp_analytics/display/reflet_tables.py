"""Tables of Céreq's Reflet series: what a series holds, enrolments, and enrolments faced with the examination."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from rncp_analytics.counts.reflet import Reflet
from rncp_analytics.display import french, labels
from rncp_analytics.display.gap_tables import growth_table
from rncp_analytics.display.labels import ordered, ordered_frame
from rncp_analytics.display.lecture import Row, count_or_masked, notes, source_line, telling
from rncp_analytics.display.notes import Notes
from rncp_analytics.display.shape import require_figures
from rncp_analytics.display.table import Column, Table
from rncp_analytics.measures.secrecy import Publishable

_SERIES = {
    "effectifs": "Effectif de dernière année (élèves et apprentis)",
    "examens": "Présents et admis à l'examen",
}
_NOT_GIVEN = (
    "Reflet ne donne ni les inscrits à l'examen, ni l'étape, ni les mentions, ni les notes, ni l'établissement, ni la "
    "VAE."
)


def reflet_table(series: Reflet, *, name: str, caption: str) -> Table:
    """What a series holds and where it has holes, one line for the enrolments and one for the examinations.

    Parameters
    ----------
    series : Reflet
        From :func:`rncp_analytics.read_reflet`.
    name, caption : str
        File name and French caption.
    """
    rows = []
    for code, counts in (("effectifs", series.enrolments), ("examens", series.examinations)):
        holes = series.holes[series.holes["series"] == code]
        sessions = sorted({*counts.frame["session"], *holes["session"]})
        rows.append(
            (
                _SERIES[code],
                f"{sessions[0]} à {sessions[-1]}" if sessions else "–",
                counts.scope.territory if sessions else "–",
                ", ".join(french.small(labels.HEADS[d]) for d in counts.dimensions),
                french.number(len(counts.frame)),
                french.number(len(holes)),
            )
        )
    titles = ("Série", "Sessions", "Territoire", "Détail", "Cases remplies", "Cases sans donnée")
    columns = tuple(Column(title, "right" if "Cases" in title else "left", i == 0) for i, title in enumerate(titles))
    lecture = "une case sans donnée est manquante, jamais un zéro."
    told = Notes(
        lecture,
        "",
        source_line(series.examinations.source),
        tuple(map(french.typography, (*series.findings, _NOT_GIVEN))),
    )
    return Table(name, caption, columns, tuple(rows), pd.DataFrame(rows, columns=list(titles)), told)


def enrolment_table(growth: Publishable, *, name: str, caption: str) -> Table:
    """Enrolments of the last year of the course and their growth since the reference session.

    Parameters
    ----------
    growth : Publishable
        From :func:`rncp_analytics.growth_since_reference`, of the column "enrolled".
    name, caption : str
        File name and French caption.
    """
    require_figures(growth, statistics=("enrolled_growth",), comparison=True)
    table = growth_table(growth, name=name, caption=caption)
    diplomas = dict(growth.scope.kept).get("diploma", ())
    named = " et ".join(labels.of_diploma(labels.label("diploma", code)) for code in diplomas)
    autumns = growth.frame["session"] - 1
    champ = (
        f"{labels.territory_of(growth.scope)} ; rentrées {autumns.min()} à {autumns.max()} ; élèves et apprentis en "
        f"dernière année {named or 'de formation'}."
    )
    caveat = french.typography("L'effectif de la session n est celui de la rentrée n − 1.")
    told = replace(table.notes, champ=french.typography(champ), caveats=(*table.notes.caveats, caveat))
    return replace(table, notes=told)


def facing_table(facing: Publishable, *, name: str, caption: str) -> Table:
    """Présents of a session beside those enrolled in the autumn before, with the holes of either.

    Parameters
    ----------
    facing : Publishable
        From :func:`rncp_analytics.present_per_enrolled`.
    name, caption : str
        File name and French caption.
    """
    require_figures(facing, statistics=("present_per_enrolled",))
    records = ordered(facing)
    rows = [
        (
            *(labels.label(b, row[b]) for b in facing.by),
            str(int(row["session"]) - 1),
            _count(row, "denominator"),
            _count(row, "numerator"),
            "–" if row["reason"] else french.number(100 * row["value"], 1),
            _hole(row),
        )
        for row in records
    ]
    columns = (
        *(Column(labels.HEADS[b], header=True) for b in facing.by),
        Column("Rentrée", "right"),
        Column("Effectif de dernière année", "right"),
        Column("Présents à l'examen", "right"),
        Column("Présents pour 100", "right"),
        Column("Remarque"),
    )
    told = notes(facing, _facing_lecture(telling(records, records[-1])))
    return Table(name, caption, columns, tuple(rows), ordered_frame(facing), told)


def _count(row: Row, column: str) -> str:
    return "–" if row["reason"] != "secret" and pd.isna(row[column]) else count_or_masked(row, column)


def _hole(row: Row) -> str:
    if row["reason"] != "not_counted":
        return labels.REASONS.get(row["reason"], "")
    missing = [
        told for column, told in (("denominator", "effectif"), ("numerator", "présents")) if pd.isna(row[column])
    ]
    return f"{' et '.join(missing)} : la source ne le donne pas"


def _facing_lecture(row: Row) -> str:
    who = f"à la session {row['session']}, {labels.label('diploma', row['diploma'])}, {row['regime']}"
    if row["reason"]:
        return french.typography(f"{who} : le rapport n'est pas calculé ({_hole(row)}).")
    sat, enrolled = french.number(row["numerator"]), french.number(row["denominator"])
    return french.typography(
        f"{who}, {sat} présents pour {enrolled} inscrits en dernière année à la rentrée {row['session'] - 1}, soit "
        f"{french.number(100 * row['value'], 1)} pour 100."
    )
