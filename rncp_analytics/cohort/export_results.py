"""Results of several exports, given their final state by the rules; those that contradict them are refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from rncp_analytics.certification.regulation import regulation
from rncp_analytics.cohort.export_refusals import WHOLE, Refusal
from rncp_analytics.cohort.export_rows import Rows
from rncp_analytics.cohort.marksheet import TWENTIETHS

NOBODY = -1


def settled_results(
    files: Sequence[Rows], persons: Sequence[pd.Series[Any]], people: pd.DataFrame
) -> tuple[pd.DataFrame, list[Refusal]]:
    """All results with their final state, those that contradict the rules refused."""
    parts = []
    for i, (file, person) in enumerate(zip(files, persons, strict=True)):
        gone = {r.line for r in file.refusals}
        part = file.results[~file.results["line"].isin(gone)]
        parts.append(part.assign(file=i, person=person.reindex(part["line"]).to_numpy()))
    results = pd.concat(parts, ignore_index=True).astype({"person": "int64", "file": "int64"})
    results = results[results["person"] != NOBODY].reset_index(drop=True)
    session = people["session"].reindex(results["person"]).reset_index(drop=True)
    rules = {s: regulation(d, s) for d, s in sessions_of(people)}  # the two options have the same
    kept_from = {s: int(rule.number("kept_mark_threshold") * TWENTIETHS) for s, rule in rules.items()}
    wrong = _settle(results, session, session.map(kept_from))
    oral = pd.Series(NOBODY, index=results.index)
    control = results["test"] == "control"
    for s, rule in rules.items():
        place = {unit: i for i, units in enumerate(rule.control_orals) for unit in units}
        here = control & (session == s)
        oral = oral.where(~here, results["unit"].map(place).fillna(NOBODY))
    wrong[control & (oral == NOBODY)] = "à l'épreuve de contrôle, une unité de l'un des deux oraux"
    wrong[control & ~results["state"].isin(("marked", "absent", "not_presented"))] = (
        "à l'épreuve de contrôle, une note ou une absence"
    )
    twice = results.duplicated(["person", "unit", "test"], keep=False)
    wrong[twice] = "un seul résultat par candidat, unité et épreuve : il y en a deux"
    sat = control & (oral != NOBODY) & (results["state"] != "not_presented") & ~twice
    orals_sat = pd.DataFrame({"person": results["person"], "oral": oral})[sat]
    wrong[orals_sat.index[orals_sat.duplicated(keep=False)]] = "une seule unité par oral de contrôle"
    refused = results[wrong != ""]
    told = [
        Refusal(files[f].table.name, line, WHOLE, unit or "", reason)
        for f, line, unit, reason in zip(
            refused["file"], refused["line"], refused["unit"], wrong[wrong != ""], strict=True
        )
    ]
    return results[wrong == ""].drop(columns="said"), told


def _settle(results: pd.DataFrame, session: pd.Series[Any], kept_from: pd.Series[Any]) -> pd.Series[Any]:
    """Give each result its final state, in place; what contradicts itself is told, "" elsewhere.

    The column of states wins over a code written among the marks; a number alone is a mark of this session, or a
    kept one where an earlier session is written beside it.
    """
    both = results["said"].notna() & results["state"].notna() & (results["said"] != results["state"])
    said = results["said"].where(results["said"].notna(), results["state"])
    mark, since = results["mark"], results["since"]
    has_mark = mark.notna()
    earlier = since.notna() & (pd.to_numeric(since) < pd.to_numeric(session))
    state = said.where(said.notna(), np.where(has_mark, "marked", "not_presented"))
    kept = state.isin(("kept", "carried")) | ((state == "marked") & earlier)
    low = pd.to_numeric(mark) < pd.to_numeric(kept_from)
    state = state.where(~kept, np.where(low, "carried", "kept"))
    results["state"], results["since"] = state, since.where(kept, None)
    wrong = pd.Series("", index=results.index, dtype=object)
    needs = state.isin(("marked", "kept", "carried"))
    wrong[needs & ~has_mark] = "une note : ce code en demande une"
    wrong[~needs & has_mark] = "pas de note : ce code n'en a pas"
    wrong[both] = "un seul code par note"
    wrong[since.notna() & (pd.to_numeric(since) > pd.to_numeric(session))] = "une session d'obtention passée"
    wrong[kept & since.notna() & ~earlier] = "pour une note gardée, une session d'obtention passée"
    return wrong


def sessions_of(people: pd.DataFrame) -> Iterable[tuple[str, int]]:
    """Diplomas and sessions of the candidates."""
    pairs = people[["diploma", "session"]].dropna().drop_duplicates()
    return list(zip(pairs["diploma"], pairs["session"], strict=True))
