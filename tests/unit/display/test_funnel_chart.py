"""The funnel: every dot in words, the names of those beyond, and what is never drawn."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import rncp_analytics as rncp
from rncp_analytics.counts.model import Counts
from rncp_analytics.counts.official import OfficialResults
from rncp_analytics.display.figure import Chart
from rncp_analytics.display.funnel_chart import funnel_chart
from rncp_analytics.display.table import Table
from rncp_analytics.errors import CountsError, PublicationError
from rncp_analytics.measures.funnel import funnel
from rncp_analytics.measures.rates import rates
from rncp_analytics.measures.secrecy import official, suppress
from tests.conftest import make_counts
from tests.rendering.test_text_boxes import faults
from tests.unit.display.examples import LONG, offences
from tests.unit.display.test_unit_tables import plain

DRAWN = {"name": "essai", "title": "Un essai"}


def schools(pairs: list[tuple[int, int]]) -> Counts:
    frame = pd.DataFrame(pairs, columns=["passed", "present"]).assign(
        school=[f"06900{k:02}X" for k in range(len(pairs))]
    )
    return make_counts(frame, "school", origin="synthetic")


def chart_of(counts: Counts, title: str = "Un essai", **asked: object) -> Chart:
    made = funnel(counts, dimension=counts.dimensions[-1], **asked)  # type: ignore[arg-type]
    shown = official(made) if counts.origin == "official" else suppress(made, profile="usage_interne")
    return funnel_chart(shown, name="essai", title=title)


def texts(chart: Chart) -> list[str]:
    return [text.get_text() for text in chart.figure().axes[0].texts]


def test_what_is_beyond_is_named_full_and_told() -> None:
    pairs = [(20, 40), (2, 9), *[(34, 40)] * 20]
    chart = chart_of(schools(pairs))
    assert plain(chart.lines[0]).startswith(
        "0690000X : 20 sur 40 ; 50,0 % (35,2 à 64,8), sous la limite basse à 99,8 %"
    )
    assert plain(chart.lines[1]) == "0690001X : 2 sur 9 ; non calculé (9 présents)."
    assert plain(chart.lines[2]) == "0690002X : 34 sur 40 ; 85,0 % (70,9 à 92,9), entre les limites."
    assert len(chart.lines) == len(pairs)
    assert texts(chart) == ["0690000X"]
    full = [line for line in chart.figure().axes[0].lines if line.get_marker() == "o"]
    assert [line.get_markerfacecolor() != "white" for line in full] == [
        True,
        *[False] * 20,
    ]  # the small one isn't drawn
    assert plain(chart.notes.lecture).startswith(
        "dans l'établissement 0690000X, 20 admis pour 40 présents, soit 50,0 %"
    )
    # 702 of 849 together, the small group included.
    assert "autour du taux d'ensemble (82,7 %)" in plain(chart.notes.lecture)


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([(34, 40)] * 20, "sont de la taille que le hasard veut"),
        ([(36, 40), (30, 40)] * 3, "dépassent à peine"),
        ([(180, 200), (120, 200)] * 10, "sont plus grands que le hasard ne le veut : les limites en tiennent compte"),
    ],
)
def test_over_dispersion_in_words(pairs: list[tuple[int, int]], words: str) -> None:
    chart = chart_of(schools(pairs))
    assert any(words in plain(line) for line in chart.notes.caveats)
    expected = f"on en attend {'environ 1' if len(pairs) == 20 else 'moins de 1'} hors des limites à 95 %"
    assert any(expected in plain(line) for line in chart.notes.caveats)


@pytest.mark.parametrize("session", [2022, 2025])
def test_the_thirty_academies(published: OfficialResults, session: int) -> None:
    counts = published.academies.where(session=session, diploma=rncp.OPTION_B).by("session", "academie")
    made = funnel(counts, dimension="academie", by=["session"])
    chart = funnel_chart(official(made), name="essai", title=f"{LONG} ; {LONG}")
    assert faults(chart) == []
    assert not offences(repr(chart))
    assert len(chart.lines) == 30
    assert len(texts(chart)) == (made.frame["beyond"] > 0).sum() > 0


def test_many_names_at_one_height_do_not_cover_each_other() -> None:
    low = chart_of(schools([*[(260, 300)] * 60, *[(180 + k, 300 + 2 * k) for k in range(5)]]))
    high = chart_of(schools([*[(1500, 3000)] * 40, *[(2998, 3000 + k) for k in range(4)]]))
    assert [len(texts(chart)) for chart in (low, high)] == [5, 4]
    assert faults(low) == faults(high) == []


def test_the_file_has_french_titles() -> None:
    chart = chart_of(schools([(34, 40)] * 12))
    table = Table("n", "c", (), (), chart.data, chart.notes)
    assert not offences(repr(chart) + table.csv())
    assert "Limite basse à 99,8" in table.csv()
    assert "entre les limites" in table.csv()
    assert not {"within", "low", "academie", "target", "beyond"} & set(re.findall(r"\w+", table.csv()))


@pytest.mark.parametrize("pairs", [[(34, 40)], [(40, 40), (30, 30)], [(3, 4), (5, 8)]])
def test_nothing_to_judge(pairs: list[tuple[int, int]]) -> None:
    chart = chart_of(schools(pairs))
    assert "rien à comparer entre les" in repr(chart) and not offences(repr(chart))
    assert len(chart.lines) == len(pairs)
    assert chart.picture("png").startswith(b"\x89PNG")


def test_other_figures() -> None:
    counts = schools([(34, 40)] * 12)
    with pytest.raises(PublicationError):
        funnel_chart(funnel(counts, dimension="school"), **DRAWN)  # type: ignore[arg-type]
    with pytest.raises(CountsError, match="limites"):
        funnel_chart(suppress(rates(counts, by=["school"]), profile="usage_interne"), **DRAWN)
    two = pd.concat([counts.frame.assign(session=s) for s in (2024, 2025)], ignore_index=True)
    both = funnel(make_counts(two, "session", "school"), dimension="school", by=["session"])
    with pytest.raises(CountsError, match="un seul entonnoir"):
        funnel_chart(official(both), **DRAWN)
