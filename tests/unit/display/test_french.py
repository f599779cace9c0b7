"""French numbers and typography, as the Imprimerie nationale's rules and DESIGN section 5 have them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest

from rncp_analytics.certification.nomenclature import academies
from rncp_analytics.display import french

NB, NNB, MINUS = "\u00a0", "\u202f", "\u2212"


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (0, 0, "0"),
        (999, 0, "999"),
        (1000, 0, f"1{NNB}000"),
        (211665, 0, f"211{NNB}665"),
        (1234567.5, 1, f"1{NNB}234{NNB}567,5"),
        (-1492, 0, f"{MINUS}1{NNB}492"),
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (-2.5, 0, f"{MINUS}3"),
        (2.25, 1, "2,3"),
        (2.675, 2, "2,68"),
        (11, 2, "11,00"),
        (-0.04, 1, "0,0"),
        (-0.0, 0, "0"),
        (np.int64(10490), 0, f"10{NNB}490"),
        (np.float64(11.03), 2, "11,03"),
    ],
)
def test_number(value: float, digits: int, shown: str) -> None:
    assert french.number(value, digits) == shown


# data.md section 6: admis over présents, and the percentage with two decimals that it prints.
@pytest.mark.parametrize(
    ("passed", "present", "shown"),
    [
        (7386, 8833, "83,62"),
        (8007, 9364, "85,51"),
        (8449, 9827, "85,98"),
        (9103, 10490, "86,78"),
        (22420, 26932, "83,25"),
    ],
)
def test_percent_of_the_published_counts(passed: int, present: int, shown: str) -> None:
    assert french.percent(passed / present, 2) == f"{shown}{NB}%"


@pytest.mark.parametrize(
    ("proportion", "shown"),
    [
        (0.8125, "81,3"),
        (0.8135, "81,4"),
        (0.8145, "81,5"),
        (1, "100,0"),
        (0, "0,0"),
        (-0.0001, "0,0"),
        (0.99999, "100,0"),
    ],
)
def test_percent_rounds_half_up_and_has_its_space(proportion: float, shown: str) -> None:
    assert french.percent(proportion) == f"{shown}{NB}%"


def test_every_exact_half_goes_up() -> None:
    for thousandths in range(1, 2000, 2):
        exact = Decimal(thousandths) / 2000  # 0,05 %, 0,15 %, … as decimals
        wanted = (exact * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
        assert french.percent(float(exact)) == f"{wanted}{NB}%".replace(".", ",")


@pytest.mark.parametrize(
    ("difference", "shown"),
    [
        (0.0346, f"+3,5{NB}points"),
        (0.0194, f"+1,9{NB}point"),
        (0.0195, f"+2,0{NB}points"),
        (-0.0194, f"{MINUS}1,9{NB}point"),
        (-0.0195, f"{MINUS}2,0{NB}points"),
        (0.0004, f"0,0{NB}point"),
        (-0.0004, f"0,0{NB}point"),
    ],
)
def test_points_keep_the_singular_under_two(difference: float, shown: str) -> None:
    assert french.points(difference) == shown


def test_growth_of_the_published_effectif() -> None:
    # users.md R6 and R1: 4 199 to 6 475, "plus de 50 %"; 3 765 to 3 675, −2,4 %.
    assert french.growth(6475 / 4199 - 1) == f"+54,2{NB}%"
    assert french.growth(3675 / 3765 - 1) == f"{MINUS}2,4{NB}%"
    assert french.growth(0) == f"0,0{NB}%"


def test_interval_never_breaks_and_signs_when_asked() -> None:
    assert french.interval(0.8002, 0.8844) == f"80,0{NB}à{NB}88,4"
    assert french.interval(-0.0008, 0.0171, signed=True) == f"{MINUS}0,1{NB}à{NB}+1,7"
    assert french.interval(-0.0004, 0.0004, signed=True) == f"0,0{NB}à{NB}0,0"


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0 présent"), (1, "1 présent"), (2, "2 présents"), (10490, "10\u202f490 présents")]
)
def test_plural_begins_at_two(count: int, shown: str) -> None:
    assert french.plural(count, "présent", "présents") == shown.replace(" ", NB)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Lyon", "de Lyon"),
        ("Aix-Marseille", "d'Aix-Marseille"),
        ("Orléans-Tours", "d'Orléans-Tours"),
        ("La Réunion", "de La Réunion"),
        ("Étranger", "d'Étranger"),
        ("Île-de-France", "d'Île-de-France"),
    ],
)
def test_de(name: str, shown: str) -> None:
    assert french.de(name) == shown


def test_no_academie_begins_with_a_letter_that_de_cannot_judge() -> None:
    """An h may be mute or not, a y or an article too: no name of the nomenclature raises the question."""
    names = [a.name for a in academies() if a.published]
    assert len(names) == 30
    assert not [n for n in names if n[0] in "HYhy" or n.startswith(("Le ", "Les "))]


def test_enumeration() -> None:
    assert french.enumeration(["a"]) == "a"
    assert french.enumeration(["a", "b"]) == "a et b"
    assert french.enumeration(["a", "b", "c"]) == "a, b et c"
    assert french.enumeration([]) == ""


def test_sort_key_ignores_accents_and_case() -> None:
    names = ["Nice", "Étranger", "éa", "Dijon", "Eb", "Nîmes"]
    assert sorted(names, key=french.sort_key) == ["Dijon", "éa", "Eb", "Étranger", "Nice", "Nîmes"]


@pytest.mark.parametrize(
    ("plain", "shown"),
    [
        ("Lecture : 3 % ; oui ? non !", f"Lecture{NB}: 3{NB}%{NNB}; oui{NNB}? non{NNB}!"),
        ("le « statut »", f"le «{NB}statut{NB}»"),
        ("12:30, a;b, https://a.fr/?b", "12:30, a;b, https://a.fr/?b"),
        (f"déjà{NB}: fait{NNB}; bien", f"déjà{NB}: fait{NNB}; bien"),
        (f"déjà{NB}; large", f"déjà{NNB}; large"),
    ],
)
def test_typography(plain: str, shown: str) -> None:
    assert french.typography(plain) == shown
    assert french.typography(shown) == shown


def test_first_letters_only() -> None:
    assert french.capital("présents à l'examen") == "Présents à l'examen"
    assert french.small("Enseignement à distance (CNED)") == "enseignement à distance (CNED)"
    assert french.capital("") == french.small("") == ""
