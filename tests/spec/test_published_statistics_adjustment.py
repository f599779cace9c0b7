"""Adjusted gaps, decompositions, standardised rates and ratios as their authors, or another program, printed them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rncp_analytics.counts.model import Counts
from rncp_analytics.measures.adjustment import adjusted_gap, reversal
from rncp_analytics.measures.comparison import rate_gap
from rncp_analytics.measures.decomposition import decompose
from rncp_analytics.measures.factors import decompose_factors
from rncp_analytics.measures.ratio import koopman
from rncp_analytics.measures.standardisation import standardised_rates
from tests.conftest import make_counts
from tests.unit.measures.strata_cases import BERKELEY, SIDES, Table, strata

# Das Gupta (1993), Standardization and Decomposition of Rates, P23-186, examples 5.1 and 5.3, as the R package DasGuptR
# has them and prints them. 5.1: thirteen ages, 1970 then 1985, shares of the population and rates per 100.
SHARES = [
    12.9, 10.9, 9.5, 8.0, 7.8, 8.4, 8.6, 7.8, 7.0, 5.9, 4.7, 3.6, 4.9,
    10.1, 11.2, 11.6, 10.9, 9.4, 7.7, 6.3, 6.0, 6.3, 5.9, 5.1, 4.0, 5.5,
]  # fmt: skip
PERCENT = [
    1.9, 25.8, 45.7, 49.6, 51.2, 51.6, 51.8, 54.9, 58.7, 60.4, 62.8, 66.6, 66.8,
    2.2, 24.3, 45.8, 52.5, 56.1, 55.6, 56.0, 57.4, 57.2, 61.2, 63.9, 68.6, 72.2,
]  # fmt: skip
# 5.3: deaths per 1 000 and thousands of people, eleven ages of two races, 1985 then 1970.
THOUSANDS = [
    3041, 11577, 27450, 32711, 35480, 27411, 19555, 19795, 15254, 8022, 2472,
    707, 2692, 6473, 6841, 6547, 4352, 3034, 2540, 1749, 804, 236,
    2968, 11484, 34614, 30992, 21983, 20314, 20928, 16897, 11339, 5720, 1315,
    535, 2162, 6120, 4781, 3096, 2718, 2363, 1767, 1149, 448, 117,
]  # fmt: skip
PER_THOUSAND = [
    9.163, 0.462, 0.248, 0.929, 1.084, 1.810, 4.715, 12.187, 27.728, 64.068, 157.570,
    17.208, 0.738, 0.328, 1.103, 2.045, 3.724, 8.052, 17.812, 34.128, 68.276, 125.161,
    18.469, 0.751, 0.391, 1.146, 1.287, 2.672, 6.636, 15.691, 34.723, 79.763, 176.837,
    36.993, 1.352, 0.541, 2.040, 3.523, 6.746, 12.967, 24.471, 45.091, 74.902, 123.205,
]  # fmt: skip
YEARS = {"dimension": "year", "group": "1985", "reference": "1970"}


def whole(values: np.ndarray) -> np.ndarray:
    return np.round(values).astype("int64")


def households() -> Counts:
    """Example 5.1, each tenth of a percent of the population counted as a thousand people."""
    frame = pd.DataFrame({"year": np.repeat(["1970", "1985"], 13), "age": np.tile(np.arange(13), 2)})
    shares, rates = np.array(SHARES), np.array(PERCENT)
    return make_counts(frame.assign(present=whole(shares * 10_000), passed=whole(shares * rates * 100)), "year", "age")


def deaths() -> Counts:
    """Example 5.3, each thousand people counted as a million, so that the deaths are whole."""
    size, rate = np.array(THOUSANDS), np.array(PER_THOUSAND)
    frame = pd.DataFrame(
        {
            "year": np.repeat(["1985", "1970"], 22),
            "race": np.tile(np.repeat(["1", "2"], 11), 2),
            "age": np.tile(np.arange(11), 4),
            "present": size * 1_000_000,
            "passed": whole(size * rate * 1_000),
        }
    )
    return make_counts(frame, "year", "race", "age")


def values(frame: pd.DataFrame, key: str = "statistic") -> dict[str, float]:
    return dict(zip(frame[key], frame["value"], strict=True))


def test_berkeley_1973() -> None:
    """The odds ratio, interval and test of R's mantelhaen.test(UCBAdmissions); 44 % of men admitted, 30 % of women."""
    counts = strata(*BERKELEY)
    crude = rate_gap(counts, **SIDES)
    assert crude.frame["estimate"].round(2).tolist() == [0.45]
    assert crude.frame["value"].round(2).tolist() == [0.14]
    made = adjusted_gap(counts, **SIDES, strata=["stratum"])
    found = made.frame.set_index("statistic")
    odds = found.loc["mh_odds_ratio"]
    assert [odds["value"], odds["lower"], odds["upper"]] == pytest.approx([0.9046968, 0.7719074, 1.0603298], abs=5e-8)
    assert round(odds["p_value"], 4) == 0.2323
    assert found.loc["pass_rate_adjusted_gap", "value"] < 0
    assert reversal(crude, made)["reversal"].tolist() == ["lost"]


