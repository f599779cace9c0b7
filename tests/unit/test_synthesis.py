"""The synthetic cohort: published margins, labels, samples of exports, assumptions that all count."""

from __future__ import annotations

import csv
import io
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from rncp_analytics.cohort.cohort_store import load_cohort, save_cohort
from rncp_analytics.cohort.deliberation import deliberate
from rncp_analytics.cohort.model import Cohort
from rncp_analytics.cohort.store import read_dataset
from rncp_analytics.counts.official import OfficialResults, official_results
from rncp_analytics.errors import CountsError, InputError
from rncp_analytics.synthesis import (
    assumptions,
    open_cohort,
    sample,
    synthesise,
    values,
    write_exports,
    write_synthetic,
)
from rncp_analytics.synthesis.cells import published_cells
from rncp_analytics.synthesis.exports import FAULTS
from rncp_analytics.synthesis.people import uai
from tests.conftest import ROOT

OPTIONS = ["40031213", "40031214"]
RESULTS = ["registered", "present", "passed_first_group", "control_allowed", "passed_after_control", "passed",
           "refused"]  # fmt: skip
RAW = ROOT / "data" / "raw"
# Largest distance between a synthetic and a published mention share, of the admis of a diploma.
MENTION_DISTANCE = 0.05


@pytest.fixture(scope="module")
def results() -> OfficialResults:
    return official_results()


@pytest.fixture(scope="module")
def cohort(results: OfficialResults) -> Cohort:
    return synthesise(results, session=2025, seed=3)


@pytest.fixture(scope="module")
def cohort_2022(results: OfficialResults) -> Cohort:
    return synthesise(results, session=2022, seed=8)


def deliberated(cohort: Cohort) -> pd.DataFrame:
    """The candidates with what the deliberation of their marks gives."""
    people = cohort.candidates.drop(columns="candidate").rename(columns={"entry": "candidate"})
    found = deliberate(people, cohort.results().rename(columns={"entry": "candidate"})).candidates
    return people.join(found.drop(columns=[c for c in found if c in people]))


def counted(people: pd.DataFrame, *dimensions: str) -> pd.DataFrame:
    """Counts as the ministry defines them, straight from the outcomes."""
    final = people["final"].astype("str")
    first, after = final == "passed_first_group", final == "passed_after_control"
    flags = {
        "registered": True,
        "present": people["present"],
        "passed_first_group": first,
        "control_allowed": people["first_group"].astype("str") == "control_allowed",
        "passed_after_control": after,
        "passed": first | after,
        "refused": people["present"] & ~first & ~after,
    }
    return people[list(dimensions)].assign(**flags).groupby(list(dimensions))[RESULTS].sum().astype("int64")


def published(results: OfficialResults, session: int, *dimensions: str) -> pd.DataFrame:
    """The ministry's figures, from the published files themselves."""
    by_sex = "sex" in dimensions
    name = "national_by_route_and_sex.csv" if by_sex else "options_by_academie_and_route.csv"
    frame = pd.read_csv(RAW / name, dtype={"diploma": "str", "academie": "str"})
    frame = frame[(frame["session"] == session) & frame["diploma"].isin(OPTIONS)]
    frame = frame.replace({"FILLES": "F", "GARCONS": "M"}).assign(refused=frame["present"] - frame["passed"])
    summed = frame.groupby(list(dimensions))[RESULTS].sum()
    return summed[summed["registered"] > 0]


def test_every_published_cell_is_exact(results: OfficialResults, cohort: Cohort, cohort_2022: Cohort) -> None:
    for made in (cohort_2022, cohort):
        people = deliberated(made)
        session = int(people["session"].iloc[0])
        for dimensions in (("diploma", "candidate_status", "sex"), ("academie", "diploma", "candidate_status")):
            pd.testing.assert_frame_equal(
                counted(people, *dimensions), published(results, session, *dimensions), check_index_type=False
            )


def test_mention_shares_are_near_the_published_ones(cohort: Cohort, cohort_2022: Cohort) -> None:
    published_sums = pd.read_csv(RAW / "national_by_route_and_sex.csv", dtype={"diploma": "str"})
    published_sums["tb"] += published_sums["tb_felicitations"]
    for made in (cohort_2022, cohort):
        people = deliberated(made)
        admitted = people[people["mention"].notna()]
        ours = pd.crosstab(admitted["diploma"], admitted["mention"].astype("str"), normalize="index")
        here = published_sums[published_sums["session"] == int(people["session"].iloc[0])]
        sums = here.groupby("diploma").sum(numeric_only=True).loc[OPTIONS]
        for mention in ("tb", "b", "ab", "no_mention"):
            assert (ours[mention] - sums[mention] / sums["passed"]).abs().max() < MENTION_DISTANCE, mention


