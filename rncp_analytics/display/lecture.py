"""The sentence that says how to read a figure, and the words for how sure it is."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from rncp_analytics.display import french, labels
from rncp_analytics.display.notes import Notes
from rncp_analytics.measures.secrecy import Publishable

Row = Mapping[Hashable, Any]


def verdict(row: Row) -> str:
    """What may be concluded from a gap: "au-delà du hasard", "compatible avec le hasard", or why nothing can."""
    if row["reason"]:
        return "trop peu de candidats" if row["reason"] == "few" else labels.REASONS[row["reason"]]
    if pd.isna(row["lower"]):
        return ""
    return "au-delà du hasard" if row["lower"] > 0 or row["upper"] < 0 else "compatible avec le hasard"


def rate_text(row: Row) -> str:
    """A rate with its interval: "84,7 % (80,0 à 88,4)"; or why it is not given."""
    if row["reason"]:
        count = french.plural(int(row["denominator"]), *_singular(row["denominator_kind"]))
        return "–" if row["reason"] == "empty" else f"non calculé ({count})"
    text = french.percent(row["value"])
    return text if pd.isna(row["lower"]) else f"{text} ({french.interval(row['lower'], row['upper'])})"


def gap_text(row: Row) -> str:
    """A gap with its interval: "+3,5 points (2,7 à 4,3)"; or why it is not given."""
    if row["reason"]:
        return f"non calculé : {labels.REASONS[row['reason']]}"
    text = french.points(row["value"])
    return text if pd.isna(row["lower"]) else f"{text} ({french.interval(row['lower'], row['upper'], signed=True)})"


def rate_lecture(publishable: Publishable, found: Row) -> str:
    """How to read one row of rates.

    "à la session 2025, pour l'option B, 9 103 admis pour 10 490 présents, soit 86,8 % ; une autre promotion
    semblable aurait pu donner de 86,1 à 87,4 %."
    """
    who = _who(publishable.by, found)
    counted = (
        f"{french.number(found['numerator'])} {labels.NUMERATORS[found['statistic']]} "
        f"pour {french.number(found['denominator'])} {labels.DENOMINATORS[found['denominator_kind']]}"
    )
    if found["reason"]:
        return french.typography(f"{who}, {counted} : {labels.REASONS[found['reason']]}, le taux n'est pas calculé.")
    sentence = f"{who}, {counted}, soit {french.percent(found['value'])}"
    if pd.notna(found["lower"]):
        span = french.interval(found["lower"], found["upper"])
        sentence += f" ; une autre promotion semblable aurait pu donner de {span} %"
    return french.typography(sentence + ".")


def flow_lecture(steps: Mapping[str, float], *, group: str = "") -> str:
    """How to read one flow: who sat, who passed at once, who after the contrôle."""
    n = {step: french.number(count) for step, count in steps.items()}
    who = f"{group} : " if group else ""
    return french.typography(
        f"{who}sur {n['present']} présents, {n['passed_first_group']} sont admis au 1er groupe ; "
        f"{n['control_allowed']} sont autorisés à l'épreuve de contrôle (2nd groupe), dont "
        f"{n['passed_after_control']} sont admis ; au total {n['passed']} admis."
    )


def gap_lecture(publishable: Publishable, found: Row, *, group: str, reference: str) -> str:
    """How to read one row of gaps; ``group`` and ``reference`` are named with their article ("l'option B")."""
    # "The rest" is named by the reader of the row: its group needs no second naming.
    shown = publishable.by[:-1] if found["reference"] == "rest" else publishable.by
    who = _who(shown, found)
    if found["reason"]:
        return french.typography(f"{who}, l'écart entre {group} et {reference} n'est pas calculé : {verdict(found)}.")
    own = french.percent(found["estimate"])
    other = french.percent(found["estimate"] - found["value"])
    return french.typography(
        f"{who}, l'écart entre {group} ({own}) et {reference} ({other}) est de {gap_text(found)} : {verdict(found)}."
    )


def growth_lecture(publishable: Publishable, found: Row) -> str:
    """How to read one row of the growth of a number of candidates."""
    counted = labels.DENOMINATORS[found["denominator_kind"].removesuffix("_reference")]
    then, now = french.number(found["denominator"]), french.number(found["estimate"])
    rate = "" if found["reason"] else f", soit {french.growth(found['value'])}"
    return french.typography(
        f"{_who(publishable.by, found)}, {now} {counted} contre {then} à la session {found['reference']}{rate}."
    )


def notes(publishable: Publishable, lecture: str) -> Notes:
    """Lecture, Champ and Source of a chart or table."""
    return Notes(
        lecture=lecture,
        champ=labels.champ(publishable),
        source=f"{publishable.source} ; calculs de ce rapport.",
        caveats=publishable.caveats,
    )


def _who(by: tuple[str, ...], row: Row) -> str:
    words = {
        "session": lambda v: f"à la session {v}",
        "diploma": lambda v: f"pour {_diploma(labels.label('diploma', v))}",
        "option": lambda v: f"pour l'option {v}",
        "academie": lambda v: f"dans l'académie {french.de(labels.label('academie', v))}",
        "candidate_status": lambda v: f"pour le statut « {labels.label('candidate_status', v).lower()} »",
        "regime": lambda v: f"pour le régime « {labels.label('regime', v).lower()} »",
        "sex": lambda v: f"pour les {labels.label('sex', v).lower()}",
    }
    return ", ".join(words[name](row[name]) for name in by if name in words) or "pour l'ensemble"


def _diploma(name: str) -> str:
    return f"l'{name[:1].lower()}{name[1:]}" if name.startswith("Option") else f"le bac pro « {name} »"


def _singular(denominator_kind: str) -> tuple[str, str]:
    word = labels.DENOMINATORS[denominator_kind]
    plural = word
    singular = {"admis": "admis", "refusés": "refusé", "inscrits": "inscrit", "présents": "présent"}.get(word, word)
    return singular, plural
