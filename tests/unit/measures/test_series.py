"""Céreq's way with long series: the reference session, growth that bridges no break, présents faced with enrolments."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rncp_analytics.counts.model import Counts
from rncp_analytics.counts.official import official_results
from rncp_analytics.counts.reflet import read_reflet, without_overseas
from rncp_analytics.counts.regimes import by_regime
from rncp_analytics.errors import ComparisonError, CountsError, UnknownCodeError
from rncp_analytics.measures.rates import rates, rates_with_total
from rncp_analytics.measures.series import growth_since_reference, present_per_enrolled, reference_session
from tests.conftest import make_counts

B, A, VENTE = "40031214", "40031213", "40031206"
KEYS = ("session", "diploma", "regime")


def counts(column: str, *rows: tuple[int, str, str, int], **more: Any) -> Counts:
    frame = pd.DataFrame(rows, columns=[*KEYS, column])
    return make_counts(frame.assign(**more), *KEYS, *more)


@pytest.mark.parametrize(
    ("code", "sessions", "expected"),
    [
        (B, range(2022, 2026), 2022),  # the fifth session, 2026, doesn't exist yet
        (B, range(2022, 2027), 2026),
        (B, range(2021, 2030), 2026),
        (B, [2024, 2025], 2024),
        (VENTE, range(2004, 2022), 2008),
        (VENTE, [2021, 2022], 2021),
    ],
)
def test_the_fifth_session_is_the_reference_when_it_exists(code: str, sessions: list[int], expected: int) -> None:
    """Céreq, Net.Doc 57: growth against the fifth year of the diploma."""
    assert reference_session(code, sessions) == expected


@pytest.mark.parametrize(("code", "sessions"), [(B, []), (B, [2020, 2021]), (VENTE, [2022])])
def test_a_diploma_without_a_session(code: str, sessions: list[int]) -> None:
    with pytest.raises(CountsError, match="Aucune session du diplôme"):
        reference_session(code, sessions)


def test_a_diploma_of_another_family_has_no_reference() -> None:
    with pytest.raises(UnknownCodeError):
        reference_session("40022106", [2025])


def test_candidates_by_regime_of_the_shipped_series() -> None:
    """In the form of Céreq's sheets, présents and % admis of all: 7,545 85.8 (Vente, 2021) … 10,490 86.8 (2025)."""
    frame = rates_with_total(read_reflet().examinations, by=["session", "regime"], total_of="regime").frame
    total = frame[frame["regime"] == "total"]
    assert total["denominator"].tolist() == [7545, 8833, 9364, 9827, 10490]
    assert [round(100 * v, 1) for v in total["value"]] == [85.8, 83.6, 85.5, 86.0, 86.8]
    others = frame[frame["regime"] == "autres"]
    assert others["denominator"].tolist() == [72, 64, 98, 129, 150]
    assert [round(100 * v, 1) for v in others["value"]] == [73.6, 46.9, 53.1, 51.2, 60.0]


def test_rates_outside_the_overseas_territories() -> None:
    """Option B, hors DOM-TOM: 84.13, 85.95, 86.48, 87.02 %; option A: 81.53, 82.31, 79.77, 83.75 %."""
    found = rates(without_overseas(official_results().academies), by=["diploma", "session"])
    rows = dict(tuple(found.frame.groupby("diploma")))
    assert [round(100 * v, 2) for v in rows[B]["value"]] == [84.13, 85.95, 86.48, 87.02]
    assert [round(100 * v, 2) for v in rows[A]["value"]] == [81.53, 82.31, 79.77, 83.75]
    assert found.scope.territory == "France hors DOM-TOM"


def test_growth_as_cereq_reports_it_of_vente() -> None:
    """4 199 pupils in the last year at the rentrée of 2009, 6 475 at that of 2012: "more than 50 %"."""
    enrolled = counts("enrolled", (2010, VENTE, "scolaires", 4199), (2013, VENTE, "scolaires", 6475))
    made = growth_since_reference(enrolled, diploma=VENTE, column="enrolled")
    row = made.frame.iloc[-1]
    assert (row["numerator"], row["denominator"], round(100 * row["value"], 1)) == (2276, 4199, 54.2)
    assert made.caveats[0].startswith("Base de l'évolution : 2010, 7e session du diplôme.")


def test_growth_never_bridges_the_break_of_2022() -> None:
    made = growth_since_reference(read_reflet().examinations, diploma=B, column="present", by=["regime"])
    assert made.frame["session"].min() == 2022
    total = growth_since_reference(read_reflet().examinations, diploma=B, column="present")
    assert total.frame["numerator"].tolist() == [0, 531, 994, 1657]
    assert "2022, première session du diplôme" in total.caveats[0]
    assert "cinquième session, 2026" in total.caveats[0]


