"""Who is named in the files read together, so that it stands nowhere else: class, message, quarantine, file name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePath

import pandas as pd

from rncp_analytics.certification.lookup import plain
from rncp_analytics.cohort.export_shapes import Named, Table
from rncp_analytics.cohort.export_values import is_class_word
from rncp_analytics.cohort.profile import IDENTITY, Profile, words
from rncp_analytics.cohort.pseudonym import pseudonyms

_NAMES = ("last_name", "used_name", "first_name")
# Alone in a cell, each of these is a name; within a longer one it names nobody.
_PARTICLES = {"de", "du", "des", "la", "le", "les", "et"}
_SHORTEST_PART = 5  # of a file's name: a shorter number is also a rank or a year, a shorter name part of a word
_DIGITS = 8  # of a file's neutral name


def named_in(tables: Iterable[Table], profile: Profile) -> Named:
    """What the columns that identify hold, in all the files; a class that a shifted line put there names nobody."""
    cells: set[str] = set()
    names: set[str] = set()
    for name in IDENTITY:
        titles = {plain(t) for t in (*words()["columns"][name], *profile.columns.get(name, ()))}
        for table in tables:
            columns = [i for i, title in enumerate(table.titles) if plain(title) in titles]
            texts = [t for i in columns for t in table.rows[i].cat.categories if not _is_class(t)]
            cells.update(map(fold, texts))
            if name in _NAMES:
                names.update(word for text in texts for word in _names(text))
    return Named(frozenset(cells - {""}), frozenset(names))


def fold(text: str) -> str:
    """What ``plain`` gives, without its cost for the tens of thousands of numbers and names of an export."""
    return text.lower() if text.isascii() and text.isalnum() else plain(text)


def _letters(text: str) -> list[str]:
    return [fold(word) for word in re.findall(r"[^\W\d_]+", text)]


def _is_class(text: str) -> bool:
    found = _letters(text)
    return bool(found) and all(map(is_class_word, found))


def _names(text: str) -> set[str]:
    found = {word for word in _letters(text) if len(word) > 1 and not is_class_word(word)}
    return found if len(found) == 1 else found - _PARTICLES


def names_somebody(text: str, named: Named) -> bool:
    """Whether a text is an identity, or has a word of a name; accents and case don't count."""
    return plain(text) in named.cells or not named.words.isdisjoint(_letters(text))


def without_names(tables: Sequence[Table], named: Named, *, key: bytes) -> tuple[list[Table], list[str]]:
    """The tables, those whose file's name identifies somebody under a neutral one, and the French findings.

    The neutral name is keyed: the same file has the same one at the next import, and nobody can go back from it.
    """
    known, told = [], []
    for place, table in enumerate(tables, 1):
        name, path = table.name, PurePath(table.name)
        if _is_of_somebody(path.stem, named):
            name = f"fichier {pseudonyms(pd.Series([f'file:{name}']), key=key)[0][:_DIGITS]}{path.suffix}"
            told.append(
                f"Le nom du {_ordinal(place)} fichier donné contient ce qui identifie un candidat : "
                f"il est appelé « {name} » partout"
            )
        known.append(table._replace(name=name, named=named))
    return known, told


def _is_of_somebody(stem: str, named: Named) -> bool:
    """Whether the name of a file has a word of a name, or holds a longer part of an identity, even joined to others."""
    whole = plain(stem)
    within = (part for known in named for part in known if len(part) >= _SHORTEST_PART)
    return not named.words.isdisjoint(_letters(stem)) or any(part in whole for part in within)


def _ordinal(place: int) -> str:
    return "1er" if place == 1 else f"{place}e"
