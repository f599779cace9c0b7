"""Times of protection and of its audit, printed: python -m benchmarks.bench_protection.

Invented schools, as ``rncp.suppress`` reads them; then all the tables that the notebooks make of the synthetic cohort,
one after the other, and the audit of their files. Peers of the same run: Tau-Argus where pytauargus is installed, the
audit of the mask otherwise; the same tables with nothing hidden.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd

import rncp_analytics as rncp
from benchmarks.limited import LATE, LIMIT, limited
from rncp_analytics.counts.model import Counts, Scope, Source
from rncp_analytics.display.labels import champ
from rncp_analytics.display.spreadsheet import csv_text
from rncp_analytics.errors import PublicationError
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.profiles import profile_for
from rncp_analytics.measures.protection import masking
from rncp_analytics.measures.protection.attack import attack, exposed
from rncp_analytics.measures.protection.cells import System
from rncp_analytics.measures.protection.figures import sides
from rncp_analytics.measures.protection.greedy import protect_greedy
from rncp_analytics.measures.protection.optimal import protect_optimal
from rncp_analytics.measures.protection.protect import cost_classes
from rncp_analytics.measures.protection.tauargus import protect_tauargus
from rncp_analytics.measures.secrecy import Publishable
from rncp_analytics.reports.audit import audit_texts

INSTALLED = find_spec("pytauargus") is not None
SIZES = [(30, 7, 5), (100, 20, 10)]  # schools, statuses, académies
PROFILES = ["insee_entreprises_3", "dgfip_11"]
METHODS = ["exacte", "gloutonne", *(["Tau-Argus"] if INSTALLED else [])]


def schools(number: int, statuses: int, academies: int) -> list[Estimates]:
    """Rates of invented schools by status, and all their totals."""
    random = np.random.default_rng(1)
    sizes = random.lognormal(2, 1.2, (number, 1)) * random.lognormal(0, 1, (1, statuses))
    present = random.poisson(sizes).ravel()
    dimensions = ("academie", "school", "candidate_status")
    keys = [(f"{i % academies:02}", f"{i:03}", f"{j:02}") for i in range(number) for j in range(statuses)]
    frame = pd.DataFrame(keys, columns=list(dimensions)).assign(present=present, passed=random.binomial(present, 0.8))
    scope, source = Scope("final", "France", "établissements inventés"), Source("essai", "essai", "aucune", "0" * 64)
    counts = Counts(frame, dimensions, scope, "candidates", source)
    together = [dimensions, dimensions[:2], (dimensions[0], dimensions[2]), dimensions[:1], dimensions[2:], ()]
    return [rncp.rates(counts, by=by) for by in together]


def suppressed(size: tuple[int, int, int], profile: str) -> Callable[[], str]:
    """What a user runs."""
    made = schools(*size)
    return lambda: hidden_rows(rncp.suppress(made, profile=profile))


def protected(size: tuple[int, int, int], profile: str, method: str) -> Callable[[], Any]:
    """One method alone, on the numbers that ``rncp.suppress`` gives it."""
    (made, primary), given = problem(size, profile)
    cost = cost_classes(made, covers=given["covers"])
    given.pop("previous")
    if method == "Tau-Argus":
        return lambda: peer(made, primary, cost=cost, **given)
    if method == "exacte":
        return lambda: protect_optimal(made, primary, cost=cost, time_limit=LIMIT, **given)
    return lambda: protect_greedy(made, primary, cost=cost, **given)


def peer(made: System, primary: frozenset[int], **given: Any) -> frozenset[int] | str:
    """The cells that Tau-Argus hides, or what went wrong, in French."""
    try:
        return protect_tauargus(made, primary, time_limit=LIMIT - 1, **given)
    except TimeoutError:
        return LATE
    except PublicationError as error:
        return str(error.args[0])


def audited(size: tuple[int, int, int], profile: str, hidden: frozenset[int]) -> Callable[[], int]:
    """The audit of a mask: how many of its primary cells are exposed."""
    (made, primary), given = problem(size, profile)
    rule = given["rule"]
    return lambda: len(exposed(attack(made, hidden=hidden, of=primary, enough=rule), rule=rule))


def problem(size: tuple[int, int, int], profile: str) -> tuple[Any, dict[str, Any]]:
    """The arguments with which ``rncp.suppress`` calls the protection first."""
    chosen = profile_for("candidates", profile)
    assert chosen.rule is not None
    figures = [(table, sides(table) or []) for table in schools(*size)]
    with mock.patch.object(masking, "protect", side_effect=StopIteration) as asked, suppress(StopIteration):
        masking.masked(figures, chosen, chosen.rule)
    return asked.call_args.args, dict(asked.call_args.kwargs)


def methods(size: tuple[int, int, int], profile: str) -> None:
    """Print one line for the whole path, then one for each method."""
    whole = limited(suppressed, size, profile)
    say(f"  {profile:19}, rncp.suppress : " + (f"{whole[0]:5.1f} s ; {whole[1]}" if whole else LATE))
    done = {method: limited(protected, size, profile, method) for method in METHODS}
    peer = done.get("Tau-Argus")
    (made, primary), _ = problem(size, profile)
    for method, found in done.items():
        told = LATE if found is None else found[1]
        if found and not isinstance(told, str):
            check = limited(audited, size, profile, found[1])
            others = sum(made.printed[cell] for cell in found[1] - primary)
            told = f"{found[0]:5.1f} s ; {len(primary)} effectifs primaires, {others} autres masqués"
            told += f" ; audit {check[0]:.1f} s, {check[1]} exposés" if check else f" ; audit {LATE}"
            if peer and not isinstance(peer[1], str):
                told += f" ; rapport à Tau-Argus {found[0] / peer[0]:.1f}"
            elif check:
                told += f" ; rapport à l'audit {found[0] / check[0]:.1f}"
        say(f"  {profile:19}, {method:13} : {told}")


def notebooks() -> list[Estimates]:
    """The tables that notebooks 02 to 05 make of a cohort, in their order."""
    cohort = rncp.open_cohort("synthetic")
    tally = rncp.tally(cohort, by=["session", "diploma", "candidate_status", "sex", "school"])
    session = tally.session(None)
    both = tally.units.where(diploma=rncp.OPTION_B)
    units, now = both.where(session=session), {"diploma": rncp.OPTION_B, "session": session}
    outcomes, modes, pivots = (counts.where(**now) for counts in (tally.outcomes, tally.modes, tally.pivots))
    before = tally.outcomes.where(diploma=rncp.OPTION_B, session=session - 1)
    patterns = tally.patterns.where(**now)
    mandatory = {"mandatory_units": tally.mandatory_units}
    blocks = units.where(unit=list(tally.mandatory_units))
    b_to_a = {"dimension": "diploma", "group": rncp.OPTION_B, "reference": rncp.OPTION_A, "by": ["unit"]}
    options = rncp.tally(cohort, by=["session", "diploma"]).units.where(session=session)
    return [
        rncp.rates(outcomes), rncp.rates(outcomes, by=["sex"]), rncp.rates(outcomes, by=["candidate_status"]),
        rncp.unit_marks(units), rncp.unit_marks(units, by=["unit", "mode"]), rncp.mean_change(both),
        rncp.mark_classes(units), rncp.pivot_shares(pivots),
        rncp.rates(units, by=["unit"], statistic="unit_pass_rate"), rncp.flow(outcomes), rncp.refusal_reasons(outcomes),
        rncp.bottleneck(units, pivots, outcomes), rncp.mode_gap(modes, by=["school"]), rncp.mode_gap_to_rest(modes),
        rncp.acquired_rate(units), rncp.unit_pairs(patterns, **mandatory), rncp.cochran_q(patterns, **mandatory),
        rncp.rate_gap(options, statistic="unit_pass_rate", **b_to_a),
        rncp.rate_gap(
            options.where(unit=list(tally.mandatory_units)), statistic="acquired_rate", **b_to_a
        ),
        rncp.rates(units, by=["candidate_status", "unit"], statistic="unit_pass_rate"),
        rncp.acquired_rate(blocks, by=["candidate_status", "unit"]),
        rncp.attention(outcomes, units, modes, before), rncp.funnel(outcomes, dimension="school"),
    ]  # fmt: skip


def published(profile: str) -> Callable[[], list[Publishable]]:
    """All these tables through one publication."""
    tables, publication = notebooks(), rncp.Publication(profile)
    return lambda: [publication.suppress(table) for table in tables]


def files_audited(texts: dict[str, str], profile: str) -> Callable[[], int]:
    """The audit of the files of these tables: how many numbers they give away."""
    return lambda: len(audit_texts(texts, profile=profile_for("synthetic", profile)).exposed)


def report() -> None:
    """Print a line for each profile."""
    plain = limited(texts_of, "usage_interne")
    say(
        f"Les tableaux des notebooks 02 à 05, l'un après l'autre ; sans rien masquer : {plain[0]:.2f} s"
        if plain
        else ""
    )
    for profile in PROFILES:
        done = limited(texts_of, profile)
        if done is None or plain is None:
            say(f"  {profile:19} : {LATE}")
            continue
        seconds, (told, texts) = done
        check = limited(files_audited, texts, profile)
        audit = f"audit des fichiers {check[0]:.1f} s, {check[1]} exposés" if check else f"audit {LATE}"
        say(f"  {profile:19} : {seconds:5.1f} s (rapport {seconds / plain[0]:.0f}) ; {told} ; {audit}")


def texts_of(profile: str) -> Callable[[], tuple[str, dict[str, str]]]:
    """Protect, and write the files."""
    work = published(profile)

    def run() -> tuple[str, dict[str, str]]:
        made = work()
        return hidden_rows(made), {f"{i}.csv": csv_text(one.frame, champ=champ(one)) for i, one in enumerate(made)}

    return run


def hidden_rows(made: list[Publishable]) -> str:
    """How many rows are hidden, and how many there are."""
    letters = pd.concat([one.frame["secrecy"] for one in made])
    return f"{letters.isin(['A', 'D']).sum()} lignes masquées sur {len(letters)}"


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Print the times of each size, then of a whole report."""
    if not INSTALLED:
        say("pytauargus n'est pas installé : les rapports sont à l'audit du même masque.")
    for size in SIZES:
        (made, _), _ = problem(size, PROFILES[0])
        say("{} établissements × {} statuts, {} académies".format(*size) + f" : {made!r}")
        for profile in PROFILES:
            methods(size, profile)
    report()


if __name__ == "__main__":
    main()
