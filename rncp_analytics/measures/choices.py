"""Choices among a few words: what isn't one of them is refused before anything is computed."""

from __future__ import annotations

from collections.abc import Sequence

from rncp_analytics.errors import CountsError


def check_choice(value: object, allowed: Sequence[object], what: str) -> None:
    """Refuse a value that isn't one of those allowed; ``what`` is its French name: "une correction des tests".

    Raises
    ------
    CountsError
        With the accepted values.

    >>> check_choice("holm", ["holm"], "une correction des tests")
    """
    if value not in allowed:
        raise CountsError(f"« {value} » n'est pas {what}", expected=f"l'un de : {', '.join(map(str, allowed))}")
