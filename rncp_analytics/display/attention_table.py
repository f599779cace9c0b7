"""Schools to look at first: each with its reasons in words, without a rank."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from rncp_analytics.display import french, labels
from rncp_analytics.display.chance import GROUPS, agreed
from rncp_analytics.display.funnel_chart import over_dispersed
from rncp_analytics.display.lecture import Row, notes, rate_text
from rncp_analytics.display.shape import require_figures
from rncp_analytics.display.table import Column, Table
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.attention import ATTENTION_COLUMNS
from rncp_analytics.measures.secrecy import Publishable

LISTED = "Raisons de regarder"  # title of a column that no other table has
_NOTHING = ("Rien à montrer", "–", "–", "–")


def attention_table(listed: Publishable, *, judged: Publishable | None = None, name: str, caption: str) -> Table:
    """The list of :func:`rncp_analytics.attention`, in its order; the raw rate is the only one.

    Parameters
    ----------
    listed : Publishable
        From :func:`rncp_analytics.attention`. Groups hidden by a profile of secrecy are not listed.
    judged : Publishable, optional
        From :func:`rncp_analytics.funnel`, of the same groups: where they differ beyond chance, the table says so.
    name, caption : str
        File name and French caption.

    Raises
    ------
    CountsError
        Other figures.
    """
    require_figures(listed, may_be_empty=True)
    if not set(ATTENTION_COLUMNS) <= set(listed.frame.columns):
        raise CountsError(
            "Ces chiffres ne sont pas de ceux que montre ce tableau",
            where=f"reçu : des chiffres par {', '.join(listed.by) or 'rien'}",
            expected="le résultat de rncp.attention(…)",
            remedy="choisir le tableau qui convient : rate_table, gap_table…",
        )
    (dimension,) = listed.by
    shown = listed.frame[listed.frame["reason"] != "secret"]
    found = shown.to_dict("records")
    rows = [
        (labels.label(dimension, r[dimension]), french.number(r["denominator"]), rate_text(r), _why(r)) for r in found
    ]
    columns = (
        Column(labels.HEADS[dimension], header=True),
        Column("Présents", "right"),
        Column("Taux de réussite", "right"),
        Column(LISTED),
    )
    # One rate per group, in the file as well: the shrunken one has done its work, which is the order.
    lectures = [french.capital(_row_lecture(dimension, row)) for row in rows]
    data = shown.drop(columns=list(ATTENTION_COLUMNS)).assign(**{LISTED: [_why(r) for r in found], "Lecture": lectures})
    told = notes(listed, _lecture(dimension, rows, masked=len(shown) < len(listed.frame)))
    told = replace(told, caveats=(*_unlike(dimension, judged), *told.caveats))
    return Table(name, caption, columns, tuple(rows) or (_NOTHING,), data, told)


def _lecture(dimension: str, rows: Sequence[tuple[str, str, str, str]], *, masked: bool) -> str:
    groups = GROUPS[dimension]
    if not rows and masked:
        return f"le secret statistique masque les {groups} à regarder."
    if not rows:
        return f"aucune différence au-delà du hasard entre les {groups} {agreed(dimension, 'examiné')}."
    return _row_lecture(dimension, rows[0])


def _row_lecture(dimension: str, row: tuple[str, str, str, str]) -> str:
    named, present, rate, why = row
    who = f"{french.small(labels.HEADS[dimension])} {french.de(named) if dimension == 'academie' else named}"
    return french.typography(f"{who}, {present} présents, taux de réussite {rate} ; à regarder pour : {why}.")


def _unlike(dimension: str, judged: Publishable | None) -> tuple[str, ...]:
    """That many groups differ, where the spread of their rates is beyond chance."""
    if judged is None:
        return ()
    require_figures(judged, by=(dimension,))
    told = judged.frame[judged.frame["reason"] == ""]
    if told.empty or not over_dispersed(told["dispersion"].iloc[0], len(told)):
        return ()
    spread = f"D'ensemble, les {GROUPS[dimension]} diffèrent plus que le hasard ne le veut"
    return (french.typography(f"{spread} : la liste ne nomme pour leur réussite que ce qui s'en détache même ainsi."),)


def _why(row: Row) -> str:
    """The reasons of one group in words."""
    return french.typography(" ; ".join(_WORDS[code](row) for code in row["reasons"].split()))


def _mode_gap(row: Row) -> str:
    own, others = row["mode_gap"], row["mode_gap_others"]
    how = "plus éloignés" if abs(own) > abs(others) else "plus proches"
    # Points out of 20, which the wording of points takes as proportions.
    return f"CCF {how} des ponctuelles qu'ailleurs ({french.points(own / 100)} contre {french.points(others / 100)})"


_WORDS: Mapping[str, Callable[[Row], str]] = {
    "rate": lambda row: "réussite plus basse qu'ailleurs, au-delà du hasard",
    "mode_gap": _mode_gap,
    "absences": lambda row: "absences plus fréquentes qu'ailleurs",
    "fall": lambda row: f"recul depuis {row['since']} au-delà du hasard",
}
