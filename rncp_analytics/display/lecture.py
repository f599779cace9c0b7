"""The sentence that says how to read a figure, and the words for how sure it is."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from rncp_analytics.counts.completeness import Alert
from rncp_analytics.counts.model import Source
from rncp_analytics.display import french, labels
from rncp_analytics.display.labels import ordered, ordered_frame
from rncp_analytics.display.notes import Notes
from rncp_analytics.display.shape import levels
from rncp_analytics.measures.profiles import INTERNAL
from rncp_analytics.measures.secrecy import Publishable

Row = Mapping[Hashable, Any]
STAMPS = {"synthetic": "Données synthétiques.", INTERNAL: "Usage interne, ne pas diffuser."}
_USUAL = 0.95  # level of confidence that goes without saying under a chart
_SHORT_REASONS = {"secret": "masqué", "few": "trop peu de candidats", "break": "rupture de série"}


def verdict(row: Row) -> str:
    """What may be concluded from a gap: "au-delà du hasard", "compatible avec le hasard", or why nothing can."""
    if row["reason"]:
        return _SHORT_REASONS.get(row["reason"], labels.REASONS[row["reason"]])
    if pd.isna(row["lower"]):
        return ""
    return "au-delà du hasard" if row["lower"] > 0 or row["upper"] < 0 else "compatible avec le hasard"


def rate_text(row: Row) -> str:
    """A rate with its interval: "84,7 % (80,0 à 88,4)"; or why it is not given."""
    if row["reason"] == "secret":
        return "masqué"
    if row["reason"]:
        count = count_text(row["denominator"], labels.DENOMINATORS[row["denominator_kind"]])
        return "–" if row["reason"] == "empty" else f"non calculé ({count})"
    text = french.percent(row["value"])
    return text if pd.isna(row["lower"]) else f"{text} ({french.interval(row['lower'], row['upper'])})"


def short_rate(row: Row, digits: int = 1) -> str:
    """A rate alone: "84,7 %", or a word when it is not given."""
    if row["reason"]:
        return {"empty": "–", "secret": "masqué"}.get(row["reason"], "non calculé")
    return french.percent(row["value"], digits)


def gap_text(row: Row) -> str:
    """A gap with its interval: "+3,5 points (2,7 à 4,3)"; or why it is not given."""
    if row["reason"] == "secret":
        return "masqué"
    if row["reason"]:
        return f"non calculé : {labels.REASONS[row['reason']]}"
    text = french.points(row["value"])
    return text if pd.isna(row["lower"]) else f"{text} ({french.interval(row['lower'], row['upper'], signed=True)})"


def rate_lecture(publishable: Publishable, found: Row) -> str:
    """How to read one row of rates.

    "à la session 2025, pour l'option B, 9 103 admis pour 10 490 présents, soit 86,8 % ; compte tenu du
    nombre de candidats, de 86,1 à 87,4 %."
    """
    who = group_text(publishable.by, found)
    if found["reason"] == "secret":
        return masked_text(who)
    if pd.isna(found["numerator"]) or pd.isna(found["denominator"]):
        return french.typography(f"{who}, le taux n'est pas calculé : {labels.REASONS[found['reason']]}.")
    counted = (
        f"{count_text(found['numerator'], labels.NUMERATORS[found['statistic']])} "
        f"pour {count_text(found['denominator'], labels.DENOMINATORS[found['denominator_kind']])}"
    )
    if found["reason"]:
        return french.typography(f"{who}, {counted} : {labels.REASONS[found['reason']]}, le taux n'est pas calculé.")
    sentence = f"{who}, {counted}, soit {french.percent(found['value'])}"
    if pd.notna(found["lower"]):
        span = french.interval(found["lower"], found["upper"])
        sentence += f" ; compte tenu du nombre de candidats, de {span} %"
    return french.typography(sentence + ".")


def flow_lecture(steps: Mapping[str, float], *, group: str = "") -> str:
    """How to read one flow: who sat, who passed at once, who after the contrôle; a hidden number is missing."""
    who = f"{group} : " if group else ""
    if all(pd.isna(count) for count in steps.values()):
        return french.typography(f"{who}les chiffres sont masqués par le secret statistique.")

    def counted(step: str, words: str) -> str:
        return masked_number(words) if pd.isna(steps[step]) else f"{french.number(steps[step])} {words}"

    present, allowed = steps["present"], steps["control_allowed"]
    sat = "" if pd.isna(present) else f"sur {count_text(present, 'présents')}, "
    sent = masked_number("autorisés") if pd.isna(allowed) else count_text(allowed, "autorisés")
    return french.typography(
        f"{who}{sat}{counted('passed_first_group', 'admis au 1er groupe')} ; {sent} à l'épreuve de contrôle (2nd "
        f"groupe), dont {counted('passed_after_control', 'admis')} ; au total {counted('passed', 'admis')}."
    )


def gap_lecture(publishable: Publishable, found: Row, *, group: str, reference: str) -> str:
    """How to read one row of gaps; ``group`` and ``reference`` are named with their article ("l'option B")."""
    # An académie faced with the rest is itself the group: it needs no second naming.
    named = "academie" if found["reference"] == "rest" else ""
    who = group_text(tuple(b for b in publishable.by if b != named), found)
    if found["reason"] == "secret":
        return masked_text(who)
    if found["reason"]:
        return french.typography(f"{who}, l'écart entre {group} et {reference} n'est pas calculé : {verdict(found)}.")
    own, statistic = french.percent(found["estimate"]), found["statistic"].removesuffix("_gap")
    if statistic != "pass_rate":
        own += f" {french.de(labels.NUMERATORS[statistic])}"
    other = french.percent(found["estimate"] - found["value"])
    told = f"{who}, l'écart entre {group} ({own}) et {reference} ({other}) est de {gap_text(found)}"
    return french.typography(f"{judged(told, verdict(found))}.")


def growth_lecture(publishable: Publishable, found: Row) -> str:
    """How to read one row of the growth of a number of candidates."""
    if found["reason"] == "secret":
        return masked_text(group_text(publishable.by, found))
    word = labels.DENOMINATORS[found["denominator_kind"].removesuffix("_reference")]
    then, now = french.number(found["denominator"]), count_text(found["estimate"], word)
    rate = "" if found["reason"] else f", soit {french.growth(found['value'])}"
    return french.typography(
        f"{group_text(publishable.by, found)}, {now} contre {then} à la session {found['reference']}{rate}."
    )


def judged(sentence: str, conclusion: str, mark: str = " :") -> str:
    """A sentence and what may be concluded; the sentence alone where there is no interval to conclude from."""
    return f"{sentence}{mark} {conclusion}" if conclusion else sentence


def with_lectures(figures: Publishable, tell: Callable[[Row], str]) -> pd.DataFrame:
    """What a table's file holds: the figures in the table's own order, each row with how to read it in a sentence."""
    return ordered_frame(figures).assign(Lecture=[french.capital(tell(row)) for row in ordered(figures)])


def notes(publishable: Publishable, lecture: str) -> Notes:
    """Lecture, Champ and Source of a chart or table; the level of its intervals unless it is the usual one."""
    stamps = [STAMPS[name] for name in (publishable.origin, publishable.profile) if name in STAMPS]
    asked = levels(publishable)
    if asked not in ([], [_USUAL]):
        stamps.append(f"Intervalles à {french.enumeration(list(map(french.level, asked)))}.")
    return Notes(
        lecture=lecture,
        champ=labels.champ(publishable),
        source=source_line(publishable.source),
        caveats=tuple(map(french.typography, (*publishable.caveats, *stamps))),
    )


def telling(rows: Sequence[Row], row: Row) -> Row:
    """The row to read as an example: the one proposed, or the first that is shown where secrecy hides it."""
    return row if row["reason"] != "secret" else next((r for r in rows if r["reason"] != "secret"), row)


def fullest(groups: Sequence[Mapping[str, Row]]) -> Mapping[str, Row]:
    """The group to read as an example: the first of those of which secrecy hides the fewest figures."""
    return min(groups, key=lambda rows: sum(row["reason"] == "secret" for row in rows.values()))


def gap_or_word(row: Row) -> str:
    """A gap with its interval in a cell: "masqué" where secrecy hides it, "–" where another cell says why."""
    return "masqué" if row["reason"] == "secret" else "–" if row["reason"] else gap_text(row)


def bounds_text(row: Row) -> str:
    """The rates between which a session will end, from :func:`rncp_analytics.pass_rate_bounds`.

    "entre 78,2 % si aucun des 12 candidats en attente n'est admis et 80,1 % si tous le sont"
    """
    if row["reason"] != "waiting":
        return rate_text({**row, "lower": None})  # both bounds are the rate itself
    lower, upper, waiting = french.percent(row["lower"]), french.percent(row["upper"]), int(row["n_missing"])
    if waiting == 1:
        return f"entre {lower} si le candidat en attente n'est pas admis et {upper} s'il l'est"
    n = french.number(waiting)
    return f"entre {lower} si aucun des {n} candidats en attente n'est admis et {upper} si tous le sont"


def bounds_lecture(publishable: Publishable, found: Row) -> str:
    """How to read one row of bounds."""
    if found["reason"] != "waiting":
        return rate_lecture(publishable, {**found, "lower": None})
    who = group_text(publishable.by, found)
    passed = count_text(found["numerator"], labels.NUMERATORS[found["statistic"]])
    return french.typography(
        f"{who}, {passed} à ce jour pour {count_text(found['denominator'], 'présents')} ; le taux de réussite de la "
        f"session sera {bounds_text(found)}."
    )


def count_or_masked(row: Row, column: str) -> str:
    """A number of candidates or of marks, or "masqué" where a profile of secrecy hides it."""
    return "masqué" if row["reason"] == "secret" else french.number(row[column])


def masked_number(words: str) -> str:
    """A hidden number within a sentence: "un nombre masqué d'admis"."""
    return f"un nombre masqué {french.de(words)}"


def alert_text(alert: Alert) -> str:
    """What a reader must know of a user's file before its figures."""
    if alert.kind == "coverage":
        return french.typography(
            f"Ce fichier couvre {alert.ours} des {alert.theirs} académies : « les autres académies » sont celles du "
            "fichier, pas toute la France."
        )
    count = labels.DENOMINATORS[alert.column]
    return french.typography(
        f"Session {alert.session}, {labels.label('diploma', alert.diploma)} : {french.number(alert.ours)} {count} dans "
        f"ce fichier, {french.number(alert.theirs)} dans les chiffres publiés pour les mêmes académies."
    )


