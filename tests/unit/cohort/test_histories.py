"""Candidates followed by hand, session after session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest

from rncp_analytics.cohort.histories import Histories, histories
from rncp_analytics.errors import CountsError
from tests.unit.cohort.careers import FAIL, PASS, YEARS, followed, others
from tests.unit.cohort.cohorts import UNITS


def path(found: Histories, who: int = 0) -> list[tuple[int, int, bool, str]]:
    own = found.sessions[found.sessions["candidate"] == f"{who:020x}"]
    return list(own[["session", "rank", "seen", "event"]].itertuples(index=False, name=None))


def test_a_diploma_ends_the_history() -> None:
    found = histories(followed([{"session": 2024, **PASS}, {"session": 2025, **PASS}]))
    assert path(found) == [(2024, 1, True, "diploma")]
    assert found.acquired.empty


def test_the_data_end_with_their_last_session_even_if_nobody_new_is_in_it() -> None:
    graduate = [{"session": 2024, **PASS}, {"session": 2025, **PASS}]
    assert path(histories(followed([{"session": 2024, **FAIL, "U31": 240}], graduate)))[-1] == (
        2025,
        2,
        False,
        "censored",
    )


def test_a_session_without_the_candidate_counts() -> None:
    career = [{"session": 2023, **FAIL}, {"session": 2025, **PASS}]
    assert path(histories(followed(career, *others(2024)))) == [
        (2023, 1, True, "going"), (2024, 2, False, "going"), (2025, 3, True, "diploma"),
    ]  # fmt: skip


def test_without_the_diploma_at_the_end_of_the_data_the_history_is_open() -> None:
    found = histories(followed([{"session": 2024, **FAIL}, {"session": 2025, **FAIL}]))
    assert path(found) == [(2024, 1, True, "going"), (2025, 2, True, "censored")]


def test_nothing_acquired_and_not_seen_again_is_an_exit() -> None:
    found = histories(followed([{"session": 2023, **FAIL}], *others(2024, 2025)))
    assert path(found) == [(2023, 1, True, "exit")]


@pytest.mark.parametrize("held", [240, ("kept", 240, 2022)])
def test_with_a_mark_to_use_the_exit_comes_with_its_last_session(held: Any) -> None:
    end = 2023 + YEARS if held == 240 else 2022 + YEARS
    career = [{"session": 2023, **FAIL, "U31": held}]
    first = 1 if held == 240 else 2
    for last in (end - 1, end, end + 1):
        ended = path(histories(followed(career, *others(*range(2024, last + 1)))))[-1]
        assert ended[3] == ("censored" if last < end else "exit")
        assert ended[:2] == (min(last, end), min(last, end) - 2023 + first)


def test_a_carried_mark_can_be_used_too_and_vae_has_no_end() -> None:
    carried = [{"session": 2023, **FAIL, "exam_form": "progressive", "U31": ("carried", 160, 2022)}]
    vae = [{"session": 2023, **FAIL, "U31": "vae"}]
    found = histories(followed(carried, vae, *others(*range(2024, 2032))))
    assert path(found)[-1][0] == 2022 + YEARS
    assert path(found, 1)[-1][3] == "censored"


def test_a_chosen_number_of_absences_makes_the_exit() -> None:
    data = followed([{"session": 2023, **FAIL, "U31": 240}], *others(2024, 2025))
    assert path(histories(data, exit_after=2))[-1] == (2025, 3, False, "exit")
    assert path(histories(data, exit_after=1))[-1] == (2024, 2, False, "exit")
    assert path(histories(data, exit_after=3))[-1] == (2025, 3, False, "censored")
    with pytest.raises(CountsError, match="absence"):
        histories(data, exit_after=0)


def test_late_entry_is_read_in_kept_and_carried_marks() -> None:
    kept = [{"session": 2024, **PASS, "U31": ("kept", 200, 2022)}]
    later = [{"session": 2023, **FAIL}, {"session": 2024, **PASS, "U31": ("kept", 200, 2022)}]
    found = histories(followed(kept, later))
    assert path(found) == [(2024, 3, True, "diploma")]
    assert path(found, 1) == [(2023, 2, True, "going"), (2024, 3, True, "diploma")]
    vae = [{"session": 2024, **PASS, "U31": ("vae", None, 2020)}]  # no session of this exam
    assert path(histories(followed(vae))) == [(2024, 1, True, "diploma")]


def test_a_repeater_whose_first_session_is_unknown_has_no_rank() -> None:
    unknown = [{"session": 2024, **PASS, "repeater": "yes"}]
    known = [{"session": 2024, **PASS, "repeater": "yes", "U31": ("kept", 200, 2023)}]
    found = histories(followed(unknown, known)).sessions
    assert found["rank"].isna().tolist() == [True, False]
    assert found["rank"].tolist()[1] == 2


def test_the_jury_stands_and_the_stage_is_that_of_the_cohort() -> None:
    repeche = followed([{"session": 2025, "mark": 198, "jury_outcome": "passed_first_group"}])
    assert path(histories(repeche))[-1][3] == "diploma"
    allowed = [{"session": 2025, "mark": 160, "U31": 260, "U2": 260, "control": {"U12": 400, "U51": 400}}]
    assert path(histories(followed(allowed)))[-1][3] == "diploma"
    assert path(histories(followed(allowed, stage="first_group")))[-1][3] == "censored"


def test_another_option_is_another_history() -> None:
    found = histories(followed([{"session": 2024, **FAIL}, {"session": 2025, **PASS, "diploma": "40031213"}]))
    frame = found.sessions[["diploma", "session", "rank", "event"]]
    assert frame.to_numpy().tolist() == [["40031213", 2025, 1, "diploma"], ["40031214", 2024, 1, "censored"]]


def acquired(*career: Mapping[str, Any]) -> pd.DataFrame:
    return histories(followed(career, *others(2024, 2025))).acquired.set_index("unit")


def test_what_is_acquired_and_until_when() -> None:
    first = {"session": 2024, **FAIL, "exam_form": "progressive", "U31": 240, "U32": 200, "U33": "vae", "U6": "exempt"}
    second = {**first, "session": 2025, "U31": ("kept", 240, 2024), "U32": 190, "U34": 200}
    found = acquired(first, second)
    assert found["acquired"].dropna().to_dict() == {
        "U31": "acquired_kept", "U33": "acquired_vae", "U34": "acquired_by_mark",
    }  # fmt: skip
    assert found["until"].dropna().to_dict() == {"U31": 2024 + YEARS, "U34": 2025 + YEARS}
    assert "U6" not in found.index
    assert set(found.index) == set(UNITS) - {"U6"}


@pytest.mark.parametrize("state", ["absent", "absent_justified", "not_presented"])
def test_only_another_result_takes_a_mark_back(state: str) -> None:
    found = acquired({"session": 2024, **FAIL, "U31": 240}, {"session": 2025, **FAIL, "U31": state})
    assert found.loc["U31", "until"] == 2024 + YEARS


def test_a_kept_mark_without_its_session_is_acquired_until_nobody_knows() -> None:
    found = acquired({"session": 2024, **FAIL, "U31": ("kept", 240, None), "PROJET": 300})
    assert found.loc["U31", "acquired"] == "acquired_kept"
    assert pd.isna(found.loc["U31", "until"])
    assert "PROJET" not in found.index


def test_the_row_that_carries_the_dimensions_is_the_first_one_seen() -> None:
    data = followed([{"session": 2025, **PASS, "sex": "M"}, {"session": 2024, **FAIL, "sex": "F"}])
    entry = histories(data).sessions["entry"].unique()
    assert data.candidates.set_index("entry").loc[entry, "sex"].tolist() == ["F"]


def test_a_missing_session_and_a_candidate_twice_are_refused() -> None:
    with pytest.raises(CountsError, match="manque une session") as caught:
        histories(followed(*others(2022, 2024)))
    assert "2023" in str(caught.value)
    with pytest.raises(CountsError, match="plusieurs lignes"):
        histories(followed([{"session": 2024}, {"session": 2024}]))
