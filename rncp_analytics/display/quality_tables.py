"""The tables of data quality: lines read and refused, what is missing, jury and marks, who is not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from rncp_analytics.cohort.contracts import CANDIDATES
from rncp_analytics.cohort.provenance import ImportRecord, Origin
from rncp_analytics.display import cohort_labels, french, labels
from rncp_analytics.display.fold import Fold, Folds
from rncp_analytics.display.labels import ordered
from rncp_analytics.display.lecture import STAMPS, Row, count_or_masked, notes, short_rate, telling
from rncp_analytics.display.notes import Notes
from rncp_analytics.display.shape import require_figures
from rncp_analytics.display.table import Column, Table
from rncp_analytics.measures.quality import COVERED
from rncp_analytics.measures.secrecy import Publishable, require_publishable

_TITLES: Mapping[str, str] = {f.name: f.title for f in CANDIDATES}
_LINES = "Lignes des fichiers lus, et non candidats : un candidat a une ligne dans sa liste et une par note."


def files_table(reading: ImportRecord, *, origin: Origin, name: str, caption: str) -> Table:
    """Lines of each file: read = accepted + refused.

    Parameters
    ----------
    reading : ImportRecord
        ``cohort.record``.
    origin : {"candidates", "synthetic"}
        ``cohort.origin``: fictitious files are told as such.
    name, caption : str
        File name and French caption.
    """
    total = [sum(getattr(f, n) for f in reading.files) for n in ("read", "accepted", "refused")]
    every = [tuple(f) for f in reading.files] + [("Ensemble", *total)]
    frame = pd.DataFrame(every, columns=["Fichier", "Lignes lues", "Acceptées", "Refusées"])
    read, accepted, refused = map(french.number, total)
    lecture = f"{read} lignes lues, {accepted} acceptées, {refused} refusées ; chaque ligne lue est l'une ou l'autre."
    return _plain(name, caption, frame, lecture, origin)


def refusal_table(reading: ImportRecord, *, origin: Origin, name: str, caption: str) -> Table:
    """Why lines were refused, the most frequent first; never what stood in them.

    Parameters
    ----------
    reading : ImportRecord
        ``cohort.record``.
    origin : {"candidates", "synthetic"}
        As for :func:`files_table`.
    name, caption : str
        File name and French caption.
    """
    columns = ["Fichier", "Colonne", "Motif", "Lignes"]
    frame = pd.DataFrame([tuple(r) for r in reading.refusals], columns=columns)
    first = "aucune ligne n'est refusée."
    if len(frame):
        file, _, reason, rows = reading.refusals[0]
        first = f"dans {file}, {french.plural(rows, 'ligne refusée', 'lignes refusées')} : {reason}."
    return _plain(name, caption, frame, first, origin)


def reading_findings(reading: ImportRecord) -> Folds:
    """What the reader recognised, assumed and left empty, folded under one title."""
    told = reading.findings or ("Rien : la cohorte ne vient d'aucun fichier.",)
    return Folds((Fold("Ce que la lecture a reconnu et supposé", tuple(map(french.typography, told))),))


def missing_table(missing: Publishable, *, name: str, caption: str) -> Table:
    """Of how many candidates each column says nothing.

    Parameters
    ----------
    missing : Publishable
        From :func:`rncp_analytics.missing_shares`, by column.
    name, caption : str
        File name and French caption.
    """
    require_figures(missing, by=("column",), statistics=("missing_share",))
    rows = sorted(missing.frame.to_dict("records"), key=lambda r: list(_TITLES).index(r["column"]))
    shown = [
        (_TITLES[r["column"]], count_or_masked(r, "denominator"), count_or_masked(r, "numerator"), short_rate(r))
        for r in rows
    ]
    columns = _columns("Information", "Candidats", "Sans information", "Part")
    told = notes(missing, french.typography(_missing_lecture(rows)))
    return Table(name, caption, columns, tuple(shown), pd.DataFrame(rows), told)


def _missing_lecture(rows: Sequence[Row]) -> str:
    known = [row for row in rows if not row["reason"]]
    masked = any(row["reason"] == "secret" for row in rows)
    if not any(row["numerator"] for row in known):
        return "ce qui manque est masqué par le secret statistique." if masked else "aucune information ne manque."
    most = max(known, key=lambda row: float(row["value"]))
    names = [f"« {_TITLES[row['column']]} »" for row in known if row["value"] == most["value"]]
    verb = "manquent" if len(names) > 1 else "manque"
    others = "toute autre information" + (" montrée" if masked else "")
    return f"{french.enumeration(names)} {verb} pour {short_rate(most)} des candidats, plus que {others}."


def jury_table(jury: Publishable, *, name: str, caption: str) -> Table:
    """What the marks give and what the jury decided; the jury's result stands.

    Parameters
    ----------
    jury : Publishable
        From :func:`rncp_analytics.jury_differences`.
    name, caption : str
        File name and French caption.
    """
    require_publishable(jury)
    statistics = () if jury.frame.empty else ("jury_share",)
    require_figures(jury, by=("computed", "decided"), statistics=statistics, may_be_empty=True)
    rows = jury.frame.to_dict("records")
    outcomes = cohort_labels.OUTCOMES
    shown = [
        (outcomes[r["computed"]], outcomes[r["decided"]], "non" if r["computed"] == r["decided"] else "oui",
         count_or_masked(r, "numerator"))
        for r in rows
    ]  # fmt: skip
    columns = (
        Column("Résultat que donnent les notes", header=True),
        Column("Résultat du jury"),
        Column("Différence"),
        Column("Candidats", "right"),
    )
    data = jury.frame
    if not shown:
        shown = [("Aucun résultat du jury dans ces fichiers", "–", "–", "–")]
        data = pd.DataFrame(shown, columns=[column.title for column in columns])
    return Table(name, caption, columns, tuple(shown), data, notes(jury, _jury_lecture(rows)))


def _jury_lecture(rows: Sequence[Row]) -> str:
    if not rows:
        return "aucun résultat du jury dans ces fichiers : les résultats sont ceux que donnent les notes."
    if any(row["reason"] for row in rows):
        return french.typography("le résultat du jury fait foi ; des effectifs sont masqués.")
    differing = sum(int(row["numerator"]) for row in rows if row["computed"] != row["decided"])
    total = int(rows[0]["denominator"])
    return french.typography(
        f"sur {french.plural(total, 'candidat', 'candidats')} dont le jury a donné le résultat, "
        f"{french.number(differing)} en ont un autre que celui de leurs notes ; celui du jury fait foi."
    )


def coverage_table(covered: Publishable, *, name: str, caption: str) -> Table:
    """Candidates of the cohort beside those counted in the same académies.

    Parameters
    ----------
    covered : Publishable
        From :func:`rncp_analytics.coverage`.
    name, caption : str
        File name and French caption.
    """
    statistics = [f"{column}_coverage" for column in COVERED]
    require_figures(covered, statistics=statistics)
    groups: dict[tuple[Any, ...], dict[str, Row]] = {}
    for row in ordered(covered):
        groups.setdefault(tuple(row[b] for b in covered.by), {})[row["statistic"]] = row
    rows, columns = [], [Column(labels.HEADS[b], header=True) for b in covered.by]
    for column in COVERED:
        columns += [Column(labels.FLOW[column], "right"), Column("attendus", "right"), Column("part", "right")]
    for key, found in groups.items():
        cells = [labels.label(b, v) for b, v in zip(covered.by, key, strict=True)]
        for statistic in statistics:
            cells += _covered(found[statistic])
        rows.append(tuple(cells))
    present = [found["present_coverage"] for found in groups.values()]
    told = notes(covered, _coverage_lecture(telling(present, present[0])))
    return Table(name, caption, tuple(columns), tuple(rows), covered.frame, told)


def _covered(row: Row) -> tuple[str, str, str]:
    if row["reason"] == "no_reference":
        return french.number(row["numerator"]), "–", "–"
    return count_or_masked(row, "numerator"), count_or_masked(row, "denominator"), short_rate(row)


def _coverage_lecture(row: Row) -> str:
    if row["reason"]:
        return french.typography(f"{labels.REASONS[row['reason']]}.")
    return french.typography(
        f"la cohorte compte {french.number(row['numerator'])} présents, quand {french.number(row['denominator'])} sont "
        f"attendus dans les mêmes académies, soit {french.percent(row['value'])}."
    )


def _plain(name: str, caption: str, frame: pd.DataFrame, lecture: str, origin: Origin) -> Table:
    """A table of what was read, which needs no secrecy: lines of files, not results of candidates."""
    first, *others = frame.columns
    columns = (Column(first, header=True), *(Column(c, "left" if frame[c].dtype == "str" else "right") for c in others))
    rows = tuple(
        tuple(french.number(v) if isinstance(v, int) else french.typography(str(v)) for v in row)
        for row in frame.itertuples(index=False)
    )
    stamps = tuple(STAMPS[o] for o in (origin,) if o in STAMPS)
    told = Notes(french.typography(lecture), french.typography(_LINES), "fichiers importés.", stamps)
    data = frame.assign(Origine=stamps[0]) if stamps else frame
    return Table(name, caption, columns, rows, data, told)


def _columns(head: str, *others: str) -> tuple[Column, ...]:
    return (Column(head, header=True), *(Column(other, "right") for other in others))
