"""Series of Reflet: our documented shape, its holes, its refusals, and the example that the package carries."""

from __future__ import annotations

import csv
import itertools
import json
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rncp_analytics.counts.model import Counts
from rncp_analytics.counts.official import official_results
from rncp_analytics.counts.reflet import EXAMPLE, Reflet, read_reflet, without_overseas
from rncp_analytics.counts.regimes import by_regime
from rncp_analytics.errors import CountsError, InputError
from tests.conftest import ROOT, example_counts
from tests.unit.cohort.export_files import write_xlsx

RAW = ROOT / "data" / "raw"
HEADER = "Source;Série;Diplôme;Session;Rentrée;Régime;Sexe;Territoire;Effectif;Présents;Admis"
B, VENTE = "40031214", "40031206"
# Invented figures: by autumn, régime and sex; by session, régime and académie.
ENROLMENTS = (
    f"Céreq;effectifs;{B};;2021;scolaires;F;France hors DOM-TOM;4000;;",
    f"Céreq;effectifs;{B};;2021;scolaires;M;France hors DOM-TOM;5000;;",
    f"Céreq;effectifs;{B};;2022;scolaires;F;France hors DOM-TOM;4200;;",
    f"Céreq;effectifs;{B};;2022;scolaires;M;France hors DOM-TOM;;;",
)
EXAMINATIONS = (
    f"Céreq;examens;{B};2022;;scolaires;;Lyon;;100;80",
    f"Céreq;examens;{B};2022;;candidats libres;;10;;5;2",
    f"Céreq;examens;{B};2022;;scolaires;;La Réunion;;50;30",
)
LINES = (*ENROLMENTS, *EXAMINATIONS)


