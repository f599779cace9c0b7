"""Schools to look at first: at most ten, each with its reasons; never a ranking of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from rncp_analytics.counts.model import Counts, Scope
from rncp_analytics.counts.tally import UNKNOWN
from rncp_analytics.errors import ComparisonError, CountsError
from rncp_analytics.measures.comparison import session_change
from rncp_analytics.measures.estimates import COLUMNS, FEW, SHRUNK, Estimates
from rncp_analytics.measures.families import adjusted_p
from rncp_analytics.measures.funnel import funnel
from rncp_analytics.measures.paired import mode_gap_to_rest
from rncp_analytics.measures.shrinkage import shrunken_rates

AtMost = Literal[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
# Why a group is listed, in the order in which the reasons are told.
ATTENTION_REASONS = ("rate", "mode_gap", "absences", "fall")
# Columns of the list after those of the pass rate.
ATTENTION_COLUMNS = (
    SHRUNK,
    "reasons",  # codes of ATTENTION_REASONS, separated by spaces
    "mode_gap",  # the group's mean gap CCF − ponctuel in points, where it is a reason
    "mode_gap_others",  # the same of all the others
    "since",  # session of which a fall is measured; "" without one
)
_LONGEST = 10
_CRITERIA = {"rate": "réussite", "mode_gap": "écart entre CCF et ponctuel", "absences": "absences", "fall": "recul"}
_NOUNS = {"school": "établissement", "academie": "académie", "departement": "département", "school_class": "division"}


def attention(
    outcomes: Counts,
    units: Counts | None = None,
    modes: Counts | None = None,
    previous: Counts | None = None,
    *,
    dimension: Literal["school", "academie", "departement", "school_class"] = "school",
    at_most: AtMost = 10,
    confidence: float = 0.95,
) -> Estimates:
    """The groups to look at first: those that something sets apart beyond chance, ordered by shrunk gap to the others.

    Parameters
    ----------
    outcomes : Counts
        ``outcomes`` of :func:`rncp_analytics.tally`, one session.
    units, modes : Counts, optional
        ``units`` and ``modes`` of the same tally: without them absences, and the gap between CCF and ponctuel, are not
        examined.
    previous : Counts, optional
        ``outcomes`` of the session before, at the same stage; both then need the dimension "session". Without it, or
        when it counts nobody, no fall is examined.
    dimension : str
        What is listed.
    at_most : int
        Length of the list, 10 at the most.
    confidence : float
        1 − the risk held for each reason over all the groups examined.

    Returns
    -------
    Estimates
        At most ``at_most`` rows, none for a group without a reason: the raw "pass_rate" of the group with Wilson's
        interval, then ``ATTENTION_COLUMNS``. Groups under ``FEW`` présents are not examined; ``caveats`` tells how many
        groups were examined, were not, or have a reason but no place. The reasons:

        "rate": below the limits of the funnel (:func:`funnel`, over-dispersion included), false-discovery rate held.
        "mode_gap": gap between CCF and ponctuel unlike that of the others (:func:`mode_gap_to_rest`), by an interval
        of level 1 − (1 − confidence)/groups examined (Bonferroni).
        "absences": share of absences at the épreuves above the funnel's limits, false-discovery rate held; the
        absences of one candidate go together, which the over-dispersion of the funnel widens for.
        "fall": pass rate lower than at the session before (:func:`session_change`), false-discovery rate held.

        The order: posterior mean of the group (:func:`shrunken_rates`) minus the rate of all the others, lowest first.

    Raises
    ------
    CountsError
        A dimension or a column is missing, several sessions, no session before, or a longer list.
    ComparisonError
        The counts are not those of the same candidates, or the sessions not counted alike.

    >>> schools = pd.DataFrame({"school": list("ABCDEFGH"), "present": 100, "passed": [40, 87, 86, 85, 88, 84, 86, 87]})
    >>> made = attention(replace(example_counts(), frame=schools, dimensions=("school",)))
    >>> made.frame[["school", "value", "reasons"]].to_numpy().tolist()
    [['A', 0.4, 'rate']]
    """
    _require_listable(outcomes, dimension, at_most)
    own, risk = _known(outcomes, dimension), 1 - confidence
    made = shrunken_rates(own, dimension=dimension)
    frame = made.frame
    examined = frame["denominator"] >= FEW
    strict = 1 - risk / max(int(examined.sum()), 1)
    flagged = {"rate": _beyond(funnel(own, dimension=dimension, levels=[confidence]), "low", risk)}
    gaps = None
    if modes is not None:
        _require_alike(outcomes, modes)
        gaps = mode_gap_to_rest(_known(modes, dimension), dimension=dimension, confidence=strict)
        flagged["mode_gap"] = _different(gaps)
    if units is not None:
        _require_alike(outcomes, units)
        absences = _known(units, dimension)
        judged = funnel(absences, dimension=dimension, statistic="unit_absence_rate", levels=[confidence])
        flagged["absences"] = _beyond(judged, "high", risk)
    if previous is not None and not previous.frame.empty:
        flagged["fall"] = _fallen(outcomes, previous, dimension, risk)
    codes = [" ".join(c for c in ATTENTION_REASONS if group in flagged.get(c, ())) for group in frame[dimension]]
    frame = frame.assign(reasons=codes)[examined]
    listed = _by_gap_to_others(frame[frame["reasons"] != ""], made.frame, dimension)
    kept = _completed(listed.head(at_most), gaps, outcomes, dimension)
    caveats = [
        *_examination(dimension, examined, flagged),
        *_left_out(dimension, len(listed) - len(kept), outcomes, own),
        *(gaps.caveats if gaps is not None and kept["mode_gap"].notna().any() else ()),
    ]
    return replace(made, frame=kept[[dimension, *COLUMNS, *ATTENTION_COLUMNS]], caveats=tuple(caveats))


def _require_listable(outcomes: Counts, dimension: str, at_most: int) -> None:
    if dimension not in _NOUNS:
        raise CountsError(f"Cette liste ne se fait pas par « {dimension} »", expected=f"l'un de : {', '.join(_NOUNS)}")
    if not 1 <= at_most <= _LONGEST:
        raise CountsError(
            f"Une liste de {at_most} lignes n'est pas possible ici",
            expected=f"de 1 à {_LONGEST} : ce n'est pas un classement",
        )
    sessions = sorted(set(outcomes.frame["session"])) if "session" in outcomes.dimensions else []
    if len(sessions) > 1:
        raise CountsError(
            "Cette liste est celle d'une seule session",
            where=f"sessions {_enumerated(sessions)}",
            expected="les comptes d'une session",
            remedy="choisir la session : comptes.where(session=…)",
        )


def _known(counts: Counts, dimension: str) -> Counts:
    """The counts by that dimension, without the candidates whose value is unknown."""
    rolled = counts.by(dimension)
    return rolled.regrouped(rolled.frame[rolled.frame[dimension] != UNKNOWN], [dimension])


def _require_alike(outcomes: Counts, other: Counts, *, beside: str = "") -> None:
    """Refuse counts of other candidates, or of another stage; ``beside``: a selection that may differ."""

    def what(counts: Counts) -> tuple[str, Scope]:
        kept = tuple(selection for selection in counts.scope.kept if selection[0] != beside)
        return counts.origin, replace(counts.scope, kept=kept)

    if what(outcomes) != what(other):
        raise ComparisonError(
            "Ces comptes ne sont pas ceux des mêmes candidats, ou pas à la même étape",
            where=f"{outcomes.scope.population}, {outcomes.scope.territory}, et {other.scope.population}, "
            f"{other.scope.territory}",
            expected="la même cohorte, la même étape et la même sélection (where)",
            remedy="prendre les tableaux d'un même comptage, avec les mêmes sélections",
        )


def _beyond(judged: Estimates, position: str, risk: float) -> frozenset[str]:
    """Groups beyond the limits of a funnel on one side, false-discovery rate held."""
    frame = judged.frame
    return frozenset(frame.loc[(frame["position"] == position) & (frame["p_adjusted"] < risk), judged.by[-1]])


def _different(gaps: Estimates) -> frozenset[str]:
    """Groups whose gap has an interval without zero."""
    frame = gaps.frame[gaps.frame["reason"] == ""]
    return frozenset(frame.loc[(frame["upper"] < 0) | (frame["lower"] > 0), gaps.by[-1]])


def _fallen(outcomes: Counts, previous: Counts, dimension: str, risk: float) -> frozenset[str]:
    """Groups whose pass rate is lower than at the session before, false-discovery rate held."""
    _require_alike(outcomes, previous, beside="session")
    now, before = (counts.by("session", dimension) for counts in (outcomes, previous))
    sessions, earlier = (sorted(set(counts.frame["session"])) for counts in (now, before))
    if not sessions or sessions[0] - 1 not in earlier:
        raise CountsError(
            "Un recul se mesure d'une session sur la précédente",
            where=f"sessions {_enumerated(sessions)}, puis {_enumerated(earlier)}",
            expected="les comptes d'une session, et ceux de la session d'avant",
        )
    columns = ["session", dimension, "present", "passed"]
    frame = pd.concat([now.frame[columns], before.frame.loc[before.frame["session"] == sessions[0] - 1, columns]])
    changes = session_change(replace(now, frame=frame.reset_index(drop=True)), by=[dimension])
    latest = changes.frame[(changes.frame["session"] == sessions[0]) & (changes.frame[dimension] != UNKNOWN)]
    tested = adjusted_p(replace(changes, frame=latest)).frame
    return frozenset(tested.loc[(tested["value"] < 0) & (tested["p_adjusted"] < risk), dimension])


def _by_gap_to_others(listed: pd.DataFrame, whole: pd.DataFrame, dimension: str) -> pd.DataFrame:
    """The lowest first: shrunken rate minus the raw rate of all the others; alike in any order of the rows."""
    others = whole["denominator"].sum() - listed["denominator"]
    rest = (whole["numerator"].sum() - listed["numerator"]) / others.where(others > 0)
    return listed.assign(gap=listed[SHRUNK] - rest).sort_values(["gap", dimension])


def _completed(kept: pd.DataFrame, gaps: Estimates | None, outcomes: Counts, dimension: str) -> pd.DataFrame:
    """The list with what its reasons are told with."""
    kept = kept.reset_index(drop=True)
    reasons = [codes.split() for codes in kept["reasons"]]
    fell, unlike = (np.array([code in codes for codes in reasons], dtype=bool) for code in ("fall", "mode_gap"))
    since = str(outcomes.frame["session"].iloc[0] - 1) if fell.any() else ""
    kept = kept.assign(mode_gap=np.nan, mode_gap_others=np.nan, since=np.where(fell, since, ""))
    if gaps is None:
        return kept
    found = gaps.frame.set_index(dimension).reindex(kept[dimension]).reset_index()
    others = found["estimate"] - found["value"]
    return kept.assign(mode_gap=found["estimate"].where(unlike), mode_gap_others=others.where(unlike))


def _examination(dimension: str, examined: pd.Series, flagged: Mapping[str, object]) -> tuple[str, ...]:
    """How many groups were examined, for what, and how many were too small."""
    criteria = ", ".join(_CRITERIA[code] for code in ATTENTION_REASONS if code in flagged)
    told = (
        "Ni palmarès ni classement : l'ordre dit seulement par où commencer à regarder, parmi "
        f"{_several(dimension, int(examined.sum()))} d'au moins {FEW} présents. Critères examinés : {criteria}."
    )
    small = int((~examined).sum())
    stay = "reste" if small == 1 else "restent"
    left = f"{_several(dimension, small)} de moins de {FEW} présents {stay} hors de l'examen."
    return (told, left) if small else (told,)


def _left_out(dimension: str, more: int, outcomes: Counts, own: Counts) -> tuple[str, ...]:
    """Groups with a reason beyond the length of the list, and candidates of no known group."""
    noun = _NOUNS[dimension]
    unknown = f"{noun} inconnu{'e' if noun in ('académie', 'division') else ''}"
    lost = outcomes.frame["present"].sum() > own.frame["present"].sum()
    told = {
        f"La liste s'arrête là : une raison existe aussi pour {_several(dimension, more)} de plus.": more > 0,
        f"Candidats laissés de côté : {unknown}.": lost,
    }
    return tuple(sentence for sentence, true in told.items() if true)


def _several(dimension: str, count: int) -> str:
    number = f"{count:,}".replace(",", "\u202f")
    return f"{number} {_NOUNS[dimension]}{'s' if count > 1 else ''}"


def _enumerated(sessions: Sequence[int]) -> str:
    return ", ".join(map(str, sessions)) or "aucune"
