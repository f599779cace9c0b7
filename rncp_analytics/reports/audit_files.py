"""The numbers that published CSV files hold, ours or those of others: nothing but their text is read."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from rncp_analytics.counts.model import Scope, Source
from rncp_analytics.display.attention_table import LISTED
from rncp_analytics.display.labels import DENOMINATORS, FLOW, HEADS, REASONS, labels, of_diploma, statistic_label
from rncp_analytics.display.spreadsheet import CHAMP, COLUMNS, REFERENCES
from rncp_analytics.errors import InputError
from rncp_analytics.measures.estimates import COLUMNS as FIGURES
from rncp_analytics.measures.estimates import COMPARISON_COLUMNS, Estimates
from rncp_analytics.measures.protection import quantities
from rncp_analytics.measures.protection.cells import ALL, Table
from rncp_analytics.measures.protection.figures import Side, sides, sizes

SHAPE = "des colonnes de texte, puis des colonnes d'effectifs entiers, vides ou « masqué » où ils sont masqués"

_OF_LINES = "Fichier"  # first column of the tables of what was read: lines of files, no candidates
_TOTALS = {"total", "totaux", "ensemble", "tous", "toutes", ALL}
_MASKED = {"", "masqué"}
_NAMES = [
    *quantities.STATISTICS,
    *(f"{name}_gap" for name in quantities.COMPARED),
    *(f"{name}_growth" for name in FLOW),
]
_CODES = {statistic_label(name): name for name in _NAMES}
_REFERENCES = {title: name for name, title in REFERENCES.items()}
_OPTION = "option"  # the dimension of diplomas, told by their label in a column or in the Champ
_DIMENSIONS = {title: name for name, title in HEADS.items()} | {HEADS["diploma"]: _OPTION}
_QUANTITIES = {title.casefold(): name for names in (DENOMINATORS, FLOW) for name, title in names.items()}
_TITLES = {COLUMNS[name]: name for name in (*FIGURES, *COMPARISON_COLUMNS)}
Fixed = Mapping[str, object]


class Found(NamedTuple):
    """Numbers of one population: as tables, as sides of figures, or alone where they make no sums (name → value)."""

    tables: Sequence[Table]
    sides: Sequence[Side] = ()
    alone: Mapping[str, float] = {}

    @property
    def sizes(self) -> set[str]:
        """Quantities that are the size of a group."""
        if self.sides:
            return set(sizes(self.sides))
        return {name for table in self.tables for name in table.frame.columns if name not in table.dimensions}


def read(name: str, text: str, populations: dict[str, int]) -> list[Found]:
    """The numbers of one file.

    Parameters
    ----------
    name, text : str
        Name of the file and its content.
    populations : dict
        Numbers the populations met, from one file to the next: two of them share no sum.

    Raises
    ------
    InputError
        The text is no table.
    """
    lines = text.splitlines()
    separator = ";" if lines and lines[0].count(";") >= lines[0].count(",") else ","
    rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    if len(rows) == 1 and COLUMNS["statistic"] in rows[0]:
        return []  # one of ours, without a line: nobody is shown
    if len(rows) < 2 or any(len(row) != len(rows[0]) for row in rows if row):
        raise InputError("Ce fichier n'est pas un tableau", where=name, expected=SHAPE)
    frame = pd.DataFrame([row for row in rows[1:] if row], columns=rows[0])
    blank = pd.Series("", index=frame.index)
    champ, session = (frame.get(title, blank) for title in (CHAMP, HEADS["session"]))
    found: list[Found] = []
    for (whom, by_session), part in frame.groupby([champ, session != ""], sort=False):
        fixed = _population(str(whom), populations, by_session=bool(by_session))
        own = part.drop(columns=CHAMP, errors="ignore").reset_index(drop=True)
        found += _figures(name, own, fixed) if COLUMNS["statistic"] in own else _counts(own, fixed)
    return found


def _population(champ: str, populations: dict[str, int], *, by_session: bool) -> Fixed:
    """What the Champ fixes: a number for these candidates whatever their session and option, and these."""
    session = re.search(r"session (\d{4})\b", champ)
    options = tuple(label for label in labels("diploma").values() if re.search(rf"{of_diploma(label)}\b", champ))
    key = re.sub(r"sessions? [^;]*;", "", champ) if session or by_session else champ
    for label in options:
        key = key.replace(of_diploma(label), "…").replace("… et …", "…")
    fixed: dict[str, object] = {CHAMP.lower(): f"n° {populations.setdefault(key, len(populations) + 1)}"}
    fixed |= {"session": int(session[1])} if session else {}
    return fixed | ({_OPTION: options[0] if len(options) == 1 else options} if options else {})


def _figures(name: str, frame: pd.DataFrame, fixed: Fixed) -> list[Found]:
    """A table of figures, as our own files have it."""
    shown = frame.rename(columns={**_DIMENSIONS, **_TITLES})
    dimensions = [column for column in shown.columns if column in HEADS and column not in _TITLES.values()]
    if not {"numerator", "denominator", "reason"} <= set(shown.columns):
        return []
    columns = [column for column in _TITLES.values() if column in shown]
    numeric = [c for c in columns if c.endswith(("numerator", "denominator")) or c in ("estimate", "n_missing")]
    shown = shown[[*dimensions, *columns]].assign(**{column: shown[column].map(number) for column in numeric})
    if LISTED in frame:
        shown["reasons"] = ""  # some groups alone
    shown["reason"] = np.where(shown["reason"] == REASONS["secret"], "secret", "")
    if "reference" in shown:
        shown["reference"] = shown["reference"].map(lambda label: _REFERENCES.get(label, label))
    for column in dimensions:
        shown[column] = shown[column].map(lambda v: ALL if str(v).casefold() in _TOTALS else v)
    known = shown["statistic"].isin(_CODES)
    found = [Found((), alone=_alone(name, shown[~known]))] if (~known).any() else []
    if not known.any():
        return found
    shown = shown[known].assign(statistic=shown["statistic"].map(_CODES))
    return found + [one for part, of_part in _parts(shown, fixed) for one in _numbers(name, part, dimensions, of_part)]


def _parts(shown: pd.DataFrame, fixed: Fixed) -> Iterator[tuple[pd.DataFrame, Fixed]]:
    """Rows that are read alike; a gap between two options, as the rates of each."""
    if "reference" not in shown:
        yield shown, fixed
        return
    between = shown["reference"].isin(labels("diploma").values())
    options = fixed.get(_OPTION, ())
    for reference, rows in shown[between].groupby("reference"):
        own = tuple(o for o in options if o != reference) if isinstance(options, tuple) else ()
        rates = rows.assign(statistic=rows["statistic"].str.removesuffix("_gap")).drop(columns=[*COMPARISON_COLUMNS])
        swapped = {"numerator": rows["reference_numerator"], "denominator": rows["reference_denominator"]}
        yield rates, {**fixed, _OPTION: own[0] if len(own) == 1 else f"comparée à {reference}"}
        yield rates.assign(**swapped), {**fixed, _OPTION: reference}
    rest = shown[~between]
    kind = rest["statistic"].str.extract("(_gap|_gap_to_rest|_growth|_gain)$", expand=False).fillna("")
    for name, rows in rest.groupby(kind):
        yield rows if name else rows.drop(columns=[*COMPARISON_COLUMNS], errors="ignore"), fixed


def _numbers(name: str, shown: pd.DataFrame, dimensions: Sequence[str], fixed: Fixed) -> Iterator[Found]:
    """The numbers of rows; several tables may stand in one file, some by a dimension that is empty for the others."""
    scope = Scope("final", "", "", tuple((k, v if isinstance(v, tuple) else (v,)) for k, v in fixed.items()))
    for _, rows in shown.groupby([*(shown[column] == "" for column in dimensions), np.zeros(len(shown))]):
        by = tuple(column for column in dimensions if (rows[column] != "").all())
        own = rows.assign(session=rows["session"].astype(int)) if "session" in by else rows
        own = own[[*by, *(column for column in own.columns if column not in dimensions)]].reset_index(drop=True)
        read_as = sides(Estimates(own, by, scope, "candidates", Source("", "", "", "")))
        if read_as is None:
            yield Found((), alone=_alone(name, own))
        else:
            yield Found([table for side in read_as for table in side.tables], read_as)


def _alone(name: str, shown: pd.DataFrame) -> dict[str, float]:
    """The numbers of candidates of figures that make no sums, each with its row; sums of points are left out."""
    found = {}
    for column in ("numerator", "denominator"):
        whole = shown[column].notna() & (shown[column] % 1 == 0) & (shown["denominator"] >= shown["numerator"])
        listed = zip(shown.index[whole], shown.loc[whole, "statistic"], shown.loc[whole, column], strict=True)
        for row, statistic, value in listed:
            found[f"{COLUMNS[column].lower()} de « {statistic} », {name}, ligne {row}"] = float(value)
    return found


def _counts(frame: pd.DataFrame, fixed: Fixed) -> list[Found]:
    """A table with dimensions in columns of text and counts in columns of numbers."""
    if frame.columns[0] == _OF_LINES:
        return []
    read_as = {name: frame[name].map(number) for name in frame.columns}
    whole = {
        name: values
        for name, values in read_as.items()
        if name not in _DIMENSIONS
        and (values.notna() | frame[name].str.strip().isin(_MASKED)).all()
        and values.notna().any()
    }
    counts = {name: values for name, values in whole.items() if (values.dropna() % 1 == 0).all()}
    dimensions = [name for name in frame.columns if name not in whole]
    groups = frame[dimensions].map(lambda v: ALL if v.strip().casefold() in _TOTALS else v)
    titled = {_QUANTITIES.get(name.casefold(), name): values for name, values in counts.items()}
    groups = groups.rename(columns=_DIMENSIONS)
    if "session" in groups:
        groups["session"] = groups["session"].map(lambda v: int(v) if v.isdigit() else v).astype(object)
    return [Found([Table(groups.assign(**titled), tuple(groups.columns), fixed)])] if titled else []


def number(text: object) -> float:
    """A number as files print it, with a decimal comma or spaces; missing where there is none.

    >>> number("10 490"), number("0,5"), number("masqué")
    (10490.0, 0.5, nan)
    """
    clean = re.sub(r"[\s\u00a0\u202f]", "", str(text)).replace(",", ".")
    return float(clean) if re.fullmatch(r"-?\d+(\.\d+)?", clean) else float("nan")
