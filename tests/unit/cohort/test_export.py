"""Exams exports in: every shape gives the same cohort, every fault is told, no line is lost, nobody is named."""

from __future__ import annotations

import datetime
import tracemalloc
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from rncp_analytics.cohort.deliberation import deliberate
from rncp_analytics.cohort.export import Reading, read_export, refusals_by_reason
from rncp_analytics.cohort.export_whole import CUT
from rncp_analytics.cohort.profile import Profile, guess_profile
from rncp_analytics.cohort.pseudonym import PUBLIC_KEY
from rncp_analytics.errors import InputError
from tests.unit.cohort import export_files as files
from tests.unit.cohort.export_files import UNITS, Person, people

KEY = bytes(range(32))
NEXT_YEAR = datetime.date.today().year + 1


def read(*paths: Path, profile: Profile | None = None, key: bytes = KEY) -> Reading:
    """Read, and hold what is always true."""
    reading = read_export(paths, profile=profile, key=key, stage="final")
    counts = reading.counts
    assert (counts["read"] == counts["accepted"] + counts["refused"]).all()
    refused = reading.quarantine.drop_duplicates(["file", "line"])
    assert counts["refused"].sum() == len(refused)
    return reading


def both(folder: Path, persons: Sequence[Person], change: Callable[[list[str]], list[str]] = list) -> Reading:
    """A list of candidates and their marks in long form, which ``change`` may damage."""
    listed = files.write(folder / "liste.csv", files.list_lines(persons))
    return read(listed, files.write(folder / "notes.csv", change(files.long_lines(persons))))


def state_of(reading: Reading, unit: str) -> tuple[object, object, object]:
    rows = reading.cohort.results()
    row = rows[rows["unit"] == unit].iloc[0]
    return row["state"], None if str(row["mark"]) == "<NA>" else row["mark"], row["mode"]


def told(reading: Reading) -> list[tuple[str, int, str, str]]:
    """Refusals that are not the consequence of another."""
    frame = reading.quarantine[~reading.quarantine["reason"].str.startswith("candidat mis de côté")]
    return [(r.file, r.line, r.column, r.value) for r in frame.itertuples()]


def test_a_list_and_long_marks(tmp_path: Path) -> None:
    reading = both(tmp_path, people(3))
    row = reading.cohort.candidates.iloc[0]
    assert row[["session", "diploma", "candidate_status", "exam_form", "departement", "school"]].tolist() == [
        2025, "40031214", "SCOLAIRE", "globale", "069", "0690001B",
    ]  # fmt: skip
    assert (row["school_class"], row["birth_year"]) == ("TMCV1", 2007)
    rows = reading.cohort.results()
    assert len(rows) == 39
    assert rows[rows["entry"] == 0]["unit"].tolist() == list(UNITS)
    assert set(rows["mark"]) == {250} and set(rows["state"]) == {"marked"} and set(rows["mode"]) == {"ccf"}
    assert reading.cohort.origin == "candidates" and reading.cohort.source.files == ("liste.csv", "notes.csv")
    assert reading.quarantine.empty
    assert deliberate(reading.cohort.candidates.assign(candidate=range(3)), rows.rename(columns={"entry": "candidate"}))


