"""One value of the regulation, and the TOML that holds them all."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from fractions import Fraction
from importlib import resources
from typing import Literal

from rncp_analytics.certification.reading import packaged, read
from rncp_analytics.errors import InputError

Certainty = Literal["verified", "verified_unofficial", "uncertain"]

# The behaviours that the package can apply. Where a rule is uncertain, the other reading is there too.
CHOICES: dict[str, tuple[str, ...]] = {
    "control_mark": ("better",),
    "control_without_professional_mean": ("allowed", "refused"),
    "mention_after_control": ("none",),
    "mention_with_kept_marks": ("allowed", "refused"),
    "project_denominator": ("unchanged", "weighted"),
    "project_absence": ("no_points", "zero"),
    "attestation_after_years": ("dispense_on_request",),
    "exempt_in_mean": ("left_out",),
    "vae_in_mean": ("left_out",),
    "vae_validity": ("unlimited",),
    "not_presented_globale": ("absence",),
    "not_presented_progressive": ("left_out",),
    "absence_unjustified": ("eliminates", "zero"),
    "absence_justified": ("zero", "eliminates"),
    "absence_replacement": ("september", "none"),
    "mode": ("ccf", "ponctuel", "either"),
    "mode_outside_ccf": ("ponctuel",),
}


@dataclass(frozen=True)
class Rule:
    """One value of the regulation.

    Attributes
    ----------
    name, label : str
        Identifier, and what it is in French.
    value : Fraction, str or tuple of str
        A number (points out of 20, coefficient, years, how many), one of :data:`CHOICES`, or codes.
    reference : str
        Article, arrêté or other source, in French.
    certainty : "verified", "verified_unofficial" or "uncertain"
        Seen in a source; seen in an unofficial one; inferred, or read only in an older version of the text.
    first_session, last_session : int, int or None
        Sessions in which it applies, ends included; None while it does.
    unit : str or None
        The unit that it is about ("U31").
    remark : str or None
        French.
    """

    name: str
    label: str
    value: Fraction | str | tuple[str, ...]
    reference: str
    certainty: Certainty
    first_session: int
    last_session: int | None = None
    unit: str | None = None
    remark: str | None = None


@dataclass(frozen=True)
class Entry:
    """One entry as the TOML writes it: one value, for one unit, several or none."""

    name: str
    label: str
    reference: str
    certainty: Certainty
    first_session: int
    last_session: int | None = None
    remark: str | None = None
    units: tuple[str, ...] = ()
    number: int | None = None
    decimal: str | None = None
    choice: str | None = None
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class RuleFile:
    """One file: the diplomas that it is about, and its dated entries."""

    diplomas: tuple[str, ...]
    rules: tuple[Entry, ...]


@functools.cache
def rule_files() -> tuple[RuleFile, ...]:
    """Every file of rules that the package carries, read strictly."""
    folder = resources.files("rncp_analytics.certification").joinpath("regulations")
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml"))
    return tuple(read(RuleFile, packaged(f"regulations/{name}"), f"regulations/{name}") for name in names)


def rules_of(entry: Entry) -> list[Rule]:
    """The rules that an entry states: one for each of its units.

    Raises
    ------
    InputError
        No value or several, a number that isn't one, a choice that the package can't apply.
    """
    value = _value(entry)
    return [
        Rule(entry.name, entry.label, value, entry.reference, entry.certainty, entry.first_session,
             entry.last_session, unit, entry.remark)
        for unit in entry.units or (None,)
    ]  # fmt: skip


def _value(entry: Entry) -> Fraction | str | tuple[str, ...]:
    given = [v for v in (entry.number, entry.decimal, entry.choice, entry.codes or None) if v is not None]
    if len(given) != 1:
        raise InputError(
            "Une règle a une valeur et une seule", where=entry.name, expected="number, decimal, choice ou codes"
        )
    if entry.choice is not None and entry.choice not in CHOICES.get(entry.name, ()):
        raise InputError(
            f"Le paquet ne sait pas appliquer « {entry.choice} »",
            where=entry.name,
            expected=", ".join(CHOICES.get(entry.name, ())) or "une autre sorte de valeur",
        )
    if entry.codes or entry.choice is not None:
        return entry.codes or str(entry.choice)
    try:
        return Fraction(entry.decimal if entry.decimal is not None else str(entry.number))
    except ValueError as error:
        raise InputError(
            f"« {entry.decimal} » n'est pas un nombre décimal", where=entry.name, expected="« 2.5 »"
        ) from error
