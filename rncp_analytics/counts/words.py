"""How messages name the columns and dimensions of counts; what is shown in reports is display's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

WORDS: Mapping[str, str] = {
    "registered": "inscrits",
    "present": "présents",
    "passed_first_group": "admis au 1er groupe",
    "refused_first_group": "refusés au 1er groupe",
    "control_allowed": "autorisés à l'épreuve de contrôle",
    "passed_after_control": "admis après contrôle",
    "refused_after_control": "refusés après contrôle",
    "passed": "admis",
    "refused": "refusés",
    "tb_felicitations": "admis mention TB avec félicitations",
    "tb": "admis mention TB sans félicitations",
    "b": "admis mention B",
    "ab": "admis mention AB",
    "no_mention": "admis sans mention",
    "pending": "en attente de remplacement",
    "control_pending": "sans résultat à l'épreuve de contrôle",
    "complete": "présents à toutes les épreuves",
    "eliminated": "éliminés",
    "passed_without_test": "diplômés sans épreuve",
    "absence": "refusés pour absence",
    "mean_below_8": "refusés de moyenne inférieure à 8",
    "professional_below_10": "refusés de moyenne professionnelle inférieure à 10",
    "after_control": "refusés par l'épreuve de contrôle",
    "partial": "refusés de forme progressive",
    "other_reason": "refusés pour un autre motif",
    "marked": "notés",
    "marks_sum": "somme des notes",
    "marks_sumsq": "somme des carrés des notes",
    "at_least_10": "notes d'au moins 10",
    "class_0_5": "notes de moins de 5",
    "class_5_8": "notes de 5 à moins de 8",
    "class_8_10": "notes de 8 à moins de 10",
    "class_10_12": "notes de 10 à moins de 12",
    "class_12_14": "notes de 12 à moins de 14",
    "class_14_16": "notes de 14 à moins de 16",
    "class_16_20": "notes de 16 à 20",
    "absent": "absents",
    "absent_justified": "absents justifiés",
    "no_diploma": "candidats sans le diplôme",
    "no_diploma_acquired": "unités acquises sans le diplôme",
    "pivotal": "refusés que l'unité décide",
    "below_10": "refusés de note inférieure à 10",
    "missing_sum": "somme des points manquants",
    "missing_sumsq": "somme des carrés des points manquants",
    "paired": "notés en CCF et en ponctuel",
    "ccf_sum": "somme des moyennes en CCF",
    "ponctuel_sum": "somme des moyennes en ponctuel",
    "gap_sumsq": "somme des carrés des écarts",
    "at_risk": "suivis",
    "entered": "entrés",
    "graduated": "diplômés",
    "exit": "sortis",
    "censored": "encore en cours",
    "entry_unknown": "de première session inconnue",
    "missing": "sans réponse",
    "enrolled": "élèves et apprentis de dernière année",
    "acquired_units": "unités acquises",
    "diploma": "diplôme",
    "academie": "académie",
    "school": "établissement",
    "unit": "unité",
    "rank": "rang",
    "sex": "sexe",
    "candidate_status": "statut",
    "regime": "régime",
    "track": "voie",
    "series": "série",
    "mode_gap": "écart entre CCF et ponctuel",
    "mode_gap_to_rest": "écart entre CCF et ponctuel, face aux autres",
}


def word(name: str) -> str:
    """French name of a column or dimension, for messages."""
    return WORDS.get(name, name)


def describe(dimensions: Sequence[str], key: Sequence[object]) -> str:
    """One row in words: "session 2025, diplôme 40031214"; "total" without dimensions.

    >>> describe(("session", "candidate_status"), (2025, "SCOLAIRE"))
    'session 2025, statut SCOLAIRE'
    """
    return ", ".join(f"{word(d)} {value}" for d, value in zip(dimensions, key, strict=True)) or "total"


def than(parts: Sequence[str], whole: str) -> str:
    """That there are more of the parts than of their whole.

    >>> than(["présents"], "inscrits")
    "Il y a plus de présents que d'inscrits"
    """
    return f"Il y a plus {' et '.join(map(_of, parts))} que {_of(whole)}"


def _of(noun: str) -> str:
    return f"d'{noun}" if noun[0] in "aeiouyhéèêâîô" else f"de {noun}"
