"""How codes are shown: one French label per code, the same in every chart, table and sentence."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from rncp_analytics.certification.diplomas import diploma, family
from rncp_analytics.certification.nomenclature import academies
from rncp_analytics.counts.model import Scope
from rncp_analytics.display import cohort_labels, statistic_labels
from rncp_analytics.display.french import de, enumeration, sort_key, typography
from rncp_analytics.measures.estimates import FEW
from rncp_analytics.measures.profiles import profiles
from rncp_analytics.measures.secrecy import Publishable

STATUSES: Mapping[str, str] = {
    "SCOLAIRE": "Scolaires",
    "APPRENTISSAGE": "Apprentis",
    "FORMATION CONTINUE": "Formation continue",
    "INDIVIDUEL": "Individuels",
    "ENSEIGNEMENT A DISTANCE": "Enseignement à distance (CNED)",
}
_NOWHERE = "territoire de la cohorte"  # territory of a tally whose candidates have no known académie
SEXES: Mapping[str, str] = {"F": "Filles", "M": "Garçons"}
REGIMES: Mapping[str, str] = {
    "scolaires": "Scolaires",
    "apprentis": "Apprentis",
    "formation continue": "Formation continue",
    "autres": "Autres (individuels et CNED)",
    "total": "Ensemble",
}
TRACKS: Mapping[str, str] = {
    "general": "Voie générale",
    "technological": "Voie technologique",
    "professional": "Voie professionnelle",
}
SERIES: Mapping[str, str] = {"production": "Production", "services": "Services"}
STAGES: Mapping[str, str] = {
    "first_group": "résultats après le 1er groupe",
    "after_control": "résultats après l'épreuve de contrôle",
    "final": "résultats définitifs",
}
DENOMINATORS: Mapping[str, str] = {
    "registered": "inscrits",
    "present": "présents",
    "passed": "admis",
    "refused": "refusés",
    "control_allowed": "autorisés à l'épreuve de contrôle",
    "enrolled": "élèves et apprentis de dernière année",
    **cohort_labels.DENOMINATORS,
    **statistic_labels.DENOMINATORS,
}
FLOW: Mapping[str, str] = {
    "registered": "Inscrits",
    "present": "Présents",
    "passed_first_group": "Admis au 1er groupe",
    "control_allowed": "Autorisés à l'épreuve de contrôle (2nd groupe)",
    "passed_after_control": "Admis après contrôle",
    "passed": "Admis",
    "refused_first_group": "Refusés au 1er groupe",
    "refused_after_control": "Refusés après contrôle",
    "refused": "Refusés",
}
# What the numerator counts: "9 103 admis pour 10 490 présents".
NUMERATORS: Mapping[str, str] = {
    "pass_rate": "admis",
    "first_group_pass_rate": "admis au 1er groupe",
    "control_allowed_rate": "autorisés à l'épreuve de contrôle",
    "control_pass_rate": "admis après contrôle",
    "refused_rate": "refusés",
    "refused_first_group_share": "refusés dès le 1er groupe",
    "presence_rate": "présents",
    "mention_rate_of_passed": "admis avec mention",
    "mention_rate_of_present": "admis avec mention",
    "tb_rate_of_passed": "mentions très bien",
    "b_rate_of_passed": "mentions bien",
    "ab_rate_of_passed": "mentions assez bien",
    "no_mention_rate_of_passed": "admis sans mention",
    **cohort_labels.NUMERATORS,
    **statistic_labels.NUMERATORS,
}

STATISTICS: Mapping[str, str] = {
    "pass_rate": "taux de réussite",
    "first_group_pass_rate": "part des admis au 1er groupe",
    "control_allowed_rate": "part des autorisés à l'épreuve de contrôle",
    "control_pass_rate": "réussite à l'épreuve de contrôle",
    "refused_rate": "part des refusés",
    "refused_first_group_share": "part des refus dès le 1er groupe",
    "presence_rate": "taux de présence",
    "mention_rate_of_passed": "part des mentions parmi les admis",
    "mention_rate_of_present": "part des mentions parmi les présents",
    "tb_rate_of_passed": "part des mentions très bien parmi les admis",
    "b_rate_of_passed": "part des mentions bien parmi les admis",
    "ab_rate_of_passed": "part des mentions assez bien parmi les admis",
    "no_mention_rate_of_passed": "part des admis sans mention",
    "present_per_enrolled": "présents pour un élève ou apprenti de dernière année",
    **cohort_labels.STATISTICS,
    **cohort_labels.MEANS,
    **statistic_labels.STATISTICS,
}
HEADS: Mapping[str, str] = {
    "session": "Session",
    "diploma": "Diplôme",
    "option": "Option",
    "academie": "Académie",
    "candidate_status": "Statut du candidat",
    "regime": "Régime",
    "sex": "Sexe",
    "track": "Voie",
    "series": "Série",
    **cohort_labels.HEADS,
    **statistic_labels.HEADS,
}
# Why a value is missing, or must be read with care.
REASONS: Mapping[str, str] = {
    "empty": "aucun candidat",
    "few": f"trop peu de candidats (moins de {FEW})",
    "no_reference": "aucun candidat dans la référence",
    "secret": "masqué (secret statistique)",
    "break": "rupture de série, sessions non comparables",
    "one_group": "un seul groupe, rien à comparer",
    "no_spread": "tous ou aucun, la statistique n'a pas de valeur",
    "missing_cell": "une catégorie de la référence est vide dans ce groupe",
    "not_counted": "la source ne donne pas cet effectif",
    "waiting": "en attente de résultats",
}


def labels(dimension: str) -> Mapping[str, str]:
    """Code → French label for one dimension; a dimension whose codes are shown as they are gives nothing."""
    fixed = {
        "candidate_status": STATUSES,
        "sex": SEXES,
        "regime": REGIMES,
        "track": TRACKS,
        "series": SERIES,
        "factor": {**HEADS, "rate": "Taux"},
        "profile": {profile.name: profile.label for profile in profiles()},
        **cohort_labels.VALUES,
        **statistic_labels.VALUES,
    }
    if dimension in fixed:
        return fixed[dimension]
    if dimension == "diploma":
        return {d.code: d.label for d in family()}
    if dimension in ("unit", "other_unit"):
        return cohort_labels.unit_labels()
    if dimension == "option":
        return {"A": "Option A", "B": "Option B", "none": "Hors option"}
    if dimension == "academie":
        return {a.code: a.name for a in academies()}
    return {}


def label(dimension: str, value: object) -> str:
    """French label of one code; the code itself when the nomenclature has none."""
    return labels(dimension).get(str(value), str(value))


def ordered(publishable: Publishable) -> list[dict[Hashable, Any]]:
    """Rows in the order a reader expects: sessions in time, académies by name, others as listed here."""
    return ordered_frame(publishable).to_dict("records")


def ordered_frame(publishable: Publishable) -> pd.DataFrame:
    """As :func:`ordered`, as a frame: what a table's file holds, in the table's own order."""
    frame = publishable.frame
    keys = pd.DataFrame({b: frame[b].map(_rank(b, frame[b])) for b in publishable.by}, index=frame.index)
    places = keys.sort_values(list(publishable.by), kind="stable").index if publishable.by else frame.index
    return frame.loc[places]


def _rank(dimension: str, codes: pd.Series) -> dict[object, int]:
    known = labels(dimension)
    if dimension == "academie":
        listed = sorted(set(codes), key=lambda code: sort_key(known.get(code, code)))
    else:
        listed = [*(code for code in known if code in set(codes)), *sorted(set(codes) - set(known))]
    return {code: place for place, code in enumerate(listed)}


def diploma_label(code: str) -> str:
    """Short label of a diploma of the family: "Option B", "Vente"."""
    return diploma(code).label


def champ(publishable: Publishable) -> str:
    """The "Champ" line: where, which sessions, who, which stage."""
    frame = publishable.frame
    if "first_session" in frame and len(frame):  # a trend: every session from the first to the last
        return champ_of(publishable.scope, range(frame["first_session"].min(), frame["last_session"].max() + 1))
    return champ_of(publishable.scope, sorted({int(s) for s in frame.get("session", ())}))


def champ_of(scope: Scope, sessions: Sequence[int] = ()) -> str:
    """As :func:`champ`, from a scope and the sessions counted (those that were kept, if none are named)."""
    kept = dict(scope.kept)
    names = {name: [label(name, value) for value in values] for name, values in kept.items()}
    territory = territory_of(scope)
    if "academie" in names:
        territory = (
            "académie" + ("s " if len(names["academie"]) > 1 else " ") + enumeration([de(n) for n in names["academie"]])
        )
    counted = sessions or [int(s) for s in kept.get("session", ())]
    parts = [territory, _sessions(counted), _who(scope, names), STAGES[scope.stage]]
    return typography(" ; ".join(part for part in parts if part)) + "."


def territory_of(scope: Scope) -> str:
    """Where the candidates are: "académie d'Aix-Marseille" from "académie : Aix-Marseille", or as it stands."""
    if scope.territory == _NOWHERE:
        return "académie non renseignée"
    kind, found, name = scope.territory.partition(" : ")
    return f"{kind} {de(name)}" if found else scope.territory


def _sessions(counted: Sequence[int]) -> str:
    if not counted:
        return ""
    if len(counted) == 1:
        return f"session {counted[0]}"
    whole = len(counted) == max(counted) - min(counted) + 1
    return f"sessions {min(counted)} à {max(counted)}" if whole else f"sessions {enumeration(list(map(str, counted)))}"


def _who(scope: Scope, names: Mapping[str, Sequence[str]]) -> str:
    asked = names.get("diploma") or names.get("option")
    if asked is None:
        who = scope.population
    else:
        who = "candidats " + enumeration([of_diploma(name) for name in asked])
        without_vae = " (hors VAE)" if "hors VAE" in scope.population else ""
        who += "" if {"candidate_status", "regime"} & set(names) else f", tous statuts{without_vae}"
    narrowing = ("candidate_status", "regime", "sex", *cohort_labels.NARROWING)
    narrowed = [cohort_labels.narrowed(d, names[d]) for d in narrowing if d in names]
    return ", ".join([who, *narrowed])


def of_diploma(name: str) -> str:
    """A diploma after "de": "de l'option B", "du bac pro Vente"."""
    return f"de l'option {name[-1]}" if name.startswith("Option ") else f"du bac pro {name}"


def statistic_label(name: str) -> str:
    """French name of a statistic, of a comparison ("écart : …") or of a growth ("évolution : …")."""
    if name in STATISTICS:
        return STATISTICS[name]
    for suffix, words in statistic_labels.SUFFIXES.items():
        if name.endswith(suffix):
            return words.format(STATISTICS[name.removesuffix(suffix)])
    if name.endswith("_growth"):
        counted = name.removesuffix("_growth")
        return f"évolution : {FLOW.get(counted, DENOMINATORS.get(counted, counted)).lower()}"
    return FLOW.get(name, name).lower()
