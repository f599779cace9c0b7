"""The published results, read once."""

from __future__ import annotations

import pytest

import rncp_analytics as rncp
from rncp_analytics.counts.official import OfficialResults
from rncp_analytics.display.figure import Chart
from rncp_analytics.display.table import Table
from tests.unit.display.examples import charts, tables


@pytest.fixture(scope="session")
def published() -> OfficialResults:
    return rncp.official_results()


@pytest.fixture(scope="session")
def national_charts(published: OfficialResults) -> dict[str, Chart]:
    return charts(published, 2025)


@pytest.fixture(scope="session")
def national_tables(published: OfficialResults) -> dict[str, Table]:
    return tables(published, 2025)
