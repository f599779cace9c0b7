"""Our candidates against the national count minus themselves: like with like, or when asked, saying so."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from rncp_analytics.counts.model import Counts, Source
from rncp_analytics.counts.official import official_results
from rncp_analytics.counts.reflet import without_overseas
from rncp_analytics.errors import ComparisonError, CountsError, PublicationError
from rncp_analytics.measures.against import against
from rncp_analytics.measures.comparison import gap_to_rest
from rncp_analytics.measures.reference import Difference, gap_to_published
from rncp_analytics.measures.secrecy import official, suppress
from tests.conftest import make_counts

B, A, VENTE = "40031214", "40031213", "40031206"


def counts(*rows: tuple[int, str, int, int], origin: str = "official", stage: str = "final", **more: Any) -> Counts:
    frame = pd.DataFrame(rows, columns=["session", "diploma", "present", "passed"])
    return make_counts(frame.assign(**more), "session", "diploma", *more, origin=origin, stage=stage)


OWN = counts((2024, B, 50, 45), (2025, B, 60, 48), origin="candidates")
NATIONAL = counts((2024, B, 1000, 800), (2025, B, 1100, 900), (2026, B, 10, 9))


def test_the_national_count_without_ourselves_session_by_session() -> None:
    frame = against(OWN, NATIONAL).frame
    assert frame["session"].tolist() == [2024, 2025]
    assert frame["reference_numerator"].tolist() == [800 - 45, 900 - 48]
    assert frame["reference_denominator"].tolist() == [950, 1040]
    assert frame["value"].tolist() == [45 / 50 - 755 / 950, 48 / 60 - 852 / 1040]
    assert set(frame["reference"]) == {"rest_of_country"}


def test_the_page_of_lyon_as_a_cohort_of_candidates() -> None:
    """Lyon, option B, 2025: +6.1 points (3.5 to 8.2) against France without Lyon, 86.5 %; +4.2 the year before."""
    everybody = official_results().academies.where(diploma=B)
    lyon = replace(everybody.where(academie="10"), origin="candidates")
    made = against(lyon, everybody)
    now, before = made.frame.iloc[-1], made.frame.iloc[-2]
    assert [round(100 * now[c], 1) for c in ("value", "lower", "upper")] == [6.1, 3.5, 8.2]
    assert round(100 * now["reference_numerator"] / now["reference_denominator"], 1) == 86.5
    assert round(100 * before["value"], 1) == 4.2
    pd.testing.assert_series_equal(
        made.frame["lower"], gap_to_rest(everybody, dimension="academie").frame.query("academie == '10'")["lower"],
        check_index=False,
    )  # fmt: skip


def test_a_result_with_candidates_is_not_an_official_figure() -> None:
    made = against(OWN, NATIONAL)
    assert made.origin == "candidates"
    with pytest.raises(PublicationError):
        official(made)
    assert suppress(made, profile="usage_interne").caveats == ()
    assert against(replace(OWN, origin="official"), NATIONAL).origin == "official"


def test_synthetic_candidates_are_never_compared_with_real_ones() -> None:
    synthetic = replace(OWN, origin="synthetic")
    for own, other in ((synthetic, NATIONAL), (OWN, replace(NATIONAL, origin="synthetic"))):
        with pytest.raises(ComparisonError, match="synthétiques ne se comparent pas à des résultats réels"):
            against(own, other, despite=["population", "stage", "territory", "denominator", "nomenclature"])
    assert against(synthetic, replace(NATIONAL, origin="synthetic")).origin == "synthetic"
    with pytest.raises(ComparisonError, match="synthétiques"):
        gap_to_published(synthetic, value=0.8, scope=synthetic.scope)


@pytest.mark.parametrize(
    ("present", "passed"), [(1101, 900), (950, 901), (300, 50)], ids=["présents", "admis", "refusés"]
)
def test_candidates_who_do_not_fit_in_the_national_count(present: int, passed: int) -> None:
    own = counts((2024, B, 50, 45), (2025, B, present, passed))
    with pytest.raises(ComparisonError, match="ne tiennent pas dans le compte national") as caught:
        against(own, NATIONAL)
    assert f"session 2025, diplôme {B} : admis {passed} pour 900, présents {present} pour 1100" in caught.value.where
    assert ("présents hors admis 250 pour 200" in caught.value.where) == (present == 300)


def test_the_subtraction_is_made_cell_by_cell() -> None:
    """The total would fit, one sex doesn't."""
    own = counts((2025, B, 6, 5), (2025, B, 4, 1), sex=["F", "M"])
    other = counts((2025, B, 5, 5), (2025, B, 100, 80), sex=["F", "M"])
    with pytest.raises(ComparisonError, match="ne tiennent pas") as caught:
        against(own, other)
    assert f"session 2025, diplôme {B}, sexe F" in caught.value.where
    assert "(1 ligne(s) en tout)" in caught.value.where


