"""How a case of the exam's rules is written, deliberated and read back in a teacher's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pandas as pd

from rncp_analytics.cohort.deliberation import Deliberation

UNITS = ("U2", "U31", "U32", "U33", "U34", "U11", "U12", "U41", "U42", "U51", "U52", "U6", "U7")
OUTCOMES = {
    "passed_first_group": "admis au 1er groupe",
    "control_allowed": "autorisé à l'épreuve de contrôle",
    "passed_after_control": "admis après contrôle",
    "refused_first_group": "refusé au 1er groupe",
    "refused_after_control": "refusé après contrôle",
    "eliminated_absence": "éliminé (absence)",
    "pending": "en attente de remplacement",
    "partial": "résultat partiel",
}
MENTIONS = {"no_mention": "sans", "ab": "assez bien", "b": "bien", "tb": "très bien"}
REASONS = {
    "absence": "absence",
    "mean_below_8": "moyenne sous 8",
    "professional_below_10": "moyenne professionnelle sous 10",
    "after_control": "refusé après contrôle",
    "partial": "forme progressive, résultat partiel",
}
ACQUIRED = {"acquired_by_mark": "par la note", "acquired_kept": "bénéfice", "acquired_vae": "VAE"}


@dataclass(frozen=True)
class Case:
    """One candidate.

    ``everywhere`` is what each mandatory unit has, ``marks`` what differs, by unit; "U12 contrôle" is a mark at the
    épreuve de contrôle. Marks are written as on a relevé: "9,8", "bénéfice 12 (2020)", "conservée 7 (2023)",
    "dispense", "VAE", "absence", "absence justifiée", "non présentée".
    ``expected``: what the result shows, as :func:`shown` words it.
    """

    who: str
    expected: Mapping[str, str]
    everywhere: str = "10"
    marks: Mapping[str, str] = field(default_factory=dict)
    status: str = "SCOLAIRE"
    form: str = "globale"
    session: int = 2025


@dataclass(frozen=True)
class Spec:
    """One rule: its title, what it says, the names of its entries in the regulation, and its cases."""

    title: str
    says: str
    entries: tuple[str, ...]
    cases: tuple[Case, ...]


FIRST, FINAL, MEAN = "1er groupe", "final", "moyenne"
CONTROL, AFTER, MENTION, REASON = "moyenne après contrôle", "après contrôle", "mention", "motif"
PRO = "moyenne professionnelle"
PASSED, REFUSED, ALLOWED = (OUTCOMES[k] for k in ("passed_first_group", "refused_first_group", "control_allowed"))
PASSED_AFTER, REFUSED_AFTER = OUTCOMES["passed_after_control"], OUTCOMES["refused_after_control"]
OUT, WAITS, PARTIAL = (OUTCOMES[k] for k in ("eliminated_absence", "pending", "partial"))
# 8 of general mean with exactly 10 in the professional units: 10 × 12 + 88 over the 14 other coefficients.
EIGHT = {"U2": "10", "U31": "10", "U32": "10", "U33": "10", "U41": "8", "U42": "8", "U51": "8", "U52": "8",
         "U34": "3,2", "U11": "3,2", "U12": "3,2", "U6": "3,2", "U7": "3,2"}  # fmt: skip
PRO_BELOW = {"U2": "9,7", "U31": "10", "U32": "10", "U33": "10"}
NINE = {**dict.fromkeys(UNITS, "8"), **dict.fromkeys(UNITS[:4], "10")}  # (120 + 112) / 26 = 8,923


def shown(found: Deliberation, key: str) -> str:
    """What a deliberation of one candidate shows under a key of ``Case.expected``."""
    row = found.candidates.iloc[0]
    sums = {
        MEAN: (row["mean_points"], row["mean_coefficients"]),
        PRO: (row["professional_points"], row["professional_coefficients"]),
        CONTROL: (row["control_points"], row["mean_coefficients"]),
    }
    if key in sums:
        points, coefficients = sums[key]
        return f"{points / (20 * coefficients):.3f}".replace(".", ",") if coefficients else "–"
    if key in UNITS:
        return _unit(found.units[found.units["unit"] == key].iloc[0])
    words = {FIRST: ("first_group", OUTCOMES), AFTER: ("after_control", OUTCOMES), FINAL: ("final", OUTCOMES),
             MENTION: ("mention", MENTIONS), REASON: ("reason", REASONS)}  # fmt: skip
    if key in words:
        column, names = words[key]
        return names.get(row[column], "–")
    if key == "coefficients":
        return f"{row['mean_coefficients'] / 2:g}"
    assert key == "moyenne affichée", key
    return f"{row['mean']:.2f}".replace(".", ",")


def _unit(row: pd.Series[Any]) -> str:
    pivot = "diplôme" if row["pivot_mean"] else "contrôle" if row["pivot_control"] else "non"
    return (
        f"acquise : {ACQUIRED.get(row['acquired'], 'non')}, jusqu'à {row['holds_until']}, "
        f"à repasser : {'oui' if row['to_resit'] else 'non'}, décisive : {pivot}"
    )


_MARK = r"(?:(?P<kind>bénéfice|conservée) )?(?P<mark>\d+(?:,\d+)?)(?: \((?P<since>\d{4})\))?"
_STATES = {
    "dispense": "exempt",
    "VAE": "vae",
    "absence": "absent",
    "absence justifiée": "absent_justified",
    "non présentée": "not_presented",
}


def tables(case: Case) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A case as ``deliberate`` takes it."""
    who = {"session": case.session, "diploma": "40031214", "candidate_status": case.status, "exam_form": case.form}
    given = dict.fromkeys(UNITS, case.everywhere) | dict(case.marks)
    rows = [_row(*key.partition(" contrôle")[:2], text) for key, text in given.items()]
    results = pd.DataFrame(rows, columns=["unit", "test", "state", "mark", "since"])
    return pd.DataFrame([{"candidate": "a", **who}]), results.astype({"mark": "Int64", "since": "Int64"}).assign(
        candidate="a"
    )


def _row(unit: str, control: str, text: str) -> tuple[str, str, str, int | None, int | None]:
    test = "control" if control else "first_group"
    if text in _STATES:
        return unit, test, _STATES[text], None, None
    found = re.fullmatch(_MARK, text)
    assert found, text
    mark = Fraction(found["mark"].replace(",", ".")) * 20
    assert mark.denominator == 1, f"{text} : plus fin qu'un vingtième"
    state = {"bénéfice": "kept", "conservée": "carried", None: "marked"}[found["kind"]]
    return unit, test, state, int(mark), int(found["since"]) if found["since"] else None
