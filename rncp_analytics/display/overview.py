"""The session on one page: France, from the official results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rncp_analytics.certification.catalogue import certification
from rncp_analytics.certification.diplomas import ACCUEIL, OPTION_A, OPTION_B, diploma
from rncp_analytics.counts.model import Counts
from rncp_analytics.counts.official import OfficialResults
from rncp_analytics.display import french, labels
from rncp_analytics.display.lecture import (
    alert_text,
    count_or_masked,
    gap_text,
    masked_number,
    rate_text,
    short_rate,
    source_line,
    verdict,
)
from rncp_analytics.display.summary import Show, Summary, figures_of, recording
from rncp_analytics.measures.comparison import gap_to_rest, headcount_change, rate_gap, session_change
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.rates import Statistic, flow, rates
from rncp_analytics.measures.secrecy import Publishable, official

Row = Mapping[Any, Any]


def session_overview(results: OfficialResults, *, session: int) -> Summary:
    """The session of option B in France, in ten lines that a reader can defend.

    Parameters
    ----------
    results : OfficialResults
        Published results: nothing here comes from candidates.
    session : int
        One of ``results.sessions``.

    Returns
    -------
    Summary
        Flow, contrôle and refusals, options, sexes and mentions, statuses, académies, limits.

    Raises
    ------
    CountsError
        No candidate of option B in that session.
    """
    results.session(session)
    family = results.national.where(session=session)
    own = family.where(diploma=OPTION_B)
    kept: list[Publishable] = []
    show = recording(official, kept)
    steps = steps_of(own, show=show)
    rate = record(rates(own), show=show)
    page = Summary(
        title=f"{_place(own.scope.territory)}, session {session}, {labels.STAGES[own.scope.stage]}",
        subtitle=f"{certification('RNCP32259').label}. {_fiche()}",
        figures=(
            (steps["registered"], "inscrits"),
            (steps["present"], "présents"),
            (steps["passed"], "admis"),
            (short_rate(rate), "de réussite" if not rate["reason"] else "(taux de réussite)"),
        ),
        lines=(
            ("Depuis la dernière session", change_text(results.national.where(diploma=OPTION_B), session, show=show)),
            ("Épreuve de contrôle et refus", control_text(own, show=show)),
            ("Autres diplômes de la famille", _options(family, show)),
            ("Filles et garçons, mentions", _sexes_and_mentions(own, show)),
            ("Statuts des candidats", statuses_text(own, show=show)),
            ("Académies", _academies(results.academies.where(session=session, diploma=OPTION_B), show)),
        ),
        limits="Ce que ces données ne disent pas\u00a0: aucune note, aucun bloc, aucun établissement.",
        notes=footer(results, own, session),
        alerts=tuple(map(alert_text, results.alerts)),
    )
    return replace(page, data=figures_of(kept))


def _place(territory: str) -> str:
    """The territory of a title: "France", or what a partial file covers."""
    return "France" if territory.startswith("France") else french.typography(french.capital(territory))


def record(estimates: Estimates, row: int = 0, *, show: Show) -> Row:
    """One row of estimates, once they may be shown."""
    return show(estimates).frame.to_dict("records")[row]


def footer(results: OfficialResults, counts: Counts, session: int) -> tuple[str, ...]:
    """Champ, Source and what the reader must know of the file."""
    scope = labels.champ_of(counts.scope, [session])
    return (
        f"Champ\u00a0: {scope}",
        f"Source\u00a0: {source_line(results.source)}",
        *_left_out(len(results.other_labels)),
    )


def _left_out(labels_read: int) -> tuple[str, ...]:
    if not labels_read:
        return ()
    told = french.plural(labels_read, "libellé d'un autre diplôme lu", "libellés d'autres diplômes lus")
    return (f"{told}, hors de ce rapport (liste dans tables/autres-diplomes.csv).",)


def change_text(counts: Counts, session: int, *, show: Show) -> str:
    """Headcounts and rate of the session before and their change, or why they are not compared."""
    before = counts.where(session=session - 1)
    first = diploma(OPTION_B).first_session
    if before.frame.empty:
        if session == first:
            return f"{first} est la première session du diplôme{french.NBSP}: rien à quoi la comparer."
        return f"la session {session - 1} n'est pas dans ces données."
    both = counts.where(session=[session - 1, session])
    change = record(session_change(both), row=-1, show=show)
    if change["reason"]:
        return french.typography(f"{gap_text(change)}.")
    rate = record(rates(before), show=show)
    headcounts = ", ".join(_headcount(both, column, show) for column in ("present", "passed"))
    then = short_rate(rate)
    then += "" if rate["reason"] == "secret" else f" de {french.number(rate['denominator'])} présents"
    return french.typography(f"{headcounts} ; taux {gap_text(change)}, {verdict(change)} ({session - 1} : {then}).")


def _headcount(counts: Counts, column: str, show: Show) -> str:
    """Change of a headcount since the session before: "présents +663 (+6,7 %)"."""
    row = record(headcount_change(counts, column=column), row=-1, show=show)
    if row["reason"] == "secret":
        return f"{labels.DENOMINATORS[column]} : masqué"
    change = french.number(row["numerator"])
    sign = "+" if row["numerator"] > 0 else ""
    rate = "" if row["reason"] else f" ({french.growth(row['value'])})"
    return f"{labels.DENOMINATORS[column]} {sign}{change}{rate}"


def _fiche() -> str:
    fiche = certification("RNCP32259")
    return f"{fiche.code}, remplacée par {fiche.successor}." if fiche.successor else f"{fiche.code}."


def steps_of(counts: Counts, *, show: Show) -> dict[str, str]:
    """Numbers of the flow, as shown."""
    rows = show(flow(counts)).frame.to_dict("records")
    return {row["statistic"]: count_or_masked(row, "numerator") for row in rows}


def control_text(own: Counts, *, show: Show) -> str:
    """Who passed at once, who went to the épreuve de contrôle, who was refused and when."""
    steps = steps_of(own, show=show)
    if set(steps.values()) == {"masqué"}:
        return "masqué."
    asked: tuple[Statistic, ...] = (
        "first_group_pass_rate",
        "control_allowed_rate",
        "control_pass_rate",
        "refused_first_group_share",
    )
    first, allowed, saved, early = (record(rates(own, statistic=name), show=show) for name in asked)
    at_once, early_count = steps["passed_first_group"], steps["refused_first_group"]
    early_told = "un nombre masqué" if early_count == "masqué" else early_count
    return french.typography(
        f"{_told(at_once, 'admis')} au 1er groupe{_bracketed(first, at_once)} ; "
        f"{_told(steps['control_allowed'], 'autorisé')} à l'épreuve de contrôle"
        f"{_bracketed(allowed, steps['control_allowed'])}, dont {_told(steps['passed_after_control'], 'admis')}"
        f"{_bracketed(saved, steps['passed_after_control'])} ; {_told(steps['refused'], 'refusé')}, dont "
        f"{early_told}{_bracketed(early, early_count, 0)} dès le 1er groupe."
    )


def _told(number: str, singular: str) -> str:
    words = singular if number in ("0", "1") or singular == "admis" else f"{singular}s"
    return masked_number(words) if number == "masqué" else f"{number} {words}"


def _bracketed(row: Row, number: str, digits: int = 1) -> str:
    """A rate after its number: " (71,7 %)"; nothing when it is not given, or would give back a hidden number."""
    return "" if row["reason"] or number == "masqué" else f" ({short_rate(row, digits)})"


def _options(family: Counts, show: Show) -> str:
    named = [
        f"{labels.diploma_label(code)} {_rate_and_n(record(rates(part), show=show))}"
        for code in (OPTION_A, ACCUEIL)
        if not (part := family.where(diploma=code)).frame.empty
    ]
    if family.where(diploma=OPTION_A).frame.empty:
        return french.typography(f"{', '.join(named) or 'aucun dans ces données'}.")
    crude = record(rate_gap(family, dimension="diploma", group=OPTION_B, reference=OPTION_A), show=show)
    schools = family.where(candidate_status="SCOLAIRE")
    within = record(rate_gap(schools, dimension="diploma", group=OPTION_B, reference=OPTION_A), show=show)
    return french.typography(f"{', '.join(named)} ; {_gap_sentence(crude, within)}")


def _rate_and_n(row: Row) -> str:
    return f"{short_rate(row)} ({french.plural(int(row['denominator']), 'présent', 'présents')})"


def _gap_sentence(crude: Row, within: Row) -> str:
    if crude["reason"]:
        return f"écart entre l'option B et l'option A {gap_text(crude)}."
    if verdict(crude) != "au-delà du hasard":
        return f"l'option B et l'option A ne se distinguent pas au-delà du hasard ({gap_text(crude)})."
    size = french.points(abs(crude["value"]), signed=False)
    span = french.interval(crude["lower"], crude["upper"], signed=True)
    verb = "devance l'option A" if crude["value"] > 0 else "est derrière l'option A"
    start = f"l'option B {verb} de {size} (écart de {span})"
    if within["reason"]:
        return f"{start}."
    same_side = crude["value"] * within["value"] > 0
    inside = french.points(abs(within["value"]), signed=False)
    if same_side and verdict(within) == "au-delà du hasard":
        # Two thirds left: the other statuses explain little of it.
        share = abs(within["value"]) >= abs(crude["value"]) * 2 / 3
        why = "ce n'est pas l'effet des autres statuts" if share else "les autres statuts n'en expliquent qu'une partie"
        return f"{start}, et encore de {inside} parmi les seuls scolaires : {why}."
    if same_side:
        return f"{start}, mais de {inside} parmi les seuls scolaires, ce que le hasard peut produire."
    return f"{start}, mais l'écart s'inverse parmi les seuls scolaires ({gap_text(within)}, {verdict(within)})."


def sexes_text(own: Counts, *, show: Show) -> str:
    """Girls and boys with their présents and their rate."""
    by_sex = {r["sex"]: r for r in show(rates(own, by=["sex"])).frame.to_dict("records")}
    return french.typography(", ".join(_sex(code, by_sex[code]) for code in labels.SEXES if code in by_sex))


def _sexes_and_mentions(own: Counts, show: Show) -> str:
    of_passed = record(rates(own, statistic="mention_rate_of_passed"), show=show)
    of_present = record(rates(own, statistic="mention_rate_of_present"), show=show)
    return french.typography(
        f"{sexes_text(own, show=show)} ; "
        f"mention : {short_rate(of_passed)} des {french.number(of_passed['denominator'])} admis, soit "
        f"{short_rate(of_present)} des {french.number(of_present['denominator'])} présents."
    )


def _sex(code: str, row: Row) -> str:
    if row["reason"] == "secret":
        return f"{labels.SEXES[code].lower()} : masqué"
    words = ("présente", "présentes") if code == "F" else ("présent", "présents")
    present = french.plural(int(row["denominator"]), *words)
    return f"{labels.SEXES[code].lower()} {present}, {'taux non calculé' if row['reason'] else rate_text(row)}"


def statuses_text(own: Counts, *, show: Show) -> str:
    """Each status of candidates with its présents and its rate."""
    rows = {r["candidate_status"]: r for r in show(rates(own, by=["candidate_status"])).frame.to_dict("records")}
    parts = []
    for code, name in labels.STATUSES.items():
        if code in rows:
            parts.append(f"{french.small(name)} {_present_and_rate(rows[code])}")
    return french.typography(" · ".join(parts)) + "."


def _present_and_rate(row: Row) -> str:
    if row["reason"] == "secret":
        return "(masqué)"
    present = french.plural(int(row["denominator"]), "présent", "présents")
    return f"{present}, {'taux non calculé' if row['reason'] else rate_text(row)}"


def _academies(counts: Counts, show: Show) -> str:
    rows = show(rates(counts, by=["academie"])).frame.query("reason == ''").sort_values("value")
    if len(rows) < 2:
        return "trop peu d'académies dans ces données."
    ends = [rows.iloc[0], rows.iloc[-1]]
    told = [
        f"{french.percent(r['value'])} ({labels.label('academie', r['academie'])}, "
        f"{french.number(r['denominator'])} présents, {french.interval(r['lower'], r['upper'])})"
        for r in ends
    ]
    gaps = show(gap_to_rest(counts, dimension="academie", by=[])).frame
    gaps = gaps[gaps["reason"] == ""]
    above, below = int((gaps["lower"] > 0).sum()), int((gaps["upper"] < 0).sum())
    by_chance = french.number(len(gaps) * 0.05, 1)
    are = "est" if above < 2 else "sont"
    return french.typography(
        f"de {told[0]} à {told[1]} ; comparées chacune à toutes les autres, {above} {are} au-dessus et {below} "
        f"au-dessous au-delà du hasard, quand le hasard seul en écarterait {by_chance} sur {len(gaps)} en moyenne."
    )
