"""Every group of a dimension against one named reference, as one family of tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from rncp_analytics.counts.model import Counts, word
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.adjustment import adjusted_gap
from rncp_analytics.measures.choices import check_choice
from rncp_analytics.measures.comparison import rate_gap
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.families import FAMILIES, Family, adjusted_p
from rncp_analytics.measures.rates import CohortStatistic, Statistic

_SIDE = "side"


def gaps_to_reference(
    counts: Counts,
    *,
    dimension: str,
    reference: str,
    strata: Sequence[str] = (),
    by: Sequence[str] = (),
    statistic: Statistic | CohortStatistic = "pass_rate",
    confidence: float | None = 0.95,
    family: Family = "benjamini_hochberg",
) -> Estimates:
    """Gap between each group of a dimension and one of them, crude or at equal composition, with its tests.

    Parameters
    ----------
    counts : Counts
    dimension, reference : str
        Each value of the dimension, but the reference, is a group: "candidate_status", "SCOLAIRE".
    strata : sequence of str
        Dimensions held equal; none for the crude gap.
    by, statistic, confidence
        As in :func:`rncp_analytics.rate_gap`.
    family : {"benjamini_hochberg", "holm"}
        As in :func:`rncp_analytics.adjusted_p`.

    Returns
    -------
    Estimates
        The rows of :func:`rncp_analytics.rate_gap`, or of :func:`rncp_analytics.adjusted_gap` with strata, one
        comparison per combination of ``by`` × group. With an interval, ``p_adjusted`` and ``family_size`` as in
        :func:`rncp_analytics.adjusted_p`: each statistic of the frame is a family of its own. Where there is nobody
        beside the reference, its own row has the ``reason`` "one_group".

    Raises
    ------
    CountsError
        As the functions above; no row of the counts has the reference.

    >>> made = gaps_to_reference(example_counts(), dimension="option", reference="A").frame
    >>> made[["option", "reference", "value", "p_adjusted"]].to_numpy().tolist()
    [['B', 'A', 0.0, 1.0]]
    """
    check_choice(family, list(FAMILIES), "une correction des tests")
    rolled = counts.by(*dict.fromkeys([dimension, *by, *strata]))
    known = rolled.frame[dimension] == reference
    if not known.any():
        values = ", ".join(map(str, rolled.frame[dimension].unique()))
        raise CountsError(
            f"Aucun candidat compté pour la référence « {reference} »",
            where=f"dimension : {word(dimension)}",
            expected=f"l'une des valeurs comptées : {values or 'aucune, ces comptes sont vides'}",
        )
    own, other = rolled.frame[~known], rolled.frame[known]
    alone = own.empty
    own = other if alone else own
    # The reference once more beside each group: one comparison within each of them, in one pass.
    faced = own[[dimension]].drop_duplicates().merge(other.drop(columns=dimension), how="cross")
    frame = pd.concat([own.assign(**{_SIDE: "group"}), faced.assign(**{_SIDE: reference})], ignore_index=True)
    both = replace(rolled, frame=frame, dimensions=(*rolled.dimensions, _SIDE))
    within = [*by, dimension]
    if strata:
        made = adjusted_gap(
            both, dimension=_SIDE, group="group", reference=reference, strata=strata, by=within,
            statistic=statistic, confidence=confidence,
        )  # fmt: skip
    else:
        made = rate_gap(
            both, dimension=_SIDE, group="group", reference=reference, by=within,
            statistic=statistic, confidence=confidence,
        )  # fmt: skip
    made = replace(made, scope=counts.scope)
    if alone:
        nothing = dict.fromkeys(("value", "lower", "upper"), np.nan)
        made = replace(made, frame=made.frame.assign(**nothing, reason="one_group"))
    if confidence is None:
        return made
    parts = [replace(made, frame=part) for _, part in made.frame.groupby("statistic", sort=False)]
    tested = pd.concat([adjusted_p(part, family=family).frame for part in parts])
    return replace(made, frame=tested.sort_index())
