"""Counts refuse to contradict themselves, and roll up without losing anybody."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rncp_analytics.counts.model import AT_MOST, Counts, Source, describe
from rncp_analytics.counts.tally import MOTIFS
from rncp_analytics.counts.tally_units import CLASSES
from rncp_analytics.errors import CountsError
from tests.conftest import example_counts, make_counts


def flow_frame(**changes: list[int]) -> pd.DataFrame:
    """Two statuses whose nine outcomes add up."""
    frame = {
        "session": [2025, 2025],
        "candidate_status": ["SCOLAIRE", "INDIVIDUEL"],
        "registered": [20, 9],
        "present": [18, 7],
        "passed_first_group": [12, 2],
        "refused_first_group": [3, 4],
        "control_allowed": [3, 1],
        "passed_after_control": [2, 0],
        "refused_after_control": [1, 1],
        "passed": [14, 2],
        "refused": [4, 5],
        "tb_felicitations": [0, 0],
        "tb": [1, 0],
        "b": [3, 0],
        "ab": [5, 1],
        "no_mention": [5, 1],
    }
    return pd.DataFrame({**frame, **changes})


def refused(frame: pd.DataFrame, *dimensions: str) -> CountsError:
    with pytest.raises(CountsError) as caught:
        make_counts(frame, *dimensions)
    return caught.value


def test_sums_over_what_is_not_named() -> None:
    counts = make_counts(flow_frame(), "session", "candidate_status")
    assert counts.by("session").frame[["session", "registered", "passed"]].values.tolist() == [[2025, 29, 16]]
    assert counts.by().frame["present"].tolist() == [25]
    assert counts.by("candidate_status", "session").dimensions == ("candidate_status", "session")
    assert counts.by("session").scope == counts.scope


def test_rolling_up_nobody_gives_zeros() -> None:
    nobody = example_counts().where(option="C")
    assert nobody.frame.empty
    assert nobody.by().frame.to_dict("records") == [{"present": 0, "passed": 0}]
    assert nobody.by("session").frame.empty


@pytest.mark.parametrize(
    "value", [2025, [2025], (2024, 2025), {2025}, np.int64(2025), np.array([2025]), pd.Series([2025])]
)
def test_where_takes_a_value_or_several(value: object) -> None:
    assert example_counts().where(session=value).frame["present"].tolist() == [20, 10]


def test_where_keeps_only_what_fits_all_conditions() -> None:
    assert example_counts().where(session=2025, option=["B", "none"]).frame["present"].tolist() == [10]
    assert example_counts().where(session=2024, option="B").frame.empty


@pytest.mark.parametrize("ask", [lambda c: c.by("academie"), lambda c: c.where(academie="10")], ids=["by", "where"])
def test_a_dimension_that_is_not_there(ask) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(CountsError, match="« academie »") as caught:
        ask(example_counts())
    assert "session, option" in caught.value.expected
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"refused": [5, 5]}, ("présents 18", "admis 14", "refusés 5")),
        ({"passed_first_group": [11, 2]}, ("admis 14", "admis au 1er groupe 11", "admis après contrôle 2")),
        (
            {"control_allowed": [4, 1]},
            ("autorisés à l'épreuve de contrôle 4", "admis après contrôle 2", "refusés après contrôle 1"),
        ),
        ({"refused_first_group": [2, 4]}, ("refusés 4", "refusés au 1er groupe 2", "refusés après contrôle 1")),
        ({"tb": [2, 0]}, ("admis 14", "admis mention TB sans félicitations 2", "admis sans mention 5")),
    ],
    ids=["present", "passed", "control", "refused", "mentions"],
)
def test_a_broken_identity_is_told_in_figures_and_french(changes: dict[str, list[int]], told: tuple[str, ...]) -> None:
    error = refused(flow_frame(**changes), "session", "candidate_status")
    for words in told:
        assert words in error.what
    assert "session 2025, statut SCOLAIRE" in error.where
    assert "1 ligne(s) en tout" in error.where
    assert "_" not in str(error), "an identifier is shown to a French reader"


def test_more_present_than_registered() -> None:
    error = refused(flow_frame(registered=[20, 6]), "session", "candidate_status")
    assert "plus de présents que d'inscrits" in error.what
    assert "statut INDIVIDUEL" in error.where


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        ({"present": 20, "passed": 25}, "plus d'admis que de présents : 25 pour 20"),
        ({"present": 20, "passed_first_group": 21}, "plus d'admis au 1er groupe que de présents"),
        ({"present": 20, "control_allowed": 21}, "plus d'autorisés à l'épreuve de contrôle que de présents"),
        ({"control_allowed": 3, "passed_after_control": 4}, "admis après contrôle que d'autorisés"),
        ({"registered": 3, "marked": 4}, "plus de notés que d'inscrits"),
        ({"passed": 10, "tb": 6, "ab": 5}, "TB sans félicitations et d'admis mention AB que d'admis : 11 pour 10"),
        ({"marked": 3, "at_least_10": 4}, "plus de notes d'au moins 10 que de notés"),
        ({"marked": 3, "class_0_5": 2, "class_16_20": 2}, "notes de 16 à 20 que de notés : 4 pour 3"),
        ({"no_diploma": 3, "no_diploma_acquired": 4}, "que de candidats sans le diplôme"),
        ({"refused": 3, "pivotal": 4}, "que de refusés : 4 pour 3"),
        ({"refused": 3, "absence": 2, "partial": 2}, "que de refusés : 4 pour 3"),
    ],
)
def test_a_part_that_exceeds_its_whole(columns: dict[str, int], what: str) -> None:
    fine = dict.fromkeys(columns, 0)
    frame = pd.DataFrame([{"session": 2025, "sex": "F", **fine}, {"session": 2025, "sex": "M", **columns}])
    error = refused(frame, "session", "sex")
    assert what in error.what
    assert error.where == "session 2025, sexe M (1 ligne(s) en tout)"
    assert "_" not in str(error), "an identifier is shown to a French reader"


def test_the_parts_are_those_that_a_tally_counts() -> None:
    assert CLASSES in AT_MOST["marked"]
    assert MOTIFS in AT_MOST["refused"]


def test_a_diploma_without_a_test_is_of_no_present() -> None:
    frame = pd.DataFrame({"registered": [5], "present": [0], "passed": [0], "passed_without_test": [5]})
    assert make_counts(frame).frame["passed_without_test"].tolist() == [5]


@pytest.mark.parametrize("by", [(), ("session",)])
def test_a_sum_beyond_64_bits_is_refused(by: tuple[str, ...]) -> None:
    counts = make_counts(pd.DataFrame({"session": 2025, "sex": ["F", "M"], "present": 2**62}), "session", "sex")
    with pytest.raises(CountsError, match="« présents »"):
        counts.by(*by)


def test_a_negative_count() -> None:
    frame = pd.DataFrame({"session": [2024, 2025], "present": [3, -1]})
    error = refused(frame, "session")
    assert "négatif" in error.what
    assert "présents" in error.what
    assert "session 2025" in error.where


@pytest.mark.parametrize(
    "values", [[12.0, 3.0], [12.5, 3.0], [np.nan, 3.0], ["12", "3"], pd.array([12, None], dtype="Int64"), [True, False]]
)
def test_a_count_that_is_not_an_integer(values: object) -> None:
    error = refused(pd.DataFrame({"session": [2024, 2025], "present": values}), "session")
    assert "« présents »" in error.what
    assert "int64" in error.expected


def test_a_combination_present_twice() -> None:
    error = refused(pd.DataFrame({"session": [2025, 2024, 2025], "present": [1, 2, 3]}), "session")
    assert "deux fois" in error.what
    assert "session 2025" in error.where


def test_a_missing_dimension_value_would_vanish_from_the_sums() -> None:
    error = refused(pd.DataFrame({"sex": ["F", None], "present": [1, 2]}), "sex")
    assert "sexe" in error.what


def test_counts_without_dimensions() -> None:
    total = make_counts(pd.DataFrame({"present": [10], "passed": [8]}))
    assert total.by().frame["passed"].tolist() == [8]
    assert "total" in refused(pd.DataFrame({"present": [-1]})).where


def test_a_row_in_words() -> None:
    assert describe((), ()) == "total"
    assert describe(("diploma", "sex"), ("40031214", "F")) == "diplôme 40031214, sexe F"


def test_what_is_printed_names_rows_dimensions_and_place() -> None:
    assert repr(example_counts()) == "Counts(2 lignes par session, option ; France)"
    assert str(Source("Le baccalauréat", "DEPP", "", "")) == "DEPP, Le baccalauréat"
    assert str(Source("Le baccalauréat", "", "", "")) == "Le baccalauréat"


def test_rolling_up_does_not_change_the_counts() -> None:
    counts: Counts = example_counts()
    counts.by("session")
    counts.where(option="B")
    assert counts.frame["present"].tolist() == [20, 10]
