"""What the synthetic cohort assumes: every value with its French sentence, from ``synthesis.toml``."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rncp_analytics.certification.nomenclature import STATUSES


class Assumption(NamedTuple):
    """One assumption: its name, its value (a number, or a table of numbers or codes), what it says in French."""

    name: str
    value: Any
    says: str


@functools.cache
def assumptions() -> tuple[Assumption, ...]:
    """Every assumption of the synthetic cohort, in the order of the file.

    Examples
    --------
    >>> next(a.value for a in assumptions() if a.name == "ccf_gap")
    0.9
    """
    text = resources.files("rncp_analytics.synthesis").joinpath("synthesis.toml").read_text(encoding="utf-8")
    return tuple(Assumption(name, entry["value"], entry["says"]) for name, entry in tomllib.loads(text).items())


def assumed(name: str) -> Any:
    """Value of one assumption."""
    return next(a.value for a in assumptions() if a.name == name)


def by_status(name: str) -> npt.NDArray[np.float64]:
    """Values of an assumption that depends on the candidate's status, in the order of ``STATUSES``."""
    table = assumed(name)
    return np.array([float(table[status]) for status in STATUSES])
