"""Time to the diploma in sessions, with late entry and competing exit; what those without it have acquired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from rncp_analytics.counts.model import Counts
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.estimates import COLUMNS, FEW, Estimates
from rncp_analytics.measures.life_table import LifeTable, life_table, quantile
from rncp_analytics.measures.uncertainty import wilson

_HAZARDS = {"diploma_hazard": "graduated", "exit_hazard": "exit"}
_INCIDENCES = {"diploma_incidence": "graduated", "exit_incidence": "exit"}
HISTORY_STATISTICS = (*_HAZARDS, *_INCIDENCES, "still_going")
_EXIT = (
    "Sortie : aucun texte ne dit quand un candidat a quitté l'examen ; l'hypothèse suivie est entre parenthèses, après "
    "« sortis »."
)
_LATE = (
    "Des candidats ne sont suivis qu'après leur première session (entrée tardive) : n'ayant été vus que parce qu'ils "
    "se représentaient, ils tirent vers le haut les taux des sessions suivantes."
)
_NO_HISTORY = (
    "Aucun candidat n'est suivi d'une session à la suivante : ces chiffres ne montrent pas de parcours. Il faut "
    "plusieurs sessions, et des candidats qui gardent leur pseudonyme."
)
_UNKNOWN = "Les redoublants dont la première session est inconnue ne sont pas comptés."


def time_to_diploma(histories: Counts, *, by: Sequence[str] = (), confidence: float | None = 0.95) -> Estimates:
    """Discrete life table by number of sessions since entry: the diploma, its competing exit, who goes on.

    Parameters
    ----------
    histories : Counts
        ``histories`` of :func:`rncp_analytics.tally_histories`.
    by : sequence of str
        Dimensions that make the groups, "rank" not among them: "candidate_status", "exam_form"…
    confidence : float or None
        Level of the intervals; None for a census without interval.

    Returns
    -------
    Estimates
        One row per group × ``rank`` × statistic of ``HISTORY_STATISTICS``. ``denominator``: at risk in that session;
        ``numerator``: diplomas, exits, or who stays, in that session. With n and d for them, S(0) = 1:

        - ``diploma_hazard``, ``exit_hazard``: d / n, among those still at risk; Wilson's interval.
        - ``still_going``: S(r) = S(r − 1) (1 − (d_diploma + d_exit) / n), after r sessions. Greenwood's variance.
        - ``diploma_incidence``, ``exit_incidence``: F(r) = F(r − 1) + S(r − 1) d / n: share who have the diploma (have
          left) after r sessions at most. The two and ``still_going`` add to 1. Variance by the delta method.

        These last three are no quotient of their numerator and denominator. Their intervals are symmetric for
        log(−log(S)) and log(−log(1 − F)); at 0 and 1, where that has no value, Wilson's on the smallest number at risk
        so far.
        ``reason``: "empty" when nobody is at risk (for the last three, from there on, unless all had ended), "few" when
        fewer than ``FEW`` are (for the last three, at any session so far); "no_spread" (for the last three) once
        somebody enters late after all the others had ended: S = 0 says that nobody could. ``n_missing``: repeaters
        whose first session is unknown.

    Raises
    ------
    CountsError
        A column or dimension is absent, "rank" is in ``by``, or the counts contradict one another; the row is named.

    Notes
    -----
    Kaplan & Meier (1958), JASA 53, 457-481; Greenwood (1926); Aalen & Johansen (1978), Scand. J. Statist. 5, 141-150;
    Singer & Willett (1993), J. Educ. Statist. 18, 155-195. Variance of F: Marubini & Valsecchi (1995), *Analysing
    Survival Data from Clinical Trials and Observational Studies*; statsmodels' CumIncidenceRight has the same, but
    wants rows and knows no late entry: hence formulas, from counts. Ties are exact: events take place within a
    session, and whoever is censored in a session was at risk in it.

    >>> from dataclasses import replace
    >>> frame = pd.DataFrame({"rank": [1, 2], "at_risk": [20, 4], "entered": [20, 0], "graduated": [12, 3],
    ...                       "exit": [2, 0], "censored": [2, 1], "entry_unknown": 0})
    >>> counts = replace(example_counts(), frame=frame, dimensions=("rank",))
    >>> found = time_to_diploma(counts).frame.set_index(["statistic", "rank"])["value"]
    >>> [round(float(found[name, 2]), 3) for name in ("diploma_incidence", "exit_incidence", "still_going")]
    [0.825, 0.1, 0.075]
    """
    life = life_table(histories, by)
    made = [_hazard(life, name, confidence) for name in _HAZARDS]
    made += [_cumulated(life, name, confidence) for name in (*_INCIDENCES, "still_going")]
    frame = pd.concat(made, ignore_index=True)
    order = np.tile(np.arange(life.at_risk.size), len(made))
    frame = frame.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)
    return _estimates(histories, frame, (*by, "rank"), life, confidence)


def mean_sessions(
    histories: Counts, *, horizon: int, by: Sequence[str] = (), confidence: float | None = 0.95
) -> Estimates:
    """Mean number of sessions until the diploma or the exit, within a horizon.

    Parameters
    ----------
    histories, by, confidence
        As in :func:`time_to_diploma`.
    horizon : int
        Sessions counted at most: whoever goes on after them counts for ``horizon``. Groups are compared with the same.

    Returns
    -------
    Estimates
        One row per group, statistic "mean_sessions": Σ S(t), t from 0 to horizon − 1, in sessions. ``denominator``:
        those at risk at the first session; no numerator. ``reason``: "empty" when S(horizon − 1) isn't known, "few"
        under ``FEW`` at risk at any session before, "no_spread" when all end together or go on (no interval), or when
        somebody is at risk after all had ended (no value).

    Raises
    ------
    CountsError
        As :func:`time_to_diploma`; the horizon isn't positive.

    Notes
    -----
    Restricted mean: Irwin (1949), J. Hygiene 47, 188-189; its variance Σ A(r)² d / (n (n − d)), with A(r) the part of
    the sum from r on: Klein & Moeschberger (2003), *Survival Analysis*, section 4.5. Normal interval, kept within 1 to
    ``horizon``.

    >>> from dataclasses import replace
    >>> frame = pd.DataFrame({"rank": [1, 2], "at_risk": [20, 8], "entered": [20, 0], "graduated": [12, 8], "exit": 0,
    ...                       "censored": 0, "entry_unknown": 0})
    >>> counts = replace(example_counts(), frame=frame, dimensions=("rank",))
    >>> float(mean_sessions(counts, horizon=2).frame["value"].iloc[0])  # 12 needed one session, 8 needed two
    1.4
    """
    if horizon < 1:
        raise CountsError(f"Un horizon de {horizon} session n'a pas de sens", expected="au moins une session")
    life = life_table(histories, by)
    reach = min(horizon - 1, life.at_risk.shape[1])  # how many ranks of the curve are summed after S(0) = 1
    curve = np.insert(life.survival[:, :reach], 0, 1, axis=1)
    known = (life.at_risk[:, 0] > 0) & life.known[:, :reach].all(axis=1) & (reach == horizon - 1)
    late = life.entered_late[:, :reach].any(axis=1)
    mean = np.where(known & ~late, curve.sum(axis=1), np.nan)
    rest = np.cumsum(curve[:, ::-1], axis=1)[:, ::-1][:, 1:]
    lower, upper = np.full((2, len(mean)), np.nan)
    variance = (rest**2 * life.greenwood[:, :reach]).sum(axis=1)
    if confidence is not None:
        half = quantile(confidence) * np.sqrt(np.where(variance > 0, variance, np.nan))
        lower, upper = np.clip(mean - half, 1, horizon), np.clip(mean + half, 1, horizon)
    few = life.smallest[:, max(reach - 1, 0)] < FEW
    fixed = (variance == 0) & (confidence is not None)
    frame = life.groups.assign(
        statistic="mean_sessions",
        value=mean,
        numerator=np.nan,
        denominator=life.at_risk[:, 0].astype("int64"),
        lower=lower,
        upper=upper,
        method="count" if confidence is None else "irwin",
        n_missing=_unknown(life),
        reason=np.select([~known, late, few, fixed], ["empty", "no_spread", "few", "no_spread"], ""),
    )
    made = _estimates(histories, frame, tuple(by), life, confidence)
    told = f"Qui continue après la {horizon}e session compte pour {horizon} : une moyenne ne se lit qu'à cet horizon."
    return replace(made, caveats=(told, *made.caveats))


def acquired_by_refused(
    acquired: Counts, *, by: Sequence[str] = ("unit",), confidence: float | None = 0.95
) -> Estimates:
    """Of those without the diploma, who acquired each unit, and until which session its mark can be used.

    Parameters
    ----------
    acquired : Counts
        ``acquired`` of :func:`rncp_analytics.tally_histories`.
    by : sequence of str
        Dimensions that make the groups, "unit" among them and "until" not.
    confidence : float or None
        Level of Wilson's interval; None for a census without interval.

    Returns
    -------
    Estimates
        One row per group × ``until`` found anywhere, statistic "acquired_until": of those without the diploma and not
        exempt of the unit (``denominator``), who can use the mark until then. The values of a group add to 1.
        ``reason``: "empty" where all have the diploma or are exempt, "few" under ``FEW`` candidates.

    Raises
    ------
    CountsError
        A dimension is absent, or "unit" isn't in ``by``: a candidate would be counted once a unit.

    Examples
    --------
    >>> from dataclasses import replace
    >>> frame = pd.DataFrame({"unit": "U31", "until": ["2030", "none"], "no_diploma": [5, 15]})
    >>> counts = replace(example_counts(), frame=frame, dimensions=("unit", "until"))
    >>> acquired_by_refused(counts).frame[["until", "value"]].to_numpy().tolist()
    [['2030', 0.25], ['none', 0.75]]
    """
    if "unit" not in by or "until" in by:
        raise CountsError("Un candidat compte une fois dans chaque unité", expected="by avec « unit », sans « until »")
    frame = acquired.by(*by, "until").frame
    groups, ends = frame[list(by)].drop_duplicates(), frame[["until"]].drop_duplicates().sort_values("until")
    grid = groups.merge(ends, how="cross").merge(frame, how="left", on=[*by, "until"])
    x = grid["no_diploma"].fillna(0).astype("int64")
    n = x.groupby([grid[name] for name in by]).transform("sum")
    lower, upper = wilson(x, n, confidence=confidence) if confidence is not None else (np.nan, np.nan)
    made = grid.assign(
        statistic="acquired_until", stage=acquired.scope.stage, value=x / n, numerator=x, denominator=n,
        denominator_kind="no_diploma", lower=lower, upper=upper,
        confidence=np.nan if confidence is None else confidence, method="count" if confidence is None else "wilson",
        n_missing=0, secrecy="", reason=np.select([n == 0, n < FEW], ["empty", "few"], ""),
    )  # fmt: skip
    keys = (*by, "until")
    return Estimates(made[[*keys, *COLUMNS]], keys, acquired.scope, acquired.origin, acquired.source)


def _hazard(life: LifeTable, statistic: str, confidence: float | None) -> pd.DataFrame:
    x, n = life.counts[_HAZARDS[statistic]], life.at_risk
    value = x / np.where(n > 0, n, np.nan)
    lower, upper = wilson(x, n, confidence=confidence) if confidence is not None else np.full((2, *n.shape), np.nan)
    method = "count" if confidence is None else "wilson"
    reason = np.select([n == 0, n < FEW], ["empty", "few"], "")
    return _rows(life, statistic, value=value, numerator=x, lower=lower, upper=upper, method=method, reason=reason)


def _cumulated(life: LifeTable, statistic: str, confidence: float | None) -> pd.DataFrame:
    cause = _INCIDENCES.get(statistic)
    x = life.counts[cause] if cause else life.at_risk - life.ended
    value = life.incidence(cause) if cause else life.survival
    lower, upper = np.full((2, *value.shape), np.nan)
    if confidence is not None:
        variance = life.incidence_variance(cause) if cause else life.survival_variance()
        lower, upper = life.log_log(1 - value if cause else value, variance, confidence=confidence)
        lower, upper = (1 - upper, 1 - lower) if cause else (lower, upper)
    method = "count" if confidence is None else "delta" if cause else "greenwood"
    told = life.known & ~life.entered_late
    value, lower, upper = (np.where(told, figure, np.nan) for figure in (value, lower, upper))
    reason = np.select([~life.known, ~told, life.smallest < FEW], ["empty", "no_spread", "few"], "")
    return _rows(life, statistic, value=value, numerator=x, lower=lower, upper=upper, method=method, reason=reason)


def _rows(life: LifeTable, statistic: str, **columns: Any) -> pd.DataFrame:
    """A statistic in long form, by group and rank."""
    ranks = life.at_risk.shape[1]
    at = np.arange(life.at_risk.size)
    flat = {name: values.ravel() if isinstance(values, np.ndarray) else values for name, values in columns.items()}
    groups: pd.DataFrame = life.groups.iloc[at // ranks].reset_index(drop=True)
    return groups.assign(
        rank=at % ranks + 1,
        statistic=statistic,
        **{**flat, "numerator": flat["numerator"].astype("int64")},
        denominator=life.at_risk.ravel().astype("int64"),
        n_missing=_unknown(life)[at // ranks],
    )


def _unknown(life: LifeTable) -> Any:
    return life.counts["entry_unknown"].sum(axis=1).astype("int64")


def _estimates(
    histories: Counts, frame: pd.DataFrame, by: tuple[str, ...], life: LifeTable, confidence: float | None
) -> Estimates:
    frame = frame.assign(
        stage=histories.scope.stage,
        denominator_kind="at_risk",
        confidence=np.nan if confidence is None else confidence,
        secrecy="",
    )
    counts = life.counts
    told = ((counts["exit"], _EXIT), (counts["entered"][:, 1:], _LATE), (counts["entry_unknown"], _UNKNOWN))
    caveats = tuple(text for found, text in told if found.any())
    followed = counts["at_risk"][:, 1:] > counts["entered"][:, 1:]
    if counts["at_risk"].any() and not followed.any():
        caveats = (_NO_HISTORY, *caveats)
    return Estimates(frame[[*by, *COLUMNS]], by, histories.scope, histories.origin, histories.source, caveats)
