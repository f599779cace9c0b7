"""Ctrl-C while a report is made: status 130, a French word, nothing half-written, no kernel left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT


def heard() -> None:
    """What runs in the background inherits a Ctrl-C that is ignored: hear it again."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signal de POSIX")
@pytest.mark.parametrize("chapter", ["Chapitre 1", "Chapitre 3"])
@pytest.mark.parametrize("delay", [0.3, 1.8])
def test_ctrl_c(tmp_path: Path, chapter: str, delay: float) -> None:
    output = tmp_path / "rapport"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "rncp_analytics", "report", "--output", str(output)]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heard,  # noqa: PLW1509
    ) as made:
        assert made.stderr is not None
        for line in made.stderr:
            if chapter in line:
                break
        time.sleep(delay)
        made.send_signal(signal.SIGINT)
        said = made.stderr.read()
    assert made.returncode == 130, said
    assert "interrompu" in said
    assert "mémoire" not in said
    assert not output.exists()
    assert not list(tmp_path.glob(".rapport-*"))