def test_modern_epidemiology_table_15_1() -> None:
    """Deaths by treatment and age: Rothman, Greenland and Lash (2008), as R's metafor computes them (rma.mh, 90 %)."""
    counts = strata((8, 98, 5, 115), (22, 76, 16, 69))
    found = adjusted_gap(counts, **SIDES, strata=["stratum"], confidence=0.9).frame.set_index("statistic")
    gap, odds = found.loc["pass_rate_adjusted_gap"], found.loc["mh_odds_ratio"]
    assert [gap["value"], gap["lower"], gap["upper"]] == pytest.approx([0.0349003, -0.0175750, 0.0873755], abs=1e-7)
    logs = np.log([odds["value"], odds["lower"], odds["upper"]])
    assert logs == pytest.approx([0.3387187, -0.1730849, 0.8505222], abs=1e-7)


def test_strata_without_one_of_the_two_sides_or_with_nothing_but_failures() -> None:
    """R's mantelhaen.test on five small tables, as statsmodels' own tests print it."""
    counts = strata((0, 0, 6, 5), (3, 0, 3, 6), (6, 2, 0, 4), (5, 6, 1, 0), (2, 5, 0, 0))
    odds = adjusted_gap(counts, **SIDES, strata=["stratum"]).frame.set_index("statistic").loc["mh_odds_ratio"]
    assert [odds["value"], odds["lower"], odds["upper"]] == pytest.approx([7, 1.026713, 47.725133], abs=1e-5)
    assert odds["p_value"] == pytest.approx(0.04747, abs=5e-6)


FIVE = [(20, 14, 10, 24), (15, 12, 3, 15), (3, 2, 3, 2), (12, 3, 7, 5), (1, 0, 3, 2)]
SIX = [
    (313, 512, 19, 89), (207, 353, 8, 17), (205, 120, 391, 202), (278, 139, 244, 131), (138, 53, 299, 94),
    (351, 22, 317, 24),
]  # fmt: skip


@pytest.mark.parametrize(("drawn", "statistic", "p_value"), [(FIVE, 1.8436, 0.7645), (SIX, 18.83297, 0.002064786)])
def test_breslow_day_with_tarones_correction(drawn: list[Table], statistic: float, p_value: float) -> None:
    """R's DescTools::BreslowDayTest(correct = TRUE), as statsmodels' own tests print it."""
    frame = adjusted_gap(strata(*drawn), **SIDES, strata=["stratum"]).frame
    row = frame.set_index("statistic").loc["breslow_day"]
    assert [row["value"], row["p_value"]] == pytest.approx([statistic, p_value], rel=3e-5)


def test_koopmans_example() -> None:
    """36 of 40 against 16 of 80: Koopman (1984), with the bounds that Nam (1995) prints."""
    lower, upper = koopman([36], [40], [16], [80], confidence=0.95)
    assert [round(float(bound[0]), 3) for bound in (lower, upper)] == [2.940, 7.152]


def test_one_factor_das_gupta_5_1() -> None:
    made = values(decompose(households(), **YEARS, cells=["age"]).frame)
    assert 100 * made["composition_effect"] == pytest.approx(1.2269, abs=5e-5)
    assert 100 * made["rate_effect"] == pytest.approx(1.7403, abs=5e-5)


def test_two_crossed_factors_das_gupta_5_3() -> None:
    """Age 1.5217347 and race 0.0197749, not the 1.52195 that averaging all orders of the three factors gives."""
    made = values(decompose_factors(deaths(), **YEARS, factors=["age", "race"], confidence=None).frame, "factor")
    assert 1000 * made["age"] == pytest.approx(1.5217347, abs=5e-8)
    assert 1000 * made["race"] == pytest.approx(0.0197749, abs=5e-8)
    assert 1000 * made["rate"] == pytest.approx(-2.2277254, abs=5e-8)
    joint = values(decompose(deaths(), **YEARS, cells=["race", "age"]).frame)
    assert 1000 * joint["composition_effect"] == pytest.approx(1.5415096, abs=5e-8)


def test_rates_standardised_on_the_mean_composition_das_gupta_5_3() -> None:
    """ "rate" 10.257368 and 8.029643: what 1970 and 1985 would have with the mean of both compositions."""
    size = np.array(THOUSANDS).reshape(2, 22)
    mean = size[0] * size[1].sum() + size[1] * size[0].sum()
    cells = deaths().frame.loc[:21, ["race", "age"]].assign(present=mean)
    made = standardised_rates(
        deaths(), by=["year"], cells=["race", "age"], standard=make_counts(cells, "race", "age")
    ).frame.set_index("year")["value"]
    assert 1000 * made["1970"] == pytest.approx(10.257368, abs=5e-7)
    assert 1000 * made["1985"] == pytest.approx(8.029643, abs=5e-7)
