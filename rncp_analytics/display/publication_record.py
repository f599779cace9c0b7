"""What was shown of a cohort under its profile of secrecy, for the reader and for the next publication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rncp_analytics.display import french
from rncp_analytics.display.spreadsheet import in_report
from rncp_analytics.measures.profiles import INTERNAL, SYNTHETIC, Profile, profile_for
from rncp_analytics.measures.secrecy import Publication

_NOTHING = {
    INTERNAL: "rien n'est masqué : usage interne, ne pas diffuser",
    SYNTHETIC: "rien n'est masqué : ces candidats n'existent pas",
}


@dataclass(frozen=True)
class PublicationRecord:
    """One sentence on the page; in a report, also what the chapters to come must know, never written on a page.

    ``shown`` as :meth:`Publication.record` gives it, ``secret`` with the hidden numbers.
    """

    text: str
    shown: list[dict[str, Any]] = field(repr=False)
    secret: list[dict[str, Any]] = field(repr=False)

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, str], dict[str, Any]]:
        return {"text/plain": self.text}, {"rncp": {"shown": self.shown, "secret": self.secret}} if in_report() else {}


def publication_record(publication: Publication) -> PublicationRecord:
    """How much of the tables shown so far is hidden, and under which profile.

    Parameters
    ----------
    publication : Publication
        After the last table.

    >>> publication_record(Publication("usage_interne")).text.replace("\u202f", " ").replace("\xa0", " ")
    "Secret statistique : rien n'est masqué : usage interne, ne pas diffuser."
    """
    text = secrecy_sentence(profile_for("synthetic", publication.profile), publication.letters)
    return PublicationRecord(text, publication.record(), publication.record(secret=True))


def secrecy_sentence(profile: Profile, letters: Mapping[str, int]) -> str:
    r"""How many cells of a whole publication are hidden, and how many of them to protect the others.

    >>> told = secrecy_sentence(profile_for("candidates", "dgfip_11"), {"V": 9, "A": 1, "D": 2})
    >>> told.replace("\u202f", " ").replace("\xa0", " ")
    'Secret statistique : diffusion, au moins 11 candidats ; 3 cases masquées sur 12, dont 2 pour protéger la première.'
    """
    told = _NOTHING.get(profile.name, "")
    if profile.rule:
        own, others = letters.get("A", 0), letters.get("D", 0)
        hidden = french.plural(own + others, "case masquée", "cases masquées")
        told = f"{french.small(profile.label)} ; {hidden} sur {french.number(sum(letters.values()))}"
        if own + others:
            told += f", dont {french.number(others)} pour protéger {'la première' if own == 1 else 'les autres'}"
    return french.typography(f"Secret statistique : {told}.")
