"""Académies, breaks of the series, and the crosswalk between the sources' words for who a candidate is."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Literal, get_args

from rncp_analytics.certification.lookup import nearest, plain
from rncp_analytics.certification.model import RouteCode
from rncp_analytics.certification.reading import packaged, read
from rncp_analytics.errors import UnknownCodeError

Status = Literal["SCOLAIRE", "APPRENTISSAGE", "FORMATION CONTINUE", "INDIVIDUEL", "ENSEIGNEMENT A DISTANCE"]
STATUSES: tuple[str, ...] = get_args(Status)
Regime = Literal["scolaires", "apprentis", "formation continue", "autres"]


@dataclass(frozen=True)
class Academie:
    """An académie, a vice-rectorat or centres abroad.

    Attributes
    ----------
    code : str
        Two characters: "06".
    name, region : str
        As people write them; ``region`` is None outside the regions.
    overseas : bool
        Outside metropolitan France, in French territory.
    published : bool
        One of the 30 of the ministry's open data.
    departements : tuple of str
        Three characters each, "069" or "02A"; none outside the départements.
    """

    code: str
    name: str
    overseas: bool
    published: bool
    region: str | None = None
    departements: tuple[str, ...] = ()


@dataclass(frozen=True)
class Break:
    """A session that can't be compared with the one before; ``isolated``: nor with the one after."""

    session: int
    isolated: bool
    label: str
    reference: str


@dataclass(frozen=True)
class RouteLink:
    """One line of the crosswalk of candidates.

    Attributes
    ----------
    route, route_label : str
        The fiche's route, by France compétences' code.
    status : str or None
        DEPP's status of the candidate; None when the open data leave the route out.
    regime : str or None
        Régime of the series; None for the same reason.
    certainty : "verified" or "uncertain"
        Whether a source states the link.
    remark : str
        French, to be printed beside a comparison.
    """

    route: RouteCode
    route_label: str
    certainty: Literal["verified", "uncertain"]
    remark: str
    status: Status | None = None
    regime: Regime | None = None


@dataclass(frozen=True)
class _OtherCode:
    """A code or name found where an académie is expected, that isn't one."""

    code: str
    names: tuple[str, ...]
    what: str
    remedy: str


@dataclass(frozen=True)
class _Tables:
    academies: tuple[Academie, ...]
    not_academies: tuple[_OtherCode, ...]
    breaks: tuple[Break, ...]
    crosswalk: tuple[RouteLink, ...]


@functools.cache
def _tables() -> _Tables:
    return read(_Tables, packaged("nomenclature.toml"), "nomenclature.toml")


def academies() -> tuple[Academie, ...]:
    """Académies by code: the 30 of the ministry's open data (``published``), then the other territories.

    Notes
    -----
    Source: Base centrale des nomenclatures.

    Examples
    --------
    >>> sum(a.published for a in academies())
    30
    """
    return _tables().academies


def academie(text: str) -> Academie:
    """The académie with this code or name.

    Parameters
    ----------
    text : str
        "02", "2", "2.0" or a name in any case, with or without accents and hyphens.

    Raises
    ------
    UnknownCodeError
        Not an académie: a former one (Caen, Rouen), the exam centre of Île-de-France, or unknown; the
        nearest names are in ``remedy``.

    Examples
    --------
    >>> academie("LA REUNION").code, academie("2").name
    ('28', 'Aix-Marseille')
    """
    written = text.strip()
    code = re.fullmatch(r"(\d{1,2})(\.0+)?", written)
    key = code[1].zfill(2) if code else plain(written)
    for other in _tables().not_academies:
        if key == other.code or key in map(plain, other.names):
            raise UnknownCodeError(f"« {written} » {other.what}", expected="une académie", remedy=other.remedy)
    by_name = {plain(a.name): a for a in academies()}
    found = by_name.get(key) or next((a for a in academies() if a.code == key), None)
    if found is None:
        shown = {name: f"{a.name} ({a.code})" for name, a in by_name.items()}
        raise UnknownCodeError(
            f"« {written} » n'est pas une académie",
            expected="un code à deux caractères ou un nom d'académie",
            remedy=nearest(written, shown) or f"académies : {', '.join(a.name for a in academies() if a.published)}",
        )
    return found


@functools.cache
def academie_of(departement: str) -> str | None:
    """Code of the académie of a département, None where there is none.

    Parameters
    ----------
    departement : str
        Three characters: "069", "02A", "974".

    Notes
    -----
    Source: code de l'éducation, article R. 222-2.

    Examples
    --------
    >>> academie_of("069"), academie_of("076"), academie_of("02B"), academie_of("099")
    ('10', '70', '27', None)
    """
    return next((a.code for a in academies() if departement in a.departements), None)


def comparable(session: int) -> bool:
    """Whether a session can be compared with the one before it.

    Examples
    --------
    >>> [comparable(s) for s in (2021, 2022, 2023)]
    [False, False, True]
    """
    return not any(session == b.session or (b.isolated and session == b.session + 1) for b in breaks())


def breaks() -> tuple[Break, ...]:
    """Sessions where the series breaks, ascending.

    Examples
    --------
    >>> [(b.session, b.isolated) for b in breaks()]
    [(2020, True), (2021, True), (2022, False)]
    """
    return _tables().breaks


def crosswalk() -> tuple[RouteLink, ...]:
    """The fiche's six routes, DEPP's five statuses and the régimes, link by link, in the fiche's order.

    Notes
    -----
    Sources: fiche RNCP 32259; DEPP, fr-en-baccalaureat-par-academie; Céreq, Net.Doc 40 (2008), for
    the régimes. The links are the package's own reading; ``certainty`` says which of them a source bears out.

    Examples
    --------
    >>> [link.route for link in crosswalk() if link.status is None]
    ['VAE']
    """
    return _tables().crosswalk


def regime_of(status: str) -> str:
    """Régime of a DEPP status.

    Raises
    ------
    UnknownCodeError
        Not one of the five statuses, as the ministry writes them.

    Examples
    --------
    >>> regime_of("ENSEIGNEMENT A DISTANCE")
    'autres'
    """
    regimes = {link.status: link.regime for link in crosswalk()}
    found = next((regime for known, regime in regimes.items() if known == status), None)
    if found is None:
        statuses = [known for known in regimes if known]
        raise UnknownCodeError(
            f"« {status} » n'est pas un statut de candidat de la DEPP",
            expected=", ".join(statuses),
            remedy=nearest(status, {plain(known): known for known in statuses}),
        )
    return found
