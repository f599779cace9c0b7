"""What may be printed: tables, charts and exports accept Publishable and nothing else."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import InitVar, dataclass
from importlib import resources

import numpy as np
import pandas as pd

from rncp_analytics.certification.lookup import nearest, plain
from rncp_analytics.certification.reading import read
from rncp_analytics.counts.model import Origin, Scope, Source
from rncp_analytics.errors import PublicationError
from rncp_analytics.measures.estimates import SHRUNK, TEST_COLUMNS, Estimates

INTERNAL = "usage_interne"
_SHOWN = ("value", "numerator", "denominator", "lower", "upper", "estimate", "reference_numerator",
          "reference_denominator", "n_missing", *TEST_COLUMNS, SHRUNK)  # fmt: skip
_IN_POINTS = ("mark_mean", "mark_sd", "mark_mean_gap", "mode_gap", "mode_gap_to_rest")  # their numerators are points

_PARTS = ("until", "rank")  # dimensions whose shares are cumulated, or add up to a number that is shown

_DOOR = object()  # only this module opens it: a Publishable can't be made without a decision on secrecy


@dataclass(frozen=True)
class Publishable:
    """Figures that may be shown: the only thing that display and reports accept.

    Made by :func:`official` for published data and by :func:`suppress` for candidates. Attributes as in Estimates,
    with ``profile``, the name of the rule that allowed it: "official", or one of the profiles.
    """

    frame: pd.DataFrame
    by: tuple[str, ...]
    scope: Scope
    origin: Origin
    source: Source
    profile: str
    caveats: tuple[str, ...] = ()
    door: InitVar[object] = None  # not kept: dataclasses.replace can't change the figures afterwards either

    def __post_init__(self, door: object) -> None:
        if door is not _DOOR:
            raise _undecided("")

    def __repr__(self) -> str:
        return f"Publishable({len(self.frame)} lignes, {self.profile} ; {self.source})"


def require_publishable(value: object) -> None:
    """Let nothing through but a Publishable: the first line of every table, chart and export.

    Raises
    ------
    PublicationError
        Anything else, with what it was.
    """
    if not isinstance(value, Publishable):
        raise _undecided(f"reçu : {type(value).__name__}")


def _undecided(where: str) -> PublicationError:
    return PublicationError(
        "Ces chiffres n'ont pas passé le secret statistique",
        where=where,
        expected="le résultat de rncp.official(…) pour des données publiées, de rncp.suppress(…) pour des candidats",
        remedy="appeler rncp.official(estimations), ou rncp.suppress(estimations, profile=…) sur une cohorte",
    )


def official(estimates: Estimates, *, source: str = "") -> Publishable:
    """Let figures computed from already published counts be shown as they are.

    Parameters
    ----------
    estimates : Estimates
        Statistics whose counts were published by the ministry.
    source : str, optional
        How to name the source under charts and tables, when the name read with the file is not enough.

    Returns
    -------
    Publishable

    Raises
    ------
    PublicationError
        The counts come from candidates: published nowhere, they need a secrecy profile.
    """
    if estimates.origin != "official":
        raise PublicationError(
            "Ces chiffres viennent d'une cohorte, pas de données publiées",
            where=estimates.scope.population,
            expected="des comptes lus dans un fichier officiel publié",
            remedy="passer par un profil de secret statistique : rncp.suppress(estimations, profile=…)",
        )
    shown = Source(source, "", estimates.source.licence, estimates.source.digest, estimates.source.files)
    return Publishable(
        frame=estimates.frame.assign(secrecy="V"),  # a copy: the estimates may change afterwards
        by=estimates.by,
        scope=estimates.scope,
        origin=estimates.origin,
        source=shown if source else estimates.source,
        profile="official",
        caveats=estimates.caveats,
        door=_DOOR,
    )


@dataclass(frozen=True)
class Profile:
    """A rule of statistical secrecy.

    Attributes
    ----------
    name, label, source : str
        Code, what is printed, where the rule comes from.
    threshold : int or None
        No number of candidates from 1 to ``threshold`` − 1 is shown; None hides nothing.
    synthetic_only : bool
        Refused for real candidates.
    """

    name: str
    label: str
    source: str
    threshold: int | None = None
    synthetic_only: bool = False


@dataclass(frozen=True)
class _Profiles:
    profiles: tuple[Profile, ...]


@functools.cache
def profiles() -> tuple[Profile, ...]:
    """The profiles of secrecy that the package knows, with their sources.

    >>> [profile.name for profile in profiles()]
    ['usage_interne', 'dgfip_11', 'synthetique']
    """
    text = resources.files("rncp_analytics.measures").joinpath("secrecy.toml").read_text(encoding="utf-8")
    return read(_Profiles, text, "secrecy.toml").profiles


def suppress(estimates: Estimates, *, profile: str = "") -> Publishable:
    """Let figures computed from candidates, real or synthetic, be shown under a named profile of secrecy.

    Parameters
    ----------
    estimates : Estimates
        Statistics of a cohort.
    profile : str
        "usage_interne": nothing is hidden, everything made from it is stamped « Usage interne, ne pas diffuser ».
        "dgfip_11": a group where a number of candidates from 1 to 10 could be read (denominator, numerator, or
        their difference; both sides of a comparison) loses all its figures, with secrecy "A" and reason "secret".
        "synthetique": nothing is hidden, secrecy is "S"; for synthetic cohorts alone.

    Returns
    -------
    Publishable

    Raises
    ------
    PublicationError
        No profile, an unknown one, or published data.

    Notes
    -----
    Primary suppression alone: **secondary suppression isn't there yet**. A hidden group could be found again by
    subtracting the others from a total: a table with totals (a group whose numbers are the sum of all its others; gaps
    to the rest; rates beside that of the whole) in which a group is hidden is hidden altogether, with secrecy "D".
    Parts of a whole that are cumulated or add up ("until", "rank") are hidden together. Tables are judged one by one:
    nothing here protects against the difference between two tables that share candidates. A group whose members all
    have the same result (0 or 100 %) is shown. Source of each rule: ``profiles()``.
    """
    if estimates.origin == "official":
        raise PublicationError(
            "Ces chiffres sont déjà publiés", expected="une cohorte", remedy="appeler rncp.official(estimations)"
        )
    chosen = profile_for(estimates.origin, profile)
    frame, caveats = estimates.frame.copy(), estimates.caveats
    if chosen.threshold is not None:
        frame, hidden = _hide(estimates, chosen.threshold)
        if hidden and _holds_totals(estimates):
            frame = _emptied(frame, estimates.by)
            caveats += (
                "Secret statistique : tout est masqué, car ce tableau porte des totaux qui redonneraient "
                f"{hidden} groupe(s) de moins de {chosen.threshold} candidats.",
            )
        elif hidden:
            caveats += (
                f"Secret statistique : {hidden} groupe(s) masqué(s), moins de {chosen.threshold} candidats. Seul le "
                "secret primaire est traité : ne pas diffuser à côté d'un tableau qui donne le total.",
            )
    if chosen.synthetic_only:
        frame["secrecy"] = "S"
    return Publishable(
        frame, estimates.by, estimates.scope, estimates.origin, estimates.source, chosen.name, caveats, _DOOR
    )


def profile_for(origin: Origin, name: str) -> Profile:
    """The profile of that name, if it may serve for figures of that origin.

    Raises
    ------
    PublicationError
        No profile, an unknown one, or one for synthetic cohorts on real candidates.
    """
    known = {p.name: p for p in profiles()}
    if name not in known:
        shown = {plain(p.name): f"{p.name} ({p.label})" for p in profiles()}
        raise PublicationError(
            f"Profil de secret inconnu : « {name} »" if name else "Aucun profil de secret n'est choisi",
            expected=f"l'un de : {', '.join(shown.values())}",
            remedy=nearest(name, shown) or "le donner : --profile PROFIL avec rncp report, profile=… dans un notebook",
        )
    if known[name].synthetic_only and origin != "synthetic":
        raise PublicationError(
            f"Le profil « {name} » ne convient qu'à une cohorte synthétique, celle-ci porte des candidats réels",
            expected="usage_interne (sans diffusion), ou un profil de diffusion",
            remedy="choisir un autre profil de secret",
        )
    return known[name]


def _holds_totals(estimates: Estimates) -> bool:
    """Whether the numbers of a group are the sum of those of all the others."""
    frame = estimates.frame
    # A target is the rate of all the groups together: with those shown, it gives back the hidden ones.
    found = "target" in frame or ("reference" in frame and bool((frame["reference"] == "rest").any()))
    for name in estimates.by:
        cells = frame.groupby([*(b for b in estimates.by if b != name), "statistic"])
        columns = frame[["numerator", "denominator"]].fillna(0)
        twice = cells[["numerator", "denominator"]].transform("sum")
        same = (2 * columns - twice).abs().lt(1e-6).all(axis=1)
        several = frame["numerator"].notna() & (columns["denominator"] > 0) & (cells["stage"].transform("size") > 2)
        found = found or bool((several & same).any())
    return found


def _emptied(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """The frame without any figure: codes and groups alone."""
    figures = [str(c) for c in frame.select_dtypes("number") if c not in (*by, "confidence")]
    return frame.assign(**dict.fromkeys(figures, np.nan), reason="secret", secrecy="D")


def _hide(estimates: Estimates, threshold: int) -> tuple[pd.DataFrame, int]:
    """The frame without the figures of the groups that show a small number of candidates; how many groups."""
    frame = estimates.frame
    counted = ~frame["statistic"].isin(_IN_POINTS)
    small = _small(frame["denominator"], threshold) | _small(frame["n_missing"], threshold)
    for x, n in (("numerator", "denominator"), ("reference_numerator", "reference_denominator")):
        if n in frame:
            small |= _small(frame[n], threshold)
            small |= counted & (_small(frame[x], threshold) | _small(frame[n] - frame[x], threshold))
    small |= counted & _small(frame["denominator"] - frame["numerator"] - frame["n_missing"], threshold)
    if "estimate" in frame:
        small |= frame["statistic"].str.endswith("_growth") & _small(frame["estimate"], threshold)
    wholes = [name for name in estimates.by if name not in _PARTS]
    group = frame.groupby(wholes).ngroup() if wholes else pd.Series(0, index=frame.index)
    hidden = small.groupby(group).transform("any")
    masked = {name: frame[name].astype(float).mask(hidden) for name in _SHOWN if name in frame}
    reason = frame["reason"].mask(hidden, "secret")
    secrecy = pd.Series(np.where(hidden, "A", "V"), index=frame.index)
    return frame.assign(**masked, reason=reason, secrecy=secrecy), int(group[hidden].nunique())


def _small(numbers: pd.Series, threshold: int) -> pd.Series:
    size = numbers.abs()
    return (size > 0) & (size < threshold)
