"""French labels of the statistics that compare: pairs of units, trends, histories, adjusted gaps."""

from __future__ import annotations

from collections.abc import Mapping

STATISTICS: Mapping[str, str] = {
    "acquired": "part ayant acquis l'unité",
    "both_acquired": "les deux acquises",
    "first_acquired_alone": "la première seule",
    "second_acquired_alone": "la seconde seule",
    "neither_acquired": "ni l'une ni l'autre",
    "co_failure_phi": "échec commun (coefficient phi)",
    "cochran_q": "Q de Cochran",
    "pivot_mean_share": "part des refusés pour qui l'épreuve décide de l'admission",
    "pivot_control_share": "part des refusés pour qui l'épreuve décide de l'accès au contrôle",
    "points_missing": "points manquants en moyenne",
    "pass_rate_gain": "admis en plus si l'épreuve était à 10",
    "diploma_hazard": "part des candidats suivis qui obtiennent le diplôme à cette session",
    "exit_hazard": "part des candidats suivis qui sortent à cette session",
    "diploma_incidence": "part cumulée des diplômes obtenus",
    "exit_incidence": "part cumulée des sorties sans le diplôme",
    "still_going": "part des candidats encore en cours",
    "acquired_until": "part des candidats sans le diplôme, par dernière session où leur note peut servir",
    "mean_sessions": "nombre moyen de sessions",
    "mh_odds_ratio": "rapport de cotes commun",
    "breslow_day": "homogénéité entre catégories",
    "observed_expected_ratio": "rapport observé / attendu",
    "reliability": "fiabilité de l'écart",
    "composition_effect": "effet de composition",
    "rate_effect": "effet des taux à composition égale",
    "interaction_effect": "effet croisé",
    "hidden_cells_share": "part des cases masquées",
    "secondary_cells_share": "part des cases masquées pour en protéger d'autres",
    "hidden_present_share": "part des présents dont la case est masquée",
}
# What is told of a rate, by the end of the statistic's name; the first that fits is the one.
SUFFIXES: Mapping[str, str] = {
    "_adjusted_gap": "écart à composition égale : {}",
    "_expected_gap": "écart à l'attendu : {}",
    "_gap": "écart : {}",
    "_ratio": "rapport des taux : {}",
    "_standardised": "{} à composition égale",
    "_trend": "évolution moyenne par session : {}",
}
NUMERATORS: Mapping[str, str] = {
    "diploma_hazard": "admis",
    "exit_hazard": "sortis",
    "acquired_until": "candidats",
    "pivot_mean_share": "refusés pour qui elle est décisive",
    "pivot_control_share": "refusés pour qui elle est décisive",
    "hidden_cells_share": "cases masquées",
    "secondary_cells_share": "cases masquées pour en protéger d'autres",
    "hidden_present_share": "présents dont la case est masquée",
}
DENOMINATORS: Mapping[str, str] = {
    "at_risk": "candidats suivis",
    "refused_below_10": "refusés ayant moins de 10",
    "cells": "cases",
    "hidden_cells": "cases masquées",
}
HEADS: Mapping[str, str] = {
    "other_unit": "Comparée à",
    "first_session": "De",
    "last_session": "À",
    "rank": "Session depuis l'entrée",
    "until": "Note utilisable jusqu'à",
    "factor": "Facteur",
    "profile": "Profil de secret",
}
VALUES: Mapping[str, Mapping[str, str]] = {
    "until": {"unlimited": "Sans limite (VAE)", "unknown": "Durée inconnue", "none": "Non acquis"},
}
METHODS: Mapping[str, str] = {
    "newcombe_paired": "Newcombe (apparié)",
    "cochran": "Cochran",
    "cochran_armitage": "Cochran-Armitage",
    "greenwood": "Greenwood, log(−log)",
    "delta": "méthode delta, log(−log)",
    "irwin": "moyenne restreinte",
    "koopman": "Koopman",
    "mantel_haenszel": "Mantel-Haenszel",
    "breslow_day_tarone": "Breslow-Day (Tarone)",
    "kitagawa": "Kitagawa",
    "das_gupta": "Das Gupta",
    "wilson_effective": "Wilson, effectif équivalent",
    "dersimonian_laird": "DerSimonian-Laird",
}
REFERENCES: Mapping[str, str] = {"observed": "taux observé", "expected": "taux attendu"}
COLUMNS: Mapping[str, str] = {
    "target": "Cible",
    "dispersion": "Dispersion (φ)",
    "between_variance": "Variance entre groupes (τ²)",
    "position": "Position",
    "beyond": "Niveau dépassé",
    "shrinkage": "Rapprochement",
    "shrink_weight": "Poids du groupe",
    "probability_below": "Probabilité d'être sous l'ensemble",
    "reversal": "Effet de l'ajustement",
}
