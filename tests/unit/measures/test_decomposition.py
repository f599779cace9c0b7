"""Composition and rates: sums, both folds, cells of one side, intervals, the share of each factor."""

from __future__ import annotations

import itertools
import math
from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from rncp_analytics.errors import CountsError
from rncp_analytics.measures.comparison import rate_gap
from rncp_analytics.measures.decomposition import decompose, decompose_cells
from rncp_analytics.measures.estimates import COLUMNS, COMPARISON_COLUMNS
from rncp_analytics.measures.factors import decompose_factors
from tests.conftest import make_counts
from tests.unit.measures.strata_cases import BERKELEY, SIDES, Table, strata, tables

Cell = tuple[tuple[str, ...], Table]
EFFECTS = {2: ["composition_effect", "rate_effect"], 3: ["composition_effect", "rate_effect", "interaction_effect"]}


def shares_and_rates(cells: list[Table]) -> list[tuple[float, float, float, float]]:
    """Share and rate of the group, then of the reference; a side that isn't there has the other's rate."""
    n, m = sum(a + b for a, b, _, _ in cells), sum(c + d for _, _, c, d in cells)
    told = []
    for a, b, c, d in cells:
        own = a / (a + b) if a + b else c / (c + d) if c + d else 0
        told.append(((a + b) / n, own, (c + d) / m, c / (c + d) if c + d else own))
    return told


def by_hand(cells: list[Table], fold: int) -> list[list[float]]:
    """Kitagawa's effects of each cell, as she writes them."""
    if fold == 2:
        return [
            [(w1 - w0) * (r1 + r0) / 2 for w1, r1, w0, r0 in shares_and_rates(cells)],
            [(r1 - r0) * (w1 + w0) / 2 for w1, r1, w0, r0 in shares_and_rates(cells)],
        ]
    return [
        [(w1 - w0) * r0 for w1, r1, w0, r0 in shares_and_rates(cells)],
        [(r1 - r0) * w0 for w1, r1, w0, r0 in shares_and_rates(cells)],
        [(w1 - w0) * (r1 - r0) for w1, r1, w0, r0 in shares_and_rates(cells)],
    ]


@settings(max_examples=10)
@given(tables(), st.sampled_from((2, 3)))
def test_effects_are_kitagawas_and_add_to_the_gap(drawn: list[Table], fold: Literal[2, 3]) -> None:
    counts = strata(*drawn)
    made = decompose(counts, **SIDES, cells=["stratum"], fold=fold).frame
    gap = rate_gap(counts, **SIDES).frame.iloc[0]
    assert made["statistic"].tolist() == EFFECTS[fold]
    if np.isnan(gap["value"]):
        assert made["value"].isna().all()
        assert set(made["reason"]) == {gap["reason"]}
        return
    expected = by_hand(drawn, fold)
    np.testing.assert_allclose(made["value"], [sum(effect) for effect in expected], atol=1e-12)
    assert made["value"].sum() == pytest.approx(gap["value"], abs=1e-12)
    detail = decompose_cells(counts, **SIDES, cells=["stratum"], fold=fold).frame
    for name, effect in zip(EFFECTS[fold], expected, strict=True):
        np.testing.assert_allclose(detail.loc[detail["statistic"] == name, "value"], effect, atol=1e-12)
    assert (made["lower"].isna() <= (made["reason"] != "")).all(), "a missing interval without its reason"


@settings(max_examples=6)
@given(tables(low=1))
def test_turned_round_the_signs_change(drawn: list[Table]) -> None:
    counts = strata(*drawn)
    found = decompose(counts, **SIDES, cells=["stratum"]).frame
    back = decompose(counts, dimension="option", group="A", reference="B", cells=["stratum"]).frame
    np.testing.assert_allclose(back["value"], -found["value"], atol=1e-12)
    np.testing.assert_allclose(back["lower"], -found["upper"], atol=1e-9)


