"""Every code has its French words, and what is counted is told in "Champ"."""

from __future__ import annotations

from typing import get_args

import pandas as pd
import pytest

import rncp_analytics as rncp
from rncp_analytics.certification.diplomas import family
from rncp_analytics.certification.nomenclature import Regime, Status, academies
from rncp_analytics.cohort.contracts import MODES, SECTORS
from rncp_analytics.cohort.marksheet import FORMS
from rncp_analytics.counts.model import Scope, Stage
from rncp_analytics.counts.official import OfficialResults
from rncp_analytics.counts.tally import UNKNOWN
from rncp_analytics.counts.tally_units import KINDS
from rncp_analytics.display import labels, spreadsheet
from rncp_analytics.display.theme import DIPLOMAS
from rncp_analytics.measures.estimates import COLUMNS, COMPARISON_COLUMNS, REASONS
from rncp_analytics.measures.rates import COHORT_RATIOS, FLOW, RATIOS
from tests.conftest import make_counts
from tests.unit.cohort.cohorts import UNITS

CODES = {
    "candidate_status": get_args(Status),
    "regime": (*get_args(Regime), "total"),
    "sex": ("F", "M"),
    "diploma": [d.code for d in family()],
    "academie": [a.code for a in academies()],
    "option": ("A", "B", "none"),
    "track": ("general", "technological", "professional"),
    "series": ("production", "services"),
    "sector": (*SECTORS, UNKNOWN),
    "repeater": ("yes", "no", UNKNOWN),
    "exam_form": FORMS,
    "mode": (*MODES, UNKNOWN),
    "kind": KINDS,
    "unit": (*UNITS, "UF1", "UF2", "UF3", "PROJET"),
}


@pytest.mark.parametrize("dimension", CODES)
def test_every_code_has_its_own_words(dimension: str) -> None:
    shown = [labels.label(dimension, code) for code in CODES[dimension]]
    assert not set(shown) & set(CODES[dimension])
    assert len(set(shown)) == len(shown)
    assert all(name[:1].isupper() for name in shown)
    assert dimension in labels.HEADS


def test_every_code_of_the_estimates_has_its_words() -> None:
    ratios = {**RATIOS, **COHORT_RATIOS}
    assert {*ratios, "pass_rate_bounds"} <= set(labels.NUMERATORS)
    means = {"mark_mean", "mark_sd", "mark_mean_gap", "mode_gap", "mode_gap_to_rest"}
    assert {*ratios, *means, "pass_rate_bounds"} <= set(labels.STATISTICS)
    assert {"paired", *(ratio.denominator for ratio in ratios.values())} <= set(labels.DENOMINATORS)
    assert set(FLOW) == set(labels.FLOW)
    assert set(REASONS) == set(labels.REASONS)
    assert set(get_args(Stage)) == set(labels.STAGES)
    assert {*COLUMNS, *COMPARISON_COLUMNS} <= set(spreadsheet.COLUMNS)
    assert {"wilson", "newcombe", "student", "welch", "bounds", "clopper_pearson", "count"} <= set(spreadsheet.METHODS)


def test_every_diploma_of_the_family_can_be_drawn() -> None:
    assert {d.code for d in family()} == set(DIPLOMAS)


def test_statistics_gaps_and_growths() -> None:
    assert labels.statistic_label("pass_rate") == "taux de réussite"
    assert labels.statistic_label("pass_rate_gap") == "écart : taux de réussite"
    assert labels.statistic_label("present_growth") == "évolution : présents"
    assert labels.statistic_label("control_allowed") == "autorisés à l'épreuve de contrôle (2nd groupe)"


FRANCE, EVERY = "France, 30 académies", "tous statuts (hors VAE)"
ALL = f"candidats de la famille, {EVERY}"
B, VENTE = f"candidats de l'option B, {EVERY}", f"candidats du bac pro Vente, {EVERY}"


def scope(**kept: tuple[str | int, ...]) -> Scope:
    return Scope(
        "final", "France, 30 académies", "candidats de la famille, tous statuts (hors VAE)", tuple(kept.items())
    )


