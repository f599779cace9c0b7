"""Tables of a cohort with marks: the épreuves of a session, and why the refused were refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rncp_analytics.certification.regulation import Regulation
from rncp_analytics.cohort.marksheet import PROJECT
from rncp_analytics.display import cohort_labels, french, labels
from rncp_analytics.display.labels import ordered, ordered_frame
from rncp_analytics.display.lecture import Row, count_or_masked, marks_lecture, notes, short_rate
from rncp_analytics.display.notes import Notes
from rncp_analytics.display.shape import require_figures
from rncp_analytics.display.table import Column, Table
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.marks import MARK_STATISTICS, REFUSAL_SHARES
from rncp_analytics.measures.secrecy import Publishable

_MODES = {"ccf": "CCF", "ponctuel": "ponctuel", "either": "CCF ou ponctuel"}
_DECISIVE = "Décisive : avec 10 à cette seule épreuve, le refusé aurait le diplôme ; c'est un constat, pas une cause."


def unit_table(
    marks: Publishable, *, rules: Regulation, pivots: Publishable | None = None, name: str, caption: str
) -> Table:
    """The épreuves of a session in exam order, optional ones and the project last.

    Parameters
    ----------
    marks : Publishable
        From :func:`rncp_analytics.unit_marks`, by unit alone.
    rules : Regulation
        ``regulation(diploma, session)``: coefficients and nature of the units.
    pivots : Publishable, optional
        From :func:`rncp_analytics.pivot_shares`, by unit and kind, of the same candidates and under the same profile.
    name, caption : str
        File name and French caption.

    Raises
    ------
    CountsError
        Other figures, or pivots of other candidates.
    """
    require_figures(marks, by=("unit",), statistics=MARK_STATISTICS, may_be_hidden=True)
    decisive = {} if pivots is None else _decisive(marks, pivots)
    found: dict[str, dict[str, Row]] = {}
    for row in ordered(marks):
        found.setdefault(row["unit"], {})[row["statistic"]] = row
    rows = []
    for unit, by_name in found.items():
        cells = (labels.label("unit", unit), _nature(rules, unit), _coefficient(rules, unit), *_cells(by_name))
        rows.append(cells if pivots is None else (*cells, _or_dash(decisive.get(unit))))
    titles = ["Notés", "Absents", "Moyenne", "Écart-type", "% < 8", "% ≥ 10"]
    titles += [] if pivots is None else ["Décisive pour … des refusés"]
    columns = (
        Column("Épreuve", header=True),
        Column("Nature"),
        Column("Coef.", "right"),
        *(Column(title, "right") for title in titles),
    )
    told = notes(marks, marks_lecture(marks, next(iter(found.values()))))
    caveats = [*told.caveats, *([] if pivots is None else [french.typography(_DECISIVE)]), *_uncertain(rules, found)]
    said = Notes(told.lecture, told.champ, told.source, tuple(caveats))
    return Table(name, caption, columns, tuple(rows), ordered_frame(marks), said)


def reason_table(reasons: Publishable, *, name: str, caption: str) -> Table:
    """Why the refused were refused: each candidate in one line, the lines add to the refused.

    Parameters
    ----------
    reasons : Publishable
        From :func:`rncp_analytics.refusal_reasons`, without grouping.
    name, caption : str
        File name and French caption.
    """
    require_figures(reasons, by=(), statistics=REFUSAL_SHARES, may_be_hidden=True)
    found = {row["statistic"]: row for row in ordered(reasons)}
    rows = [
        (french.capital(words), count_or_masked(found[motif], "numerator"), short_rate(found[motif]))
        for motif, words in cohort_labels.MOTIFS.items()
    ]
    first = found[REFUSAL_SHARES[0]]
    whole = short_rate(first) if first["reason"] else french.percent(1)
    rows.append(("Ensemble des refusés", count_or_masked(first, "denominator"), whole))
    columns = (Column("Motif du refus", header=True), Column("Refusés", "right"), Column("Part des refusés", "right"))
    return Table(name, caption, columns, tuple(rows), ordered_frame(reasons), notes(reasons, _motif_lecture(found)))


def _motif_lecture(found: Mapping[str, Row]) -> str:
    row = max(found.values(), key=lambda r: float(r["numerator"]))
    if row["reason"]:
        return french.typography(f"les parts ne sont pas données : {labels.REASONS[row['reason']]}.")
    return french.typography(
        f"sur {french.plural(int(row['denominator']), 'refusé', 'refusés')}, {french.number(row['numerator'])} "
        f"({french.percent(row['value'])}) pour ce motif : {cohort_labels.MOTIFS[row['statistic']]}."
    )


def _decisive(marks: Publishable, pivots: Publishable) -> dict[str, Row]:
    require_figures(pivots, by=("unit", "kind"), statistics=("pivot_share",), may_be_hidden=True)
    ours, theirs = ((p.scope, p.origin, p.source, p.profile) for p in (marks, pivots))
    if ours != theirs:
        raise CountsError(
            "Les notes et les épreuves décisives ne sont pas celles des mêmes candidats",
            expected="deux comptes de la même cohorte, avec la même sélection et le même profil",
        )
    return {row["unit"]: row for row in ordered(pivots) if row["kind"] == "pivot_mean"}


def _cells(found: Mapping[str, Row]) -> tuple[str, ...]:
    mean, absent = found["mark_mean"], found.get("unit_absence_rate")
    return (
        count_or_masked(mean, "denominator"),
        "–" if absent is None else count_or_masked(absent, "numerator"),
        _mark(mean),
        _mark(found["mark_sd"]),
        short_rate(found["share_below_8"]),
        short_rate(found["unit_pass_rate"]),
    )


def _mark(row: Row) -> str:
    return short_rate(row) if row["reason"] else french.mark(row["value"])


def _or_dash(row: Row | None) -> str:
    return "–" if row is None else short_rate(row)


def _nature(rules: Regulation, unit: str) -> str:
    return next((_MODES[str(r.value)] for r in rules.rules if (r.name, r.unit) == ("mode", unit)), "–")


def _coefficient(rules: Regulation, unit: str) -> str:
    if unit == PROJECT:
        return "2 × écart à 10"
    if unit not in rules.mandatory_units:
        return "points > 10"
    value = rules.number("coefficient", unit)
    return french.number(float(value), 0 if value.denominator == 1 else 1)


def _uncertain(rules: Regulation, units: Iterable[str]) -> list[str]:
    """The units whose nature or coefficient was not read in an official text."""
    doubtful = {r.unit for r in rules.rules if r.name in ("mode", "coefficient") and r.certainty != "verified"}
    listed = [labels.label("unit", unit).split(" ")[0] for unit in units if unit in doubtful]
    told = f"Nature ou coefficient à confirmer : {french.enumeration(listed)}." if listed else ""
    return [french.typography(told)] if told else []