def write(path: Path, *lines: str, header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return path


def series(folder: Path, *lines: str) -> Reflet:
    return read_reflet(write(folder / "series.csv", *lines))


def refused(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read_reflet(path)
    error = caught.value
    assert path.name in error.what + error.where
    assert error.expected
    assert error.remedy
    return error


def refused_line(folder: Path, line: str, *others: str) -> str:
    """Where of the error for a file whose second line is bad and the others good."""
    error = refused(write(folder / "series.csv", line, *others))
    assert "dans series.csv" in error.what
    assert "data/raw/README.md" in error.expected
    return error.where


def rows(counts: Counts) -> list[tuple[object, ...]]:
    return [tuple(row) for row in counts.frame.itertuples(index=False)]


def test_the_two_series_with_their_own_dimensions(tmp_path: Path) -> None:
    found = series(tmp_path, *LINES)
    assert found.enrolments.dimensions == ("session", "diploma", "regime", "sex")
    assert rows(found.enrolments) == [
        (2022, B, "scolaires", "F", 4000),
        (2022, B, "scolaires", "M", 5000),
        (2023, B, "scolaires", "F", 4200),
    ]
    assert found.examinations.dimensions == ("session", "diploma", "regime", "academie")
    assert rows(found.examinations) == [
        (2022, B, "autres", "10", 5, 2),
        (2022, B, "scolaires", "10", 100, 80),
        (2022, B, "scolaires", "28", 50, 30),
    ]
    assert found.enrolments.scope.territory == "France hors DOM-TOM"
    assert found.examinations.scope.territory == "2 académies sur 30"
    assert (found.examinations.origin, str(found.examinations.source)) == ("official", "Céreq")


def test_a_hole_is_missing_and_told(tmp_path: Path) -> None:
    found = series(tmp_path, *LINES)
    assert found.holes[found.holes["series"] == "effectifs"].to_dict("records") == [
        {"series": "effectifs", "session": 2023, "diploma": B, "regime": "scolaires", "sex": "M",
         "territory": "France hors DOM-TOM"}
    ]  # fmt: skip
    assert "Série « effectifs » : une case est sans donnée, ce qui ne vaut pas 0." in found.findings


def test_a_line_that_is_not_there_is_a_hole_too(tmp_path: Path) -> None:
    found = series(tmp_path, *LINES)
    told = found.holes[found.holes["series"] == "examens"]
    assert told.to_dict("records") == [
        {"series": "examens", "session": 2022, "diploma": B, "regime": "autres", "sex": "", "territory": "28"}
    ]


def test_a_sum_that_holds_a_hole_is_not_given(tmp_path: Path) -> None:
    """Enrolments of 2023: girls alone are known. Autres of 2022: Lyon alone is known."""
    found = series(tmp_path, *LINES).by("session", "regime")
    assert rows(found.enrolments) == [(2022, "scolaires", 9000)]
    assert rows(found.examinations) == [(2022, "scolaires", 150, 110)]
    assert rows(series(tmp_path, *LINES).by("session", "academie").examinations) == [(2022, "10", 105, 82)]
    assert rows(series(tmp_path, *LINES).by().examinations) == []
    assert rows(series(tmp_path, *EXAMINATIONS).by().enrolments) == []
    with pytest.raises(CountsError, match="regime_"):
        found.by("regime_")


def test_zero_is_counted(tmp_path: Path) -> None:
    found = series(tmp_path, f"Céreq;examens;{B};2022;;apprentis;;France;;0;0")
    assert rows(found.examinations) == [(2022, B, "apprentis", 0, 0)]
    assert found.holes.empty


def test_the_enrolment_of_an_autumn_faces_the_next_session(tmp_path: Path) -> None:
    by_autumn = series(tmp_path, *ENROLMENTS)
    by_session = read_reflet(
        write(
            tmp_path / "b.csv",
            *(line.replace(";;2021;", ";2022;;").replace(";;2022;", ";2023;;") for line in ENROLMENTS),
        )
    )
    assert rows(by_autumn.enrolments) == rows(by_session.enrolments)
    told = "L'effectif de la rentrée n − 1 est compté à la session n : rentrée 2021, session 2022."
    assert told in by_autumn.findings
    assert told not in by_session.findings
    both = series(tmp_path, f"Céreq;effectifs;{B};2022;2021;scolaires;;France;9000;;")
    assert rows(both.enrolments) == [(2022, B, "scolaires", 9000)]


def test_a_workbook_and_a_csv_are_the_same_series(tmp_path: Path) -> None:
    book = read_reflet(write_xlsx(tmp_path / "series.xlsx", [HEADER, *LINES]))
    text = series(tmp_path, *LINES)
    assert (rows(book.enrolments), rows(book.examinations)) == (rows(text.enrolments), rows(text.examinations))
    old = tmp_path / "ancien.csv"
    old.write_bytes("\r\n".join([HEADER.upper(), *LINES]).encode("cp1252"))
    assert rows(read_reflet(old).enrolments) == rows(text.enrolments)


@pytest.mark.parametrize(
    ("old", "new", "column", "expected"),
    [
        (";scolaires;", ";VAE;", "Régime", "l'un de : scolaires, apprentis, formation continue, autres"),
        (";scolaires;", ";;", "Régime", "scolaires"),
        (";examens;", ";marques;", "Série", "l'un de : effectifs, examens"),
        (f";{B};", ";40031215;", "Diplôme", "40031214 (Option B)"),
        (f";{B};", ";;", "Diplôme", "code formation-diplôme"),
        (";France;", ";Lion;", "Territoire", "Lyon (10)"),
        (";France;", ";;", "Territoire", "une académie"),
        (";France;", ";Caen;", "Territoire", "Normandie"),
        (";France;", ";France entière;", "Territoire", "France ; France hors DOM-TOM ; une académie"),
        (";2022;", ";;", "Session ou Rentrée", "une session, ou la rentrée qui la précède"),
        (";2022;;", ";2022;2022;", "Session ou Rentrée", "la rentrée de l'année qui précède la session"),
        (";2022;", ";22;", "Session", "une année de 1970"),
        (";2022;", ";2090;", "Session", "une année de 1970"),
        (";2022;", ";2021;", "Session", "une session du diplôme 40031214 (Option B), depuis 2022"),
        (f";{B};", f";{VENTE};", "Session", "de 2004 à 2021"),
        (";100;", ";-1;", "Présents", "un effectif entier, positif ou nul"),
        (";100;", ";12,5;", "Présents", "un effectif entier, positif ou nul"),
        (";100;", ";٣;", "Présents", "un effectif entier"),
        (";100;", ";nd;", "Présents", "une cellule vide s'il manque"),
        (";100;", ";;", "Présents", "toutes les cellules vides"),
        (";80", ";", "Admis", "toutes les cellules vides"),
        (";80", ";101", "Admis", "au plus 100, soit « Présents »"),
        (";;100;", ";7;100;", "Effectif", "rien sur une ligne de la série « examens »"),
        (";scolaires;;", ";scolaires;F;", "Sexe", "Reflet ne donne pas le sexe"),
        ("Céreq;", ";", "Source", "le nom de la source"),
    ],
)  # fmt: skip
def test_a_value_that_the_series_can_not_hold(tmp_path: Path, old: str, new: str, column: str, expected: str) -> None:
    line = f"Céreq;examens;{B};2022;;scolaires;;France;;100;80"
    assert old in line
    where = refused_line(tmp_path, line.replace(old, new, 1))
    assert where.startswith(f"ligne 2, colonne « {column} »")
    assert expected in where.split("attendu : ")[1]


@pytest.mark.parametrize("regime", ["formation continue", "autres"])
def test_only_pupils_and_apprentices_are_enrolled(tmp_path: Path, regime: str) -> None:
    where = refused_line(tmp_path, f"Céreq;effectifs;{B};2022;;{regime};;France;10;;")
    assert "scolaires ou apprentis : Reflet ne compte que leurs effectifs de dernière année" in where


@pytest.mark.parametrize(
    ("column", "other"),
    [
        ("Sexe", ENROLMENTS[2].replace(";F;", ";;")),
        ("Territoire", ENROLMENTS[2].replace(";France hors DOM-TOM;", ";Lyon;")),
        ("Territoire", ENROLMENTS[2].replace(";France hors DOM-TOM;", ";France;")),
    ],
)
def test_unlike_dimensions_inside_a_series(tmp_path: Path, column: str, other: str) -> None:
    where = refused_line(tmp_path, ENROLMENTS[0], other)
    assert where.startswith(f"ligne 3, colonne « {column} »")
    assert "comme ligne 2 : une série (« effectifs ») a partout les mêmes dimensions" in where


def test_a_missing_year_is_named(tmp_path: Path) -> None:
    line = f"Céreq;examens;{B};2022;;scolaires;;France;;100;80"
    where = refused_line(tmp_path, line, line.replace(";2022;", ";2025;"))
    assert where.startswith("ligne 3, colonne « Session » : « 2025 après 2022 »")
    assert "la session 2023, 2024 du diplôme 40031214, cellules vides si la donnée manque" in where
    holes = [f"Céreq;examens;{B};{year};;scolaires;;France;;;" for year in (2023, 2024)]
    found = series(tmp_path, line, *holes, line.replace(";2022;", ";2025;"))
    assert found.examinations.frame["session"].tolist() == [2022, 2025]
    assert found.holes["session"].tolist() == [2023, 2024]


@pytest.mark.parametrize("regime", ["scolaires", "Scolaire", "SCOLAIRES"])
def test_a_repeated_line(tmp_path: Path, regime: str) -> None:
    line = f"Céreq;examens;{B};2022;;scolaires;;France;;100;80"
    where = refused_line(tmp_path, line, line.replace("scolaires", regime).replace(";100;", ";101;"))
    assert where.startswith("ligne 3, ")
    assert "déjà lue ligne 2" in where


def test_all_failures_at_once(tmp_path: Path) -> None:
    error = refused(write(tmp_path / "series.csv", *(f"Céreq;examens;{B};2022;;x{n};;France;;-1;80" for n in range(8))))
    assert error.what == "16 valeur(s) refusée(s) dans series.csv"
    assert "et 6 autre(s)" in error.where


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (
            HEADER.replace(";Régime", ";Voie"),
            "colonne(s) absente(s) : Régime ; colonne(s) en trop ou répétée(s) : Voie",
        ),
        (HEADER.replace(";Session;Rentrée", ";An;Rang"), "absente(s) : Session ou Rentrée"),
        (HEADER.replace(";Sexe", ";Département"), "en trop ou répétée(s) : Département"),
        (HEADER.replace(";Sexe", ";SÉRIE"), "en trop ou répétée(s) : "),
    ],
)
def test_other_columns(tmp_path: Path, header: str, told: str) -> None:
    assert told in refused(write(tmp_path / "series.csv", *LINES, header=header)).where


