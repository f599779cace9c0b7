"""Funnels: limits as they are defined, over-dispersion by hand, and who is beyond."""

from __future__ import annotations

import itertools
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rncp_analytics.counts.model import Counts
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import COLUMNS, TEST_COLUMNS
from rncp_analytics.measures.funnel import FUNNEL_COLUMNS, funnel, funnel_limits, limit_columns, over_dispersion
from tests.conftest import make_counts

# Twelve groups that differ more than by chance, by construction: every other one passes 90 % or 70 %.
UNEQUAL = [(180, 200), (70, 100), (45, 50), (210, 300), (90, 100), (28, 40), (36, 40), (56, 80), (18, 20), (84, 120),
           (135, 150), (21, 30)]  # fmt: skip


def groups(pairs: list[tuple[int, int]], **more: object) -> Counts:
    frame = pd.DataFrame(pairs, columns=["passed", "present"]).assign(
        academie=[f"{k:02}" for k in range(len(pairs))], **more
    )
    return make_counts(frame, "academie", *more)


def pmf(k: int, n: int, p: float) -> float:
    return math.comb(n, k) * p**k * (1 - p) ** (n - k)


def cdf(k: int, n: int, p: float) -> float:
    return math.fsum(pmf(j, n, p) for j in range(k + 1))


@given(st.integers(1, 90), st.floats(0.05, 0.95), st.sampled_from([0.5, 0.8, 0.95, 0.998]))
def test_limits_interpolate_the_binomial_distribution(n: int, target: float, level: float) -> None:
    # Spiegelhalter (2005), A.1.1: between two whole numbers of candidates the distribution function is a straight line.
    row = funnel_limits([n], target=target, levels=[level]).iloc[0]
    below = [0.0, *itertools.accumulate(pmf(k, n, target) for k in range(n + 1))]
    for name, q in zip(limit_columns(level), ((1 - level) / 2, (1 + level) / 2), strict=True):
        r = next(k for k in range(n + 1) if below[k + 1] >= q)
        expected = max(0.0, r - 1 + (q - below[r]) / pmf(r, n, target)) / n
        assert row[name] == pytest.approx(expected, abs=1e-9)


def test_limits_narrow_and_hold_beyond_32_bits() -> None:
    n = [0, 10, 1000, 3 * 2**31]
    limits = funnel_limits(n, target=0.8)
    assert limits["n"].tolist() == n
    assert limits.iloc[0, 1:].isna().all()
    widths = (limits["limit_high_95"] - limits["limit_low_95"]).iloc[1:]
    assert widths.is_monotonic_decreasing
    z, last = 1.959964, limits.iloc[-1]
    assert last["limit_low_95"] == pytest.approx(0.8 - z * math.sqrt(0.16 / n[-1]), abs=1e-9)
    assert funnel_limits(n, target=0.8, between_variance=0.01).iloc[-1]["limit_low_95"] < 0.75


def by_hand(pairs: list[tuple[int, int]], target: float) -> tuple[float, float]:
    """φ and τ² with loops: Spiegelhalter (2005) on the arcsine scale, 10 % drawn in at each end."""
    z = [2 * math.sqrt(n) * (math.asin(math.sqrt(x / n)) - math.asin(math.sqrt(target))) for x, n in pairs]

    def quantile(q: float) -> float:
        ranked, place = sorted(z), q * (len(z) - 1)
        low = math.floor(place)
        high = min(low + 1, len(z) - 1)
        return ranked[low] + (place - low) * (ranked[high] - ranked[low])

    phi = sum(min(max(one, quantile(0.1)), quantile(0.9)) ** 2 for one in z) / len(z)
    w = [4 * n for _, n in pairs]
    between = (len(z) * phi - (len(z) - 1)) / (sum(w) - sum(one**2 for one in w) / sum(w))
    return phi, max(0.0, between)


@given(
    st.lists(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=25)
)
def test_over_dispersion(pairs: list[tuple[int, int]]) -> None:
    x, n = zip(*pairs, strict=True)
    found = over_dispersion([*x, 0], [*n, 0], target=0.7)  # a group of nobody tells nothing
    assert found == pytest.approx(by_hand(pairs, 0.7), rel=1e-9, abs=1e-12)


def test_over_dispersed_groups_are_judged_by_wider_limits() -> None:
    made = funnel(groups(UNEQUAL), dimension="academie")
    target = sum(x for x, _ in UNEQUAL) / sum(n for _, n in UNEQUAL)
    phi, between = by_hand(UNEQUAL, target)
    row = made.frame.iloc[0]
    assert list(made.frame.columns)[: 1 + len(COLUMNS)] == ["academie", *COLUMNS]
    assert set(TEST_COLUMNS) | set(FUNNEL_COLUMNS) < set(made.frame.columns)
    assert [row["target"], row["dispersion"], row["between_variance"]] == pytest.approx([target, phi, between])
    assert between > 0
    spread = math.sqrt(1 / (4 * 200) + between)
    high = math.sin(min(math.asin(math.sqrt(target)) + 1.959964 * spread, math.pi / 2)) ** 2
    assert row["limit_high_95"] == pytest.approx(high, abs=1e-6)
    assert (made.frame["position"] == "within").all()  # all alike once the spread between groups is known
    # The deviate of the exact test, divided by what the spread adds.
    tail = math.fsum(pmf(k, 200, target) for k in range(180, 201))
    deviate = -normal_quantile(tail) / math.sqrt(1 + 4 * 200 * between)
    assert row["p_value"] == pytest.approx(math.erfc(deviate / math.sqrt(2)), rel=1e-6)


