"""The rules of the exam as small tables that a teacher can read: marks given, result expected.

test_rules.py deliberates each case; docs/DEFINITIONS.md is written from the same data by definitions.py.
Expected values were worked out by hand from the texts that the regulation cites.
"""

from __future__ import annotations

from tests.spec.cases import (
    AFTER,
    ALLOWED,
    CONTROL,
    EIGHT,
    FINAL,
    FIRST,
    MEAN,
    MENTION,
    NINE,
    OUT,
    PARTIAL,
    PASSED,
    PASSED_AFTER,
    PRO,
    PRO_BELOW,
    REASON,
    REFUSED,
    REFUSED_AFTER,
    UNITS,
    WAITS,
    Case,
    Spec,
)  # fmt: skip

RULES = (
    Spec(
        "Diplôme : moyenne d'au moins 10",
        "Le diplôme est obtenu au 1er groupe quand la moyenne des unités obligatoires, pondérée par leurs "
        "coefficients (26 en tout), atteint 10. Les notes se compensent : un admis peut avoir moins de 10 à une unité.",
        ("pass_threshold", "coefficient"),
        (
            Case("10 partout", {MEAN: "10,000", FIRST: PASSED, FINAL: PASSED, MENTION: "sans", REASON: "–"}),
            Case(
                "10 exactement, par compensation",
                {MEAN: "10,000", FINAL: PASSED, "U2": "à repasser : non", "U51": "acquise : par la note"},
                marks={"U2": "8", "U31": "12", "U32": "11"},
            ),
            Case(
                "9,99 n'est pas 10 et ne s'affiche pas 10,00",
                {MEAN: "9,998", "moyenne affichée": "9,99", FIRST: ALLOWED},
                marks={"U41": "9,95", "U12": "10,05"},
            ),
        ),
    ),
    Spec(
        "Projet : deux fois l'écart à 10",
        "Pour les scolaires et les apprentis, le double de l'écart entre la note du projet (chef-d'œuvre) et 10 est "
        "ajouté au total des points ou en est retiré ; la somme des coefficients reste 26.",
        ("project_threshold", "project_multiplier", "project_denominator", "project_statuses", "project_absence"),
        (
            Case("9,8 partout, projet 15 : 264,8 / 26", {MEAN: "10,185", FIRST: PASSED}, "9,8", {"PROJET": "15"}),
            Case("9,8 partout, projet 5 : 244,8 / 26", {MEAN: "9,415", FIRST: REFUSED}, "9,8", {"PROJET": "5"}),
            Case("Apprenti : compte aussi", {MEAN: "10,185", FIRST: PASSED}, "9,8", {"PROJET": "15"}, "APPRENTISSAGE"),
            Case(
                "Candidat individuel : ne compte pas",
                {MEAN: "9,800", FIRST: REFUSED},
                "9,8",
                {"PROJET": "15"},
                "INDIVIDUEL",
            ),
            Case("Absent au projet : rien", {MEAN: "10,000", FIRST: PASSED}, marks={"PROJET": "absence"}),
        ),
    ),
    Spec(
        "Unités facultatives : les points au-dessus de 10",
        "Seuls les points au-dessus de 10 s'ajoutent au total, pour le diplôme et la mention ; une note inférieure "
        "n'enlève rien.",
        ("optional_threshold", "optional_multiplier", "optional_maximum", "optional_units"),
        (
            Case("9,9 partout, facultative 14 : 261,4 / 26", {MEAN: "10,054", FIRST: PASSED}, "9,9", {"UF1": "14"}),
            Case("Facultative 9 : rien ne change", {MEAN: "9,900", FIRST: REFUSED}, "9,9", {"UF1": "9"}),
            Case(
                "Trois facultatives : les deux meilleures",
                {MEAN: "10,346"},
                marks={"UF1": "14", "UF2": "11", "UF3": "15"},
            ),
            Case(
                "Elles comptent pour la mention", {MEAN: "12,038", MENTION: "assez bien"}, "11,9", marks={"UF1": "13,6"}
            ),
        ),
    ),
    Spec(
        "Épreuve de contrôle : qui y va",
        "Est autorisé à l'épreuve de contrôle le candidat dont la moyenne générale est d'au moins 8 et de moins de 10, "
        "et la moyenne professionnelle (U2, U31, U32, U33) d'au moins 10.",
        ("control_threshold", "control_professional_threshold", "professional_units"),
        (
            Case("Moyenne 8, moyenne professionnelle 10", {MEAN: "8,000", PRO: "10,000", FIRST: ALLOWED}, marks=EIGHT),
            Case(
                "Moyenne 8, moyenne professionnelle 9,9",
                {MEAN: "8,000", PRO: "9,900", FIRST: REFUSED, REASON: "moyenne professionnelle sous 10"},
                marks={**EIGHT, **PRO_BELOW, "U34": "4,4"},
            ),
            Case(
                "Juste sous 8",
                {MEAN: "7,998", PRO: "10,000", FIRST: REFUSED, REASON: "moyenne sous 8"},
                marks={**EIGHT, "U34": "3,15"},
            ),
        ),
    ),
    Spec(
        "Épreuve de contrôle : deux oraux, la meilleure note par unité",
        "Le candidat repasse une unité parmi mathématiques, économie-droit et PSE (U12, U11, U34) et une parmi "
        "français et histoire-géographie-EMC (U51, U52). La meilleure des deux notes est retenue et la moyenne "
        "recalculée. Aucune mention n'est alors attribuée.",
        ("control_oral_1", "control_oral_2", "control_mark", "mention_after_control"),
        (
            Case(
                "Assez de points regagnés, sans mention",
                {FIRST: ALLOWED, CONTROL: "10,077", AFTER: PASSED_AFTER, FINAL: PASSED_AFTER, MENTION: "sans"},
                marks={**NINE, "U12 contrôle": "13", "U51 contrôle": "18"},
            ),
            Case(
                "La note plus basse est sans effet",
                {CONTROL: "9,692", AFTER: REFUSED_AFTER, REASON: "refusé après contrôle", "U12": "à repasser : oui"},
                marks={**NINE, "U12 contrôle": "4", "U51 contrôle": "16"},
            ),
            Case(
                "Autorisé, sans résultat à l'épreuve de contrôle",
                {FIRST: ALLOWED, AFTER: ALLOWED, FINAL: REFUSED_AFTER},
                marks=NINE,
            ),
            Case(
                "Autorisé, absent à l'épreuve de contrôle",
                {FIRST: ALLOWED, AFTER: REFUSED_AFTER, FINAL: REFUSED_AFTER},
                marks={**NINE, "U12 contrôle": "absence", "U51 contrôle": "absence"},
            ),
        ),
    ),
    Spec(
        "Mentions",
        "Assez bien à partir de 12, bien à partir de 14, très bien à partir de 16, au 1er groupe seulement ; la "
        "moyenne exacte est comparée, sans arrondi.",
        ("mention_ab", "mention_b", "mention_tb", "mention_with_kept_marks"),
        (
            Case("12 exactement", {MENTION: "assez bien"}, "12"),
            Case("Juste sous 12", {MEAN: "11,998", MENTION: "sans"}, "12", {"U34": "11,95"}),
            Case("14 exactement", {MENTION: "bien"}, "14"),
            Case("16 exactement", {MENTION: "très bien"}, "16"),
            Case("Avec un bénéfice de note", {MENTION: "assez bien"}, "12", {"U6": "bénéfice 12 (2024)"}),
        ),
    ),
    Spec(
        "Bénéfice d'une note : cinq ans",
        "Une note d'au moins 10 est gardée cinq sessions après la sienne ; elle compte dans la moyenne avec son "
        "coefficient et l'unité est acquise. Ensuite l'unité est non présentée.",
        ("kept_mark_threshold", "kept_mark_years"),
        (
            Case(
                "Cinq ans après",
                {MEAN: "10,231", FINAL: PASSED, "U31": "acquise : bénéfice"},
                marks={"U31": "bénéfice 12 (2022)"},
                session=2027,
            ),
            Case(
                "Six ans après, forme globale",
                {FINAL: OUT, REASON: "absence", "U31": "acquise : non"},
                marks={"U31": "bénéfice 12 (2022)"},
                session=2028,
            ),
            Case(
                "Six ans après, forme progressive",
                {FINAL: PARTIAL, REASON: "forme progressive, résultat partiel"},
                marks={"U31": "bénéfice 12 (2022)"},
                session=2028,
                status="FORMATION CONTINUE",
                form="progressive",
            ),
            Case(
                "Refusé : ce qui est acquis et jusqu'à quand",
                {
                    FINAL: REFUSED,
                    "U31": "acquise : bénéfice, jusqu'à 2027",
                    "U51": "acquise : par la note, jusqu'à 2030",
                    "U2": "à repasser : oui",
                },
                "7",
                {"U31": "bénéfice 12 (2022)", "U51": "11"},
            ),
        ),
    ),
    Spec(
        "VAE et dispense : hors des deux sommes",
        "Une unité obtenue par VAE ou dispensée n'a pas de note : elle sort du total des points et de la somme des "
        "coefficients. La première est acquise sans limite de durée, la seconde n'est ni acquise ni à repasser.",
        ("vae_in_mean", "vae_validity", "exempt_in_mean", "control_without_professional_mean"),
        (
            Case(
                "VAE partielle : (12 × 18) / 18",
                {MEAN: "12,000", "coefficients": "18", MENTION: "assez bien", "U2": "acquise : VAE"},
                "12",
                {"U2": "VAE", "U31": "VAE", "U7": "dispense"},
                "FORMATION CONTINUE",
            ),
            Case(
                "Dispense : ni acquise ni à repasser",
                {MEAN: "9,000", "coefficients": "25", "U7": "acquise : non, à repasser : non"},
                "9",
                {"U7": "dispense"},
            ),
            Case(
                "Toutes les unités professionnelles par VAE",
                {MEAN: "9,000", PRO: "–", FIRST: ALLOWED},
                "9",
                dict.fromkeys(UNITS[:4], "VAE"),
                "INDIVIDUEL",
            ),
        ),
    ),
    Spec(
        "Forme progressive",
        "Les unités se passent en plusieurs sessions : le résultat est partiel tant qu'une unité obligatoire n'est pas "
        "présentée. Une note inférieure à 10 peut être conservée : elle compte dans la moyenne, l'unité n'est pas "
        "acquise.",
        ("not_presented_progressive", "not_presented_globale", "carried_mark_years", "progressive_statuses"),
        (
            Case(
                "Note de 7 conservée : (7 × 3 + 11 × 23) / 26",
                {MEAN: "10,538", FINAL: PASSED, "U31": "acquise : non"},
                "11",
                {"U31": "conservée 7 (2023)"},
                "FORMATION CONTINUE",
                "progressive",
            ),
            Case(
                "Deux unités non présentées",
                {MEAN: "11,000", "coefficients": "20", FINAL: PARTIAL},
                "11",
                {"U2": "non présentée", "U41": "non présentée"},
                "FORMATION CONTINUE",
                "progressive",
            ),
            Case(
                "La même chose en forme globale est une absence",
                {FINAL: OUT, "coefficients": "26"},
                "11",
                {"U2": "non présentée", "U41": "non présentée"},
            ),
        ),
    ),
    Spec(
        "Absences",
        "Une absence injustifiée à une unité obligatoire empêche la délivrance du diplôme. Une absence justifiée vaut "
        "0 avec son coefficient ; si le diplôme n'est pas obtenu ainsi, le candidat attend l'épreuve de remplacement "
        "de septembre. Au stade final, un remplacement non passé compte 0.",
        ("absence_unjustified", "absence_justified", "absence_replacement"),
        (
            Case(
                "Injustifiée, malgré 15 partout ailleurs",
                {FIRST: OUT, FINAL: OUT, REASON: "absence"},
                "15",
                {"U6": "absence"},
            ),
            Case(
                "Justifiée, diplôme obtenu avec le 0",
                {MEAN: "11,538", FIRST: PASSED},
                "12",
                {"U7": "absence justifiée"},
            ),
            Case(
                "Justifiée, en attente, puis 0 au stade final",
                {MEAN: "9,308", FIRST: WAITS, AFTER: WAITS, FINAL: REFUSED_AFTER},
                "11",
                {"U41": "absence justifiée", "U42": "absence justifiée"},
            ),
            Case(
                "Remplacement passé : une note comme une autre",
                {MEAN: "10,846", FIRST: PASSED, FINAL: PASSED},
                "11",
                {"U41": "9", "U42": "11"},
            ),
        ),
    ),
    Spec(
        "Unités décisives",
        "Une unité est décisive pour un refusé quand 10 à cette unité seule, le reste inchangé, porterait la moyenne "
        "à 10 (diplôme), ou ouvrirait l'épreuve de contrôle sans porter la moyenne à 10 (contrôle).",
        ("pass_threshold", "control_threshold"),
        (
            Case(
                "U2 décide du diplôme",
                {MEAN: "9,462", "U2": "décisive : diplôme", "U31": "décisive : non"},
                marks={"U2": "4", "U31": "8", "U32": "13", "U33": "12", "U41": "12"},
            ),
            Case(
                "U2 ouvre l'épreuve de contrôle",
                {FIRST: REFUSED, PRO: "9,000", "U2": "décisive : contrôle", "U51": "décisive : non"},
                "9",
                {"U2": "7", "U31": "10", "U32": "10", "U33": "10"},
            ),
        ),
    ),
)
