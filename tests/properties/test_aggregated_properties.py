"""Whatever the bytes, a file of means is read or refused in French: no other exception, no line lost."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rncp_analytics.counts.aggregated import COLUMNS, is_aggregated, read_aggregated
from rncp_analytics.counts.tally import tally
from rncp_analytics.errors import InputError
from tests.unit.cohort.cohorts import random_cohort
from tests.unit.cohort.export_files import write, write_xlsx
from tests.unit.counts.aggregated_files import TITLES, lines_of

_BITS = st.sampled_from(
    [b";", b",", b"\t", b'"', b"'", b"\r\n", b"\n", b"\x00", b"\xff", b"\xc3", b"", b"\xef\xbb\xbf", b"21", b"-1", b"0",
     b"U99", b"2019", b"31212", b"0690009Z", b" -", b"12.5.3", b"9,999999999999", b"<5", b"1e3", b"\xe2\x89\xa5",
     b"\xc2\xb2", b"\xd9\xa3", b"9" * 30]
)  # fmt: skip
_MUTATIONS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 12), st.one_of(_BITS, st.binary(max_size=6))), max_size=12
)
_ENDINGS = {"utf-8": ".csv", "utf-8-sig": ".csv", "cp1252": ".csv", "tab": ".csv", "comma": ".csv", "xlsx": ".xlsx"}
_numbers = itertools.count()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("means")


@pytest.fixture(scope="module")
def shapes(folder: Path) -> dict[str, bytes]:
    found = lines_of(tally(random_cohort(24), by=["session", "diploma", "option", "school"]).units)
    lines = [TITLES.replace("≥", ">="), *found[1:30]]
    made = {
        **{name: write(folder / name, lines, encoding=name) for name in ("utf-8", "utf-8-sig", "cp1252")},
        "tab": write(folder / "tab", lines, separator="\t"),
        "comma": write(folder / "comma", lines, separator=","),
        "xlsx": write_xlsx(folder / "xlsx", lines),
    }
    return {shape: path.read_bytes() for shape, path in made.items()}


def check(path: Path) -> int:
    """Read; hold that no line is lost and that what is accepted can be marks. How many lines are accepted."""
    is_aggregated(path)
    try:
        made = read_aggregated(path, stage="final")
    except InputError as error:
        assert error.expected
        assert error.remedy
        return 0
    assert made.read == made.accepted + made.refused
    assert made.refused == made.quarantine["line"].nunique()
    assert made.accepted == len(made.counts.frame)
    n, total, k = (made.counts.frame[name] for name in COLUMNS)
    assert (k <= n).all()
    assert (total >= 200 * k).all()
    assert (total <= 400 * k + 199 * (n - k)).all()
    return made.accepted


@given(mutations=_MUTATIONS, shape=st.sampled_from(list(_ENDINGS)))
@example(mutations=[], shape="xlsx")
@example(mutations=[(1.0, 0, b"2025;0690001B;31214;U2;CCF;\xc2\xb2;9,44;\xd9\xa3")], shape="utf-8")
def test_a_mutated_file(
    folder: Path, shapes: dict[str, bytes], mutations: list[tuple[float, int, bytes]], shape: str
) -> None:
    content = shapes[shape]
    for place, removed, added in mutations:
        at = int(place * len(content))
        content = content[:at] + added + content[at + removed :]
    path = folder / f"{next(_numbers)}{_ENDINGS[shape]}"
    path.write_bytes(content)
    accepted = check(path)
    assert mutations or accepted == 29


@given(content=st.binary(max_size=400))
@example(content=b"2025;0690001B;31214;U2;CCF;12;9,44")
@example(content=b"")
def test_random_bytes(folder: Path, content: bytes) -> None:
    path = folder / f"{next(_numbers)}.csv"
    path.write_bytes(content)
    check(path)
    path.write_bytes(f"{TITLES}\r\n".encode() + content)
    check(path)


@settings(max_examples=8)  # a deliberation each time
@given(seed=st.integers(0, 99), n=st.integers(1, 60))
def test_marks_of_at_least_ten_are_counted_one_by_one(seed: int, n: int) -> None:
    cohort = random_cohort(n, seed=seed)
    rows = cohort.results().query("test == 'first_group' and state == 'marked'")
    units = tally(cohort, by=[]).units.by("unit").frame.set_index("unit")
    slowly = rows.groupby("unit")["mark"].agg(lambda marks: int(np.sum(marks >= 200)))
    assert units.loc[slowly.index, "at_least_10"].tolist() == slowly.tolist()
