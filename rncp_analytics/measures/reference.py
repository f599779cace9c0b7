"""Our counts against somebody else's: only when both speak of the same thing, or when asked, saying so."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, get_args

import numpy as np

from rncp_analytics.counts.model import Counts, Origin, Scope, Source
from rncp_analytics.errors import ComparisonError
from rncp_analytics.measures.choices import check_choice
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.rates import Statistic, rates

Difference = Literal["stage", "territory", "population", "denominator", "nomenclature"]

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
        The scopes differ in a way that was not asked for, our candidates are synthetic, or ``value`` is not a
        proportion.
    """
    if not 0 <= value <= 1:
        raise ComparisonError(
            f"Le taux publié {value:g} n'est pas une proportion",
            expected="un nombre entre 0 et 1 : 0.78 pour 78,0 %",
        )
    if counts.origin == "synthetic":
        raise _mixed("cohorte synthétique face à un taux publié")
    caveats = accept(scope_differences(counts.scope, scope), despite)
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
    return replace(own, frame=frame, caveats=caveats)


def accept(differences: Mapping[Difference, str], despite: Sequence[Difference]) -> tuple[str, ...]:
    """The caveats of the differences that the caller accepts.

    Raises
    ------
    ComparisonError
        A difference that was not asked for.
    CountsError
        A name that is no difference.
    """
    for name in despite:
        check_choice(name, get_args(Difference), "une différence que l'on puisse accepter")
    refused = [text for name, text in differences.items() if name not in despite]
    if refused:
        raise ComparisonError(
            "Ces deux taux ne parlent pas de la même chose",
            where=" ; ".join(refused),
            expected="la même étape, le même territoire, le même champ et les mêmes nomenclatures",
            remedy=f"comparer des chiffres de même nature, ou le demander expressément : despite={sorted(differences)}",
        )
    return tuple(f"Attention, {text}." for text in differences.values())


def shared_origin(one: Counts, other: Counts) -> Origin:
    """Origin of a figure made of both: that of candidates as soon as one side has them.

    Raises
    ------
    ComparisonError
        One side is synthetic and the other real: such figures never stand together.
    """
    origins = {one.origin, other.origin}
    if "synthetic" in origins and len(origins) > 1:
        raise _mixed(f"{one.source} ; {other.source}")
    return "candidates" if "candidates" in origins else one.origin


def joined_source(one: Source, other: Source) -> Source:
    """The source of a figure made of both."""
    if one == other:
        return one
    digest = hashlib.sha256((one.digest + other.digest).encode()).hexdigest()
    licences = " ; ".join(dict.fromkeys(text for text in (one.licence, other.licence) if text))
    return Source(f"{one} ; {other}", "", licences, digest, (*one.files, *other.files))


def _mixed(where: str) -> ComparisonError:
    return ComparisonError(
        "Des candidats synthétiques ne se comparent pas à des résultats réels",
        where=where,
        expected="deux comptes réels, ou deux comptes synthétiques",
        remedy="comparer la cohorte synthétique à une autre cohorte synthétique",
    )
