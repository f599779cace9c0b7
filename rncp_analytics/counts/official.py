"""Official results of the family: the published margins that the package carries, or a user's own download."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from rncp_analytics.certification.diplomas import family
from rncp_analytics.cohort.store import locate, read_dataset, write_dataset
from rncp_analytics.counts.completeness import Alert, alerts, refuse_incomplete
from rncp_analytics.counts.depp import DIMENSIONS, POPULATION, read_depp
from rncp_analytics.counts.model import OUTCOMES, Counts, Scope, Source, describe, word
from rncp_analytics.counts.published import ACADEMIES, ALL_BAC_PRO, NATIONAL, read_published
from rncp_analytics.errors import CountsError

_FAMILY = "candidats de la famille des métiers de la relation client, tous statuts (hors VAE)"
_POPULATIONS = {
    "all_bac_pro": "candidats au baccalauréat professionnel, toutes spécialités, tous statuts (hors VAE)",
    "detail": POPULATION,
}
_DIMENSIONS = {"national": NATIONAL, "academies": ACADEMIES, "all_bac_pro": ALL_BAC_PRO, "detail": DIMENSIONS}


@dataclass(frozen=True)
class OfficialResults:
    """The published results that a report needs.

    Attributes
    ----------
    national : Counts
        Family of the certification by session, diploma, option, candidate status and sex, with mentions.
    academies : Counts
        Options A and B (published figures) or the whole family (a full file), by session, diploma, option,
        académie and candidate status; no mentions.
    all_bac_pro : Counts
        Every bac pro by session, candidate status and sex: inscrits, présents, admis.
    detail : Counts or None
        The whole file, when a full one was read: by session, track, series, diploma, académie, sex, status.
    source : Source
        As printed under the figures; its digest names the exact bytes.
    alerts : tuple of Alert
        What the reader must know of the file before its figures; nothing for the published ones.
    other_labels : DataFrame
        Labels of the file outside the family: ``label``, ``diploma``, ``rows``, ``present``.
    """

    national: Counts
    academies: Counts
    all_bac_pro: Counts
    detail: Counts | None
    source: Source
    alerts: tuple[Alert, ...] = ()
    other_labels: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    @property
    def sessions(self) -> tuple[int, ...]:
        """Sessions in which the certification has candidates, ascending."""
        return tuple(sorted(int(s) for s in self.national.where(option="B").frame["session"].unique()))

    def session(self, wanted: int | None = None) -> int:
        """The session asked for, or the last one.

        Raises
        ------
        CountsError
            The file has no candidate of option B in that session.
        """
        if wanted is None and self.sessions:
            return self.sessions[-1]
        if wanted not in self.sessions:
            known = ", ".join(map(str, self.sessions)) or "aucune session de l'option B dans ce fichier"
            raise CountsError(
                f"Aucun candidat à l'option B pour la session {wanted}"
                if wanted is not None
                else "Aucun candidat à l'option B",
                where=self.source.files[0] if len(self.source.files) == 1 else str(self.source),
                expected=f"l'une des sessions : {known} (première session du diplôme : 2022)",
                remedy="choisir une session avec --session, ou un fichier qui la contient",
            )
        return wanted


def official_results(dataset: str = "published") -> OfficialResults:
    """Read the published results.

    Parameters
    ----------
    dataset : str
        "published": the margins of sessions 2021 to 2025 that the package carries; otherwise the name
        that :func:`import_results` returned for a user's own download.

    Returns
    -------
    OfficialResults

    Raises
    ------
    DataNotFoundError
        The data set is absent, damaged or altered.
    CountsError
        The tables contradict each other.
    """
    where = locate()
    if dataset == "published":
        tables, about = read_published(where.raw)
    else:
        tables, about = read_dataset(where.processed / dataset)
    return _assemble(tables, about)


def build_published() -> Path:
    """Write the published margins to data/processed as typed tables; returns the folder."""
    where = locate()
    tables, about = read_published(where.raw)
    write_dataset(where.processed / "published", tables, about=about)
    return where.processed / "published"


def import_results(path: Path) -> str:
    """Check a user's download and store it; the name returned goes to :func:`official_results`.

    Raises
    ------
    InputError
        The file is refused, or candidates are missing from it; nothing is written.
    CountsError
        It holds no candidate of option B.
    """
    read = read_depp(path)
    tables = _margins(read.counts)
    published, _ = read_published(locate().raw)
    refuse_incomplete(read.counts.frame, tables["academies"], published["academies"], name=path.name)
    found = alerts(read.counts.frame, tables["academies"], published["academies"])
    about = {
        "title": read.counts.source.title,
        "source": asdict(read.counts.source),
        "territory": read.counts.scope.territory,
        "alerts": [asdict(alert) for alert in found],
        "other_labels": read.other_labels.to_dict("records"),
    }
    _assemble(tables, about).session()
    name = f"depp-{read.counts.source.digest[:12]}"
    write_dataset(locate().processed / name, tables, about=about)
    return name


def _assemble(tables: Mapping[str, pd.DataFrame], about: Mapping[str, Any]) -> OfficialResults:
    source = Source(**{**about["source"], "files": tuple(about["source"]["files"])})
    counts = {
        name: Counts(
            table,
            _DIMENSIONS[name],
            Scope("final", about["territory"], _POPULATIONS.get(name, _FAMILY)),
            "official",
            source,
        )
        for name, table in tables.items()
    }
    results = OfficialResults(
        counts["national"],
        counts["academies"],
        counts["all_bac_pro"],
        counts.get("detail"),
        source,
        tuple(Alert(**alert) for alert in about["alerts"]),
        pd.DataFrame(about["other_labels"]),
    )
    reconcile(results.national, results.academies)
    return results


def reconcile(whole: Counts, parts: Counts) -> None:
    """Check that two tables of the same candidates have the same totals, wherever both count them.

    Raises
    ------
    CountsError
        Names the first session × diploma × status that differs, with both figures.
    """
    dimensions = [d for d in whole.dimensions if d in parts.dimensions]
    columns = [c for c in OUTCOMES if c in whole.columns and c in parts.columns]
    ours = whole.by(*dimensions).frame.set_index(dimensions)[columns]
    theirs = parts.by(*dimensions).frame.set_index(dimensions)[columns]
    common = ours.index.intersection(theirs.index)
    differs = (ours.loc[common] != theirs.loc[common]).any(axis=1)
    if differs.any():
        key = common[differs][0]
        column = next(c for c in columns if ours.loc[key, c] != theirs.loc[key, c])
        ours_and_theirs = f"{ours.loc[key, column]} et {theirs.loc[key, column]} {word(column)}"
        row = describe(dimensions, key if isinstance(key, tuple) else (key,))
        raise CountsError(
            f"Deux tableaux des mêmes candidats ne s'accordent pas : {word(column)}",
            where=f"{row} : {ours_and_theirs}",
            expected="le même total dans les deux tableaux",
            remedy="reprendre les deux fichiers de la même publication",
        )


def _margins(counts: Counts) -> dict[str, pd.DataFrame]:
    ours = counts.where(diploma=[d.code for d in family()])
    professional = counts.where(track="professional")
    without_mentions = [c for c in ours.columns if c in OUTCOMES]
    return {
        "national": ours.by(*NATIONAL).frame,
        "academies": ours.by(*ACADEMIES).frame[[*ACADEMIES, *without_mentions]],
        "all_bac_pro": professional.by(*ALL_BAC_PRO).frame[[*ALL_BAC_PRO, "registered", "present", "passed"]],
        "detail": counts.frame,
    }
