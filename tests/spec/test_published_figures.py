"""The carried figures are those that were published: margins of sessions 2021 to 2025, final results.

Source of every figure: DEPP, "Le baccalauréat par académie", Licence Ouverte 2.0; rates as printed there.
"""

from __future__ import annotations

import pandas as pd
import pytest

from rncp_analytics.counts.official import OfficialResults, official_results
from rncp_analytics.measures.rates import flow, rates

B, A, ACCUEIL = "40031214", "40031213", "40031212"
COMMERCE, VENTE, ACCUEIL_RCU = "40031202", "40031206", "40031210"

# session, diploma, inscrits, présents, admis, % ; then TB (félicitations included), B, AB, none in % of admis.
FAMILY = [
    (2021, COMMERCE, 26106, 25733, 22561, 87.67, (5.0, 21.1, 36.4, 37.6)),
    (2021, VENTE, 7603, 7545, 6474, 85.81, (3.6, 17.4, 38.4, 40.6)),
    (2021, ACCUEIL_RCU, 7688, 7618, 6541, 85.86, (4.4, 18.4, 36.4, 40.8)),
    (2022, A, 25618, 25245, 20469, 81.08, (3.6, 18.4, 37.2, 40.7)),
    (2022, B, 8930, 8833, 7386, 83.62, (3.6, 18.5, 40.2, 37.7)),
    (2023, A, 25772, 25422, 20822, 81.91, (4.2, 18.5, 35.8, 41.5)),
    (2023, B, 9450, 9364, 8007, 85.51, (4.3, 19.8, 37.0, 38.9)),
    (2024, A, 26576, 26230, 20820, 79.37, (3.8, 16.4, 36.4, 43.3)),
    (2024, B, 9898, 9827, 8449, 85.98, (4.8, 21.4, 39.9, 33.9)),
    (2025, A, 27272, 26932, 22420, 83.25, (4.6, 19.3, 37.0, 39.2)),
    (2025, B, 10592, 10490, 9103, 86.78, (5.4, 21.7, 38.4, 34.5)),
]
# Option B by candidate status: admis / présents of each session.
STATUSES = {
    "SCOLAIRE": {2022: (7184, 8565), 2023: (7736, 9003), 2024: (8143, 9422), 2025: (8775, 10057)},
    "APPRENTISSAGE": {2022: (150, 178), 2023: (210, 249), 2024: (228, 259), 2025: (238, 281)},
    "FORMATION CONTINUE": {2022: (22, 26), 2023: (9, 14), 2024: (12, 17), 2025: (0, 2)},
    "INDIVIDUEL": {2022: (16, 41), 2023: (25, 58), 2024: (43, 80), 2025: (54, 95)},
    "ENSEIGNEMENT A DISTANCE": {2022: (14, 23), 2023: (27, 40), 2024: (23, 49), 2025: (36, 55)},
}
SEXES = {"F": (87.33, 88.11, 89.57, 89.71), "M": (81.34, 83.82, 83.71, 84.71)}
# Every bac pro: session → présents, admis, %.
ALL = {
    2021: (208988, 181020, 86.62),
    2022: (208034, 171050, 82.22),
    2023: (204843, 169246, 82.62),
    2024: (208143, 173402, 83.31),
    2025: (211665, 177607, 83.91),
}
# Every bac pro by status and by sex: % of sessions 2021 to 2025.
ALL_RATES = {
    ("candidate_status", "SCOLAIRE"): (86.62, 82.26, 82.66, 83.30, 83.80),
    ("candidate_status", "APPRENTISSAGE"): (87.76, 82.98, 83.74, 84.99, 86.37),
    ("candidate_status", "FORMATION CONTINUE"): (89.20, 87.51, 86.78, 86.44, 88.58),
    ("candidate_status", "INDIVIDUEL"): (69.38, 60.61, 58.88, 49.64, 53.21),
    ("candidate_status", "ENSEIGNEMENT A DISTANCE"): (73.35, 67.73, 60.47, 58.88, 57.83),
    ("sex", "F"): (89.55, 85.57, 85.24, 86.11, 87.06),
    ("sex", "M"): (84.57, 79.94, 80.85, 81.36, 81.66),
}


@pytest.fixture(scope="module")
def results() -> OfficialResults:
    return official_results()


def percent(frame: pd.DataFrame) -> list[float]:
    return [round(100 * value, 2) for value in frame["value"]]