def test_wide_marks_alone_give_the_same_marks(tmp_path: Path) -> None:
    persons = people(3)
    wide = read(files.write(tmp_path / "notes.csv", files.wide_lines(persons)))
    long = both(tmp_path, persons)
    columns = ["entry", "unit", "state", "mark"]
    assert wide.cohort.results()[columns].equals(long.cohort.results()[columns])
    assert wide.cohort.candidates["candidate"].equals(long.cohort.candidates["candidate"])
    assert set(wide.cohort.candidates["sex"]) == {"F"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_encodings_and_separators(tmp_path: Path, encoding: str, separator: str) -> None:
    persons = [replace(p, last="LABBÉ") for p in people(2)]
    paths = [
        files.write(tmp_path / name, lines, encoding=encoding, separator=separator)
        for name, lines in (("liste.csv", files.list_lines(persons)), ("notes.csv", files.long_lines(persons)))
    ]
    reading = read(*paths)
    assert reading.counts["accepted"].tolist() == [2, 26]
    assert set(reading.cohort.results()["mark"]) == {250}


def test_a_workbook_with_merged_titles_and_formulas(tmp_path: Path) -> None:
    lines = ["Session 2025", "Notes;;;;", *files.wide_lines(people(2))]
    reading = read(files.write_xlsx(tmp_path / "notes.xlsx", lines, formulas={"G4": "9.5"}))
    assert sorted(reading.cohort.results().query("unit == 'U2'")["mark"]) == [190, 250]
    files.write_xlsx(tmp_path / "notes.xlsx", lines, formulas={"G4": None, "H5": None})
    with pytest.raises(InputError, match=r"2 formule\(s\) n'ont pas de valeur") as caught:
        read(tmp_path / "notes.xlsx")
    assert "G4, H5" in caught.value.where


def test_a_workbook_with_one_cell_at_the_end_of_the_world(tmp_path: Path) -> None:
    path = files.write_xlsx(tmp_path / "notes.xlsx", files.wide_lines(people(2)), last='<c r="XFD1048576"><v>1</v></c>')
    with pytest.raises(InputError, match="immense") as caught:
        read(path)
    assert "1048576 lignes × 16384 colonnes" in caught.value.where


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("09.50 /20.00", ("marked", 190, "ccf")),
        ("9,8", ("marked", 196, "ccf")),
        ("12", ("marked", 240, "ccf")),
        ("20/20", ("marked", 400, "ccf")),
        ("0", ("marked", 0, "ccf")),
        ("11,25|Ponctuel", ("marked", 225, "ponctuel")),
        ("14|CCF|2023", ("kept", 280, "ccf")),
        ("7|CCF|2023", ("carried", 140, "ccf")),
        ("BE 12,50", ("kept", 250, "ccf")),
        ("Bénéfice : 9.5", ("carried", 190, "ccf")),
        ("BN (14)|CCF|2024", ("kept", 280, "ccf")),
        ("14|CCF|2025", ("marked", 280, "ccf")),
        ("AB", ("absent", None, "ccf")),
        ("Absence justifiée", ("absent_justified", None, "ccf")),
        ("DISPENSE", ("exempt", None, "ccf")),
        ("VAE", ("vae", None, "ccf")),
        ("", ("not_presented", None, "ccf")),
        (" -", ("not_presented", None, "ccf")),
    ],
)
def test_what_a_cell_of_marks_means(tmp_path: Path, cell: str, expected: tuple[object, ...]) -> None:
    reading = both(tmp_path, [people(1)[0].with_marks(U31=cell)])
    assert state_of(reading, "U31") == expected
    assert reading.quarantine.empty


def test_ab_is_absence_among_marks_and_a_mention_among_mentions(tmp_path: Path) -> None:
    header, line = files.wide_lines([people(1)[0].with_marks(U2="AB")])
    outcomes = (("Admis", "AB"), ("ADMIS MENTION TRES BIEN", ""), ("Refusé au 1er groupe", ""))
    for (outcome, mention), expected in zip(
        outcomes,
        [("passed_first_group", "ab"), ("passed_first_group", "tb"), ("refused_first_group", None)],
        strict=True,
    ):
        titles = f"{header};Résultat du jury" + (";Mention" if mention else "")
        content = [titles, f"{line};{outcome}" + (f";{mention}" if mention else "")]
        reading = read(files.write(tmp_path / "notes.csv", content))
        assert state_of(reading, "U2")[0] == "absent"
        row = reading.cohort.candidates.iloc[0]
        assert row["jury_outcome"] == expected[0]
        assert row["jury_mention"] == expected[1] or (expected[1] is None and row.isna()["jury_mention"])


def test_the_control_and_who_passed_after_it(tmp_path: Path) -> None:
    person = people(1)[0]
    header, *lines = files.long_lines([person])
    lines = [f"{header};Groupe;Décision", *(f"{line};1;ADMIS" for line in lines)]
    lines.append(f"{person.number};U12;13;;;2nd groupe;ADMIS")
    reading = read(
        files.write(tmp_path / "liste.csv", files.list_lines([person])), files.write(tmp_path / "n.csv", lines)
    )
    assert reading.cohort.candidates["jury_outcome"].tolist() == ["passed_after_control"]
    assert reading.cohort.results()["test"].value_counts().to_dict() == {"first_group": 13, "control": 1}
    lines[-1] = lines[-1].replace("U12", "U31")
    files.write(tmp_path / "n.csv", [*lines, files.long_lines(people(2))[-1] + ";1;ADMIS"])
    with pytest.raises(InputError, match="Aucune ligne") as caught:
        read(tmp_path / "liste.csv", tmp_path / "n.csv")
    assert "oraux" in str(caught.value) or "mis de côté" in str(caught.value)


