"""Keyed pseudonyms: what names a candidate stops here.

The same candidate has the same pseudonym in every session, and nobody without the key can go back from a pseudonym
to a number, nor try all numbers. The key is a file of the user, outside any repository.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from rncp_analytics.certification.lookup import plain
from rncp_analytics.errors import InputError

_BYTES = 32
_DIGITS = 20
_OTHERS = 0o077  # any right of the group or of everybody else

# Anybody may recompute the pseudonyms of synthetic candidates: this key protects nobody, and says so.
PUBLIC_KEY = hashlib.sha256(b"rncp_analytics, public key of synthetic data").digest()


def pseudonyms(identifiers: pd.Series[Any], *, key: bytes) -> pd.Series[Any]:
    """The pseudonym of each identifier: 20 hexadecimal digits of its HMAC-SHA256.

    Parameters
    ----------
    identifiers : Series of str
        As :func:`identifier` writes them; missing stays missing.
    key : bytes
        From :func:`load_key`, or ``PUBLIC_KEY`` for synthetic data.

    Returns
    -------
    Series of str
        Same index.

    Examples
    --------
    >>> made = pseudonyms(pd.Series(["ine:123456789AB", "ine:123456789AB"]), key=PUBLIC_KEY)
    >>> made.nunique(), len(made[0])
    (1, 20)
    """
    made = {text: _pseudonym(text, key) for text in identifiers.dropna().unique()}
    return identifiers.map(made).astype("str")


def identifier(ine: str, number: str, name: str, birth_date: str, session: object) -> str:
    """What a pseudonym is made of: the INE where present, else the candidate number, else name and birth date.

    Parameters
    ----------
    ine, number, name, birth_date : str
        As written in the file; empty where absent. Case, accents, blanks and punctuation don't count.
    session : int
        A candidate number belongs to one session: another session may give it to somebody else.

    Returns
    -------
    str
        Empty when nothing identifies the candidate.
    """
    if plain(ine):
        return f"ine:{plain(ine)}"
    if plain(number):
        return f"number:{session}:{plain(number)}"
    if plain(name) and plain(birth_date):
        return f"name:{plain(name)}:{plain(birth_date)}"
    return ""


def key_path() -> Path:
    """Where the key is: the file named by ``RNCP_KEY_FILE``, else the user's configuration folder."""
    named = os.environ.get("RNCP_KEY_FILE")
    if named:
        return Path(named).expanduser().resolve()
    home = os.environ.get("APPDATA" if sys.platform == "win32" else "XDG_CONFIG_HOME")
    return (Path(home) if home else Path.home() / ".config").resolve() / "rncp_analytics" / "pseudonyms.key"


def load_key() -> bytes:
    """The user's key, made when there is none.

    Raises
    ------
    InputError
        The key may be read by others, is too short, or lies in a git repository, where it would be shared
        with the results that it protects.
    """
    path = key_path()
    repository = next((folder for folder in path.parents if (folder / ".git").exists()), None)
    if repository:
        raise _refusal(
            "La clé des pseudonymes est dans un dépôt git",
            path,
            "un fichier hors de tout dépôt",
            f"la déplacer hors de {repository}, et indiquer sa place dans RNCP_KEY_FILE",
        )
    if not path.exists():
        _make(path)
    if path.stat().st_mode & _OTHERS and os.name == "posix":
        raise _refusal(
            "La clé des pseudonymes peut être lue par d'autres",
            path,
            "un fichier que vous seul pouvez lire",
            f"chmod 600 {path}",
        )
    key = path.read_bytes()
    if len(key) < _BYTES:
        raise _refusal(
            "La clé des pseudonymes est trop courte",
            path,
            f"au moins {_BYTES} octets, trouvés : {len(key)}",
            "reprendre la clé d'origine ; à défaut, retirer ce fichier : une clé nouvelle sera faite, et les "
            "candidats déjà importés ne seront plus reconnus",
        )
    return key


def fingerprint(key: bytes) -> str:
    """What tells two keys apart without saying anything of them: written beside the pseudonyms."""
    return _pseudonym("fingerprint", key)


def _pseudonym(text: str, key: bytes) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:_DIGITS]


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # O_EXCL: of two first imports at once, one makes the key and the other reads it.
    try:
        file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return
    with os.fdopen(file, "wb") as sink:
        sink.write(secrets.token_bytes(_BYTES))


def _refusal(what: str, path: Path, expected: str, remedy: str) -> InputError:
    return InputError(what, where=str(path), expected=expected, remedy=remedy)
