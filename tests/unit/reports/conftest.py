"""One whole report, made once, and folders of data that tests may write in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from bs4 import BeautifulSoup

from rncp_analytics.reports.report import COHORT_PAGE, report
from tests.conftest import ROOT


class Made(NamedTuple):
    """A report that was made: its folder, its pages, and what was told meanwhile."""

    folder: Path
    page: BeautifulSoup
    html: str
    told: list[str]
    cohort: BeautifulSoup


def data_folder(place: Path) -> Path:
    """A copy of the published figures where data/processed may be written."""
    shutil.copytree(ROOT / "data" / "raw", place / "data" / "raw")
    return place / "data"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """The national report with the page of Lyon, from the published figures."""
    place = tmp_path_factory.mktemp("rapport")
    told: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RNCP_DATA", str(data_folder(place)))
        path = report(place / "sortie" / "rapport", session=2025, academie="Lyon", tell=told.append)
        html = path.read_text(encoding="utf-8")
        own = BeautifulSoup((path.parent / COHORT_PAGE).read_text(encoding="utf-8"), "html.parser")
        yield Made(path.parent, BeautifulSoup(html, "html.parser"), html, told, own)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """RNCP_DATA for one test; its parent is the test's own folder."""
    folder = data_folder(tmp_path)
    monkeypatch.setenv("RNCP_DATA", str(folder))
    return folder
