"""Tables of histories: the diploma by number of sessions, and the units that those without it have acquired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from rncp_analytics.counts.histories import NOT_ACQUIRED
from rncp_analytics.display import french, labels
from rncp_analytics.display.labels import ordered, ordered_frame
from rncp_analytics.display.lecture import Row, count_or_masked, fullest, group_text, notes, short_rate, telling
from rncp_analytics.display.notes import Notes
from rncp_analytics.display.shape import require_figures, with_interval
from rncp_analytics.display.table import Column, Table
from rncp_analytics.measures.histories import HISTORY_STATISTICS
from rncp_analytics.measures.secrecy import Publishable, require_publishable

_CUMULATED = ("diploma_incidence", "exit_incidence", "still_going")
_CUMUL = (
    "Cumul : estimé session après session parmi les candidats encore suivis, car ceux qui sont entrés récemment ne le "
    "sont pas aussi longtemps ; ce n'est pas un quotient des effectifs."
)


def history_table(found: Publishable, *, name: str, caption: str) -> Table:
    """Session after session since entry: candidates followed, admis, sortis, and the cumulated shares.

    Parameters
    ----------
    found : Publishable
        From :func:`rncp_analytics.time_to_diploma`, by any dimensions.
    name, caption : str
        File name and French caption.
    """
    require_publishable(found)
    require_figures(found, by={"rank", *found.by}, statistics=HISTORY_STATISTICS)
    groups = [dimension for dimension in found.by if dimension != "rank"]
    rows = []
    for by_name in by_rank(found):
        one = by_name["still_going"]
        counts = [count_or_masked(one, "denominator")]
        counts += [count_or_masked(by_name[cause], "numerator") for cause in ("diploma_incidence", "exit_incidence")]
        cells = (labels.label(dimension, one[dimension]) for dimension in groups)
        rows.append((*cells, session_name(by_name), *counts, *(share_text(by_name[s]) for s in _CUMULATED)))
    columns = (
        *(Column(labels.HEADS[dimension], header=True) for dimension in groups),
        Column("Depuis l'entrée", header=True),
        *(Column(title, "right") for title in ("Suivis", "Admis", "Sortis")),
        *(Column(title, "right") for title in ("Diplôme obtenu, cumul", "Sortis, cumul", "Encore en cours")),
    )
    return Table(name, caption, columns, tuple(rows), ordered_frame(found), history_notes(found))


def acquired_table(found: Publishable, *, name: str, caption: str) -> Table:
    """What those without the diploma have acquired: by unit, and by the last session in which its mark can be used.

    Parameters
    ----------
    found : Publishable
        From :func:`rncp_analytics.acquired_by_refused`, by unit alone.
    name, caption : str
        File name and French caption.
    """
    require_publishable(found)
    if found.frame.empty and set(found.by) == {"unit", "until"}:
        return _nobody(found, name=name, caption=caption)
    require_figures(found, by=("unit", "until"), statistics=("acquired_until",))
    units: dict[str, dict[str, Row]] = {}
    for row in ordered(found):
        units.setdefault(row["unit"], {})[row["until"]] = row
    words, seen = labels.labels("until"), set(found.frame["until"])
    ends = [*sorted(seen - set(words)), *(end for end in words if end in seen)]
    rows = [
        (labels.label("unit", unit), count_or_masked(telling(list(cells.values()), _any(cells)), "denominator"),
         *(count_or_masked(cells[end], "numerator") for end in ends), _acquired_share(cells))
        for unit, cells in units.items()
    ]  # fmt: skip
    titles = ["Sans le diplôme", *(words.get(end, f"Jusqu'à la session {end}") for end in ends), "Part acquise"]
    columns = (Column("Épreuve", header=True), *(Column(title, "right") for title in titles))
    told = _notes(found, _acquired_lecture(found))
    return Table(name, caption, columns, tuple(rows), ordered_frame(found), told)


def _nobody(found: Publishable, *, name: str, caption: str) -> Table:
    told = _notes(found, "aucun candidat n'est sans le diplôme.")
    return Table(name, caption, (Column("Épreuve", header=True),), (), ordered_frame(found), told)


def mean_sessions_table(found: Publishable, *, name: str, caption: str) -> Table:
    """Mean number of sessions until the diploma or the exit, group by group; the horizon is said under the table.

    Parameters
    ----------
    found : Publishable
        From :func:`rncp_analytics.mean_sessions`.
    name, caption : str
        File name and French caption.
    """
    require_figures(found, statistics=("mean_sessions",))
    records = ordered(found)
    rows = [
        (
            *(labels.label(dimension, row[dimension]) for dimension in found.by),
            count_or_masked(row, "denominator"),
            _mean_text(row),
        )
        for row in records
    ]
    columns = (
        *(Column(labels.HEADS[dimension], header=True) for dimension in found.by),
        Column("Suivis dès leur 1re session", "right"),
        Column(with_interval("Nombre moyen de sessions", found), "right"),
    )
    told = _notes(found, _mean_lecture(found, records))
    return Table(name, caption, columns, tuple(rows), ordered_frame(found), told)


def by_rank(found: Publishable) -> list[dict[str, Row]]:
    """Rows of the figures, by statistic: one entry for each group and session since entry, in order.

    The sessions after the last one in which anybody of the group is followed are left out.
    """
    groups = [dimension for dimension in found.by if dimension != "rank"]
    careers: dict[tuple[object, ...], dict[int, dict[str, Row]]] = {}
    for row in ordered(found):
        career = careers.setdefault(tuple(row[dimension] for dimension in groups), {})
        career.setdefault(int(row["rank"]), {})[row["statistic"]] = row
    kept = []
    for career in careers.values():
        last = max((rank for rank, of in career.items() if of["still_going"]["denominator"] != 0), default=1)
        kept += [of for rank, of in sorted(career.items()) if rank <= last]
    return kept


def session_name(rows: Mapping[str, Row]) -> str:
    """Which session since entry: "1re session", "2e session"."""
    return _ordinal(int(rows["still_going"]["rank"]))


def counts_text(rows: Mapping[str, Row]) -> tuple[str, str, str]:
    """What happened in a session, in numbers of candidates: "146 suivis", "40 admis", "34 sortis"."""
    passed, left, one = (rows[statistic] for statistic in _CUMULATED)
    return (
        _counted(one, "denominator", "suivi", "suivis"),
        _counted(passed, "numerator", "admis", "admis"),
        _counted(left, "numerator", "sorti", "sortis"),
    )


def _counted(row: Row, column: str, singular: str, plural: str) -> str:
    return f"{plural} : masqué" if row["reason"] == "secret" else french.plural(int(row[column]), singular, plural)


def share_text(row: Row) -> str:
    """A cumulated share with its interval: "48,3 % (42,3 à 54,7)", or why it is not given."""
    text = short_rate(row)
    return text if row["reason"] or pd.isna(row["lower"]) else f"{text} ({french.interval(row['lower'], row['upper'])})"


def history_notes(found: Publishable) -> Notes:
    """Lecture of the last session whose figures are shown, Champ, Source, and how to take the cumulated shares."""
    told = _notes(found, _history_lecture(found))
    return replace(told, caveats=(french.typography(_CUMUL), *told.caveats))


def _notes(found: Publishable, lecture: str) -> Notes:
    """As :func:`notes`, with how candidates were followed where "Champ" names the diplomas kept instead."""
    told = notes(found, lecture)
    kept = "diploma" in dict(found.scope.kept)
    followed = (french.typography(f"Suivi : {found.scope.population}."),) if kept else ()
    return replace(told, caveats=(*followed, *told.caveats))


def _history_lecture(found: Publishable) -> str:
    sessions = by_rank(found)
    parts = [{statistic: rows[statistic] for statistic in _CUMULATED} for rows in reversed(sessions)]
    shown = [rows for rows in parts if any(not row["reason"] for row in rows.values())]
    if not shown:
        reason = sessions[0]["still_going"]["reason"]
        return french.typography(f"les parts ne sont pas données : {labels.REASONS[reason]}.")
    rows = fullest(shown)
    one = next(rows[statistic] for statistic in reversed(_CUMULATED) if not rows[statistic]["reason"])
    group = _group(tuple(by for by in found.by if by != "rank"), one)
    diploma, left, going = (
        "une part masquée" if row["reason"] == "secret" else share_text(row) for row in rows.values()
    )
    n = french.plural(int(one["denominator"]), "candidat encore suivi", "candidats encore suivis")
    return french.typography(
        f"{group}à l'issue de la {session_name(rows)} depuis l'entrée ({n}), {diploma} des candidats ont obtenu le "
        f"diplôme, {left} sont sortis sans lui et {going} sont encore en cours."
    )


def _acquired_lecture(found: Publishable) -> str:
    rows = ordered(found)
    shown = [row for row in rows if not row["reason"]]
    if not shown:
        return french.typography(f"les parts ne sont pas données : {labels.REASONS[rows[0]['reason']]}.")
    dated = [row for row in shown if row["until"] not in labels.labels("until")]
    row = max(dated, key=lambda r: float(r["numerator"]), default=shown[0])
    n = french.plural(int(row["denominator"]), "candidat sans le diplôme", "candidats sans le diplôme")
    if not dated:
        return french.typography(f"sur {n}, aucune note à garder jusqu'à une session connue.")
    can = french.plural(int(row["numerator"]), "peut utiliser sa note", "peuvent utiliser leur note")
    return french.typography(
        f"à l'épreuve « {labels.label('unit', row['unit'])} », sur {n}, {can} jusqu'à la session {row['until']}."
    )


def _mean_text(row: Row) -> str:
    if row["reason"] == "empty" and row["denominator"]:
        return "non calculé : personne n'est suivi aussi longtemps"
    if row["reason"]:
        return short_rate(row)
    text = french.number(row["value"], 1)
    if pd.isna(row["lower"]):
        return text
    return f"{text} ({french.number(row['lower'], 1)} à {french.number(row['upper'], 1)})"


def _mean_lecture(found: Publishable, records: Sequence[Row]) -> str:
    row = next((row for row in records if not row["reason"]), None)
    if row is None:
        masked = records[0]["reason"] == "secret"
        return "les moyennes sont masquées." if masked else "aucune moyenne n'est calculée."
    group = _group(found.by, row)
    n = french.plural(int(row["denominator"]), "candidat suivi", "candidats suivis")
    return french.typography(
        f"{group}{_mean_text(row)} session{'s' if row['value'] >= 2 else ''} en moyenne jusqu'au diplôme ou à la "
        f"sortie, sur {n} dès la première session."
    )


def _group(by: tuple[str, ...], row: Row) -> str:
    """The group that a sentence begins with: "pour le statut « apprentis », "; nothing for the whole."""
    return f"{group_text(by, row)}, " if by else ""


def _any(cells: Mapping[str, Row]) -> Row:
    return next(iter(cells.values()))


def _acquired_share(cells: Mapping[str, Row]) -> str:
    row = cells.get(NOT_ACQUIRED, _any(cells))
    if row["reason"]:
        return short_rate(row)
    return french.percent(1 - float(row["value"]) if NOT_ACQUIRED in cells else 1.0)


def _ordinal(rank: int) -> str:
    return f"{rank}{'re' if rank == 1 else 'e'} session"
