"""What profiles would hide: counted by hand on tables of two cells and on the published file itself."""

from __future__ import annotations

import pandas as pd

import rncp_analytics as rncp
from rncp_analytics.display.secrecy_table import secrecy_table
from rncp_analytics.measures.secrecy import official
from rncp_analytics.measures.secrecy_cost import secrecy_cost
from tests.conftest import ROOT, make_counts


def costs(refused: int) -> dict[tuple[str, str], list[int]]:
    """Forty girls and sixty boys, fifteen boys refused."""
    frame = pd.DataFrame({"sex": ["F", "M"], "present": [40, 60], "passed": [40 - refused, 45]})
    made = secrecy_cost(make_counts(frame, "sex"), by=["sex"]).frame.set_index(["profile", "statistic"])
    return {key: row.tolist() for key, row in made[["numerator", "denominator"]].iterrows()}


def test_five_refused_girls_cost_the_boys_too() -> None:
    """Under 11 the girls are hidden, and the boys with them, or 20 − 15 gives 5; the total stays. Under 3, nothing."""
    found = costs(refused=5)
    assert found["dgfip_11", "hidden_cells_share"] == [2, 3]
    assert found["dgfip_11", "secondary_cells_share"] == [1, 2]
    assert found["dgfip_11", "hidden_present_share"] == [100, 100]
    assert found["insee_entreprises_3", "hidden_cells_share"] == [0, 3]
    assert found["ival_pro_10", "hidden_cells_share"] == [0, 3]  # groups of 40 and 60: their size alone is judged
    assert costs(refused=20)["dgfip_11", "hidden_cells_share"] == [0, 3]


def test_the_published_table_of_option_b() -> None:
    """Its cells and présents counted in the file; every cell with a small number of its own is hidden at least."""
    rows = pd.read_csv(ROOT / "data" / "raw" / "options_by_academie_and_route.csv", dtype={"diploma": str})
    rows = rows[(rows["session"] == 2025) & (rows["diploma"] == rncp.OPTION_B)]
    counts = rncp.official_results().academies.where(diploma=rncp.OPTION_B, session=2025)
    made = secrecy_cost(counts, by=["academie", "candidate_status"])
    by_statistic = made.frame[made.frame["profile"] == "dgfip_11"].set_index("statistic")
    cells = len(rows) + rows["academie"].nunique() + rows["candidate_status"].nunique() + 1
    assert by_statistic.loc["hidden_cells_share", "denominator"] == cells
    assert by_statistic.loc["hidden_present_share", "denominator"] == rows["present"].sum()
    numbers = pd.concat([rows["present"], rows["passed"], rows["present"] - rows["passed"]], axis=1)
    small = numbers.apply(lambda column: column.between(1, 10)).any(axis=1)
    assert by_statistic.loc["hidden_cells_share", "numerator"] >= small.sum()
    assert by_statistic.loc["hidden_present_share", "numerator"] >= rows.loc[small, "present"].sum()
    told = secrecy_table(official(made), name="n", caption="c")
    assert len(told.rows) == 4 and "dont" in told.notes.lecture
