"""Time to an event: life tables that textbooks print."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from statsmodels.duration.survfunc import SurvfuncRight

from rncp_analytics.counts.model import Counts
from rncp_analytics.measures.histories import time_to_diploma
from rncp_analytics.measures.life_table import life_table
from tests.conftest import make_counts


def counts_of(events: dict[int, int], censored: dict[int, int]) -> Counts:
    """A life table's counts: who has the event, and who is last seen, at each time."""
    times = np.arange(1, max([*events, *censored]) + 1)
    frame = pd.DataFrame({"rank": times, "graduated": [events.get(t, 0) for t in times.tolist()]})
    frame = frame.assign(exit=0, censored=[censored.get(t, 0) for t in times.tolist()], entry_unknown=0)
    left = (frame["graduated"] + frame["censored"])[::-1].cumsum()[::-1]
    return make_counts(frame.assign(at_risk=left, entered=np.where(times == 1, left, 0)), "rank", origin="synthetic")


def survival(counts: Counts) -> pd.DataFrame:
    frame = time_to_diploma(counts).frame
    return frame[frame["statistic"] == "still_going"].set_index("rank")


def test_remission_of_leukaemia_under_6_mp() -> None:
    """Freireich et al. (1963), Blood 21, 699-716, the 21 children treated with 6-MP.

    Survival and Greenwood's standard errors as textbooks print them (Kalbfleisch & Prentice; Collett; Klein &
    Moeschberger): S(6) = 0.857 (0.0764) to S(23) = 0.448 (0.1346).
    """
    counts = counts_of(
        {6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1},
        {6: 1, 9: 1, 10: 1, 11: 1, 17: 1, 19: 1, 20: 1, 25: 1, 32: 2, 34: 1, 35: 1},
    )
    published = {
        6: (21, 0.857, 0.0764), 7: (17, 0.807, 0.0869), 10: (15, 0.753, 0.0963), 13: (12, 0.690, 0.1068),
        16: (11, 0.627, 0.1141), 22: (7, 0.538, 0.1282), 23: (6, 0.448, 0.1346),
    }  # fmt: skip
    found = survival(counts).loc[list(published)]
    assert found["denominator"].tolist() == [n for n, _, _ in published.values()]
    assert found["value"].to_numpy() == pytest.approx([s for _, s, _ in published.values()], abs=5.01e-4)
    life = life_table(counts, ())
    errors = np.sqrt(life.survival_variance())[0, np.array(list(published)) - 1]
    assert errors == pytest.approx([e for _, _, e in published.values()], abs=5.1e-5)


def test_remission_of_leukaemia_under_placebo() -> None:
    """The 21 children of the other group: Cox & Oakes (1984), table 1.1: S(10) = 8/21 = 0.381, standard error 0.106."""
    times = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    counts = counts_of({t: times.count(t) for t in times}, {})
    assert survival(counts).loc[10, "value"] == pytest.approx(8 / 21)
    assert np.sqrt(life_table(counts, ()).survival_variance())[0, 9] == pytest.approx(0.106, abs=5e-4)
    row = survival(counts).loc[23]  # nobody is left
    assert (row["value"], row["lower"]) == (0, 0)


def test_special_educators() -> None:
    """Singer & Willett (2003), *Applied Longitudinal Data Analysis*, table 10.1 (from Singer & Willett 1993): years in
    teaching of 3 941 special educators; the median lifetime, interpolated, is 6.6 years (section 10.2.3).

    The published columns of the first seven years; all of them against statsmodels on one row a teacher.
    """
    left = {1: 456, 2: 384, 3: 359, 4: 295, 5: 218, 6: 184, 7: 123, 8: 79, 9: 53, 10: 35, 11: 16, 12: 5}
    stayed = {7: 280, 8: 307, 9: 255, 10: 265, 11: 241, 12: 386}
    counts = counts_of(left, stayed)
    frame = time_to_diploma(counts).frame
    hazard = frame[frame["statistic"] == "diploma_hazard"]["value"].to_numpy()
    found = survival(counts)["value"]
    assert found.index[0] == 1
    assert hazard[:7] == pytest.approx([0.1157, 0.1102, 0.1158, 0.1076, 0.0891, 0.0825, 0.0601], abs=5.1e-5)
    assert found.to_numpy()[:7] == pytest.approx([0.8843, 0.7869, 0.6958, 0.6209, 0.5656, 0.5189, 0.4877], abs=5.1e-5)
    assert 6 + (found[6] - 0.5) / (found[6] - found[7]) == pytest.approx(6.6, abs=0.05)
    rows = [(t, 1) for t, n in left.items() for _ in range(n)] + [(t, 0) for t, n in stayed.items() for _ in range(n)]
    peer = SurvfuncRight(*zip(*rows, strict=True))
    assert found.to_numpy() == pytest.approx(peer.surv_prob)
    low = survival(counts)["lower"].to_numpy()
    s, half = peer.surv_prob, norm.ppf(0.975) * peer.surv_prob_se
    assert low == pytest.approx(s ** np.exp(half / (s * -np.log(s))))
