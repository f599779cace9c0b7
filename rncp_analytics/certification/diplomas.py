"""The six diplomas of the family: options A and B, Métiers de l'accueil, and the three that they replaced."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal

from rncp_analytics.certification.lookup import nearest, plain
from rncp_analytics.certification.reading import packaged, read
from rncp_analytics.errors import UnknownCodeError

OPTION_B, OPTION_A, ACCUEIL = "40031214", "40031213", "40031212"
VENTE, COMMERCE = "40031206", "40031202"  # replaced by B and A in 2022


@dataclass(frozen=True)
class Diploma:
    """A diploma by its code formation-diplôme.

    Attributes
    ----------
    code : str
        8 digits.
    label, title : str
        Short label shown ("Option B") and full title.
    rncp : str
        Fiche under which it was first registered; since 2024 one fiche may cover several diplomas.
    first_session, last_session : int
        ``last_session`` is None while the diploma is delivered.
    option : "A", "B" or None
        Accueil is another specialty, not an option.
    successor : str or None
        Code of the diploma that replaced it.
    """

    code: str
    label: str
    title: str
    rncp: str
    first_session: int
    last_session: int | None = None
    option: Literal["A", "B"] | None = None
    successor: str | None = None


@dataclass(frozen=True)
class _Tables:
    diplomas: tuple[Diploma, ...]


@functools.cache
def family() -> tuple[Diploma, ...]:
    """The diplomas of the family: option B, option A, Accueil, then Vente, Commerce and Accueil-RCU.

    Notes
    -----
    Source: Base centrale des nomenclatures (codes, sessions, filiation).

    Examples
    --------
    >>> [d.label for d in family()]
    ['Option B', 'Option A', "Métiers de l'accueil", 'Vente', 'Commerce', 'Accueil-RCU']
    """
    return read(_Tables, packaged("diplomas.toml"), "diplomas.toml").diplomas


def diploma(code: str) -> Diploma:
    """The diploma of the family with this code formation-diplôme.

    Parameters
    ----------
    code : str
        "40031214", "400-31214" or "400-31214 T".

    Raises
    ------
    UnknownCodeError
        No diploma of the family has this code; the nearest ones are named.

    Examples
    --------
    >>> diploma("40031206").successor
    '40031214'
    """
    wanted = plain(code).removesuffix("t")
    found = next((d for d in family() if d.code == wanted), None)
    if found is None:
        shown = {d.code: f"{d.code} ({d.label})" for d in family()}
        raise UnknownCodeError(
            f"Aucun diplôme de la famille n'a le code « {code} »",
            expected="un code formation-diplôme de 8 chiffres",
            remedy=nearest(code, shown) or f"codes connus : {', '.join(shown.values())}",
        )
    return found
