"""What a cohort's page says first, and its tables of quality: word for word on small cohorts."""

from __future__ import annotations

import io

import pandas as pd
import pytest

import rncp_analytics as rncp
from rncp_analytics.cohort.model import Cohort
from rncp_analytics.cohort.provenance import FileLines, ImportRecord, RefusedLines
from rncp_analytics.counts.model import Counts
from rncp_analytics.counts.tally import tally
from rncp_analytics.display.cohort_overview import COVERS, cohort_overview
from rncp_analytics.display.quality_tables import files_table, reading_findings, refusal_table
from rncp_analytics.errors import CountsError, PublicationError
from rncp_analytics.measures.rates import rates
from rncp_analytics.measures.secrecy import Publication, suppress
from tests.conftest import make_counts
from tests.unit.display.examples import offences
from tests.unit.display.test_lecture import plain

READING = ImportRecord(
    files=(FileLines("liste.csv", 40, 39, 1), FileLines("notes.csv", 500, 480, 20)),
    refusals=(RefusedLines("notes.csv", "Note", "attendu : une note de 0 à 20", 20),),
    findings=("notes.csv : utf-8",),
)


@pytest.fixture(scope="module")
def example() -> Cohort:
    return rncp.open_cohort("synthetic")


@pytest.fixture(scope="module")
def outcomes(example: Cohort) -> Counts:
    return tally(example, by=["session", "diploma", "candidate_status", "sex"]).outcomes


def first_page(outcomes: Counts, *, profile: str = "synthetique", **options: object) -> dict[str, str]:
    asked = {"reading": READING, "session": 2025, "publication": Publication(profile), **options}
    page = cohort_overview(outcomes, **asked)  # type: ignore[arg-type]
    assert offences(repr(page)) == []
    return {"title": plain(page.title), **{head: plain(text) for head, text in page.lines}}


def test_the_first_screen_of_a_cohort(outcomes: Counts) -> None:
    """Aix-Marseille 2025 in data/raw: 627 inscrits, 616 présents, 535 admis; 2024: 610 and 520."""
    page = cohort_overview(outcomes, reading=READING, session=2025, publication=Publication("synthetique"))
    assert [(plain(v), w) for v, w in page.figures][:3] == [("627", "inscrits"), ("616", "présents"), ("535", "admis")]
    told = first_page(outcomes)
    assert told["title"] == "Académie d'Aix-Marseille, session 2025, résultats définitifs"
    assert told["Lignes lues"] == (
        "2 fichiers, 540 lignes : 519 acceptées, 21 refusées (détail dans « Qualité des données »)."
    )
    assert told["En attente de résultat"] == "aucun candidat."
    assert told["Depuis la dernière session"].startswith("présents +6 (+1,0 %), admis +15 (+2,9 %)")
    assert "Données synthétiques." in page.subtitle


def test_candidates_who_wait_leave_bounds(outcomes: Counts) -> None:
    """80 présents, 60 admis, 8 waiting: between 75 % and 85 %."""
    frame = outcomes.where(session=2025, diploma=rncp.OPTION_B, sex="F", candidate_status="SCOLAIRE").frame
    told = {"registered": 90, "present": 80, "passed": 60, "passed_first_group": 60, "refused": 12, "pending": 8}
    told |= {"refused_first_group": 12, "no_mention": 60, "mean_below_8": 12, "complete": 70}
    july = {c: told.get(c, 0) for c in outcomes.columns}
    counts = make_counts(frame.assign(**july), *outcomes.dimensions, stage="first_group", origin="synthetic")
    said = first_page(counts)
    assert said["En attente de résultat"] == (
        "8 candidats ; le taux de réussite de la session sera entre 75,0 % si aucun des 8 candidats en attente n'est "
        "admis et 85,0 % si tous le sont."
    )
    assert said["title"].endswith("résultats après le 1er groupe")
    assert said["L'autre option"] == "absente de cette cohorte."


def test_a_profile_of_diffusion_leaves_no_small_number(outcomes: Counts) -> None:
    said = first_page(outcomes, profile="dgfip_11")
    assert "individuels (masqué)" in said["Statuts des candidats"]
    assert "8 présents" not in said["Statuts des candidats"]


