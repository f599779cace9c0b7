"""Which notebooks make which page: the official one, and the one of a cohort with marks."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from nbformat import NotebookNode

# In the order of the page: figures first, the reference of blocks and units last.
OFFICIAL = (
    "00-prise-en-main",
    "03-option-b-et-autres-options",
    "04-voies-d-acces",
    "05-academies-et-etablissements",
    "08-comparaison-cereq-reflet",
    "01-blocs-et-unites",
)
# What inspectors open first is the table of épreuves; the quality of the file comes last.
COHORT = (
    "02-epreuves-et-blocs",
    "05-academies-et-etablissements",
    "03-option-b-et-autres-options",
    "04-voies-d-acces",
    "08-comparaison-cereq-reflet",
    "07-parcours-par-blocs",
    "06-qualite-des-donnees",
)
# In a notebook of both pages, the cells that show a cohort: real and synthetic figures never share a page.
_OF_COHORT = "cohorte"


def notebooks() -> tuple[str, ...]:
    """Every notebook of a report, once, in the order in which they are run.

    Those of a cohort in the order of their page: what is shown first loses the fewest numbers to secrecy.
    """
    return tuple(dict.fromkeys((*COHORT, *OFFICIAL)))


def official_part(run: Mapping[str, NotebookNode]) -> dict[str, NotebookNode]:
    """The chapters of the official page, without the sections on a cohort."""
    return {name: _kept(run[name], of_cohort=False) for name in OFFICIAL}


def cohort_part(run: Mapping[str, NotebookNode]) -> dict[str, NotebookNode]:
    """The chapters of a cohort's page: whole notebooks, and the cohort's sections of the official ones."""
    return {name: _kept(run[name], of_cohort=True) if name in OFFICIAL else run[name] for name in COHORT}


def _kept(notebook: NotebookNode, *, of_cohort: bool) -> NotebookNode:
    part = copy.copy(notebook)
    part.cells = [cell for cell in notebook.cells if (_OF_COHORT in cell.metadata.get("tags", ())) == of_cohort]
    return part


def numbers(notebook: NotebookNode, kind: Literal["shown", "secret"]) -> list[dict[str, Any]]:
    """What a notebook showed of a cohort under a profile of diffusion, without or with what it hid."""
    told = [output.get("metadata", {}).get("rncp", {}) for _, output in outputs({"": notebook})]
    return [part for one in told for part in one.get(kind, ())]


def outputs(chapters: Mapping[str, NotebookNode]) -> Iterator[tuple[str, NotebookNode]]:
    """Each output of each chapter, with the number of its notebook: "00"."""
    for name, notebook in chapters.items():
        for cell in notebook.cells:
            for output in cell.get("outputs", ()):
                yield name[:2], output