BAD_CELLS = {
    "21": "21", "-1": "-1", "12.5.3": "", "12,33": "12,33", "ABSN": "", "12/40": "", "BE 21": "",
    "BA": "", "01.04.07": "", "31042": "",
    "LEROY 12": "", "LEMAITRE": "",
    "2099000001": "", "09/04/2005": "", "nan": "", "1e1": "", "٣": "",
}  # fmt: skip


@pytest.mark.parametrize(("cell", "shown"), BAD_CELLS.items())
def test_a_mark_refused_sets_its_candidate_aside(tmp_path: Path, cell: str, shown: str) -> None:
    first, second = people(2)
    reading = both(tmp_path, [first, second.with_marks(U31=cell)])
    assert told(reading) == [("notes.csv", 16, "Note", shown)]
    assert reading.counts["accepted"].tolist() == [1, 13]
    assert reading.counts["refused"].tolist() == [1, 13]
    assert "LEMAITRE" not in " ".join(reading.findings)


def last(old: str, new: str) -> Callable[[list[str]], list[str]]:
    return lambda lines: [*lines[:-1], lines[-1].replace(old, new)]


@pytest.mark.parametrize(
    ("change", "column", "value"),
    [
        (last("U7", "U8"), "Code Unité", "U8"),
        (last("U7;12,5", "U7"), "ligne", ""),
        (last("CCF;", "CCF;2032"), "Session d'obtention", "2032"),
        (last("12,5;CCF;", "BN;CCF;2023"), "ligne", "U7"),
        (last("CCF;", f"CCF;{NEXT_YEAR}"), "ligne", "U7"),
        (last("2099", '"2099'), "ligne", ""),
        (last("CCF", "C\x00F"), "ligne", ""),
        (last("2099000002", ""), "ligne", ""),
    ],
    ids=["unit", "cut", "future", "kept without mark", "kept later", "quote", "NUL", "nobody"],
)
def test_a_damaged_line_sets_aside_whoever_it_leaves_incomplete(
    tmp_path: Path, change: Callable[[list[str]], list[str]], column: str, value: str
) -> None:
    reading = both(tmp_path, people(2), change)
    assert [refusal for refusal in told(reading) if refusal[1] == 27] == [("notes.csv", 27, column, value)]
    assert reading.counts["accepted"].tolist() == [1, 13]
    assert len(reading.cohort.candidates) == 1


def test_a_line_of_somebody_outside_the_list(tmp_path: Path) -> None:
    reading = both(tmp_path, people(2), last("2099000002", "2099000003"))
    assert reading.counts["refused"].tolist() == [0, 1]
    assert "pas dans la liste" in reading.quarantine["reason"].iloc[0]
    assert any(text.startswith("1 candidat(s) n'ont pas de ligne pour chaque unité") for text in reading.findings)


def test_two_marks_for_one_unit(tmp_path: Path) -> None:
    reading = both(tmp_path, people(2), lambda lines: [*lines, lines[-1].replace("12,5", "13")])
    assert told(reading) == [("notes.csv", 27, "ligne", "U7"), ("notes.csv", 28, "ligne", "U7")]
    assert reading.counts["accepted"].tolist() == [1, 13]


def test_a_candidate_twice_among_marks_in_columns(tmp_path: Path) -> None:
    header, first, second = files.wide_lines(people(2))
    reading = read(files.write(tmp_path / "n.csv", [header, first, second, second.replace("12,5", "13", 1)]))
    assert reading.counts[["accepted", "refused"]].to_numpy().tolist() == [[1, 2]]
    assert "2 ligne(s), la première 3 ; un seul résultat" in refusals_by_reason(reading.quarantine)[0]


def test_a_line_of_an_unknown_unit_harms_nobody_who_is_complete(tmp_path: Path) -> None:
    reading = both(tmp_path, people(2), lambda lines: [*lines, lines[-1].replace("U7", "E3")])
    assert told(reading) == [("notes.csv", 28, "Code Unité", "E3")]
    assert reading.counts["accepted"].tolist() == [2, 26]


def test_a_repeated_line_is_refused_and_harms_nobody(tmp_path: Path) -> None:
    reading = both(tmp_path, people(2), lambda lines: [*lines, lines[-1]])
    assert reading.counts["accepted"].tolist() == [2, 26]
    assert reading.quarantine["reason"].tolist() == ["ligne identique à la ligne 27"]


