"""Delimited files as people send them: what is read, and what is refused with its line and its remedy."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from rncp_analytics.cohort.textfile import TextTable, read_delimited
from rncp_analytics.errors import InputError

BOM = b"\xef\xbb\xbf"


def read(tmp_path: Path, content: bytes, name: str = "export.csv") -> TextTable:
    path = tmp_path / name
    path.write_bytes(content)
    return read_delimited(path)


def refused(tmp_path: Path, content: bytes, name: str = "export.csv") -> InputError:
    with pytest.raises(InputError) as caught:
        read(tmp_path, content, name)
    error = caught.value
    assert name in error.where
    assert error.expected
    assert error.remedy
    return error


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("Académie;Admis\r\nGuyane;12\r\nMayotte;7\r\n".encode(), "utf-8"),
        (BOM + "Académie;Admis\r\nGuyane;12\r\nMayotte;7\r\n".encode(), "utf-8"),
        ("Académie;Admis\nGuyane;12\nMayotte;7".encode(), "utf-8"),
        ("Académie;Admis\rGuyane;12\rMayotte;7\r".encode(), "utf-8"),
        ("Académie;Admis\r\nGuyane;12\r\nMayotte;7\r\n".encode("cp1252"), "cp1252"),
        (' Académie ;"Admis"\n"Guyane"; 12 \n\n;\nMayotte;7\n'.encode(), "utf-8"),
    ],
    ids=["utf-8", "bom", "lf, no last newline", "cr", "windows-1252", "quotes, blanks, empty lines"],
)
def test_the_same_rows_whatever_the_dress(tmp_path: Path, content: bytes, encoding: str) -> None:
    table = read(tmp_path, content)
    assert table.rows.to_dict("list") == {"Académie": ["Guyane", "Mayotte"], "Admis": ["12", "7"]}
    assert table.encoding == encoding
    assert table.name == "export.csv"
    assert table.digest == hashlib.sha256(content).hexdigest()


def test_windows_letters_that_latin_1_has_not(tmp_path: Path) -> None:
    rows = read(tmp_path, "Prix;Œuvre\n10 €;l’œil\n".encode("cp1252")).rows
    assert rows.iloc[0].tolist() == ["10 €", "l’œil"]


def test_the_index_is_the_line_in_the_file(tmp_path: Path) -> None:
    content = b'a;b\n1;x\n2;"deux\nlignes"\n\n3;y\n4;"trois\r\nlignes\r\nici"\n5;z\n'
    rows = read(tmp_path, content).rows
    assert dict(zip(rows["a"], rows.index, strict=True)) == {"1": 2, "2": 3, "3": 6, "4": 7, "5": 10}
    assert rows.loc[3, "b"] == "deux\nlignes"


def test_a_separator_inside_quotes_is_text(tmp_path: Path) -> None:
    assert read(tmp_path, b'a;b\n"x;y";"il dit ""oui"""\n').rows.iloc[0].tolist() == ["x;y", 'il dit "oui"']


def test_another_separator_may_be_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(b"a\tb\n1\t2\n")
    assert read_delimited(path, separator="\t").rows.to_dict("list") == {"a": ["1"], "b": ["2"]}


def test_an_absent_file_says_where_it_was_looked_for(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.csv", tmp_path):
        with pytest.raises(InputError, match="introuvable") as caught:
            read_delimited(path)
        assert caught.value.where == str(path)
        assert "vérifier" in caught.value.remedy


def test_a_file_that_may_not_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / "export.csv").write_bytes(b"a;b\n1;2\n")
    monkeypatch.setattr(Path, "read_bytes", locked)
    with pytest.raises(InputError, match="ne peut pas être ouvert") as caught:
        read_delimited(tmp_path / "export.csv")
    assert "fermer" in caught.value.remedy


@pytest.mark.parametrize("content", [b"", BOM, b"\r\n \r\n", b"\x00" * 512], ids=["0 byte", "bom", "blanks", "zeros"])
def test_an_empty_file(tmp_path: Path, content: bytes) -> None:
    assert "vide" in refused(tmp_path, content).what


def test_a_file_with_only_its_header(tmp_path: Path) -> None:
    assert "ligne de titres" in refused(tmp_path, b"Session;Admis\r\n;\r\n").what


