"""What was shown of a cohort under its profile of secrecy, for the reader and for the next publication."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rncp_analytics.display import french, labels
from rncp_analytics.display.spreadsheet import in_report
from rncp_analytics.measures.profiles import INTERNAL, SYNTHETIC
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

    >>> publication_record(Publication("usage_interne"))
    Secret statistique : rien n'est masqué : usage interne, ne pas diffuser.
    """
    told = _NOTHING.get(publication.profile)
    if not told:
        letters = publication.letters
        own, others, every = letters["A"], letters["D"], letters.total()
        hidden = french.plural(own + others, "case masquée", "cases masquées")
        told = f"{labels.label('profile', publication.profile)} : {hidden} sur {french.number(every)}"
        told += f", dont {french.number(others)} pour protéger les autres" if others else ""
    return PublicationRecord(
        french.typography(f"Secret statistique : {told}."), publication.record(), publication.record(secret=True)
    )