def test_it_is_synthetic_and_holds_marks_only(cohort: Cohort) -> None:
    assert cohort.origin == "synthetic"
    assert "synthétique" in cohort.source.title
    assert cohort.candidates[["jury_outcome", "jury_mention"]].isna().all(axis=None)
    assert cohort.candidates["candidate"].is_unique
    assert set(cohort.results()["state"]) == {
        "marked", "absent", "absent_justified", "exempt", "kept", "carried", "vae"
    }  # fmt: skip


def test_results_come_from_the_marks(cohort: Cohort) -> None:
    """Raise every mark of the refused: they are admitted, because nothing but their marks had refused them."""
    people = deliberated(cohort)
    refused = people.loc[people["final"].astype("str") == "refused_first_group", "candidate"]
    rows = cohort.results()
    rows.loc[rows["entry"].isin(refused) & rows["mark"].notna() & (rows["state"] == "marked"), "mark"] = 400
    again = deliberated(Cohort(cohort.candidates, rows, cohort.stage, cohort.origin, cohort.source))
    assert (again.loc[again["candidate"].isin(refused), "final"].astype("str") == "passed_first_group").mean() > 0.99


def test_who_is_not_present_has_no_mark_at_all(cohort: Cohort) -> None:
    people = deliberated(cohort)
    rows = cohort.results()
    absent = rows[rows["entry"].isin(people.loc[~people["present"], "candidate"])]
    assert set(absent["state"]) == {"absent"}
    assert absent["mark"].isna().all()


def test_marks_are_plausible(cohort: Cohort) -> None:
    rows = cohort.results()
    rows = rows[(rows["test"] == "first_group") & (rows["state"] == "marked")]
    assert (rows.loc[rows["mode"] == "ccf", "mark"] % 10 == 0).all()
    others = rows.loc[rows["mode"] == "ponctuel", "mark"]
    assert (others % 2 == 0).all()
    assert 0.6 < (others % 10 == 0).mean() < 0.9
    marks = rows.pivot(index="entry", columns="unit", values="mark").astype(float)
    links = marks[["U2", "U31", "U51", "U41", "U7"]].corr()
    assert links.min(axis=None) > 0.3
    ccf = rows[rows["mode"] == "ccf"].groupby("entry")["mark"].mean()
    ponctuel = rows[rows["mode"] == "ponctuel"].groupby("entry")["mark"].mean()
    assert 10 < (ccf - ponctuel).mean() < 60  # half a point to three points, easier units included


def test_schools_are_fictitious(cohort: Cohort) -> None:
    schools = cohort.candidates["school"].dropna().unique()
    assert len(schools) > 500
    assert all(9000 <= int(school[3:7]) <= 9999 for school in schools)
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
    assert all(school[7] == letters[int(school[:7]) % 23] for school in schools)
    assert uai("069", 1) == "0690001B"
    with_school = cohort.candidates.dropna(subset="school")
    assert with_school.groupby("school")["departement"].nunique().max() == 1
    assert with_school.groupby("school")["academie"].nunique().max() == 1
    assert with_school.groupby("school")["sector"].nunique().max() == 1
    assert set(cohort.candidates.loc[cohort.candidates["school"].isna(), "candidate_status"]) == {
        "INDIVIDUEL", "ENSEIGNEMENT A DISTANCE"
    }  # fmt: skip


