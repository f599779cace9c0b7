"""What the columns and the words of an export mean: guessed from its titles, written as TOML, corrected by hand.

A new export needs a profile, not code.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from rncp_analytics.certification.lookup import plain
from rncp_analytics.certification.regulation import regulation
from rncp_analytics.certification.rules import rule_files
from rncp_analytics.cohort.export_shapes import SEPARATORS, Table, read_table
from rncp_analytics.cohort.marksheet import PROJECT
from rncp_analytics.errors import InputError

IDENTITY = ("number", "ine", "last_name", "used_name", "first_name", "birth_date")
# What a file may leave out, said once for all its rows.
DEFAULTS = ("session", "diploma", "candidate_status", "exam_form", "academie", "school", "sector")
_UNIT_TITLE = re.compile(r"(?i)(?:note\s+)?[EU]\s?(F?\d{1,2})\b(.*)")
# "U31 date" stands beside the mark of U31, and is none.
_BESIDE = ("nature", "mode", "session", "date", "coef", "point", "moyenne", "etat", "code", "statut", "annee")


@dataclass(frozen=True)
class Profile:
    """How to read an export.

    Attributes
    ----------
    columns : mapping of str to tuple of str
        Our name of a column → its titles, the first one present is read.
    units : mapping of str to tuple of str
        In the wide form: unit → titles of its column of marks; "U31_control", "U31_mode" and "U31_since" → those of
        its mark at the épreuve de contrôle, its mode, the session in which it was obtained.
    values : mapping of str to mapping
        Column → what its cells say → what it means, besides the package's own words.
    defaults : mapping of str to str
        What the files don't carry: session, diploma, candidate_status, exam_form, academie, school, sector.
    separator : str
        ";", "," or a tab; guessed when empty.
    """

    columns: Mapping[str, tuple[str, ...]]
    units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    separator: str = ""


@functools.cache
def words() -> dict[str, Any]:
    """The package's own titles and words of exports (export.toml)."""
    return tomllib.loads(resources.files("rncp_analytics.cohort").joinpath("export.toml").read_text(encoding="utf-8"))


@functools.cache
def units() -> tuple[str, ...]:
    """Every unit that a candidate of either option may have, and the project, in exam order."""
    latest = [
        regulation(code, max(entry.first_session for entry in file.rules))
        for file in rule_files()
        for code in file.diplomas
    ]
    return tuple(dict.fromkeys([*(u for r in latest for u in (*r.mandatory_units, *r.optional_units)), PROJECT]))


def unit_columns() -> tuple[str, ...]:
    """What a column of the wide form may hold: a unit, or a unit and what stands beside its mark.

    >>> unit_columns()[:4]
    ('U2', 'U2_control', 'U2_mode', 'U2_since')
    """
    return tuple(name for unit in units() for name in (unit, *(f"{unit}_{kind}" for kind in words()["beside"])))


def guess_profile(path: Path) -> Profile:
    """The profile of an export, from its titles.

    Raises
    ------
    InputError
        The file can't be read, or nothing in it looks like a line of titles.
    """
    table = read_table(path, known=is_title)
    return profile_of(table)


def profile_of(table: Table) -> Profile:
    """The profile of an export already read, from its titles."""
    columns = {}
    for name, titles in words()["columns"].items():
        here = {plain(title): title for title in reversed(table.titles)}
        found = next((here[plain(title)] for title in titles if plain(title) in here), None)
        if found:
            columns[name] = (found,)
    in_units: dict[str, tuple[str, ...]] = {}
    for title in dict.fromkeys(table.titles):
        column = column_of_title(title)
        if column:
            in_units[column] = (*in_units.get(column, ()), title)
    return Profile(columns, in_units, separator=table.separator)


def merged(profiles: Sequence[Profile]) -> Profile:
    """One profile for several files that are read together."""
    columns: dict[str, tuple[str, ...]] = {}
    in_units: dict[str, tuple[str, ...]] = {}
    for target, parts in ((columns, [p.columns for p in profiles]), (in_units, [p.units for p in profiles])):
        for name, titles in ((n, t) for part in parts for n, t in part.items()):
            target[name] = tuple(dict.fromkeys((*target.get(name, ()), *titles)))
    separators = {p.separator for p in profiles}
    return Profile(columns, in_units, separator=separators.pop() if len(separators) == 1 else "")


@functools.lru_cache(maxsize=2**14)
def is_title(text: str) -> bool:
    """Whether a cell is the title of a column that the package knows.

    >>> is_title("n° candidat"), is_title("U31 Vente-conseil"), is_title("U31 date"), is_title("ALLARD")
    (True, True, False, False)
    """
    return plain(text) in _known_titles() or column_of_title(text) is not None


def column_of_title(title: str) -> str | None:
    """What a column of the wide form holds: one of :func:`unit_columns`.

    >>> column_of_title("U31 Vente-conseil"), column_of_title("E31 nature"), column_of_title("U12 Contrôle")
    ('U31', 'U31_mode', 'U12_control')
    """
    found = _UNIT_TITLE.fullmatch(title.strip())
    kind = _kind_beside(found[2]) if found else None
    if found and kind and f"U{found[1].upper()}" in units():
        return f"U{found[1].upper()}_{kind}"
    return unit_of_title(title)


def _kind_beside(text: str) -> str | None:
    kinds = ((kind, plain(end)) for kind, ends in words()["beside"].items() for end in ends)
    return next((kind for kind, end in kinds if plain(text).endswith(end)), None)