def _zip() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("export.csv", "a;b\n1;2\n")
    return sink.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (_zip(), "Excel (.xlsx) ou une archive zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504, "Excel ancien (.xls)"),
        (b"%PDF-1.7\n%\xe2\xe3\n1 0 obj\n", "PDF"),
        (gzip.compress(b"a;b\n1;2\n"), "compressé"),
        (pd.DataFrame({"a": [1]}).to_parquet(), "Parquet"),
        (b"<!DOCTYPE html>\n<html><body>503 Service Unavailable</body></html>", "page web"),
        (BOM + b"\r\n <HTML><head><title>Connexion</title>", "page web"),
        (b'<?xml version="1.0"?><error>404</error>', "page web"),
        (b'{"total_count": 43217, "results": []}', "JSON"),
        (b'\n[{"session": "2025"}]', "JSON"),
    ],
    ids=["zip", "xls", "pdf", "gzip", "parquet", "html", "html with bom", "xml", "json", "json list"],
)
def test_what_is_not_a_csv_is_named(tmp_path: Path, content: bytes, told: str) -> None:
    error = refused(tmp_path, content)
    assert "Ce n'est pas un fichier CSV" in error.what
    assert told in error.what


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16(tmp_path: Path, encoding: str) -> None:
    error = refused(tmp_path, "Session;Admis\n2025;12\n".encode(encoding))
    assert "ni en UTF-8 ni en Windows-1252" in error.what
    assert "CSV UTF-8" in error.remedy


@pytest.mark.parametrize(
    ("separator", "word"), [(",", "virgule"), ("\t", "tabulation"), ("|", "barre verticale")], ids=[",", "tab", "|"]
)
def test_the_separator_found_is_named(tmp_path: Path, separator: str, word: str) -> None:
    lines = separator.join(["Session", "Académie", "Admis"]), separator.join(["2025", "Lyon", "12"])
    error = refused(tmp_path, "\n".join(lines).encode())
    assert word in error.what
    assert "point-virgule" in error.expected
    assert "ligne 1" in error.where


def test_a_repeated_column(tmp_path: Path) -> None:
    error = refused(tmp_path, b"Session;Admis; Admis\n2025;1;2\n")
    assert "« Admis » figure deux fois" in error.what
    assert "ligne 1" in error.where


@pytest.mark.parametrize(
    ("content", "column"),
    [(b"Session;;Admis;\n2025;;12;\n", 2), (b"\nSession;Admis\n2025;12\n", 1)],
    ids=["gap", "blank"],
)
def test_a_column_without_title(tmp_path: Path, content: bytes, column: int) -> None:
    error = refused(tmp_path, content)
    assert "n'a pas de titre" in error.what
    assert f"ligne 1, colonne {column}" in error.where


def test_a_last_line_cut_short_is_a_truncated_file(tmp_path: Path) -> None:
    error = refused(tmp_path, b"Session;Voie;Admis\n2025;PRO;12\n2025;PR")
    assert "tronqué" in error.what
    assert "ligne 3" in error.where
    assert "3 colonnes, 2 trouvée(s)" in error.expected
    assert "télécharger" in error.remedy


def test_a_file_cut_in_the_middle_of_a_letter_is_not_taken_for_windows_1252(tmp_path: Path) -> None:
    whole = "Session;Académie\n2025;Orléans\n2025;La Ré".encode()
    error = refused(tmp_path, whole[:-1])
    assert "UTF-8" in error.what
    assert "ligne 3" in error.where
    assert "tronqué" in error.remedy


def test_a_file_marked_as_utf_8_must_be_utf_8(tmp_path: Path) -> None:
    error = refused(tmp_path, BOM + "Session;Académie\n2025;Orléans\n".encode("cp1252"))
    assert "UTF-8" in error.what
    assert "ligne 1" in error.where


@pytest.mark.parametrize(("line", "found"), [(b"2025;PRO;12;9", 4), (b"2025;PRO", 2)], ids=["too many", "too few"])
def test_a_line_with_another_number_of_columns(tmp_path: Path, line: bytes, found: int) -> None:
    error = refused(tmp_path, b"Session;Voie;Admis\n2024;PRO;12\n" + line + b"\n2026;PRO;12\n")
    assert "nombre de colonnes" in error.what
    assert "ligne 3" in error.where
    assert f"3 colonnes, {found} trouvée(s)" in error.expected


def test_a_last_line_too_long_is_not_called_truncated(tmp_path: Path) -> None:
    assert "nombre de colonnes" in refused(tmp_path, b"Session;Admis\n2024;12\n2025;12;13").what


@pytest.mark.parametrize(
    "broken",
    [b'2025;"Lyon;12\n2026;Nice;13\n', b'2025;"Lyon" ville;12\n', b'2025;"' + b"x" * 200_000 + b"\n"],
    ids=["never closed", "text after the quote", "never closed in a long file"],
)
def test_an_unclosed_quote_names_the_line_where_it_opens(tmp_path: Path, broken: bytes) -> None:
    error = refused(tmp_path, b'Session;Ville;Admis\n2023;"La\nRochelle";12\n2024;Lyon;12\n' + broken)
    assert "découpée en colonnes" in error.what
    assert "ligne 5 : un guillemet" in error.where
