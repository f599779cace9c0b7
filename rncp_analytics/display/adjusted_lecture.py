"""The sentences under what is told at equal composition: adjusted gaps, decompositions, trends, expected rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from rncp_analytics.display import french, labels
from rncp_analytics.display.lecture import (
    Row,
    count_text,
    gap_text,
    group_text,
    judged,
    masked_text,
    rate_text,
    verdict,
)
from rncp_analytics.measures.secrecy import Publishable

AT_EQUAL = "à composition égale"
_REVERSALS: Mapping[str, str] = {
    "kept": "l'écart demeure",
    "lost": "l'écart n'est plus au-delà du hasard",
    "reversed": "l'écart s'inverse",
    "sign_change": "l'écart change de signe",
    "appears": "un écart apparaît",
}
# Least share of the spread between groups that is not chance.
RELIABILITY: Mapping[str, float] = {"forte": 0.8, "moyenne": 0.5, "faible": 0.0}
_SIGNIFICANT = 0.05
EFFECTS: Mapping[str, str] = {
    "composition_effect": "composition",
    "rate_effect": "réussite à composition égale",
}


def adjustment_text(crude: Row, adjusted: Row, code: str) -> str:
    """What adjusting did to a gap, from the code of :func:`rncp_analytics.reversal`: "l'écart demeure"."""
    if crude["reason"] or adjusted["reason"]:
        return "–"
    if code:
        return _REVERSALS[code]
    return "l'écart reste compatible avec le hasard" if verdict(adjusted) else "–"


def adjusted_lecture(publishable: Publishable, crude: Row, adjusted: Row, text: str, *, sides: tuple[str, str]) -> str:
    """How to read a gap and the same at equal composition; ``sides`` are named with their article."""
    who = group_text(publishable.by, crude)
    if crude["reason"] == adjusted["reason"] == "secret":
        return masked_text(who)
    told = f"{who}, l'écart entre {sides[0]} et {sides[1]}"
    if crude["reason"] not in ("", "secret"):
        return french.typography(f"{told} n'est pas calculé : {verdict(crude)}.")
    told += " est masqué" if crude["reason"] else f" est de {gap_text(crude)}"
    if adjusted["reason"] == "secret":
        return french.typography(f"{told} ; {AT_EQUAL}, il est masqué.")
    if adjusted["reason"]:
        return french.typography(f"{told} ; {AT_EQUAL}, il n'est pas calculé : {verdict(adjusted)}.")
    return french.typography(f"{judged(f'{told} ; {AT_EQUAL}, il est de {gap_text(adjusted)}', text.strip('–'))}.")


def reversal_warning(publishable: Publishable, told: Sequence[tuple[Row, Row, str]]) -> tuple[str, ...]:
    """A line for the gaps that adjusting reversed, turned to the other sign or lost; nothing when there are none."""
    lines = []
    for code in ("reversed", "sign_change", "lost"):
        groups = [group_text(publishable.by, row) for row, _, text in told if text == _REVERSALS[code]]
        if groups:
            lines.append(f"Attention : {AT_EQUAL}, {_REVERSALS[code]} ({' ; '.join(groups)}).")
    return tuple(lines)


def effect_text(row: Row) -> str:
    """An effect in points with its interval; one that can't vary has none, and still adds up."""
    if row["reason"] == "no_spread" and pd.notna(row["value"]):
        return french.points(row["value"])
    return gap_text(row)


def effect_verdict(row: Row) -> str:
    """What may be concluded from an effect."""
    return "sans intervalle" if row["reason"] == "no_spread" and pd.notna(row["value"]) else verdict(row)


def decomposition_lecture(publishable: Publishable, effects: Mapping[str, Row], *, sides: tuple[str, str]) -> str:
    """How to read the two effects of one gap."""
    first = effects["composition_effect"]
    who, between = group_text(publishable.by, first), f"l'écart entre {sides[0]} et {sides[1]}"
    reasons = {effects[name]["reason"] for name in EFFECTS}
    if reasons == {"secret"}:
        return masked_text(who)
    if not reasons <= {"", "no_spread", "secret"}:
        return french.typography(f"{who}, {between} n'est pas décomposé : {verdict(first)}.")
    composition, rate = (_judged(effects[name]) for name in EFFECTS)
    masked = "secret" in reasons
    told = "est masqué" if masked else f"est de {french.points(sum(effects[name]['value'] for name in EFFECTS))}"
    return french.typography(
        f"{who}, {between} {told} : la composition des deux groupes y entre pour {composition}, et la réussite "
        f"{AT_EQUAL} pour {rate}."
    )


