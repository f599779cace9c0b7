"""One académie on one page, faced with France without itself."""

from __future__ import annotations

from dataclasses import replace

from rncp_analytics.certification.catalogue import certification
from rncp_analytics.certification.diplomas import OPTION_A, OPTION_B
from rncp_analytics.certification.nomenclature import academie as find_academie
from rncp_analytics.counts.model import Counts
from rncp_analytics.counts.official import OfficialResults
from rncp_analytics.display import french, labels
from rncp_analytics.display.lecture import alert_text, gap_text, rate_text, verdict
from rncp_analytics.display.overview import Row, change_text, footer, record, statuses_text, steps_of
from rncp_analytics.display.summary import Show, Summary, figures_of, recording
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.comparison import gap_to_rest, rate_gap
from rncp_analytics.measures.rates import rates
from rncp_analytics.measures.secrecy import Publishable, official


def academie_overview(results: OfficialResults, *, session: int, academie: str) -> Summary:
    """The session of option B in one académie.

    Parameters
    ----------
    results : OfficialResults
    session : int
        One of ``results.sessions``.
    academie : str
        Code ("10") or name ("Lyon").

    Returns
    -------
    Summary
        The rate and its interval, France without the académie and last session's gap, the change since
        the last session, the 1st group and contrôle, option A in the same académie, statuses.

    Raises
    ------
    UnknownCodeError
        No such académie.
    CountsError
        No candidate of option B there in that session.
    """
    results.session(session)
    place = find_academie(academie)
    everywhere = results.academies.where(diploma=OPTION_B)
    own = everywhere.where(academie=place.code, session=session)
    if own.frame.empty:
        raise CountsError(
            f"Aucun candidat à l'option B dans l'académie {french.de(place.name)} à la session {session}",
            expected="une académie et une session présentes dans ces données",
            remedy="choisir une autre session ou une autre académie",
        )
    kept: list[Publishable] = []
    show = recording(official, kept)
    rate = record(rates(own), show=show)
    page = Summary(
        title=french.typography(
            f"Académie {french.de(place.name)}, session {session}, {labels.STAGES[own.scope.stage]}"
        ),
        subtitle=certification("RNCP32259").label,
        figures=(
            (steps_of(own, show=show)["registered"], "inscrits"),
            (french.number(rate["denominator"]), "présents"),
            (french.number(rate["numerator"]), "admis"),
            (rate_text(rate), "de réussite" if not rate["reason"] else "(taux de réussite)"),
        ),
        lines=(
            (_rest_name(results, place.name), _against_rest(everywhere, place.code, session, show)),
            ("Depuis la dernière session", change_text(everywhere.where(academie=place.code), session, show=show)),
            ("Épreuve de contrôle", _control(own, show)),
            (
                "Option A dans l'académie",
                _option_a(results.academies.where(academie=place.code, session=session), show),
            ),
            ("Statuts des candidats", statuses_text(own, show=show)),
        ),
        limits="Ce que ces données ne disent pas\u00a0: aucune note, aucun bloc, aucun établissement.",
        notes=footer(results, own, session),
        alerts=tuple(map(alert_text, results.alerts)),
    )
    return replace(page, data=figures_of(kept))


def _rest_name(results: OfficialResults, name: str) -> str:
    whole = results.academies.scope.territory.startswith("France")
    return f"France hors {name}" if whole else "Autres académies du fichier"


def _against_rest(counts: Counts, code: str, session: int, show: Show) -> str:
    gaps = gap_to_rest(counts, dimension="academie")
    asked = (gaps.frame["academie"] == code) & gaps.frame["session"].isin([session - 1, session])
    told = show(replace(gaps, frame=gaps.frame[asked])).frame.to_dict("records")
    ours: dict[int, Row] = {int(row["session"]): row for row in told}
    now = ours[session]
    if now["reason"]:
        return french.typography(f"{gap_text(now)}.")
    rest = french.percent(now["reference_numerator"] / now["reference_denominator"])
    n = french.number(now["reference_denominator"])
    text = f"{rest} de {n} présents ; écart {gap_text(now)}, {verdict(now)}."
    before = ours.get(session - 1)
    if before and not before["reason"]:
        then = before["reference_numerator"] / before["reference_denominator"]
        text += (
            f" À la session {session - 1}, écart {gap_text(before)}, {verdict(before)} : "
            f"{french.percent(before['estimate'])} de {french.number(before['denominator'])} présents contre "
            f"{french.percent(then)}."
        )
    return french.typography(text)


def _control(own: Counts, show: Show) -> str:
    first = record(rates(own, statistic="first_group_pass_rate"), show=show)
    allowed = record(rates(own, statistic="control_pass_rate"), show=show)
    start = f"{french.number(first['numerator'])} admis au 1er groupe, {rate_text(first)} ; "
    if not allowed["denominator"]:
        return french.typography(f"{start}aucun autorisé à l'épreuve de contrôle.")
    count = french.plural(int(allowed["denominator"]), "autorisé", "autorisés")
    saved = french.number(allowed["numerator"])
    return french.typography(f"{start}{count} à l'épreuve de contrôle, dont {saved} admis.")


def _option_a(counts: Counts, show: Show) -> str:
    part = counts.where(diploma=OPTION_A)
    if part.frame.empty:
        return "aucun candidat à l'option A dans ces données."
    gap = record(rate_gap(counts, dimension="diploma", group=OPTION_B, reference=OPTION_A), show=show)
    rate = record(rates(part), show=show)
    n = french.plural(int(rate["denominator"]), "présent", "présents")
    told = "taux non calculé" if rate["reason"] else rate_text(rate)
    return french.typography(f"{n}, {told} ; écart de B à A : {gap_text(gap)}, {verdict(gap)}.")
