"""The sentences of marks: means, their differences, and CCF against ponctuel."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from rncp_analytics.display import french, labels
from rncp_analytics.display.lecture import Row, count_text, group_text, masked_text, verdict
from rncp_analytics.measures.secrecy import Publishable


def marks_lecture(publishable: Publishable, found: Mapping[str, Row]) -> str:
    """How to read the marks of one group: its mean, its share of marks >= 10 and what they don't say."""
    mean, share = found["mark_mean"], found["unit_pass_rate"]
    who = group_text(publishable.by, mean)
    if mean["reason"] == share["reason"] == "secret":
        return masked_text(who)
    why = next((row["reason"] for row in (mean, share) if row["reason"] not in ("", "secret")), "")
    if why:
        return french.typography(f"{who}, la moyenne n'est pas calculée : {labels.REASONS[why]}.")
    n = (share if mean["reason"] else mean)["denominator"]
    above = "part d'au moins 10 masquée" if share["reason"] else f"dont {french.percent(share['value'])} d'au moins 10"
    return french.typography(
        f"{who}, {count_text(n, 'notes')}, {_mean(mean)}, {above} ; les notes se compensent, ce n'est pas un taux de "
        "réussite."
    )


def _mean(row: Row) -> str:
    if row["reason"]:
        return "moyenne masquée"
    span: str = "" if pd.isna(row["lower"]) else f" (de {french.mark(row['lower'])} à {french.mark(row['upper'])})"
    return f"moyenne {french.mark(row['value'])}{span}"


def mark_gap(difference: float) -> str:
    """A difference of means out of 20: "+1,3 point"."""
    return french.points(difference / 100)  # points out of 20, not of percentage


def mark_gap_text(row: Row) -> str:
    """A gap of means out of 20 with its interval: "+1,3 point (+1,2 à +1,4)"."""
    text = mark_gap(row["value"])
    if pd.isna(row["lower"]):
        return text
    return f"{text} ({french.interval(row['lower'] / 100, row['upper'] / 100, signed=True)})"


def mode_text(row: Row, rest: Row | None = None) -> str:
    """The means of the same candidates in CCF and in ponctuel, their gap, and how far it stands from the others'."""
    if row["reason"]:
        return verdict(row)
    ponctuel = french.mark(row["reference_numerator"] / row["reference_denominator"])
    n = count_text(row["denominator"], "candidats")
    told = f"CCF {french.mark(row['estimate'])}, ponctuel {ponctuel} ({n}) ; écart {mark_gap_text(row)}"
    if rest is not None:
        compared = "" if rest["reason"] else f"{mark_gap_text(rest)}, "
        told += f" ; comparé à l'écart des autres : {compared}{verdict(rest)}".removesuffix(", ")
    return french.typography(told)


def mode_lecture(publishable: Publishable, row: Row, rest: Row | None) -> str:
    """How to read one school of :func:`rncp_analytics.mode_chart`."""
    who = group_text(publishable.by, row)
    return masked_text(who) if row["reason"] == "secret" else french.typography(f"{who}, {mode_text(row, rest)}.")
