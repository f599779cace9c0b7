"""Figures as tables of numbers of candidates: their own groups, and those they are compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from rncp_analytics.certification.diplomas import family
from rncp_analytics.certification.nomenclature import STATUSES, academie_of, regime_of
from rncp_analytics.measures.attention import ATTENTION_COLUMNS
from rncp_analytics.measures.estimates import COLUMNS, COMPARISON_COLUMNS, REST_OF_COUNTRY, TEST_COLUMNS, Estimates
from rncp_analytics.measures.funnel import FUNNEL_COLUMNS
from rncp_analytics.measures.protection import quantities
from rncp_analytics.measures.protection.cells import ALL, Table, coordinates
from rncp_analytics.measures.shrinkage import SHRINKAGE_COLUMNS

HIERARCHIES = {"school": "academie", "departement": "academie", "candidate_status": "regime", "diploma": "option"}

_CUMULATED = ("until", "rank", "other_unit")  # their shares are cumulated, or cross each other
# What depends on printed numbers alone, or on all the groups together.
_KNOWN = {*COLUMNS, *COMPARISON_COLUMNS, *TEST_COLUMNS, *FUNNEL_COLUMNS}
_ACQUIRED = {"registered": "acquis (épreuves)", "no_diploma": "no_diploma_acquired (épreuves)"}  # of whom → number
_LIMITS = ("limit_low_", "limit_high_")
_PUBLIC = (REST_OF_COUNTRY, "published", "expected")  # they count nobody of ours, or can't be read beside a hidden row


@dataclass(frozen=True, eq=False)
class Side:
    """The groups that the rows of some figures speak of: their own, or those they are compared with.

    ``groups``: dimension columns, one row for each row of the figures that prints numbers here. ``numbers``: row,
    ``quantity``, ``value``, ``of``. ``kept``: numbers that many rows give together, and that can't be hidden one by
    one. ``some``: dimensions of which some values alone are there.
    """

    groups: pd.DataFrame
    fixed: Mapping[str, object]
    numbers: pd.DataFrame
    kept: bool = False
    some: tuple[str, ...] = ()

    @cached_property
    def tables(self) -> list[Table]:
        """One table of each quantity."""
        dimensions = tuple(self.groups.columns)
        numbers = self.numbers.set_index("row")[["quantity", "value"]]
        rows = self.groups.join(numbers, how="inner").drop_duplicates()
        # Of files read back: a number that one row hides and another one shows is shown.
        rows = rows[rows["value"].notna() | ~rows.duplicated([*dimensions, "quantity"], keep=False)]
        return [
            Table(part.drop(columns="quantity").rename(columns={"value": str(name)}), dimensions, self.fixed, self.some)
            for name, part in rows.groupby("quantity", sort=False)
        ]

    @cached_property
    def places(self) -> Table:
        """The groups alone, one row for each number."""
        return Table(self.groups.loc[self.numbers["row"]], tuple(self.groups.columns), self.fixed)


def sides(estimates: Estimates) -> list[Side] | None:
    """The numbers of candidates that figures print; None when they make no table of counts.

    Histories, pairs of units, standardised rates… are not shares of a counted group, or not by additive numbers:
    :mod:`~rncp_analytics.measures.altogether` judges them.
    """
    frame = estimates.frame.assign(statistic=quantities.of_rates(estimates.frame["statistic"]))
    extra = {name for name in frame.columns if not name.startswith(_LIMITS)} - _KNOWN - set(estimates.by)
    extra -= set(ATTENTION_COLUMNS) if "reasons" in frame else set()  # an order and words, no number of candidates
    extra -= set(SHRINKAGE_COLUMNS) if "shrinkage" in frame else set()
    growth = frame["statistic"].str.endswith("_growth").all()
    if extra or set(_CUMULATED) & set(estimates.by) or frame.empty:
        return None
    if not growth and not quantities.known(set(frame["statistic"])):
        return None
    found = _growth(estimates) if growth else _known(replace(estimates, frame=frame))
    whole = "shrinkage" in frame or quantities.derived(frame["statistic"])
    return [replace(side, kept=True) for side in found] if found and whole else found


def margins(estimates: Estimates) -> list[Side]:
    """The numbers of other tables that figures without sums print: pairs of units tell what is acquired of each.

    They are kept: such figures are shown whole or not at all.
    """
    frame = estimates.frame
    if "other_unit" not in estimates.by:
        return []
    gaps = frame[(frame["statistic"] == "acquired_gap") & frame["denominator_kind"].isin(list(_ACQUIRED))]
    quantity = gaps["denominator_kind"].map(_ACQUIRED)
    made = []
    for unit, column in (("unit", "numerator"), ("other_unit", "reference_numerator")):
        groups = _groups(estimates, gaps).drop(columns=["unit", "other_unit"]).assign(unit=gaps[unit].astype(object))
        numbers = pd.DataFrame({"row": gaps.index, "quantity": quantity, "value": gaps[column], "of": ""})
        made.append(Side(groups, dict(estimates.scope.kept), numbers, kept=True))
    return made


def commonly_known(tables: Sequence[Table]) -> list[Table]:
    """What lies where, for the codes of which no row says it and everybody knows it: tables without a number."""
    options = {one.code: one.option or "none" for one in family()}
    parents: Mapping[str, Callable[[str], str | None]] = {
        "school": lambda code: academie_of(code[:3]),
        "departement": academie_of,
        "candidate_status": lambda status: regime_of(status) if status in STATUSES else None,
        "diploma": options.get,
    }
    rows = [row for table in tables for row in coordinates(table)]
    made = []
    for child, parent in HIERARCHIES.items():
        told = {row[child] for row in rows if child in row and parent in row}
        untold = {row[child] for row in rows if isinstance(row.get(child), str)} - told
        known = {code: outer for code in untold if (outer := parents[child](str(code)))}
        if known and any(parent in row for row in rows):
            made.append(Table(pd.DataFrame(sorted(known.items()), columns=[child, parent]), (child, parent)))
    return made


def sizes(all_sides: Sequence[Side]) -> frozenset[str]:
    """Quantities that are the size of a group: denominators, and headcounts even where nothing is a share of them."""
    return frozenset(name for side in all_sides for name in side.numbers["of"] if name) | {"registered", "present"}


def _known(estimates: Estimates) -> list[Side] | None:
    """The sides of figures whose numbers all have a name; None when their reference is a group that no row names."""
    frame = estimates.frame
    named = quantities.named(frame["statistic"])
    own = [_own(estimates, frame[rows]) for rows in (named, ~named) if rows.any()]
    if "computed" in estimates.by:
        return _crossed(own[0])
    if "target" in frame:
        return [*own, _all_groups(own[0])]
    if "reference" not in frame or set(frame["reference"]) <= set(_PUBLIC):
        return own
    if named.any():
        return [*own, *_observed(estimates)]
    reference = _reference(estimates, own[0])
    if reference is None:
        return None
    some = () if "session" in reference.some else reference.some
    return [replace(own[0], fixed=_of_the_group(own[0], reference), some=some), reference]


def _groups(estimates: Estimates, frame: pd.DataFrame) -> pd.DataFrame:
    groups = frame[list(estimates.by)].astype(object)
    for name, label in estimates.totals:
        groups[name] = groups[name].where(groups[name] != label, ALL)
    return groups


def _own(estimates: Estimates, frame: pd.DataFrame, part: tuple[str, str] = ("numerator", "denominator")) -> Side:
    groups = _groups(estimates, frame)
    if quantities.named(frame["statistic"]).all():
        groups = groups.drop(columns=list(quantities.NAMING), errors="ignore")
    # A list of some schools; the units without the optional ones.
    some = estimates.by if "reasons" in frame or len(frame) < len(estimates.frame) else ()
    return Side(
        groups,
        dict(estimates.scope.kept),
        quantities.numbers(frame, *part),
        some=tuple(name for name in groups if name in some),
    )


def _observed(estimates: Estimates) -> list[Side]:
    """What is observed beside what would be with one mark more: the admis and présents of the whole group."""
    compared = estimates.frame[estimates.frame["reference"] == "observed"].assign(statistic="pass_rate", n_missing=0)
    side = _own(estimates, compared, ("reference_numerator", "reference_denominator"))
    return [replace(side, groups=side.groups.drop(columns=list(quantities.NAMING), errors="ignore"))]


def _crossed(own: Side) -> list[Side]:
    """Numbers of each pair of results, and of all the pairs, of which each is a share."""
    whole = own.numbers["of"] == ""
    everybody = own.groups.drop(columns=["computed", "decided"])
    return [replace(own, numbers=own.numbers[~whole]), Side(everybody, own.fixed, own.numbers[whole])]


def _all_groups(own: Side) -> Side:
    """All the groups of a funnel together: its target is their common rate."""
    groups = own.groups.iloc[:, :-1]
    together = own.numbers.join(groups, on="row").groupby([*groups.columns, "quantity"], sort=False)["value"]
    whole = together.transform(lambda values: values.sum(skipna=False))
    return Side(groups, own.fixed, own.numbers.assign(value=whole), kept=True)


def _growth(estimates: Estimates) -> list[Side]:
    """The numbers of the session and those of its reference."""
    frame, groups = estimates.frame, _groups(estimates, estimates.frame)
    names = frame["statistic"].str.removesuffix("_growth")
    made = []
    for column, sessions in (("estimate", groups["session"]), ("denominator", frame["reference"].astype(int))):
        numbers = pd.DataFrame({"row": frame.index, "quantity": names, "value": frame[column], "of": ""})
        of_sessions = groups.assign(session=sessions.astype(object))
        made.append(Side(of_sessions, dict(estimates.scope.kept), numbers, some=estimates.by))
    return made


def _reference(estimates: Estimates, own: Side) -> Side | None:
    """The other side of a comparison: the whole that "the rest" gives back, the session before, another group."""
    frame = estimates.frame
    numbers = quantities.numbers(frame, "reference_numerator", "reference_denominator")
    references = frame["reference"].unique()
    if list(references) == ["rest"]:
        return _whole(own, numbers)
    if "session" in estimates.by and (own.groups["session"] - 1).astype(str).eq(frame["reference"]).all():
        before = own.groups["session"] - 1
        uncounted = frame.index[~before.isin(own.groups["session"]) & (frame["reference_denominator"] == 0)]
        return replace(
            own,
            groups=own.groups.assign(session=before),
            numbers=numbers[~numbers["row"].isin(uncounted)],
            some=("session",),
        )
    if set(references) == {"ponctuel"}:
        return replace(own, numbers=numbers)  # the same candidates, paired
    if len(references) > 1:
        return None
    others = tuple(references[0].split(" + "))
    kept = [name for name, values in own.fixed.items() if name not in estimates.by and _one_more(values, others)]
    if kept:
        return replace(own, fixed={**own.fixed, kept[0]: others}, numbers=numbers)
    # Each group of the last dimension against one of them.
    beside = own.groups.assign(**{estimates.by[-1]: others[0]}) if estimates.by and len(others) == 1 else None
    return None if beside is None else replace(own, groups=beside, numbers=numbers, some=estimates.by[-1:])


def _one_more(values: object, others: tuple[str, ...]) -> bool:
    return isinstance(values, tuple) and set(others) < set(values) and len(set(values)) == len(others) + 1


def _of_the_group(own: Side, reference: Side) -> Mapping[str, object]:
    """What is fixed of the group itself, when the reference fixes other values of the same dimension."""
    fixed = dict(own.fixed)
    for name, others in reference.fixed.items():
        if others != fixed[name] and isinstance(fixed[name], tuple) and isinstance(others, tuple):
            fixed[name] = tuple(value for value in fixed[name] if value not in others)  # type: ignore[attr-defined]
    return fixed


def _whole(own: Side, rest: pd.DataFrame) -> Side:
    """A group and its rest are the whole of its last dimension: a number that every row gives."""
    groups = own.groups.iloc[:, :-1]
    both = own.numbers.merge(rest, on=["row", "quantity", "of"], suffixes=("", "_rest"))
    both["whole"] = both["value"] + both["value_rest"]
    told = both.join(groups, on="row").groupby([*groups.columns, "quantity"], sort=False)
    numbers = both[["row", "quantity", "of"]].assign(value=told["whole"].transform("max"))
    return Side(groups, own.fixed, numbers, kept=True)
