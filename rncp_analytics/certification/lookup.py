"""Finding a code or a name as people write it, and naming the nearest when it is unknown."""

from __future__ import annotations

import difflib
import functools
import unicodedata
from collections.abc import Mapping


@functools.lru_cache(maxsize=2**16)  # the titles and words of a thousand lists are the same
def plain(text: str) -> str:
    """Letters and digits only, lower case, without accents: what makes two spellings the same word.

    >>> plain("400-31214 T"), plain("LA RÉUNION")
    ('40031214t', 'lareunion')
    """
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in decomposed if c.isascii() and c.isalnum())


def nearest(text: str, shown: Mapping[str, str]) -> str:
    """The entries that look most like a text, in a French phrase; empty when none does.

    Parameters
    ----------
    text : str
        What was asked for.
    shown : mapping
        Each spelling known (as :func:`plain` gives it) → how its entry is shown.

    >>> nearest("Lion", {"lyon": "Lyon (10)", "nice": "Nice (23)"})
    'le plus proche : Lyon (10)'
    """
    close = difflib.get_close_matches(plain(text), shown, n=6, cutoff=0.6)
    entries = list(dict.fromkeys(shown[key] for key in close))[:3]
    if not entries:
        return ""
    return f"{'les plus proches' if len(entries) > 1 else 'le plus proche'} : {', '.join(entries)}"
