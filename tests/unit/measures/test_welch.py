"""Welch's interval, against R's own example and SciPy on the values themselves."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_ind

from rncp_analytics.measures.welch import Sums, welch

# R's data set "sleep" (Student, 1908, Biometrika 6, 1-25): hours of sleep gained, in tenths.
FIRST = np.array([7, -16, -2, -12, -1, 34, 37, 8, 0, 20])
SECOND = np.array([19, 8, 11, 1, -1, 44, 55, 16, 46, 34])


def sums(values: object) -> Sums:
    found = np.asarray(values, dtype=np.int64)
    return Sums([found.sum()], [(found**2).sum()], [found.size])


def test_the_example_that_r_prints() -> None:
    """t.test(extra ~ group, data = sleep): 95 percent confidence interval -3.3654832 0.2054832; means 0.75, 2.33."""
    difference, lower, upper = welch(sums(FIRST), sums(SECOND))
    assert [round(float(v[0]) / 10, 7) for v in (difference, lower, upper)] == [-1.58, -3.3654832, 0.2054832]


@pytest.mark.parametrize("confidence", [0.8, 0.99])
def test_groups_of_unequal_size_and_spread(confidence: float) -> None:
    group, reference = [200, 210, 190, 205], [100, 300, 220, 180, 90, 400, 10]
    expected = ttest_ind(group, reference, equal_var=False).confidence_interval(confidence)
    _, lower, upper = welch(sums(group), sums(reference), confidence=confidence)
    assert [lower[0], upper[0]] == pytest.approx([expected.low, expected.high])


def test_groups_too_small_for_an_interval_or_for_a_mean() -> None:
    difference, lower, upper = welch(Sums([3, 3, 0], [9, 9, 0], [1, 1, 0]), Sums([8, 0, 8], [34, 0, 34], [2, 0, 2]))
    assert difference[0] == -1
    assert np.isnan(difference[1:]).all()
    assert np.isnan([lower, upper]).all()


def test_without_any_spread_the_interval_has_no_width() -> None:
    difference, lower, upper = welch(sums([240, 240]), sums([200, 200, 200]))
    assert difference[0] == lower[0] == upper[0] == 40


def test_marks_that_are_nearly_alike_keep_their_digits() -> None:
    """A hundred thousand marks near 10: the squares have twelve digits, the spread is that of one mark."""
    group = [200] * 99_999 + [201]
    _, lower, upper = welch(sums(group), sums([200, 201] * 50))
    expected = ttest_ind(group, [200, 201] * 50, equal_var=False).confidence_interval()
    assert [lower[0], upper[0]] == pytest.approx([expected.low, expected.high], rel=1e-9)
