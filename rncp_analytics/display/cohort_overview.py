"""A cohort with marks on one page: its stage, what was read, who waits, and the flow to the diploma."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from rncp_analytics.certification.catalogue import certification
from rncp_analytics.certification.diplomas import OPTION_A, OPTION_B
from rncp_analytics.cohort.provenance import ImportRecord, Origin
from rncp_analytics.counts.model import Counts
from rncp_analytics.display import french, labels
from rncp_analytics.display.lecture import STAMPS, bounds_text, gap_text, rate_text, source_line, verdict
from rncp_analytics.display.overview import (
    change_text,
    control_text,
    record,
    sexes_text,
    statuses_text,
    steps_of,
)
from rncp_analytics.display.summary import Show, Summary, figures_of, recording
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.bounds import pass_rate_bounds
from rncp_analytics.measures.comparison import rate_gap
from rncp_analytics.measures.profiles import profile_for
from rncp_analytics.measures.rates import rates
from rncp_analytics.measures.secrecy import Publication, Publishable


class Cover(NamedTuple):
    """What the page of a cohort is called, and what must be known of it before its figures."""

    name: str
    warning: str

    def banner(self, profile: str) -> str:
        """The warning, and the profile of secrecy when people stand behind the figures."""
        chosen = profile_for("synthetic", profile)  # whether it suits these candidates was judged before
        return french.typography(self.warning or f"{chosen.label} (profil « {chosen.name} »).")


COVERS: Mapping[Origin, Cover] = {
    "synthetic": Cover(
        "Cohorte avec notes (données synthétiques)",
        "Données synthétiques : aucun de ces candidats n'existe. Dans l'exemple livré, leurs effectifs sont ceux que "
        "le ministère a publiés, mentions exceptées ; notes, établissements et motifs sont inventés. Ces pages "
        "montrent ce que le rapport dit d'une cohorte importée ; elles n'apprennent rien sur une académie.",
    ),
    "candidates": Cover("Cohorte avec notes", ""),
}


def cohort_overview(
    outcomes: Counts, *, reading: ImportRecord, session: int, diploma: str = OPTION_B, publication: Publication
) -> Summary:
    """The session of one option of a cohort, before any table (the first screen of an export in July).

    Parameters
    ----------
    outcomes : Counts
        ``outcomes`` of :func:`rncp_analytics.tally`, by session, diploma, candidate_status and sex at least.
    reading : ImportRecord
        ``cohort.record``: what was read, accepted and refused.
    session : int
    diploma : str
        Code of option A or B.
    publication : Publication
        What is shown of these candidates, under which profile of secrecy.

    Returns
    -------
    Summary
        The stage, the lines read, who waits for a result and the bounds that leaves, the change since the last
        session, the contrôle and the refusals, the other option, sexes, statuses.

    Raises
    ------
    CountsError
        Nobody of this diploma at this session.
    PublicationError
        No profile, or one that doesn't suit these candidates.
    """
    kept: list[Publishable] = []
    show = recording(publication.suppress, kept)
    every_session = outcomes.where(diploma=diploma)
    own = every_session.where(session=session)
    name = labels.diploma_label(diploma)
    if own.frame.empty:
        raise CountsError(
            f"Aucun candidat {labels.of_diploma(name)} à la session {session} dans cette cohorte",
            expected="un diplôme et une session présents dans la cohorte",
        )
    steps = steps_of(own, show=show)
    rate = record(rates(own), show=show)
    stamp = STAMPS.get(outcomes.origin) or STAMPS.get(publication.profile, "")
    page = Summary(
        title=french.typography(
            f"{french.capital(labels.territory_of(own.scope))}, session {session}, {labels.STAGES[own.scope.stage]}"
        ),
        subtitle=f"{certification('RNCP32259').label if diploma == OPTION_B else name}. {stamp}".strip(),
        figures=(
            (steps["registered"], "inscrits"),
            (steps["present"], "présents"),
            (steps["passed"], "admis"),
            (rate_text(rate), "de réussite" if not rate["reason"] else "(taux de réussite)"),
        ),
        lines=(
            ("Lignes lues", _lines_text(reading)),
            ("En attente de résultat", _waiting_text(own, show)),
            ("Depuis la dernière session", change_text(every_session, session, show=show)),
            ("Épreuve de contrôle et refus", control_text(own, show=show)),
            ("L'autre option", _other_option(outcomes.where(session=session), diploma, show)),
            ("Filles et garçons", f"{sexes_text(own, show=show) or 'non renseigné'}."),
            ("Statuts des candidats", statuses_text(own, show=show)),
        ),
        limits=french.typography(
            "Ce que ces données ne disent pas : le niveau des candidats à leur entrée, ni la cause d'un écart."
        ),
        notes=(
            f"Champ\u00a0: {labels.champ_of(own.scope, [session])}",
            f"Source\u00a0: {source_line(own.source)}",
            *((stamp,) if stamp else ()),
        ),
    )
    return replace(page, data=figures_of(kept))


def _lines_text(reading: ImportRecord) -> str:
    if not reading.files:
        return "aucun fichier, la cohorte a été générée."
    read, accepted, refused = (sum(getattr(f, name) for f in reading.files) for name in ("read", "accepted", "refused"))
    files = french.plural(len(reading.files), "fichier", "fichiers")
    return french.typography(
        f"{files}, {french.plural(read, 'ligne', 'lignes')} : {french.plural(accepted, 'acceptée', 'acceptées')}, "
        f"{french.plural(refused, 'refusée', 'refusées')} (détail dans « Qualité des données »)."
    )


def _waiting_text(own: Counts, show: Show) -> str:
    row = record(pass_rate_bounds(own), show=show)
    if row["reason"] == "secret":
        return "masqué."
    if row["reason"] != "waiting":
        return "aucun candidat."
    who = french.plural(int(row["n_missing"]), "candidat", "candidats")
    return french.typography(f"{who} ; le taux de réussite de la session sera {bounds_text(row)}.")


def _other_option(counts: Counts, diploma: str, show: Show) -> str:
    other = OPTION_A if diploma == OPTION_B else OPTION_B
    name = french.small(labels.diploma_label(other))
    if counts.where(diploma=other).frame.empty:
        return "absente de cette cohorte."
    rate = record(rates(counts.where(diploma=other)), show=show)
    gap = record(rate_gap(counts, dimension="diploma", group=diploma, reference=other), show=show)
    own = rate_text(rate) if rate["reason"] else f"{rate_text(rate)} sur {french.number(rate['denominator'])} présents"
    told = gap_text(gap) if gap["reason"] else f"{gap_text(gap)}, {verdict(gap)}"
    return french.typography(f"{name} : {own} ; écart {told}.")
