"""Who sits the exam: candidates of the cells, their fictitious schools and classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rncp_analytics.certification.nomenclature import STATUSES, academies
from rncp_analytics.certification.nomenclature import academie as find_academie
from rncp_analytics.errors import UnknownCodeError
from rncp_analytics.synthesis.cells import ABSENT, REFUSED_FIRST
from rncp_analytics.synthesis.values import assumed, by_status

_UAI_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"  # no I, O, Q
_UAI_PREFIX = {"02A": "620", "02B": "720"}


def uai(departement: str, number: int) -> str:
    """The UAI of a number in a département, with its check letter (remainder of the seven digits by 23).

    Examples
    --------
    >>> uai("069", 1), uai("02A", 9000)
    ('0690001B', '6209000N')
    """
    digits = f"{_UAI_PREFIX.get(departement, departement)}{number:04d}"
    return digits + _UAI_LETTERS[int(digits) % len(_UAI_LETTERS)]


def ine(session: int, entry: int) -> str:
    """A fictitious INE: session, number and "zz", which no real one was seen with; lower case, as it is compared.

    Examples
    --------
    >>> ine(2025, 12)
    '250000012zz'
    """
    return f"{session % 100:02d}{entry:07d}zz"


def seat(cells: pd.DataFrame, levels: pd.DataFrame, session: int, rng: np.random.Generator) -> pd.DataFrame:
    """One row a candidate, in the order of the académies, schools and classes.

    Within an académie, diploma, status and sex, who has which result follows the rank of a latent ability, which
    the school shifts: this orders abilities; the marks that lead to the result are drawn later.

    Returns
    -------
    DataFrame
        The dimensions of the cells (``result`` as in ``cells.RESULTS``), ``departement, school, sector, school_class,
        birth_year, gone`` (dropped out), ``centre, spread`` (of the mean, school included), ``school_ccf`` (points).
    """
    people = cells.loc[cells.index.repeat(cells["n"])].drop(columns="n").reset_index(drop=True)
    people = people.merge(levels, on=["diploma", "candidate_status", "sex"], how="left")
    people = pd.concat(
        [_placed(group, str(code), rng) for code, group in people.groupby("academie")], ignore_index=True
    )
    people["result"] = _by_rank(people, rng)
    people["centre"] += people.pop("school_effect")
    status = pd.Index(STATUSES).get_indexer(pd.Index(people["candidate_status"]))
    people["gone"] = (people["result"] == REFUSED_FIRST) & (rng.random(len(people)) < by_status("dropout")[status])
    age = rng.normal(by_status("age")[status], by_status("age_sd")[status])
    people["birth_year"] = session - np.maximum(np.rint(age), 17).astype(np.int64)
    order = ["academie", "school", "diploma"]
    people = people.iloc[rng.permutation(len(people))].sort_values(order, kind="stable", ignore_index=True)
    return people.assign(school_class=_classes(people))


def _placed(people: pd.DataFrame, academie: str, rng: np.random.Generator) -> pd.DataFrame:
    """The candidates of an académie with a sector, a school and its effects."""
    departements = find_academie(academie).departements
    if not departements:  # schools are shared out evenly among them
        raise UnknownCodeError(
            f"Les départements de l'académie {academie} ne sont pas connus",
            expected=", ".join(a.code for a in academies() if a.departements),
        )
    sector = _sectors(people, rng)
    schools = np.full(len(people), -1)
    first = 0
    for _, lines in _kinds(sector):
        own = people.iloc[lines]
        count = 0
        for _, group in own.groupby(["diploma", "candidate_status"]).indices.items():
            schools[lines[group]], n = _spread(len(group), rng)
            count = max(count, n)
        schools[lines] += first
        first += count
    number = int(assumed("uai_first"))
    names = [*(uai(departements[i % len(departements)], number + i // len(departements)) for i in range(first)), ""]
    effects = rng.normal(0, (float(assumed("school_sd")), float(assumed("school_ccf_sd"))), (first + 1, 2))
    effects[-1] = 0  # the last row is for who has no school
    known = schools >= 0
    where = np.where(known, schools % len(departements), rng.integers(len(departements), size=len(people)))
    return people.assign(
        sector=sector,
        school=pd.Series(np.array(names, dtype=object)[schools], index=people.index).where(known),
        departement=np.array(departements, dtype=object)[where],
        school_effect=effects[schools, 0],
        school_ccf=effects[schools, 1],
    )


def _sectors(people: pd.DataFrame, rng: np.random.Generator) -> npt.NDArray[Any]:
    sector = np.full(len(people), None, dtype=object)
    for status, shares in assumed("sector").items():
        lines = np.flatnonzero(people["candidate_status"] == status)
        weights = np.array(list(shares.values()), dtype=float)
        sector[lines] = rng.choice(list(shares), size=len(lines), p=weights / weights.sum())
    return sector


def _kinds(sector: npt.NDArray[Any]) -> list[tuple[str, npt.NDArray[np.intp]]]:
    """Sectors that have schools, each with its lines, in a fixed order."""
    known = (name for name in dict.fromkeys(sector) if name not in (None, "CNED"))
    return [(name, np.flatnonzero(sector == name)) for name in sorted(known)]


def _spread(n: int, rng: np.random.Generator) -> tuple[npt.NDArray[np.int64], int]:
    """A school for each of ``n`` candidates, and how many schools there are."""
    count = -(-n // int(assumed("school_size")))
    weights = rng.lognormal(0, float(assumed("school_size_spread")), count)
    return rng.choice(count, size=n, p=weights / weights.sum()), count


def _by_rank(people: pd.DataFrame, rng: np.random.Generator) -> npt.NDArray[Any]:
    """The results of each cell again, given in the order of abilities; absences fall at random."""
    cell = people.groupby(["academie", "diploma", "candidate_status", "sex"]).ngroup().to_numpy()
    ability = people["school_effect"].to_numpy() + rng.normal(0, people["spread"])
    result = people["result"].to_numpy()
    absences = np.bincount(cell, weights=result == ABSENT)
    shuffled = pd.Series(rng.random(len(people))).groupby(cell).rank(method="first").to_numpy()
    ability[shuffled <= absences[cell]] = np.inf  # the first place is for absences
    given = np.empty_like(result)
    given[np.lexsort((-ability, cell))] = result[np.lexsort((result, cell))]
    return given


def _classes(people: pd.DataFrame) -> pd.Series[Any]:
    """TMCVA1, TMCVA2…: as few classes of a school and option as their largest size allows."""
    groups = people.groupby(["school", "diploma"])
    rank, size = groups.cumcount(), groups["diploma"].transform("size")
    count = -(-size // int(assumed("class_size")))
    option = people["diploma"].map({"40031213": "A", "40031214": "B"})
    names: pd.Series[Any] = "TMCV" + option + (rank % count.clip(lower=1) + 1).astype("Int64").astype("str")
    return names.where(people["school"].notna())
