"""A frame of figures as people open it in a spreadsheet: French titles, codes in words; the file beside a report."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Mapping
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
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

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
REFERENCES: Mapping[str, str] = {
    "rest": "tous les autres",
    "rest_of_country": "le reste du pays",
    "published": "chiffre publié",
    "ponctuel": "ponctuel",
    **statistic_labels.REFERENCES,
}


def in_report() -> bool:
    """Whether a report is being made: outputs then also carry what it writes beside its page."""
    return os.environ.get("RNCP_REPORT") == "1"


def report_file(data: pd.DataFrame, *, champ: str = "") -> tuple[dict[str, str], dict[str, Any]]:
    """What figures add to an output of a report, their file and their counts of secrecy; nothing outside a report."""
    if not in_report() or not len(data.columns):
        return {}, {}
    # For the record of secrecy: the file says "masqué", not why.
    told = {"secrecy": data["secrecy"].value_counts().to_dict()} if "secrecy" in data else {}
    return {"text/csv": csv_text(data, champ=champ)}, told


def csv_text(data: pd.DataFrame, *, champ: str = "") -> str:
    """The figures for a spreadsheet set to French: semicolons, decimal commas, titles and codes in words.

    Parameters
    ----------
    data : DataFrame
        Figures, or a table whose titles are already French.
    champ : str
        Whom the figures count, where they don't have it row by row.
    """
    sink = io.StringIO()
    writer = csv.writer(sink, delimiter=";", lineterminator="\r\n")
    frame = readable(data)
    if champ and {"statistic", "registered"} & set(data):
        frame = frame.assign(**{CHAMP: champ})
    writer.writerow(frame.columns)
    writer.writerows([_cell(value) for value in row] for row in frame.itertuples(index=False))
    return sink.getvalue()


def together(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Several sets of figures in one file, each figure once: what only some have is empty in the rows of the others."""
    loose = [frame.astype({name: object for name in frame if name in HEADS}) for frame in frames]
    if not loose:
        return pd.DataFrame()
    whole = pd.concat(loose, ignore_index=True)
    texts = [name for name in whole if not pd.api.types.is_numeric_dtype(whole[name])]
    whole = whole.fillna(dict.fromkeys(texts, "")).drop_duplicates(ignore_index=True)
    return whole[sorted(whole, key=lambda name: (name == CHAMP, name not in HEADS))]


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
        REFERENCES.get(code) or dict(labels("diploma"), **STATUSES).get(code, code) for code in reference.split(" + ")
    ]
    return " + ".join(parts)


def _cell(value: object) -> str:
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, float):
        return (f"{value:.0f}" if value.is_integer() else repr(float(value))).replace(".", ",")
    # A spreadsheet runs a text that begins so as a formula: a hostile label must stay text.
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else str(value)