def test_what_a_row_carries() -> None:
    made = decompose(strata(*BERKELEY, session="x"), **SIDES, cells=["stratum"], by=["session"])
    assert list(made.frame.columns) == ["session", *COLUMNS, *COMPARISON_COLUMNS]
    row = made.frame.iloc[0]
    assert (row["numerator"], row["denominator"]) == (
        1198,
        2691,
    )  # Bickel and others (1975): men of the six departments
    assert (row["reference_numerator"], row["reference_denominator"]) == (557, 1835)
    assert (row["method"], row["reference"], made.caveats) == ("kitagawa", "A", ())
    detail = decompose_cells(strata(*BERKELEY, session="x"), **SIDES, cells=["stratum"], by=["session"])
    assert detail.by == ("session", "stratum")
    assert len(detail.frame) == 12


def test_a_cell_of_one_side_is_composition_and_said() -> None:
    counts = strata((40, 10, 30, 20), (10, 10, 0, 0))
    made = decompose(counts, **SIDES, cells=["stratum"])
    composition, rate = made.frame["value"]
    assert composition == pytest.approx((50 / 70 - 1) * 0.7 + 20 / 70 * 0.5)
    assert rate == pytest.approx((0.8 - 0.6) * (50 / 70 + 1) / 2)
    assert made.caveats == (
        "Catégories qui n'existent que d'un côté : 1 ; leur effet est compté tout entier dans la composition.",
    )
    detail = decompose_cells(counts, **SIDES, cells=["stratum"]).frame
    assert detail["reason"].tolist() == ["", "", "few", "few"]


def test_alike_in_composition_the_interval_is_walds() -> None:
    """One cell: nothing in composition, which can't vary, and the whole gap in the rates."""
    made = decompose(strata((56, 14, 48, 32)), **SIDES, cells=["stratum"]).frame.set_index("statistic")
    error = norm.ppf(0.975) * np.sqrt(0.8 * 0.2 / 70 + 0.6 * 0.4 / 80)
    assert made.loc["rate_effect", ["value", "lower", "upper"]].tolist() == pytest.approx(
        [0.2, 0.2 - error, 0.2 + error]
    )
    assert made.loc["composition_effect", ["value", "reason"]].tolist() == [0, "no_spread"]


@pytest.mark.parametrize("fold", [2, 3])
def test_intervals_are_those_of_cohorts_drawn_again(fold: Literal[2, 3]) -> None:
    """4 000 draws of both sides, multinomial and binomial, decomposed by hand: the standard errors within 4 or 5 %."""
    cells: list[Table] = [(300, 50, 200, 80), (80, 40, 150, 90), (20, 10, 0, 0)]
    half = norm.ppf(0.975)
    made = decompose(strata(*cells), **SIDES, cells=["stratum"], fold=fold).frame
    detail = decompose_cells(strata(*cells), **SIDES, cells=["stratum"], fold=fold).frame
    rng = np.random.default_rng(0)
    drawn = []
    for first in (0, 2):
        n = np.array([cell[first] + cell[first + 1] for cell in cells])
        rate = np.array([cell[first] / max(cell[first] + cell[first + 1], 1) for cell in cells])
        size = rng.multinomial(n.sum(), n / n.sum(), size=4_000)
        passed = rng.binomial(size, rate)
        drawn += [passed, size - passed]
    effects = np.array([by_hand(list(zip(*cell, strict=True)), fold) for cell in np.array(drawn).transpose(1, 0, 2)])
    np.testing.assert_allclose((made["upper"] - made["value"]) / half, effects.sum(axis=2).std(axis=0), rtol=0.04)
    apart = ((detail["upper"] - detail["value"]) / half).to_numpy().reshape(3, fold)
    np.testing.assert_allclose(np.nan_to_num(apart), effects.std(axis=0).T, rtol=0.05, atol=1e-9)


