"""Our candidates against the national count minus themselves: only like with like, or when asked, saying so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from rncp_analytics.counts.model import WAITING, Counts, describe, word
from rncp_analytics.counts.reflet import OUTSIDE_OVERSEAS
from rncp_analytics.errors import ComparisonError
from rncp_analytics.measures.comparison import rate_gap
from rncp_analytics.measures.estimates import REST_OF_COUNTRY, Estimates
from rncp_analytics.measures.rates import RATIOS, Statistic
from rncp_analytics.measures.reference import Difference, accept, joined_source, scope_differences, shared_origin


def against(
    own: Counts,
    national: Counts,
    *,
    by: Sequence[str] = ("session",),
    statistic: Statistic = "pass_rate",
    confidence: float | None = 0.95,
    despite: Sequence[Difference] = (),
) -> Estimates:
    """Gap between our candidates and the national count minus themselves, session by session.

    Parameters
    ----------
    own : Counts
        Our candidates, who are part of ``national``.
    national : Counts
        The count of everybody.
    by : sequence of str
        Dimensions of both within which the comparison is made: "session" shows last session's gap beside this one's.
    statistic, confidence
        As in :func:`~rncp_analytics.measures.comparison.rate_gap`.
    despite : sequence of {"stage", "territory", "population", "denominator", "nomenclature"}
        Differences that the caller accepts; they are printed with the figure.

    Returns
    -------
    Estimates
        One row per group of ``own``: ``value`` is our rate minus that of the others, with Newcombe's interval
        (the two have nobody in common), ``reference`` is "rest_of_country". ``reason``: "no_reference" where
        ``national`` doesn't count the group or counts nobody else. The origin is ``own``'s.

    Raises
    ------
    ComparisonError
        Synthetic and real candidates would be compared; our candidates exceed the national count somewhere; or
        an unlike stage, territory (hors DOM-TOM or not), population (sessions, diplomas, statuses, sexes kept),
        denominator (candidates still without result) or nomenclature (codes unknown to the other) was not asked for.
    CountsError
        A dimension or a column is missing.

    Notes
    -----
    Our candidates are subtracted cell by cell over all the dimensions that both tell; a dimension whose codes
    are unlike, when accepted, is summed first.

    >>> own = example_counts().where(option="B")
    >>> made = against(own, example_counts(), despite=["population"]).frame
    >>> made[["numerator", "reference_numerator"]].to_numpy().tolist()
    [[8, 16]]
    """
    origin = shared_origin(own, national)
    counted = list(dict.fromkeys((*RATIOS[statistic].numerator, RATIOS[statistic].denominator)))
    strangers = _strangers(own, national, by)
    differences: dict[Difference, str] = {}
    if own.scope.stage != national.scope.stage:
        differences["stage"] = scope_differences(own.scope, national.scope)["stage"]
    if OUTSIDE_OVERSEAS in national.scope.territory and OUTSIDE_OVERSEAS not in own.scope.territory:
        differences["territory"] = scope_differences(own.scope, national.scope)["territory"]
    differences |= _population(own, national, by) | _waiting(own, national) | _unknown_codes(strangers)
    caveats = accept(differences, despite)
    cells = [d for d in own.dimensions if d in national.dimensions and (d in by or d not in strangers)]
    ours, theirs = (c.by(*cells).frame[[*cells, *counted]] for c in (own, national))
    rest = _subtracted(ours, theirs, cells, by, RATIOS[statistic].denominator)
    sides = pd.concat([ours.assign(side="own"), rest.assign(side=REST_OF_COUNTRY)], ignore_index=True)
    both = replace(own, frame=sides, dimensions=(*cells, "side"), origin=origin)
    made = rate_gap(both, dimension="side", group="own", reference=REST_OF_COUNTRY, by=by, statistic=statistic,
                    confidence=confidence)  # fmt: skip
    source = joined_source(own.source, national.source)
    return replace(made, scope=own.scope, source=source, caveats=caveats)


def _population(own: Counts, national: Counts, by: Sequence[str]) -> dict[Difference, str]:
    """Who is counted on one side only: diplomas and sessions that are counted, statuses and sexes that were kept."""
    told = []
    for name in ("session", "diploma", "option", "candidate_status", "regime", "sex"):
        compared = _compared_within(name, own, national, by)
        ours, theirs = _covered(own, name), _covered(national, name)
        if not compared and ours != theirs:
            told.append(f"{word(name)} {_listed(ours)} ici, {_listed(theirs)} dans la référence")
    return {"population": f"champ : {' ; '.join(told)}"} if told else {}


def _compared_within(name: str, own: Counts, national: Counts, by: Sequence[str]) -> bool:
    # A diploma told by its code needs no option.
    diplomas = "diploma" in own.dimensions and "diploma" in national.dimensions
    return name in by or (name == "option" and diplomas)


def _covered(counts: Counts, name: str) -> tuple[str, ...]:
    """Values that counts cover; of statuses and sexes those chosen, since a small cohort may lack some by chance."""
    kept = dict(counts.scope.kept).get(name)
    if kept is None and name in ("session", "diploma", "option") and name in counts.dimensions:
        kept = tuple(counts.frame[name].unique())
    return tuple(sorted({str(value) for value in kept or ()}))


def _listed(values: Sequence[str]) -> str:
    return ", ".join(values) or "sans choix"


def _waiting(own: Counts, national: Counts) -> dict[Difference, str]:
    waiting = [
        int(counts.frame[[c for c in WAITING["present"] if c in counts.columns]].sum().sum())
        for counts in (own, national)
    ]
    if not any(waiting):
        return {}
    text = f"dénominateur : {waiting[0]} présents sans résultat ici, {waiting[1]} dans la référence"
    return {"denominator": text}


def _strangers(own: Counts, national: Counts, by: Sequence[str]) -> dict[str, list[str]]:
    """Codes of ours that the national count doesn't know, by dimension; a group of ``by`` has "no_reference" then."""
    shared = [d for d in own.dimensions if d in national.dimensions and d not in by]
    found = {d: sorted(set(own.frame[d].astype(str)) - set(national.frame[d].astype(str))) for d in shared}
    return {d: codes for d, codes in found.items() if codes}


