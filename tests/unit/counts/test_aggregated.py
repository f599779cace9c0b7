"""Files of means: what is read, what is refused and why, and the same figures as from the candidates themselves."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rncp_analytics.cli import main
from rncp_analytics.cohort.cohort_store import load_cohort
from rncp_analytics.cohort.export_whole import CUT
from rncp_analytics.cohort.profile import Profile, read_profile
from rncp_analytics.counts.aggregated import COLUMNS, DIMENSIONS, Aggregated, is_aggregated, read_aggregated
from rncp_analytics.counts.aggregated_store import load_unit_counts
from rncp_analytics.counts.tally import tally
from rncp_analytics.errors import DataNotFoundError, InputError
from rncp_analytics.measures.marks import unit_marks
from rncp_analytics.measures.rates import rates
from tests.conftest import ROOT
from tests.unit.cohort.cohorts import random_cohort
from tests.unit.cohort.export_files import write, write_xlsx
from tests.unit.counts.aggregated_files import GOOD, TITLES, line, lines_of, uai

SAMPLES = ROOT / "data" / "raw" / "synthetic"


def read(folder: Path, *lines: str, titles: str = TITLES, **options: object) -> Aggregated:
    return read_aggregated(write(folder / "f.csv", [titles, *lines]), stage="final", **options)  # type: ignore[arg-type]


def row(made: Aggregated, at: int = 0) -> dict[str, object]:
    return made.counts.frame.iloc[at].to_dict()


def test_the_sample_is_read_but_its_planted_fault() -> None:
    made = read_aggregated(SAMPLES / "etablissements_epreuves.csv", stage="final")
    assert (made.read, made.accepted, made.refused) == (61, 60, 1)
    assert made.quarantine.to_numpy().tolist() == [
        ["etablissements_epreuves.csv", 3, "Effectif ≥ 10", "13", "plus de notes d'au moins 10 que de notés"]
    ]
    assert tuple(made.counts.frame.columns) == (*DIMENSIONS, *COLUMNS)
    # Its second line of figures, by hand: 12 marks, mean 11,38: 12 × 11,38 × 20 = 2731,2 twentieths.
    assert row(made) == {
        "session": 2025, "diploma": "40031213", "option": "A", "academie": "unknown", "departement": "022",
        "school": "0229002R", "unit": "U31", "mode": "ccf", "marked": 12, "marks_sum": 2731, "at_least_10": 11,
    }  # fmt: skip
    assert (made.counts.origin, made.counts.scope.stage) == ("synthetic", "final")
    assert any("« Moyenne » lue comme moyenne" in finding for finding in made.findings)
    assert made.findings[-1].endswith("une moyenne calculée ici est juste à moins de 0,01 point")


@pytest.mark.parametrize(
    ("wrong", "column", "reason"),
    [
        ("2025;0690001B;31214;U2;CCF;12;11,38;13", "Effectif ≥ 10", "plus de notes"),
        ("2025;0690001B;31214;U2;CCF;12;20,01;9", "Moyenne", "moyenne de 0 à 20"),
        ("2025;0690001B;31214;U2;CCF;12;-1;9", "Moyenne", "moyenne de 0 à 20"),
        ("2025;0690001B;31214;U2;CCF;12;11.3.8;9", "Moyenne", "moyenne de 0 à 20"),
        ("2025;0690001B;31214;U2;CCF;1;9,43;0", "Moyenne", "vingtième de point"),
        ("2025;0690001B;31214;U2;CCF;12;;9", "Moyenne", "la cellule est vide"),
        ("2025;0690001B;31214;U2;CCF;0;10;0", "Moyenne", "aucun noté"),
        ("2025;0690001B;31214;U2;CCF;12;7,49;9", "Moyenne", "impossible"),  # 9 marks of 10 alone give 7,50
        ("2025;0690001B;31214;U2;CCF;-12;11,38;9", "Notés", "effectif entier"),
        ("2025;0690001B;31214;U2;CCF;12,5;11,38;9", "Notés", "effectif entier"),
        ("2025;0690001B;31214;U2;CCF;;11,38;9", "Notés", "la cellule est vide"),
        ("2025;0690001B;31214;U2;CCF;12;11,38;<5", "Effectif ≥ 10", "effectif entier"),
        ("2025;0690001B;31214;U99;CCF;12;11,38;9", "Unité", "une unité du diplôme"),
        ("2025;0690001B;31212;U2;CCF;12;11,38;9", "Code Spécialité", "autre diplôme"),
        ("2021;0690001B;31214;U2;CCF;12;11,38;9", "Session", "session de 2022"),
        ("2025;069001B;31214;U2;CCF;12;11,38;9", "UAI", "7 chiffres et une lettre"),
        ("2025;0690001B;31214;U2;CCF;12;11,38", "ligne", "7 cellules au lieu de 8"),
        (GOOD, "ligne", "avec les mêmes chiffres, à la ligne 2"),
    ],
)
def test_a_refused_line_says_where_and_why(tmp_path: Path, wrong: str, column: str, reason: str) -> None:
    made = read(tmp_path, GOOD, wrong, line(10, "10", 5, unit="U6"))
    assert (made.read, made.accepted, made.refused) == (3, 2, 1)
    assert made.counts.frame["unit"].tolist() == ["U31", "U6"]
    (found,) = made.quarantine.to_dict("records")
    assert (found["line"], found["column"]) == (3, column)
    assert reason in found["reason"]


def test_two_lines_that_disagree_are_both_refused(tmp_path: Path) -> None:
    other = GOOD.replace("11,38", "11,39")
    made = read(tmp_path, GOOD, GOOD.replace("CCF", "Ponctuel"), other, other, GOOD.replace("2025", "2024"))
    assert made.quarantine["line"].tolist() == [2, 4, 5]
    assert [reason.rpartition(" ")[2] for reason in made.quarantine["reason"]] == ["5", "2", "2"]
    assert made.counts.frame[["session", "mode"]].to_numpy().tolist() == [[2025, "ponctuel"], [2024, "ccf"]]


def test_what_is_odd_but_read_is_told(tmp_path: Path) -> None:
    made = read(tmp_path, GOOD.replace("0690001B", "0690001C"), GOOD.replace("CCF", "Mixte"))
    assert made.counts.frame["school"].tolist() == ["0690001C", "0690001B"]
    assert made.counts.frame["mode"].tolist() == ["ccf", "unknown"]
    told = " ".join(made.findings)
    assert "1 UAI dont la lettre" in told
    assert "« Nature » non reconnue(s)" in told
    nobody = read(tmp_path, "2025;0690001B;31214;U2;CCF;0;-;0")
    assert [row(nobody)[name] for name in COLUMNS] == [0, 0, 0]


@pytest.mark.parametrize(("n", "k"), [(1, 0), (1, 1), (3, 1), (4, 4), (7, 0), (30, 11)])
def test_a_mean_is_accepted_where_some_marks_have_it(tmp_path: Path, n: int, k: int) -> None:
    """Every mean of two decimals, against every sum that n marks of which k reach 10 can have."""
    means = [f"{h // 100},{h % 100:02}" for h in range(2001)]
    made = read(tmp_path, *(line(n, m, k, school=uai(10_000 + i)) for i, m in enumerate(means)))
    sums = range(200 * k, 400 * k + 199 * (n - k) + 1)  # k marks of 200 to 400 twentieths, the others of 0 to 199
    # A sum of s twentieths is a mean of 5 s / n hundredths, printed as a whole number of them at most a half away.
    wanted = {h for s in sums for h in (5 * s // n, 5 * s // n + 1) if 2 * abs(5 * s - n * h) <= n and h <= 2000}
    assert {int(str(school)[:7]) - 10_000 for school in made.counts.frame["school"]} == wanted
    for school, total in zip(made.counts.frame["school"], made.counts.frame["marks_sum"], strict=True):
        printed = Fraction(int(school[:7]) - 10_000, 100)
        assert total in sums
        assert abs(Fraction(total, 20 * n) - printed) <= Fraction(1, 200)


def test_the_sum_is_that_of_the_marks_within_the_last_decimal(tmp_path: Path) -> None:
    cases = [(n, total) for n in (1, 2, 4, 5, 9, 31) for total in range(0, 199 * n + 1, 1 + n // 3)]
    lines = [line(n, f"{float(Fraction(t, 20 * n)):.2f}", 0, school=uai(i)) for i, (n, t) in enumerate(cases, 1)]
    made = read(tmp_path, *lines)
    assert made.refused == 0
    for (n, total), found in zip(cases, made.counts.frame["marks_sum"], strict=True):
        assert abs(Fraction(int(found) - total, 20 * n)) < Fraction(1, 100)
        assert n > 4 or found == total  # few marks: two sums never have the same mean


@pytest.mark.parametrize(("printed", "total"), [("11", 220), ("11,5", 230), ("11,50", 230), ("11.45/20", 229)])
def test_decimals_of_a_mean(tmp_path: Path, printed: str, total: int) -> None:
    assert row(read(tmp_path, line(1, printed, 1)))["marks_sum"] == total


def test_fewer_decimals_are_those_of_the_file(tmp_path: Path) -> None:
    """One mark of 10 among 12 gives 0,83 at least: 0,8 is that mean in a file of one decimal, not in one of two."""
    low, usual, fine = line(12, "0,8", 1), line(3, "12,13", 3, unit="U2"), line(13, "11,384615", 9, unit="U6")
    assert row(read(tmp_path, low))["marks_sum"] == 200
    made = read(tmp_path, low, usual)
    assert made.quarantine["line"].tolist() == [2]
    # 12,13 stands for 728 / 60 = 12,1333 even where another line has six decimals.
    assert read(tmp_path, usual, fine).counts.frame["marks_sum"].tolist() == [728, 2960]


def test_a_workbook_gives_all_its_decimals(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "f.xlsx", [TITLES, line(13, "11.384615384615385", 9), line(12, "12.5", 9, unit="U2")])
    made = read_aggregated(path, stage="final")
    assert made.counts.frame["marks_sum"].tolist() == [2960, 3000]  # 13 × 20 × 11,3846… = 2960 exactly


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_encodings_and_separators(tmp_path: Path, encoding: str, separator: str) -> None:
    titles = TITLES.replace("≥", ">=")  # Windows-1252 has no ≥
    lines = [titles, GOOD, line(3, "9.5", 1, unit="U2")]
    path = write(tmp_path / "f.csv", lines, encoding=encoding, separator=separator)
    assert is_aggregated(path)
    made = read_aggregated(path, stage="final")
    assert made.counts.frame["marks_sum"].tolist() == [2731, 570]


def test_what_the_lines_do_not_say_comes_from_the_profile_or_the_free_lines(tmp_path: Path) -> None:
    short = "Unité;Nature;Notés;Moyenne;Effectif ≥ 10"
    free = ["2025;;;", "LYC TEST – VILLEFICTIVE (0690001B);;;", "Données synthétiques, identités fictives;;;"]
    path = write(tmp_path / "f.csv", [*free, short, "U31;CCF;12;11,38;9"])
    with pytest.raises(InputError, match=r"Il manque 1 colonne\(s\) : diplôme"):
        read_aggregated(path, stage="final")
    columns = {"unit": ("Unité",), "marked": ("Notés",), "mean": ("Moyenne",), "at_least_10": ("Effectif ≥ 10",)}
    profile = Profile(columns, defaults={"diploma": "31214", "academie": "Lyon"})
    made = read_aggregated(path, profile=profile, stage="first_group")
    assert made.counts.origin == "synthetic"
    assert row(made)["academie"] == "10"
    assert (row(made)["session"], row(made)["school"], row(made)["mode"]) == (2025, "0690001B", "unknown")


def test_a_session_before_the_diploma_in_the_free_lines(tmp_path: Path) -> None:
    titles, cells = TITLES.removeprefix("Session;"), GOOD.removeprefix("2025;")
    with pytest.raises(InputError, match="session refusée : session 2019"):
        read_aggregated(write(tmp_path / "f.csv", ["2019;;;", titles, cells]), stage="final")


def test_a_last_line_that_may_be_cut_is_refused(tmp_path: Path) -> None:
    lines = [TITLES, line(20, "12", 15, unit="U2"), line(20, "12", 15, unit="U6")]
    path = write(tmp_path / "f.csv", lines)
    path.write_bytes(path.read_bytes()[:-3])  # 15 is left as 1
    made = read_aggregated(path, stage="final")
    assert (made.accepted, made.quarantine["reason"].tolist()) == (1, [CUT])


def test_below_ten_is_not_at_least_ten(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="notes d'au moins 10"):
        read(tmp_path, GOOD, titles=TITLES.replace("≥", "<"))


def test_nothing_accepted_is_an_error_with_its_reasons(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Aucune ligne") as caught:
        read(tmp_path, GOOD.replace("31214", "31212"))
    assert "autre diplôme" in caught.value.where


def test_only_files_of_means_are_taken_for_one(tmp_path: Path) -> None:
    found = {path.name for path in SAMPLES.glob("*.csv") if is_aggregated(path)}
    assert found == {"etablissements_epreuves.csv"}
    assert not is_aggregated(tmp_path / "absent.csv")
    workbook = write_xlsx(tmp_path / "f.xlsx", [TITLES, GOOD])
    assert is_aggregated(workbook)
    workbook.write_bytes(b"PK\x03\x04" + bytes(100))
    assert not is_aggregated(workbook)


def test_measures_are_those_of_the_candidates(tmp_path: Path) -> None:
    """The same synthetic candidates, counted one by one, and printed as means then read back."""
    units = tally(random_cohort(300), by=["session", "diploma", "option", "school"]).units
    made = read_aggregated(write(tmp_path / "f.csv", lines_of(units)), stage="final")
    assert made.refused == 0
    for by in (["school", "unit", "mode"], ["unit"], ["option"]):
        shares = [rates(counts, by=by, statistic=["unit_pass_rate", "share_below_10"], confidence=(0.95, 0.99)).frame
                  for counts in (units, made.counts)]  # fmt: skip
        assert shares[0].drop(columns="reason").equals(shares[1].drop(columns="reason"))
        ours, theirs = (
            unit_marks(counts, by=by).frame.query("statistic == 'mark_mean'") for counts in (made.counts, units)
        )
        assert ours[by].to_numpy().tolist() == theirs[by].to_numpy().tolist()
        # Half a hundredth for the mean printed, half a twentieth per line for the sum made whole.
        wide = 0.005 + 0.025 * (made.counts.frame.groupby(by).size().to_numpy() / ours["denominator"].to_numpy())
        assert (np.abs(ours["value"].to_numpy() - theirs["value"].to_numpy()) <= wide).all()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "data" / "raw" / "datapackage.json").write_text("{}")
    monkeypatch.delenv("RNCP_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a.csv", [TITLES, GOOD, line(12, "10", 13, unit="U2"), line(4, "9", 2, unit="U6")])
    return tmp_path


def stored(place: Path) -> dict[str, tuple[bytes, int]]:
    found = (place / "data" / "processed").rglob("*")
    return {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in found
        if path.suffix in (".parquet", ".json")
    }


def test_check_tells_and_writes_nothing_but_the_profile(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "a.csv", "--write-profile", "p.toml"]) == 0
    said = capsys.readouterr().out
    assert "moyennes par établissement et épreuve" in said
    assert "a.csv : 3 ligne(s) lue(s) = 2 acceptée(s) + 1 refusée(s)" in said
    assert "Refusé : a.csv" in said
    assert not (place / "data" / "processed").exists()
    assert read_profile(place / "p.toml").columns["at_least_10"] == ("Effectif ≥ 10",)
    assert main(["check", "a.csv", "--write-profile", "p.toml"]) == 2
    renamed = TITLES.replace("Notés", "N").replace("Moyenne", "M").replace("Effectif ≥ 10", "K")
    write(place / "a.csv", [renamed, GOOD])
    text = (place / "p.toml").read_text(encoding="utf-8")
    for old, new in (("Notés", "N"), ("Moyenne", "M"), ("Effectif ≥ 10", "K")):
        text = text.replace(f'"{old}"', f'"{new}"')
    (place / "p.toml").write_text(text, encoding="utf-8")
    assert main(["check", "a.csv", "--profile", "p.toml"]) == 0
    assert "1 acceptée(s)" in capsys.readouterr().out


def test_import_stores_and_importing_again_changes_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "a.csv"]) == 0
    said = capsys.readouterr()
    assert Path(said.out.strip()) == place / "data" / "processed" / "epreuves_final"
    beside = place / "data" / "processed" / "epreuves_final-quarantaine.csv"
    assert beside.read_text(encoding="utf-8-sig").splitlines()[1].startswith("a.csv;3;Effectif ≥ 10;13;")
    before = stored(place)
    assert main(["import", "a.csv"]) == 0
    assert "0 épreuve(s) ajoutée(s), 0 remplacée(s), 0 retirée(s), 2 inchangée(s)" in capsys.readouterr().err
    assert stored(place) == before
    counts = load_unit_counts("epreuves_final")
    made = read_aggregated(place / "a.csv", stage="final").counts
    assert counts.frame.equals(made.frame)
    assert (counts.dimensions, counts.scope, counts.origin, counts.source) == (
        made.dimensions, made.scope, made.origin, made.source,
    )  # fmt: skip


def test_a_corrected_file_replaces_its_own_lines(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(place / "b.csv", [TITLES, line(7, "12", 6, school=uai(690_002))])
    assert main(["import", "a.csv", "b.csv", "--stage", "first_group"]) == 0
    write(place / "a.csv", [TITLES, GOOD.replace("11,38", "11,39"), line(12, "10", 6, unit="U2")])
    capsys.readouterr()
    assert main(["import", "a.csv", "--stage", "first_group"]) == 0
    told = capsys.readouterr().err
    assert "1 épreuve(s) ajoutée(s), 1 remplacée(s), 1 retirée(s), 1 inchangée(s)" in told
    counts = load_unit_counts("epreuves_first_group")
    assert counts.frame[["unit", "marked", "marks_sum"]].to_numpy().tolist() == [
        ["U2", 12, 2400], ["U31", 12, 2734], ["U31", 7, 1680],
    ]  # fmt: skip
    assert (counts.source.files, counts.scope.stage) == (("a.csv", "b.csv"), "first_group")
    assert not (place / "data" / "processed" / "epreuves_first_group-quarantaine.csv").exists()


def test_a_line_of_two_files_is_kept_once(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(place / "b.csv", [TITLES, GOOD.replace("11,38", "11,39")])
    assert main(["import", "a.csv", "b.csv"]) == 0
    assert "1 donnée(s) par deux fichiers, le dernier est gardé" in capsys.readouterr().err
    frame = load_unit_counts("epreuves_final").frame.set_index("unit")
    assert frame.loc["U31", "marks_sum"] == 2734
    before = stored(place)
    assert main(["import", "a.csv", "b.csv"]) == 0
    assert stored(place) == before


def test_what_does_not_go_together_is_refused(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(place / "notes.csv", ["N° Candidat;Code Unité;Note", "2099000001;U31;12"])
    for command in ("check", "import"):
        assert main([command, "a.csv", "notes.csv"]) == 2
        assert "moyennes : a.csv ; autres : notes.csv" in capsys.readouterr().err
    assert main(["import", "a.csv"]) == 0
    write(place / "b.csv", ["Données synthétiques;;;", TITLES, GOOD])
    assert main(["import", "b.csv"]) == 2
    assert "origine des candidats" in capsys.readouterr().err
    with pytest.raises(DataNotFoundError):
        load_unit_counts("epreuves_after_control")
    with pytest.raises(DataNotFoundError, match="moyennes par établissement et épreuve, sans candidats") as caught:
        load_cohort("epreuves_final")
    assert "nom d'une cohorte" in caught.value.remedy and "load_unit_counts" in caught.value.remedy
    (parquet,) = (place / "data" / "processed" / "epreuves_final").glob("*.parquet")
    parquet.write_bytes(parquet.read_bytes()[:-1])
    with pytest.raises(DataNotFoundError, match="a été modifié"):
        load_unit_counts("epreuves_final")
