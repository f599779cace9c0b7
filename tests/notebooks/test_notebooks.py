"""What a committed notebook must be: executed in order, thin, on published data, and really compared."""

from __future__ import annotations

import ast
import functools
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from rncp_analytics.counts.official import official_results
from rncp_analytics.reports import chapters
from rncp_analytics.synthesis import open_cohort
from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
STATEMENTS = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try, ast.Lambda, ast.With)

cohort_named = functools.cache(open_cohort)
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)


def code_cells(path: Path) -> list[Any]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_the_report_has_every_notebook() -> None:
    assert sorted(chapters.notebooks()) == [path.stem for path in NOTEBOOKS]


@every_notebook
def test_executed_from_top_to_bottom(path: Path) -> None:
    assert [cell.execution_count for cell in code_cells(path)] == list(range(1, len(code_cells(path)) + 1))


@every_notebook
def test_cells_are_thin(path: Path) -> None:
    for cell in code_cells(path):
        tree = ast.parse(cell.source)
        nodes = list(ast.walk(tree))
        assert not [n for n in nodes if isinstance(n, STATEMENTS)], cell.source
        assert sum(isinstance(n, ast.Call) for n in nodes) <= 5, cell.source
        assert len(tree.body) <= 3 or "parameters" in cell.metadata.get("tags", ()), cell.source
        assert "print(" not in cell.source
        assert not re.search(r"\.csv|\.parquet|\.\./|%|!", cell.source), cell.source


@every_notebook
def test_outputs_are_quiet_and_nothing_is_left_out_of_the_comparison(path: Path) -> None:
    for cell in code_cells(path):
        tags = set(cell.metadata.get("tags", ()))
        assert tags <= {"parameters", "hors-rapport", "cohorte"}
        assert "NBVAL" not in cell.source.upper()
        for output in cell.outputs:
            assert output.output_type in {"execute_result", "display_data"}
            assert "text/plain" in output.data


@every_notebook
def test_data_are_published_or_synthetic(path: Path) -> None:
    if path.stem == "01-blocs-et-unites":  # the fiche alone: no figures
        return
    last = code_cells(path)[-1]
    examples = {"06-qualite-des-donnees": "synthetic-exports", "07-parcours-par-blocs": "synthetic-careers"}
    cohort = cohort_named(examples.get(path.stem, "synthetic"))
    assert cohort.origin == "synthetic"
    digests = {"results.source.digest": official_results().source.digest, "cohort.source.digest": cohort.source.digest}
    assert ast.literal_eval(last.outputs[0].data["text/plain"]) == digests[last.source]


@every_notebook
def test_a_figure_of_a_cohort_says_that_it_is_synthetic(path: Path) -> None:
    """Cells of a cohort, in a notebook of its own or under the tag "cohorte", and no other."""
    own = path.stem in chapters.COHORT and path.stem not in chapters.OFFICIAL
    for cell in code_cells(path):
        of_cohort = own or "cohorte" in cell.metadata.get("tags", ())
        for output in cell.outputs:
            text = output.data["text/plain"]
            assert "Usage interne" not in str(output.data), "des candidats réels"
            if "Source\u00a0:" in text:
                assert ("Données synthétiques" in text) == of_cohort, text
                assert not (of_cohort and "DEPP" in text), text


@every_notebook
def test_every_section_asks_before_it_shows(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    assert cells[0].cell_type == "markdown"
    assert cells[0].source.startswith("# ")
    assert sum(cell.source.startswith("# ") for cell in cells if cell.cell_type == "markdown") == 1


def run_nbval(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "none.ini"]
    (path.parent / "none.ini").write_text("[pytest]\n", encoding="utf-8")
    return subprocess.run(
        [*command, "--nbval", "--nbval-current-env", path.name],
        cwd=path.parent,
        capture_output=True,
        text=True,
        check=False,
    )


def chart_text(output: Any) -> str | None:
    return "text/plain" if "image/png" in output.data else None


def table_html(output: Any) -> str | None:
    return "text/html" if "<table" in output.data.get("text/html", "") else None


def test_nbval_sees_one_changed_number_in_a_chart_and_one_in_a_table(tmp_path: Path) -> None:
    """431 candidates of the flow were allowed to the contrôle; 616 were présents in Aix-Marseille."""
    notebook = nbformat.read(ROOT / "notebooks" / "00-prise-en-main.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    for kind, number in ((chart_text, "431"), (table_html, "616")):
        output, mime = next((o, m) for o in outputs if (m := kind(o)))
        assert number in output.data[mime]
        output.data[mime] = output.data[mime].replace(number, str(int(number) + 1), 1)
    nbformat.write(notebook, tmp_path / "copie.ipynb")
    done = run_nbval(tmp_path / "copie.ipynb")
    assert done.returncode == 1, done.stdout
    assert "2 failed" in done.stdout


def test_a_chart_is_stored_small() -> None:
    for path in NOTEBOOKS:
        assert path.stat().st_size < 600_000
        assert "image/svg+xml" not in json.dumps(nbformat.read(path, as_version=4))
