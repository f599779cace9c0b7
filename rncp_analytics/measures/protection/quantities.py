"""Which numbers of candidates a row of figures prints: one name for one number, whatever the figure that prints it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from rncp_analytics.counts.model import IDENTITIES
from rncp_analytics.measures.bottleneck import PIVOT_SHARES
from rncp_analytics.measures.marks import MARK_CLASSES, REFUSAL_SHARES
from rncp_analytics.measures.protection.cells import Identity, Nested
from rncp_analytics.measures.quality import COVERED
from rncp_analytics.measures.rates import COHORT_RATIOS, FLOW, RATIOS, Ratio

# Shares of one whole: an empty one tells nobody's result.
DISTRIBUTIONS = frozenset({*MARK_CLASSES, *REFUSAL_SHARES})
# Each candidate stands in several of these rows: their values are part of the name of a number, and add up to nothing.
NAMING = ("unit", "kind", "column")
WAITING = "present sans résultat"

_RATIOS: dict[str, Ratio] = {**RATIOS, **COHORT_RATIOS}
_BELOW_10 = "marked − at_least_10"
_MENTIONED = ("tb_felicitations", "tb", "b", "ab")
_OF_UNITS = frozenset({*MARK_CLASSES, "unit_pass_rate", "unit_absence_rate", "share_below_8", "share_below_10",
                       "acquired_rate"})  # fmt: skip
_CANDIDATES = {"registered", "absent", "no_diploma", "no_diploma_acquired"}
_DECISIVE, _SAVED = "décisive ({kind}), {unit}", "admis avec 10 à {unit}"
# Statistics that are no ratio of two columns: their numerator and denominator; "" where it counts no candidate.
_OTHERS: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("mark_mean", "mark_sd"), ("", "marked")),
    **dict.fromkeys(("mode_gap", "mode_gap_to_rest"), ("", "paired")),
    **{step: (step, "present") for step in FLOW},
    **{f"{name}_coverage": (name, "") for name in COVERED},
    "pass_rate_bounds": ("passed", "present"),
    "jury_share": ("registered (jury et notes)", "registered (jury et notes)"),
}
_NAMED: Mapping[str, tuple[str, str]] = {
    "pivot_share": (_DECISIVE, "refused"),
    **{name: (_DECISIVE.replace("{kind}", kind), "refused") for kind, name in PIVOT_SHARES.items()},
    "pass_rate_gain": (_SAVED, "present"),
    "points_missing": ("", "refusés sous 10, {unit}"),
    "missing_share": ("sans {column}", "registered"),
}
_SUMS: tuple[Identity, ...] = (
    ("passed", (" + ".join(_MENTIONED), "no_mention")),
    (" + ".join(_MENTIONED), (" + ".join(_MENTIONED[:2]), "b", "ab")),
    ("refused", tuple(name.removesuffix("_share") for name in REFUSAL_SHARES)),
    ("marked", MARK_CLASSES),
    ("marked", ("at_least_10", _BELOW_10)),
    (" + ".join(MARK_CLASSES[:2]), MARK_CLASSES[:2]),
    (_BELOW_10, (" + ".join(MARK_CLASSES[:2]), MARK_CLASSES[2])),
    ("at_least_10", MARK_CLASSES[3:]),
    ("registered (épreuves)", ("marked", "absent + absent_justified (épreuves)", "ni note ni absence")),
    ("acquis (épreuves)", ("at_least_10", "acquis sans note de la session")),
    ("acquis (épreuves)", ("no_diploma_acquired (épreuves)", "acquis par les diplômés")),
)
# Those of one unit among all the candidates.
NESTED: tuple[Nested, ...] = (
    ("registered (épreuves)", "registered", "unit"),
    ("no_diploma (épreuves)", "no_diploma", "unit"),
)


_DERIVED = ("_standardised", "_expected_gap", "_ratio")
_BESIDE = ("observed_expected_ratio", "reliability")
STATISTICS = tuple(dict.fromkeys((*_RATIOS, *_OTHERS, *_NAMED)))  # those whose numbers have a name here
COMPARED = (*_RATIOS, "mark_mean")  # those that may be compared between two groups: "pass_rate_gap"


def named(statistics: pd.Series) -> pd.Series:
    """Whether the values of ``NAMING`` are part of the name of the numbers of these rows."""
    return statistics.isin(list(_NAMED))


def known(statistics: Collection[str]) -> bool:
    """Whether the numbers of all these statistics have a name here."""
    return set(map(_base, statistics)) <= set(STATISTICS)


def numbers(frame: pd.DataFrame, numerator: str, denominator: str) -> pd.DataFrame:
    """The numbers of candidates of each row.

    Parameters
    ----------
    frame : DataFrame
        Of figures, whose statistics are all :func:`known`.
    numerator, denominator : str
        Columns to read: the group's own, or its reference's.

    Returns
    -------
    DataFrame
        ``row``, ``quantity``, ``value`` (missing where figures read back hide it), ``of``: the whole that a numerator
        is part of.
    """
    names = {row: _pair(row) for row in frame[["statistic", *_naming(frame)]].drop_duplicates().itertuples(index=False)}
    keys = list(frame[["statistic", *_naming(frame)]].itertuples(index=False))
    x, n = (pd.Series([names[key][i] for key in keys], index=frame.index, dtype=object) for i in (0, 1))
    n_of = np.where(frame["statistic"] == "points_missing", "refused", "")
    # The registered are no part of the présents that their row is a share of.
    parts = pd.DataFrame(
        {"row": frame.index, "quantity": x, "value": frame[numerator], "of": n.where(x != "registered", "")}
    )
    wholes = pd.DataFrame({"row": frame.index, "quantity": n, "value": frame[denominator], "of": n_of})
    listed = [parts[parts["quantity"] != ""], wholes[wholes["quantity"] != ""]]
    if numerator == "numerator" and (waiting := frame["n_missing"] > 0).any():
        told = frame.loc[waiting, "n_missing"]
        listed.append(pd.DataFrame({"row": told.index, "quantity": WAITING, "value": told, "of": "present"}))
    found = pd.concat(listed, ignore_index=True)
    hidden = found["row"].map(frame["reason"] == "secret")  # of figures read back: there, but hidden
    return found[found["value"].notna() | hidden].drop_duplicates(["row", "quantity", "of"])


def identities(printed: Sequence[pd.DataFrame], *, pending: bool) -> list[Identity]:
    """Sums between the numbers of one group: those of the examination, and each share with its complement.

    Parameters
    ----------
    printed : sequence of DataFrame
        From :func:`numbers`.
    pending : bool
        Some candidates have no result yet: the identities of the examination have one more part.
    """
    found: list[Identity] = [*_SUMS, *(() if pending else (("registered", ("passed", "no_diploma")),))]
    found += [(total, (*parts, f"{total} sans résultat") if pending else parts) for total, parts in IDENTITIES.items()]
    pairs = {pair for of_one in printed for pair in zip(of_one["of"], of_one["quantity"], strict=True)}
    saved, _, _ = _SAVED.partition("{")
    for _, quantity in pairs:
        if quantity.startswith(saved):
            decisive = _DECISIVE.format(kind="pivot_mean", unit=quantity.removeprefix(saved))
            found.append((quantity, ("passed", decisive)))
    binary = {(total, part) for total, parts in found if len(parts) == 2 for part in parts}
    found += [(n, (x, f"{n} hors {x}")) for n, x in sorted(pairs - binary) if n and n != x]
    return found


def derived(statistics: pd.Series) -> bool:
    """Whether figures print the numbers of a rate but depend on others too: on its parts, on a reference."""
    return bool(statistics.str.endswith(_DERIVED).any())


def of_rates(statistics: pd.Series) -> pd.Series:
    """Without the statistics of which each row prints the same numbers as the rate before it."""
    return statistics.mask(statistics.isin(_BESIDE)).ffill().fillna(statistics)


def rates_of_results(statistics: pd.Series) -> pd.Series:
    """Whether 0 or 100 % tells the result of each member of the group."""
    return statistics.map(_base).isin([*_RATIOS, "passed", "refused"])


def _base(statistic: str) -> str:
    end = next((end for end in (*_DERIVED, "_gap") if statistic.endswith(end)), "")
    return statistic if statistic in _OTHERS else statistic.removesuffix(end)


def _naming(frame: pd.DataFrame) -> list[str]:
    return [name for name in NAMING if name in frame]


def _pair(row: tuple[str, ...]) -> tuple[str, str]:
    """Names of the numerator and of the denominator of a row: statistic, then the values of ``NAMING``."""
    statistic = _base(row[0])
    if statistic in _NAMED:
        values = dict(zip(row._fields[1:], row[1:], strict=True))  # type: ignore[attr-defined]
        x, n = _NAMED[statistic]
        return x.format(**values), n.format(**values)
    if statistic in _OTHERS:
        return _OTHERS[statistic]
    ratio = _RATIOS[statistic]
    return _BELOW_10 if ratio.less else _quantity(ratio.numerator, statistic), _quantity([ratio.denominator], statistic)


def _quantity(columns: Sequence[str], statistic: str) -> str:
    name = " + ".join(columns)
    # Those of a unit, summed over units, are no candidates any more.
    return f"{name} (épreuves)" if statistic in _OF_UNITS and set(columns) & _CANDIDATES else name
