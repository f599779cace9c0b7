"""Small notebooks for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

v4 = nbformat.v4


def markdown(text: str, *tags: str) -> NotebookNode:
    return v4.new_markdown_cell(text, metadata={"tags": list(tags)})


def code(source: str, *outputs: dict[str, Any], tags: tuple[str, ...] = ()) -> NotebookNode:
    """A code cell, already run when outputs (MIME type → content) are given."""
    made = [v4.new_output("display_data", data=data, metadata={}) for data in outputs]
    return v4.new_code_cell(source, outputs=made, metadata={"tags": list(tags)})


def notebook(*cells: NotebookNode) -> NotebookNode:
    return v4.new_notebook(cells=list(cells))


PARAMETERS = code('session = 2000\nplace = "ici"', tags=("parameters",))


def saved(path: Path, *cells: NotebookNode) -> Path:
    nbformat.write(notebook(*cells), path)
    return path