def unit_of_title(title: str) -> str | None:
    """Unit whose marks a column of this title holds.

    >>> unit_of_title("E31 Vente-conseil"), unit_of_title("Chef-d'œuvre"), unit_of_title("U31 session")
    ('U31', 'PROJET', None)
    """
    projects = {plain(text) for text, unit in words()["values"]["unit"].items() if unit == PROJECT}
    if plain(title) in projects:
        return PROJECT
    found = _UNIT_TITLE.fullmatch(title.strip())
    if not found or _kind_beside(found[2]) or any(word in plain(found[2]) for word in _BESIDE):
        return None
    unit = f"U{found[1].upper()}"
    return unit if unit in units() else None


@functools.cache
def _known_titles() -> frozenset[str]:
    return frozenset(plain(title) for titles in words()["columns"].values() for title in titles)


def write_profile(profile: Profile, path: Path) -> None:
    """Write a profile as TOML, with the package's words beside it as comments to start from."""
    lines = [
        "# Lecture d'un export d'examen : rncp import FICHIER --profile CE_FICHIER",
        "# Séparateur : point-virgule, virgule ou tabulation ; vide : deviné.",
        f"separator = {_quoted(profile.separator)}",
        "",
        "# Nom de la colonne pour le paquet = titres dans vos fichiers (le premier présent est lu).",
        "[columns]",
        *(f"{name} = [{', '.join(map(_quoted, titles))}]" for name, titles in profile.columns.items()),
        "",
        "# Notes en colonnes : unité = titres de sa colonne ; U31_control, U31_mode, U31_since :",
        "# sa note au contrôle, sa nature, sa session d'obtention.",
        "[units]",
        *(f"{unit} = [{', '.join(map(_quoted, titles))}]" for unit, titles in profile.units.items()),
        "",
        "# Ce que vos fichiers ne disent pas : " + ", ".join(DEFAULTS) + '. Exemple : session = "2025".',
        "[defaults]",
        *(f"{name} = {_quoted(text)}" for name, text in profile.defaults.items()),
        "",
        '# Codes de vos fichiers, en plus de ceux du paquet : [values.COLONNE], puis "CODE" = "sens".',
    ]
    for name in sorted({"state", *profile.values}):
        lines += [
            f"[values.{name}]",
            *(f"{_quoted(a)} = {_quoted(b)}" for a, b in profile.values.get(name, {}).items()),
        ]
        meanings = dict.fromkeys(words()["values"].get(name, {}).values())
        lines += [f"# sens possibles : {', '.join(meanings)}", ""]
    path.write_text("\n".join(lines), encoding="utf-8")


def read_profile(path: Path) -> Profile:
    """Read a profile back.

    Raises
    ------
    InputError
        Absent, not TOML, or with an unknown column, unit, default or meaning.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise InputError(
            "Le profil est introuvable", where=str(path), expected="un fichier TOML",
            remedy="le faire écrire : rncp check FICHIER --write-profile PROFIL",
        ) from error  # fmt: skip
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"Le profil n'est pas du TOML : {error}", where=path.name) from error
    where = path.name
    parts = ("columns", "units", "defaults", "values")
    _within(table, ("separator", *parts), where)
    for part in parts:
        if not isinstance(table.setdefault(part, {}), dict):
            raise _refused(f"[{part}]", where, "une table")
    _within(table["columns"], {**words()["columns"], **words()["aggregated"]}, f"{where}, [columns]")
    _within(table["units"], unit_columns(), f"{where}, [units]")
    _within(table["defaults"], DEFAULTS, f"{where}, [defaults]")
    _within(table["values"], words()["values"], f"{where}, [values]")
    separator = table.get("separator", "")
    if separator not in ("", *SEPARATORS):
        raise _refused("separator", where, "point-virgule, virgule, tabulation ou vide")
    return Profile(
        {name: _texts(titles, f"{where}, [columns] {name}") for name, titles in table["columns"].items()},
        {name: _texts(titles, f"{where}, [units] {name}") for name, titles in table["units"].items()},
        {name: _meanings(name, said, f"{where}, [values.{name}]") for name, said in table["values"].items() if said},
        {name: str(value) for name, value in table["defaults"].items()},
        separator,
    )


def _meanings(name: str, said: object, where: str) -> dict[str, str]:
    allowed = set(words()["values"][name].values()) | (set(units()) if name == "unit" else set())
    if not isinstance(said, dict):
        raise _refused(f"values.{name}", where, "une table")
    for text, meaning in said.items():
        if not isinstance(meaning, str) or meaning not in allowed:
            raise _refused(text, where, f"l'un de : {', '.join(sorted(allowed))}")
    return said


def _texts(value: object, where: str) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(text, str) and text.strip() for text in listed):
        raise _refused("titres", where, "un titre entre guillemets, ou une liste de titres")
    return tuple(listed)


def _within(table: Mapping[str, object], allowed: Sequence[str] | Mapping[str, object], where: str) -> None:
    for key in table:
        if key not in allowed:
            raise _refused(key, where, f"l'un de : {', '.join(allowed)}")


def _refused(key: str, where: str, expected: str) -> InputError:
    return InputError(
        f"« {key} » est refusé dans le profil", where=where, expected=expected, remedy="corriger le profil"
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return '"' + "".join(c for c in escaped if c.isprintable()) + '"'
