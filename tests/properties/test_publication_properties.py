"""Whatever is shown, in any order: all the tables of candidates that agree with it, looked for here alone.

The groups are cut into the smallest ones; every shown number is one equation between them, and two programmes in whole
numbers tell the lowest and the highest value of a number. None of the package's sums is used.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp  # type: ignore[import-untyped]

from rncp_analytics.counts.model import Counts
from rncp_analytics.measures.comparison import gap_to_rest, headcount_change, rate_gap, session_change
from rncp_analytics.measures.decision import SHOWN
from rncp_analytics.measures.each_group import gaps_to_reference
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.funnel import funnel
from rncp_analytics.measures.rates import rates, rates_with_total
from rncp_analytics.measures.secrecy import Publication, Publishable
from rncp_analytics.measures.standardisation import standardised_rates
from tests.conftest import make_counts

THRESHOLD = 3
LEAVES = ("passed", "refused", "absent")
PARTS = {"present": ("passed", "refused"), "registered": LEAVES}
VALUES: Mapping[str, Sequence[Any]] = {
    "session": [2024, 2025], "school": [*"xyz"], "sex": [*"FM"], "candidate_status": ["SCOLAIRE", "INDIVIDUEL"],
}  # fmt: skip
Group = Mapping[str, Any]  # dimension → value, or values


class Candidates(NamedTuple):
    """The smallest groups, with the numbers of ``LEAVES``."""

    frame: pd.DataFrame
    dimensions: tuple[str, ...]

    def counts(self) -> Counts:
        whole = {name: self.frame[[*parts]].sum(axis=1) for name, parts in PARTS.items()}
        return make_counts(self.frame.assign(**whole), *self.dimensions, origin="candidates")

    def weights(self, quantity: str, group: Group) -> np.ndarray:
        """Which of the smallest numbers a number adds up: one place per smallest group × ``LEAVES``."""
        taken = np.ones(len(self.frame), dtype=bool)
        for name, value in group.items():
            taken &= self.frame[name].isin(value if isinstance(value, tuple) else (value,)).to_numpy()
        return np.outer(taken, [name in PARTS.get(quantity, (quantity,)) for name in LEAVES]).astype(float).ravel()

    @property
    def truth(self) -> np.ndarray:
        return self.frame[[*LEAVES]].to_numpy(dtype=float).ravel()


class Number(NamedTuple):
    """A number that a row prints: whose, how many; ``rest``: all those of this group but those of the other."""

    quantity: str
    group: Group
    value: float
    rest: Group | None = None


def numbers(shown: Publishable) -> Iterator[tuple[bool, Number]]:
    """The numbers of each row, and whether it shows them."""
    kept = {name: values for name, values in shown.scope.kept if name not in shown.by}
    frame = shown.frame
    if "reference" in frame and not frame.empty and isinstance(kept.get("sex"), tuple) and "sex" not in shown.by:
        kept["sex"] = tuple(value for value in kept["sex"] if value != frame["reference"].iat[0]) or kept["sex"]
    for row in frame.to_dict("records"):
        group = {**kept, **{name: row[name] for name in shown.by if row[name] != "total"}}
        visible = row["secrecy"] == "V"
        growth = row["statistic"].endswith("_growth")
        x, n = ("present", "registered") if "presence" in row["statistic"] else ("passed", "present")
        if growth:
            yield visible, Number("present", group, row["estimate"])
            yield visible, Number("present", {**group, "session": int(row["reference"])}, row["denominator"])
            continue
        yield visible, Number(x, group, row["numerator"])
        yield visible, Number(n, group, row["denominator"])
        if "reference" in row and row["reference_denominator"] != 0:
            other, rest = beside(shown.by, group, row["reference"])
            yield visible, Number(x, other, row["reference_numerator"], rest)
            yield visible, Number(n, other, row["reference_denominator"], rest)


def beside(by: Sequence[str], group: Group, reference: str) -> tuple[Group, Group | None]:
    """The group of a reference: the whole less the group, the session before, another value."""
    if reference == "rest":
        return {name: value for name, value in group.items() if name != by[-1]}, group
    if reference.isdigit():
        return {**group, "session": int(reference)}, None
    dimension = next(name for name, values in VALUES.items() if reference in values)
    return {**group, dimension: reference}, None


def weights(of: Candidates, one: Number, *, quantity: str = "") -> np.ndarray:
    own = of.weights(quantity or one.quantity, one.group)
    return own if one.rest is None else own - of.weights(quantity or one.quantity, one.rest)


def require_protected(of: Candidates, shown: Sequence[Publishable], *, sizes_alone: bool = False) -> int:
    """Each number from 1 to the threshold − 1 reaches it and spans it; every shown number is the true one."""
    listed = [pair for table in shown for pair in numbers(table)]
    told, asked = [], {}
    for visible, one in listed:
        if visible:
            told.append(weights(of, one))
            assert told[-1] @ of.truth == one.value, f"{one} : un chiffre montré a changé"
    for _, one in listed:
        for quantity in (one.quantity,) if sizes_alone or one.quantity == "passed" else (one.quantity, *extra(one)):
            asked[weights(of, one, quantity=quantity).tobytes()] = (quantity, one)
    equations = np.array([*told, *targets(of, shown)])
    tried = 0
    for bytes_, (quantity, one) in asked.items():
        wanted = np.frombuffer(bytes_)
        true = wanted @ of.truth
        if 0 < true < THRESHOLD and (not sizes_alone or quantity in PARTS):
            low, high = ends(equations, of.truth, wanted)
            assert high >= THRESHOLD and high - low >= THRESHOLD, (
                f"{quantity} {one.group} : {true} dans [{low}, {high}]"
            )
            tried += 1
    return tried


def extra(one: Number) -> tuple[str, ...]:
    """What a denominator leaves of its numerator."""
    return {"present": ("refused",), "registered": ("absent",)}[one.quantity]


def targets(of: Candidates, shown: Sequence[Publishable]) -> Iterator[np.ndarray]:
    """The common rate of a funnel: admis × the true présents = présents × the true admis."""
    for table in shown:
        if "target" in table.frame and table.frame["target"].notna().any():
            passed, present = (of.weights(name, dict(table.scope.kept)) for name in ("passed", "present"))
            yield passed * (present @ of.truth) - present * (passed @ of.truth)


def ends(equations: np.ndarray, truth: np.ndarray, wanted: np.ndarray) -> tuple[float, float]:
    """Lowest and highest value of a number over all the whole tables that agree; no smallest number above 60."""
    rules = LinearConstraint(equations, equations @ truth, equations @ truth) if len(equations) else ()
    found = [milp(sign * wanted, constraints=rules, bounds=Bounds(0, 60), integrality=np.ones(len(truth)))
             for sign in (1, -1)]  # fmt: skip
    return round(found[0].fun), round(-found[1].fun)


@st.composite
def candidates(draw: st.DrawFn) -> Candidates:
    """Two or three schools by sex, and by status or by session."""
    names = draw(
        st.sampled_from([("school", "sex"), ("school", "sex", "candidate_status"), ("session", "school", "sex")])
    )
    schools = draw(st.integers(2, 3))
    keys = list(itertools.product(*(VALUES[name][:schools] if name == "school" else VALUES[name] for name in names)))
    size = st.one_of(st.integers(0, 2), st.integers(3, 12))
    drawn = draw(st.lists(st.tuples(size, size, st.integers(0, 4)), min_size=len(keys), max_size=len(keys)))
    frame = pd.DataFrame(keys, columns=list(names)).join(pd.DataFrame(drawn, columns=list(LEAVES)))
    return Candidates(frame, names)


@st.composite
def tables(draw: st.DrawFn, of: Candidates, *, most: int) -> list[Estimates]:
    """Some tables of these candidates, in any order."""
    return [draw(table(of)) for _ in range(draw(st.integers(2, most)))]


@st.composite
def table(draw: st.DrawFn, of: Candidates) -> Estimates:
    counts, names = of.counts(), of.dimensions
    by = [name for name in names if draw(st.booleans())]
    one = draw(st.sampled_from([name for name in names if name != "session"]))
    others = [name for name in by if name != one]
    if draw(st.integers(0, 4)) == 0 and one not in by:
        counts = counts.where(**{one: draw(st.sampled_from(VALUES[one][:2]))})
    elif draw(st.integers(0, 4)) == 0:
        counts = counts.where(**{one: list(VALUES[one][:2])})
    full = of.counts()
    made = {
        "rates": lambda: rates(counts, by=by),
        "presence": lambda: rates(counts, by=by, statistic=["pass_rate", "presence_rate"]),
        "total": lambda: rates_with_total(full, by=[*others, one], total_of=one),
        "rest": lambda: gap_to_rest(full, dimension=one, by=others),
        "funnel": lambda: funnel(full, dimension=one),
        "standardised": lambda: standardised_rates(
            full, by=[one], cells=[name for name in names if name != one], standard=full
        ),
        "reference": lambda: gaps_to_reference(
            full, dimension="sex", reference="M", by=[n for n in others if n != "sex"]
        ),
        "gap": lambda: rate_gap(full, dimension="sex", group="F", reference="M", by=[n for n in by if n != "sex"]),
        "change": lambda: session_change(full, by=[name for name in by if name != "session"]),
        "growth": lambda: headcount_change(full, column="present", by=[name for name in by if name != "session"]),
    }
    listed = [name for name in made if "session" in names or name not in ("change", "growth")]
    listed += ["rates"] * len(listed)
    return made[draw(st.sampled_from(listed))]()


def profile(folder: Path, **changed: object) -> str:
    fields = {"name": "a_3", "label": "Au moins 3", "source": "note", "date": "2026", "threshold": THRESHOLD}
    path = folder / "profil.toml"
    path.write_text("\n".join(f"{k} = {json.dumps(v)}" for k, v in {**fields, **changed}.items()), encoding="utf-8")
    return str(path)


def one_after_the_other(data: st.DataObject, rule: str, *, sizes_alone: bool = False) -> None:
    of = data.draw(candidates())
    publication = Publication(rule)
    shown = [publication.suppress(one) for one in data.draw(tables(of, most=4))]
    require_protected(of, shown, sizes_alone=sizes_alone)


def in_two_publications(data: st.DataObject, rule: str, path: Path) -> None:
    of = data.draw(candidates())
    first = Publication(rule)
    shown = [first.suppress(one) for one in data.draw(tables(of, most=3))]
    path.write_text(json.dumps({SHOWN: first.record()}, ensure_ascii=False), encoding="utf-8")
    second = Publication(rule, published=[path])
    shown += [second.suppress(one) for one in data.draw(tables(of, most=3))]
    require_protected(of, shown)


FEW = settings(max_examples=settings().max_examples // 8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("secret")


@FEW
@given(data=st.data())
def test_one_after_the_other(folder: Path, data: st.DataObject) -> None:
    one_after_the_other(data, profile(folder))


@FEW
@given(data=st.data())
def test_in_two_publications(folder: Path, data: st.DataObject) -> None:
    in_two_publications(data, profile(folder), folder / "secret.json")


@FEW
@given(data=st.data())
def test_sizes_alone(folder: Path, data: st.DataObject) -> None:
    one_after_the_other(data, profile(folder, bears_on="group_size"), sizes_alone=True)


@pytest.mark.slow
def test_many_more(folder: Path) -> None:
    every, sizes, path = profile(folder), str(folder / "tailles.toml"), folder / "secret.json"
    Path(sizes).write_text(Path(every).read_text() + '\nbears_on = "group_size"', encoding="utf-8")

    @settings(max_examples=4 * settings().max_examples)
    @given(data=st.data(), which=st.integers(0, 2))
    def check(data: st.DataObject, which: int) -> None:
        if which == 0:
            one_after_the_other(data, every)
        elif which == 1:
            in_two_publications(data, every, path)
        else:
            one_after_the_other(data, sizes, sizes_alone=True)

    check()
