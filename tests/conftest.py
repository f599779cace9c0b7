"""What every test may use."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pandas as pd
import pytest

from rncp_analytics.counts.model import Counts, Scope, Source

ROOT = Path(__file__).resolve().parents[1]

# The same examples on every machine, and no example judged by its speed. To look further, from time to time:
# pytest tests/properties --hypothesis-profile=search
hypothesis.settings.register_profile("house", derandomize=True, deadline=None, max_examples=40)
hypothesis.settings.register_profile("search", deadline=None, max_examples=500)
hypothesis.settings.load_profile("house")


def make_counts(frame: pd.DataFrame, *dimensions: str, stage: str = "final", origin: str = "official") -> Counts:
    """Counts for a test, official unless said otherwise."""
    scope = Scope(stage, "France", "candidats d'un exemple")  # type: ignore[arg-type]
    return Counts(frame, dimensions, scope, origin, Source("exemple", "test", "aucune", "0" * 64))  # type: ignore[arg-type]


def example_counts() -> Counts:
    """Ten candidates of option B and twenty of option A, one session."""
    frame = pd.DataFrame({"session": 2025, "option": ["A", "B"], "present": [20, 10], "passed": [16, 8]})
    return make_counts(frame, "session", "option")


@pytest.fixture(scope="session")
def real_files() -> Path:
    """Folder of the ministry's own files, kept beside the repository by whoever has them."""
    found = sorted(ROOT.parent.glob("*/data/depp/fr-en-baccalaureat-par-academie_*.csv"))
    if not found:
        pytest.skip("fichiers réels de la DEPP absents : les poser à côté du dépôt (CONTRIBUTING.md)")
    return found[0].parent


@pytest.fixture
def no_data_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RNCP_DATA", raising=False)
