"""Files of means, a line per school and unit (notés, moyenne, effectif ≥ 10), straight into Counts: no candidate.

Each line is accepted or refused, and a refused one has its reason, as in the exports by candidate.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pandas as pd

from rncp_analytics.certification.lookup import plain
from rncp_analytics.cohort.export import QUARANTINE, refusals_by_reason
from rncp_analytics.cohort.export_refusals import WHOLE, Refusal
from rncp_analytics.cohort.export_shapes import Table, read_table
from rncp_analytics.cohort.export_values import judges, refuse_session
from rncp_analytics.cohort.export_whole import refuse_cut
from rncp_analytics.cohort.profile import Profile, is_title, profile_of, words
from rncp_analytics.counts.aggregated_rows import (
    COLUMNS,
    DIMENSIONS,
    OPTIONAL,
    REQUIRED,
    contradictions,
    decimals,
    default,
    judged,
    repeated,
    typed,
)
from rncp_analytics.counts.model import Counts, Scope, Source, Stage
from rncp_analytics.errors import InputError

__all__ = ["COLUMNS", "DIMENSIONS", "Aggregated", "guess_aggregated", "is_aggregated", "read_aggregated", "scope_of"]

TITLE = "Résultats d'examen par établissement et épreuve"
_HEAD = 1 << 15  # bytes: the free lines before the titles and the titles


@dataclass(frozen=True)
class Aggregated:
    """A file of means once read.

    Attributes
    ----------
    counts : Counts
        By ``DIMENSIONS``; ``COLUMNS``: how many marks, their sum in twentieths of a point, how many reach 10.
    quarantine : DataFrame
        Columns ``QUARANTINE``: one row per refused line and reason.
    findings : tuple of str
        French: what was recognised, assumed, left empty.
    read, accepted, refused : int
        Lines; ``read = accepted + refused``.
    """

    counts: Counts
    quarantine: pd.DataFrame
    findings: tuple[str, ...]
    read: int
    accepted: int
    refused: int


def read_aggregated(
    path: Path,
    *,
    profile: Profile | None = None,
    stage: Stage,
    origin: Literal["candidates", "synthetic"] = "candidates",
) -> Aggregated:
    """Read a file of means: one line per session × diploma × school × unit × mode.

    Parameters
    ----------
    path : Path
        CSV (UTF-8 or Windows-1252; semicolons, commas or tabs) or XLSX.
    profile : Profile, optional
        Columns, words and defaults (session, diploma, school, academie); guessed from the titles when absent.
    stage : {"first_group", "after_control", "final"}
        State of the examination when the file was exported.
    origin : {"candidates", "synthetic"}
        Whose marks these are. A file whose free lines say « données synthétiques » is synthetic whatever is said here.

    Returns
    -------
    Aggregated
        ``marks_sum`` is the whole number of twentieths nearest to mean × marked × 20 among those that the two counts
        allow. It differs from the true sum by less than one unit of the last printed decimal per mark: a mean printed
        with two decimals is known within 0,01. Where the file doesn't say them, ``academie`` and ``mode`` are
        "unknown"; ``departement`` comes from the UAI.

    Raises
    ------
    InputError
        Not such a file, a column is missing, or no line is accepted.

    Notes
    -----
    With n marks of which k reach 10, the mean lies between 10 k / n and (20 k + 9,95 (n − k)) / n, since marks are
    whole twentieths of a point; and it is a whole number of twentieths divided by n, within rounding.

    >>> import tempfile
    >>> titles = "Session;UAI;Code diplôme;Unité;Nature;Notés;Moyenne;Effectif ≥ 10"
    >>> path = Path(tempfile.mkdtemp()) / "moyennes.csv"
    >>> lines = [titles, "2025;0690001B;31214;U31;CCF;12;11,38;9", "2025;0690001B;31214;U2;Ponctuel;12;11,38;13"]
    >>> _ = path.write_text("\\n".join([*lines, ""]), encoding="utf-8")
    >>> made = read_aggregated(path, stage="final")
    >>> made.counts.frame[["school", "unit", *COLUMNS]].to_numpy().tolist(), made.read, made.refused
    ([['0690001B', 'U31', 12, 2731, 9]], 2, 1)
    """
    separator = profile.separator if profile else ""
    table = read_table(path, known=_known(profile), separator=separator)
    used = profile or _profile_of(table)
    at = _positions(table, used)
    values, refusals, findings = judged(table, at, used)
    refusals += [Refusal(table.name, line, WHOLE, "", reason) for line, reason in table.broken.items()]
    refusals += refuse_cut(table, findings)
    refusals += contradictions(_without(values, refusals), table, at)
    refusals += repeated(_without(values, refusals), table)
    quarantine = pd.DataFrame(sorted(set(refusals)), columns=list(QUARANTINE))
    accepted = _without(values, refusals)
    if accepted.empty:
        raise _nothing_accepted(table, quarantine)
    frame = typed(accepted)
    counts = Counts(
        frame, DIMENSIONS, scope_of(frame, stage), "synthetic" if table.synthetic else origin,
        Source(TITLE, "", "", table.digest, (table.name,)),
    )  # fmt: skip
    findings = [*_recognised(table, at, used), *findings, _precision(table, at)]
    return Aggregated(counts, quarantine, tuple(findings), table.read, len(accepted), table.read - len(accepted))


def scope_of(frame: pd.DataFrame, stage: Stage) -> Scope:
    """What the counts of these schools cover."""
    n = frame["school"].nunique()
    options = " et ".join(f"de l'option {option}" for option in sorted(frame["option"].unique()))
    return Scope(stage, f"{n} établissement{'s' if n > 1 else ''}", f"candidats notés {options}, tous statuts")


def is_aggregated(path: Path, *, profile: Profile | None = None) -> bool:
    """Whether a file's titles are those of a file of means, and none is that of a candidate or of a mark.

    Only the beginning of a text is read. An unreadable file is none: its own reader says why.
    """
    columns = {**words()["columns"], **words()["aggregated"], **(profile.columns if profile else {})}
    cells = _first_cells(path)
    here = {name for name, titles in columns.items() if any(_fold(title) in cells for title in titles)}
    return {"marked", "mean"} <= here and here.isdisjoint(("number", "ine", "last_name", "mark"))


def _first_cells(path: Path) -> set[str]:
    if not path.is_file():
        return set()
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(b"PK"):
        try:
            return set(map(_fold, read_table(path, known=_known(None)).titles))
        except InputError:
            return set()
    texts = (head.decode(encoding, errors="replace") for encoding in ("utf-8", "cp1252"))
    return {_fold(cell) for text in texts for cell in re.split(r"[;,\t\r\n]", text)}


def guess_aggregated(path: Path) -> Profile:
    """The profile of a file of means, from its titles."""
    return _profile_of(read_table(path, known=_known(None)))


def _fold(title: str) -> str:
    """As :func:`plain`, but "≥ 10" and "< 10" stay apart."""
    spelled = re.sub("≥|>=", " au moins ", title)
    return plain(re.sub("≤|<=", " au plus ", spelled).replace("<", " moins de ").replace(">", " plus de "))


def _known(profile: Profile | None) -> Callable[[str], bool]:
    """Whether a text is the title of a column."""
    own = profile.columns.values() if profile else ()
    titles = {_fold(title) for listed in (*words()["aggregated"].values(), *own) for title in listed}
    return lambda text: is_title(text) or _fold(text) in titles


def _profile_of(table: Table) -> Profile:
    places = _here(table, Profile(words()["aggregated"]))
    guessed = profile_of(table)
    return replace(guessed, columns={**guessed.columns, **{name: (table.titles[i],) for name, i in places.items()}})


def _here(table: Table, profile: Profile) -> dict[str, int]:
    """Place of each column of a profile that the table has."""
    places = {_fold(title): i for i, title in reversed(list(enumerate(table.titles)))}
    found = {n: next((places[_fold(t)] for t in ts if _fold(t) in places), -1) for n, ts in profile.columns.items()}
    return {name: i for name, i in found.items() if i >= 0}


def _positions(table: Table, profile: Profile) -> dict[str, int]:
    at = {name: i for name, i in _here(table, profile).items() if name in (*REQUIRED, *OPTIONAL)}
    judge = judges(profile)
    if "session" not in at:
        refuse_session(table)
    absent = [name for name in REQUIRED if name not in at]
    missing = [
        name for name in absent if name not in judge or default(name, judge, profile, free=table.preamble) is None
    ]
    if missing:
        raise InputError(
            f"Il manque {len(missing)} colonne(s) : {', '.join(words()['names'][name] for name in missing)}",
            where=table.name,
            expected="session, UAI, diplôme, unité, notés, moyenne et effectif d'au moins 10, une ligne par épreuve",
            remedy="nommer ces colonnes dans un profil (rncp check FICHIER --write-profile PROFIL) ; la session, le "
            "diplôme et l'établissement peuvent y être donnés pour tout le fichier ([defaults])",
        )
    return at


def _without(values: pd.DataFrame, refusals: Sequence[Refusal]) -> pd.DataFrame:
    return values[~values.index.isin({refusal.line for refusal in refusals})]


def _recognised(table: Table, at: Mapping[str, int], profile: Profile) -> list[str]:
    name, names = table.name, words()["names"]
    found = ", ".join(f"« {table.titles[i]} » lue comme {names[column]}" for column, i in at.items())
    unread = [str(i + 1) for i in range(len(table.titles)) if i not in at.values()]
    told = [f"{name} : moyennes par établissement et épreuve, {table.encoding} ; {found}"]
    told += [f"{name} : colonne(s) non lue(s), par leur rang : {', '.join(unread)}"] if unread else []
    told += [f"« {names[n]} » : {text}, pour les lignes qui ne le disent pas (profil)"
             for n, text in profile.defaults.items() if n in (*REQUIRED, *OPTIONAL)]  # fmt: skip
    told += [f"{name} : nature non donnée"] if "mode" not in at else []
    return told


def _precision(table: Table, at: Mapping[str, int]) -> str:
    places = max(map(decimals, table.rows[at["mean"]].cat.categories), default=0)
    step = f"{10**-places:.{places}f}".replace(".", ",")
    return (
        f"{table.name} : la somme des notes est reconstituée de la moyenne imprimée (arrondie) : une moyenne calculée "
        f"ici est juste à moins de {step} point"
    )


def _nothing_accepted(table: Table, quarantine: pd.DataFrame) -> InputError:
    return InputError(
        "Aucune ligne de ce fichier n'est acceptée",
        where="\n    ".join([f"{table.name}, {table.read} ligne(s) lue(s)", *refusals_by_reason(quarantine)[:5]]),
        expected="des épreuves de l'option A ou B, avec leurs notés, leur moyenne et leur effectif d'au moins 10",
        remedy="vérifier que c'est le bon fichier ; sinon, décrire ses colonnes et ses mots (--profile)",
    )
