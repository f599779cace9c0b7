"""Names that the doctests of the package may use."""

from __future__ import annotations

import pytest

from tests.conftest import example_counts


@pytest.fixture(autouse=True)
def _doctest_names(doctest_namespace: dict[str, object]) -> None:
    doctest_namespace["example_counts"] = example_counts