def test_a_candidate_twice_in_a_session(tmp_path: Path) -> None:
    first, second = people(2)
    listed = files.write(tmp_path / "liste.csv", files.list_lines([first, second, replace(second, school_class="T2")]))
    reading = read(listed, files.write(tmp_path / "notes.csv", files.long_lines([first, second])))
    assert len(reading.cohort.candidates) == 1
    assert reading.counts["refused"].tolist() == [2, 13]
    other = replace(second, number="2099077777")
    reading = read(files.write(tmp_path / "liste.csv", files.list_lines([first, second, other])))
    assert len(reading.cohort.candidates) == 1 and "même INE" in reading.quarantine["reason"].iloc[0]


@pytest.mark.parametrize(
    ("change", "column", "value"),
    [
        ({"category": "XX"}, "Catégorie Candidat", ""),
        ({"category": "MOREA LEMAITRE"}, "Catégorie Candidat", ""),
        ({"diploma": "31212"}, "Code Spécialité", "31212"),
        ({"diploma": "Vente"}, "Code Spécialité", ""),
    ],
)
def test_a_candidate_refused(tmp_path: Path, change: dict[str, str], column: str, value: str) -> None:
    first, second = people(2)
    reading = both(tmp_path, [first, replace(second, **change)])
    assert told(reading) == [("liste.csv", 10, column, value)]
    assert reading.counts["refused"].tolist() == [1, 13]


def test_a_session_before_the_diploma(tmp_path: Path) -> None:
    path = files.write(tmp_path / "notes.csv", files.wide_lines(people(2), session="2019"))
    with pytest.raises(InputError, match="Aucune ligne") as caught:
        read(path)
    assert "« Session »" in caught.value.where and "2022" in caught.value.where


def test_a_file_of_another_diploma(tmp_path: Path) -> None:
    persons = [replace(p, diploma="31206") for p in people(2)]
    with pytest.raises(InputError, match="Aucune ligne") as caught:
        read(files.write(tmp_path / "liste.csv", files.list_lines(persons)))
    assert "autre diplôme" in caught.value.where
    assert "ZYGOMAR" not in str(caught.value)


def test_what_is_only_a_finding(tmp_path: Path) -> None:
    header, line = files.wide_lines([replace(people(1)[0], ine="NEANT")])
    path = files.write(tmp_path / "n.csv", [f"{header};UAI;Académie", f"{line};0921234A;54"])
    reading = read(path)
    said = "\n".join(reading.findings)
    assert "UAI dont la lettre ne correspond pas" in said
    assert "INE non employé" in said and "NEANT" not in said
    assert "« 54 »" in said and "Paris (01), Créteil (24) ou Versailles (25)" in said
    row = reading.cohort.candidates.iloc[0]
    assert (row["school"], row["departement"], row["academie"]) == ("0921234A", "092", "25")


def test_a_profile_gives_what_the_files_lack(tmp_path: Path) -> None:
    header, line = files.wide_lines([people(1)[0].with_marks(U31="Z")])
    bare = [header.replace("Session;", "Colonne;").replace("N° Candidat", "Dossier"), line]
    path = files.write(tmp_path / "n.csv", bare)
    guessed = guess_profile(path)
    profile = replace(
        guessed,
        columns={**guessed.columns, "number": ("Dossier",)},
        values={"state": {"Z": "exempt"}},
        defaults={"session": "2024", "school": "0690001B", "sector": "CFA", "exam_form": "progressive"},
    )
    reading = read(path, profile=profile)
    assert reading.cohort.candidates.loc[0, ["session", "academie", "sector", "exam_form"]].tolist() == [
        2024, "10", "CFA", "progressive",
    ]  # fmt: skip
    assert state_of(reading, "U31")[0] == "exempt"
    with pytest.raises(InputError, match="« session »"):
        read(path, profile=replace(profile, defaults={}))
    with pytest.raises(InputError, match=r"valeur par défaut de « académie »"):
        read(path, profile=replace(profile, defaults={"academie": "Lion"}))


def test_one_percent_of_damaged_lines(tmp_path: Path) -> None:
    persons = people(400)
    lines = files.wide_lines(persons)
    for i in range(50, 400, 100):
        lines[i] = lines[i].replace("12,5", "125", 1)
    reading = read(files.write(tmp_path / "n.csv", lines))
    assert reading.counts[["read", "accepted", "refused"]].to_numpy().tolist() == [[400, 396, 4]]
    assert reading.quarantine["line"].tolist() == [51, 151, 251, 351]
    assert refusals_by_reason(reading.quarantine) == [
        "n.csv, « U2 » : 4 ligne(s), la première 51 ; attendu : une note de 0 à 20"
    ]