@pytest.mark.parametrize(
    ("kept", "sessions", "wanted"),
    [
        ({}, [], f"{FRANCE} ; {ALL}"),
        ({"session": (2025,)}, [], f"{FRANCE} ; session 2025 ; {ALL}"),
        ({"diploma": (rncp.OPTION_B,)}, [2022, 2023], f"{FRANCE} ; sessions 2022 à 2023 ; {B}"),
        ({"diploma": (rncp.VENTE,)}, [2021, 2023], f"{FRANCE} ; sessions 2021 et 2023 ; {VENTE}"),
        (
            {"diploma": (rncp.OPTION_B, rncp.OPTION_A, rncp.ACCUEIL)},
            [],
            f"{FRANCE} ; candidats de l'option B, de l'option A et du bac pro Métiers de l'accueil, {EVERY}",
        ),
        ({"academie": ("10",)}, [], f"académie de Lyon ; {ALL}"),
        ({"academie": ("02", "28")}, [], f"académies d'Aix-Marseille et de La Réunion ; {ALL}"),
        ({"unit": ("U34",)}, [], f"{FRANCE} ; {ALL}, épreuve E34 PSE · U34 · bloc 5"),
        (
            {"school": ("0690001B", "0690002C"), "sector": ("CFA",), "repeater": ("yes",), "mode": ("ccf",)},
            [],
            f"{FRANCE} ; {ALL}, centre de formation d'apprentis (CFA), établissement 0690001B et établissement "
            "0690002C, redoublants, CCF",
        ),
        (
            {"diploma": (rncp.OPTION_B,), "candidate_status": ("ENSEIGNEMENT A DISTANCE",), "sex": ("F",)},
            [],
            f"{FRANCE} ; candidats de l'option B, enseignement à distance (CNED), filles",
        ),
    ],
)  # fmt: skip
def test_champ(kept: dict[str, tuple[str | int, ...]], sessions: list[int], wanted: str) -> None:
    told = labels.champ_of(scope(**kept), sessions)
    assert told == f"{wanted} ; résultats définitifs.".replace(" ;", "\u202f;")


def test_champ_names_the_stage() -> None:
    july = Scope("first_group", "France", "candidats")
    assert labels.champ_of(july).endswith("résultats après le 1er groupe.")


def test_champ_of_figures_names_the_sessions_that_are_there(published: OfficialResults) -> None:
    counts = published.national.where(diploma=rncp.OPTION_B)
    assert "sessions 2022 à 2025" in labels.champ(rncp.official(rncp.rates(counts, by=["session"])))


def test_rows_in_the_order_of_readers(published: OfficialResults) -> None:
    by_status = rncp.official(rncp.rates(published.national, by=["session", "candidate_status"]))
    rows = labels.ordered(by_status)
    assert [r["session"] for r in rows] == sorted(r["session"] for r in rows)
    assert [r["candidate_status"] for r in rows[:5]] == list(labels.STATUSES)
    places = rncp.official(rncp.rates(published.academies, by=["academie"]))
    names = [labels.label("academie", r["academie"]) for r in labels.ordered(places)]
    assert names[:3] == ["Aix-Marseille", "Amiens", "Besançon"]
    assert names.index("Nice") < names.index("Normandie") < names.index("Orléans-Tours")


def test_the_rows_of_several_statistics_stay_together() -> None:
    counts = make_counts(
        pd.DataFrame({"sex": ["F", "M"], "registered": [9, 9], "present": [8, 8], "passed": [7, 7]}), "sex"
    )
    made = rncp.official(rncp.rates(counts, by=["sex"], statistic=["pass_rate", "presence_rate"]))
    assert [(r["sex"], r["statistic"]) for r in labels.ordered(made)] == [
        ("F", "pass_rate"), ("F", "presence_rate"), ("M", "pass_rate"), ("M", "presence_rate"),
    ]  # fmt: skip


def test_readable_leaves_unknown_columns_alone_and_the_frame_untouched() -> None:
    frame = pd.DataFrame({"sex": ["F"], "secrecy": ["V"], "Code": ["U2"], "denominator_kind": ["present_reference"]})
    shown = spreadsheet.readable(frame)
    assert shown.to_dict("records") == [
        {
            "Sexe": "Filles",
            "Secret": "diffusable",
            "Code": "U2",
            "Nature du dénominateur": "présents de la session de référence",
        }
    ]
    assert frame.columns.tolist() == ["sex", "secrecy", "Code", "denominator_kind"]