def test_something_else_than_a_series(tmp_path: Path) -> None:
    assert "introuvable" in str(refused(tmp_path / "absent.csv"))
    assert "n'est une série Reflet" in refused(write_xlsx(tmp_path / "notes.xlsx", ["a;b", "1;2"])).what
    (tmp_path / "faux.xlsx").write_text("bonjour")
    refused(tmp_path / "faux.xlsx")


def test_the_example_is_built_from_the_published_results_and_says_so() -> None:
    """Counted here from the published margins, line by line, apart from the package."""
    regimes = {"SCOLAIRE": "scolaires", "APPRENTISSAGE": "apprentis", "FORMATION CONTINUE": "formation continue"}
    sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    with (RAW / "national_by_route_and_sex.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["diploma"] in (B, VENTE):
                cell = sums[row["session"], row["diploma"], regimes.get(row["candidate_status"], "autres")]
                cell[0] += int(row["present"])
                cell[1] += int(row["passed"])
    with (RAW / EXAMPLE).open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file, delimiter=";"))
    examinations = {
        (row["Session"], row["Diplôme"], row["Régime"]): [int(row["Présents"]), int(row["Admis"])]
        for row in lines
        if row["Série"] == "examens"
    }
    assert examinations == sums
    assert {row["Effectif"] for row in lines} == {""}
    assert {row["Source"] for row in lines} == {
        "série d'exemple construite sur les chiffres publiés, pas un export Reflet"
    }
    about = json.loads((RAW / "datapackage.json").read_text(encoding="utf-8"))
    resource = next(r for r in about["resources"] if r["path"] == EXAMPLE)
    assert "pas un export Reflet" in resource["title"]
    assert resource["hash"] == f"sha256:{read_reflet().examinations.source.digest}"
    assert resource["rows"] == len(lines)