def test_two_sessions_where_a_number_serves_again(tmp_path: Path) -> None:
    header, first = files.wide_lines([replace(people(1)[0], ine="")], session="2024")
    second = files.wide_lines([replace(people(1)[0], ine="")], session="2025")[1]
    reading = read(files.write(tmp_path / "n.csv", [header, first, second]))
    assert reading.cohort.candidates["session"].tolist() == [2024, 2025]
    assert reading.cohort.candidates["candidate"].nunique() == 2
    same = [header, *(files.wide_lines(people(1), session=s)[1] for s in ("2024", "2025"))]
    assert read(files.write(tmp_path / "n.csv", same)).cohort.candidates["candidate"].nunique() == 1


def test_the_public_key_makes_a_synthetic_cohort(tmp_path: Path) -> None:
    path = files.write(tmp_path / "n.csv", files.wide_lines(people(1)))
    assert read(path, key=PUBLIC_KEY).cohort.origin == "synthetic"


def test_files_that_are_no_export(tmp_path: Path) -> None:
    for name, content, words in (
        ("vide.csv", b"", "vide"),
        ("page.csv", b"<!DOCTYPE html><html>", "page web"),
        ("texte.csv", b"Bonjour ;\r\nEuphrosyne ZYGOMAR\r\n", "ligne de titres"),
        ("titres.csv", files.LONG.encode(), "rien sous"),
        ("utf16.csv", files.LONG.encode("utf-16"), "UTF-16"),
        ("notes.csv", b"Note;Nature;Groupe\r\n12;CCF;1\r\n", "ni une liste"),
        ("abime.xlsx", b"PK\x03\x04" + bytes(300), "abîmé"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=words) as caught:
            read(tmp_path / name)
        assert caught.value.expected and caught.value.remedy and "ZYGOMAR" not in str(caught.value)
    with zipfile.ZipFile(tmp_path / "export.csv", "w") as archive:
        archive.writestr("notes.csv", "x")
    with pytest.raises(InputError, match="archive zip"):
        read(tmp_path / "export.csv")
    with pytest.raises(InputError, match="introuvable"):
        read(tmp_path / "absent.csv")


def test_a_file_cut_in_the_middle_of_a_line_or_of_a_letter(tmp_path: Path) -> None:
    persons = [replace(p, category="Élève") for p in people(3)]
    path = files.write(tmp_path / "liste.csv", files.list_lines(persons))
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.rindex("É".encode()) + 1])
    reading = read(path)
    assert reading.counts["accepted"].tolist() == [2]
    assert "tronqué" in reading.quarantine["reason"].iloc[0]
    path = files.write(
        tmp_path / "notes.csv", ["N° Candidat;Session;Code diplôme;Catégorie;U2;U31", "1;2025;31214;Élève;8;12,5"]
    )
    path.write_bytes(path.read_bytes()[:-4])  # "12,5" becomes "12"
    with pytest.raises(InputError, match="Aucune ligne") as caught:
        read(path)
    assert CUT in caught.value.where


@pytest.mark.slow
def test_a_line_without_end_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "notes.csv"
    with path.open("wb") as file:
        file.write(files.LONG.encode() + b"\r\n")
        for _ in range(300):
            file.write(b"1" * 1_000_000)
    tracemalloc.start()
    with pytest.raises(InputError, match="beaucoup trop longue") as caught:
        read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "ligne 2" in caught.value.where
    assert peak < 10_000_000  # of a file of 300 MB


def test_an_academie_that_is_not_given_is_that_of_the_departement(tmp_path: Path) -> None:
    # 0690001 = 23 × 30000 + 1 → B; 6200001 = 23 × 269565 + 6 → G; 0990001 = 23 × 43043 + 12 → N.
    schools = {"0690001B": "10", "6200001G": "27", "0990001N": "", "": ""}
    header, *lines = files.wide_lines(people(5))
    said = [f"{line};{uai};" for line, uai in zip(lines, schools, strict=False)] + [f"{lines[4]};0690001B;Paris"]
    reading = read(files.write(tmp_path / "n.csv", [f"{header};UAI;Académie", *said]))
    found = reading.cohort.candidates[["school", "academie"]].astype(object).fillna("")
    assert sorted(map(tuple, found.to_numpy())) == sorted([*schools.items(), ("0690001B", "01")])
    assert [f for f in reading.findings if f.startswith("Académie : absente ou illisible pour 2 candidat(s)")]


