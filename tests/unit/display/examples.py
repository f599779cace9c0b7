"""The charts and tables of the notebooks, from any official results, and small awkward results."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

import pandas as pd

import rncp_analytics as rncp
from rncp_analytics.certification.catalogue import certification
from rncp_analytics.counts.completeness import Alert
from rncp_analytics.counts.model import MENTIONS, OUTCOMES, Counts, Scope, Source
from rncp_analytics.counts.official import OfficialResults
from rncp_analytics.counts.published import ACADEMIES, ALL_BAC_PRO, NATIONAL
from rncp_analytics.display.figure import Chart
from rncp_analytics.display.table import Table
from rncp_analytics.measures.secrecy import Publishable

LONG = "Un titre comme en donne qui décrit tout : taux, étape, champ, sessions, statuts et académies, d'un trait"


def charts(results: OfficialResults, session: int, *, title: str = "Un titre") -> dict[str, Chart]:
    """Every chart of the notebooks."""
    own = results.national.where(diploma=rncp.OPTION_B, session=session)
    family = results.national.where(session=session)
    lines = results.national.where(diploma=[rncp.OPTION_B, rncp.OPTION_A, rncp.VENTE, rncp.COMMERCE])
    places = results.academies.where(session=session, diploma=[rncp.OPTION_B, rncp.OPTION_A])
    gaps = rncp.gap_to_rest(places.where(diploma=rncp.OPTION_B), dimension="academie")
    b_to_a = {"group": "l'option B", "reference": "l'option A"}
    return {
        "flow": rncp.flow_chart(rncp.official(rncp.flow(own)), name="flux", title=title),
        "sessions": rncp.session_chart(
            rncp.official(rncp.rates(lines, by=["session", "diploma"])), name="sessions", title=title
        ),
        "academies": rncp.academie_chart(rncp.official(gaps), name="academies", title=title),
        "statuses": rncp.gap_chart(option_gap(family, "candidate_status"), **b_to_a, name="statuts", title=title),
        "places": rncp.gap_chart(option_gap(places, "academie"), **b_to_a, name="lieux", title=title),
        "rates": rncp.rate_chart(rncp.official(rncp.rates(own, by=["candidate_status"])), name="statuts", title=title),
    }


def option_gap(counts: Counts, *by: str) -> Publishable:
    """Option B against option A within each group."""
    return rncp.official(
        rncp.rate_gap(counts, dimension="diploma", group=rncp.OPTION_B, reference=rncp.OPTION_A, by=by)
    )


def tables(results: OfficialResults, session: int) -> dict[str, Table]:
    """Every table of figures of the notebooks, and those of the certification."""
    fiche = certification("RNCP32259")
    family = results.national.where(session=session)
    recent = results.national.where(diploma=[rncp.OPTION_B, rncp.OPTION_A, rncp.ACCUEIL])
    own = family.where(diploma=rncp.OPTION_B)
    places = results.academies.where(diploma=rncp.OPTION_B)
    regimes = rncp.by_regime(results.national.where(diploma=rncp.OPTION_B))
    told = {"name": "essai", "caption": "Un tableau : essai"}
    b_to_a = {"group": "l'option B", "reference": "l'option A"}
    official = rncp.official
    return {
        "flow": rncp.flow_table(official(rncp.flow(family, by=["diploma"])), **told),
        "gap by session": rncp.gap_table(option_gap(recent, "session"), **b_to_a, **told),
        "gap by status": rncp.gap_table(option_gap(family, "candidate_status"), **b_to_a, **told),
        "gap to rest": rncp.gap_table(
            official(rncp.gap_to_rest(own, dimension="candidate_status", by=[])),
            group="ce statut",
            reference="les autres candidats",
            **told,
        ),
        "rates": rncp.rate_table(official(rncp.rates(family, by=["diploma", "sex"])), **told),
        "presence": rncp.rate_table(
            official(rncp.rates(own, by=["candidate_status"], statistic="presence_rate")), **told
        ),
        "mentions": rncp.mention_table(
            official(rncp.rates(family, by=["diploma"], statistic=rncp.MENTION_RATES)), **told
        ),
        "changes": rncp.change_table(official(rncp.session_change(recent, by=["diploma"])), **told),
        "academies": rncp.academie_table(
            official(rncp.gap_to_rest(places, dimension="academie")), session=session, **told
        ),
        "regimes": rncp.regime_table(
            official(rncp.rates_with_total(regimes, by=["session", "regime"], total_of="regime")), **told
        ),
        "growth": rncp.growth_table(official(rncp.headcount_change(regimes, column="present", by=["regime"])), **told),
        "identity": rncp.identity_table(fiche),
        "blocks": rncp.blocks_table(fiche),
        "routes": rncp.routes_table(fiche),
        "lineage": rncp.lineage_table(),
        "crosswalk": rncp.crosswalk_table(),
    }


def cell(
    session: int = 2025,
    diploma: str = rncp.OPTION_B,
    academie: str = "10",
    status: str = "SCOLAIRE",
    *,
    sex: str = "F",
    present: int = 20,
    passed: int = 15,
    allowed: int = 0,
    saved: int = 0,
) -> dict[str, object]:
    """One line of counts that adds up; none has a mention, everybody is present."""
    lost = allowed - saved
    numbers = {
        "registered": present,
        "present": present,
        "passed_first_group": passed - saved,
        "refused_first_group": present - passed - lost,
        "control_allowed": allowed,
        "passed_after_control": saved,
        "refused_after_control": lost,
        "passed": passed,
        "refused": present - passed,
        "no_mention": passed,
    }
    option = {rncp.OPTION_A: "A", rncp.OPTION_B: "B"}.get(diploma, "none")
    keys = {"session": session, "diploma": diploma, "option": option, "academie": academie}
    return {**keys, "candidate_status": status, "sex": sex, **dict.fromkeys(MENTIONS, 0), **numbers}


def results_of(cells: Sequence[dict[str, object]], *, alerts: tuple[Alert, ...] = ()) -> OfficialResults:
    """Official results as a small file of these lines would give them."""
    frame = pd.DataFrame(list(cells))
    source = Source("Un essai", "DEPP", "Licence Ouverte 2.0", "0" * 64, ("essai.csv",))
    scope = Scope("final", "académie : Lyon", "candidats de la famille, tous statuts (hors VAE)")
    dimensions = ("session", "diploma", "option", "academie", "candidate_status", "sex")
    whole = Counts(frame[[*dimensions, *OUTCOMES, *MENTIONS]], dimensions, scope, "official", source)
    return OfficialResults(whole.by(*NATIONAL), whole.by(*ACADEMIES), whole.by(*ALL_BAC_PRO), None, source, alerts)


@functools.cache
def awkward(kind: str) -> OfficialResults:
    """Results that are hard to draw: "one group", "all passed", "none passed", "nobody", "all to the contrôle"."""
    n = 0 if kind == "nobody" else 20
    passed = {"all passed": n, "none passed": 0}.get(kind, n // 2)
    allowed = {"all to the contrôle": n}.get(kind, 0)
    saved = passed if allowed else 0
    options = [rncp.OPTION_B] if kind == "one group" else [rncp.OPTION_B, rncp.OPTION_A]
    places = ["10"] if kind == "one group" else ["10", "19", "25"]
    statuses = ["SCOLAIRE"] if kind == "one group" else ["SCOLAIRE", "ENSEIGNEMENT A DISTANCE", "FORMATION CONTINUE"]
    sessions = [2025] if kind == "one group" else [2024, 2025]
    return results_of(
        [
            cell(s, d, a, status, present=n, passed=passed, allowed=allowed, saved=saved)
            for s in sessions
            for d in options
            for a in places
            for status in statuses
        ]
    )


@functools.cache
def awkward_charts(kind: str) -> dict[str, Chart]:
    return charts(awkward(kind), 2025)


@functools.cache
def awkward_tables(kind: str) -> dict[str, Table]:
    return tables(awkward(kind), 2025)


AWKWARD = ("one group", "all passed", "none passed", "nobody", "all to the contrôle", "ordinary")

_OFFENCES = {
    "a percent sign without its unbreakable space": r"\d %|\d%",
    "a decimal point": r"\d\.\d",
    "a plain space before a punctuation mark": r"(?<!\|) [%:;!?»]|« ",
    "a word that readers must not meet": r"(?i)\b(rattrapage|ajourn\w*)\b",
    "a missing value": r"\b(nan|NaN|None|NaT|inf|<NA>)\b",
    "a hyphen for a minus sign": r"(?<![\w./-])-\d",
    "a zero with a sign": r"[−+]0,0\b",
    "an English word": r"\b(?:[a-z]+_(?:rate|gap|share|growth|of|group|status)\w*|present|passed|wilson|none)\b",
}


def offences(text: str) -> list[str]:
    """What in a text shown to readers breaks the typography of the house."""
    return [
        f"{what} : …{text[max(0, found.start() - 25) : found.end() + 15]!r}"
        for what, pattern in _OFFENCES.items()
        for found in re.finditer(pattern, text)
    ]
