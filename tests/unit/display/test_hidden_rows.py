"""Any row may be hidden alone: each chart and table says so in a word, and the figures of the others stay the same."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np
import pytest

import rncp_analytics as rncp
from rncp_analytics.cohort.provenance import ImportRecord
from rncp_analytics.display.figure import Chart
from rncp_analytics.display.fold import Folds
from rncp_analytics.display.table import Table
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.secrecy import Publication, Publishable, suppress
from tests.rendering.test_text_boxes import faults
from tests.unit.display.examples import offences
from tests.unit.display.hidden_rows import CASES, Shown, outcomes
from tests.unit.display.test_charts import PUBLIC

# Figures of files or of profiles, which no profile hides.
NEVER_HIDDEN = {"secrecy_table"}


def hide(estimates: Estimates, rows: Sequence[int]) -> Publishable:
    """The figures with these rows hidden and no other, as a profile of diffusion leaves them."""
    shown = suppress(estimates, profile="usage_interne")
    frame = shown.frame
    figures = [c for c in frame.select_dtypes("number") if c not in (*shown.by, "confidence")]
    frame[figures] = frame[figures].astype(float)
    places = frame.index[list(rows)]
    frame.loc[places, figures] = np.nan
    frame.loc[places, ["reason", "secrecy"]] = ["secret", "D"]
    return shown


def made(name: str, hidden: set[int]) -> Shown:
    """The chart or table with rows hidden, numbered through all the figures that it is given."""
    given, first = [], 0
    for estimates in CASES[name].figures():
        last = first + len(estimates.frame)
        given.append(hide(estimates, [row - first for row in hidden if first <= row < last]))
        first = last
    return CASES[name].show(*given)


def size(name: str) -> int:
    return sum(len(estimates.frame) for estimates in CASES[name].figures())


def subsets(name: str) -> list[set[int]]:
    """Some rows at random, a few then many, and all of them."""
    rng, rows = np.random.default_rng(zlib.crc32(name.encode())), size(name)
    return [*(set(np.flatnonzero(rng.random(rows) < share).tolist()) for share in (0.1, 0.3, 0.7)), set(range(rows))]


def missing_values(shown: Shown) -> list[str]:
    """NaN and the like in the page of a table and in its file."""
    if not isinstance(shown, Table):
        return []
    return re.findall(r"\b(?:nan|NaN|None|NaT|inf)\b", shown._repr_mimebundle_()[0]["text/html"] + shown.csv())


def told(shown: Shown) -> dict[tuple[str, ...], Sequence[str]]:
    """What is said of each thing, by its name: the cells of a table, the sentences of a chart."""
    if isinstance(shown, Table):
        heads = [column.header for column in shown.columns]
        return {
            tuple(str(cell) for cell, head in zip(row, heads, strict=True) if head): list(map(str, row))
            for row in shown.rows
        }
    lines = shown.lines if isinstance(shown, Chart) else [line for fold in shown.folds for line in fold.lines]
    return {(line.split("\u00a0:")[0],): [line] for line in lines}


def is_masked(cell: str, before: str) -> bool:
    """Whether a cell tells less than it did: a word for what is hidden, and no number that wasn't there."""
    less = "masqu" in cell or cell in ("–", "") or before.startswith(cell.removesuffix("."))
    return less and set(re.findall(r"\d[\d,\u202f]*", cell)) <= set(re.findall(r"\d[\d,\u202f]*", before))


def test_every_chart_and_table_of_figures_is_here() -> None:
    assert {name.split(",")[0] for name in CASES} >= set(PUBLIC) - NEVER_HIDDEN


def check(name: str, hidings: Sequence[set[int]]) -> None:
    """A hidden figure is a word, the others are as they were, and the example to read is one of them."""
    whole = told(made(name, set()))
    for hidden in hidings:
        shown = made(name, hidden)
        assert not offences(repr(shown)) + missing_values(shown), hidden
        for thing, cells in told(shown).items():
            for cell, before in zip(cells, whole.get(thing, cells), strict=True):
                assert cell == before or is_masked(cell, before), (hidden, cell, before)
        if len(hidden) == 1 and not isinstance(shown, Folds):
            assert "masqués par le secret" not in shown.notes.lecture, hidden


@pytest.mark.parametrize("name", CASES)
def test_some_rows_hidden(name: str) -> None:
    check(name, subsets(name))


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_each_row_hidden_alone(name: str) -> None:
    check(name, [{row} for row in range(size(name))])


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in CASES if name.split(",")[0].endswith("_chart")])
def test_a_picture_with_hidden_rows_is_drawn_and_legible(name: str) -> None:
    for hidden in subsets(name)[1:]:
        chart = made(name, hidden)
        assert isinstance(chart, Chart)
        assert not faults(chart), hidden


@pytest.mark.parametrize("seed", range(3))
def test_the_first_page_of_a_cohort_with_hidden_rows(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng, publication = np.random.default_rng(seed), Publication("usage_interne")

    def some_hidden(estimates: Estimates) -> Publishable:
        return hide(estimates, np.flatnonzero(rng.random(len(estimates.frame)) < 0.4).tolist())

    monkeypatch.setattr(publication, "suppress", some_hidden)
    page = rncp.cohort_overview(outcomes(), reading=ImportRecord(), session=2025, publication=publication)
    assert not offences(repr(page))
    assert "masqué" in repr(page)
