"""The mask of Tau-Argus, the engine of statistical institutes (pytauargus), audited here: an extra, to compare."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from rncp_analytics.errors import PublicationError
from rncp_analytics.measures.protection.alternatives import NOTHING, Covers, Hideable, hideable, impossible
from rncp_analytics.measures.protection.attack import Rule, attack, exposed, solved
from rncp_analytics.measures.protection.cells import System

# In a process of its own: the engine can crash, go past its own time limit, and writes its logs where it runs.
_RUN = """
import sys
from pytauargus import HiTaSCtrl
print(HiTaSCtrl().full_jj(in_file_jj="table.jj", out_file="mask", max_time=int(sys.argv[1])))
"""
_INFEASIBLE = 5008  # what the engine answers when a sum leaves a primary cell alone


def protect_tauargus(
    system: System,
    primary: Collection[int],
    *,
    rule: Rule,
    cost: np.ndarray,
    keep: Collection[int] = (),
    hidden: Collection[int] = (),
    covers: Covers = NOTHING,
    time_limit: float = 60.0,
) -> frozenset[int]:
    """Cells to hide, the primary ones included, found by Tau-Argus and audited here.

    Parameters
    ----------
    system, primary, rule, cost, keep, hidden, covers
        As in :func:`~.optimal.protect_optimal`. Several tables and several quantities are one list of cells and sums
        for the engine too; what goes with a cell is hidden afterwards, so the mask may cost more than the least.
    time_limit : float
        Seconds; past it the engine is stopped and nothing of it is kept.

    Returns
    -------
    frozenset of int

    Raises
    ------
    PublicationError
        pytauargus isn't installed, no mask protects some cells, or the audit refuses the engine's mask.
    TimeoutError
        Not proved within ``time_limit``, or the engine crashed: take another method.

    Notes
    -----
    Fischetti & Salazar (2001), their own code on HiGHS: upper level t − value, sliding level ``width``, no lower level,
    as in :class:`~.attack.Rule`. pytauargus 0.6.0 doesn't look at the sliding level: where the upper one isn't enough,
    the audit refuses. ``FREQ(n, p)`` isn't used: its levels are p % of the value, so [0, 2] would protect a 1.
    """
    if find_spec("pytauargus") is None:
        raise PublicationError(
            "Le moteur Tau-Argus n'est pas installé",
            expected="le paquet pytauargus",
            remedy="l'installer : pip install 'rncp_analytics[tauargus]' ; ou prendre la méthode exacte ou gloutonne",
        )
    may = hideable(system, primary, keep=keep, hidden=hidden, covers=covers)
    # What stays known with everything hidden would crash the engine where it expects an unknown.
    _, unknown = solved(system, may.forced | may.free)
    if not unknown[may.primary].all():
        raise impossible(system, may.primary[~unknown[may.primary]].tolist(), keep)
    with TemporaryDirectory() as folder:
        Path(folder, "table.jj").write_text(_table(system, may, unknown, rule, cost), encoding="ascii")
        code = _run(folder, time_limit)
        if code == _INFEASIBLE:
            raise impossible(system, may.primary.tolist(), keep)
        if code not in (0, 1) or "TIME LIMIT" in Path(folder, "CSPlogfile.txt").read_text(encoding="utf-8"):
            raise TimeoutError
        chosen = [int(line) for line in Path(folder, "mask").read_text(encoding="ascii").split()]
    found = frozenset(np.flatnonzero(may.hidden(system.mask(chosen) & may.free)).tolist())
    if left := exposed(attack(system, hidden=found, of=primary, enough=rule), rule=rule):
        raise PublicationError(
            "Le masque de Tau-Argus ne protège pas ces effectifs",
            where=" ; ".join(map(system.label, left[:3])),
            expected=f"un intervalle qui atteint {rule.threshold}, large d'au moins {rule.width}",
            remedy="prendre la méthode exacte ou gloutonne",
        )
    return found


def _run(folder: str, time_limit: float) -> int:
    """The engine's code: 0 or 1 with a mask."""
    command = [sys.executable, "-c", _RUN, str(int(time_limit))]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=time_limit, check=False)
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    return int(done.stdout) if done.returncode == 0 else -1


def _table(system: System, may: Hideable, unknown: np.ndarray, rule: Rule, cost: np.ndarray) -> str:
    """The table in the engine's JJ format.

    A cell: number, value, cost, status (u primary, s free, z never hidden), bounds, lower, upper and sliding levels.
    """
    value, primary, weight = system.value.astype(int), system.mask(may.primary.tolist()), np.where(may.forced, 1, cost)
    status = np.where(primary, "u", np.where(unknown, "s", "z"))
    up, width = np.where(primary, rule.threshold - value, 0).clip(0), np.where(primary, rule.width, 0)
    far = int(value.max() + 2 * rule.width)
    rows = zip(value.tolist(), weight.astype(int).tolist(), status.tolist(), up.tolist(), width.tolist(), strict=True)
    lines = [f"{i} {v} {w} {s} 0 {far} 0 {u} {spl}" for i, (v, w, s, u, spl) in enumerate(rows)]
    sums = [
        f"0 {1 + len(parts)} : {total} (-1) " + " ".join(f"{part} (1)" for part in parts)
        for total, parts in system.equations
    ]
    return "\n".join(["0", str(len(lines)), *lines, str(len(sums)), *sums, ""])