def test_a_group_without_its_base_is_named() -> None:
    present = counts("present", (2022, B, "scolaires", 100), (2023, B, "scolaires", 110), (2023, B, "autres", 5))
    made = growth_since_reference(present, diploma=B, column="present", by=["regime"])
    assert made.frame["regime"].tolist() == ["scolaires", "scolaires"]
    assert made.caveats[1] == "Sans effectif à la session 2022, donc sans évolution : autres."


def test_presents_for_those_enrolled_in_the_autumn_before() -> None:
    """Bac pro Vente: 7,674 pupils in terminale at the rentrée of 2020, 7,401 présents in session 2021."""
    sat = counts("present", (2021, VENTE, "scolaires", 7401), (2021, VENTE, "autres", 72))
    enrolled = counts("enrolled", (2021, VENTE, "scolaires", 7674))
    made = present_per_enrolled(sat, enrolled)
    assert made.frame["regime"].tolist() == ["scolaires"]
    row = made.frame.iloc[0]
    assert (row["numerator"], row["denominator"], row["denominator_kind"]) == (7401, 7674, "enrolled")
    assert row["value"] == 7401 / 7674
    assert np.isnan(row["lower"])
    assert any("formation continue" in caveat for caveat in made.caveats)


def test_holes_have_their_reason_and_never_a_figure() -> None:
    sat = counts(
        "present",
        (2023, B, "scolaires", 90),
        (2024, B, "scolaires", 90),
        (2025, B, "apprentis", 3),
        (2025, B, "scolaires", 4),
    )
    enrolled = counts(
        "enrolled",
        (2022, B, "scolaires", 80),
        (2023, B, "scolaires", 100),
        (2025, B, "apprentis", 0),
        (2025, B, "scolaires", 5),
    )
    frame = present_per_enrolled(sat, enrolled).frame.set_index(["session", "regime"])
    assert frame["reason"].to_dict() == {
        (2022, "scolaires"): "not_counted",
        (2023, "scolaires"): "",
        (2024, "scolaires"): "not_counted",
        (2025, "apprentis"): "empty",
        (2025, "scolaires"): "few",
    }
    assert frame["value"].notna().tolist() == [False, True, False, False, True]
    assert frame["numerator"].isna().tolist() == [True, False, False, False, False]


def test_a_sum_that_lacks_a_category_is_a_hole() -> None:
    sat = counts("present", (2022, B, "scolaires", 90), (2023, B, "scolaires", 95))
    rows = [(2022, B, "scolaires", "F", 40), (2022, B, "scolaires", "M", 60), (2023, B, "scolaires", "F", 45)]
    enrolled = make_counts(pd.DataFrame(rows, columns=[*KEYS, "sex", "enrolled"]), *KEYS, "sex")
    frame = present_per_enrolled(sat, enrolled).frame
    assert frame["reason"].tolist() == ["", "not_counted"]
    assert frame["denominator"].tolist()[0] == 100
    assert np.isnan(frame["denominator"].iloc[1])


def test_the_official_results_face_an_enrolment() -> None:
    """The option is told by the diploma, the sex has all its rows: nothing is lost in the sum."""
    sat = by_regime(official_results().national.where(diploma=B)).by(*KEYS)
    enrolled = counts("enrolled", (2025, B, "scolaires", 10100))
    with pytest.raises(ComparisonError, match="pas de la même chose") as caught:
        present_per_enrolled(sat, enrolled)
    assert "territoire" in caught.value.where
    made = present_per_enrolled(sat, enrolled, despite=["territory"])
    row = made.frame[made.frame["reason"] == ""].iloc[0]
    assert (row["session"], row["numerator"], row["denominator"]) == (2025, 10057, 10100)
    assert made.caveats[0].startswith("Attention, territoire : France, 30 académies ici")


def test_synthetic_presents_never_face_a_real_enrolment() -> None:
    sat, enrolled = counts("present", (2025, B, "scolaires", 90)), counts("enrolled", (2025, B, "scolaires", 100))
    with pytest.raises(ComparisonError, match="synthétiques"):
        present_per_enrolled(replace(sat, origin="synthetic"), enrolled)
    assert present_per_enrolled(replace(sat, origin="candidates"), enrolled).origin == "candidates"


def test_what_is_not_counted_is_named() -> None:
    sat = counts("present", (2025, B, "scolaires", 90))
    with pytest.raises(CountsError, match="élèves et apprentis"):
        present_per_enrolled(sat, sat)