def normal_quantile(p: float) -> float:
    """By bisection of the error function."""
    low, high = -40.0, 40.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if math.erfc(-middle / math.sqrt(2)) / 2 < p else (low, middle)
    return low


def test_one_low_group_among_alike_ones_and_the_false_discovery_rate() -> None:
    pairs = [(16, 20), (24, 30), (8, 10), (31, 40), (41, 50), (48, 60), (20, 40), (57, 70), (63, 80), (72, 90)]
    frame = funnel(groups(pairs), dimension="academie").frame
    target = sum(x for x, _ in pairs) / sum(n for _, n in pairs)
    assert (frame["between_variance"] == 0).all()
    p = [
        min(1.0, 2 * min(cdf(x, n, target), 1 - cdf(x - 1, n, target)))
        for x, n in pairs
    ]  # fmt: skip
    assert frame["p_value"].tolist() == pytest.approx(p, rel=1e-9)
    ranked = sorted(p)
    adjusted = [min(min(1.0, ranked[j] * len(p) / (j + 1)) for j in range(ranked.index(one), len(p))) for one in p]
    assert frame["p_adjusted"].tolist() == pytest.approx(adjusted, rel=1e-9)
    assert set(frame["family_size"]) == {10}
    assert frame.loc[frame["position"] != "within", ["academie", "position", "beyond"]].to_numpy().tolist() == [
        ["06", "low", 0.998]
    ]


def test_all_passed_in_a_small_group_is_not_beyond() -> None:
    # The published upper limit is under 100 % for ten candidates, whom 0.85¹⁰ = 20 % of chance would all let pass.
    pairs = [(10, 10), (30, 30), *[(34, 40)] * 20]
    frame = funnel(groups(pairs), dimension="academie", target=0.85, levels=[0.95]).frame
    assert (frame["between_variance"] == 0).all()
    assert (frame["value"] > frame["limit_high_95"]).tolist() == [True, True, *[False] * 20]
    assert frame["position"].tolist() == ["within", "high", *["within"] * 20]  # 0.85³⁰ = 0.8 %


def test_groups_that_are_not_judged() -> None:
    frame = funnel(groups([(0, 0), (2, 9), (16, 20), (24, 30)]), dimension="academie").frame
    assert frame["reason"].tolist() == ["empty", "few", "", ""]
    assert frame["position"].tolist() == ["", "", "within", "within"]
    assert frame["p_value"].notna().tolist() == [False, False, True, True]
    assert frame["family_size"].dropna().tolist() == [2, 2]
    assert frame["value"].notna().tolist() == [False, True, True, True]
    assert frame["target"].unique().tolist() == [42 / 59]


@pytest.mark.parametrize(
    ("pairs", "reasons"),
    [
        ([(16, 20)], ["one_group"]),
        ([(16, 20), (0, 0)], ["one_group", "empty"]),
        ([(20, 20), (5, 5), (30, 30)], ["no_spread"] * 3),
        ([(0, 20), (0, 30)], ["no_spread"] * 2),
        ([(0, 0), (0, 0)], ["empty"] * 2),
        ([], []),
    ],
)
def test_nothing_to_judge_has_its_reason_and_no_warning(pairs: list[tuple[int, int]], reasons: list[str]) -> None:
    counts = groups(pairs) if pairs else make_counts(groups([(1, 2)]).frame.iloc[:0], "academie")
    frame = funnel(counts, dimension="academie").frame
    assert frame["reason"].tolist() == reasons
    assert frame[["p_value", "p_adjusted", "limit_low_95", "dispersion"]].isna().all(axis=None)
    assert (frame["position"] == "").all()


def test_a_given_target_judges_even_one_group() -> None:
    row = funnel(groups([(20, 40)]), dimension="academie", target=0.8).frame.iloc[0]
    assert (row["position"], row["beyond"], row["reason"], row["between_variance"]) == ("low", 0.998, "", 0)


def test_each_session_has_its_own_funnel() -> None:
    frame = pd.DataFrame(
        {"session": [2024] * 2 + [2025] * 2, "academie": ["10", "19"] * 2, "present": 100, "passed": [90, 70, 60, 60]}
    )
    made = funnel(make_counts(frame, "session", "academie"), dimension="academie", by=["session"])
    assert made.by == ("session", "academie")
    assert made.frame["target"].tolist() == [0.8, 0.8, 0.6, 0.6]
    assert set(made.frame["family_size"]) == {4}
    assert made.frame.groupby("session")["between_variance"].first().gt(0).tolist() == [True, False]


@pytest.mark.parametrize(
    ("target", "levels"),
    [(0.0, [0.95]), (1.0, [0.95]), (1.5, [0.95]), (-0.1, [0.95]), (0.8, [1.0]), (0.8, [95]), (0.8, [])],
)
def test_impossible_limits(target: float, levels: list[float]) -> None:
    with pytest.raises(CountsError, match="entonnoir"):
        funnel(groups([(16, 20), (24, 30)]), dimension="academie", target=target, levels=levels)
    with pytest.raises(CountsError, match="entonnoir"):
        funnel_limits([20], target=target, levels=levels)


@pytest.mark.parametrize("n", [[20, -1], [math.nan]])
def test_an_impossible_number_of_candidates(n: list[float]) -> None:
    with pytest.raises(CountsError, match="nombre de candidats"):
        funnel_limits(n, target=0.8)


def test_the_order_of_the_rows_changes_nothing() -> None:
    counts = groups(UNEQUAL)
    shuffled = make_counts(counts.frame.iloc[::-1].reset_index(drop=True), "academie")
    one, other = (funnel(c, dimension="academie").frame for c in (counts, shuffled))
    pd.testing.assert_frame_equal(one, other, rtol=1e-12)
