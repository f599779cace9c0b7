"""A whole report under a profile of diffusion, beside the same one where nothing is hidden."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from rncp_analytics.cli import main
from rncp_analytics.display.labels import label
from rncp_analytics.reports.report import COHORT_PAGE
from tests.unit.display.test_lecture import plain
from tests.unit.reports.conftest import Made, data_folder
from tests.unit.reports.test_report import files

pytestmark = pytest.mark.slow

PROFILE = ("--profile", "dgfip_11")
HIDDEN, NUMBERS = "masqué", ("Numérateur", "Dénominateur")
FLOW, UNITS = "figures/02-flux.csv", "tables/04-statuts-epreuves.csv"
FLOW_NUMBERS = {
    "inscrits": "registered",
    "présents": "present",
    "admis au 1er groupe": "passed_first_group",
    "autorisés à l'épreuve de contrôle (2nd groupe)": "control_allowed",
    "admis après contrôle": "passed_after_control",
    "admis": "passed",
    "refusés au 1er groupe": "refused_first_group",
    "refusés après contrôle": "refused_after_control",
    "refusés": "refused",
}
# What was read of the files that were imported: lines, not candidates.
OF_LINES = {"tables/06-fichiers.csv", "tables/06-refus.csv", "tables/06-jury.csv"}


class Diffused(NamedTuple):
    """The cohort's folder, and the record of its secrecy."""

    folder: Path
    record: Mapping[str, Any]


