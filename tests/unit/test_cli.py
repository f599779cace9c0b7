"""The command line: French words, exit status, and nothing written when the input is refused."""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rncp_analytics.cli import main
from rncp_analytics.errors import InputError
from rncp_analytics.synthesis import open_cohort
from tests.conftest import ROOT
from tests.unit.counts.depp_files import LABELS, B, Row, label_line, write

GOOD = label_line(Row(sex="M"))
ENGLISH = re.compile(
    r"(?i)\b(usage:|error|arguments?|the following|required|optional|expected|invalid|choose|positional|show this|"
    r"unrecognized|traceback|file not found|no such|exception)\b"
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with its own data."""
    shutil.copytree(ROOT / "data" / "raw", tmp_path / "ici" / "data" / "raw")
    monkeypatch.delenv("RNCP_DATA", raising=False)
    monkeypatch.chdir(tmp_path / "ici")
    return tmp_path / "ici"


def refusal(place: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the error output says; status 2, nothing on the standard output, nothing written."""
    before = sorted(place.rglob("*"))
    assert main(["report", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert sorted(place.rglob("*")) == before
    message = said.err[said.err.index("rncp : ") :]
    assert not ENGLISH.search(message)
    assert "\n  Attendu : " in message
    return message


def swapped(old: str, new: str) -> str:
    assert old in GOOD
    return "\r\n".join([LABELS, label_line(Row()), GOOD.replace(old, new), ""])


FINE = swapped("20", "20")
BAD: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "empty": (b"", ("vide", "export.csv")),
    "only a mark": (b"\xef\xbb\xbf\r\n", ("vide",)),
    "only titles": (LABELS.encode(), ("ligne de titres",)),
    "separator": (FINE.replace(";", "\t").encode(), ("tabulation", "ligne 1", "point-virgule")),
    "commas": (FINE.replace(", ", " ").replace(";", ",").encode(), ("virgule", "ligne 1")),
    "missing column": (FINE.replace(";Sexe;", ";Genre;").encode(), ("« Sexe »", "ligne 1")),
    "sex": (swapped(";MASCULIN;", ";HOMME;").encode(), ("ligne 3", "« Sexe »", "« HOMME »", "MASCULIN")),
    "status": (swapped(";SCOLAIRE;", ";ELEVE;").encode(), ("ligne 3", "« Statut du candidat »", "ELEVE", "SCOLAIRE")),
    "negative": (swapped(";20;18;", ";-20;18;").encode(), ("ligne 3", "« Nombre d'inscrits »", "« -20 »", "positif")),
    "not an integer": (swapped(";20;18;", ";20,5;18;").encode(), ("ligne 3", "« 20,5 »", "entier")),
    "more admis than présents": (swapped(";20;18;", ";20;13;").encode(), ("« Nombre de prés", "« 13 »", "18, soit")),
    "key twice": (swapped(";MASCULIN;", ";FEMININ;").encode(), ("ligne 3", "déjà lue ligne 2")),
    "truncated": (FINE.encode()[:-20], ("tronqué", "ligne 3", "télécharger")),
    "web page": (b"<!DOCTYPE html>\n<html><body>502 Bad Gateway</body></html>", ("page web", "télécharger")),
    "spreadsheet": (b"PK\x03\x04" + bytes(200), ("classeur Excel", "CSV")),
    "old spreadsheet": (b"\xd0\xcf\x11\xe0" + bytes(200), ("classeur Excel",)),
    "session": (swapped(";2025;", ";juin;").encode(), ("ligne 3", "« Session »", "« juin »", "une année")),
    "académie": (swapped(";LYON;", ";LION;").encode(), ("ligne 3", "« Académie »", "« LION »", "Lyon")),
    "no option B": (FINE.replace(B, "22106 CUISINE").replace(";2025;", ";2026;").encode(), ("option B",)),
}  # fmt: skip


opened_once = functools.cache(open_cohort)


@pytest.mark.parametrize("kind", BAD)
def test_bad_files(place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr("rncp_analytics.reports.report.open_cohort", opened_once)
    content, words = BAD[kind]
    (place / "export.csv").write_bytes(content)
    message = refusal(place, capsys, "--data", "export.csv")
    assert "\n  Que faire : " in message
    assert [word for word in ("export.csv", *words) if word not in message] == []


def test_an_absent_file_and_a_folder(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "introuvable" in refusal(place, capsys, "--data", "absent.csv")
    assert "introuvable" in refusal(place, capsys, "--data", "data")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--academie", "Lyonn"), ("« Lyonn »", "Lyon (10)")),
        (("--academie", "Rouen"), ("« Rouen »", "Normandie")),
        (("--academie", ""), ("académie",)),
    ],
)
def test_an_unknown_academie_is_told_before_anything_is_read(
    place: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    write(place / "export.csv", [Row(), Row(sex="M")])
    for data in ((), ("--data", "export.csv")):
        message = refusal(place, capsys, *data, *arguments)
        assert [word for word in words if word not in message] == []


def test_an_unknown_session(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--session", "2019"]) == 2
    message = capsys.readouterr().err
    assert "session 2019" in message and "2022, 2023, 2024, 2025" in message
    assert not (place / "reports").exists()


def test_a_folder_of_data_that_is_none(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RNCP_DATA", str(place / "nulle part"))
    assert "RNCP_DATA" in refusal(place, capsys)


def test_published_figures_that_were_changed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = place / "data" / "raw" / "national_by_route_and_sex.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("2025", "2026"), encoding="utf-8")
    assert path.name in refusal(place, capsys)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "il manque COMMANDE"),
        (("rapport",), "choix impossible : 'rapport' (choisir parmi "),
        (("report", "--session", "juin"), "option --session : ce n'est pas un nombre entier : 'juin'"),
        (("report", "--data"), "option --data : une valeur est attendue"),
        (("report", "--sortie", "x"), "option inconnue : --sortie x"),
        (("report", "--acad", "x"), "option inconnue : --acad x"),
        (("report", "--help=x"), "cette option ne prend pas de valeur : 'x'"),
        (("lab", "x"), "option inconnue : x"),
    ],
)
def test_bad_options_are_told_in_french(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    said = capsys.readouterr()
    assert said.err.startswith("rncp : ") and told in said.err
    assert re.search(r"\n  Que faire : rncp( \w+)? --help\n$", said.err)
    assert not ENGLISH.search(said.err)
    assert said.out == ""


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["report", "--help"], ["lab", "-h"]])
def test_help_is_french(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith("Usage : rncp")
    assert not ENGLISH.search(said)
    assert "afficher cette aide" in said


def test_every_command_and_option_has_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, names in (
        (["--help"], ["report", "lab"]),
        (["report", "--help"], ["--data", "--session", "--academie", "--output"]),
    ):
        with pytest.raises(SystemExit):
            main(arguments)
        said = capsys.readouterr().out
        for name in names:
            assert re.search(rf"^ +{name}\b.*\w{{3}}", said, re.MULTILINE), name


def failing(error: BaseException) -> object:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (KeyboardInterrupt(), 130, "interrompu"),
        (InputError("Rien ne va", where="x.csv, ligne 3", expected="mieux", remedy="recommencer"), 2,
         "rncp : Rien ne va.\n  Où : x.csv, ligne 3\n  Attendu : mieux\n  Que faire : recommencer\n"),
        (PermissionError(13, "Permission denied", "data/processed"), 2, "data/processed"),
        (OSError(28, "No space left on device"), 2, "place libre"),
    ],
    ids=["Ctrl-C", "refused", "no right", "disk full"],
)  # fmt: skip
def test_status_of_what_stops_a_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, status: int, told: str
) -> None:
    monkeypatch.setattr("rncp_analytics.reports.report.report", failing(error))
    assert main(["report"]) == status
    said = capsys.readouterr()
    assert told in said.err
    assert "Traceback" not in said.err and said.out == ""


