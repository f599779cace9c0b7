"""What a chart or a table asks of the figures it is given, told before anything is drawn."""

from __future__ import annotations

from collections.abc import Collection

from rncp_analytics.display import cohort_labels, french, labels
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.secrecy import Publishable, require_publishable

# No percentage of a number of candidates with its interval: points, bounds, sessions, tests, shares of a life table.
_APART = {
    *cohort_labels.MEANS, "pass_rate_bounds", "points_missing", "mean_sessions", "cochran_q", "co_failure_phi",
    "diploma_incidence", "exit_incidence", "still_going",
}  # fmt: skip
_APART_SUFFIXES = ("_ratio", "_standardised", "_trend")  # neither a rate that was counted nor a gap of two


def require_figures(
    figures: Publishable,
    *,
    by: Collection[str] | None = None,
    statistics: Collection[str] = (),
    comparison: bool = False,
    may_be_empty: bool = False,
) -> None:
    """Refuse figures that this chart or table can't show.

    Parameters
    ----------
    figures : Publishable
    by : collection of str, optional
        Exactly these dimensions, in any order.
    statistics : collection of str
        All of these must be there; when none is named, exactly one rate or gap of rates, whatever it is.
    comparison : bool
        Gaps or growths, with their reference; rates or a flow when false.
    may_be_empty : bool
        No group at all is possible, and told in words.

    Raises
    ------
    PublicationError
        Not a Publishable.
    CountsError
        Other dimensions, other figures, several levels of confidence, or no group at all.
    """
    require_publishable(figures)
    if figures.frame.empty and not may_be_empty:
        raise CountsError(
            "Il n'y a aucun groupe de candidats à montrer",
            where=labels.champ(figures),
            expected="au moins un groupe de candidats",
            remedy="élargir la sélection : session, diplôme, académie ou statut",
        )
    found = set(figures.frame["statistic"])
    problems = []
    if by is not None and set(figures.by) != set(by):
        problems.append(f"des chiffres par {_listed(by)}")
    if not set(statistics) <= found:
        problems.append(f"les indicateurs : {_named(statistics)}")
    if not statistics and len(found) > 1:
        problems.append("un seul indicateur")
    if not statistics and any(name in _APART or name.endswith(_APART_SUFFIXES) for name in found):
        problems.append("un taux, ou un écart de taux")
    if comparison != ("reference" in figures.frame.columns):
        gaps = "des écarts ou des évolutions (rate_gap, gap_to_rest, session_change…)"
        problems.append(gaps if comparison else "des taux ou des effectifs, sans référence (rates, flow)")
    if problems:
        raise CountsError(
            "Ces chiffres ne sont pas de ceux que montre ce tableau ou ce graphique",
            where=f"reçu : {_named(found)}, par {_listed(figures.by)}",
            expected=" ; ".join(problems),
            remedy="choisir le tableau ou le graphique qui convient, ou recalculer ces chiffres",
        )
    _require_one_level(figures)


def levels(figures: Publishable) -> list[float]:
    """The levels of confidence of the figures' intervals; none for a census."""
    return sorted(set(figures.frame["confidence"].dropna()))


def with_interval(title: str, figures: Publishable) -> str:
    """The title of a column whose cells have intervals: "Écart (intervalle à 80 %)"; without one, the title alone."""
    asked = levels(figures)
    return f"{title} (intervalle à {french.level(asked[0])})" if asked else title


def _require_one_level(figures: Publishable) -> None:
    asked = levels(figures)
    if len(asked) > 1:
        raise CountsError(
            "Ces chiffres ont plusieurs niveaux de confiance",
            where=f"reçu : {french.enumeration(list(map(french.level, asked)))}",
            expected="un seul niveau par tableau ou graphique",
            remedy="faire un tableau par niveau, chacun avec son confidence=…",
        )


def _listed(dimensions: Collection[str]) -> str:
    return ", ".join(sorted(dimensions)) or "rien (une seule population)"


def _named(statistics: Collection[str]) -> str:
    return ", ".join(sorted(map(labels.statistic_label, statistics))) or "aucun indicateur"
