"""A synthetic cohort written as a data set, with everything that it assumes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rncp_analytics.cohort.cohort_store import replace_synthetic
from rncp_analytics.cohort.store import locate
from rncp_analytics.counts.official import official_results
from rncp_analytics.synthesis.cohort import synthesise
from rncp_analytics.synthesis.values import assumptions


def write_synthetic(
    output: Path | None,
    *,
    session: int | None = None,
    size: int | None = None,
    seed: int = 1,
    tell: Callable[[str], None] = lambda _: None,
) -> Path:
    """Write a synthetic cohort made from the published results, as a set that ``load_cohort`` reads.

    Parameters
    ----------
    output : Path or None
        Folder of the data set; by default "synthetic-SESSION" in data/processed.
    session : int, optional
        By default the last one.
    size, seed : int
        As :func:`synthesise`.
    tell : callable
        Receives one French sentence a step.

    Returns
    -------
    Path
        The folder written.

    Raises
    ------
    CountsError, InputError
        As :func:`synthesise`, or the folder holds data that aren't synthetic; nothing is written.
    """
    results = official_results()
    wanted = results.session(session)
    tell(f"Cohorte synthétique de la session {wanted}, graine {seed}")
    cohort = synthesise(results, session=wanted, size=size, seed=seed)
    folder = output or locate().processed / f"synthetic-{wanted}"
    about = {"title": cohort.source.title, "assumptions": [a._asdict() for a in assumptions()]}
    replace_synthetic(cohort, folder, about=about)
    tell(f"{len(cohort.candidates)} candidats synthétiques écrits")
    return folder
