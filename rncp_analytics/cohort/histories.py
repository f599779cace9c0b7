"""The same candidate over sessions: when the diploma came, who left, what those without it have acquired."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rncp_analytics.cohort.deliberation import Deliberation, deliberate
from rncp_analytics.cohort.marksheet import PROJECT
from rncp_analytics.cohort.model import Cohort
from rncp_analytics.errors import CountsError

EVENTS = ("going", "diploma", "exit", "censored")
_PASSED = ("passed_first_group", "passed_after_control")
_OBTAINED = ("marked", "kept", "carried", "vae", "exempt")  # the other states take nothing back
_FOREVER = 9999  # later than any session: VAE, or a mark whose session is unknown
_CAREER = ["candidate", "diploma"]


@dataclass(frozen=True)
class Histories:
    """What :func:`histories` found.

    Attributes
    ----------
    sessions : DataFrame
        One row a candidate × diploma × session, from the first one seen to the last one at risk, whether the candidate
        was seen then or not: ``entry`` (row of the cohort where the candidate was first seen, whose status, form…
        are those of the whole history), ``candidate, diploma, session``, ``rank`` (1 in the first session; missing when
        that one is unknown), ``seen``, ``event``, one of ``EVENTS``: "going" before the last row, which has
        "diploma", "exit", or "censored" (without the diploma at the end of the data).
    acquired : DataFrame
        One row a history without the diploma × unit: ``entry, candidate, diploma, unit``, ``acquired`` (as in the
        deliberation, missing when it isn't), ``until`` (last session in which the mark can be used; missing for a VAE,
        and for a mark whose session is unknown). Exempt units and the project, which is no block, are left out.
    """

    sessions: pd.DataFrame
    acquired: pd.DataFrame


def histories(cohort: Cohort, *, exit_after: int | None = None) -> Histories:
    """Follow each candidate of a cohort from the first session to the diploma, the exit or the end of the data.

    Parameters
    ----------
    cohort : Cohort
        Of one or several sessions, at its stage; the jury's outcome stands where the cohort has it. The same person
        must have the same pseudonym in each session: made from an INE they do, from a candidate number they don't.
    exit_after : int, optional
        Sessions without being seen after which a candidate has left; by default, marks that can still be used decide.

    Returns
    -------
    Histories

    Raises
    ------
    CountsError
        A candidate twice in a session, a session missing between two others (its diplomas would be taken for
        candidates who vanish), or ``exit_after`` below 1.
    InputError, UnknownCodeError
        As :func:`~rncp_analytics.cohort.deliberation.deliberate`.

    Notes
    -----
    A history is a candidate in one diploma: who changes option begins another one.

    First session: the first one seen, or the earliest session of a kept or carried mark when that is older (late
    entry). A repeater of whom neither is known has no rank, and is counted apart.

    Rank: sessions elapsed, so a session that the candidate skipped counts.

    Exit is an **assumption**, no text says when a candidate has left: without the diploma, not seen in any later
    session of the data, and nothing left to use at their end. It is dated at the last session in which a mark could
    be used (``kept_mark_years`` and ``carried_mark_years`` of the regulation after its own), or at the last one seen
    when there was none. A unit by VAE never ends, nor does a mark whose session is unknown: no exit then. Even so an
    attestation may give a dispense on request: this exit is the end of the marks, not of every right. With
    ``exit_after``, not seen in that many sessions or any later one: dated at the last of them, whatever is left to use.

    Acquired: a unit's last result counts, absences and units not presented take nothing back.

    Examples
    --------
    >>> from rncp_analytics.certification.regulation import regulation
    >>> from rncp_analytics.cohort.provenance import Source
    >>> who = {"diploma": "40031214", "candidate_status": "SCOLAIRE", "exam_form": "globale", "candidate": "0" * 20}
    >>> people = pd.DataFrame({"entry": [0, 1], "session": [2024, 2025]}).assign(**who)
    >>> units = regulation("40031214", 2025).mandatory_units
    >>> marks = [{"entry": entry, "unit": unit, "mark": mark} for entry, mark in ((0, 120), (1, 240)) for unit in units]
    >>> rows = pd.DataFrame(marks).assign(test="first_group", state="marked")
    >>> found = histories(Cohort(people, rows, "final", "synthetic", Source("exemple", "", "", "")))
    >>> found.sessions[["session", "rank", "event"]].to_numpy().tolist()
    [[2024, 1, 'going'], [2025, 2, 'diploma']]
    """
    if exit_after is not None and exit_after < 1:
        raise CountsError(f"{exit_after} session d'absence ne fait pas une sortie", expected="au moins une, ou rien")
    _judge(cohort.candidates)
    keyed = cohort.candidates.drop(columns="candidate").rename(columns={"entry": "candidate"})
    found = deliberate(keyed, cohort.rows.rename(columns={"entry": "candidate"}))
    seen = _until_diploma(cohort, found)
    units = _last_results(seen, found.units)
    careers = _careers(seen, units, exit_after)
    return Histories(_sessions(careers, seen), _acquired(careers, units))


def _judge(candidates: pd.DataFrame) -> None:
    twice = int(candidates.duplicated([*_CAREER, "session"]).sum())
    if twice:
        raise CountsError(
            "Un même candidat a plusieurs lignes à une même session",
            where=f"{twice} ligne(s) de trop",
            expected="une ligne par candidat, diplôme et session",
            remedy="retirer les doublons de l'export",
        )
    for code, own in candidates.groupby("diploma")["session"]:
        missing = sorted(set(range(own.min(), own.max())) - set(own))
        if missing:
            raise CountsError(
                "Il manque une session entre deux autres : ses diplômés passeraient pour des candidats disparus",
                where=f"diplôme {code}, session {', '.join(map(str, missing))}",
                expected="des sessions qui se suivent",
                remedy="importer cette session, ou ne garder que celles qui se suivent",
            )


def _until_diploma(cohort: Cohort, found: Deliberation) -> pd.DataFrame:
    """One row a candidate and session, in time, up to the diploma; ``career`` numbers the histories."""
    people = cohort.candidates
    outcome = people["jury_outcome"].fillna(found.candidates[cohort.stage].astype("str"))
    held = cohort.rows[cohort.rows["state"].isin(["kept", "carried"])]
    since = held.groupby("entry")["since"].min()
    seen = people[["entry", *_CAREER, "session"]].assign(
        session=people["session"].astype("int64"),
        entry=people["entry"].astype("int64"),
        passed=outcome.isin(_PASSED),
        since=people["entry"].map(since).astype("float64"),
        repeater=people["repeater"].eq("yes").fillna(False).astype(bool),
        data_end=people.groupby("diploma")["session"].transform("max").astype("int64"),
    )
    seen = seen.sort_values([*_CAREER, "session"], ignore_index=True)
    seen = seen.assign(career=seen.groupby(_CAREER).ngroup())
    before = seen.groupby("career")["passed"].cumsum() - seen["passed"]
    return seen[before == 0].reset_index(drop=True)


def _last_results(seen: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """One row a history × unit: its last result, and the last session in which it can be used."""
    by_entry = seen.set_index("entry")[["career", "session"]]
    line = units.join(by_entry, on="candidate", how="inner")
    line = line.assign(obtained=line["state"].isin(_OBTAINED))
    line = line.sort_values(["obtained", "session"], kind="stable").drop_duplicates(["career", "unit"], keep="last")
    held = line["acquired"].notna() | (line["state"] == "carried")
    return line.assign(ends=line["holds_until"].astype("float64").fillna(_FOREVER).where(held))


def _careers(seen: pd.DataFrame, units: pd.DataFrame, exit_after: int | None) -> pd.DataFrame:
    """One row a history: its first session, the first and last ones at risk, and how it ends."""
    grouped = seen.groupby("career")
    first, last = grouped.first(), grouped.last()
    entered = np.fmin(first["session"], grouped["since"].min())
    unknown = first["repeater"] & (entered == first["session"])
    usable = units.groupby("career")["ends"].max().reindex(first.index)
    ends = np.fmax(last["session"], usable) if exit_after is None else last["session"] + exit_after
    left = ~last["passed"] & (last["session"] < last["data_end"]) & (ends <= last["data_end"])
    event = np.select([last["passed"], left], ["diploma", "exit"], "censored")
    end = np.select([last["passed"], left], [last["session"], ends], last["data_end"])
    return first[["entry", *_CAREER]].assign(
        entered=pd.Series(entered, index=first.index).mask(unknown).astype("Int64"),
        first=first["session"],
        end=end.astype("int64"),
        event=event,
    )


def _sessions(careers: pd.DataFrame, seen: pd.DataFrame) -> pd.DataFrame:
    repeated = careers.loc[careers.index.repeat(careers["end"] - careers["first"] + 1)]
    step = repeated.groupby(level=0).cumcount()
    session = repeated["first"] + step
    event = repeated["event"].where(session == repeated["end"], EVENTS[0])
    known = pd.MultiIndex.from_frame(seen[["career", "session"]])
    frame = repeated[["entry", *_CAREER]].assign(
        session=session,
        rank=session - repeated["entered"] + 1,
        seen=pd.MultiIndex.from_arrays([repeated.index, session]).isin(known),
        event=pd.Categorical(event, categories=list(EVENTS)),
    )
    return frame.reset_index(drop=True)


def _acquired(careers: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    without = careers.loc[careers["event"] != "diploma", ["entry", *_CAREER]]
    own = units.drop(columns="candidate").join(without, on="career", how="inner")
    own = own[(own["state"] != "exempt") & (own["unit"] != PROJECT)].sort_values(["career", "unit"])
    until: pd.Series[Any] = own["holds_until"].where(own["acquired"].notna())
    return own[["entry", *_CAREER, "unit", "acquired"]].assign(until=until).reset_index(drop=True)