def test_the_example_agrees_with_the_official_results_and_has_no_enrolment() -> None:
    found = read_reflet()
    line = official_results().national.where(diploma=[B, VENTE])
    keys = ["session", "diploma", "regime"]
    theirs = by_regime(line).by(*keys).frame[[*keys, "present", "passed"]]
    assert found.examinations.frame.to_dict("records") == theirs.to_dict("records")
    assert found.enrolments.frame.empty
    assert len(found.holes) == 10


def test_outside_the_overseas_territories() -> None:
    """Présents of option B, hors DOM-TOM, as published by académie: 8,431, 8,905, 9,362 and 10,069."""
    kept = without_overseas(official_results().academies.where(diploma=B))
    assert kept.by("session").frame["present"].tolist() == [8431, 8905, 9362, 10069]
    assert kept.frame["academie"].nunique() == 25
    assert kept.scope.territory == "France hors DOM-TOM"


def test_the_scope_says_what_was_left_out(tmp_path: Path) -> None:
    kept = without_overseas(series(tmp_path, *EXAMINATIONS).examinations)
    assert kept.scope.territory == "2 académies sur 30, hors DOM-TOM"
    assert kept.frame["academie"].tolist() == ["10", "10"]
    with pytest.raises(CountsError, match="academie"):
        without_overseas(example_counts())


_BITS = st.sampled_from(
    [b";", b",", b'"', b"\r\n", b"\n", b"\x00", b"\xff", b"\xc3", b"", b"\xef\xbb\xbf", b"2022", b"1e9", b"\xb2",
     b"-1", b"nan", b"inf", b"effectifs", b"examens", b"France", b"00", b"40031206", b"F", b"9" * 30]
)  # fmt: skip
_MUTATIONS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 12), st.one_of(_BITS, st.binary(max_size=6))), max_size=8
)
_numbers = itertools.count()


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("reflet")
    made = {"csv": write(folder / "a.csv", *LINES), "xlsx": write_xlsx(folder / "a.xlsx", [HEADER, *LINES])}
    return {shape: path.read_bytes() for shape, path in made.items()}


@given(shape=st.sampled_from(["csv", "csv", "xlsx"]), mutations=_MUTATIONS)
@example(shape="csv", mutations=[(0.99, 12, b"\xb2")])
def test_a_damaged_file_is_read_or_refused_in_french(
    shape: str,
    mutations: list[tuple[float, int, bytes]],
    shapes: dict[str, bytes],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    raw = shapes[shape]
    for place, length, bits in mutations:
        at = int(place * len(raw))
        raw = raw[:at] + bits + raw[at + length :]
    path = tmp_path_factory.getbasetemp() / f"reflet{next(_numbers)}.{shape}"
    path.write_bytes(raw)
    try:
        found = read_reflet(path)
    except InputError as error:
        assert error.expected and error.remedy
    else:
        assert (found.examinations.frame["passed"] <= found.examinations.frame["present"]).all()
        assert found.examinations.frame.notna().all(axis=None)
