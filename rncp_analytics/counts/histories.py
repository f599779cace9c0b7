"""Histories of candidates → Counts: by number of sessions since entry, and units acquired without the diploma."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from rncp_analytics.cohort.histories import Histories, histories
from rncp_analytics.cohort.model import Cohort
from rncp_analytics.counts.model import Counts
from rncp_analytics.counts.tally import DIMENSIONS, dimension_keys, scope_of
from rncp_analytics.errors import CountsError

HISTORY_COLUMNS = ("at_risk", "entered", "graduated", "exit", "censored", "entry_unknown")
NOT_ACQUIRED, UNLIMITED, UNKNOWN_END = "none", "unlimited", "unknown"
_EVENTS = {"graduated": "diploma", "exit": "exit", "censored": "censored"}  # "diploma" is a dimension
_BY = tuple(name for name in DIMENSIONS if name != "session")


class HistoryTally(NamedTuple):
    """What :func:`tally_histories` counted."""

    histories: Counts
    acquired: Counts


def tally_histories(cohort: Cohort, *, by: Sequence[str] = (), exit_after: int | None = None) -> HistoryTally:
    """Follow the candidates of a cohort over its sessions and count them.

    Parameters
    ----------
    cohort : Cohort
        Its sessions must follow one another, and a candidate keep one pseudonym: see
        :func:`~rncp_analytics.cohort.histories.histories`.
    by : sequence of str
        Dimensions of both tables, as in :func:`~rncp_analytics.counts.tally.tally` but the session; a candidate counts
        where first seen.
    exit_after : int, optional
        As in ``histories``.

    Returns
    -------
    HistoryTally
        ``histories`` (``by``, ``rank``), candidates, for each group and rank from 1 to the highest. ``at_risk``:
        followed, and without the diploma when that session opens; ``entered``: followed from this rank on (at rank 1,
        the first session; later, a late entry); ``graduated``, ``exit``, ``censored``: how those ended whose last
        session at risk it is. Hence::

            at_risk(r + 1) = at_risk(r) − graduated(r) − exit(r) − censored(r) + entered(r + 1)

        ``entry_unknown``, at rank 1: repeaters whose first session is unknown, in no other column.

        ``acquired`` (``by``, ``unit``, ``until``), candidates without the diploma, not exempt of the unit:
        ``no_diploma``. ``until``: last session in which the mark can be used ("2029"), "unlimited" (VAE), "unknown"
        (kept mark without its session), "none" (not acquired).

    Raises
    ------
    CountsError
        An unknown dimension; otherwise as ``histories``.

    Examples
    --------
    >>> from rncp_analytics.cohort.provenance import Source
    >>> who = {"diploma": "40031214", "candidate_status": "SCOLAIRE", "exam_form": "globale", "candidate": "0" * 20}
    >>> people = pd.DataFrame({"entry": [0, 1], "session": [2024, 2025]}).assign(**who)
    >>> marks = {"unit": "U31", "test": "first_group", "state": "marked", "mark": 240}
    >>> cohort = Cohort(people, pd.DataFrame({"entry": [0, 1], **marks}), "final", "synthetic", Source("", "", "", ""))
    >>> counted = tally_histories(cohort)
    >>> counted.histories.frame[["rank", "at_risk", "graduated", "censored"]].to_numpy().tolist()
    [[1, 1, 0, 0], [2, 1, 0, 1]]
    """
    unknown = [name for name in by if name not in _BY]
    if unknown:
        raise CountsError(
            f"Des parcours ne se comptent pas par « {unknown[0]} »",
            expected=f"une dimension parmi {', '.join(_BY)}",
            remedy="pour une seule génération, ne garder que ses candidats" if unknown[0] == "session" else "",
        )
    by = tuple(dict.fromkeys(by))
    found = histories(cohort, exit_after=exit_after)
    people = cohort.candidates
    keys = dimension_keys(people, by).set_axis(people["entry"].astype("int64"), axis=0)
    first, last = people["session"].min(), people["session"].max()
    followed = f"suivis de {first} à {last}" if first < last else f"vus à la seule session {first}"
    absences = f"pas revus {exit_after} session{'s' if exit_after and exit_after > 1 else ''}"
    told = "plus aucune note utilisable" if exit_after is None else absences
    scope = scope_of(cohort)
    scope = replace(scope, population=f"{scope.population}, {followed} (sortis : {told})")
    empty = Counts(pd.DataFrame(), (), scope, cohort.origin, cohort.source)
    return HistoryTally(
        replace(empty, frame=_by_rank(found, keys, by), dimensions=(*by, "rank")),
        replace(empty, frame=_by_end(found, keys, by), dimensions=(*by, "unit", "until")),
    )


def _by_rank(found: Histories, keys: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    sessions = found.sessions
    known = sessions["rank"].notna()
    first = ~sessions.duplicated(["candidate", "diploma"])
    flags = {
        "at_risk": known,
        "entered": known & first,
        **{column: known & (sessions["event"] == event) for column, event in _EVENTS.items()},
        "entry_unknown": ~known & first,
    }
    lines = keys.loc[sessions["entry"]].reset_index(drop=True)
    lines = lines.assign(rank=sessions["rank"].fillna(1).astype("int64"), **flags)
    summed = lines.groupby([*by, "rank"], sort=True)[list(HISTORY_COLUMNS)].sum()
    ranks = pd.DataFrame({"rank": range(1, int(lines["rank"].max()) + 1)})
    grid = lines[list(by)].drop_duplicates().sort_values(list(by)).merge(ranks, how="cross") if by else ranks
    filled = grid.merge(summed.reset_index(), how="left", on=[*by, "rank"])
    return filled.fillna(dict.fromkeys(HISTORY_COLUMNS, 0)).astype(dict.fromkeys(HISTORY_COLUMNS, "int64"))


def _by_end(found: Histories, keys: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    own = found.acquired
    until = own["until"].astype("str").mask(own["until"].isna(), UNKNOWN_END)
    until = until.mask((own["acquired"] == "acquired_vae").to_numpy(bool), UNLIMITED)
    until = until.mask(own["acquired"].isna(), NOT_ACQUIRED)
    lines = keys.loc[own["entry"]].reset_index(drop=True).assign(unit=own["unit"].astype("str"), until=until)
    return lines.groupby([*by, "unit", "until"], sort=True).size().astype("int64").rename("no_diploma").reset_index()
