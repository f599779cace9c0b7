"""What may be printed: tables, charts and exports accept Publishable and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import InitVar, dataclass
from typing import overload

import numpy as np
import pandas as pd

from rncp_analytics.counts.model import Origin, Scope, Source
from rncp_analytics.errors import PublicationError
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.profiles import Profile, profile_for

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


@overload
def suppress(estimates: Estimates, *, profile: str = "") -> Publishable:
    """One table."""


@overload
def suppress(estimates: Sequence[Estimates], *, profile: str = "") -> list[Publishable]:
    """Tables of the same candidates."""


def suppress(estimates: Estimates | Sequence[Estimates], *, profile: str = "") -> Publishable | list[Publishable]:
    """Let figures computed from candidates, real or synthetic, be shown under a named profile of secrecy.

    Parameters
    ----------
    estimates : Estimates or sequence of Estimates
        Statistics of a cohort. Tables that share candidates are given together: what one hides, another one with the
        same margins would tell.
    profile : str
        A name of :func:`~rncp_analytics.measures.profiles.profiles`, or the path of a TOML file of your own.
        "usage_interne": nothing is hidden, everything made from it is stamped « Usage interne, ne pas diffuser ».
        "synthetique": nothing is hidden, secrecy is "S"; for synthetic cohorts alone. The others are for diffusion.

    Returns
    -------
    Publishable, or list of Publishable
        As many as given. Under a profile of diffusion the hidden rows have lost all their figures, with the reason
        "secret" and the secrecy "A" (their group has a small number: size, numerator or difference) or "D" (hidden so
        that those can't be worked out); all the others are "V", unchanged, totals included.

    Raises
    ------
    PublicationError
        No profile, an unknown one, published data, or tables that aren't of the same candidates.
    CountsError
        Margins that don't add up; the message names the cells.
    InputError
        A profile of your own that isn't one.

    Notes
    -----
    Rates, flows, marks, distributions, gaps to the rest, to another group or to the session before are one system of
    sums (:mod:`~rncp_analytics.measures.protection`): an attacker who has all the shown numbers can't locate a hidden
    small number better than the profile's width. What makes no such system (histories, funnels, pivots…) is judged
    table by table, and hidden altogether where a total would give the hidden group back
    (:mod:`~rncp_analytics.measures.table_by_table`). Tables that are not given together are not protected together.
    """
    tables = [estimates] if isinstance(estimates, Estimates) else list(estimates)
    if any(table.origin == "official" for table in tables):
        raise PublicationError(
            "Ces chiffres sont déjà publiés", expected="une cohorte", remedy="appeler rncp.official(estimations)"
        )
    _require_shared_scope(tables)
    chosen = profile_for(tables[0].origin if tables else "candidates", profile)
    made = (
        [_publishable(table, chosen, None) for table in tables] if chosen.rule is None else _protected(tables, chosen)
    )
    return made[0] if isinstance(estimates, Estimates) else made


def _require_shared_scope(tables: Sequence[Estimates]) -> None:
    """Refuse tables whose numbers can't be those of the same candidates."""
    shared = {(t.origin, t.source.digest, t.scope.stage, t.scope.territory, t.scope.population) for t in tables}
    if len(shared) > 1:
        told = dict.fromkeys(f"{t.scope.population}, {t.scope.territory} ({t.source})" for t in tables)
        raise PublicationError(
            "Ces tableaux ne portent pas sur les mêmes candidats",
            where=" ; ".join(told),
            expected="des tableaux tirés des mêmes comptes : même source, étape, territoire et champ",
            remedy="un appel à rncp.suppress(…) pour chaque cohorte",
        )


def _protected(tables: Sequence[Estimates], profile: Profile) -> list[Publishable]:
    """The tables under a profile of diffusion: in one system where they make one, otherwise one by one."""
    from rncp_analytics.measures.protection.figures import sides
    from rncp_analytics.measures.protection.masking import letters_together
    from rncp_analytics.measures.table_by_table import letters

    assert profile.rule is not None
    read = [sides(table) for table in tables]
    together = [(table, found) for table, found in zip(tables, read, strict=True) if found is not None]
    masked = iter(letters_together(together, profile, profile.rule) if together else ())
    return [
        _publishable(table, profile, letters(table, profile.rule.threshold) if found is None else next(masked))
        for table, found in zip(tables, read, strict=True)
    ]


def _publishable(estimates: Estimates, profile: Profile, letters: pd.Series | None) -> Publishable:
    frame, caveats = estimates.frame.copy(), estimates.caveats
    if letters is not None:
        frame["secrecy"] = letters
        if (hidden := letters != "V").any():
            figures = [c for c in frame.select_dtypes("number") if c not in (*estimates.by, "confidence")]
            frame = frame.astype(dict.fromkeys(figures, float))
            frame.loc[hidden, figures] = np.nan
            frame.loc[hidden, "reason"] = "secret"
            caveats = (*caveats, _told(estimates, letters, profile))
    if profile.synthetic_only:
        frame["secrecy"] = "S"
    return Publishable(
        frame, estimates.by, estimates.scope, estimates.origin, estimates.source, profile.name, caveats, _DOOR
    )


def _told(estimates: Estimates, letters: pd.Series, profile: Profile) -> str:
    """How many groups are hidden, and why, in one sentence."""
    name = f"Secret statistique ({profile.label[0].lower()}{profile.label[1:]})"
    if (letters == "D").all():
        return f"{name} : tout est masqué, car les totaux de ce tableau redonneraient ce qui doit l'être."
    groups = estimates.frame.groupby(list(estimates.by)).ngroup() if estimates.by else pd.Series(0, index=letters.index)
    worst = letters.map({"V": 0, "D": 1, "A": 2}).groupby(groups).max()
    own, others = int((worst == 2).sum()), int((worst == 1).sum())
    counted = "1 case masquée" if own + others == 1 else f"{own + others} cases masquées"
    why = f", dont {others} pour protéger {'la première' if own == 1 else 'les autres'}" if own and others else ""
    why = why or (" pour protéger un autre tableau" if others else "")
    return f"{name} : {counted}{why}."
