"""Discrete life tables of many groups at once, from counts: survival, incidence by cause, variances, intervals.

Arrays are group × rank. Whoever ends in a session was at risk in it; ties are exact. Sources: see
:func:`rncp_analytics.measures.histories.time_to_diploma`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from rncp_analytics.counts.histories import HISTORY_COLUMNS
from rncp_analytics.counts.model import Counts, describe, word
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.uncertainty import wilson

Floats = npt.NDArray[np.float64]
CAUSES = ("graduated", "exit")
_ROUNDING = 1e-12  # a share this near to 0 or 1 is 0 or 1


@dataclass(frozen=True)
class LifeTable:
    """Life tables of groups.

    Attributes
    ----------
    groups : DataFrame
        One row a group: its dimensions.
    counts : mapping of str to array
        ``HISTORY_COLUMNS``, group × rank, ranks from 1 on.
    """

    groups: pd.DataFrame
    counts: Mapping[str, Floats]

    @property
    def at_risk(self) -> Floats:
        """Who was at risk in each session."""
        return self.counts["at_risk"]

    @cached_property
    def ended(self) -> Floats:
        """Who ended in each session, all causes together."""
        return self.counts["graduated"] + self.counts["exit"]

    @cached_property
    def survival(self) -> Floats:
        """S(r) = Π (1 − d / n), Kaplan-Meier."""
        return np.asarray(np.cumprod(1 - self.ended / self._risk, axis=1), dtype=np.float64)

    @cached_property
    def before(self) -> Floats:
        """S(r − 1): survival when each session opens."""
        return np.insert(self.survival[:, :-1], 0, 1, axis=1)

    @cached_property
    def known(self) -> npt.NDArray[np.bool_]:
        """Somebody was at risk in each session so far, or all had ended before."""
        return np.logical_and.accumulate((self.at_risk > 0) | (self.survival == 0), axis=1)

    @cached_property
    def entered_late(self) -> npt.NDArray[np.bool_]:
        """Somebody was at risk after all had ended: S = 0 contradicts them, and nothing can be told from there on."""
        return np.logical_or.accumulate((self.at_risk > 0) & (self.before == 0), axis=1)

    @cached_property
    def smallest(self) -> Floats:
        """The smallest number at risk so far, sessions without anybody aside (0 when there was nobody at all)."""
        lowest: Floats = np.minimum.accumulate(np.where(self.at_risk > 0, self.at_risk, np.inf), axis=1)
        return np.where(np.isfinite(lowest), lowest, 0.0)

    @cached_property
    def greenwood(self) -> Floats:
        """d / (n (n − d)); 0 where all ended: nothing is left to vary."""
        left = self._risk - self.ended
        return np.where(left > 0, self.ended / (self._risk * np.where(left > 0, left, 1)), 0)

    @cached_property
    def _risk(self) -> Floats:
        return np.maximum(self.at_risk, 1)

    def survival_variance(self) -> Floats:
        """Greenwood: S² Σ d / (n (n − d))."""
        variance: Floats = self.survival**2 * np.cumsum(self.greenwood, axis=1)
        return variance

    def incidence(self, cause: str) -> Floats:
        """Aalen-Johansen: F(r) = F(r − 1) + S(r − 1) d / n."""
        total = np.cumsum(self.before * self.counts[cause] / self._risk, axis=1)
        return np.minimum(total, 1)  # a sum may pass 1 by rounding

    def incidence_variance(self, cause: str) -> Floats:
        """Delta method: Σ (F(r) − F(j))² g(j) + S(j−1)² d (n − d) / n³ − 2 (F(r) − F(j)) S(j−1) d / n², j ≤ r."""
        d, n, f = self.counts[cause], self._risk, self.incidence(cause)
        own = np.cumsum(self.before**2 * d * (n - d) / n**3, axis=1)
        after = np.tril(f[:, :, None] - f[:, None, :])  # group × r × j, 0 where j > r
        both = after**2 * self.greenwood[:, None, :] - 2 * after * (self.before * d / n**2)[:, None, :]
        variance: Floats = np.maximum(own + both.sum(axis=2), 0)
        return variance

    def log_log(self, share: Floats, variance: Floats, *, confidence: float) -> tuple[Floats, Floats]:
        """Interval of a survival, symmetric for log(−log S); where S is 0 or 1, Wilson's on ``smallest``."""
        inside = (share > _ROUNDING) & (share < 1 - _ROUNDING)
        s = np.where(inside, share, 0.5)
        half = quantile(confidence) * np.sqrt(variance) / (s * -np.log(s))
        low, high = wilson(self.smallest * (share > 0.5), self.smallest, confidence=confidence)
        return np.where(inside, s ** np.exp(half), low), np.where(inside, s ** np.exp(-half), high)


def life_table(histories: Counts, by: Sequence[str]) -> LifeTable:
    """Life tables of the groups of ``by``.

    Raises
    ------
    CountsError
        A column or dimension is absent, "rank" is in ``by``, or the counts contradict one another: the row is named.
    """
    missing = [name for name in HISTORY_COLUMNS if name not in histories.columns]
    if missing or "rank" in by:
        raise CountsError(
            "Ces comptes ne sont pas des parcours" if missing else "Le rang ne fait pas un groupe",
            where=f"effectifs absents : {', '.join(map(word, missing))}" if missing else "",
            expected="les parcours de tally_histories, et by sans « rank »",
        )
    frame = histories.by(*by, "rank").frame
    group = frame.groupby(list(by), sort=False).ngroup().to_numpy() if by else np.zeros(len(frame), dtype=np.int64)
    groups = frame.loc[np.unique(group, return_index=True)[1], list(by)].reset_index(drop=True)
    shape = (len(groups), int(frame["rank"].max()) if len(frame) else 1)
    counts = {name: np.zeros(shape) for name in HISTORY_COLUMNS}
    for name, table in counts.items():
        table[group, frame["rank"].to_numpy() - 1] = frame[name]
    _reconcile(groups, counts)
    return LifeTable(groups, counts)


def _reconcile(groups: pd.DataFrame, counts: Mapping[str, Floats]) -> None:
    stay = counts["at_risk"] - counts["graduated"] - counts["exit"] - counts["censored"]
    expected = np.concatenate([np.zeros((len(groups), 1)), stay[:, :-1]], axis=1) + counts["entered"]
    wrong = np.argwhere((stay < 0) | (expected != counts["at_risk"]))
    if len(wrong):
        group, place = wrong[0]
        names = (*groups.columns, "rank")
        row = describe(names, (*groups.iloc[group], place + 1))
        found = ", ".join(f"{word(name)} {table[group, place]:.0f}" for name, table in counts.items())
        raise CountsError(
            "Les effectifs d'un parcours se contredisent",
            where=f"{row} : {found} ({len(wrong)} ligne(s) en tout)",
            expected="suivis = suivis − diplômés − sortis − encore en cours de la session d'avant + entrés, et pas "
            "moins que diplômés + sortis + encore en cours",
        )


def quantile(confidence: float) -> float:
    """Normal quantile of a two-sided level.

    Raises
    ------
    CountsError
        A level outside (0, 1).
    """
    from scipy.stats import norm  # type: ignore[import-untyped]

    if not 0 < confidence < 1:
        raise CountsError(f"Le niveau de confiance {confidence} est impossible", expected="un nombre entre 0 et 1")
    return float(norm.ppf((1 + confidence) / 2))
