"""Whatever the bytes, an export is read or refused in French: no other exception, no line lost, nobody named."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rncp_analytics.cohort.export import Reading, read_export
from rncp_analytics.cohort.export_values import judge_mark, right_letter
from rncp_analytics.cohort.pseudonym import PUBLIC_KEY
from rncp_analytics.errors import InputError
from tests.unit.cohort import export_files as files
from tests.unit.cohort.export_files import people

_BITS = st.sampled_from(
    [b";", b",", b"\t", b'"', b"'", b"\r\n", b"\n", b"\r", b"\x00", b"\xff", b"\xc3", b"", b"\xef\xbb\xbf", b"21",
     b"-1",
     b"AB", b"U99", b"2019", b"2024", b"31212", b"'", b"=A1", b" -", b"12.5.3", b"\xe2\x80\xa8", b"\x85", b"9" * 30]
)  # fmt: skip
_MUTATIONS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 12), st.one_of(_BITS, st.binary(max_size=6))), max_size=12
)
_numbers = itertools.count()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exports")


@pytest.fixture(scope="module")
def shapes(folder: Path) -> dict[str, bytes]:
    persons = [p.with_marks(U31="AB", U32="14|CCF|2023", U12="09.50 /20.00") for p in people(4)]
    wide = files.wide_lines([p.with_marks(U32="14") for p in persons])
    beside = [";Décision;U12 contrôle;U33 nature;U33 session d'obtention", *[";Admis;13;CCF;2024"] * len(persons)]
    wide = [line + more for line, more in zip(wide, beside, strict=True)]
    made = {
        "list": files.write(folder / "a.csv", files.list_lines(persons)),
        "long": files.write(folder / "b.csv", files.long_lines(persons)),
        "wide": files.write(folder / "c.csv", wide, encoding="cp1252"),
        "xlsx": files.write_xlsx(folder / "d.xlsx", wide),
    }
    return {shape: path.read_bytes() for shape, path in made.items()}


def check(*paths: Path) -> Reading | None:
    """Read; hold that no line is lost, and that a refusal is complete and names nobody."""
    try:
        reading = read_export(paths, key=PUBLIC_KEY, stage="final")
    except InputError as error:
        assert error.expected and error.remedy
        assert "ZYGOMAR" not in str(error) and "20990" not in str(error)
        return None
    counts = reading.counts
    assert (counts["read"] == counts["accepted"] + counts["refused"]).all()
    refused = reading.quarantine.groupby("file")["line"].nunique()
    assert counts.set_index("file")["refused"].equals(refused.reindex(counts["file"], fill_value=0).rename("refused"))
    told = " ".join([*reading.findings, *reading.quarantine["reason"], *reading.quarantine["value"]])
    assert "ZYGOMAR" not in told and "20990" not in told
    if len(paths) == 1 and not reading.cohort.results().empty:  # what is accepted is in the cohort, line for line
        accepted = counts["accepted"].iloc[0]
        assert accepted in (len(reading.cohort.candidates), len(reading.cohort.results()))
    assert reading.cohort.candidates.groupby("session")["candidate"].nunique().sum() == len(reading.cohort.candidates)
    return reading


def mutated(content: bytes, mutations: list[tuple[float, int, bytes]]) -> bytes:
    for place, removed, added in mutations:
        at = int(place * len(content))
        content = content[:at] + added + content[at + removed :]
    return content


@given(content=st.binary(max_size=400))
@example(content=b"INE;Note\n;")
@example(content=b"\xef\xbb\xbfN\xc2\xb0 Candidat;INE;Sexe\n1;2;3")
def test_random_bytes(folder: Path, content: bytes) -> None:
    path = folder / f"{next(_numbers)}.csv"
    path.write_bytes(content)
    check(path)
    path.write_bytes(files.LONG.encode() + b"\r\n" + content)
    check(path)


@given(mutations=_MUTATIONS, shape=st.sampled_from(["list", "long", "wide"]))
def test_a_mutated_export(
    folder: Path, shapes: dict[str, bytes], mutations: list[tuple[float, int, bytes]], shape: str
) -> None:
    path = folder / f"{next(_numbers)}.csv"
    path.write_bytes(mutated(shapes[shape], mutations))
    if shape == "long":
        check(folder / "a.csv", path)
    elif shape == "list":
        check(path, folder / "b.csv")
    check(path)


@given(mutations=_MUTATIONS)
def test_a_mutated_workbook(folder: Path, shapes: dict[str, bytes], mutations: list[tuple[float, int, bytes]]) -> None:
    path = folder / f"{next(_numbers)}.xlsx"
    path.write_bytes(mutated(shapes["xlsx"], mutations))
    check(path)


@given(
    twentieths=st.integers(0, 400),
    comma=st.booleans(),
    zeros=st.integers(0, 2),
    of=st.sampled_from(["", " /20.00", "/20"]),
)
def test_every_mark_is_read_exactly(twentieths: int, comma: bool, zeros: int, of: str) -> None:
    text = f"{twentieths * 5 // 100}.{twentieths * 5 % 100:02}{'0' * zeros}{of}"
    assert judge_mark(text.replace(".", ",", 1) if comma else text) == (twentieths, "")


@given(text=st.text(max_size=12))
def test_a_text_is_a_mark_of_the_scale_or_is_refused(text: str) -> None:
    mark, reason = judge_mark(text)
    assert (mark is None) == bool(reason)
    assert mark is None or 0 <= mark <= 400


@given(number=st.integers(0, 9_999_999))
def test_one_letter_of_twenty_three_is_right(number: int) -> None:
    right = [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if right_letter(f"{number:07}{letter}")]
    assert len(right) == 1 and right[0] not in "IOQ"


@pytest.mark.parametrize("uai", ["0690001B", "0010001W"])
def test_letters_computed_by_hand(uai: str) -> None:
    # 690001 = 23 × 30000 + 1 → B, the second letter. 10001 = 23 × 434 + 19 → the twentieth of ABCDEFGHJKLMNPRSTUVWXYZ.
    assert right_letter(uai)
