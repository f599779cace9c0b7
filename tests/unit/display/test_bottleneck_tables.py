"""What holds candidates back, in words: small cohorts whose figures can be counted by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

from rncp_analytics.counts.tally import Tally, tally
from rncp_analytics.display.bottleneck_tables import bottleneck_table, pairs_table, pairs_tests
from rncp_analytics.display.fold import Folds
from rncp_analytics.display.table import Table
from rncp_analytics.errors import CountsError, PublicationError
from rncp_analytics.measures.bottleneck import bottleneck
from rncp_analytics.measures.secrecy import Publishable, suppress
from rncp_analytics.measures.unit_pairs import cochran_q, unit_pairs
from tests.conftest import make_counts
from tests.unit.cohort.cohorts import cohort, person, random_cohort
from tests.unit.display.examples import offences

TOLD = {"name": "essai", "caption": "Un essai"}
NEAR = {"U6": 180}  # 258/26: 10 in U6 makes 10
PROFESSIONAL = {"mark": 160, "U31": 200, "U32": 200, "U33": 200, "U2": 180}  # 10 in U2 opens the contrôle
PEOPLE = [
    *[person(**NEAR) for _ in range(4)],
    *[person(**PROFESSIONAL) for _ in range(3)],
    *[person(120) for _ in range(5)],
    *[person(240) for _ in range(8)],
]


def plain(text: object) -> str:
    return str(text).replace("\u00a0", " ").replace("\u202f", " ").replace("\u2212", "-")


def decided(people: Sequence[Any], *, profile: str = "usage_interne", confidence: float | None = None) -> Publishable:
    found = tally(cohort(people), by=[])
    return suppress(bottleneck(found.units, found.pivots, found.outcomes, confidence=confidence), profile=profile)


def lines(table: Table) -> dict[str, list[str]]:
    return {plain(row[0]).split(" ")[0]: [plain(cell) for cell in row[1:]] for row in table.rows}


def pairs_of(found: Tally, *, profile: str = "usage_interne", confidence: float | None = None) -> Publishable:
    made = unit_pairs(found.patterns, mandatory_units=found.mandatory_units, confidence=confidence)
    return suppress(made, profile=profile)


def test_each_epreuve_in_words() -> None:
    # 12 refused of 20: 4 for U6 alone, 3 whom U2 would let go to the contrôle, 5 with 6 everywhere.
    table = bottleneck_table(decided(PEOPLE), **TOLD)
    shown = lines(table)
    assert list(shown) == ["E2", "E31", "E32", "E33", "E34", "E11", "E12", "E41", "E42", "E51", "E52", "E6", "E7"]
    # U6 under 10: 4 at 9, 3 at 8, 5 at 6: (4 × 1 + 3 × 2 + 5 × 4) / 12 = 2.5 points; 12 of 20 marks.
    assert shown["E6"] == ["60,0 %", "4 (33,3 %)", "0 (0,0 %)", "2,5 points (n = 12)", "+4 (+20,0 points)"]
    # U2: 3 at 9 and 5 at 6, 8 of 20; too few to say what is missing on average.
    assert shown["E2"] == ["40,0 %", "0 (0,0 %)", "3 (25,0 %)", "non calculé", "0"]


def test_the_lecture_reads_the_epreuve_that_decides_most() -> None:
    said = [plain(line) for line in bottleneck_table(decided(PEOPLE), **TOLD).notes.lines()]
    assert said[0] == (
        "Lecture : à l'épreuve « E6 Arts appliqués · U6 · bloc 12 », 10 aurait suffi à 4 des 12 refusés pour avoir le "
        "diplôme, soit 33,3 % ; le taux de réussite serait de 60,0 % au lieu de 40,0 %."
    )
    assert any(line.startswith("Constat, pas une cause") for line in said)
    nobody = plain(bottleneck_table(decided([person(120)] * 10), **TOLD).notes.lecture)
    assert nobody.endswith("10 n'aurait donné le diplôme à aucun des 10 refusés.")


def test_nobody_refused_or_too_few() -> None:
    everybody = bottleneck_table(decided([person(240)] * 12), **TOLD)
    assert plain(everybody.notes.lecture) == "les parts ne sont pas données : il n'y a aucun refusé."
    assert lines(everybody)["E6"] == ["0,0 %", "–", "–", "–", "0"]
    few = bottleneck_table(decided([person(120), person(240)]), **TOLD)
    assert "moins de 10" in plain(few.notes.lecture)
    assert set(lines(few)["E6"]) == {"non calculé", "non calculé (2 notes)"}


def test_pairs_that_most_candidates_miss_come_first() -> None:
    # U2 and U6 are missed together by 6, U2 alone by 4: acquired by 10 and by 14 of 20.
    people = [*[person(240, U2=100, U6=100)] * 6, *[person(240, U2=100)] * 4, *[person(240)] * 10]
    table = pairs_table(pairs_of(tally(cohort(people), by=[])), **TOLD, at_most=2)
    assert [plain(cell) for cell in table.rows[0]] == [
        "E2 Prospection et valorisation · U2 · bloc 1", "E6 Arts appliqués · U6 · bloc 12", "6 (30,0 %)",
        "Acquise par 50,0 %, l'autre par 70,0 %", "-20,0 points", "",
    ]  # fmt: skip
    assert len(table.rows) == 2
    assert len(table.data) == 6 * 13 * 12 / 2
    said = [plain(line) for line in table.notes.lines()]
    assert said[0].startswith("Lecture : sur 20 inscrits, 6 (30,0 %) n'ont acquis ni « E2 ")
    # The widest gap is that of U2 with any unit that everybody acquired.
    assert any(line.startswith("L'écart le plus grand : « E2 ") and "par 50,0 %" in line for line in said)
    assert "2 paires sur 78 ; toutes sont dans le fichier du tableau." in said


def test_the_tests_are_folded_and_nowhere_else() -> None:
    people = [*[person(240, U2=100, U6=100)] * 6, *[person(240, U2=100)] * 4, *[person(240)] * 10]
    found = tally(cohort(people), by=[])
    pairs = pairs_of(found, confidence=0.95)
    q = suppress(cochran_q(found.patterns, mandatory_units=found.mandatory_units), profile="usage_interne")
    folds = pairs_tests(pairs, q, at_most=1)
    text = plain(folds)
    # McNemar's exact test of 0 against 4: 2 × 0.5⁴ = 0.125. 10 candidates have some units and not all.
    assert "U2 et U6 : p = 0,125" in text
    assert "χ² à 12 degrés de liberté" in text
    assert "seuls comptent les 10 candidats" in text
    table = plain(repr(pairs_table(pairs, **TOLD)))
    assert not [word for word in ("McNemar", "Cochran", "phi", "p =") if word in table]
    assert "au-delà du hasard" in table


def test_one_candidate_one_pair_one_degree_are_in_the_singular() -> None:
    """Ten candidates, two units: one has neither, one has the first alone, eight have both."""
    frame = pd.DataFrame({"acquired_units": ["00", "10", "11"], "registered": [1, 1, 8], "no_diploma": [1, 1, 0]})
    patterns = make_counts(frame, "acquired_units", origin="synthetic")
    two = suppress(unit_pairs(patterns, mandatory_units=("U2", "U6"), confidence=None), profile="usage_interne")
    q = suppress(cochran_q(patterns, mandatory_units=("U2", "U6")), profile="usage_interne")
    lecture = plain(pairs_table(two, **TOLD).notes.lecture)
    (fold,) = pairs_tests(two, q).folds
    told = plain(" ".join([lecture, *fold.lines]))
    assert "1 (10,0 %) n'a acquis ni" in lecture
    assert "χ² à 1 degré de liberté" in told
    assert "seul compte le candidat qui a acquis une partie" in told
    assert "sur une seule paire" in told


def test_hidden_figures_are_a_word() -> None:
    table = bottleneck_table(decided(PEOPLE * 3, profile="dgfip_11"), **TOLD)
    assert lines(table)["E2"][2] == "masqué"  # nine whom it would let go to the contrôle
    found = tally(cohort([*[person(240, U2=100)] * 7, *[person(240)] * 30]), by=[])
    pairs = pairs_of(found, profile="dgfip_11")
    shown = pairs_table(pairs, **TOLD)
    assert not [row for row in shown.rows if str(row[0]).startswith("E2 ")]
    assert any("sans chiffres (masquées" in plain(line) for line in shown.notes.lines())
    few = pairs_table(pairs_of(tally(cohort([person(240)]), by=[])), **TOLD)
    assert few.rows == ()
    assert plain(few.notes.lecture) == "aucune paire n'est donnée : trop peu de candidats (moins de 10)."


def test_nothing_is_badly_written() -> None:
    found = tally(random_cohort(150), by=[])
    pairs = pairs_of(found, confidence=0.95)
    q = suppress(cochran_q(found.patterns, mandatory_units=found.mandatory_units), profile="usage_interne")
    made: list[Table | Folds] = [pairs_table(pairs, **TOLD), pairs_tests(pairs, q)]
    made.append(bottleneck_table(decided(PEOPLE, confidence=0.95), **TOLD))
    assert not [offence for shown in made for offence in offences(repr(shown))]


def test_other_figures_are_refused() -> None:
    found = tally(cohort(PEOPLE), by=["sex"])
    by_sex = bottleneck(found.units, found.pivots, found.outcomes, by=["sex", "unit"])
    with pytest.raises(CountsError, match="ne sont pas de ceux"):
        bottleneck_table(suppress(by_sex, profile="usage_interne"), **TOLD)
    with pytest.raises(CountsError, match="ne sont pas de ceux"):
        pairs_tests(pairs_of(found), decided(PEOPLE))
    with pytest.raises(PublicationError):
        bottleneck_table(by_sex, **TOLD)  # type: ignore[arg-type]
