"""A chart draws what was counted, states it in words, and gives the same bytes twice."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import rncp_analytics as rncp
from rncp_analytics.counts.official import OfficialResults
from rncp_analytics.display.figure import Chart
from rncp_analytics.display.session_chart import connected
from rncp_analytics.display.table import Table
from rncp_analytics.display.theme import theme
from rncp_analytics.errors import CountsError, PublicationError
from tests.unit.display.examples import AWKWARD, awkward_charts, charts, offences, option_gap
from tests.unit.display.test_lecture import plain

CHARTS = ("flow", "sessions", "academies", "statuses", "places", "rates")


def axes_of(chart: Chart) -> Axes:
    with theme():
        axes = Figure().add_subplot()
        chart.draw(axes)
    return axes


@pytest.mark.slow
@pytest.mark.parametrize("name", CHARTS)
def test_the_same_bytes_twice(published: OfficialResults, national_charts: dict[str, Chart], name: str) -> None:
    again = charts(published, 2025)[name]
    for kind, start in (("png", b"\x89PNG"), ("svg", b"<?xml")):
        picture = national_charts[name].picture(kind)  # type: ignore[arg-type]
        assert picture.startswith(start)
        assert picture == again.picture(kind)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", CHARTS)
def test_the_text_states_every_value_with_its_candidates(national_charts: dict[str, Chart], name: str) -> None:
    chart = national_charts[name]
    text = plain(repr(chart))
    assert text.startswith("Graphique : Un titre\n")
    lines = [line for line in chart.lines if not line.startswith("Rupture")]
    assert len(lines) == len(chart.data)
    for found in chart.data.to_dict("records"):
        for count in ("numerator", "denominator"):
            if count == "numerator" or found["statistic"] not in ("registered", "present"):
                assert re.search(rf"\b{plain(f'{found[count]:,}'.replace(',', ' '))}\b", text)
    assert [head for head in ("Lecture : ", "Champ : ", "Source : DEPP, ") if head not in text] == []
    assert offences(repr(chart)) == []


def test_lines_word_for_word(national_charts: dict[str, Chart]) -> None:
    """users.md 4.1 and 4.2, data.md section 6."""
    lines = {name: [plain(line) for line in chart.lines] for name, chart in national_charts.items()}
    assert lines["flow"][1:4] == [
        "Présents : 10 490.",
        "Admis au 1er groupe : 8 794, soit 83,8 % des 10 490 présents.",
        "Autorisés à l'épreuve de contrôle (2nd groupe) : 431, soit 4,1 % des 10 490 présents.",
    ]
    assert "Option B, session 2022 : 7 386 sur 8 833 ; 83,6 % (82,8 à 84,4)." in lines["sessions"]
    assert lines["sessions"][-2].startswith("Rupture de série en 2021 : ")
    assert lines["sessions"][-1].startswith("Rupture de série en 2022 : ")
    assert any(
        line.startswith("Lyon : 488 sur 527, référence ")
        and "écart +6,1 points (+3,5 à +8,2), au-delà du hasard." in line
        for line in lines["academies"]
    )
    assert lines["rates"][1] == "Apprentis : 238 sur 281 ; 84,7 % (80,0 à 88,4)."
    assert lines["rates"][2] == "Formation continue : 0 sur 2 ; non calculé (2 présents)."


@pytest.mark.parametrize("kind", AWKWARD)
def test_awkward_results_are_told(kind: str) -> None:
    """tests/rendering draws them."""
    for name, chart in awkward_charts(kind).items():
        assert offences(repr(chart)) == [], name


def points(axes: Axes) -> list[tuple[float, float]]:
    return [
        (float(line.get_xdata()[0]), float(line.get_ydata()[0]))
        for line in axes.lines
        if line.get_marker() in ("o", "s", "^")
    ]


def test_every_rate_is_drawn_where_it_stands(national_charts: dict[str, Chart]) -> None:
    chart = national_charts["sessions"]
    drawn = {(x, round(y, 12)) for x, y in points(axes_of(chart))}
    assert drawn == {(r.session, round(r.numerator / r.denominator, 12)) for r in chart.data.itertuples()}


def test_nothing_is_drawn_for_a_missing_rate(national_charts: dict[str, Chart]) -> None:
    """Formation continue: 2 présents in 2025."""
    for name in ("rates", "statuses"):
        chart = national_charts[name]
        axes = axes_of(chart)
        drawn = {y for _, y in points(axes)}
        places = dict(zip((t.get_text() for t in axes.get_yticklabels()), axes.get_yticks(), strict=True))
        empty = next(place for label, place in places.items() if label.startswith("Formation continue"))
        assert drawn == set(places.values()) - {empty}
        # A line of finite ends elsewhere, and a word in the row itself.
        assert all(empty not in np.asarray(line.get_ydata()) for line in axes.lines)
        assert any(t.xy[1] == empty for t in axes.texts)  # type: ignore[attr-defined]


def test_nothing_at_all_is_drawn_for_nobody() -> None:
    for name in ("sessions", "rates"):
        assert points(axes_of(awkward_charts("nobody")[name])) == []


def test_breaks_are_drawn_and_never_bridged(published: OfficialResults) -> None:
    """No line joins 2021 and 2022, even for a code that existed in both."""
    national = published.national
    frame = national.frame.replace({"diploma": {rncp.VENTE: rncp.OPTION_B, rncp.COMMERCE: rncp.OPTION_A}})
    bridged = national.regrouped(frame, ["session", "diploma"]).where(diploma=[rncp.OPTION_A, rncp.OPTION_B])
    rates = rncp.official(rncp.rates(bridged, by=["session", "diploma"]))
    axes = axes_of(rncp.session_chart(rates, name="n", title="t"))
    spans = [(min(line.get_xdata()), max(line.get_xdata())) for line in axes.lines]
    assert not [span for span in spans if span[0] <= 2021 and span[1] >= 2022]
    assert sum(span == (2022, 2025) for span in spans) == 2
    assert [tuple(line.get_xdata()) for line in axes.lines if line.get_xdata()[0] == 2021.5] == [(2021.5, 2021.5)]
    assert any("Rupture de série 2022" in t.get_text() for t in axes.texts)
    assert "2021\nsession exceptionnelle" in [t.get_text() for t in axes.get_xticklabels()]


def test_a_session_that_is_missing_is_not_bridged_either() -> None:
    assert connected([2022, 2024, 2025]) == [[2022], [2024, 2025]]
    assert connected([2020, 2021, 2022]) == [[2020], [2021], [2022]]
    assert connected([2019, 2018]) == [[2018, 2019]]
    assert connected([]) == []


@pytest.mark.parametrize("kind", ["all passed", "none passed"])
def test_no_tick_outside_0_to_100_percent(kind: str) -> None:
    made = awkward_charts(kind)
    assert all(0 <= tick <= 1 for tick in axes_of(made["sessions"]).get_yticks())
    assert all(0 <= tick <= 1 for tick in axes_of(made["rates"]).get_xticks())


def test_full_points_are_beyond_chance_and_hollow_ones_are_not(national_charts: dict[str, Chart]) -> None:
    axes = axes_of(national_charts["academies"])
    full = {
        line.get_ydata()[0] for line in axes.lines if line.get_marker() == "o" and line.get_markerfacecolor() != "white"
    }
    names = [t.get_text().split(" (")[0] for t in axes.get_yticklabels()]
    data = national_charts["academies"].data
    assert len(full) == ((data["lower"] > 0) | (data["upper"] < 0)).sum() == 12
    assert {"Lyon", "Reims", "Corse", "Guyane", "Rennes"} <= {names[int(place)] for place in full}
    assert "Amiens" not in {names[int(place)] for place in full}


def test_flow_bars_have_the_length_of_their_counts(national_charts: dict[str, Chart]) -> None:
    axes = axes_of(national_charts["flow"])
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == [10490, 8794, 309, 431 - 309, 8794, 309]
    assert axes.get_xlim()[0] == 0


ARGUMENTS = {
    "name": "n", "caption": "c", "title": "t", "group": "a", "reference": "b", "session": 2025, "rows": "session",
    "columns": "diploma", "rules": rncp.regulation("40031214", 2025),
}  # fmt: skip


def shown(name: str) -> Callable[[object], object]:
    """A public chart or table as a function of the figures that it shows; where it wants two, of the same twice."""
    function = getattr(rncp, name)
    wanted = [p for p in inspect.signature(function).parameters.values() if p.default is p.empty]
    named = {p.name: ARGUMENTS[p.name] for p in wanted if p.kind is p.KEYWORD_ONLY}
    return lambda figures: function(*[figures] * (len(wanted) - len(named)), **named)


def takes_figures(name: str) -> bool:
    first = next(iter(inspect.signature(getattr(rncp, name)).parameters.values()), None)
    return first is not None and first.annotation == "Publishable"


# Every one of them, the next one too: those of the certification and of a reading take no figures.
PUBLIC = {name: shown(name) for name in rncp.__all__ if name.endswith(("_chart", "_table")) and takes_figures(name)}


def test_the_charts_and_tables_of_the_report_are_among_them() -> None:
    assert {"flow_chart", "academie_table", "unit_table", "mode_chart"} <= set(PUBLIC)
    assert not {"identity_table", "blocks_table"} & set(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_nothing_but_a_publishable_is_shown(published: OfficialResults, name: str) -> None:
    estimates = rncp.rates(published.national, by=["session"])
    for value in (estimates, estimates.frame, published.national, None):
        with pytest.raises(PublicationError, match="secret statistique") as caught:
            PUBLIC[name](value)
        assert type(value).__name__ in caught.value.where


@pytest.mark.parametrize("name", PUBLIC)
def test_figures_of_another_shape_are_refused_in_french(published: OfficialResults, name: str) -> None:
    """Never a KeyError: every function is given rates by sex and status, flows and gaps that aren't its own."""
    given = [
        rncp.rates(published.national, by=["sex"], statistic=["pass_rate", "presence_rate"]),
        rncp.flow(published.national, by=["sex", "session"]),
        rncp.gap_to_rest(published.national, dimension="sex", by=[]),
    ]
    refused = 0
    for estimates in given:
        try:
            PUBLIC[name](rncp.official(estimates))
        except CountsError as error:
            refused += 1
            assert error.expected and error.where and error.remedy
            assert "_" not in error.where
    assert refused >= 2


