"""The peer: the mask of Tau-Argus, the engine of statistical institutes, by pytauargus 0.6 when it is installed.

It is compared with, never used by the package: its exact method doesn't look at the width of an interval (its sliding
level) and knows nothing of a number that goes with another one.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.limited import LATE, LIMIT
from rncp_analytics.measures.protection.alternatives import Hideable
from rncp_analytics.measures.protection.attack import Rule
from rncp_analytics.measures.protection.cells import System

INSTALLED = find_spec("pytauargus") is not None
# In a process of its own: it writes its logs where it runs.
_RUN = """
import sys
from pytauargus import HiTaSCtrl
print(HiTaSCtrl().full_jj(in_file_jj="table.jj", out_file="mask", max_time=int(sys.argv[1])))
"""


def protect_tauargus(system: System, may: Hideable, *, rule: Rule, cost: np.ndarray) -> frozenset[int] | str:
    """Cells to hide, those that go with them included; or what went wrong, in French."""
    with TemporaryDirectory() as folder:
        Path(folder, "table.jj").write_text(_table(system, may, rule, cost), encoding="ascii")
        command = [sys.executable, "-c", _RUN, str(int(LIMIT))]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LIMIT - 1, check=False)
        except subprocess.TimeoutExpired:
            return LATE
        code = int(done.stdout.split()[-1]) if done.returncode == 0 else done.returncode
        if code not in (0, 1):
            return f"arrêt du moteur, code {code}"
        if "TIME LIMIT" in Path(folder, "CSPlogfile.txt").read_text(encoding="utf-8"):
            return LATE
        chosen = system.mask([int(line) for line in Path(folder, "mask").read_text(encoding="ascii").split()])
    return frozenset(np.flatnonzero(may.hidden(chosen & may.free)).tolist())


def _table(system: System, may: Hideable, rule: Rule, cost: np.ndarray) -> str:
    """The table in the engine's JJ format.

    A cell: number, value, cost, status (u primary, s free, z never hidden), bounds, lower, upper and sliding levels.
    """
    value, primary = system.value.astype(int), system.mask(may.primary.tolist())
    status = np.where(primary, "u", np.where(may.free | may.forced, "s", "z"))
    up, width = np.where(primary, rule.threshold - value, 0).clip(0), np.where(primary, rule.width, 0)
    weight = np.where(may.forced, 1, cost).astype(int)
    far = int(value.max() + 2 * rule.width)
    rows = zip(value.tolist(), weight.tolist(), status.tolist(), up.tolist(), width.tolist(), strict=True)
    lines = [f"{i} {v} {w} {s} 0 {far} 0 {u} {spl}" for i, (v, w, s, u, spl) in enumerate(rows)]
    sums = [
        f"0 {1 + len(parts)} : {total} (-1) " + " ".join(f"{part} (1)" for part in parts)
        for total, parts in system.equations
    ]
    return "\n".join(["0", str(len(lines)), *lines, str(len(sums)), *sums, ""])
