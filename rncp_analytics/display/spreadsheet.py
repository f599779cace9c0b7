"""A frame of figures as people open it in a spreadsheet: French titles, codes in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from rncp_analytics.display import statistic_labels
from rncp_analytics.display.labels import (
    DENOMINATORS,
    FLOW,
    HEADS,
    REASONS,
    STAGES,
    STATUSES,
    label,
    labels,
    statistic_label,
)

CHAMP = "Champ"  # last column of a file of figures: without it, nobody knows whom they count

COLUMNS: Mapping[str, str] = {
    **HEADS,
    "statistic": "Indicateur",
    "stage": "Étape",
    "value": "Valeur",
    "numerator": "Numérateur",
    "denominator": "Dénominateur",
    "denominator_kind": "Nature du dénominateur",
    "lower": "Borne basse",
    "upper": "Borne haute",
    "confidence": "Confiance",
    "method": "Méthode",
    "n_missing": "Sans information",
    "secrecy": "Secret",
    "reason": "Motif d'absence",
    "reference": "Référence",
    "reference_numerator": "Numérateur de la référence",
    "reference_denominator": "Dénominateur de la référence",
    "estimate": "Valeur du groupe",
    "p_value": "p",
    "p_adjusted": "p ajusté",
    "family_size": "Taille de la famille de tests",
    "shrunk_value": "Valeur rapprochée de l'ensemble",
    **statistic_labels.COLUMNS,
}
METHODS: Mapping[str, str] = {
    **statistic_labels.METHODS,
    "wilson": "Wilson", "newcombe": "Newcombe", "student": "Student", "welch": "Welch", "count": "dénombrement",
    "clopper_pearson": "Clopper-Pearson", "bounds": "bornes",
}  # fmt: skip
SECRECY: Mapping[str, str] = {
    "V": "diffusable",
    "A": "masqué",  # one word for both: which groups have a small number is itself to be kept
    "D": "masqué",
    "S": "données synthétiques",
    "": "usage interne",
}
_REFERENCES: Mapping[str, str] = {
    "rest": "tous les autres",
    "published": "chiffre publié",
    "ponctuel": "ponctuel",
    **statistic_labels.REFERENCES,
}


def readable(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame of figures with French titles and its codes in words, for a file that people open.

    Columns of a reader's table whose title is already French stay as they are.
    """
    judges: dict[str, Callable[[Any], object]] = {
        "statistic": statistic_label,
        "stage": STAGES.get,
        "denominator_kind": _denominator_label,
        "method": METHODS.get,
        "secrecy": lambda letter: SECRECY.get(letter, letter),
        "reason": lambda reason: REASONS.get(reason, reason),
        "reference": _reference_label,
    }
    shown = frame.copy()
    for column in frame.columns:
        if column in judges:
            shown[column] = frame[column].map({v: judges[column](v) for v in frame[column].unique()})
        elif column in HEADS and column != "session":
            shown[column] = frame[column].map({v: label(column, v) for v in frame[column].unique()})
    return shown.rename(columns={**COLUMNS, **FLOW, "pass_rate": "Taux de réussite"})


def _denominator_label(kind: str) -> str:
    if kind.endswith("_reference"):
        return f"{_denominator_label(kind.removesuffix('_reference'))} de la session de référence"
    return DENOMINATORS.get(kind, kind)


def _reference_label(reference: str) -> str:
    parts = [
        _REFERENCES.get(code) or dict(labels("diploma"), **STATUSES).get(code, code) for code in reference.split(" + ")
    ]
    return " + ".join(parts)
