"""What a certification is: the fiche of the national register (RNCP) as frozen dataclasses.

A text named ``source_…`` keeps the source's own spelling, misprints included; the text without that prefix
is the one to show. What no source states is absent: ``None`` or an empty tuple.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

RouteCode = Literal["FI", "CA", "FC", "CQ", "CL", "VAE"]


@dataclass(frozen=True)
class Reference:
    """A text of law: ``text`` as the source cites it, with its dates when the citation gives them."""

    role: Literal["general", "creation"]
    text: str
    signed: date | None = None
    published: date | None = None


@dataclass(frozen=True)
class Classified:
    """A code of a public nomenclature (NSF, Formacode, ROME) and its label."""

    code: str
    label: str
    link: str | None = None


@dataclass(frozen=True)
class Link:
    """A named source and where it is found."""

    label: str
    url: str


@dataclass(frozen=True)
class Block:
    """A bloc de compétences: one unit of the diploma, assessed by one épreuve.

    Attributes
    ----------
    number : int
        Its number in the fiche. Other sources number the blocks otherwise: join on ``unit``.
    unit, epreuve : str
        "U34", "E34".
    label, name : str
        Label shown, and what teachers say: "Prévention-santé-environnement", "PSE".
    source_label, source_component : str
        The fiche's spelling as title of the block and in the list of components.
    skills, assessment : tuple of str
        One text per line or bullet of the fiche, bullet marks kept.
    optional : bool
        Only the points above 10 count.
    """

    number: int
    unit: str
    epreuve: str
    label: str
    name: str
    source_label: str
    source_component: str
    skills: tuple[str, ...]
    assessment: tuple[str, ...]
    optional: bool


@dataclass(frozen=True)
class AccessRoute:
    """A way to the certification, by France compétences' code; ``accessible`` is None when unknown."""

    code: RouteCode
    label: str
    source_label: str
    source_mark: str
    accessible: bool | None = None
    jury: tuple[str, ...] = ()


@dataclass(frozen=True)
class OverseasAccess:
    """Whether the certification is open in a territory; None where the source can't be read."""

    territory: str
    source_label: str
    source_mark: str
    accessible: bool | None = None


@dataclass(frozen=True)
class PreviousCertification:
    """The certification that this one replaces."""

    code: str
    label: str
    source_label: str | None = None
    link: str | None = None


@dataclass(frozen=True)
class Note:
    """What a reader must know of the data, and how sure it is."""

    status: Literal["verified", "uncertain", "sources_disagree"]
    text: str


@dataclass(frozen=True)
class Certification:
    """A certification of the national register.

    Attributes
    ----------
    code : str
        "RNCP32259".
    short_label, label : str
        "Option B", and the full title shown.
    diplomas : tuple of str
        Codes formation-diplôme covered, 8 digits. Options are told apart by these, never by ``code``.
    mef10, mefstat11 : tuple of str
        Codes of the years of study that lead to it, where known.
    source_title, authority, source_authority, signatories, cpc, level_1969, level_europe, nsf, formacodes
        Identification.
    activity, sectors, job_titles, rome
        What its holder does and where; paragraphs in order.
    blocks : tuple of Block
        In the fiche's order.
    component_validity : str or None
        How long an acquired component stays valid.
    access_routes, overseas
        Who may enter.
    legal_base, first_session
        Texts of law, and the session of the first diplomas.
    statistics, other_sources
        Where the fiche sends its reader.
    previous, successor
        Filiation; ``successor`` is a code.
    active_from, expires : date or None
        Registration, only where the sources agree.
    notes : tuple of Note
        Uncertainties and disagreements, in French.
    """

    code: str
    short_label: str
    label: str
    diplomas: tuple[str, ...]
    mef10: tuple[str, ...] = ()
    mefstat11: tuple[str, ...] = ()
    source_title: str | None = None
    authority: str | None = None
    source_authority: str | None = None
    signatories: tuple[str, ...] = ()
    cpc: str | None = None
    level_1969: str | None = None
    level_europe: str | None = None
    nsf: tuple[Classified, ...] = ()
    formacodes: tuple[Classified, ...] = ()
    activity: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    job_titles: tuple[str, ...] = ()
    rome: tuple[Classified, ...] = ()
    blocks: tuple[Block, ...] = ()
    component_validity: str | None = None
    access_routes: tuple[AccessRoute, ...] = ()
    overseas: tuple[OverseasAccess, ...] = ()
    legal_base: tuple[Reference, ...] = ()
    first_session: int | None = None
    statistics: tuple[Link, ...] = ()
    other_sources: tuple[str, ...] = ()
    previous: tuple[PreviousCertification, ...] = ()
    successor: str | None = None
    active_from: date | None = None
    expires: date | None = None
    notes: tuple[Note, ...] = ()
