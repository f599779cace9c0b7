"""Pseudonyms depend on the key, the key is the user's alone."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from pathlib import Path

import pandas as pd
import pytest

from rncp_analytics.cohort import pseudonym
from rncp_analytics.cohort.pseudonym import PUBLIC_KEY, fingerprint, identifier, key_path, load_key, pseudonyms
from rncp_analytics.errors import InputError

KEY = bytes(range(32))
posix = pytest.mark.skipif(os.name != "posix", reason="droits POSIX")


@pytest.fixture
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "secret" / "cle"
    monkeypatch.setenv("RNCP_KEY_FILE", str(path))
    return path


def test_a_pseudonym_is_the_hmac_of_the_identifier() -> None:
    made = pseudonyms(pd.Series(["ine:123456789ab", None], index=[7, 9]), key=KEY)
    assert made[7] == hmac.new(KEY, b"ine:123456789ab", hashlib.sha256).hexdigest()[:20]
    assert pd.isna(made[9]) and list(made.index) == [7, 9]


def test_each_distinct_identifier_is_hashed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    monkeypatch.setattr(pseudonym, "_pseudonym", lambda text, _: hashed.append(text) or "0" * 20)
    pseudonyms(pd.Series(["a", "b", "a", "a"]), key=KEY)
    assert hashed == ["a", "b"]


def test_another_key_gives_other_pseudonyms() -> None:
    candidates = pd.Series(["ine:1", "ine:2"])
    assert not set(pseudonyms(candidates, key=KEY)) & set(pseudonyms(candidates, key=PUBLIC_KEY))
    assert fingerprint(KEY) != fingerprint(PUBLIC_KEY)
    assert fingerprint(KEY) not in KEY.hex()


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (("123456789ab", "2011", "Durand", "01/02/2005", 2025), "ine:123456789ab"),
        (("123 456 789-AB", "", "", "", 2024), "ine:123456789ab"),
        (("", "2011 557", "Durand", "01/02/2005", 2025), "number:2025:2011557"),
        (("", "", "LE GOFF Anaïs", "01/02/2005", 2025), "name:legoffanais:01022005"),
        (("", "", "Le-Goff  ANAIS", "01022005", 2024), "name:legoffanais:01022005"),
        (("", "", "Durand", "", 2025), ""),
        (("", " ", "", "", 2025), ""),
    ],
)
def test_what_a_pseudonym_is_made_of(told: tuple[str, str, str, str, int], expected: str) -> None:
    assert identifier(*told) == expected


def test_a_first_key_is_made_and_kept(key_file: Path) -> None:
    first = load_key()
    assert len(first) == 32 and load_key() == first == key_file.read_bytes()


@posix
def test_a_key_made_is_its_owner_s_alone(key_file: Path) -> None:
    mask = os.umask(0)
    try:
        load_key()
    finally:
        os.umask(mask)
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(key_file.parent.stat().st_mode) == 0o700


def test_without_a_variable_the_key_is_in_the_configuration_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RNCP_KEY_FILE", raising=False)
    monkeypatch.setenv("APPDATA" if os.name == "nt" else "XDG_CONFIG_HOME", str(tmp_path))
    assert key_path().is_relative_to(tmp_path.resolve())
    assert len(load_key()) == 32


def test_keys_that_protect_nobody_are_refused(key_file: Path) -> None:
    key_file.parent.mkdir()
    key_file.write_bytes(b"court")
    key_file.chmod(0o600)
    with pytest.raises(InputError, match="trop courte"):
        load_key()
    key_file.write_bytes(KEY)
    (key_file.parent.parent / ".git").mkdir()
    with pytest.raises(InputError, match="dépôt git") as caught:
        load_key()
    assert "RNCP_KEY_FILE" in caught.value.remedy


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_may_read_is_refused(key_file: Path, mode: int) -> None:
    key_file.parent.mkdir()
    key_file.write_bytes(KEY)
    key_file.chmod(mode)
    with pytest.raises(InputError, match="lue par d'autres") as caught:
        load_key()
    assert "chmod 600" in caught.value.remedy
    assert KEY.hex() not in str(caught.value)