def changed(value: Any) -> Any:
    """Another value of an assumption: smaller when it is large, larger when it is small."""
    if isinstance(value, dict):
        return {key: changed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [*value[1:], "099"]
    if isinstance(value, str):
        return value
    if value < 1:
        return value / 2 if value > 0.5 else value + 0.1
    return type(value)(value / 2)


@pytest.fixture(scope="module")
def as_assumed(results: OfficialResults) -> Cohort:
    return small(results)


def small(results: OfficialResults) -> Cohort:
    """Apprentices and adults of option B: in a small cohort, rare states are theirs."""
    statuses = ["APPRENTISSAGE", "FORMATION CONTINUE", "INDIVIDUEL", "ENSEIGNEMENT A DISTANCE"]
    national, academies = (
        c.where(candidate_status=statuses, diploma=OPTIONS[1]) for c in (results.national, results.academies)
    )
    return synthesise(replace(results, national=national, academies=academies), session=2024, seed=6, size=1000)


@pytest.mark.slow
@pytest.mark.parametrize("name", [a.name for a in assumptions()])
def test_every_assumption_counts(
    results: OfficialResults, as_assumed: Cohort, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    moved = tuple(a._replace(value=changed(a.value)) if a.name == name else a for a in assumptions())
    monkeypatch.setattr(values, "assumptions", lambda: moved)
    other = small(results)
    assert not (other.candidates.equals(as_assumed.candidates) and other.rows.equals(as_assumed.rows))


def test_every_assumption_says_what_it_is() -> None:
    assert all(a.says.endswith(".") and len(a.says) > 20 for a in assumptions())


def test_two_tables_that_disagree_are_refused(results: OfficialResults) -> None:
    frame = results.academies.frame.copy()
    line = frame.index[(frame["session"] == 2025) & (frame["diploma"] == "40031214")][0]
    frame.loc[line, "registered"] += 1
    academies = replace(results.academies, frame=frame)
    with pytest.raises(CountsError, match="par sexe et par académie"):
        published_cells(replace(results, academies=academies), 2025)


@pytest.mark.parametrize("size", [0, -5])
def test_an_empty_cohort_is_refused(results: OfficialResults, size: int) -> None:
    with pytest.raises(InputError, match="ne peut pas être faite"):
        synthesise(results, session=2025, seed=1, size=size)


def test_a_session_without_the_diploma_is_refused(results: OfficialResults) -> None:
    with pytest.raises(CountsError, match="2021"):
        synthesise(results, session=2021, seed=1)


def test_it_is_written_with_its_label_and_its_assumptions(tmp_path: Path) -> None:
    told: list[str] = []
    folder = write_synthetic(tmp_path / "cohort", session=2023, size=60, seed=2, tell=told.append)
    tables, about = read_dataset(folder)
    assert (about["origin"], about["stage"], len(tables["candidates"])) == ("synthetic", "final", 60)
    assert [a["name"] for a in about["assumptions"]] == [a.name for a in assumptions()]
    assert any("synthétique" in sentence for sentence in told)


def test_it_opens_as_any_cohort_and_replaces_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(RAW, tmp_path / "raw")
    monkeypatch.setenv("RNCP_DATA", str(tmp_path))
    for seed in (2, 3):  # the second one takes the place of the first
        assert write_synthetic(None, session=2023, size=60, seed=seed).name == "synthetic-2023"
    made = synthesise(official_results(), session=2023, size=60, seed=3)
    opened = open_cohort("synthetic-2023")
    assert opened.candidates.equals(made.candidates) and opened.rows.equals(made.rows)
    assert (opened.origin, opened.stage, opened.source) == ("synthetic", "final", made.source)
    real = Cohort(made.candidates, made.rows, "final", "candidates", made.source)
    save_cohort(real, tmp_path / "mine")
    with pytest.raises(InputError, match="pas synthétiques"):
        write_synthetic(tmp_path / "mine", session=2023, size=60)
    assert load_cohort(str(tmp_path / "mine")).origin == "candidates"


def test_the_committed_exports_are_those_of_the_generator(cohort: Cohort, tmp_path: Path) -> None:
    faults = write_exports(sample(cohort, academie="14"), tmp_path)
    assert faults == FAULTS
    committed = RAW / "synthetic"
    assert {p.name for p in tmp_path.iterdir()} == {p.name for p in committed.iterdir()} - {"README.md"}
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (committed / path.name).read_bytes(), path.name
    told = (committed / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}` |" in told for name in FAULTS)
    assert sum(p.stat().st_size for p in committed.iterdir()) < 200_000


def test_the_exports_have_the_shapes_of_the_services() -> None:
    raw = (RAW / "synthetic" / "liste_candidats_1.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf2025;")
    assert raw.count(b"\r\n") == raw.count(b"\n")
    lines = raw.decode("utf-8-sig").split("\r\n")
    assert [line.count(";") for line in lines[:-1]] == [14] * (len(lines) - 1)
    assert lines[8].split(";").count("Division de classe") == 2
    assert re.fullmatch(r"'TMCV[AB]\d'", lines[9].split(";")[0])
    long = (RAW / "synthetic" / "notes_long.csv").read_bytes().decode("cp1252")
    notes = {row[5] for row in csv.reader(io.StringIO(long), delimiter=";")}
    assert {"AB", "ABJ", "DI", "VA"} <= notes
    assert any(re.fullmatch(r"BE \d{1,2},\d\d", note) for note in notes)
    wide = list(csv.reader(io.StringIO((RAW / "synthetic" / "notes_large.csv").read_text(encoding="utf-8"))))
    assert {len(row) for row in wide} == {27}
