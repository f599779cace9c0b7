"""The public names work whatever was loaded before."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize(
    "first", ["", "rncp.official_results()", "rncp.certification('32259')", "rncp.diploma('40031214')"]
)
def test_certification_is_found_before_and_after_other_imports(first: str) -> None:
    code = f"import rncp_analytics as rncp\n{first}\nprint(rncp.certification('40031214').code)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stdout == "RNCP32259\n", done.stderr


def test_a_name_that_is_not_public_is_refused() -> None:
    import rncp_analytics as rncp

    with pytest.raises(AttributeError, match="no attribute 'palmares'"):
        rncp.palmares  # noqa: B018