@pytest.mark.parametrize(
    ("own", "national", "name", "told"),
    [
        (
            counts((2025, B, 60, 48), stage="first_group"),
            NATIONAL,
            "stage",
            "étape : après le 1er groupe ici, résultats",
        ),
        (counts((2025, VENTE, 60, 48)), NATIONAL, "population", f"diplôme {VENTE} ici, {B} dans la référence"),
        (
            counts((2025, B, 60, 48)),
            counts((2025, B, 200, 160), (2025, A, 200, 160)),
            "population",
            f"ici, {A}, {B} dans",
        ),
        (
            counts((2025, B, 60, 48), sex="F").where(sex="F"),
            counts((2025, B, 200, 160), sex="F"),
            "population",
            "sexe F ici, sans choix dans la référence",
        ),
        (counts((2025, B, 60, 48), pending=5), NATIONAL, "denominator", "5 présents sans résultat ici, 0 dans la"),
        (
            counts((2025, B, 60, 48), academie="unknown"),
            counts((2025, B, 200, 160), academie="10"),
            "nomenclature",
            "inconnu de la référence, académie unknown",
        ),
        (
            counts((2025, B, 60, 48), academie="10"),
            without_overseas(counts((2025, B, 200, 160), academie="10")),
            "territory",
            "territoire : France ici, France hors DOM-TOM dans la référence",
        ),
    ],
    ids=["stage", "diploma", "more diplomas", "sex", "denominator", "nomenclature", "DOM-TOM"],
)
def test_each_difference_is_refused_and_named(own: Counts, national: Counts, name: Difference, told: str) -> None:
    if "pending" in own.dimensions:  # a count, not a dimension
        own = replace(own, dimensions=("session", "diploma"), frame=own.frame.astype({"pending": "int64"}))
    others: list[Difference] = ["stage", "population", "denominator", "nomenclature", "territory"]
    others.remove(name)
    with pytest.raises(CountsError, match="« foo »"):
        against(own, national, despite=["foo"])  # type: ignore[list-item]
    with pytest.raises(ComparisonError, match="pas de la même chose") as caught:
        against(own, national, despite=others)
    assert told in caught.value.where
    if name != "population" or VENTE not in told:
        made = against(own, national, despite=[name])
        assert told in made.caveats[0]
        assert made.caveats[0].startswith("Attention, ")


def test_a_code_unknown_to_the_reference_is_summed_before_it_is_subtracted() -> None:
    own = counts((2025, B, 6, 5), (2025, B, 4, 1), academie=["10", "unknown"])
    other = counts((2025, B, 50, 40), (2025, B, 50, 40), academie=["10", "19"])
    row = against(own, other, despite=["nomenclature"]).frame.iloc[0]
    assert (row["reference_numerator"], row["reference_denominator"]) == (74, 90)


def test_a_session_that_the_reference_does_not_have() -> None:
    own = counts((2025, B, 60, 48), (2027, B, 60, 48))
    frame = against(own, NATIONAL).frame
    assert frame["reason"].tolist() == ["", "no_reference"]
    assert frame["value"].isna().tolist() == [False, True]


def test_nobody_else() -> None:
    frame = against(NATIONAL, NATIONAL).frame
    assert set(frame["reason"]) == {"no_reference"}


def test_both_sources_are_named() -> None:
    own = replace(OWN, source=Source("export de l'académie", "", "", "1" * 64, ("notes.csv",)))
    made = against(own, NATIONAL)
    assert str(made.source) == "export de l'académie ; test, exemple"
    assert made.source.files == ("notes.csv",)
    assert made.source.digest not in (own.source.digest, NATIONAL.source.digest)


def test_the_rest_is_what_a_count_by_hand_gives() -> None:
    """Sixty sessions × two sexes: our passed and refused, the others' passed and refused, drawn at random."""
    draws = random.Random(4)
    cells = {(s, sex): [draws.randint(0, 30) for _ in range(4)] for s in range(1960, 2020) for sex in ("F", "M")}
    frame = (
        pd.DataFrame(cells, columns=pd.MultiIndex.from_tuples(cells)).T.rename_axis(["session", "sex"]).reset_index()
    )
    ours = frame[["session", "sex"]].assign(present=frame[0] + frame[1], passed=frame[0])
    all_ = frame[["session", "sex"]].assign(present=frame[[0, 1, 2, 3]].sum(axis=1), passed=frame[0] + frame[2])
    own, national = (make_counts(f, "session", "sex") for f in (ours, all_))
    found = against(own, national, confidence=None).frame.set_index("session")
    for session in range(1960, 2020):
        girls, boys = cells[session, "F"], cells[session, "M"]
        row = found.loc[session]
        assert row["numerator"] == girls[0] + boys[0]
        assert row["reference_numerator"] == girls[2] + boys[2]
        assert row["reference_denominator"] == girls[2] + girls[3] + boys[2] + boys[3]
