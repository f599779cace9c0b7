"""Certifications by any of their codes."""

from __future__ import annotations

import functools
from importlib import resources

from rncp_analytics.certification.lookup import nearest, plain
from rncp_analytics.certification.model import Certification
from rncp_analytics.certification.reading import packaged, read
from rncp_analytics.errors import InputError, UnknownCodeError


@functools.cache
def certifications() -> tuple[Certification, ...]:
    """Every certification that the package carries, by ascending RNCP number.

    Raises
    ------
    InputError
        A file of the package has an unknown key, a missing key or a value of another type.

    Examples
    --------
    >>> [c.code for c in certifications()]
    ['RNCP759', 'RNCP861', 'RNCP9638', 'RNCP32049', 'RNCP32208', 'RNCP32259', 'RNCP38399']
    """
    folder = resources.files("rncp_analytics.certification").joinpath("fiches")
    names = [file.name for file in folder.iterdir() if file.name.endswith(".toml")]
    found = [read(Certification, packaged(f"fiches/{name}"), f"fiches/{name}") for name in names]
    return tuple(sorted(found, key=_number))


def certification(code: str) -> Certification:
    """The certification with this code.

    Parameters
    ----------
    code : str
        RNCP code ("RNCP32259", "32259"), code formation-diplôme ("40031214", "400-31214 T"), MEF (10 digits)
        or MEFSTAT11 (11 digits); case, spaces and hyphens don't matter. A diploma code finds the fiche that
        covers this diploma alone: RNCP38399, which covers both options, is found by its RNCP code only.

    Returns
    -------
    Certification

    Raises
    ------
    UnknownCodeError
        No fiche of the package has this code; the nearest known ones are named.

    Notes
    -----
    Sources: fiche RNCP 32259; Base centrale des nomenclatures for the codes of diplomas and years of study.

    Examples
    --------
    >>> certification("400-31214 T").code
    'RNCP32259'
    """
    found = _index().get(plain(code))
    if found is None:
        shown = {key: f"{c.code} ({c.short_label})" for key, c in _index().items()}
        raise UnknownCodeError(
            f"Aucune certification connue n'a le code « {code} »",
            expected="un code RNCP, un code formation-diplôme (8 chiffres), un MEF (10) ou un MEFSTAT11 (11)",
            remedy=nearest(code, shown) or f"codes connus : {', '.join(c.code for c in certifications())}",
        )
    return found


@functools.cache
def _index() -> dict[str, Certification]:
    index: dict[str, Certification] = {}
    for fiche in certifications():
        for key in _keys(fiche):
            if key in index:
                raise InputError(f"Le code « {key} » désigne {index[key].code} et {fiche.code}", where="fiches/")
            index[key] = fiche
    return index


def _keys(fiche: Certification) -> list[str]:
    alone = fiche.diplomas if len(fiche.diplomas) == 1 else ()
    marked = [f"{code}t" for code in alone]  # the ministry also writes "400-31214 T"
    return [plain(fiche.code), str(_number(fiche)), *alone, *marked, *fiche.mef10, *fiche.mefstat11]


def _number(fiche: Certification) -> int:
    return int(fiche.code.removeprefix("RNCP"))
