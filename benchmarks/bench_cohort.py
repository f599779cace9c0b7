"""Synthesis, import, deliberation and tally of a whole session: time and peak memory of each step.

Run from the repository: ``python -m benchmarks.bench_cohort``. Each step has a process of its own; the time of reading
what it needs is not counted. The peer of the same run: pandas grouping the same marks by unit.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from rncp_analytics.cohort.deliberation import deliberate
from rncp_analytics.cohort.export import read_export
from rncp_analytics.cohort.model import Cohort
from rncp_analytics.cohort.pseudonym import PUBLIC_KEY
from rncp_analytics.counts.official import official_results
from rncp_analytics.counts.tally import tally
from rncp_analytics.synthesis import synthesise, write_exports

SESSION, SEED = 2025, 3
BY = ["session", "diploma", "academie", "candidate_status", "sex"]


def cohort() -> Cohort:
    return synthesise(official_results(), session=SESSION, seed=SEED)


def synthesis(_: Path) -> Callable[[], object]:
    results = official_results()
    return lambda: synthesise(results, session=SESSION, seed=SEED)


def writing(folder: Path) -> Callable[[], object]:
    made = cohort()
    return lambda: write_exports(made, folder)


def import_wide(folder: Path) -> Callable[[], object]:
    return lambda: read_export([folder / "notes_large.csv"], key=PUBLIC_KEY, stage="final")


def import_long(folder: Path) -> Callable[[], object]:
    files = [*sorted(folder.glob("liste_candidats_*.csv")), folder / "notes_long.csv"]
    return lambda: read_export(files, key=PUBLIC_KEY, stage="final")


def deliberation(_: Path) -> Callable[[], object]:
    made = cohort()
    people = made.candidates.drop(columns="candidate").rename(columns={"entry": "candidate"})
    rows = made.rows.rename(columns={"entry": "candidate"})
    return lambda: deliberate(people, rows)


def counting(_: Path) -> Callable[[], object]:
    made = cohort()
    return lambda: tally(made, by=BY)


def grouping(_: Path) -> Callable[[], object]:
    made = cohort()
    rows = made.rows.merge(made.candidates[["entry", *BY]], on="entry")
    return lambda: rows.groupby([*BY, "unit", "state"], observed=True)["mark"].agg(["size", "sum"])


STEPS = {
    "synthèse": synthesis,
    "écriture des exports": writing,
    "import d'un fichier large": import_wide,
    "import des listes (une par établissement) et des notes en lignes": import_long,
    "délibération": deliberation,
    "comptage, délibération comprise": counting,
    "pair : pandas, groupby des mêmes notes": grouping,
}


def run(step: str, folder: Path) -> None:
    """Print one step's seconds and its peak memory in MiB, above what was in use before it."""
    prepared = STEPS[step](folder)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    prepared()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps([seconds, before / 1024, peak / 1024]))  # noqa: T201


def main() -> None:
    """Run each step in its own process and print the table."""
    with tempfile.TemporaryDirectory() as place:
        rows = []
        for step in STEPS:
            command = [sys.executable, "-m", "benchmarks.bench_cohort", step, place]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            rows.append([step, *json.loads(done.stdout)])
        files = list(Path(place).glob("*.csv"))
        print(f"{len(files)} fichiers, {sum(f.stat().st_size for f in files) / 1e6:.0f} Mo")  # noqa: T201
    table = pd.DataFrame(rows, columns=["étape", "secondes", "Mio avant", "Mio au plus"])
    print(table.assign(rapport=table["secondes"] / table["secondes"].iloc[-1]).round(2).to_string(index=False))  # noqa: T201


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2])) if len(sys.argv) > 1 else main()
