"""Strict reading of the layer's TOML: a key too many or missing, or a wrong type, is refused by place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from importlib import resources
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from rncp_analytics.errors import InputError

T = TypeVar("T")


def packaged(name: str) -> str:
    """Text of a file that this layer carries."""
    return resources.files("rncp_analytics.certification").joinpath(name).read_text(encoding="utf-8")


def read(record: type[T], text: str, name: str) -> T:
    """Read a TOML text into a frozen dataclass, by its annotations.

    Parameters
    ----------
    record : type
        Dataclass whose fields are text, integers, booleans, dates, choices, tuples or dataclasses of these.
    text : str
        TOML.
    name : str
        File named in the errors.

    Raises
    ------
    InputError
        Not TOML, an unknown key, a missing key (a field without default), or a value of another type.

    Examples
    --------
    >>> from rncp_analytics.certification.model import Link
    >>> read(Link, 'label = "Céreq"\\nurl = "http://www.cereq.fr"', "exemple.toml")
    Link(label='Céreq', url='http://www.cereq.fr')
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"Ce fichier n'est pas du TOML : {error}", where=name) from error
    return _record(record, table, name)


def _record(record: type[T], table: Mapping[str, object], where: str) -> T:
    known = {f.name: f for f in fields(record)}  # type: ignore[arg-type]
    unknown = [key for key in table if key not in known]
    missing = [key for key, f in known.items() if f.default is MISSING and key not in table]
    for keys, what in ((unknown, "Clé inconnue"), (missing, "Clé manquante")):
        if keys:
            named = ", ".join(f"« {key} »" for key in keys)
            raise InputError(f"{what} : {named}", where=where, expected=f"les clés {', '.join(known)}")
    hints = get_type_hints(record)
    return record(**{key: _value(value, hints[key], f"{where}, {key}") for key, value in table.items()})


def _value(value: object, hint: Any, where: str) -> object:
    if get_origin(hint) in (Union, UnionType):  # "text or None": absent in TOML when None
        hint = get_args(hint)[0]
    if get_origin(hint) is tuple and isinstance(value, list):
        return tuple(_value(item, get_args(hint)[0], f"{where}, n° {i}") for i, item in enumerate(value, 1))
    if is_dataclass(hint) and isinstance(value, dict):
        return _record(hint, value, where)  # type: ignore[arg-type]
    allowed = get_args(hint) if get_origin(hint) is Literal else ()
    if value in allowed or (type(value) is hint and value != ""):
        return value
    expected = f"l'une des valeurs {', '.join(allowed)}" if allowed else _FRENCH.get(hint, "une table ou une liste")
    raise InputError(f"Valeur refusée : {value!r}", where=where, expected=expected)


_FRENCH = {
    str: "un texte non vide entre guillemets",
    int: "un nombre entier",
    bool: "true ou false",
    date: "une date AAAA-MM-JJ sans guillemets",
}