def test_what_stands_beside_the_marks_in_columns(tmp_path: Path) -> None:
    titles = ";U31 nature;E31 Session d'obtention;U12 contrôle;U41 – 2nd groupe;U7 date"
    header, first, second = files.wide_lines(people(2))
    lines = [header + titles, first + ";Ponctuel;2023;13;;01/06/2025", second + ";;;;;"]
    reading = read(files.write(tmp_path / "n.csv", lines))
    rows = reading.cohort.results()
    sales = rows[rows["unit"] == "U31"].set_index("state")
    assert sales.loc["kept", ["mark", "since", "mode"]].tolist() == [250, 2023, "ponctuel"]
    assert sales.loc["marked"].isna()[["since", "mode"]].all()
    control = rows[rows["test"] == "control"]
    assert control[["unit", "state", "mark"]].to_numpy().tolist() == [["U12", "marked", 260]]
    assert len(rows) == 27 and set(rows[rows["unit"] != "U31"]["mode"].isna()) == {True}
    beside = "« U31 nature », « E31 Session d'obtention », « U12 contrôle », « U41 – 2nd groupe »"
    assert any(text.endswith(beside) for text in reading.findings)


@pytest.mark.parametrize(
    ("cells", "column", "value"),
    [("2032;", "E31 Session d'obtention", "2032"), (";21", "U12 contrôle", "21"), (f"{NEXT_YEAR};", "ligne", "U31")],
)
def test_what_stands_beside_the_marks_is_judged_as_elsewhere(
    tmp_path: Path, cells: str, column: str, value: str
) -> None:
    header, first, second = files.wide_lines(people(2))
    lines = [f"{header};E31 Session d'obtention;U12 contrôle", f"{first};;", f"{second};{cells}"]
    reading = read(files.write(tmp_path / "n.csv", lines))
    assert told(reading) == [("n.csv", 3, column, value)]
    assert reading.counts["accepted"].tolist() == [1]


def test_the_record_says_what_was_read_and_names_nobody(tmp_path: Path) -> None:
    first, second = people(2)
    reading = both(tmp_path, [first, second.with_marks(U31="21")])
    record = reading.cohort.record
    assert record.files == (("liste.csv", 2, 1, 1), ("notes.csv", 26, 13, 13))
    assert record.refusals[0] == ("notes.csv", "Note", "attendu : une note de 0 à 20", 1)  # the cause comes first
    assert [(r.file, r.column, r.rows) for r in record.refusals[1:]] == [
        ("notes.csv", "ligne", 12),
        ("liste.csv", "ligne", 1),
    ]
    assert record.findings == reading.findings and record.jury == ()
    assert record.date == datetime.date.today().isoformat()


def test_the_jury_beside_the_deliberation(tmp_path: Path) -> None:
    # All 12,5: the mean is 12,5, admitted. All 7: the mean is 7, under 8, refused at the first group.
    weak = dict.fromkeys(UNITS, "7")
    persons = [p.with_marks(**weak) if i >= 3 else p for i, p in enumerate(people(5))]
    header, *lines = files.wide_lines(persons)
    outcomes = ("Admis", "Admis", "Refusé", "Admis au 1er groupe", "")
    path = files.write(
        tmp_path / "n.csv", [f"{header};Décision", *(f"{x};{o}" for x, o in zip(lines, outcomes, strict=True))]
    )
    reading = read(path)
    assert reading.cohort.record.jury == (
        ("passed_first_group", "passed_first_group", 2),
        ("passed_first_group", "refused_first_group", 1),
        ("refused_first_group", "passed_first_group", 1),
    )
    assert [f for f in reading.findings if f.startswith("Jury")] == [
        "Jury : 4 candidat(s) ont son résultat ; 2 ont celui que donnent leurs notes, 2 un autre "
        "(celui du jury fait foi)",
        "Jury : 1 candidat(s), « Admis au 1er groupe » par les notes → « Refusé au 1er groupe » par le jury",
        "Jury : 1 candidat(s), « Refusé au 1er groupe » par les notes → « Admis au 1er groupe » par le jury",
    ]
