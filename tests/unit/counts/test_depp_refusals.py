"""What a bad file of the ministry's data set is told: file, line, column, what was expected, what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rncp_analytics.counts.depp import read_depp
from rncp_analytics.errors import InputError
from tests.unit.counts.depp_files import API, COUNTS, LABELS, SHAPES, B, Row, label_line, write

GOOD = Row(sex="M")


def refused(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read_depp(path)
    error = caught.value
    assert path.name in error.what + error.where
    assert error.expected
    assert error.remedy
    return error


def refused_line(tmp_path: Path, line: str) -> str:
    """Where of the error for a file whose third line is bad and the others good."""
    error = refused(write(tmp_path / "export.csv", [GOOD, line, Row(session=2024)]))
    assert "1 valeur(s) refusée(s) dans export.csv" in error.what
    assert error.where.startswith("ligne 3, colonne « ")
    return error.where


def with_counts(**changes: int) -> str:
    names = ("registered", "present", "first", "refused_first", "allowed", "after", "refused_after", "passed")
    names += ("tbf", "tb", "b", "ab", "none", "refused")
    counts = dict(zip(names, COUNTS, strict=True)) | changes
    return label_line(Row(counts=tuple(counts.values())))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("position", [-1, -14, 0, -15], ids=["refusés", "inscrits", "first", "diplôme"])
def test_a_missing_column(tmp_path: Path, shape: str, position: int) -> None:
    header, line = SHAPES[shape]
    titles, cells = header.split(";"), line(GOOD).split(";")
    title = titles.pop(position)
    cells.pop(position)
    path = tmp_path / "export.csv"
    path.write_text(";".join(titles) + "\n" + ";".join(cells), encoding="utf-8")
    if title == "num_ligne":
        assert len(read_depp(path).counts.frame) == 1
        return
    error = refused(path)
    assert "Il manque 1 colonne(s)" in error.what
    assert "ligne 1" in error.where
    assert titles[0] in error.where
    assert "Le baccalauréat par académie" in error.expected


def test_the_academie_may_be_named_in_two_ways(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(LABELS.replace(";Académie;", ";Rectorat;") + "\n" + label_line(GOOD), encoding="utf-8")
    assert "« Académie ou Libellé académie »" in refused(path).what


def test_another_file_altogether(tmp_path: Path) -> None:
    path = tmp_path / "departements.csv"
    path.write_text(
        "Session;Code académie;Académie;Voie;Genre\n2023;23;Nice;Technologique;Masculin\n", encoding="utf-8"
    )
    error = refused(path)
    assert "Il manque 18 colonne(s)" in error.what
    assert "…" in error.what


@pytest.mark.parametrize(
    ("old", "new", "column", "expected"),
    [
        (";FEMININ;", ";FEMMES;", "Sexe", "FEMININ"),
        (";FEMININ;", ";;", "Sexe", "FILLES"),
        (";SCOLAIRE;", ";Scolaire;", "Statut du candidat", "ENSEIGNEMENT A DISTANCE"),
        (";SCOLAIRE;", ";VAE;", "Statut du candidat", "SCOLAIRE, APPRENTISSAGE, FORMATION CONTINUE"),
        (";BAC PROFESSIONNEL;", ";CAP;", "Voie", "BAC PROFESSIONNEL"),
        (";BAC PRO SERV;", ";;", "Série", "le nom d'une série"),
        (f"BAC PRO {B}", "", "Diplôme spécialité", "le libellé d'un diplôme"),
        (";2025;", ";25;", "Session", "une année"),
        (";2025;", ";2024-2025;", "Session", "une année"),
        (";2025;", ";juin 2025;", "Session", "une année"),
        (";2025;", ";;", "Session", "une année"),
    ],
)
def test_a_value_outside_its_list(tmp_path: Path, old: str, new: str, column: str, expected: str) -> None:
    where = refused_line(tmp_path, label_line(Row()).replace(old, new))
    assert f"colonne « {column} » : « {new.strip(';')} »" in where
    assert expected in where.split("attendu : ")[1]


@pytest.mark.parametrize(
    ("written", "nearest"),
    [("LIONS", "Lyon"), ("REUNION", "La Réunion"), ("CAEN", "Normandie")],
    ids=["typo", "part", "former"],
)
def test_an_unknown_academie_gets_the_nearest_names(tmp_path: Path, written: str, nearest: str) -> None:
    where = refused_line(tmp_path, label_line(Row()).replace(";LYON;", f";{written};"))
    assert f"colonne « Académie » : « {written} »" in where
    assert nearest in where


def test_an_academie_outside_the_data_set(tmp_path: Path) -> None:
    where = refused_line(tmp_path, label_line(Row()).replace(";LYON;", ";POLYNESIE FRANCAISE;"))
    assert "POLYNESIE FRANCAISE" in where


@pytest.mark.parametrize("written", ["-20", "12,5", "13.5", "1 234", "NC", "", "1e3", "NaN", "20.00.0", "99999999999"])
def test_a_count_that_is_not_one(tmp_path: Path, written: str) -> None:
    where = refused_line(tmp_path, label_line(Row()).replace(f"{B};20;18", f"{B};{written};18"))
    assert f"colonne « Nombre d'inscrits » : « {written} »" in where
    assert "attendu : un effectif entier, positif ou nul" in where


def test_the_column_is_named_as_in_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "export.csv", [Row(counts=(-1, *COUNTS[1:]))], shape="api")
    assert "ligne 2, colonne « nombre_d_inscrits » : « -1.0 »" in refused(path).where
    assert API.split(";")[7] == "nombre_d_inscrits"


@pytest.mark.parametrize(
    ("changes", "column", "value", "expected"),
    [
        (
            {"refused": 3, "refused_first": 2},
            "Nombre de présents",
            18,
            "17, soit « Nombre d'admis totaux » + « Nombre de ref",
        ),
        (
            {"first": 13},
            "Nombre d'admis totaux",
            14,
            "15, soit « Nombre d'admis au 1er groupe » + « Nombre d'admis à l'is",
        ),
        (
            {"allowed": 4},
            "Nombre d'ajournés, passant les épreuves du 2nd groupe",
            4,
            "3, soit « Nombre d'admis à l'issue",
        ),
        ({"refused_first": 1}, "Nombre de refusés totaux", 4, "2, soit « Nombre de refusés au 1er groupe » + "),
        ({"none": 4}, "Nombre d'admis totaux", 14, "13, soit « Nombre d'admis avec mention TB avec les félicitations"),
        ({"registered": 17}, "Nombre de présents", 18, "au plus 17, soit « Nombre d'inscrits »"),
    ],
    ids=["présents", "admis", "contrôle", "refusés", "mentions", "inscrits"],
)
def test_an_identity_of_the_examination_is_broken(
    tmp_path: Path, changes: dict[str, int], column: str, value: int, expected: str
) -> None:
    where = refused_line(tmp_path, with_counts(**changes))
    assert f"colonne « {column} » : « {value} » ; attendu : {expected}" in where


def test_more_admis_than_presents(tmp_path: Path) -> None:
    line = with_counts(present=13)
    where = refused_line(tmp_path, line)
    assert "« Nombre de présents » : « 13 » ; attendu : 18, soit « Nombre d'admis totaux »" in where


@pytest.mark.parametrize(
    "again",
    [
        label_line(Row()),
        label_line(Row()).replace(";FEMININ;", ";FILLES;"),
        label_line(Row()).replace(";LYON;", ";Lyon;"),
        label_line(Row()).replace(";2025;", ";2025-01-01;"),
        label_line(Row()).replace(f"BAC PRO {B}", B.split(" ", 1)[1]),
        label_line(Row(counts=(*(0,) * 14,))),
    ],
    ids=["same", "sex written otherwise", "académie written otherwise", "date", "label without code", "other counts"],
)
def test_the_same_candidates_twice_name_both_lines(tmp_path: Path, again: str) -> None:
    error = refused(write(tmp_path / "export.csv", [Row(), Row(sex="M"), again]))
    assert error.where.startswith("ligne 4, ")
    assert "déjà lue ligne 2" in error.where
    assert "Session × Académie × Sexe × Statut du candidat × Diplôme spécialité" in error.where


@pytest.mark.parametrize(
    "label",
    [
        "MET.COM.VEN.OP.B PROSPECTION",
        "BAC PRO METIERS DU COMMERCE ET DE LA VENTE",
        "Métiers du commerce opt B",
        "VENTE (X",
    ],
)
def test_a_label_that_may_hide_the_family_is_refused(tmp_path: Path, label: str) -> None:
    where = refused_line(tmp_path, label_line(Row()).replace(f"BAC PRO {B}", label))
    assert f"colonne « Diplôme spécialité » : « {label} »" in where
    assert "MET.COM.VEN.OP.B PR.CL.VA.OF.COM." in where


def test_all_failures_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    rows = [label_line(Row(session=2000 + n)).replace(";LYON;", ";LION;") for n in range(12)]
    rows[3] = rows[3].replace(";SCOLAIRE;", ";?;")
    error = refused(write(tmp_path / "export.csv", rows))
    assert "13 valeur(s) refusée(s)" in error.what
    lines = [int(n) for n in re.findall(r"ligne (\d+), colonne", error.where)]
    assert lines == [2, 3, 4, 5, 5, 6, 7, 8, 9, 10]
    assert "et 3 autre(s) valeur(s) refusée(s)" in error.where
    assert "rien n'a été écrit" in error.remedy


def test_line_numbers_hold_after_a_quoted_newline_and_an_empty_line(tmp_path: Path) -> None:
    first = label_line(Row(sex="M", label="99999 SUR\nDEUX LIGNES")).replace("BAC PRO 99999", '"BAC PRO 99999')
    first = first.replace("DEUX LIGNES", 'DEUX LIGNES"')
    error = refused(write(tmp_path / "export.csv", [first, "", label_line(Row()).replace(";SCOLAIRE;", ";?;")]))
    assert error.where.startswith("ligne 5, ")


def test_a_file_with_a_comma_in_every_count_is_told_in_full_but_shortly(tmp_path: Path) -> None:
    rows = [
        re.sub(r";(\d+)(?=;|$)", r";\1,0", label_line(Row(session=s))).replace(f";{s},0;10,0;", f";{s};10;")
        for s in (2024, 2025)
    ]
    error = refused(write(tmp_path / "export.csv", rows))
    assert "28 valeur(s) refusée(s)" in error.what
    assert error.where.count("\n") == 10
