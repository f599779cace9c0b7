"""What chance alone does to many comparisons, said under the chart or table that makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rncp_analytics.display import french
from rncp_analytics.display.notes import Notes
from rncp_analytics.display.shape import levels
from rncp_analytics.measures.secrecy import Publishable

GROUPS: Mapping[str, str] = {
    "school": "établissements",
    "academie": "académies",
    "departement": "départements",
    "school_class": "divisions",
    "candidate_status": "statuts",
    "unit": "épreuves",
}
_FEMININE = ("academie", "school_class", "unit")
_MANY = 10  # comparisons from which the number that chance brings out is said


def agreed(dimension: str, participle: str) -> str:
    """A participle that goes with the noun of a dimension: "académies examinées", "établissements examinés"."""
    return f"{participle}{'es' if dimension in _FEMININE else 's'}"


def expected_count(groups: int, level: float) -> str:
    """How many of these groups chance alone brings out at a level of confidence: "environ 2", "moins de 1"."""
    expected = groups * (1 - level)
    return "moins de 1" if expected < 1 else f"environ {french.number(expected)}"


def with_chance(told: Notes, gaps: Publishable) -> Notes:
    """The notes of gaps with, when they are many, how many would stand out by chance alone in one session."""
    judged = gaps.frame["statistic"].str.endswith("_gap") & gaps.frame["lower"].notna()
    frame = gaps.frame[judged & (gaps.frame["reason"] == "")]
    if "session" in gaps.by:
        frame = frame[frame["session"] == frame["session"].max()]
    if len(frame) < _MANY:
        return told
    groups = [by for by in gaps.by if by != "session"]
    named = GROUPS.get(groups[0], "groupes") if len(groups) == 1 else "comparaisons"
    outside = f"le seul hasard en ferait ressortir {expected_count(len(frame), levels(gaps)[0])} « au-delà du hasard »."
    chance = french.typography(f"Sur {len(frame)} {named}, {outside}")
    return replace(told, caveats=(*told.caveats, chance))
