"""What several exports are joined on: candidate numbers may have lost their zeros, or have nothing in common."""

from __future__ import annotations

from collections.abc import Sequence

from rncp_analytics.cohort.export_rows import KEYS, Rows
from rncp_analytics.cohort.profile import words
from rncp_analytics.errors import InputError


def same_key(files: Sequence[Rows]) -> tuple[Sequence[Rows], str, list[str]]:
    """The key of ``KEYS`` on which files are joined, the files as it needs them, and the French findings.

    The first one that all files have and on which lists and marks have somebody in common; the first one that all have
    when none has. Numbers of lists and of marks that differ by the zeros before them, which a spreadsheet loses, are
    made the same, unless two numbers of the lists, or of the marks, would become one.

    Raises
    ------
    InputError
        No identifier is common to all the files.
    """
    common = [key for key in KEYS if all(f"by_{key}" in file.who for file in files)]
    if not common:
        raise InputError(
            "Ces fichiers n'ont aucun identifiant en commun",
            where=", ".join(file.table.name for file in files),
            expected="dans chacun, le numéro de candidat, ou l'INE, ou le nom, le prénom et la date de naissance",
            remedy="exporter à nouveau avec le numéro de candidat",
        )
    told: list[str] = []
    if common[0] == "number":
        files, told = _with_zeros(files)
    key = next((key for key in common if _meet(files, key)), common[0])
    if key == common[0]:
        return files, key, told
    for other in common[: common.index(key)]:  # these would only contradict each other
        files = [
            file if file.shape == "list" else file._replace(who=file.who.drop(columns=f"by_{other}")) for file in files
        ]
    names = words()["names"]
    french = {"number": names["number"], "ine": names["ine"], "name": "nom, prénom et date de naissance"}
    told = [
        f"« {french[common[0]]} » : aucun n'est à la fois dans la liste et dans les notes ; "
        f"les fichiers sont rapprochés par « {french[key]} »"
    ]
    return files, key, told


def _sides(files: Sequence[Rows], key: str) -> list[set[str]]:
    """What the lists, and what the marks, have of a key."""
    return [
        set().union(*(set(f.who[f"by_{key}"]) for f in files if (f.shape == "list") == listed)) - {""}
        for listed in (True, False)
    ]


def _meet(files: Sequence[Rows], key: str) -> bool:
    """Whether lists and marks have somebody in common; True where there are only lists, or only marks."""
    listed, marks = _sides(files, key)
    return len({file.shape == "list" for file in files}) == 1 or not listed.isdisjoint(marks)


def _with_zeros(files: Sequence[Rows]) -> tuple[Sequence[Rows], list[str]]:
    """The files, numbers without their first zeros replaced by those of the other files that have them."""
    sides = _sides(files, "number")
    whole = {number: number.lstrip("0") for number in sides[0] | sides[1]}
    longest: dict[str, str] = {}
    for number, short in sorted(whole.items(), key=lambda pair: len(pair[0])):
        longest[short] = number
    ambiguous = any(len({whole[number] for number in texts}) < len(texts) for texts in sides)
    changed = {number: longest[short] for number, short in whole.items() if longest[short] != number}
    if ambiguous or not changed:
        return files, []
    told = f"{len(changed)} numéro(s) de candidat sans leurs premiers zéros, rapprochés de ceux qui les ont"
    return [file._replace(who=file.who.assign(by_number=file.who["by_number"].replace(changed))) for file in files], [
        told
    ]