@pytest.mark.parametrize("published", FAMILY, ids=lambda row: f"{row[0]}-{row[1]}")
def test_the_family_by_session(
    results: OfficialResults, published: tuple[int, str, int, int, int, float, tuple[float, ...]]
) -> None:
    session, diploma, registered, present, passed, rate, mentions = published
    counts = results.national.where(session=session, diploma=diploma)
    row = counts.by().frame.iloc[0]
    assert (row["registered"], row["present"], row["passed"]) == (registered, present, passed)
    assert percent(rates(counts).frame) == [rate]
    names = ["tb_rate_of_passed", "b_rate_of_passed", "ab_rate_of_passed", "no_mention_rate_of_passed"]
    shares = rates(counts, statistic=names).frame["value"]  # type: ignore[arg-type]
    assert [round(100 * share, 1) for share in shares] == pytest.approx(mentions)


def test_option_b_by_status(results: OfficialResults) -> None:
    for counts in (results.national, results.academies):
        frame = rates(counts.where(diploma=B), by=["candidate_status", "session"]).frame
        found = {
            (row["candidate_status"], row["session"]): (row["numerator"], row["denominator"])
            for row in frame.to_dict("records")
        }
        assert found == {(s, n): pair for s, by_session in STATUSES.items() for n, pair in by_session.items()}


def test_option_b_by_sex(results: OfficialResults) -> None:
    frame = rates(results.national.where(diploma=B), by=["sex", "session"]).frame
    assert {sex: tuple(percent(part)) for sex, part in frame.groupby("sex")} == SEXES


def test_option_b_by_academie(results: OfficialResults) -> None:
    frame = rates(results.academies.where(diploma=B, session=2025), by=["academie"]).frame.sort_values("value")
    lowest, highest = frame.iloc[0], frame.iloc[-1]
    assert (lowest["academie"], lowest["denominator"], round(100 * lowest["value"], 1)) == ("33", 38, 55.3)  # Guyane
    assert (highest["academie"], highest["denominator"], round(100 * highest["value"], 1)) == (
        "14",
        522,
        95.8,
    )  # Rennes
    present = frame.set_index("academie")["denominator"]
    assert (present.idxmax(), present.max()) == ("25", 1174)  # Versailles
    assert (present.idxmin(), present.min()) == ("27", 34)  # Corse
    assert present[["01", "24", "25"]].sum() == 2480  # Paris, Créteil, Versailles: one exam service


def test_every_bac_pro(results: OfficialResults) -> None:
    frame = rates(results.all_bac_pro, by=["session"]).frame
    found = {
        r["session"]: (r["denominator"], r["numerator"], round(100 * r["value"], 2)) for r in frame.to_dict("records")
    }
    assert found == ALL


@pytest.mark.parametrize(("dimension", "value"), ALL_RATES)
def test_every_bac_pro_by_status_and_sex(results: OfficialResults, dimension: str, value: str) -> None:
    counts = results.all_bac_pro.where(**{dimension: value})
    assert tuple(percent(rates(counts, by=["session"]).frame)) == ALL_RATES[dimension, value]


def test_the_flow_of_the_family_in_2025(results: OfficialResults) -> None:
    """The form of a DEPP note: inscrits, présents, admis 1er groupe, autorisés, admis après contrôle, admis, %."""
    expected = {
        ACCUEIL: (7583, 7544, 6148, 449, 301, 6449, 85.5),
        A: (27272, 26932, 21365, 1564, 1055, 22420, 83.2),
        B: (10592, 10490, 8794, 431, 309, 9103, 86.8),
    }
    steps = ["registered", "present", "passed_first_group", "control_allowed", "passed_after_control", "passed"]
    wide = flow(results.national.where(session=2025), by=["diploma"]).frame.pivot(
        index="diploma", columns="statistic", values="numerator"
    )
    assert set(wide.index) == expected.keys()
    for diploma, (*counts, rate) in expected.items():
        assert wide.loc[diploma, steps].tolist() == counts
        assert round(100 * wide.loc[diploma, "passed"] / wide.loc[diploma, "present"], 1) == rate


def test_why_candidates_of_option_b_were_refused_in_2025(results: OfficialResults) -> None:
    counts = results.national.where(session=2025, diploma=B)
    row = rates(counts, statistic="refused_first_group_share").frame.iloc[0]
    assert (row["numerator"], row["denominator"], round(100 * row["value"])) == (1265, 1387, 91)
