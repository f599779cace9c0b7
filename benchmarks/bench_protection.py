"""Times of protection and of its audit, printed: python -m benchmarks.bench_protection.

No tool of the same kind can be imported beside ours; the ratio is to the audit of the same mask, its plain programmes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from rncp_analytics.measures.protection.attack import Rule, attack, exposed, small
from rncp_analytics.measures.protection.cells import ALL, System, Table
from rncp_analytics.measures.protection.equations import system
from rncp_analytics.measures.protection.greedy import protect_greedy
from rncp_analytics.measures.protection.optimal import protect_optimal
from rncp_analytics.measures.protection.protect import cost_classes

DIMENSIONS = ("academie", "school", "route")
METHODS: dict[str, Callable[..., frozenset[int]]] = {"exacte": protect_optimal, "gloutonne": protect_greedy}


def schools(number: int, routes: int, academies: int) -> System:
    """Présents and admis of invented schools by route, with the totals of académies and of the whole."""
    random = np.random.default_rng(1)
    sizes = random.lognormal(2, 1.2, (number, 1)) * random.lognormal(0, 1, (1, routes))
    present = random.poisson(sizes)
    keys = [(f"{i % academies:02}", f"{i:03}", f"{j:02}") for i in range(number) for j in range(routes)]
    leaves = pd.DataFrame(keys, columns=list(DIMENSIONS)).assign(
        present=present.ravel(), passed=random.binomial(present, 0.8).ravel()
    )
    rows = [leaves]
    for kept in (["academie", "school"], ["academie", "route"], ["academie"], ["route"], []):
        summed = leaves.groupby(kept).sum(numeric_only=True).reset_index() if kept else leaves.sum(numeric_only=True)
        frame = summed.to_frame().T if isinstance(summed, pd.Series) else summed
        rows.append(frame.assign(**{name: ALL for name in DIMENSIONS if name not in kept}))
    table = Table(pd.concat(rows)[[*DIMENSIONS, "present", "passed"]], DIMENSIONS)
    return system([table], identities=[("present", ("passed", "refused"))], hierarchies={"school": "academie"})


def measure(made: System, threshold: int) -> list[str]:
    """One line for each method."""
    rule, primary, cost = Rule(threshold, threshold), small(made, threshold=threshold), cost_classes(made)
    lines = []
    for name, method in METHODS.items():
        started = time.perf_counter()
        options = {"time_limit": 600.0} if method is protect_optimal else {}
        hidden = method(made, primary, rule=rule, cost=cost, **options)
        protected = time.perf_counter()
        failed = exposed(attack(made, hidden=hidden, of=primary, enough=rule), rule=rule)
        seconds, audit = protected - started, time.perf_counter() - protected
        own = len(set(made.group[list(primary)]))
        lines.append(
            f"  {threshold:2}, {name:9} : {seconds:6.1f} s, audit {audit:5.1f} s (rapport {seconds / audit:.1f}) ; "
            f"{own} groupes primaires, {len(hidden) - own} secondaires, {len(failed)} exposés\n"
        )
    return lines


def main() -> None:
    """Print the times of each size."""
    for number, routes, academies in [(30, 7, 5), (100, 20, 10)]:
        made = schools(number, routes, academies)
        sys.stdout.write(f"{number} établissements × {routes} voies, {academies} académies : {made!r}\n")
        for threshold in (3, 11):
            sys.stdout.writelines(measure(made, threshold))


if __name__ == "__main__":
    main()
