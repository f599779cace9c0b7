"""Every hidden row written back, one at a time, in the files of several kinds of tables: the text alone tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

import rncp_analytics as rncp
from rncp_analytics.counts.tally import Tally
from rncp_analytics.display.spreadsheet import csv_text
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.profiles import profile_for
from rncp_analytics.measures.secrecy import Publication
from rncp_analytics.reports.audit import audit_texts

CHAMP = "France ; candidats d'un exemple."


@pytest.fixture(scope="module")
def counted() -> Tally:
    cohort = rncp.synthesise(rncp.official_results(), session=2025, seed=4, size=150)
    made: Tally = rncp.tally(cohort, by=["session", "diploma", "candidate_status", "sex"])
    return made


def of_b(tally: Tally, name: str) -> rncp.Counts:
    return getattr(tally, name).where(diploma=rncp.OPTION_B)


TABLES: dict[str, Callable[[Tally], Sequence[Estimates]]] = {
    "reasons": lambda t: [rncp.refusal_reasons(t.outcomes, by=by) for by in (["sex"], [])],
    "classes": lambda t: [rncp.mark_classes(of_b(t, "units"))],
    "rest": lambda t: [rncp.gap_to_rest(t.outcomes, dimension="candidate_status", by=[])],
    "flow": lambda t: [rncp.flow(t.outcomes, by=by) for by in (["sex"], [])],
}


@pytest.mark.parametrize("profile", ["dgfip_11", "insee_entreprises_3"])
@pytest.mark.parametrize("name", TABLES)
def test_a_hidden_row_written_back_is_caught(counted: Tally, name: str, profile: str) -> None:
    made, rule, publication = TABLES[name](counted), profile_for("synthetic", profile), Publication(profile)
    shown = [publication.suppress(table) for table in made]
    texts = {str(i): csv_text(table.frame, champ=CHAMP) for i, table in enumerate(shown)}
    assert audit_texts(texts, profile=rule).exposed.empty
    for number, table in enumerate(made):
        lines, true = (text.splitlines() for text in (texts[str(number)], csv_text(table.frame, champ=CHAMP)))
        hidden = [place for place, line in enumerate(lines) if ";masqué;" in line]
        for place in hidden[::3]:  # one out of three: each costs an audit
            planted = [*lines[:place], true[place].replace("usage interne", "diffusable"), *lines[place + 1 :]]
            found = audit_texts({**texts, str(number): "\n".join(planted)}, profile=rule).exposed
            assert not found.empty, true[place]