@pytest.mark.parametrize("name", [n for n in PUBLIC if n != "growth_table"])
def test_nothing_to_show_is_told(published: OfficialResults, name: str) -> None:
    nobody = published.national.where(session=1999)
    by = ["session", "regime"] if name == "regime_table" else ["session", "diploma"]
    counts = rncp.by_regime(nobody) if name == "regime_table" else nobody
    with pytest.raises(CountsError, match=r"aucun groupe|ne sont pas de ceux"):
        PUBLIC[name](rncp.official(rncp.rates(counts, by=by)))


def test_a_diploma_outside_the_family_is_told(published: OfficialResults) -> None:
    counts = published.national.regrouped(published.national.frame.assign(diploma="40025215"), ["session", "diploma"])
    with pytest.raises(CountsError, match="pas « 40025215 »"):
        rncp.session_chart(rncp.official(rncp.rates(counts, by=["session", "diploma"])), name="n", title="t")


def test_a_table_of_a_session_that_is_not_there(published: OfficialResults) -> None:
    gaps = rncp.official(rncp.gap_to_rest(published.academies.where(diploma=rncp.OPTION_B), dimension="academie"))
    with pytest.raises(CountsError, match="n'ont pas la session 2019") as caught:
        rncp.academie_table(gaps, session=2019, name="n", caption="c")
    assert "2022, 2023, 2024, 2025" in caught.value.expected


