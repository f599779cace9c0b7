"""A notebook is run with its parameters, and what stops it is told in French."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from rncp_analytics.errors import DataNotFoundError
from rncp_analytics.reports.chapters import notebooks
from rncp_analytics.reports.run import NotebookError, execute, read_notebook
from tests.unit.reports.notebook import PARAMETERS, code, markdown, saved


def outputs(path: Path, **parameters: str | int | None) -> list[str]:
    made = execute(path, parameters=parameters)
    return [o["data"]["text/plain"] for c in made.cells for o in c.get("outputs", ()) if "data" in o]


def test_parameters_replace_those_of_the_tagged_cell_and_the_file_stays(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "00-essai.ipynb",
        PARAMETERS,
        code("(session, place, other)"),
        code("import os; os.environ['RNCP_REPORT']"),
    )
    before = path.read_bytes()
    found = outputs(path, session=2025, place="l'académie \"d'ici\"\n", other=None)
    assert found == [repr((2025, "l'académie \"d'ici\"\n", None)), "'1'"]
    assert path.read_bytes() == before


def test_the_kernel_is_this_interpreter_in_this_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RNCP_REPORT", "0")
    told = "import sys, os; print(sys.executable, os.getcwd(), os.environ['RNCP_REPORT'], sep='|', end='')"
    made = execute(saved(tmp_path / "x.ipynb", PARAMETERS, code(told)), parameters={}, report=False)
    assert made.cells[-1].outputs[0]["text"] == f"{sys.executable}|{tmp_path}|0"


def test_our_own_error_comes_through_unchanged_with_its_place(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "03-essai.ipynb",
        markdown("# Essai"),
        PARAMETERS,
        code("from rncp_analytics.certification.nomenclature import academie\nacademie('Lyonn')"),
    )
    with pytest.raises(NotebookError) as caught:
        execute(path, parameters={"session": 2025})
    text = str(caught.value)
    assert text.startswith("« Lyonn » n'est pas une académie.\n  Attendu : un code")
    assert "Lyon (10)" in text
    assert text.endswith("\n  Notebook : 03-essai.ipynb, cellule 3")
    assert "Traceback" not in text and "imprévue" not in text


def test_an_unexpected_error_names_its_kind_and_its_cell(tmp_path: Path) -> None:
    path = saved(tmp_path / "03-essai.ipynb", PARAMETERS, code("1"), code("1 / 0"), code("2"))
    with pytest.raises(NotebookError) as caught:
        execute(path, parameters={})
    text = str(caught.value)
    assert "erreur imprévue (ZeroDivisionError) : division by zero" in text
    assert "  Où : 03-essai.ipynb, cellule 3\n" in text
    assert "rncp lab" in text


def test_a_killed_kernel_is_told(tmp_path: Path) -> None:
    path = saved(tmp_path / "03-essai.ipynb", PARAMETERS, code("import os\nos._exit(9)"))
    with pytest.raises(NotebookError, match="arrêté par le système") as caught:
        execute(path, parameters={})
    assert "03-essai.ipynb" in str(caught.value)


@pytest.mark.parametrize("content", [None, b"", b"pas du JSON", b"[]", b'{"nbformat": 4}', b"\xff\xfe"])
def test_a_notebook_that_is_absent_or_is_none(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "03-essai.ipynb"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataNotFoundError, match="manque ou n'est pas lisible") as caught:
        execute(path, parameters={})
    assert caught.value.where == str(path)


@pytest.mark.parametrize(
    ("cells", "told"), [((), "0\u00a0cellule marquée"), ((PARAMETERS, PARAMETERS), "2\u00a0cellules marquées")]
)
def test_exactly_one_cell_of_parameters(tmp_path: Path, cells: tuple[object, ...], told: str) -> None:
    path = saved(tmp_path / "03-essai.ipynb", code("1"))
    if cells:
        path = saved(tmp_path / "03-essai.ipynb", *(code("a = 1", tags=("parameters",)) for _ in cells))
    with pytest.raises(DataNotFoundError, match=told) as caught:
        execute(path, parameters={})
    assert caught.value.where == "03-essai.ipynb"


def test_the_notebooks_of_the_report_can_be_read(request: pytest.FixtureRequest) -> None:
    folder = request.config.rootpath / "notebooks"
    assert all(len(read_notebook(folder / f"{name}.ipynb").cells) > 5 for name in notebooks())
