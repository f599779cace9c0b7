"""Figures as numbers of candidates in tables: what they print, which sums tie them, which rows are hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from rncp_analytics.counts.model import IDENTITIES
from rncp_analytics.measures.estimates import COLUMNS, COMPARISON_COLUMNS, SHRUNK, TEST_COLUMNS, Estimates
from rncp_analytics.measures.marks import MARK_CLASSES, REFUSAL_SHARES
from rncp_analytics.measures.protection.cells import ALL, Table
from rncp_analytics.measures.protection.equations import Identity
from rncp_analytics.measures.rates import COHORT_RATIOS, FLOW, RATIOS, Ratio

HIERARCHIES = {"school": "academie"}
DISTRIBUTIONS = frozenset({*MARK_CLASSES, *REFUSAL_SHARES})  # shares of one whole: an empty one tells nobody's result

_RATIOS: dict[str, Ratio] = {**RATIOS, **COHORT_RATIOS}
_MEANS = ("mark_mean", "mark_sd", "mark_mean_gap")  # their numerators are points
_PARTS = ("until", "rank")  # dimensions whose shares are cumulated
# Each refused candidate stands in every unit and kind: these numbers don't add up over units.
_NOT_ADDITIVE = "pivot_share"
_OF_UNITS = frozenset({*_MEANS, *MARK_CLASSES, "unit_pass_rate", "unit_absence_rate", "share_below_8",
                       "share_below_10", "acquired_rate"})  # fmt: skip
_KNOWN = {*COLUMNS, *COMPARISON_COLUMNS, *TEST_COLUMNS, SHRUNK}


class Side(NamedTuple):
    """The groups that the rows of some figures speak of: their own, or those they are compared with.

    ``groups``: dimension columns, aligned with the rows of the figures. ``numbers``: row, ``quantity``, ``value``.
    ``kept``: numbers that many rows give together, and that can't be hidden one by one.
    """

    groups: pd.DataFrame
    fixed: Mapping[str, object]
    numbers: pd.DataFrame
    kept: bool = False

    def tables(self) -> list[Table]:
        """One table of each quantity."""
        dimensions = tuple(self.groups.columns)
        numbers = self.numbers.set_index("row")[["quantity", "value"]]
        rows = self.groups.join(numbers, how="inner").drop_duplicates()
        # Of files read back: a number that one row hides and another one shows is shown.
        rows = rows[rows["value"].notna() | ~rows.duplicated([*dimensions, "quantity"], keep=False)]
        return [
            Table(part.drop(columns="quantity").rename(columns={"value": str(name)}), dimensions, self.fixed)
            for name, part in rows.groupby("quantity", sort=False)
        ]

    def places(self) -> Table:
        """The groups alone, one row for each row of the figures."""
        return Table(self.groups, tuple(self.groups.columns), self.fixed)


def sides(estimates: Estimates) -> list[Side] | None:
    """The numbers of candidates that figures print; None when they make no table of counts.

    Histories, funnels, pivots, standardised rates… are not shares of a counted group, or not by additive numbers:
    :mod:`~rncp_analytics.measures.table_by_table` judges them.
    """
    frame = estimates.frame
    names = set(frame["statistic"])
    compared = "reference" in frame
    known = all(_ratio(name) is not None or name in _MEANS or name in FLOW for name in names)
    if compared:
        known = known or all(name.endswith("_growth") for name in names)
    if (
        not known
        or _NOT_ADDITIVE in {name.removesuffix("_gap") for name in names}
        or set(frame.columns) - _KNOWN - set(estimates.by)
        or set(_PARTS) & set(estimates.by)
        or frame["n_missing"].any()
        or frame.empty
    ):
        return None
    groups = _groups(estimates)
    fixed = {name: values for name, values in estimates.scope.kept if name not in groups}
    own = Side(groups, fixed, _numbers(frame, "numerator", "denominator"))
    if not compared:
        return [own]
    if frame["statistic"].str.endswith("_growth").all():
        return _growth(frame, groups, fixed)
    reference = _reference(estimates, own)
    return [own._replace(fixed=_of_the_group(own, reference)), reference] if reference else None


def identities(all_sides: Sequence[Side], *, pending: bool) -> list[Identity]:
    """Sums between the quantities of one group, those of the examination and those of each share with its complement.

    Parameters
    ----------
    all_sides : sequence of Side
    pending : bool
        Some candidates have no result yet: the identities of the examination have one more part.
    """
    found: list[Identity] = [*_SUMS]
    found += [(total, (*parts, f"{total} sans résultat") if pending else parts) for total, parts in IDENTITIES.items()]
    pairs = {pair for side in all_sides for pair in zip(side.numbers["of"], side.numbers["quantity"], strict=True)}
    binary = {(total, part) for total, parts in found if len(parts) == 2 for part in parts}
    found += [(n, (x, f"{n} hors {x}")) for n, x in sorted(pairs - binary) if n and n != x]
    return found


def sizes(all_sides: Sequence[Side]) -> frozenset[str]:
    """Quantities that are the size of a group: denominators."""
    return frozenset(name for side in all_sides for name in side.numbers["of"] if name)


def _ratio(statistic: str) -> Ratio | None:
    return _RATIOS.get(statistic.removesuffix("_gap"))


def _quantity(columns: Sequence[str], statistic: str) -> str:
    """One name for one number, whatever the figure that prints it."""
    name = " + ".join(columns)
    # The registered of a unit, summed over units, are no candidates any more.
    return f"{name} (épreuves)" if statistic in _OF_UNITS and set(columns) & {"registered", "absent"} else name


_MENTIONED = ("tb_felicitations", "tb", "b", "ab")
_BELOW_10 = "marked − at_least_10"
_SUMS: tuple[Identity, ...] = (
    ("passed", (" + ".join(_MENTIONED), "no_mention")),
    (" + ".join(_MENTIONED), (" + ".join(_MENTIONED[:2]), "b", "ab")),
    ("refused", tuple(name.removesuffix("_share") for name in REFUSAL_SHARES)),
    ("marked", MARK_CLASSES),
    ("marked", ("at_least_10", _BELOW_10)),
    (" + ".join(MARK_CLASSES[:2]), MARK_CLASSES[:2]),
    (_BELOW_10, (" + ".join(MARK_CLASSES[:2]), MARK_CLASSES[2])),
    ("at_least_10", MARK_CLASSES[3:]),
)


def _numbers(frame: pd.DataFrame, numerator: str, denominator: str) -> pd.DataFrame:
    """The numbers of each row, by name; ``of``: the whole that a numerator is part of."""
    names = {}
    for statistic in frame["statistic"].unique():
        ratio = _ratio(statistic)
        if ratio is None:
            names[statistic] = (statistic if statistic in FLOW else "", "marked" if statistic in _MEANS else "present")
        else:
            part = _BELOW_10 if ratio.less else _quantity(ratio.numerator, statistic)
            names[statistic] = (part, _quantity([ratio.denominator], statistic))
    x, n = (frame["statistic"].map({k: pair[i] for k, pair in names.items()}) for i in (0, 1))
    within = n.where(x != "registered", "")  # the registered are no part of the present
    parts = pd.DataFrame({"row": frame.index, "quantity": x, "value": frame[numerator], "of": within})
    wholes = pd.DataFrame({"row": frame.index, "quantity": n, "value": frame[denominator], "of": ""})
    found = pd.concat([parts[(parts["quantity"] != "")], wholes], ignore_index=True)
    hidden = found["row"].map(frame["reason"] == "secret")  # of figures read back: there, but hidden
    return found[found["value"].notna() | hidden].drop_duplicates(["row", "quantity"])


def _groups(estimates: Estimates) -> pd.DataFrame:
    groups = estimates.frame[list(estimates.by)].astype(object)
    for name, label in estimates.totals:
        groups[name] = groups[name].where(groups[name] != label, ALL)
    return groups


def _growth(frame: pd.DataFrame, groups: pd.DataFrame, fixed: Mapping[str, object]) -> list[Side]:
    """The numbers of the session and those of its reference."""
    names = frame["statistic"].str.removesuffix("_growth")
    made = []
    for column, sessions in (("estimate", groups["session"]), ("denominator", frame["reference"].astype(int))):
        numbers = pd.DataFrame({"row": frame.index, "quantity": names, "value": frame[column], "of": ""})
        made.append(Side(groups.assign(session=sessions.astype(object)), fixed, numbers))
    return made


def _reference(estimates: Estimates, own: Side) -> Side | None:
    """The other side of a comparison: the whole that "the rest" gives back, the session before, another group."""
    frame = estimates.frame
    numbers = _numbers(frame, "reference_numerator", "reference_denominator")
    references = frame["reference"].unique()
    if list(references) == ["rest"]:
        return _whole(own, numbers)
    if "session" in estimates.by and (own.groups["session"] - 1).astype(str).eq(frame["reference"]).all():
        return own._replace(groups=own.groups.assign(session=own.groups["session"] - 1), numbers=numbers)
    if len(references) > 1:
        return None
    others = tuple(references[0].split(" + "))
    kept = [name for name, values in own.fixed.items() if _one_more(values, others)]
    return own._replace(fixed={**own.fixed, kept[0]: others}, numbers=numbers) if kept else None


def _one_more(values: object, others: tuple[str, ...]) -> bool:
    return isinstance(values, tuple) and set(others) < set(values) and len(set(values)) == len(others) + 1


def _of_the_group(own: Side, reference: Side) -> Mapping[str, object]:
    """What is fixed of the group itself, when the reference fixes other values of the same dimension."""
    fixed = dict(own.fixed)
    for name, others in reference.fixed.items():
        if others != fixed[name] and isinstance(fixed[name], tuple) and isinstance(others, tuple):
            fixed[name] = tuple(value for value in fixed[name] if value not in others)  # type: ignore[attr-defined]
    return fixed


def _whole(own: Side, rest: pd.DataFrame) -> Side | None:
    """A group and its rest are the whole of its last dimension: a number that every row gives."""
    groups = own.groups.iloc[:, :-1]
    both = own.numbers.merge(rest, on=["row", "quantity", "of"], suffixes=("", "_rest"))
    both["whole"] = both["value"] + both["value_rest"]
    told = both.join(groups, on="row").groupby([*groups.columns, "quantity"], sort=False)
    whole, parts = told["whole"].transform("max"), told["value"].transform(lambda values: values.sum(skipna=False))
    if (parts.notna() & (parts != whole)).any():
        return None
    numbers = both[["row", "quantity", "of"]].assign(value=whole)
    return Side(groups, own.fixed, numbers, kept=True)
