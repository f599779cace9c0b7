"""Rules of statistical secrecy as data: those of the package, and the user's own."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal

from rncp_analytics.certification.lookup import nearest, plain
from rncp_analytics.certification.reading import read
from rncp_analytics.cohort.provenance import Origin
from rncp_analytics.errors import InputError, PublicationError
from rncp_analytics.measures.protection.attack import Rule

INTERNAL = "usage_interne"
SYNTHETIC = "synthetique"

_OWN = ".toml"  # a profile that ends so is the user's file


@dataclass(frozen=True)
class Profile:
    """A rule of statistical secrecy.

    Attributes
    ----------
    name, label : str
        Code, and what is printed.
    source, date : str
        Where the rule comes from, and from when.
    threshold : int or None
        No number of candidates from 1 to ``threshold`` − 1 is shown; None hides nothing.
    width : int or None
        A hidden number may not be located better than by an interval so wide; the threshold when not given.
    bears_on : {"every_number", "group_size"}
        Which numbers are judged: the size of a group, its numerator and their difference; or the size alone.
    hides_unanimous : bool
        A rate of 0 or 100 % is hidden, since it tells the result of each member of the group.
    uncertain : bool
        Known from others than its author, or perhaps changed since.
    synthetic_only : bool
        Refused for real candidates.
    """

    name: str
    label: str
    source: str
    date: str
    threshold: int | None = None
    width: int | None = None
    bears_on: Literal["every_number", "group_size"] = "every_number"
    hides_unanimous: bool = False
    uncertain: bool = False
    synthetic_only: bool = False

    @property
    def rule(self) -> Rule | None:
        """How little may be worked out of a hidden number; None when nothing is hidden."""
        return None if self.threshold is None else Rule(self.threshold, self.width or self.threshold)


@dataclass(frozen=True)
class _Profiles:
    profiles: tuple[Profile, ...]


@functools.cache
def profiles() -> tuple[Profile, ...]:
    """The profiles of secrecy that the package knows, with their sources.

    >>> [profile.name for profile in profiles()][:3]
    ['usage_interne', 'insee_entreprises_3', 'dgfip_11']
    """
    text = resources.files("rncp_analytics.measures").joinpath("secrecy.toml").read_text(encoding="utf-8")
    return read(_Profiles, text, "secrecy.toml").profiles


def profile_for(origin: Origin, name: str) -> Profile:
    """The profile of that name, if it may serve for figures of that origin.

    Parameters
    ----------
    origin : {"official", "candidates", "synthetic"}
    name : str
        A profile of the package, or the path of a TOML file (``.toml``) with the fields of :class:`Profile`.

    Raises
    ------
    PublicationError
        No profile, an unknown one, or one for synthetic cohorts on real candidates.
    InputError
        The user's file is absent or isn't a profile: no source, no date, no threshold…
    """
    if name.endswith(_OWN):
        return _own(Path(name))
    known = {p.name: p for p in profiles()}
    if name not in known:
        shown = {plain(p.name): f"{p.name} ({p.label})" for p in profiles()}
        raise PublicationError(
            f"Profil de secret inconnu : « {name} »" if name else "Aucun profil de secret n'est choisi",
            expected=f"l'un de : {', '.join(shown.values())} ; ou un fichier {_OWN}",
            remedy=nearest(name, shown) or "le donner : --profile PROFIL avec rncp report, profile=… dans un notebook",
        )
    if known[name].synthetic_only and origin != "synthetic":
        raise PublicationError(
            f"Le profil « {name} » ne convient qu'à une cohorte synthétique, celle-ci porte des candidats réels",
            expected="usage_interne (sans diffusion), ou un profil de diffusion",
            remedy="choisir un autre profil de secret",
        )
    return known[name]


def _own(path: Path) -> Profile:
    """The profile of a user's file: always one that hides, or it would be a way round."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "Le fichier du profil de secret n'est pas lisible", where=str(path), expected="un fichier TOML, en UTF-8"
        ) from error
    profile = read(Profile, text, path.name)
    problems = {
        "un nom que le paquet ne porte pas déjà": profile.name not in {p.name for p in profiles()},
        "threshold d'au moins 2": (profile.threshold or 0) >= 2,
        "width d'au moins 1, ou absent": profile.width is None or profile.width >= 1,
        "pas de synthetic_only": not profile.synthetic_only,
    }
    if wrong := [expected for expected, fine in problems.items() if not fine]:
        raise InputError("Ce profil de secret ne peut pas servir", where=path.name, expected=" ; ".join(wrong))
    return profile