def diffuse(output: Path, *asked: str) -> Diffused:
    """The report of ``made``, as it may leave the académie."""
    asked = ("--output", str(output), "--session", "2025", "--academie", "Lyon", *PROFILE, *asked)
    assert main(["report", *asked]) == 0
    folder = output / "cohorte"
    return Diffused(folder, json.loads((folder / "secret.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def diffused(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Diffused]:
    place = tmp_path_factory.mktemp("diffusion")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RNCP_DATA", str(data_folder(place)))
        yield diffuse(place / "rapport")


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))


def figures(row: Mapping[str, str]) -> list[float | None]:
    """Numerator and denominator of a row, None when they are not in it."""
    return [float(row[name].replace(",", ".")) if row[name] else None for name in NUMBERS]


def recorded(record: Mapping[str, Any], *dimensions: str) -> dict[tuple[str, ...], set[float]]:
    """Labels of a group and quantity → the numbers of option B in 2025 that the tables by these dimensions show."""
    fixed = {"diploma": ["40031214"], "session": [2025]}
    tables = [table for part in record["publié"] for table in part["tableaux"]]
    found: dict[tuple[str, ...], set[float]] = {}
    for table in tables:
        if (table["dimensions"], table["fixe"]) == ([*dimensions], fixed):
            for *codes, quantity, _, value in table["nombres"]:
                group = [label(*pair) for pair in zip(dimensions, codes, strict=True)]
                found.setdefault((*group, quantity), set()).update({value} - {None})
    return found


def audit_status(diffused: Diffused, changed: Mapping[str, Path]) -> int:
    names = diffused.record["audit"]["fichiers"]
    return main(["audit", *(str(changed.get(name, diffused.folder / name)) for name in names), *PROFILE])


def test_the_record_is_complete(diffused: Diffused) -> None:
    record = diffused.record
    assert (record["profil"], record["seuil"], record["audit"]["effectifs_exposés"]) == ("dgfip_11", 11, 0)
    assert "Insee" in record["source"] and record["date"]
    assert all(record["lignes"][letter] for letter in "ADV")
    assert 0 < record["part_masquée"] < 1 and 0 < record["part_des_candidats_masquée"] < 1
    written = {path.relative_to(diffused.folder).as_posix() for path in diffused.folder.rglob("*.csv")}
    assert set(record["audit"]["fichiers"]) == written - OF_LINES


def test_no_number_of_the_record_is_under_the_threshold(diffused: Diffused) -> None:
    tables = [table for part in diffused.record["publié"] for table in part["tableaux"]]
    numbers = [row[-1] for table in tables for row in table["nombres"]]
    assert None in numbers and max(n for n in numbers if n is not None) > 600
    assert not [n for n in numbers if n is not None and 0 < n < 11]


def test_a_hidden_row_is_hidden_in_its_file_and_in_the_record(made: Made, diffused: Diffused) -> None:
    """Row by row beside the true numbers: hidden in both, or true in both."""
    record = recorded(diffused.record) | recorded(diffused.record, "candidate_status", "unit")
    found = {True: 0, False: 0}
    for file in (FLOW, UNITS):
        for row, true in zip(rows(diffused.folder / file), rows(made.folder / "cohorte" / file), strict=True):
            hidden, numbers = row["Secret"] == HIDDEN, figures(true)
            assert None not in numbers
            assert figures(row) == ([None, None] if hidden else numbers)
            if file == FLOW:  # its denominator is the présents on every row, shown elsewhere
                keys: list[tuple[str, ...]] = [(FLOW_NUMBERS[row["Indicateur"]],)]
            else:
                keys = [(row["Statut du candidat"], row["Épreuve"], name) for name in ("at_least_10", "marked")]
            for key, number in zip(keys, numbers, strict=file == UNITS):
                assert record[key] == (set() if hidden else {number}), key
            found[hidden] += 1
    assert found[True] > 20 and found[False] > 4


def test_every_file_tells_the_truth_or_a_word(made: Made, diffused: Diffused) -> None:
    """No figure of a hidden row is left in any file; what is shown of the others is what it was."""
    masked = 0
    for name in diffused.record["audit"]["fichiers"]:
        true = {tuple(row.values()) for row in map(figures_only, rows(made.folder / "cohorte" / name))}
        for row in rows(diffused.folder / name):
            if row["Secret"] == HIDDEN:
                masked += 1
                assert not any(row.get(n) for n in (*NUMBERS, "Valeur", "Borne basse", "Borne haute")), (name, row)
                assert not re.search(r"\d+ (?:sur|notes|candidats|présents|admis)", plain(row.get("Lecture", "")))
            else:
                assert tuple(figures_only(row).values()) in true, (name, row)
    assert masked == diffused.record["lignes"]["A"] + diffused.record["lignes"]["D"]


def figures_only(row: Mapping[str, str]) -> dict[str, str]:
    """A row but for what says its secrecy, and for its sentences."""
    return {name: text for name, text in row.items() if name not in ("Secret", "Lecture", "Champ")}


def test_its_files_pass_the_audit_and_one_row_written_back_does_not(
    made: Made, diffused: Diffused, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit_status(diffused, {}) == 0
    shown, true = ((folder / FLOW).read_text(encoding="utf-8-sig").splitlines() for folder in
                   (diffused.folder, made.folder / "cohorte"))  # fmt: skip
    place = next(i for i, line in enumerate(shown) if f";{HIDDEN};" in line)
    shown[place] = true[place].replace("données synthétiques", "diffusable")
    (tmp_path / "flux.csv").write_text("\n".join(shown), encoding="utf-8-sig")
    capsys.readouterr()
    assert audit_status(diffused, {FLOW: tmp_path / "flux.csv"}) == 2
    assert shown[place].split(";")[0] in capsys.readouterr().err


def test_the_page_says_what_is_hidden(diffused: Diffused) -> None:
    page = (diffused.folder.parent / COHORT_PAGE).read_text(encoding="utf-8")
    assert len(re.findall(r"Secret statistique \(diffusion, au moins 11 candidats\)", plain(page))) > 10
    assert HIDDEN in page


def test_published_once_more_it_hides_the_same(diffused: Diffused, data: Path, tmp_path: Path) -> None:
    again = diffuse(tmp_path / "rapport", "--published", str(diffused.folder / "secret.json"))
    before, after = files(diffused.folder), files(again.folder)
    assert set(after) == set(before)
    assert [name for name in before if name.endswith(".csv") and after[name] != before[name]] == []