def _unknown_codes(strangers: Mapping[str, Sequence[str]]) -> dict[Difference, str]:
    told = " ; ".join(f"{word(d)} {', '.join(codes)}" for d, codes in strangers.items())
    return {"nomenclature": f"nomenclature : inconnu de la référence, {told}"} if told else {}


def _subtracted(
    ours: pd.DataFrame, theirs: pd.DataFrame, cells: Sequence[str], by: Sequence[str], denominator: str
) -> pd.DataFrame:
    """The national count without our candidates, in the groups of ours."""
    groups = ours[list(by)].drop_duplicates()
    known = groups.merge(theirs[list(by)].drop_duplicates(), on=list(by)) if by else groups
    counted = [c for c in theirs.columns if c not in cells]
    if cells:
        pairs = theirs.merge(ours, how="outer", on=list(cells), suffixes=("", "_own"))
        pairs = pairs.merge(known, on=list(by)) if by else pairs
    else:
        pairs = theirs.merge(ours, how="cross", suffixes=("", "_own"))
    everybody = pairs[counted].fillna(0).astype("int64")
    mine = pairs[[f"{c}_own" for c in counted]].fillna(0).astype("int64").set_axis(counted, axis=1)
    rest = everybody - mine
    over = (rest < 0).any(axis=1) | rest.gt(rest[denominator], axis=0).any(axis=1)
    if over.any():
        own, whole = (side[over].iloc[0].to_dict() for side in (mine, everybody))
        told = [f"{word(c)} {own[c]} pour {whole[c]}" for c in counted]
        # The others must be there too: those of the denominator without the result.
        told += [
            f"{word(denominator)} hors {word(c)} {own[denominator] - own[c]} pour {whole[denominator] - whole[c]}"
            for c in counted
            if own[denominator] - own[c] > whole[denominator] - whole[c]
        ]
        where = describe(tuple(cells), tuple(pairs.loc[over, list(cells)].iloc[0]))
        raise ComparisonError(
            "Nos candidats ne tiennent pas dans le compte national",
            where=f"{where} : {', '.join(told)} ({int(over.sum())} ligne(s) en tout)",
            expected="des candidats qui soient tous comptés dans la référence, avec le même résultat",
            remedy="vérifier que la cohorte et la référence parlent de la même étape, du même diplôme et du même lieu",
        )
    return pairs[list(cells)].join(rest)