def factor_lecture(publishable: Publishable, factor: Row, gap: float, *, sides: tuple[str, str]) -> str:
    """How to read the part of one dimension in a gap."""
    who = group_text(tuple(b for b in publishable.by if b != "factor"), factor)
    if factor["reason"] == "secret":
        return masked_text(who)
    between = f"l'écart entre {sides[0]} et {sides[1]}"
    if factor["reason"] not in ("", "no_spread"):
        return french.typography(f"{who}, {between} n'est pas décomposé : {verdict(factor)}.")
    named = french.small(labels.label("factor", factor["factor"]))
    told = "est masqué" if pd.isna(gap) else f"est de {french.points(gap)}"  # masked with another of its parts
    return french.typography(f"{who}, {between} {told} ; la composition par {named} y entre pour {_judged(factor)}.")


def _judged(row: Row) -> str:
    if row["reason"] == "secret":
        return "une part masquée"
    return ", ".join(part for part in (effect_text(row), effect_verdict(row)) if part)


def trend_verdict(row: Row) -> str:
    """Whether a rate rises or falls over its sessions."""
    if row["reason"] == "one_group":
        return "une seule session"
    found = verdict(row)
    if found == "compatible avec le hasard":
        return "ni hausse ni baisse au-delà du hasard"
    return f"{'hausse' if row['value'] > 0 else 'baisse'} {found}" if found == "au-delà du hasard" else found


def trend_lecture(publishable: Publishable, row: Row) -> str:
    """How to read the mean change of a rate from one session to the next."""
    who = f"{group_text(publishable.by, row)}, de {row['first_session']} à {row['last_session']}"
    if row["reason"] == "secret":
        return masked_text(who)
    if row["reason"]:
        return french.typography(f"{who}, l'évolution n'est pas calculée : {trend_verdict(row)}.")
    rate = labels.STATISTICS[row["statistic"].removesuffix("_trend")]
    told = f"{who}, {rate} : {gap_text(row)} par session en moyenne"
    return french.typography(f"{judged(told, trend_verdict(row), ',')}.")


def expected_lecture(publishable: Publishable, row: Row) -> str:
    """How to read an observed number against the one that the composition would lead to expect."""
    who = group_text(publishable.by, row)
    if row["reason"] == "secret":
        return masked_text(who)
    if row["reason"]:
        return french.typography(f"{who}, l'écart à l'attendu n'est pas calculé : {verdict(row)}.")
    passed = labels.NUMERATORS[row["statistic"].removesuffix("_expected_gap")]
    expected = french.number(row["reference_numerator"])
    told = f"{who}, {count_text(row['numerator'], passed)}, quand la composition des candidats en laisse attendre"
    told += f" {expected} ; écart à l'attendu : {gap_text(row)}"
    return french.typography(f"{judged(told, verdict(row))}.")


def reliability_text(row: Row) -> str:
    """How far the gaps between groups of this size are more than chance: "forte", "moyenne", "faible"."""
    if row["reason"]:
        return "masqué" if row["reason"] == "secret" else "–"
    return next(word for word, least in RELIABILITY.items() if row["value"] >= least)


def homogeneity_text(row: Row) -> str:
    """What the test of homogeneity says of a gap from one group to another, in a sentence; "" where it isn't made."""
    p_value = row["p_value"] if pd.isna(row.get("p_adjusted")) else row["p_adjusted"]
    if row["reason"] or pd.isna(p_value):
        return ""
    if p_value < _SIGNIFICANT:
        return "Pris ensemble, ces écarts diffèrent entre eux au-delà du hasard : l'écart n'est pas le même partout."
    return "Pris ensemble, ces écarts ne diffèrent pas entre eux au-delà du hasard."


def standardised_lecture(publishable: Publishable, crude: Row, standardised: Row) -> str:
    """How to read a rate and the one that the group would have with the composition of the standard."""
    who = group_text(publishable.by, crude)
    if crude["reason"] == standardised["reason"] == "secret":
        return masked_text(who)
    if standardised["reason"] not in ("", "secret"):
        why = labels.REASONS[standardised["reason"]]
        return french.typography(f"{who}, le taux {AT_EQUAL} n'est pas calculé : {why}.")
    found = "masqué" if crude["reason"] == "secret" else f"de {rate_text(crude)}"
    equal = "est masqué" if standardised["reason"] else f"serait de {rate_text(standardised)}"
    return french.typography(f"{who}, le taux constaté est {found} ; avec la composition de référence, il {equal}.")
