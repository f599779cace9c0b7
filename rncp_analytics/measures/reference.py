"""Our counts against somebody else's: only when both speak of the same thing, or when asked, saying so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from rncp_analytics.counts.model import Counts, Scope
from rncp_analytics.errors import ComparisonError
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.rates import Statistic, rates

Difference = Literal["stage", "territory", "population"]

_STAGES = {
    "first_group": "après le 1er groupe",
    "after_control": "après l'épreuve de contrôle, avant les remplacements de septembre",
    "final": "résultats définitifs",
}
_WORDS: dict[Difference, str] = {"stage": "étape", "territory": "territoire", "population": "champ"}


def scope_differences(own: Scope, reference: Scope) -> dict[Difference, str]:
    """What the two scopes don't share, each as a French phrase; empty when they are alike.

    >>> a, b = Scope("final", "France", "tous"), Scope("first_group", "France", "tous")
    >>> scope_differences(a, b)["stage"]
    'étape : résultats définitifs ici, après le 1er groupe dans la référence'
    """
    names: tuple[Difference, ...] = ("stage", "territory", "population")
    found = {}
    for name in names:
        ours, theirs = getattr(own, name), getattr(reference, name)
        if ours != theirs:
            found[name] = (
                f"{_WORDS[name]} : {_STAGES.get(ours, ours)} ici, {_STAGES.get(theirs, theirs)} dans la référence"
            )
    return found


def gap_to_published(
    counts: Counts,
    *,
    value: float,
    scope: Scope,
    by: Sequence[str] = (),
    statistic: Statistic = "pass_rate",
    confidence: float | None = 0.95,
    despite: Sequence[Difference] = (),
) -> Estimates:
    """Gap between our rate and a published one whose candidates are not ours to count.

    Parameters
    ----------
    counts : Counts
        Our own counts.
    value : float
        The published rate, as a proportion.
    scope : Scope
        Stage, territory and population of the published rate.
    by, statistic, confidence
        As in :func:`rates`.
    despite : sequence of {"stage", "territory", "population"}
        Differences of scope that the caller accepts; they are printed with the figure.

    Returns
    -------
    Estimates
        ``value``: our rate minus the published one; the interval is that of our rate alone (Wilson), since
        the published rate comes without its candidates. ``caveats`` names each accepted difference.

    Raises
    ------
    ComparisonError
        The scopes differ in a way that was not asked for, or ``value`` is not a proportion.
    """
    if not 0 <= value <= 1:
        raise ComparisonError(
            f"Le taux publié {value:g} n'est pas une proportion",
            expected="un nombre entre 0 et 1 : 0.78 pour 78,0 %",
        )
    differences = scope_differences(counts.scope, scope)
    refused = [text for name, text in differences.items() if name not in despite]
    if refused:
        raise ComparisonError(
            "Ces deux taux ne parlent pas de la même chose",
            where=" ; ".join(refused),
            expected="la même étape, le même territoire et le même champ",
            remedy=f"comparer des chiffres de même nature, ou le demander expressément : despite={sorted(differences)}",
        )
    own = rates(counts, by=by, statistic=statistic, confidence=confidence)
    frame = own.frame.assign(
        statistic=f"{statistic}_gap",
        estimate=own.frame["value"],
        reference="published",
        reference_numerator=np.nan,
        reference_denominator=np.nan,
        value=own.frame["value"] - value,
        lower=own.frame["lower"] - value,
        upper=own.frame["upper"] - value,
    )
    caveats = tuple(f"Attention, {text}." for text in differences.values())
    return replace(own, frame=frame, caveats=caveats)
