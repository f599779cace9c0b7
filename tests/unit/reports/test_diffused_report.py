"""A whole report under a profile of diffusion, beside the same one where nothing is hidden: two pages, one truth."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from rncp_analytics.cli import main
from rncp_analytics.display.labels import label
from rncp_analytics.display.statistic_labels import STATISTICS
from rncp_analytics.reports.report import COHORT_PAGE
from tests.unit.display.examples import offences
from tests.unit.display.test_lecture import plain
from tests.unit.reports.conftest import Made, data_folder
from tests.unit.reports.test_report import files

pytestmark = pytest.mark.slow

PROFILE = ["--profile", "dgfip_11"]
FLOW, STATUSES = "figures/02-flux.csv", "tables/04-statuts-epreuves.csv"


class Diffused(NamedTuple):
    """The folder of the cohort, and the record of its secrecy."""

    folder: Path
    record: dict[str, Any]

    def audited(self) -> list[str]:
        return [str(self.folder / name) for name in self.record["audit"]["fichiers"]]


@pytest.fixture(scope="module")
def diffused(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Diffused]:
    """The report of ``made``, as it could leave the académie."""
    place = tmp_path_factory.mktemp("diffusion")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RNCP_DATA", str(data_folder(place)))
        assert remade(place / "rapport") == 0
        folder = place / "rapport" / "cohorte"
        yield Diffused(folder, json.loads((folder / "secret.json").read_text(encoding="utf-8")))


def remade(output: Path, *asked: str) -> int:
    return main(["report", "--output", str(output), "--session", "2025", "--academie", "Lyon", *PROFILE, *asked])


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))


def published(record: Mapping[str, Any], *dimensions: str) -> list[list[Any]]:
    """The numbers of option B in 2025, in every table with these dimensions."""
    fixed = {"diploma": ["40031214"], "session": [2025]}
    tables = [table for part in record["publié"] for table in part["tableaux"]]
    return [
        n for t in tables if (t["dimensions"], t["fixe"]) == ([*dimensions], fixed) for n in t["nombres"]
    ]


def test_the_record_is_complete(diffused: Diffused) -> None:
    record = diffused.record
    assert (record["profil"], record["seuil"], record["audit"]["effectifs_exposés"]) == ("dgfip_11", 11, 0)
    assert "Insee" in record["source"] and record["date"]
    assert min(record["lignes"][letter] for letter in "ADV") > 0
    assert 0 < record["part_masquée"] < 1 and 0 < record["part_des_candidats_masquée"] < 1
    written = {p.relative_to(diffused.folder).as_posix() for p in diffused.folder.rglob("*.csv")}
    assert set(record["audit"]["fichiers"]) <= written
    # Left out: what was read of the files, which is about lines and not about candidates.
    assert {n.split("/06-")[-1] for n in written - set(record["audit"]["fichiers"])} == {
        "fichiers.csv", "refus.csv", "jury.csv"
    }


def test_no_number_under_the_threshold_is_published(diffused: Diffused) -> None:
    numbers = [row[-1] for part in diffused.record["publié"] for table in part["tableaux"] for row in table["nombres"]]
    shown = [n for n in numbers if n is not None]
    assert len(shown) > 500 and len(numbers) - len(shown) > 300
    assert not [n for n in shown if 0 < n < 11]


def test_what_is_hidden_is_nowhere_and_what_is_shown_is_true(made: Made, diffused: Diffused) -> None:
    """Row by row against the numbers of the report where nothing is hidden, in the files and in the record."""
    truth = made.folder / "cohorte"
    told = {(label("candidate_status", s, plural=True), u, q): v for s, u, q, _, v in published(diffused.record)}
    assert told
