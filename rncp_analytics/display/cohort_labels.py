"""French labels of what only a cohort with marks has: units, motifs, classes of marks, categories of candidates."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

from rncp_analytics.certification.catalogue import certification
from rncp_analytics.cohort.marksheet import PROJECT
from rncp_analytics.display.french import enumeration, small

CLASSES: Mapping[str, str] = {
    "class_0_5": "de 0 à moins de 5",
    "class_5_8": "de 5 à moins de 8",
    "class_8_10": "de 8 à moins de 10",
    "class_10_12": "de 10 à moins de 12",
    "class_12_14": "de 12 à moins de 14",
    "class_14_16": "de 14 à moins de 16",
    "class_16_20": "de 16 à 20",
}
SHORT_CLASSES: Mapping[str, str] = {name: name.removeprefix("class_").replace("_", "-") for name in CLASSES}
OUTCOMES: Mapping[str, str] = {
    "passed_first_group": "admis au 1er groupe",
    "control_allowed": "autorisé à l'épreuve de contrôle",
    "passed_after_control": "admis après contrôle",
    "refused_first_group": "refusé au 1er groupe",
    "refused_after_control": "refusé après contrôle",
    "eliminated_absence": "éliminé (absence)",
    "pending": "en attente de remplacement",
    "partial": "résultat partiel",
}
# Why the refused were refused, by the statistic that gives each motif's share.
MOTIFS: Mapping[str, str] = {
    "absence_share": "éliminés pour absence",
    "mean_below_8_share": "moyenne générale inférieure à 8",
    "professional_below_10_share": "moyenne générale de 8 à 10, moyenne professionnelle inférieure à 10",
    "after_control_share": "refusés après contrôle",
    "partial_share": "résultat partiel (forme progressive)",
    "other_reason_share": "autre décision du jury",
}
STATISTICS: Mapping[str, str] = {
    "unit_pass_rate": "part des notes ≥ 10",
    "unit_absence_rate": "part des absents à l'épreuve",
    "share_below_8": "part des notes inférieures à 8",
    "share_below_10": "part des notes inférieures à 10",
    "acquired_rate": "part des blocs acquis par les candidats sans le diplôme",
    "pivot_share": "part des refusés pour qui l'épreuve est décisive",
    "missing_share": "part des candidats sans cette information",
    "jury_share": "part des candidats, par résultat des notes et du jury",
    "registered_coverage": "inscrits de la cohorte rapportés aux inscrits publiés",
    "present_coverage": "présents de la cohorte rapportés aux présents publiés",
    "passed_coverage": "admis de la cohorte rapportés aux admis publiés",
    **{name: f"part des refusés : {words}" for name, words in MOTIFS.items()},
    **{name: f"part des notes {words}" for name, words in CLASSES.items()},
    "pass_rate_bounds": "taux de réussite, bornes",
}
MEANS: Mapping[str, str] = {
    "mark_mean": "moyenne sur 20",
    "mark_sd": "écart-type",
    "mode_gap": "écart des moyennes : CCF moins ponctuel",
    "mark_mean_gap": "écart de moyenne à la session précédente",
    "mode_gap_to_rest": "écart entre CCF et ponctuel, comparé à celui des autres",
}
NUMERATORS: Mapping[str, str] = {
    "unit_pass_rate": "notes d'au moins 10",
    "unit_absence_rate": "absents",
    "share_below_8": "notes sous 8",
    "share_below_10": "notes sous 10",
    "acquired_rate": "blocs acquis",
    "pivot_share": "refusés pour qui elle est décisive",
    **dict.fromkeys(MOTIFS, "refusés pour ce motif"),
    **{name: f"notes {words}" for name, words in CLASSES.items()},
    "pass_rate_bounds": "admis",
}
DENOMINATORS: Mapping[str, str] = {
    "marked": "notes",
    "no_diploma": "candidats sans le diplôme",
    "paired": "candidats avec des notes en CCF et en ponctuel",
}
HEADS: Mapping[str, str] = {
    "departement": "Département",
    "sector": "Secteur",
    "school": "Établissement",
    "school_class": "Division de classe",
    "repeater": "Redoublant",
    "exam_form": "Forme",
    "unit": "Épreuve",
    "mode": "Nature",
    "kind": "Décisive pour",
    "column": "Information",
    "computed": "Résultat que donnent les notes",
    "decided": "Résultat du jury",
}
_UNKNOWN = {"unknown": "Non renseigné"}
SECTORS: Mapping[str, str] = {
    "public": "Public",
    "prive_sous_contrat": "Privé sous contrat",
    "prive_hors_contrat": "Privé hors contrat",
    "CFA": "Centre de formation d'apprentis (CFA)",
    "CNED": "Enseignement à distance (CNED)",
}
VALUES: Mapping[str, Mapping[str, str]] = {
    "sector": {**SECTORS, **_UNKNOWN},
    "repeater": {"yes": "Redoublants", "no": "Non redoublants", **_UNKNOWN},
    "exam_form": {"globale": "Forme globale", "progressive": "Forme progressive"},
    "mode": {"ccf": "CCF", "ponctuel": "Ponctuel", **_UNKNOWN},
    "kind": {"pivot_mean": "Le diplôme", "pivot_control": "L'accès à l'épreuve de contrôle"},
    **dict.fromkeys(("computed", "decided"), OUTCOMES),
    **dict.fromkeys(("school", "school_class", "departement"), _UNKNOWN),
}
# What "Champ" says of the candidates or marks kept; a code alone needs the word that tells what it is.
NARROWING = ("departement", "sector", "school", "school_class", "repeater", "exam_form", "unit", "mode")
_NAMED = {"departement": "département", "school": "établissement", "school_class": "division", "unit": "épreuve"}
_LISTED = 4  # more values than this are counted, not named


def narrowed(dimension: str, labels: Sequence[str]) -> str:
    """The values kept of a dimension, in a sentence: "privé sous contrat", "établissement 0690001B", "13 épreuves"."""
    named = _NAMED.get(dimension)
    if named and len(labels) > _LISTED:
        return f"{len(labels)} {named}s"
    return enumeration([f"{named} {label}" if named else small(label) for label in labels])


@functools.cache
def unit_labels() -> Mapping[str, str]:
    """Units as their readers say them, in exam order: "E34 PSE · U34 · bloc 5"; the project belongs to no block."""
    blocks = certification("RNCP32259").blocks
    named = {b.unit: f"{b.epreuve} {b.name} · {b.unit} · bloc {b.number}" for b in blocks}
    return {**named, PROJECT: "Projet (chef-d'œuvre)"}
