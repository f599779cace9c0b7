"""Whatever the counts: what is protected together passes the audit of the files, and no shown number has changed."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from rncp_analytics.display.tables import rate_table
from rncp_analytics.measures.profiles import profile_for
from rncp_analytics.measures.rates import rates
from rncp_analytics.measures.secrecy import suppress
from rncp_analytics.reports.audit import audit_texts
from tests.conftest import make_counts

RULE = profile_for("candidates", "insee_entreprises_3")
KEYS = [(place, status) for place in ("01", "02", "03") for status in ("SCOLAIRE", "APPRENTISSAGE")]


@settings(max_examples=settings().max_examples // 4)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=6, max_size=6))
def test_protected_tables_pass_the_audit_of_their_files(numbers: list[tuple[int, int]]) -> None:
    frame = pd.DataFrame(KEYS, columns=["academie", "candidate_status"])
    frame["passed"] = [passed for passed, _ in numbers]
    frame["present"] = [passed + refused for passed, refused in numbers]
    counts = make_counts(frame, "academie", "candidate_status", origin="candidates")
    asked: list[list[str]] = [["academie", "candidate_status"], ["academie"], ["candidate_status"], []]
    made = [rates(counts, by=by) for by in asked]
    shown = suppress(made, profile=RULE.name)
    for before, after in zip(made, shown, strict=True):
        kept = after.frame["secrecy"] == "V"
        assert after.frame.loc[kept, "numerator"].tolist() == before.frame.loc[kept, "numerator"].tolist()
    texts = {str(i): rate_table(table, name="t", caption="T").csv() for i, table in enumerate(shown)}
    assert audit_texts(texts, profile=RULE).exposed.empty