def source_line(source: Source) -> str:
    """The "Source" line: who published the counts; the rates are ours."""
    return french.typography(f"{source} ; calculs de ce rapport.")


def masked_text(who: str) -> str:
    """The sentence of a group that a profile of secrecy hides."""
    return french.typography(f"{who}, les chiffres sont masqués par le secret statistique.")


def group_text(by: tuple[str, ...], row: Row) -> str:
    """The group of a row in words: "à la session 2025, pour l'option B"."""
    words: dict[str, Callable[[Any], str]] = {
        "session": lambda v: f"à la session {v}",
        "diploma": lambda v: f"pour {_diploma(labels.label('diploma', v))}",
        "option": lambda v: "hors option" if v == "none" else f"pour l'option {v}",
        "academie": lambda v: f"dans l'académie {french.de(labels.label('academie', v))}",
        "candidate_status": lambda v: f"pour le statut « {french.small(labels.label('candidate_status', v))} »",
        "regime": _regime,
        "unit": lambda v: f"à l'épreuve « {labels.label('unit', v)} »",
        "school": lambda v: f"dans l'établissement {v}" if v != "unknown" else "sans établissement connu",
        "departement": lambda v: f"dans le département {v}" if v != "unknown" else "sans département connu",
        "school_class": lambda v: f"dans la division {v}" if v != "unknown" else "sans division connue",
        **{name: functools.partial(_category, name) for name in ("sector", "repeater", "exam_form", "mode", "kind")},
        "sex": lambda v: f"pour les {french.small(labels.label('sex', v))}",
        "track": lambda v: f"pour la {french.small(labels.label('track', v))}",
        "series": lambda v: f"pour la série « {french.small(labels.label('series', v))} »",
    }
    return ", ".join(words[name](row[name]) for name in by if name in words) or "pour l'ensemble"


def _category(dimension: str, code: str) -> str:
    return f"pour « {french.small(labels.label(dimension, code))} »"


def _diploma(name: str) -> str:
    return f"l'{french.small(name)}" if name.startswith("Option") else f"le bac pro « {name} »"


def _regime(code: str) -> str:
    name = french.small(labels.label("regime", code))
    return "tous régimes ensemble" if code == "total" else f"pour le régime « {name} »"


def count_text(number: float, words: str) -> str:
    """Candidates counted: "1 autorisé à l'épreuve de contrôle", "2 autorisés à l'épreuve de contrôle"."""
    first, *rest = words.split(" ", 1)
    singular = first if first == "admis" else first.removesuffix("s")
    return french.plural(int(number), " ".join([singular, *rest]), words)
