"""The cohorts that notebooks open, and the country they are part of: a user's own, or a synthetic example."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from rncp_analytics.cohort.cohort_store import load_cohort
from rncp_analytics.cohort.export import read_export
from rncp_analytics.cohort.model import Cohort
from rncp_analytics.cohort.provenance import Source
from rncp_analytics.cohort.pseudonym import PUBLIC_KEY
from rncp_analytics.cohort.store import locate
from rncp_analytics.counts.model import Counts
from rncp_analytics.counts.official import OfficialResults, official_results
from rncp_analytics.synthesis.careers import synthesise_careers
from rncp_analytics.synthesis.cohort import synthesise

SYNTHETIC, EXPORTS, CAREERS = "synthetic", "synthetic-exports", "synthetic-careers"
# Enough refused candidates to show every section, few enough schools to draw.
_ACADEMIE, _SESSIONS, _SEED = "02", (2024, 2025), 3
_FILES = ("liste_candidats_*.csv", "notes_long.csv")


def open_cohort(name: str = SYNTHETIC) -> Cohort:
    """A cohort by its name.

    Parameters
    ----------
    name : str
        "synthetic": candidates who don't exist, of two sessions of one académie, at its published size;
        "synthetic-exports": the fictitious exports of data/raw, planted faults included, read as ``rncp import``
        reads real ones; "synthetic-careers": candidates in the forme progressive, over four sessions;
        otherwise the name that ``rncp import`` told.

    Raises
    ------
    DataNotFoundError
        No such cohort, or a damaged one.

    Examples
    --------
    >>> open_cohort("synthetic").origin
    'synthetic'
    """
    if name == SYNTHETIC:
        results = official_results()
        return _together([synthesise(results, session=s, seed=_SEED, academie=_ACADEMIE) for s in _SESSIONS])
    if name == EXPORTS:
        folder = locate().raw / "synthetic"
        files = [file for pattern in _FILES for file in sorted(folder.glob(pattern))]
        return read_export(files, key=PUBLIC_KEY, stage="final").cohort
    if name == CAREERS:
        return synthesise_careers(seed=_SEED)
    return load_cohort(name)


def national_counts(cohort: Cohort, results: OfficialResults) -> Counts:
    """The count of the whole country to which a cohort may be compared.

    Parameters
    ----------
    cohort : Cohort
    results : OfficialResults

    Returns
    -------
    Counts
        Of real candidates: ``results.academies``. Of synthetic ones, who face no official figure: the counts of the
        synthetic cohort of the whole country, of origin "synthetic". At its published size these are the published
        counts, cell by cell (:func:`~rncp_analytics.synthesis.synthesise`), so that nobody needs to be drawn.

    Examples
    --------
    >>> national_counts(open_cohort("synthetic"), official_results()).origin
    'synthetic'
    """
    if cohort.origin != "synthetic":
        return results.academies
    source = Source(
        "cohorte synthétique de toutes les académies", "rncp_analytics", "données fictives", results.source.digest
    )
    return replace(results.academies, origin="synthetic", source=source)


def _together(cohorts: Sequence[Cohort]) -> Cohort:
    """The cohorts of several sessions as one; no candidate is the same in two of them."""
    people, rows, first = [], [], 0
    for cohort in cohorts:
        people.append(cohort.candidates.assign(entry=cohort.candidates["entry"] + first))
        rows.append(cohort.rows.assign(entry=cohort.rows["entry"] + first))
        first += len(cohort.candidates)
    digests = "".join(cohort.source.digest for cohort in cohorts)
    source = Source(
        f"cohorte synthétique, sessions {_SESSIONS[0]} et {_SESSIONS[-1]}, graine {_SEED}",
        cohorts[0].source.publisher,
        cohorts[0].source.licence,
        hashlib.sha256(digests.encode()).hexdigest(),
    )
    return Cohort(pd.concat(people), pd.concat(rows), "final", "synthetic", source)
