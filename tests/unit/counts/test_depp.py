"""The ministry's file in its three shapes gives the same counts."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from rncp_analytics.counts.depp import DIMENSIONS, read_depp, slug
from rncp_analytics.counts.model import MENTIONS, OUTCOMES
from tests.unit.counts.depp_files import ROWS, SHAPES, B, Row, write

# What the nine rows of the example are: session, voie, série, diplôme, option, académie, sexe, statut.
EXPECTED = {
    (2025, "professional", "services", "40031214", "B", "10", "F", "SCOLAIRE"),
    (2025, "professional", "services", "40031214", "B", "10", "M", "SCOLAIRE"),
    (2024, "professional", "services", "40031214", "B", "19", "F", "SCOLAIRE"),
    (2024, "professional", "services", "40031214", "B", "19", "M", "SCOLAIRE"),
    (2023, "professional", "services", "40031213", "A", "28", "F", "APPRENTISSAGE"),
    (2024, "professional", "services", "40031212", "none", "10", "F", "ENSEIGNEMENT A DISTANCE"),
    (2023, "professional", "production", "40022106", "none", "10", "F", "SCOLAIRE"),
    (2023, "professional", "production", "AG22106", "none", "10", "F", "SCOLAIRE"),
    (2025, "general", "BAC GENERAL", "BAC GENERAL", "none", "10", "F", "SCOLAIRE"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_counts(tmp_path: Path, shape: str) -> None:
    counts = read_depp(write(tmp_path / "export.csv", ROWS, shape=shape)).counts
    assert set(counts.frame[list(DIMENSIONS)].itertuples(index=False, name=None)) == EXPECTED
    assert len(counts.frame) == len(EXPECTED)
    first = counts.frame.iloc[0]
    assert [int(first[c]) for c in OUTCOMES] == [20, 18, 12, 3, 3, 2, 1, 14, 4]
    assert [int(first[c]) for c in MENTIONS] == [0, 1, 3, 5, 5]
    assert counts.by().frame["present"].tolist() == [9 * 18]
    assert counts.origin == "official"


def test_the_three_shapes_row_by_row(tmp_path: Path) -> None:
    frames = [read_depp(write(tmp_path / f"{shape}.csv", ROWS, shape=shape)).counts.frame for shape in SHAPES]
    pd.testing.assert_frame_equal(frames[0], frames[1])
    pd.testing.assert_frame_equal(frames[0], frames[2])


@pytest.mark.parametrize("session", ["2025", "2025.0", "2025-01-01", "2025-01-01T00:00:00+00:00"])
def test_a_session_as_text_number_or_date(tmp_path: Path, session: str) -> None:
    header, line = SHAPES["labels"]
    text = line(Row()).replace(";2025;", f";{session};")
    path = tmp_path / "export.csv"
    path.write_text(f"{header}\n{text}\n", encoding="utf-8")
    assert read_depp(path).counts.frame["session"].tolist() == [2025]


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("BAC PRO 31206 VENTE (PROSPECT.NEGO.SUIV.CLIENT", "40031206"),
        ("VENTE (PROSPECT.NEGO.SUIV.CLIENT", "40031206"),
        ("BAC PRO 31202 COMMERCE", "40031202"),
        ("COMMERCE", "40031202"),
        ("ACCUEIL -RELATION CLIENTS USAGERS", "40031210"),
        ("MET.COM.VEN.OP.A ANI.GES.ESP.COM.", "40031213"),
        ("BAC PRO MET.COM.VEN.OP.B  PR.CL.VA.OF.COM.", "40031214"),
        ("Métiers de l'accueil", "40031212"),
        ("BACPRO 23103 TECHNICIEN GEOMETRE-TOPOGRAPHE", "40023103"),
        ("ART.MET.ART-FACT.ORG. OPT.TUYAUT.", "ART.MET.ART-FACT.ORG. OPT.TUYAUT."),
    ],
)
def test_the_diploma_comes_from_its_code_or_from_a_known_label(tmp_path: Path, label: str, code: str) -> None:
    header, line = SHAPES["2026"]
    path = tmp_path / "export.csv"
    path.write_text(f"{header}\n{line(Row()).replace(f'BAC PRO {B}', label)}\n", encoding="utf-8")
    assert read_depp(path).counts.frame["diploma"].tolist() == [code]


def test_the_agriculture_ministry_never_counts_in_the_family(tmp_path: Path) -> None:
    rows = [
        Row(),
        Row(agriculture=True),  # the same five digits, written AG
        Row(session=2024),
        Row(session=2024, agriculture=True),  # the same label without a code, in a series of agriculture
    ]
    counts = read_depp(write(tmp_path / "export.csv", rows, shape="2026")).counts
    assert counts.where(diploma="40031214").by("session").frame["present"].tolist() == [18, 18]
    assert sorted(counts.where(option="none").frame["diploma"]) == ["AG MET.COM.VEN.OP.B PR.CL.VA.OF.COM.", "AG31214"]


def test_other_diplomas_are_counted_and_listed(tmp_path: Path) -> None:
    read = read_depp(write(tmp_path / "export.csv", [*ROWS, Row(label="99999 DIPLOME INCONNU", sex="M")]))
    listed = read.other_labels.set_index("label")
    assert sorted(listed.index) == [
        "BAC GENERAL",
        "BAC PRO 22106 CUISINE",
        "BAC PRO 99999 DIPLOME INCONNU",
        "BAC PRO AG 22106 TEC CONS VTE ALIMENTATION VINS SP",
    ]
    assert listed.loc["BAC PRO 99999 DIPLOME INCONNU", ["rows", "present", "diploma"]].tolist() == [1, 18, "40099999"]


def test_scope_and_source_say_what_was_read(tmp_path: Path) -> None:
    counts = read_depp(write(tmp_path / "mon export.csv", ROWS)).counts
    assert counts.scope.stage == "final"
    assert counts.scope.territory == "3 académies sur 30"
    assert counts.source.publisher == "DEPP"
    assert counts.source.licence == "Licence Ouverte 2.0"
    assert counts.source.files == ("mon export.csv",)
    assert len(counts.source.digest) == 64


def test_a_header_is_compared_without_accents_case_and_punctuation() -> None:
    api = "nombre_d_ajournes_passant_les_epreuves_du_2nd_groupe"
    assert slug("Nombre d'ajournés, passant les épreuves du 2nd groupe") == slug(api) == api
