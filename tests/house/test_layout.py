"""The shape of the house: top level, size of modules, documentation, dependencies, layers."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "rncp_analytics"
MODULES = sorted(PACKAGE.rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.splitlines()

# Import name → distribution, where they differ.
DISTRIBUTIONS = {"bs4": "beautifulsoup4", "PIL": "pillow", "jupyter_client": "jupyter-client"}


def requirements(*, dev: bool = True) -> set[str]:
    listed = PROJECT["project"]["dependencies"] + (PROJECT["dependency-groups"]["dev"] if dev else [])
    return {normal(re.split(r"[ <>=!~;\[]", requirement)[0]) for requirement in listed}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_top_level_is_the_one_that_was_fixed() -> None:
    fixed = {"notebooks", "rncp_analytics", "data", "tests", "environment.yml", "README.md"}
    also = {
        ".ci", ".gitignore", ".pre-commit-config.yaml", "CHANGELOG.md", "CONTRIBUTING.md", "GLOSSARY.md", "LICENSE",
        "Makefile",
        "benchmarks", "conftest.py", "docs", "pyproject.toml", "requirements.lock",
    }  # fmt: skip
    if not TRACKED:
        pytest.skip("hors d'un dépôt git")
    found = {path.split("/")[0] for path in TRACKED}
    assert fixed <= found
    assert found <= fixed | also
    assert {path.split("/")[1] for path in TRACKED if path.startswith("data/")} == {"raw", "processed"}
    assert [p for p in TRACKED if p.startswith("data/processed/")] == ["data/processed/.gitkeep"]


@pytest.mark.parametrize("module", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_stays_readable(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert text.count("\n") <= 300
    tree = ast.parse(text)
    assert ast.get_docstring(tree)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} n'est pas documenté"
        if isinstance(node, ast.FunctionDef):
            body = (node.end_lineno or 0) - node.lineno - (ast.get_docstring(node) or "").count("\n")
            assert body <= 50, f"{node.name} ne tient pas sur un écran"


def test_environment_names_the_same_packages_as_the_project() -> None:
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    named = {normal(m[1]) for line in lines if (m := re.match(r"  - ([\w.-]+) [<>=]", line))}
    assert named - {"python"} == requirements()


def test_lock_pins_every_requirement_with_hashes_and_names_no_index() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", lock)
    pinned = {normal(entry.split("==")[0]) for entry in entries}
    assert requirements() <= pinned
    assert all(re.match(r"[\w.-]+==\S+", entry) and "--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"https?:|index-url|find-links|trusted-host", lock)


def test_every_import_is_a_declared_dependency() -> None:
    declared = requirements(dev=False)
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
            for top in {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) - {"rncp_analytics"}:
                assert normal(DISTRIBUTIONS.get(top, top)) in declared, f"{top} importé par {module.name}"


def test_layers_hold() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "2 kept, 0 broken" in done.stdout


def test_every_public_name_exists_and_is_documented() -> None:
    import rncp_analytics as rncp

    for name in rncp.__all__:
        value = getattr(rncp, name)
        assert value is not None
        assert not callable(value) or value.__doc__, name


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, rncp_analytics; print(sorted({'pandas', 'matplotlib', 'scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_no_real_download_and_no_path_of_a_machine_is_committed() -> None:
    if not TRACKED:
        pytest.skip("hors d'un dépôt git")
    assert not [p for p in TRACKED if (ROOT / p).stat().st_size > 1_000_000]
    home = re.compile(r"(?<![\w.])/(?:home|Users|root|work)/\w")
    for path in TRACKED:
        if Path(path).suffix in {".py", ".md", ".toml", ".ipynb", ".yml", ".lock", ".json"} or path == "Makefile":
            assert not home.search((ROOT / path).read_text(encoding="utf-8")), path
