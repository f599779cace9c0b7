"""The rules of the exam as data, by diploma and session: each value with its reference and its certainty.

Nothing here decides anything: ``cohort/deliberation.py`` applies what this module reads. A later decree is a new
dated entry in ``regulations/*.toml``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from rncp_analytics.certification.diplomas import diploma as find_diploma
from rncp_analytics.certification.diplomas import family
from rncp_analytics.certification.rules import Rule, rule_files, rules_of
from rncp_analytics.errors import InputError, UnknownCodeError

V = TypeVar("V", Fraction, str, tuple[str, ...])
_KINDS = {Fraction: "un nombre", str: "un choix", tuple: "une liste de codes"}


@dataclass(frozen=True)
class Regulation:
    """What applies to a diploma in a session: see :func:`regulation`."""

    diploma: str
    session: int
    rules: tuple[Rule, ...]

    def rule(self, name: str, unit: str | None = None) -> Rule:
        """The rule with this name, of a unit where it is about one.

        Raises
        ------
        UnknownCodeError
            Nothing is known under this name for this diploma and session.
        """
        found = next((r for r in self.rules if (r.name, r.unit) == (name, unit)), None)
        if found is None:
            raise UnknownCodeError(
                f"Aucune règle « {name} » n'est connue{f' pour {unit}' if unit else ''}",
                where=f"diplôme {self.diploma}, session {self.session}",
                remedy=f"règles connues : {', '.join(dict.fromkeys(r.name for r in self.rules))}",
            )
        return found

    def number(self, name: str, unit: str | None = None) -> Fraction:
        """Value of a rule that is a number, exact."""
        return _of_kind(Fraction, self.rule(name, unit))

    def choice(self, name: str, unit: str | None = None) -> str:
        """Value of a rule that is a choice."""
        return _of_kind(str, self.rule(name, unit))

    def codes(self, name: str) -> tuple[str, ...]:
        """Value of a rule that is a list of codes."""
        return _of_kind(tuple, self.rule(name))

    @property
    def mandatory_units(self) -> tuple[str, ...]:
        """In exam order; empty where they are not known (Métiers de l'accueil)."""
        return next((self.codes(r.name) for r in self.rules if r.name == "mandatory_units"), ())

    @property
    def optional_units(self) -> tuple[str, ...]:
        """Units of which only the points above 10 count."""
        return self.codes("optional_units") if self.mandatory_units else ()

    @property
    def control_orals(self) -> tuple[tuple[str, ...], ...]:
        """The orals of the épreuve de contrôle: for each, the units among which the candidate chooses one."""
        return tuple(self.codes(r.name) for r in self.rules if r.name.startswith("control_oral_"))

    def mode(self, unit: str, candidate_status: str, sector: str) -> Rule | None:
        """Whether a unit is assessed by CCF or by a ponctuel test, for a category of candidates.

        Parameters
        ----------
        unit : str
            "U31".
        candidate_status, sector : str
            As in "SCOLAIRE", "public".

        Returns
        -------
        Rule or None
            Its value is "ccf", "ponctuel" or "either"; None where no source says (unknown sector, UF2, UF3).

        Examples
        --------
        >>> [regulation("40031214", 2025).mode("U31", "SCOLAIRE", s).value for s in ("public", "CNED")]
        ['ccf', 'ponctuel']
        """
        category = f"{candidate_status} / {sector}"
        if {candidate_status, category} & set(self.codes("ponctuel_categories")):
            return self.rule("mode_outside_ccf")
        if category in self.codes("ccf_categories"):
            return next((r for r in self.rules if (r.name, r.unit) == ("mode", unit)), None)
        return None

    def uncertain(self) -> tuple[str, ...]:
        """What is not verified, in French: one sentence a rule, with where it comes from.

        Examples
        --------
        >>> [text for text in regulation("40031214", 2025).uncertain() if text.startswith("Absence au projet")]
        ["Absence au projet : incertain. Aucune source lue. Sans note, le projet n'ajoute ni n'enlève de points."]
        """
        words = {"uncertain": "incertain", "verified_unofficial": "source non officielle, à confirmer"}
        return tuple(
            f"{r.label}{f' de {r.unit}' if r.unit else ''} : {words[r.certainty]}. {r.reference}."
            + (f" {r.remark}" if r.remark else "")
            for r in self.rules
            if r.certainty in words
        )


def regulation(diploma: str, session: int) -> Regulation:
    """The rules that apply to a diploma in a session.

    Parameters
    ----------
    diploma : str
        Code formation-diplôme ("40031214").
    session : int
        Year of the exam.

    Returns
    -------
    Regulation
        Options A and B: everything. Métiers de l'accueil: the rules common to every bac pro, without units nor
        coefficients, which were not read.

    Raises
    ------
    UnknownCodeError
        Not a diploma of the family, not delivered that session, or its rules were not read.

    Notes
    -----
    Sources: with each rule (``reference``).

    Examples
    --------
    >>> rules = regulation("40031214", 2025)
    >>> float(rules.number("coefficient", "U51")), rules.rule("pass_threshold").reference
    (2.5, "Code de l'éducation, art. D337-78")
    """
    found = find_diploma(diploma)
    last = found.last_session
    if session < found.first_session or (last and session > last):
        before = next((d for d in family() if d.successor == found.code), None)
        other = before if session < found.first_session else find_diploma(found.successor or found.code)
        raise UnknownCodeError(
            f"{found.label} ({found.code}) n'est pas délivré à la session {session}",
            expected=f"une session de {found.first_session} à {last}" if last else f"{found.first_session} ou après",
            remedy=f"à cette session, voir {other.label} ({other.code})" if other else "",
        )
    rules = tuple(
        rule
        for file in rule_files()
        if found.code in file.diplomas
        for entry in file.rules
        if entry.first_session <= session <= (entry.last_session or session)
        for rule in rules_of(entry)
    )
    if not rules:
        raise UnknownCodeError(
            f"Le règlement de {found.label} ({found.code}) n'est pas dans le paquet",
            expected=", ".join(sorted({code for file in rule_files() for code in file.diplomas})),
            remedy="ses résultats publiés restent utilisables ; ses notes ne peuvent pas être délibérées",
        )
    twice = [key for key, n in Counter((r.name, r.unit) for r in rules).items() if n > 1]
    if twice:
        name, unit = twice[0]
        raise InputError(
            f"La règle « {name} »{f' de {unit}' if unit else ''} a deux valeurs pour la session {session}",
            where="regulations/",
            remedy="donner une dernière session (last_session) à la plus ancienne",
        )
    return Regulation(found.code, session, rules)


def _of_kind(kind: type[V], rule: Rule) -> V:
    if not isinstance(rule.value, kind):
        raise InputError(f"La règle « {rule.name} » n'a pas la bonne sorte de valeur", expected=_KINDS[kind])
    return rule.value
