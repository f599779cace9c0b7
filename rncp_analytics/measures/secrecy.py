"""What may be printed: tables, charts and exports accept Publishable and nothing else."""

from __future__ import annotations

from dataclasses import InitVar, dataclass
from typing import Literal

import pandas as pd

from rncp_analytics.counts.model import Origin, Scope, Source
from rncp_analytics.errors import PublicationError
from rncp_analytics.measures.estimates import Estimates

_DOOR = object()  # only this module opens it: a Publishable can't be made without a decision on secrecy


@dataclass(frozen=True)
class Publishable:
    """Figures that may be shown: the only thing that display and reports accept.

    Made by :func:`official` for published data. Attributes as in Estimates, with ``profile``, the name
    of the rule that allowed the publication.
    """

    frame: pd.DataFrame
    by: tuple[str, ...]
    scope: Scope
    origin: Origin
    source: Source
    profile: Literal["official"]
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
        expected="le résultat de rncp.official(…) pour des données publiées",
        remedy="appeler rncp.official(estimations) sur des données officielles",
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
            remedy="passer par un profil de secret statistique avant toute diffusion",
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
