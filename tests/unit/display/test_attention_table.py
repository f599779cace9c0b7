"""The list of schools to look at first: its words, its order, and the one rate it prints."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from rncp_analytics.display.attention_table import attention_table
from rncp_analytics.display.statistician import funnel_tests
from rncp_analytics.display.table import Table
from rncp_analytics.errors import CountsError, PublicationError
from rncp_analytics.measures.attention import attention
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.funnel import funnel
from rncp_analytics.measures.rates import rates
from rncp_analytics.measures.secrecy import suppress
from tests.conftest import make_counts
from tests.unit.display.examples import offences
from tests.unit.display.test_unit_tables import plain
from tests.unit.measures.test_attention import ABSENT, CCF, LOW, absences, alike, marks

TOLD = {"name": "essai", "caption": "Établissements à regarder d'abord"}


def table_of(made: Estimates, profile: str = "usage_interne") -> Table:
    return attention_table(suppress(made, profile=profile), **TOLD)


def everything() -> Estimates:
    return attention(alike(**{LOW: 25}), absences({ABSENT: 60}), marks({LOW: 2.1, CCF: 0.1}), alike(2024, **{LOW: 50}))


def test_word_for_word_and_in_order() -> None:
    table = table_of(everything())
    assert [column.title for column in table.columns] == [
        "Établissement", "Présents", "Taux de réussite", "Raisons de regarder",
    ]  # fmt: skip
    first = [plain(str(cell)) for cell in table.rows[0]]
    assert first[:3] == [LOW, "50", "50,0 % (36,6 à 63,4)"]
    assert first[3] == (
        "réussite plus basse qu'ailleurs, au-delà du hasard ; "
        "CCF plus éloignés des ponctuelles qu'ailleurs (+2,1 points contre +0,8 point) ; "
        "recul depuis 2024 au-delà du hasard"
    )
    told = {row[0]: plain(str(row[3])) for row in table.rows[1:]}
    assert told == {
        ABSENT: "absences plus fréquentes qu'ailleurs",
        CCF: "CCF plus proches des ponctuelles qu'ailleurs (+0,1 point contre +0,9 point)",
    }
    assert plain(table.notes.lecture).startswith(f"établissement {LOW}, 50 présents, taux de réussite 50,0 %")


def test_one_rate_no_rank_and_no_palmares() -> None:
    table = table_of(everything())
    assert any("Ni palmarès ni classement" in line for line in table.notes.caveats)
    assert any("parmi 24 établissements" in line for line in table.notes.caveats)
    shown = repr(table) + table.csv()
    assert not offences(shown)
    assert "rapproché" not in shown
    assert "Usage interne, ne pas diffuser." in shown
    assert not any(str(cell).strip() in {"1", "2", "3"} for row in table.rows for cell in row)


def test_an_empty_list_says_so() -> None:
    table = table_of(attention(alike()))
    assert plain(table.notes.lecture) == "aucune différence au-delà du hasard entre les établissements examinés."
    assert len(table.rows) == 1
    assert not offences(repr(table) + table.csv())
    assert table.data.empty


def test_hidden_groups_are_not_listed() -> None:
    made = everything()
    table = table_of(made, "dgfip_11")
    assert [row[0] for row in table.rows] == [LOW]  # elsewhere fewer than 11 failed
    for hidden in (ABSENT, CCF):
        assert hidden in set(made.frame["school"])
        assert hidden not in repr(table) + table.csv()
    assert any("2 cases masquées" in line for line in table.notes.caveats)
    all_hidden = table_of(attention(alike(), absences({ABSENT: 60})), "dgfip_11")
    assert all_hidden.notes.lecture == "le secret statistique masque les établissements à regarder."
    assert ABSENT not in repr(all_hidden) + all_hidden.csv()


def test_over_dispersion_is_told_and_only_then() -> None:
    """Twenty schools at 50 % and twenty at 90 % of 50 differ more than chance; twenty-four alike don't."""
    rates_of = [25, 45] * 20
    spread = pd.DataFrame({"school": [f"06900{k:02}X" for k in range(40)], "present": 50, "passed": rates_of})
    apart = make_counts(spread, "school", origin="synthetic")
    told = []
    for counts in (apart, alike()):
        judged = suppress(funnel(counts, dimension="school"), profile="usage_interne")
        listed = suppress(attention(counts), profile="usage_interne")
        told.append(" ".join(attention_table(listed, judged=judged, **TOLD).notes.caveats))
    assert "les établissements diffèrent plus que le hasard ne le veut" in told[0]
    assert "diffèrent plus" not in told[1]


def test_the_figures_behind_the_list_are_folded() -> None:
    counts = alike(**{LOW: 25})
    judged = suppress(funnel(counts, dimension="school"), profile="usage_interne")
    (fold,) = funnel_tests(judged, suppress(attention(counts), profile="usage_interne")).folds
    row = judged.frame.set_index("school").loc[LOW]
    assert re.fullmatch(
        r"Entonnoir : cible \d\d,\d %, φ = \d,\d\d, τ² = 0,\d{5} \(.*\) ; p ajustés sur 24 tests\.",
        plain(fold.lines[0]),
    )
    assert row["p_adjusted"] < 0.001
    assert plain(fold.lines[1]) == f"{LOW} : 50,0 %, p < 0,001, p ajusté < 0,001 (24 tests)."
    with pytest.raises(CountsError, match="limites"):
        funnel_tests(suppress(rates(counts, by=["school"]), profile="usage_interne"), judged)


def test_other_figures() -> None:
    with pytest.raises(PublicationError):
        attention_table(everything(), **TOLD)  # type: ignore[arg-type]
    with pytest.raises(CountsError, match="ne sont pas de ceux"):
        attention_table(suppress(rates(alike(), by=["school"]), profile="usage_interne"), **TOLD)