def test_a_defect_of_the_program_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rncp_analytics.reports.report.report", failing(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        main(["report"])


def test_options_reach_the_report_and_the_page_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    received: dict[str, object] = {}

    def fake(output: Path, **options: object) -> Path:
        received.update(options, output=output)
        options["tell"]("une étape")  # type: ignore[operator]
        return output / "rapport.html"

    monkeypatch.setattr("rncp_analytics.reports.report.report", fake)
    assert main(["report", "--data", "f.csv", "--session", "2024", "--academie", "Lyon", "--output", "ailleurs"]) == 0
    assert {k: received[k] for k in ("data", "session", "academie", "output")} == {
        "data": Path("f.csv"), "session": 2024, "academie": "Lyon", "output": Path("ailleurs"),
    }  # fmt: skip
    said = capsys.readouterr()
    assert said.out == f"{Path('ailleurs') / 'rapport.html'}\n"
    assert said.err == "• une étape\n"
    assert main(["report"]) == 0
    assert {name: received[name] for name in ("output", "data", "session", "academie", "cohort", "profile")} == {
        "output": Path("reports/official"),
        "data": None,
        "session": None,
        "academie": None,
        "cohort": "synthetic",
        "profile": "",
    }


def test_lab_opens_the_notebooks_and_tells_when_it_stops(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """From a folder outside any copy: notebooks are copied, those of the user left alone."""
    commands: list[list[str]] = []

    class Done:
        returncode = 1

    monkeypatch.setattr("subprocess.run", lambda command, **_: commands.append(command) or Done())
    monkeypatch.delenv("RNCP_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "00-prise-en-main.ipynb").write_text("le mien")
    assert main(["lab"]) == 2
    assert commands[0][-1] == str(tmp_path / "notebooks" / "00-prise-en-main.ipynb")
    assert (tmp_path / "notebooks" / "00-prise-en-main.ipynb").read_text() == "le mien"
    assert {p.name for p in (tmp_path / "notebooks").iterdir()} == {p.name for p in (ROOT / "notebooks").iterdir()}
    assert "JupyterLab s'est arrêté (code 1)" in capsys.readouterr().err


def test_the_module_runs_as_a_command() -> None:
    done = subprocess.run([sys.executable, "-m", "rncp_analytics", "-h"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage : rncp")