def test_figures_are_the_same_in_a_chart_and_in_its_table(
    published: OfficialResults, national_charts: dict[str, Chart], national_tables: dict[str, Table]
) -> None:
    made, drawn = national_tables["gap by status"], national_charts["statuses"]
    gaps = option_gap(published.national.where(session=2025), "candidate_status")
    assert made.data.drop(columns="Lecture").sort_index().equals(drawn.data)
    assert gaps.frame.equals(drawn.data)


def test_the_bundle_in_a_notebook_and_in_a_report(
    national_charts: dict[str, Chart], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RNCP_REPORT", raising=False)
    bundle, metadata = national_charts["flow"]._repr_mimebundle_()
    assert set(bundle) == {"image/png", "text/plain"}
    monkeypatch.setenv("RNCP_REPORT", "1")
    assert metadata == {"rncp": {"name": "flux"}}
    bundle, metadata = national_charts["flow"]._repr_mimebundle_()
    assert set(bundle) == {"image/png", "image/svg+xml", "text/plain", "text/csv"}
    assert metadata == {"rncp": {"name": "flux", "secrecy": {"V": 9}}}  # the nine numbers of the flow


@pytest.mark.parametrize("name", CHARTS)
def test_the_file_of_a_chart_is_that_of_a_table_and_holds_what_is_told(
    national_charts: dict[str, Chart], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RNCP_REPORT", "1")
    chart = national_charts[name]
    text = chart._repr_mimebundle_()[0]["text/csv"]
    assert text == Table("n", "c", (), (), chart.data, chart.notes).csv()
    pairs = [re.findall(r"(?:\d+ )?\d+(?= sur)|(?<=sur )\d+(?: \d{3})?", plain(line)) for line in chart.lines]
    told = {number.replace(" ", "") for pair in pairs for number in pair}
    assert told <= set(re.findall(r"\d+", text))
    assert told or name == "flow"


def test_the_test_told_under_a_chart_is_in_its_file_without_its_counts(published: OfficialResults) -> None:
    places = published.academies.where(session=2025, diploma=[rncp.OPTION_A, rncp.OPTION_B])
    sides = {"dimension": "diploma", "group": rncp.OPTION_B, "reference": rncp.OPTION_A}
    adjusted = rncp.official(rncp.adjusted_gap(places, **sides, strata=["academie"]))
    chart = rncp.gap_chart(
        rncp.official(rncp.rate_gap(places, **sides, by=["academie"])),
        adjusted=adjusted, group="l'option B", reference="l'option A", name="n", title="t",
    )  # fmt: skip
    rows = chart.data[chart.data["statistic"] == "breslow_day"]
    test = adjusted.frame[adjusted.frame["statistic"] == "breslow_day"]
    assert rows["p_value"].tolist() == test["p_value"].tolist()
    assert rows[["numerator", "denominator", "reference_numerator", "reference_denominator"]].isna().all(axis=None)
    assert len(chart.data) == len(chart.lines) + 1 and set(rows["academie"]) == {""}
