"""Tables at equal composition: adjusted gaps, standardised rates, observed against expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from rncp_analytics.display import french, labels
from rncp_analytics.display.adjusted_lecture import (
    RELIABILITY,
    adjusted_lecture,
    adjustment_text,
    expected_lecture,
    reliability_text,
    reversal_warning,
    standardised_lecture,
)
from rncp_analytics.display.chance import with_chance
from rncp_analytics.display.labels import ordered, ordered_frame
from rncp_analytics.display.lecture import (
    Row,
    count_or_masked,
    gap_or_word,
    notes,
    rate_lecture,
    rate_text,
    verdict,
    with_lectures,
)
from rncp_analytics.display.shape import require_figures, with_interval
from rncp_analytics.display.statistic_labels import COLUMNS
from rncp_analytics.display.table import Column, Table
from rncp_analytics.display.tables import heads
from rncp_analytics.errors import CountsError
from rncp_analytics.measures.adjustment import reversal
from rncp_analytics.measures.secrecy import Publishable

_EXPECTED = "_expected_gap"
_COUNTS = ("numerator", "denominator", "reference_numerator", "reference_denominator")
_RELIABLE = (
    "Fiabilité : part de ce qui sépare ces groupes qui n'est pas du hasard, pour un groupe de cet effectif "
    f"; forte à partir de {french.percent(RELIABILITY['forte'], 0)}, faible sous "
    f"{french.percent(RELIABILITY['moyenne'], 0)}."
)
_OWN_CALCULATION = (
    "Écart à l'attendu : calcul de ce rapport ; ce n'est pas la valeur ajoutée des indicateurs des lycées."
)


def adjusted_table(
    crude: Publishable, adjusted: Publishable, *, group: str, reference: str, name: str, caption: str
) -> Table:
    """The gap as it is and at equal composition, with what adjusting changed; a reversal is warned of in words.

    Parameters
    ----------
    crude : Publishable
        From :func:`rncp_analytics.rate_gap` or :func:`rncp_analytics.gaps_to_reference`.
    adjusted : Publishable
        The same comparison from :func:`rncp_analytics.adjusted_gap`, or with strata.
    group, reference : str
        Named with their article ("l'option B").
    name, caption : str
        File name and French caption.

    Raises
    ------
    CountsError
        Other figures, or not those of one comparison.
    """
    _require_one_comparison(crude, adjusted)
    told = _judged(crude, adjusted)
    rows = [
        (*(labels.label(b, one[b]) for b in crude.by), gap_or_word(one), gap_or_word(other), verdict(other), words)
        for one, other, words in told
    ]
    columns = (
        *heads(crude),
        Column(with_interval("Écart constaté", crude), "right"),
        Column(with_interval("Écart à composition égale", adjusted), "right"),
        Column("Ce qu'on peut en dire"),
        Column(COLUMNS["reversal"]),
    )
    latest = list(reversed(told)) if "session" in crude.by else told
    example = min(latest, key=lambda found: [row["reason"] for row in found[:2]].count("secret"))

    def tell(found: tuple[Row, Row, str]) -> str:
        return adjusted_lecture(adjusted, *found, sides=(group, reference))

    under = notes(adjusted, tell(example))
    warnings = map(french.typography, reversal_warning(adjusted, told))
    return Table(
        name,
        caption,
        columns,
        tuple(rows),
        _together(crude, adjusted, [words for *_, words in told], [tell(found) for found in told]),
        replace(under, caveats=(*warnings, *under.caveats)),
    )


def standardised_table(crude: Publishable, standardised: Publishable, *, name: str, caption: str) -> Table:
    """The rate of each group as it is, and as it would be with the composition of the standard.

    Parameters
    ----------
    crude : Publishable
        From :func:`rncp_analytics.rates`.
    standardised : Publishable
        From :func:`rncp_analytics.standardised_rates`, for the same groups.
    name, caption : str
        File name and French caption.

    Raises
    ------
    CountsError
        Other figures, or not those of the same groups.
    """
    require_figures(crude)
    (statistic,) = set(crude.frame["statistic"])
    require_figures(standardised, by=crude.by, statistics=(f"{statistic}_standardised",))
    _require_same_groups(crude, standardised)
    pairs = list(zip(ordered(crude), ordered(standardised), strict=True))
    rows = [
        (
            *(labels.label(b, one[b]) for b in crude.by),
            count_or_masked(one, "denominator"),
            rate_text(one),
            "–" if other["reason"] not in ("", "secret") else rate_text(other),
        )
        for one, other in pairs
    ]
    counted = labels.DENOMINATORS[crude.frame["denominator_kind"].iloc[0]]
    titles = (counted, with_interval(labels.STATISTICS[statistic], crude), "à composition égale")
    columns = (*heads(crude), *(Column(french.capital(title), "right") for title in titles))
    told_pairs = [pair for pair in pairs if not pair[1]["reason"]] or pairs
    example = next((pair for pair in told_pairs if pair[0]["reason"] != "secret"), told_pairs[0])
    told = notes(standardised, standardised_lecture(standardised, *example))
    equal = [standardised_lecture(standardised, *pair) for pair in pairs]
    data = pd.concat(
        [
            with_lectures(crude, lambda row: rate_lecture(crude, row)),
            ordered_frame(standardised).assign(Lecture=list(map(french.capital, equal))),
        ],
        ignore_index=True,
    )
    return Table(name, caption, columns, tuple(rows), data, told)


def expected_table(found: Publishable, *, name: str, caption: str) -> Table:
    """Observed and expected numbers of each group, the gap between them and its reliability in words; not a ranking.

    Parameters
    ----------
    found : Publishable
        From :func:`rncp_analytics.observed_expected`.
    name, caption : str
        File name and French caption.
    """
    require_figures(found, statistics=("observed_expected_ratio",), comparison=True)
    reliability = {tuple(r[b] for b in found.by): r for r in ordered(found) if r["statistic"] == "reliability"}
    records = [row for row in ordered(found) if row["statistic"].endswith(_EXPECTED)]
    rows = [
        (
            *(labels.label(b, row[b]) for b in found.by),
            count_or_masked(row, "denominator"),
            count_or_masked(row, "numerator"),
            _expected(row),
            gap_or_word(row),
            verdict(row),
            reliability_text(reliability[tuple(row[b] for b in found.by)]),
        )
        for row in records
    ]
    first = records[0]
    counted = labels.DENOMINATORS[first["denominator_kind"]], labels.NUMERATORS[_base(first["statistic"])]
    titles = (*map(french.capital, counted), "Attendus", with_interval("Écart à l'attendu", found))
    said = (Column("Ce qu'on peut en dire"), Column("Fiabilité"))
    columns = (*heads(found), *(Column(t, "right") for t in titles), *said)
    told = notes(found, expected_lecture(found, next((row for row in records if not row["reason"]), first)))
    told = with_chance(told, found)
    told = replace(told, caveats=(*told.caveats, *map(french.typography, (_RELIABLE, _OWN_CALCULATION))))
    data = with_lectures(
        found, lambda row: expected_lecture(found, row) if row["statistic"].endswith(_EXPECTED) else ""
    )
    return Table(name, caption, columns, tuple(rows), data, told)


def _require_one_comparison(crude: Publishable, adjusted: Publishable) -> None:
    """Refuse a gap and an adjusted gap that don't speak of the same comparison."""
    require_figures(crude, comparison=True)
    (statistic,) = set(crude.frame["statistic"])
    if _base(statistic) not in labels.NUMERATORS:
        raise CountsError(
            "Ces chiffres ne sont pas des écarts de taux",
            where=f"reçu : {labels.statistic_label(statistic)}",
            expected="le résultat de rncp.rate_gap(…)",
            remedy="choisir le tableau qui convient à ces chiffres",
        )
    require_figures(adjusted, by=crude.by, statistics=(f"{_base(statistic)}_adjusted_gap",), comparison=True)
    _require_same_groups(crude, adjusted)


