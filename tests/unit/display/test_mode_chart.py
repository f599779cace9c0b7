"""CCF against ponctuel, school by school: which dots are full, and what the lines say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rncp_analytics.counts.tally import Tally, tally
from rncp_analytics.display.theme import ACCENT, SECOND
from rncp_analytics.display.unit_charts import mode_chart
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.paired import mode_gap, mode_gap_to_rest
from tests.rendering.test_text_boxes import faults
from tests.unit.cohort.cohorts import PONCTUEL, cohort, person
from tests.unit.display.test_unit_tables import DRAWN, internal, plain

MARKS = [220, 230, 240, 250, 260, 270] * 2


def school(code: str, gap: int, marks: list[int] = MARKS) -> list[dict[str, Any]]:
    """Candidates whose ponctuel marks are lower by ``gap`` twentieths, and by 0 to 11 more."""
    return [person(m, school=code, **dict.fromkeys(PONCTUEL, m - gap - i)) for i, m in enumerate(marks)]


@pytest.fixture(scope="module")
def counted() -> Tally:
    people = [*school("0690001B", 20), *school("0690002C", 20), *school("0690003D", 60), *school("0690004E", 20, [200])]
    return tally(cohort(people), by=["school"])


def test_word_for_word(counted: Tally) -> None:
    gaps, rest = internal(mode_gap(counted.modes, by=["school"])), internal(mode_gap_to_rest(counted.modes))
    chart = mode_chart(gaps, rest=rest, **DRAWN)
    # CCF: mean of the marks, 245/20; ponctuel: 1 or 3 points and 0 to 11 twentieths less: 10,975 and 8,975.
    told = [plain(line) for line in chart.lines]
    assert [line.split(" : ")[0] for line in told] == ["0690001B", "0690002C", "0690003D", "0690004E"]
    assert told[2].startswith(
        "0690003D : CCF 12,25, ponctuel 8,98 (12 candidats) ; écart +3,3 points (+3,2 à +3,4) ; comparé à l'écart des "
        "autres : +2,0 points ("
    )
    assert told[2].endswith("), au-delà du hasard.")
    assert told[3] == "0690004E : trop peu de candidats."
    assert plain(chart.notes.lecture) == f"dans l'établissement 0690001B, {told[0].split(' : ', 1)[1]}"
    assert "Sur 3 établissements comparés, le seul hasard en ferait ressortir 0,2 en moyenne." in plain(repr(chart))
    assert not faults(chart)


def test_full_dots_come_first_and_the_line_is_that_of_all_candidates() -> None:
    people = [*school("0690001B", 20), *school("0690002C", 20), *school("0690003D", 20), *school("0690009K", 60)]
    modes = tally(cohort(people), by=["school"]).modes
    alike = mode_gap_to_rest(modes.where(school=["0690001B", "0690002C"]))
    assert alike.frame["value"].abs().max() == 0
    chart = mode_chart(internal(mode_gap(modes, by=["school"])), rest=internal(mode_gap_to_rest(modes)), **DRAWN)
    axes = chart.figure().axes[0]
    x, y = (np.asarray(data) for data in axes.lines[1].get_data())
    assert (y - x).tolist() == pytest.approx([(3 * 1.275 + 3.275) / 4] * 2)
    dots = [dots for dots in axes.collections if len(dots.get_offsets())]
    assert [tuple(round(c, 3) for c in dot.get_offsets()[0]) for dot in dots].count((10.975, 12.25)) == 3
    full = [dot for dot in dots if len(dot.get_facecolor())]
    assert len(full) == len([line for line in chart.lines if "au-delà" in line])
    assert {dot.get_sizes()[0] for dot in dots} == {24}
    assert ACCENT != SECOND


def test_without_the_others_no_dot_is_full_and_nothing_is_concluded(counted: Tally) -> None:
    chart = mode_chart(internal(mode_gap(counted.modes, by=["school"])), **DRAWN)
    assert plain(chart.lines[0]) == (
        "0690001B : CCF 12,25, ponctuel 10,98 (12 candidats) ; écart +1,3 point (+1,2 à +1,4)."
    )
    axes = chart.figure().axes[0]
    assert not any(len(dots.get_facecolor()) for dots in axes.collections)
    assert "hasard" not in repr(chart)
    assert "plein" not in axes.get_ylabel()


def test_the_others_of_other_schools_are_refused(counted: Tally) -> None:
    gaps = internal(mode_gap(counted.modes, by=["school"]))
    other = counted.modes.where(school=["0690001B", "0690002C"])
    with pytest.raises(CountsError, match="mêmes établissements"):
        mode_chart(gaps, rest=internal(mode_gap_to_rest(other)), **DRAWN)
