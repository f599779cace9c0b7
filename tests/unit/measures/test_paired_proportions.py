"""McNemar, Newcombe's paired interval and phi, from four cells."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.contingency_tables import mcnemar as mcnemar_of_one_table

from rncp_analytics.measures.paired_proportions import mcnemar, newcombe_paired, phi
from rncp_analytics.measures.uncertainty import newcombe

CELLS = st.tuples(*[st.one_of(st.integers(0, 12), st.integers(0, 5000))] * 4)


def test_few_discordant_candidates_are_counted_exactly() -> None:
    b, c = np.array([0, 1, 3, 9, 12, 24, 0]), np.array([0, 0, 3, 4, 12, 0, 24])
    expected = [1.0] + [binomtest(int(i), int(i + j)).pvalue for i, j in zip(b[1:], c[1:], strict=True)]
    assert mcnemar(b, c).tolist() == pytest.approx(expected)


@given(CELLS)
def test_mcnemar_is_that_of_statsmodels(cells: tuple[int, ...]) -> None:
    a, b, c, d = cells
    expected = 1.0 if b + c == 0 else mcnemar_of_one_table([[a, b], [c, d]], exact=b + c < 25, correction=False).pvalue
    assert mcnemar(b, c) == pytest.approx(expected, rel=1e-9, abs=1e-300)


@pytest.mark.parametrize("cells", [(20, 30, 40, 60), (21, 30, 40, 60), (0, 0, 9, 5), (0, 7, 0, 0)])
def test_unlinked_units_have_the_interval_of_independent_groups(cells: tuple[int, int, int, int]) -> None:
    """Method 10 with phi 0, or a positive one that the correction n / 2 takes away."""
    a, b, c, d = cells
    n = a + b + c + d
    np.testing.assert_allclose(newcombe_paired(a, b, c, d), newcombe(a + b, n, a + c, n), atol=1e-12)


@given(CELLS.filter(any), st.sampled_from([0.8, 0.95, 0.99]))
def test_the_interval_holds_the_gap_and_turns_round(cells: tuple[int, int, int, int], confidence: float) -> None:
    a, b, c, d = cells
    lower, upper = newcombe_paired(a, b, c, d, confidence=confidence)
    assert -1 <= lower <= (b - c) / sum(cells) + 1e-12
    assert (b - c) / sum(cells) - 1e-12 <= upper <= 1
    np.testing.assert_allclose(newcombe_paired(a, c, b, d, confidence=confidence), (-upper, -lower), atol=1e-12)


@given(CELLS)
def test_phi_is_the_correlation_of_the_candidates(cells: tuple[int, int, int, int]) -> None:
    rows = np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], cells, axis=0)
    if len(rows) and (rows.std(axis=0) > 0).all():
        assert phi(*cells) == pytest.approx(np.corrcoef(rows.T)[0, 1], abs=1e-9)
    else:
        assert np.isnan(phi(*cells))


def test_nobody_and_very_many() -> None:
    assert np.isnan(newcombe_paired(0, 0, 0, 0)).all()
    many = [3_000_000_000] * 4
    assert phi(*many) == 0
    assert mcnemar(3_000_000_000, 3_000_000_000) == 1
    assert np.abs(newcombe_paired(*many)).max() < 1e-4
