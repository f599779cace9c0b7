"""Counts that hold together, for properties: the identities are built in, the rest is anything."""

from __future__ import annotations

import pandas as pd
from hypothesis import strategies as st

DIMENSIONS = ("session", "candidate_status", "sex")
_STATUSES = ("SCOLAIRE", "APPRENTISSAGE", "FORMATION CONTINUE", "INDIVIDUEL", "ENSEIGNEMENT A DISTANCE")
_SIZES = st.one_of(st.integers(0, 12), st.integers(0, 20_000))


@st.composite
def _outcomes(draw: st.DrawFn) -> dict[str, int]:
    first, after, refused_first, refused_after, absent = (draw(_SIZES) for _ in range(5))
    cuts = sorted(draw(st.lists(st.integers(0, first + after), min_size=4, max_size=4)))
    mentions = [b - a for a, b in zip([0, *cuts], [*cuts, first + after], strict=True)]
    present = first + after + refused_first + refused_after
    return {
        "registered": present + absent,
        "present": present,
        "passed_first_group": first,
        "refused_first_group": refused_first,
        "control_allowed": after + refused_after,
        "passed_after_control": after,
        "refused_after_control": refused_after,
        "passed": first + after,
        "refused": refused_first + refused_after,
        **dict(zip(("tb_felicitations", "tb", "b", "ab", "no_mention"), mentions, strict=True)),
    }


@st.composite
def counts_frames(draw: st.DrawFn) -> pd.DataFrame:
    """One row per session × status × sex, at least one, with all outcomes and mentions."""
    cell = st.tuples(st.integers(2019, 2027), st.sampled_from(_STATUSES), st.sampled_from(("F", "M")))
    cells = draw(st.lists(cell, min_size=1, max_size=12, unique=True))
    return pd.DataFrame([dict(zip(DIMENSIONS, key, strict=True)) | draw(_outcomes()) for key in cells])
