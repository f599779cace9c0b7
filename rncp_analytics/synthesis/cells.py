"""The published margins as cells of candidates, and the abilities that they imply.

A cell is diploma × candidate status × académie × sex × result; results are disjoint: absent, admitted at the
first group, admitted or refused after the épreuve de contrôle, refused at the first group.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri  # type: ignore[import-untyped]

from rncp_analytics.certification.diplomas import OPTION_A, OPTION_B
from rncp_analytics.certification.nomenclature import STATUSES
from rncp_analytics.counts.official import OfficialResults
from rncp_analytics.errors import CountsError, InputError
from rncp_analytics.synthesis.values import assumed, by_status

RESULTS = ("absent", "passed_first_group", "passed_after_control", "refused_after_control", "refused_first_group")
ABSENT, PASSED_FIRST, PASSED_AFTER, REFUSED_AFTER, REFUSED_FIRST = range(len(RESULTS))
# When a size is shared out, the first margins are the best kept.
_LEVELS = ("result", "candidate_status", "diploma", "sex", "academie")
_THRESHOLDS = np.array([10.0, 12.0, 14.0, 16.0])


def published_cells(results: OfficialResults, session: int) -> pd.DataFrame:
    """Number of candidates of each cell: both published margins hold exactly.

    Parameters
    ----------
    results : OfficialResults
    session : int

    Returns
    -------
    DataFrame
        Columns ``result`` (position in ``RESULTS``), ``candidate_status, diploma, sex, academie, n``. The sexes of an
        académie are not published with its results: they are those of France for the same diploma, status and
        result, by largest remainder.

    Raises
    ------
    CountsError
        The two tables don't count the same candidates.
    """
    key = ["result", "candidate_status", "diploma"]
    kept = {"session": session, "diploma": (OPTION_A, OPTION_B)}
    national = _by_result(results.national.where(**kept).by(*key[1:], "sex").frame, [*key, "sex"])
    academies = _by_result(results.academies.where(**kept).by(*key[1:], "academie").frame, [*key, "academie"])
    totals = national.groupby(key)["n"].sum()
    if not totals.equals(academies.groupby(key)["n"].sum()):
        raise CountsError(
            "Les résultats par sexe et par académie ne comptent pas les mêmes candidats",
            where=f"session {session}",
            remedy="reprendre les deux tableaux de la même publication",
        )
    girls = national[national["sex"] == "F"].set_index(key)["n"].reindex(totals.index, fill_value=0)
    rows = []
    for girls_there, (_, group) in zip(girls, academies.groupby(key), strict=True):
        share = largest_remainder(group["n"].to_numpy(), int(girls_there))
        rows += [group.assign(sex="F", n=share), group.assign(sex="M", n=group["n"] - share)]
    cells = pd.concat(rows)[[*_LEVELS, "n"]]
    return cells[cells["n"] > 0].sort_values(list(_LEVELS), ignore_index=True)


def sized(cells: pd.DataFrame, size: int) -> pd.DataFrame:
    """The cells of a cohort of another size: shared out by largest remainder, margin after margin.

    The results are shared first, then the statuses within each result, the diplomas within these, the sexes, the
    académies: a small cohort still has its refused.

    Raises
    ------
    InputError
        The size isn't positive.
    """
    if size < 1:
        raise InputError(f"Une cohorte de {size} candidat(s) ne peut pas être faite", expected="au moins 1")
    shared = cells.assign(share=size, n=cells["n"].astype("int64"))
    for depth in range(len(_LEVELS)):
        parents, own = list(_LEVELS[:depth]), list(_LEVELS[: depth + 1])
        totals = shared.groupby(own, as_index=False).agg(n=("n", "sum"), share=("share", "first"))
        groups = totals.groupby(parents).indices.values() if parents else [np.arange(len(totals))]
        for lines in groups:
            wanted = int(totals["share"].iloc[lines[0]])
            totals.loc[lines, "share"] = largest_remainder(totals["n"].to_numpy()[lines], wanted)
        shared = shared.drop(columns="share").merge(totals[[*own, "share"]], on=own)
    shared = shared.assign(n=shared["share"]).drop(columns="share")
    return shared[shared["n"] > 0].reset_index(drop=True)


def largest_remainder(weights: npt.NDArray[Any], total: int) -> npt.NDArray[np.int64]:
    """Whole numbers near ``total × weights / sum(weights)`` that add up to ``total``; the first one wins a tie.

    Examples
    --------
    >>> largest_remainder(np.array([1, 1, 2]), 5).tolist()
    [1, 1, 3]
    """
    whole, rest = np.divmod(weights.astype(np.int64) * total, max(int(weights.sum()), 1))
    missing = total - int(whole.sum())
    whole[np.argsort(-rest, kind="stable")[:missing]] += 1
    return whole


def levels(results: OfficialResults, session: int) -> pd.DataFrame:
    """Centre and spread of the general mean by diploma × status × sex, from the published admis and mentions.

    Returns
    -------
    DataFrame
        ``diploma, candidate_status, sex, centre, spread`` (points out of 20).

    Notes
    -----
    A normal law through the shares of the présents at 10, 12, 14 and 16 (probit, weighted by its information).
    Who dropped out is left out. Small groups lean on the whole diploma (``mention_weight``).
    """
    kept = {"session": session, "diploma": (OPTION_A, OPTION_B)}
    frame = results.national.where(**kept).by("diploma", "candidate_status", "sex").frame
    dropout = dict(zip(STATUSES, by_status("dropout"), strict=True))
    stayed = frame["present"] - frame["candidate_status"].map(dropout) * frame["refused_first_group"]
    tb = frame["tb"] + frame["tb_felicitations"]
    above = pd.DataFrame(
        {"first": frame["passed_first_group"], "ab": tb + frame["b"] + frame["ab"], "b": tb + frame["b"], "tb": tb}
    )
    by_diploma = above.assign(stayed=stayed).groupby(frame["diploma"]).transform("sum")
    weight = float(assumed("mention_weight"))
    whole = by_diploma[list(above)].div(by_diploma["stayed"], axis=0)
    # Half a candidate on each side: a group where nobody has a mention still has a place on the normal law.
    shares = (above + weight * whole + 0.5).div(stayed + weight + 1.0, axis=0).to_numpy()
    fits = np.array([_normal(row) for row in shares])
    return frame[["diploma", "candidate_status", "sex"]].assign(centre=fits[:, 0], spread=fits[:, 1])


def _normal(shares: npt.NDArray[np.float64]) -> tuple[float, float]:
    z = ndtri(shares)
    information = np.exp(-(z**2) / 2) / np.sqrt(shares * (1 - shares))
    slope, start = np.polyfit(_THRESHOLDS, z, 1, w=information)
    return -start / slope, -1 / slope


def _by_result(frame: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    counts = [frame["registered"] - frame["present"], *(frame[name] for name in RESULTS[1:])]
    parts = [frame[key[1:]].assign(result=i, n=n) for i, n in enumerate(counts)]
    return pd.concat(parts)[[*key, "n"]].reset_index(drop=True)
