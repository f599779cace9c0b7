"""What may be printed: tables, charts and exports accept Publishable and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import InitVar, dataclass
from itertools import repeat
from pathlib import Path
from typing import overload

import pandas as pd

from rncp_analytics.counts.model import Origin, Scope, Source
from rncp_analytics.errors import PublicationError
from rncp_analytics.measures.decision import (
    Candidates,
    candidates_of,
    decide,
    read_record,
    record,
    require_shared_scope,
)
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.profiles import Profile, profile_for
from rncp_analytics.measures.protection.masking import Decided, Group

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


class Publication:
    """Figures of candidates shown one after the other under one profile: each is protected with all those before it.

    A number that was shown stays shown, one that was hidden stays hidden, so the order of calls changes what is hidden,
    never how well: the first tables lose the fewest numbers. Tables given in one call are protected together, at the
    least cost.

    Parameters
    ----------
    profile : str
        A name of :func:`~rncp_analytics.measures.profiles.profiles`, or the path of a TOML file of your own.
        "usage_interne": nothing is hidden, everything made from it is stamped « Usage interne, ne pas diffuser ».
        "synthetique": nothing is hidden, secrecy is "S"; for synthetic cohorts alone. The others are for diffusion.
    published : sequence of paths
        Records of earlier publications (``secret.json``) about the same candidates, of these sessions or the sessions
        before: their tables are taken as shown before all the others.

    Attributes
    ----------
    profile : str
    letters : Counter
        Rows shown so far by letter: "V", "A", "D"; "S" for synthetic ones, "" for internal use.

    Raises
    ------
    InputError
        A record that can't be read.
    """

    def __init__(self, profile: str = "", *, published: Sequence[str | Path] = ()) -> None:
        self.profile = profile
        self.letters: Counter[str] = Counter()
        self._decided: dict[Candidates, list[Decided]] = {}
        for path in published:
            for candidates, tables in read_record(Path(path)).items():
                self._decided.setdefault(candidates, []).extend(tables)
        self._earlier = {candidates: len(tables) for candidates, tables in self._decided.items()}

    def __repr__(self) -> str:
        return f"Publication({self.profile}, {sum(map(len, self._decided.values()))} tableaux)"

    @overload
    def suppress(self, estimates: Estimates, *, keep: Sequence[Group] = ()) -> Publishable:
        """One table."""

    @overload
    def suppress(self, estimates: Sequence[Estimates], *, keep: Sequence[Group] = ()) -> list[Publishable]:
        """Tables of the same candidates."""

    def suppress(
        self, estimates: Estimates | Sequence[Estimates], *, keep: Sequence[Group] = ()
    ) -> Publishable | list[Publishable]:
        """One more table, or several to be protected together.

        Parameters
        ----------
        estimates : Estimates or sequence of Estimates
            Statistics of a cohort.
        keep : sequence of mapping of dimension to value
            Groups that must be published, as rows name them: ``{"academie": "10"}`` in a table by académie, ``{}`` in
            one of the whole.

        Returns
        -------
        Publishable, or list of Publishable
            As many as given. Under a profile of diffusion the hidden rows have lost all their figures, with the reason
            "secret" and the secrecy "A" (a small number: size, numerator or difference) or "D" (hidden so that those
            can't be worked out); all the others are "V", unchanged, totals included.

        Raises
        ------
        PublicationError
            No profile, an unknown one, published data, tables that aren't of the same candidates, or groups that can't
            be published while the rest is protected.
        CountsError
            Margins that don't add up, here or with what was shown before; the message names the cells.
        InputError
            A profile of your own that isn't one.

        Notes
        -----
        Rates, flows, marks, distributions, pivots, gaps to the rest, to another group or to the session before are one
        system of sums (:mod:`~rncp_analytics.measures.protection`): an attacker who has all the shown numbers can't
        locate a hidden small number better than the profile's width. Histories, pairs of units, adjusted and
        standardised rates make no such system: they are shown whole, or not at all where they hold a small number
        (:mod:`~rncp_analytics.measures.altogether`).
        """
        tables = [estimates] if isinstance(estimates, Estimates) else list(estimates)
        if any(table.origin == "official" for table in tables):
            raise PublicationError(
                "Ces chiffres sont déjà publiés", expected="une cohorte", remedy="appeler rncp.official(estimations)"
            )
        require_shared_scope(tables)
        chosen = profile_for(tables[0].origin if tables else "candidates", self.profile)
        if chosen.rule is None or not tables:
            made = [_publishable(table, chosen, table.frame, ()) for table in tables]
        else:
            known = self._decided.setdefault(candidates_of(tables[0]), [])
            hidden = decide(tables, chosen, chosen.rule, after=known, keep=keep)
            known += hidden.decided
            made = [_publishable(*one) for one in zip(tables, repeat(chosen), hidden.frames, hidden.told, strict=False)]
        self.letters.update(letter for one in made for letter in one.frame["secrecy"])
        return made[0] if isinstance(estimates, Estimates) else made

    def record(self, *, secret: bool = False) -> list[dict[str, object]]:
        """What was shown here: numbers, and the places of the hidden ones, for ``published`` of another publication.

        ``secret``: with the hidden numbers, for other chapters of the same report; never to be published.
        """
        return record(self._decided, self._earlier, secret=secret)


@overload
def suppress(estimates: Estimates, *, profile: str = "", keep: Sequence[Group] = ()) -> Publishable:
    """One table."""


@overload
def suppress(estimates: Sequence[Estimates], *, profile: str = "", keep: Sequence[Group] = ()) -> list[Publishable]:
    """Tables of the same candidates."""


def suppress(
    estimates: Estimates | Sequence[Estimates], *, profile: str = "", keep: Sequence[Group] = ()
) -> Publishable | list[Publishable]:
    """Let figures computed from candidates, real or synthetic, be shown under a named profile of secrecy.

    Tables that share candidates are given together, or one after the other to a :class:`Publication`: what one hides,
    another one with the same margins would tell.

    Parameters
    ----------
    estimates, keep
        As in :meth:`Publication.suppress`, which says what is returned and raised.
    profile : str
        As in :class:`Publication`.
    """
    return Publication(profile).suppress(estimates, keep=keep)


def _publishable(estimates: Estimates, profile: Profile, frame: pd.DataFrame, told: tuple[str, ...]) -> Publishable:
    shown = frame.assign(secrecy="S") if profile.synthetic_only else frame.copy()
    caveats = (*estimates.caveats, *told)
    return Publishable(
        shown, estimates.by, estimates.scope, estimates.origin, estimates.source, profile.name, caveats, _DOOR
    )