def test_the_file_of_the_first_screen_holds_each_figure_once_with_its_champ(
    outcomes: Counts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Aix-Marseille in data/raw, as above: présents and admis of option B in 2025 and 2024."""
    monkeypatch.setenv("RNCP_REPORT", "1")
    page = cohort_overview(outcomes, reading=READING, session=2025, publication=Publication("synthetique"))
    bundle, metadata = page._repr_mimebundle_()
    file = pd.read_csv(io.StringIO(bundle["text/csv"]), sep=";", decimal=",")
    assert file.columns[-1] == "Champ" and not file.duplicated().any()
    assert metadata == {"rncp": {"name": "chiffres-cles", "secrecy": {"S": len(file)}}}
    steps = file[file["Champ"].map(plain) == plain(page.notes[0]).removeprefix("Champ : ")].set_index("Indicateur")
    assert steps.loc[["inscrits", "présents", "admis"], "Numérateur"].tolist() == [627, 616, 535]
    before = file[(file["Indicateur"] == "taux de réussite") & file["Champ"].str.contains("session 2024")]
    assert before[["Numérateur", "Dénominateur"]].to_numpy().tolist() == [[520, 610]]
    option_a = file[(file["Indicateur"] == "taux de réussite") & file["Champ"].str.contains("candidats de l'option A")]
    assert len(option_a) == 1
    statuses = file.dropna(subset=["Statut du candidat"])
    assert statuses["Dénominateur"].sum() == 616


def test_what_the_first_screen_refuses(outcomes: Counts) -> None:
    with pytest.raises(CountsError, match="option B à la session 2019"):
        first_page(outcomes, session=2019)
    with pytest.raises(PublicationError, match="Aucun profil"):
        first_page(outcomes, profile="")


def test_lines_read_and_refused() -> None:
    made = files_table(READING, origin="candidates", name="f", caption="Lignes")
    assert made.rows[-1] == ("Ensemble", "540", "519", "21")
    refused = refusal_table(READING, origin="synthetic", name="r", caption="Refus")
    assert [plain(c) for c in refused.rows[0]] == ["notes.csv", "Note", "attendu : une note de 0 à 20", "20"]
    assert "notes.csv" in repr(reading_findings(READING))
    assert "Données synthétiques." in repr(refused) and "Données synthétiques." in refused.csv()
    assert "synthétiques" not in repr(made) + made.csv()
    assert "aucune ligne" in repr(refusal_table(ImportRecord(), origin="candidates", name="r", caption="Refus"))


def test_a_cross_table_names_its_denominators() -> None:
    frame = pd.DataFrame({"sex": ["F", "M", "F"], "option": ["A", "A", "B"], "present": [20, 30, 5], "passed": 5})
    shown = suppress(rates(make_counts(frame, "sex", "option", origin="synthetic"), by=["sex", "option"]),
                     profile="synthetique")  # fmt: skip
    made = rncp.cross_table(shown, rows="sex", columns="option", name="c", caption="Croisé")
    assert "– : non calculé, moins de 10." in plain(repr(made))
    assert [c.title for c in made.columns] == ["Sexe", "Option A : présents", "%", "Option B : présents", "%"]
    assert [[plain(str(c)) for c in row] for row in made.rows] == [
        ["Filles", "20", "25,0 %", "5", "–"],
        ["Garçons", "30", "16,7 %", "–", "–"],
    ]


def test_the_chart_of_distributions_states_every_share(example: Cohort) -> None:
    units = tally(example, by=["session", "diploma"]).units.where(session=2025, diploma=rncp.OPTION_B)
    chart = rncp.distribution_chart(
        suppress(rncp.mark_classes(units), profile="synthetique"), name="d", title="Répartition"
    )
    marked = units.by("unit").frame.set_index("unit")
    first = plain(chart.lines[0])
    assert first.startswith(f"E2 Prospection et valorisation · U2 · bloc 1, {marked.loc['U2', 'marked']} notes : ")
    assert f"({marked.loc['U2', 'class_16_20']})." in first
    assert len(chart.lines) == 17
    assert offences(repr(chart)) == []
    assert chart.picture("png").startswith(b"\x89PNG")


def test_a_cover_says_whose_candidates_these_are() -> None:
    assert "aucun de ces candidats n'existe" in COVERS["synthetic"].banner("synthetique")
    assert "Usage interne, ne pas diffuser" in COVERS["candidates"].banner("usage_interne")