def factors_by_hand(cells: list[Cell]) -> list[float]:
    """Das Gupta's effects, over every order written out: the terms of the shares, then their replacement."""
    count = len(cells[0][0])
    orders = list(itertools.permutations(range(count)))

    def size(side: int, key: tuple[str, ...], fixed: set[int]) -> int:
        return sum(t[side] + t[side + 1] for other, t in cells if all(other[k] == key[k] for k in fixed))

    def term(side: int, key: tuple[str, ...], factor: int) -> float:
        if not size(side, key, set(range(count))):
            return 0
        parts = []
        for order in orders:
            before = set(order[: order.index(factor)])
            parts.append(size(side, key, before | {factor}) / size(side, key, before))
        return math.prod(parts) ** (1 / len(parts))

    effects = [0.0] * (count + 1)
    for (key, _), (w1, r1, w0, r0) in zip(cells, shares_and_rates([t for _, t in cells]), strict=True):
        one, two = ([term(side, key, k) for k in range(count)] for side in (0, 2))
        for order in orders:
            now = two.copy()
            for factor in order:
                before = math.prod(now)
                now[factor] = one[factor]
                effects[factor] += (math.prod(now) - before) * (r1 + r0) / 2 / len(orders)
        effects[-1] += (r1 - r0) * (w1 + w0) / 2
    return effects


@st.composite
def crossed(draw: st.DrawFn) -> list[Cell]:
    """Three factors of two or three values, some of whose cells one side or both don't have."""
    keys = list(itertools.product("ab", "cd", "efg"))
    count = st.one_of(st.just(0), st.integers(1, 50))
    drawn = [(key, draw(st.tuples(count, count, count, count))) for key in keys]
    return [*drawn[1:], (keys[0], (3, 2, 1, 4))]  # somebody on both sides


def crossed_counts(cells: list[Cell]) -> Any:
    frames = [strata(table, f=key[0], g=key[1], h=key[2]).frame for key, table in cells]
    return make_counts(pd.concat(frames, ignore_index=True).drop(columns="stratum"), "f", "g", "h", "option")


@settings(max_examples=6)
@given(crossed())
def test_three_factors_over_every_order(cells: list[Cell]) -> None:
    counts = crossed_counts(cells)
    made = decompose_factors(counts, **SIDES, factors=["f", "g", "h"], confidence=None)
    assert made.by == ("factor",)
    assert made.frame["factor"].tolist() == ["f", "g", "h", "rate"]
    np.testing.assert_allclose(made.frame["value"], factors_by_hand(cells), atol=1e-12)
    assert made.frame["value"].sum() == pytest.approx(rate_gap(counts, **SIDES).frame["value"].iloc[0], abs=1e-12)
    joint = decompose(counts, **SIDES, cells=["f", "g", "h"]).frame["value"]
    np.testing.assert_allclose([made.frame["value"][:3].sum(), made.frame["value"][3]], joint, atol=1e-12)


def test_one_factor_is_kitagawas_with_nearly_its_interval_twice_the_same() -> None:
    counts = strata(*BERKELEY)
    made = decompose_factors(counts, **SIDES, factors=["stratum"])
    expected = decompose(counts, **SIDES, cells=["stratum"]).frame
    np.testing.assert_allclose(made.frame["value"], expected["value"], atol=1e-12)
    widths = (frame["upper"] - frame["lower"] for frame in (made.frame, expected))
    np.testing.assert_allclose(*widths, rtol=0.12)  # 500 draws: 3 % of standard deviation
    pd.testing.assert_frame_equal(made.frame, decompose_factors(counts, **SIDES, factors=["stratum"]).frame)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ([(0, 0, 30, 10), (0, 0, 10, 10)], "empty"),
        ([(30, 10, 0, 0), (10, 10, 0, 0)], "no_reference"),
        ([(20, 0, 30, 0), (10, 0, 50, 0)], "no_spread"),
        ([(3, 2, 30, 10), (1, 1, 10, 10)], "few"),
    ],
)
def test_what_can_not_be_told(cells: list[Table], reason: str) -> None:
    for made in (
        decompose(strata(*cells), **SIDES, cells=["stratum"]).frame,
        decompose_factors(strata(*cells), **SIDES, factors=["stratum"]).frame,
    ):
        assert made["reason"].tolist() == [reason] * 2
        assert made["value"].isna().all() == (reason in ("empty", "no_reference"))
        assert made["lower"].isna().all() == (reason != "few")


@pytest.mark.parametrize("made", [decompose, decompose_cells])
def test_another_number_of_effects(made: Any) -> None:
    with pytest.raises(CountsError, match="« 4 »") as refused:
        made(strata(*BERKELEY), **SIDES, cells=["stratum"], fold=4)
    assert refused.value.expected == "l'un de : 2, 3"
