"""Two reports made at once in the same folder: each has its own kernels."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rncp_analytics.reports.run import execute
from tests.unit.reports.notebook import PARAMETERS, code, saved


def test_each_run_hears_its_own_kernel(tmp_path: Path) -> None:
    path = saved(tmp_path / "00-essai.ipynb", PARAMETERS, code("import time; time.sleep(1); place"))
    with ThreadPoolExecutor() as pool:
        runs = [pool.submit(execute, path, parameters={"session": 1, "place": name}) for name in ("ici", "là")]
    told = [run.result().cells[-1].outputs[0].data["text/plain"] for run in runs]
    assert told == ["'ici'", "'là'"]