def _require_same_groups(one: Publishable, other: Publishable) -> None:
    kept = [name for name in (*one.by, "reference") if name in one.frame]
    if set(map(tuple, one.frame[kept].to_numpy())) != set(map(tuple, other.frame[kept].to_numpy())):
        raise CountsError(
            "Ces deux jeux de chiffres ne portent pas sur les mêmes groupes",
            where=f"{labels.champ(one)} / {labels.champ(other)}",
            expected="les mêmes comptes, les mêmes groupes et la même référence",
            remedy="recalculer les deux sur les mêmes comptes",
        )


def _judged(crude: Publishable, adjusted: Publishable) -> Sequence[tuple[Row, Row, str]]:
    """Each gap beside the same at equal composition, with what adjusting did to it in words."""
    by = list(crude.by)
    gaps = adjusted.frame["statistic"].str.endswith("_adjusted_gap")
    codes = reversal(crude, adjusted)
    keyed = {tuple(key): code for *key, code in codes.to_numpy()}
    later = {tuple(row[b] for b in by): row for row in adjusted.frame[gaps].to_dict("records")}
    pairs = [(row, tuple(row[b] for b in by)) for row in ordered(crude)]
    return [(row, later[key], adjustment_text(row, later[key], keyed[key])) for row, key in pairs]


def _together(crude: Publishable, adjusted: Publishable, words: Sequence[str], lectures: Sequence[str]) -> pd.DataFrame:
    """All figures of the table: the gaps with what adjusting did to them, then what was adjusted."""
    gaps = ordered_frame(crude).assign(reversal=words)
    # Beside the crude counts, those of the categories compared would tell how few candidates were left aside.
    later = ordered_frame(adjusted).assign(**dict.fromkeys(_COUNTS, np.nan))
    frame = pd.concat([gaps, later], ignore_index=True).fillna({"reversal": ""})
    return frame.assign(Lecture=[*map(french.capital, lectures), *[""] * len(later)])


def _base(statistic: str) -> str:
    """The rate that a gap compares."""
    return statistic.removesuffix(_EXPECTED).removesuffix("_gap")


def _expected(row: Row) -> str:
    if row["reason"] == "secret":
        return "masqué"
    return "–" if pd.isna(row["reference_numerator"]) else french.number(row["reference_numerator"])
