"""One definition per table and column of a cohort: what may stand there, its French title, an example.

Readers, the store, the synthetic cohort and the data dictionary all take it from here.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

from rncp_analytics.certification.diplomas import OPTION_A, OPTION_B
from rncp_analytics.certification.nomenclature import STATUSES
from rncp_analytics.cohort.marksheet import FORMS, STATES, TESTS
from rncp_analytics.cohort.outcomes import MENTIONS, OUTCOMES

Sector = Literal["public", "prive_sous_contrat", "prive_hors_contrat", "CFA", "CNED"]
Mode = Literal["ccf", "ponctuel"]
SECTORS: tuple[str, ...] = get_args(Sector)
MODES: tuple[str, ...] = get_args(Mode)


class Field(NamedTuple):
    """One column.

    ``kind`` is "text" or "integer" (nullable Int32). ``allowed``: the values of a text, or a pattern (whole
    match); None when anything goes. ``bounds``: lowest and highest integer. ``required``: never missing.
    """

    name: str
    kind: Literal["text", "integer"]
    title: str
    example: str
    allowed: tuple[str, ...] | str | None = None
    bounds: tuple[int, int] = (0, 2**31 - 1)
    required: bool = False


# One row per candidate and session. No name, no INE, no candidate number, no full date of birth: ever.
CANDIDATES = (
    Field("entry", "integer", "Numéro de ligne dans la cohorte", "0", required=True),
    Field("candidate", "text", "Pseudonyme", "9f2c4b7a01d35e68a7c0", r"[0-9a-f]{20}", required=True),
    Field("session", "integer", "Session", "2025", bounds=(2022, 2099), required=True),
    Field("diploma", "text", "Code du diplôme", OPTION_B, (OPTION_B, OPTION_A), required=True),
    Field("candidate_status", "text", "Statut du candidat", "SCOLAIRE", STATUSES, required=True),
    Field("exam_form", "text", "Forme", "globale", FORMS, required=True),
    Field("academie", "text", "Académie", "10", r"\d{2}"),
    Field("departement", "text", "Département", "069", r"\d{3}|02[AB]"),
    Field("school", "text", "Établissement (UAI)", "0690001B", r"\d{7}[A-Z]"),
    Field("sector", "text", "Secteur", "public", SECTORS),
    Field("school_class", "text", "Division de classe", "TMCV1"),
    Field("sex", "text", "Sexe", "F", ("F", "M")),
    Field("birth_year", "integer", "Année de naissance", "2007", bounds=(1930, 2020)),
    Field("repeater", "text", "Redoublant", "no", ("yes", "no")),
    Field("jury_outcome", "text", "Résultat du jury", "passed_first_group", OUTCOMES),
    Field("jury_mention", "text", "Mention du jury", "ab", MENTIONS),
)
# One row per candidate, unit and test; a mandatory unit without a row was not presented.
RESULTS = (
    Field("entry", "integer", "Numéro de ligne dans la cohorte", "0", required=True),
    Field("unit", "text", "Unité", "U31", r"U\d{1,2}|UF\d|PROJET", required=True),
    Field("test", "text", "Épreuve", "first_group", TESTS, required=True),
    Field("state", "text", "État", "marked", STATES, required=True),
    Field("mark", "integer", "Note en vingtièmes de point", "241", bounds=(0, 400)),
    Field("since", "integer", "Session de la note gardée", "2024", bounds=(2017, 2099)),
    Field("mode", "text", "Nature", "ccf", MODES),
)
TABLES = {"candidates": CANDIDATES, "results": RESULTS}
