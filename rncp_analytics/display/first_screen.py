"""The first thing an inspector reads: France, then the académie that was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rncp_analytics.counts.official import OfficialResults
from rncp_analytics.display.academie_overview import academie_overview
from rncp_analytics.display.overview import session_overview
from rncp_analytics.display.spreadsheet import together
from rncp_analytics.display.summary import Summary, with_file


@dataclass(frozen=True)
class Screen:
    """Pages of sentences shown one under the other."""

    pages: tuple[Summary, ...]

    def __repr__(self) -> str:
        return "\n\n".join(map(repr, self.pages))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, str], dict[str, Any]]:
        bundle = {"text/html": "\n".join(p.html() for p in self.pages), "text/plain": repr(self)}
        return with_file(bundle, together(p.data for p in self.pages), name=self.pages[0].name)


def first_screen(results: OfficialResults, *, session: int, academie: str | None = None) -> Screen:
    """The session in France on one page; with an académie, its page after it.

    Parameters
    ----------
    results : OfficialResults
    session : int
        One of ``results.sessions``.
    academie : str, optional
        Code or name.

    Raises
    ------
    RncpError
        As :func:`session_overview` and :func:`academie_overview`.
    """
    france = session_overview(results, session=session)
    if academie is None:
        return Screen((france,))
    return Screen((france, academie_overview(results, session=session, academie=academie)))
