"""Tables of a cohort with marks: the épreuves of a session, and why the refused were refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import pandas as pd

from rncp_analytics.certification.regulation import Regulation
from rncp_analytics.cohort.marksheet import PROJECT
from rncp_analytics.display import cohort_labels, french, labels
from rncp_analytics.display.labels import ordered, ordered_frame
from rncp_analytics.display.lecture import (
    Row,
    count_or_masked,
    fullest,
    notes,
    rate_lecture,
    short_rate,
    telling,
    with_lectures,
)
from rncp_analytics.display.mark_lecture import marks_lecture
from rncp_analytics.display.notes import Notes
from rncp_analytics.display.shape import require_figures
from rncp_analytics.display.table import Column, Table
from rncp_analytics.display.unit_columns import (
    Cell,
    by_unit,
    changes,
    decisive,
    distributions,
    masked_bars,
    natures,
    told_modes,
)
from rncp_analytics.measures.marks import MARK_STATISTICS, REFUSAL_SHARES
from rncp_analytics.measures.secrecy import Publishable

_DECISIVE = "Décisive : avec 10 à cette seule épreuve, le refusé aurait le diplôme ; c'est un constat, pas une cause."
_DISTRIBUTION = f"Distribution : part des notes de chaque classe ({', '.join(cohort_labels.SHORT_CLASSES.values())}), "
_DISTRIBUTION += "borne basse comprise ; en clair, moins de 10."
_CHANGE = "Écart à la session précédente : en points ; « compatible » veut dire compatible avec le hasard."


def unit_table(
    marks: Publishable,
    *,
    rules: Regulation,
    modes: Publishable | None = None,
    change: Publishable | None = None,
    classes: Publishable | None = None,
    pivots: Publishable | None = None,
    name: str,
    caption: str,
) -> Table:
    """The épreuves of a session in exam order, optional ones and the project last.

    Parameters
    ----------
    marks : Publishable
        From :func:`rncp_analytics.unit_marks`, by unit alone: one session, kept with ``counts.where(session=…)``.
    rules : Regulation
        ``regulation(diploma, session)``: coefficients, and the nature of the units where ``modes`` doesn't tell it.
    modes : Publishable, optional
        From :func:`rncp_analytics.unit_marks`, by unit and mode: the nature is then what these candidates had.
    change : Publishable, optional
        From :func:`rncp_analytics.mean_change`, by session and unit; its last session is that of the marks.
    classes : Publishable, optional
        From :func:`rncp_analytics.mark_classes`, by unit: the distribution, drawn as small bars.
    pivots : Publishable, optional
        From :func:`rncp_analytics.pivot_shares`, by unit and kind.
    name, caption : str
        File name and French caption.

    Raises
    ------
    CountsError
        Other figures; or figures that are not of the same candidates, under the same profile.
    """
    require_figures(marks, by=("unit",), statistics=MARK_STATISTICS)
    found = by_unit(marks)
    columns: list[tuple[Column, Cell]] = [
        (Column("Épreuve", header=True), lambda unit: labels.label("unit", unit)),
        (Column("Nature"), natures(marks, rules, modes)),
        (Column("Coef.", "right"), lambda unit: _coefficient(rules, unit)),
        (Column("Notés", "right"), lambda unit: count_or_masked(found[unit]["mark_mean"], "denominator")),
        (Column("Absents", "right"), lambda unit: _absent(found[unit])),
        (Column("Moyenne", "right"), lambda unit: _mean(found[unit]["mark_mean"])),
        *([] if change is None else [(Column("Écart à la session précédente"), changes(marks, change))]),
        (Column("% < 8", "right"), lambda unit: short_rate(found[unit]["share_below_8"])),
        (Column("% ≥ 10", "right"), lambda unit: short_rate(found[unit]["unit_pass_rate"])),
        *([] if classes is None else [(Column("Distribution"), distributions(marks, classes))]),
        *([] if pivots is None else [(Column("Décisive pour … des refusés", "right"), decisive(marks, pivots))]),
    ]
    given = [figures for figures in (marks, change, classes, pivots) if figures is not None]
    told = notes(marks, marks_lecture(marks, fullest(list(found.values()))))
    caveats = [
        *([] if change is None else [_CHANGE]),
        *([] if classes is None else [_DISTRIBUTION, *masked_bars(classes)]),
        *([] if pivots is None else [_DECISIVE]),
        *_without_coefficient(rules, found),
        *_uncertain(rules, found, nature=modes is None),
        *(caveat for figures in given for caveat in notes(figures, "").caveats),
    ]
    said = Notes(told.lecture, told.champ, told.source, tuple(dict.fromkeys(map(french.typography, caveats))))
    rows = tuple(tuple(cell(unit) for _, cell in columns) for unit in found)
    return Table(name, caption, tuple(column for column, _ in columns), rows, _together(given, modes), said)


def reason_table(reasons: Publishable, *, name: str, caption: str) -> Table:
    """Why the refused were refused: each candidate in one line, the lines add to the refused.

    Parameters
    ----------
    reasons : Publishable
        From :func:`rncp_analytics.refusal_reasons`, without grouping.
    name, caption : str
        File name and French caption.
    """
    require_figures(reasons, by=(), statistics=REFUSAL_SHARES)
    found = {row["statistic"]: row for row in ordered(reasons)}
    rows = [
        (french.capital(words), count_or_masked(found[motif], "numerator"), short_rate(found[motif]))
        for motif, words in cohort_labels.MOTIFS.items()
    ]
    first = telling(list(found.values()), found[REFUSAL_SHARES[0]])
    whole = short_rate(first) if first["reason"] else french.percent(1)
    rows.append(("Ensemble des refusés", count_or_masked(first, "denominator"), whole))
    columns = (Column("Motif du refus", header=True), Column("Refusés", "right"), Column("Part des refusés", "right"))
    return Table(name, caption, columns, tuple(rows), ordered_frame(reasons), notes(reasons, _motif_lecture(found)))


def _motif_lecture(found: Mapping[str, Row]) -> str:
    row = max(found.values(), key=lambda r: -1.0 if r["reason"] == "secret" else float(r["numerator"]))
    if row["reason"]:
        return french.typography(f"les parts ne sont pas données : {labels.REASONS[row['reason']]}.")
    return french.typography(
        f"sur {french.plural(int(row['denominator']), 'refusé', 'refusés')}, {french.number(row['numerator'])} "
        f"({french.percent(row['value'])}) pour ce motif : {cohort_labels.MOTIFS[row['statistic']]}."
    )


def _together(given: Sequence[Publishable], modes: Publishable | None) -> pd.DataFrame:
    """The figures of all columns in one frame; what only some have ("kind", "reference") is empty for the others."""
    frames = [with_lectures(figures, _teller(figures)) for figures in given]
    natures_told = [] if modes is None else [told_modes(modes).assign(Lecture="")]
    frame = pd.concat([*frames, *natures_told], ignore_index=True)
    texts = [name for name in ("session", "kind", "mode", "reference") if name in frame]
    frame = frame.astype(dict.fromkeys(texts, object)).fillna(dict.fromkeys(texts, ""))
    return frame[[*(column for column in frame if column != "Lecture"), "Lecture"]]


def _teller(figures: Publishable) -> Callable[[Row], str]:
    """How to read one row: a mean with its share of marks >= 10, or a share; other figures have no sentence."""
    found = by_unit(figures)

    def tell(row: Row) -> str:
        if row["statistic"] == "mark_mean":
            return marks_lecture(figures, found[row["unit"]])
        told = row["statistic"] in labels.NUMERATORS and row["denominator_kind"] in labels.DENOMINATORS
        return rate_lecture(figures, row) if told else ""

    return tell


def _absent(found: Mapping[str, Row]) -> str:
    row = found.get("unit_absence_rate")
    return "–" if row is None else count_or_masked(row, "numerator")


def _mean(row: Row) -> str:
    return short_rate(row) if row["reason"] else french.mark(row["value"])


def _coefficient(rules: Regulation, unit: str) -> str:
    if unit not in rules.mandatory_units:
        return "–"
    value = rules.number("coefficient", unit)
    return french.number(float(value), 0 if value.denominator == 1 else 1)


def _without_coefficient(rules: Regulation, units: Iterable[str]) -> list[str]:
    """How the units that have no coefficient count."""
    known = [unit for unit in units if unit not in rules.mandatory_units]
    optional = ["épreuves facultatives, points au-dessus de 10"] if set(known) - {PROJECT} else []
    project = ["projet, deux fois l'écart à 10"] if PROJECT in known else []
    return [f"Sans coefficient : {' ; '.join([*optional, *project])}."] if known else []


def _uncertain(rules: Regulation, units: Iterable[str], *, nature: bool) -> list[str]:
    """The units whose coefficient, or nature if the regulation gives it, was not read in an official text."""
    names = ("mode", "coefficient") if nature else ("coefficient",)
    doubtful = {r.unit for r in rules.rules if r.name in names and r.certainty != "verified"}
    listed = [labels.label("unit", unit).split(" ")[0] for unit in units if unit in doubtful]
    what = "Nature ou coefficient" if nature else "Coefficient"
    return [f"{what} à confirmer : {french.enumeration(listed)}."] if listed else []
