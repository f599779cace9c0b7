"""Units of the same candidates: which is acquired more often, and which are missed together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from rncp_analytics.counts.model import Counts, describe, word
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.choices import check_choice
from rncp_analytics.measures.estimates import COLUMNS, COMPARISON_COLUMNS, FEW, Estimates
from rncp_analytics.measures.families import adjusted_p
from rncp_analytics.measures.paired_proportions import mcnemar, newcombe_paired, phi
from rncp_analytics.measures.uncertainty import wilson

Among = Literal["registered", "no_diploma"]
PAIR_SHARES = ("both_acquired", "first_acquired_alone", "second_acquired_alone", "neither_acquired")
PAIR_STATISTICS = ("acquired_gap", *PAIR_SHARES, "co_failure_phi")
_CAVEAT = (
    "Acquise veut dire : note d'au moins 10, bénéfice d'une note conservée, ou VAE. Une unité dont le candidat est "
    "dispensé, ou absent, compte ici comme non acquise."
)

_NO_INTERVAL: dict[str, Any] = {"lower": np.nan, "upper": np.nan, "confidence": np.nan}
_NOTHING: dict[str, Any] = {
    **_NO_INTERVAL, "p_value": np.nan, "reference": "", **dict.fromkeys(COMPARISON_COLUMNS[1:], np.nan),
}  # fmt: skip

Numbers = npt.NDArray[np.int64]


class _Sets(NamedTuple):
    """What ``patterns`` says: for each of its lines its group (a line of ``keys``), units acquired and candidates."""

    keys: pd.DataFrame
    group: Numbers
    acquired: Numbers
    people: Numbers

    def total(self, which: npt.NDArray[np.bool_] | Numbers) -> Numbers:
        """Candidates of each group for whom ``which`` holds, or its sum over them."""
        return np.bincount(self.group, weights=self.people * which, minlength=len(self.keys)).astype(np.int64)


def unit_pairs(
    patterns: Counts,
    *,
    mandatory_units: Sequence[str],
    by: Sequence[str] = (),
    among: Among = "registered",
    confidence: float | None = 0.95,
) -> Estimates:
    """Each pair of units of the same candidates: the gap between both, McNemar's test, and whether they fail together.

    Acquired is not "marked 10 or more": it is the better mark >= 10 after the contrôle, a kept mark, or VAE. A
    candidate who is absent from a unit hasn't acquired it; nor has one who is exempt of it, for whom it is no failure.

    Parameters
    ----------
    patterns : Counts
        ``patterns`` of :func:`rncp_analytics.tally`.
    mandatory_units : sequence of str
        Its ``mandatory_units``: the places of ``acquired_units``, in exam order.
    by : sequence of str
        Dimensions that make the groups; none for the whole.
    among : {"registered", "no_diploma"}
        All candidates, or those without the diploma; the latter were chosen for what they lack, so that two units look
        there less linked than they are.
    confidence : float or None
        Level of the intervals; None for a census without interval nor test.

    Returns
    -------
    Estimates
        One row per group × pair (``unit``, ``other_unit``) × statistic of ``PAIR_STATISTICS``; ``denominator`` is
        ``among``. ``acquired_gap``: share who acquired ``unit`` minus share who acquired ``other_unit`` (the
        ``reference``), Newcombe's interval for paired proportions, p-value of McNemar, ``p_adjusted`` by
        Benjamini-Hochberg over all gaps given (:func:`adjusted_p` for another family). The four ``PAIR_SHARES`` add
        to 1 (Wilson). ``co_failure_phi``: correlation of both results, from −1 to 1, ``numerator`` those who miss both.
        ``reason``: "empty", "few"; "no_spread" for phi when everybody, or nobody, acquired one of the two.

    Raises
    ------
    CountsError
        Other counts or candidates, fewer than two units, or sets of units that are not of ``mandatory_units``.

    Notes
    -----
    The formulas and their sources are those of :mod:`rncp_analytics.measures.paired_proportions`.

    Examples
    --------
    >>> from dataclasses import replace
    >>> sets = pd.DataFrame({"acquired_units": ["00", "01", "10", "11"], "registered": [80, 16, 6, 59]})
    >>> patterns = replace(example_counts(), frame=sets, dimensions=("acquired_units",))
    >>> made = unit_pairs(patterns, mandatory_units=["U2", "U6"]).frame
    >>> made[["unit", "other_unit", "statistic", "value", "numerator"]].round(3).head(2).to_numpy().tolist()
    [['U2', 'U6', 'acquired_gap', -0.062, 65], ['U2', 'U6', 'both_acquired', 0.366, 59]]
    """
    sets = _read(patterns, mandatory_units, by, among)
    first, second = np.triu_indices(len(mandatory_units), 1)
    each = np.stack([sets.total(column) for column in sets.acquired.T])
    both = np.stack([sets.total(sets.acquired[:, i] * sets.acquired[:, j]) for i, j in zip(first, second, strict=True)])
    x, y, n = each[first], each[second], np.broadcast_to(sets.total(np.ones_like(sets.people)), both.shape)
    a, b, c, d, n = (table.T.ravel() for table in (both, x - both, y - both, n - x - y + both, n))  # group by group
    names = np.array(mandatory_units, dtype=object)
    keys = sets.keys.loc[np.repeat(sets.keys.index, len(first))].reset_index(drop=True)
    keys = keys.assign(unit=np.tile(names[first], len(sets.keys)), other_unit=np.tile(names[second], len(sets.keys)))
    cells = (a, b, c, d)
    shares = (_share(keys, name, cell, n, confidence) for name, cell in zip(PAIR_SHARES, cells, strict=True))
    frames = [_gap(keys, cells, n, confidence), *shares, _phi(keys, cells, n)]
    return _estimates(frames, patterns, (*by, "unit", "other_unit"), among)


def cochran_q(
    patterns: Counts, *, mandatory_units: Sequence[str], by: Sequence[str] = (), among: Among = "registered"
) -> Estimates:
    """Cochran's Q: whether all units are acquired equally often by the same candidates.

    Parameters
    ----------
    patterns, mandatory_units, by, among
        As in :func:`unit_pairs`.

    Returns
    -------
    Estimates
        One row per group: ``value`` is Q, a χ² with as many degrees of freedom as units, less one; ``numerator`` the
        candidates who acquired some units and not all, the only ones who count. ``reason``: "empty", "no_spread" when
        there are none, "few".

    Raises
    ------
    CountsError
        As :func:`unit_pairs`.

    Notes
    -----
    Q = (k − 1) (k ΣC² − (ΣC)²) / (k ΣR − ΣR²), over the totals C of the k units and R of the candidates: Cochran
    (1950), Biometrika 37, 256-266. The cochrans_q of statsmodels wants a row for each candidate.

    Examples
    --------
    >>> from dataclasses import replace
    >>> sets = pd.DataFrame({"acquired_units": ["00", "01", "10", "11"], "registered": [80, 16, 6, 59]})
    >>> patterns = replace(example_counts(), frame=sets, dimensions=("acquired_units",))
    >>> cochran_q(patterns, mandatory_units=["U2", "U6"]).frame[["value", "numerator"]].round(3).to_numpy().tolist()
    [[4.545, 22.0]]
    """
    from scipy.stats import chi2  # type: ignore[import-untyped]

    sets = _read(patterns, mandatory_units, by, among)
    k = len(mandatory_units)
    columns = np.stack([sets.total(column) for column in sets.acquired.T]).astype(float)
    owned = sets.acquired.sum(axis=1)
    n, some = sets.total(np.ones_like(owned)), sets.total((owned > 0) & (owned < k))
    spread = sets.total(owned * (k - owned)).astype(float)
    q = (k - 1) * (k * (columns**2).sum(axis=0) - columns.sum(axis=0) ** 2) / np.where(some > 0, spread, np.nan)
    made = sets.keys.assign(
        **_NO_INTERVAL,
        statistic="cochran_q",
        value=q,
        numerator=some,
        denominator=n,
        method="cochran",
        reason=np.select([n == 0, some == 0, n < FEW], ["empty", "no_spread", "few"], ""),
        p_value=chi2.sf(q, k - 1),
    )
    return _estimates([made], patterns, tuple(by), among)


def _read(patterns: Counts, units: Sequence[str], by: Sequence[str], among: Among) -> _Sets:
    check_choice(among, get_args(Among), "un ensemble de candidats")
    if among not in patterns.columns:
        raise CountsError(
            "Ces comptes ne disent pas quelles unités sont acquises ensemble", expected=f"un effectif de {word(among)}"
        )
    if len(units) < 2:
        raise CountsError("Il faut au moins deux unités à comparer", where=f"unités : {', '.join(units) or 'aucune'}")
    names = (*by, "acquired_units")
    frame = patterns.by(*names).frame
    wrong = ~frame["acquired_units"].astype(str).str.fullmatch(f"[01]{{{len(units)}}}")
    if wrong.any():
        raise CountsError(
            "Un ensemble d'unités acquises ne correspond pas aux unités données",
            where=describe(names, tuple(frame.loc[wrong, list(names)].iloc[0])),
            expected=f"{len(units)} chiffres 0 ou 1, un par unité : {', '.join(units)}",
        )
    acquired = np.array([list(text) for text in frame["acquired_units"]], dtype=np.int64).reshape(-1, len(units))
    if by:
        cells = frame.groupby(list(by), sort=True)
        group, keys = np.asarray(cells.ngroup(), dtype=np.int64), frame[list(by)].drop_duplicates(ignore_index=True)
    else:
        group, keys = np.zeros(len(frame), dtype=np.int64), pd.DataFrame(index=[0])
    return _Sets(keys, group, acquired, frame[among].to_numpy())


def _gap(keys: pd.DataFrame, cells: Sequence[Numbers], n: Numbers, confidence: float | None) -> pd.DataFrame:
    both, alone, other_alone, _ = cells
    size = np.where(n > 0, n, np.nan)
    told: dict[str, Any] = {**_NO_INTERVAL, "p_value": np.nan, "method": "count"}
    if confidence is not None:
        lower, upper = newcombe_paired(*cells, confidence=confidence)
        p = np.where(n > 0, mcnemar(alone, other_alone), np.nan)
        told = {"lower": lower, "upper": upper, "confidence": confidence, "p_value": p, "method": "newcombe_paired"}
    return keys.assign(
        **told,
        statistic="acquired_gap",
        value=(alone - other_alone) / size,
        numerator=both + alone,
        denominator=n,
        reason=_reason(n),
        reference=keys["other_unit"],
        reference_numerator=both + other_alone,
        reference_denominator=n,
        estimate=(both + alone) / size,
    )


def _share(keys: pd.DataFrame, statistic: str, cell: Numbers, n: Numbers, confidence: float | None) -> pd.DataFrame:
    told: dict[str, Any] = {**_NOTHING, "method": "count"}
    if confidence is not None:
        lower, upper = wilson(cell, n, confidence=confidence)
        told |= {"lower": lower, "upper": upper, "confidence": confidence, "method": "wilson"}
    return keys.assign(
        **told,
        statistic=statistic,
        value=cell / np.where(n > 0, n, np.nan),
        numerator=cell,
        denominator=n,
        reason=_reason(n),
    )


def _phi(keys: pd.DataFrame, cells: Sequence[Numbers], n: Numbers) -> pd.DataFrame:
    value = phi(*cells)
    return keys.assign(
        **_NOTHING,
        statistic="co_failure_phi",
        value=value,
        numerator=cells[3],
        denominator=n,
        method="count",
        reason=np.select([n == 0, np.isnan(value), n < FEW], ["empty", "no_spread", "few"], ""),
    )


def _reason(n: Numbers) -> Any:
    return np.select([n == 0, n < FEW], ["empty", "few"], "")


def _estimates(frames: Sequence[pd.DataFrame], patterns: Counts, by: tuple[str, ...], among: Among) -> Estimates:
    frame = pd.concat(frames).sort_index(kind="stable", ignore_index=True)  # the statistics of a group together
    frame = frame.assign(stage=patterns.scope.stage, denominator_kind=among, n_missing=0, secrecy="")
    made = frame[[*by, *COLUMNS, *(name for name in COMPARISON_COLUMNS if name in frame), "p_value"]]
    return adjusted_p(Estimates(made, by, patterns.scope, patterns.origin, patterns.source, (_CAVEAT,)))
