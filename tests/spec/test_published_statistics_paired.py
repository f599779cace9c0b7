"""Paired units, trends and families of tests against the tables in which others printed them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from rncp_analytics.measures.families import Family, adjusted_p
from rncp_analytics.measures.paired_proportions import mcnemar, newcombe_paired
from rncp_analytics.measures.trend import trend
from rncp_analytics.measures.unit_pairs import cochran_q, unit_pairs
from tests.conftest import make_counts
from tests.unit.measures.paired_cases import UNITS, patterns_of, with_p


def test_mcnemar_on_the_approval_ratings() -> None:
    """Agresti (1990), Categorical Data Analysis, p. 350: 794, 150, 86, 570.

    X² = 17.3559, p = 3.099e-05 as R prints them in Penn State's course STAT 504, without correction.
    """
    assert mcnemar(150, 86) == pytest.approx(3.099e-05, rel=2e-4)
    sets = patterns_of({"11": 794, "10": 150, "01": 86, "00": 570})
    gap = unit_pairs(sets, mandatory_units=UNITS[:2]).frame.iloc[0]
    assert (gap["value"], gap["numerator"], gap["reference_numerator"]) == (64 / 1600, 944, 880)
    assert gap["p_value"] == pytest.approx(3.099e-05, rel=2e-4)
    assert cochran_q(sets, mandatory_units=UNITS[:2]).frame["value"].iloc[0] == pytest.approx(17.3559, abs=5e-5)


def test_newcombes_paired_interval() -> None:
    """Fagerland, Lydersen & Laake (2017), Statistical Analysis of Contingency Tables, chapter 8: data of Cavo (2012).

    "Newcombe square-and-add", as the tests of their R package contingencytables print it: -0.0621 (-0.1186, -0.0046).
    """
    gap = unit_pairs(patterns_of({"11": 59, "10": 6, "01": 16, "00": 80}), mandatory_units=UNITS[:2]).frame.iloc[0]
    assert [round(gap[name], 4) for name in ("value", "lower", "upper")] == [-0.0621, -0.1186, -0.0046]
    assert np.round(newcombe_paired(59, 6, 16, 80), 4).tolist() == [-0.1186, -0.0046]


@pytest.mark.parametrize(
    ("sets", "q", "p"),
    [
        # Conover, Practical Nonparametric Statistics, p. 253, in the reference manual of NIST's Dataplot.
        ({"111": 5, "010": 2, "110": 2, "000": 1, "001": 1}, 2.8, 0.246597),
        # SAS, quoted with its counts by the tests of statsmodels (test_cochransq3).
        ({"000": 6, "100": 2, "001": 16, "101": 4, "010": 2, "110": 6, "011": 4, "111": 6}, 8.4706, 0.0145),
    ],
)
def test_cochrans_q(sets: dict[str, int], q: float, p: float) -> None:
    row = cochran_q(patterns_of(sets), mandatory_units=UNITS[:3]).frame.iloc[0]
    assert [row["value"], row["p_value"]] == pytest.approx([q, p], abs=5e-5)


@pytest.mark.parametrize(
    ("sessions", "cases", "others", "z", "decimals"),
    [
        # Alcohol and malformations, Agresti (2002), section 5.3.5: z² = 6.57 with the scores 0, 0.5, 1.5, 4 and 7,
        # here doubled to be whole: the test doesn't see the scale.
        ([2022, 2023, 2025, 2030, 2036], [48, 38, 5, 1, 1], [17066, 14464, 788, 126, 37], np.sqrt(6.57), 2),
        # Insomnia by age, Columbia's course P8120: Z = 11.297, as DescTools prints it.
        (range(2022, 2028), [150, 250, 264, 302, 238, 176], [384, 496, 520, 403, 205, 123], 11.297, 3),
    ],
)
def test_cochran_armitage(sessions: list[int], cases: list[int], others: list[int], z: float, decimals: int) -> None:
    present = np.array(cases) + others
    counts = make_counts(pd.DataFrame({"session": sessions, "passed": cases, "present": present}), "session")
    row = trend(counts).frame.iloc[0]
    assert norm.isf(row["p_value"] / 2) == pytest.approx(z, abs=0.6 * 10**-decimals)
    assert row["value"] / ((row["upper"] - row["value"]) / norm.ppf(0.975)) == pytest.approx(z, abs=0.6 * 10**-decimals)


# Benjamini & Hochberg (1995), section 4.1: fifteen endpoints of a trial of thrombolysis.
ENDPOINTS = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
             0.7590, 1.0000]  # fmt: skip


@pytest.mark.parametrize(("family", "rejected"), [("benjamini_hochberg", 4), ("holm", 3)])
def test_the_endpoints_of_benjamini_and_hochberg(family: Family, rejected: int) -> None:
    """They reject four at 5 %, Bonferroni three; Holm's fourth step asks for 0.05 / 12 and gets 0.0095."""
    frame = adjusted_p(with_p(ENDPOINTS), family=family).frame
    assert (frame["p_adjusted"] <= 0.05).tolist() == [True] * rejected + [False] * (15 - rejected)
    assert set(frame["family_size"]) == {15}
