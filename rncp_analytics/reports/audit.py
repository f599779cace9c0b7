"""What published files let anybody work out: the files alone are read, ours or those of others."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from rncp_analytics.counts.model import IDENTITIES, Scope, Source
from rncp_analytics.display.labels import DENOMINATORS, FLOW, HEADS, REASONS, statistic_label
from rncp_analytics.display.spreadsheet import CHAMP, COLUMNS
from rncp_analytics.errors import InputError, PublicationError
from rncp_analytics.measures.estimates import COLUMNS as FIGURES
from rncp_analytics.measures.estimates import COMPARISON_COLUMNS, Estimates
from rncp_analytics.measures.marks import MARK_STATISTICS
from rncp_analytics.measures.profiles import Profile, profile_for
from rncp_analytics.measures.protection.attack import Rule, attack
from rncp_analytics.measures.protection.cells import ALL, Equation, System, Table
from rncp_analytics.measures.protection.equations import Identity, system
from rncp_analytics.measures.protection.figures import identities, sides, sizes
from rncp_analytics.measures.protection.masking import suspect
from rncp_analytics.measures.rates import COHORT_RATIOS, RATIOS
from rncp_analytics.measures.rates import FLOW as STEPS

_TOTALS = {"total", "totaux", "ensemble", "tous", "toutes", ALL}
_MASKED = {"", "masqué"}
_RATES = [*RATIOS, *COHORT_RATIOS, *MARK_STATISTICS]
_NAMES = [*_RATES, *(f"{name}_gap" for name in _RATES if name != "mark_sd"), *(f"{name}_growth" for name in STEPS)]
_CODES = {statistic_label(name): name for name in _NAMES}
_DIMENSIONS = {title: name for name, title in HEADS.items()}
_QUANTITIES = {title.casefold(): name for names in (DENOMINATORS, FLOW) for name, title in names.items()}


def audit(files: Sequence[Path], *, profile: str = "") -> pd.DataFrame:
    """The numbers that published files give away, by all the sums that they hold together.

    Parameters
    ----------
    files : sequence of Path
        CSV files, semicolons or commas, UTF-8. Those of a report; or any table with columns of text (dimensions, where
        "total" or "ensemble" names a total; a number of four digits under "Session") and columns of whole numbers
        (counts), a hidden one being empty or "masqué". Files with the same text in a column "Champ", or without it, are
        of the same candidates.
    profile : str
        The rule that the files must obey. Without one, only the hidden numbers that can be computed exactly are told.

    Returns
    -------
    DataFrame
        One row per number given away: ``cell`` in French, ``lower`` and ``upper`` what an attacker knows of it,
        ``sums``, the equations that hold it.

    Raises
    ------
    InputError
        A file that can't be read, or no count in any.
    CountsError
        Numbers that contradict themselves.
    """
    chosen = profile_for("synthetic", profile) if profile else None
    if chosen and chosen.rule is None:
        raise PublicationError(f"Le profil « {profile} » ne masque rien", expected="un profil de diffusion")
    return audit_texts({str(path): _text(path) for path in files}, profile=chosen)


def audit_texts(texts: Mapping[str, str], *, profile: Profile | None = None) -> pd.DataFrame:
    """As :func:`audit`, from the content of the files."""
    rule = profile.rule if profile else None
    tables: list[Table] = []
    sums: set[Identity] = {*IDENTITIES.items()}
    wholes: set[str] = {"registered", "present"}
    champs: dict[str, int] = {}
    for name, text in texts.items():
        for found, of_found, of_wholes in _read(name, text, champs):
            tables.append(found)
            sums |= of_found
            wholes |= of_wholes
    if not tables:
        raise InputError(
            "Aucun effectif n'a été trouvé dans ces fichiers", where=", ".join(texts), expected=audit_shape()
        )
    made = system(tables, identities=sorted(sums))
    of_sizes = profile is not None and profile.bears_on == "group_size"
    return _told(made, _given_away(made, rule), wholes if of_sizes else None)


def audit_shape() -> str:
    """What a file must look like, in one line."""
    return "des colonnes de texte, puis des colonnes d'effectifs entiers, vides ou « masqué » où ils sont masqués"


def require_safe(found: pd.DataFrame) -> None:
    """Refuse files that give numbers away.

    Raises
    ------
    PublicationError
        The first numbers, with the sums that give them.
    """
    if found.empty:
        return
    first = found.head(5)[["cell", "lower", "upper", "sums"]].to_numpy().tolist()
    lines = [f"{cell} : {interval(lower, upper)} ({sums})" for cell, lower, upper, sums in first]
    more = f" ; et {len(found) - 5} autre(s)" if len(found) > 5 else ""
    raise PublicationError(
        f"Ces fichiers laissent connaître {len(found)} effectif(s) à protéger",
        where=" ; ".join(lines) + more,
        expected="aucun effectif masqué, ni petit, que des sommes situent trop bien",
        remedy="protéger ensemble tous ces tableaux : rncp.suppress([t1, t2, …], profile=…)",
    )


def interval(lower: float, upper: float) -> str:
    """What is known of a number: "7", "entre 3 et 8"."""
    return f"{lower:g}" if lower == upper else f"entre {lower:g} et {upper:g}"


def _given_away(made: System, rule: Rule | None) -> pd.DataFrame:
    """Intervals of the cells known too well, printed small numbers among them when a rule says what is small."""
    intervals: pd.DataFrame = attack(made, enough=rule)
    if rule is None:
        printed = made.cells.loc[intervals.index, "printed"].to_numpy()
        given: pd.DataFrame = intervals[printed & (intervals["lower"] == intervals["upper"]) & (intervals["upper"] > 0)]
        return given
    shown = made.cells[made.cells["value"].between(1, rule.threshold - 1)]
    shown = shown.assign(lower=shown["value"], upper=shown["value"])[["quantity", "group", "lower", "upper"]]
    told = pd.concat([intervals, shown[~shown.index.isin(intervals.index)]])
    return told.loc[sorted(suspect(told, rule=rule))]


def _told(made: System, intervals: pd.DataFrame, quantities: set[str] | None) -> pd.DataFrame:
    """The cells in French, each with two of the sums that hold it."""
    rows = []
    for cell, row in intervals.iterrows():
        if quantities is None or row["quantity"] in quantities:
            holding = [e for e in made.equations if cell in (e.total, *e.parts)]
            sums = " et ".join(_equation(made, e) for e in holding[:2]) or "publié tel quel"
            rows.append((_label(made, int(str(cell))), abs(row["lower"]), row["upper"], sums))
    return pd.DataFrame(rows, columns=["cell", "lower", "upper", "sums"])


def _label(made: System, cell: int) -> str:
    return re.sub(f", {CHAMP.lower()} n° 1(?!\\d)", "", made.label(cell))


def _equation(made: System, equation: Equation) -> str:
    parts = [_label(made, part) for part in equation.parts[:3]] + ["…"] * (len(equation.parts) > 3)
    return f"{_label(made, equation.total)} = {' + '.join(parts)}"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("Ce fichier n'est pas lisible", where=str(path), expected="un CSV en UTF-8") from error


_Found = tuple[Table, set[Identity], set[str]]


def _read(name: str, text: str, champs: dict[str, int]) -> list[_Found]:
    """The tables of counts of one file, the sums of its quantities, and those that are the size of a group.

    ``champs`` numbers the populations met: the numbers of two of them are in no common sum.
    """
    lines = text.splitlines()
    separator = ";" if lines and lines[0].count(";") >= lines[0].count(",") else ","
    rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    if len(rows) == 1 and COLUMNS["statistic"] in rows[0]:
        return []  # one of ours, without a line: nobody is shown
    if len(rows) < 2 or any(len(row) != len(rows[0]) for row in rows if row):
        raise InputError("Ce fichier n'est pas un tableau", where=name, expected=audit_shape())
    frame = pd.DataFrame([row for row in rows[1:] if row], columns=rows[0])
    fixed = _population(
        str(frame[CHAMP].iat[0]) if CHAMP in frame else "", champs, by_session=HEADS["session"] in frame
    )
    frame = frame.drop(columns=CHAMP, errors="ignore")
    return _figures(frame, fixed) if COLUMNS["statistic"] in frame else _counts(frame, fixed)


def _population(champ: str, champs: dict[str, int], *, by_session: bool) -> dict[str, str | int]:
    """What the Champ fixes: a number for these candidates, whatever the session, and their session."""
    session = re.search(r"session (\d{4})\b", champ)
    key = re.sub(r"sessions? [^;]*;", "", champ) if session or by_session else champ
    fixed: dict[str, str | int] = {CHAMP.lower(): f"n° {champs.setdefault(key, len(champs) + 1)}"}
    return fixed | ({"session": int(session[1])} if session else {})


def _figures(frame: pd.DataFrame, fixed: Mapping[str, str | int]) -> list[_Found]:
    """A table of figures, as our own files have it."""
    titles = {COLUMNS[name]: name for name in (*FIGURES, *COMPARISON_COLUMNS)}
    shown = frame.rename(columns={**_DIMENSIONS, **titles})
    shown = shown[shown["statistic"].isin(_CODES)].reset_index(drop=True)
    names = [name for name in shown.columns if name not in titles.values() and name in HEADS]
    if shown.empty or not {"numerator", "denominator", "reason"} <= set(shown.columns):
        return []
    columns = [name for name in titles.values() if name in shown]
    numeric = [
        name for name in columns if name.endswith(("numerator", "denominator")) or name in ("estimate", "n_missing")
    ]
    shown = shown[[*names, *columns]].assign(**{name: shown[name].map(_number) for name in numeric})
    shown["n_missing"] = 0
    shown["statistic"] = shown["statistic"].map(_CODES)
    shown["reason"] = np.where(shown["reason"] == REASONS["secret"], "secret", "")
    if "reference" in shown:
        shown["reference"] = shown["reference"].replace("tous les autres", "rest")
    for name in names:
        shown[name] = shown[name].map(lambda v: ALL if str(v).casefold() in _TOTALS else v)
    scope = Scope("final", "", "", tuple((name, (value,)) for name, value in fixed.items()))
    # Several tables may stand in one file: rates and gaps, or some by a dimension that is empty for the others.
    kind = shown["statistic"].str.extract("(_gap|_growth)$", expand=False).fillna("")
    found: list[_Found] = []
    for _, part in shown.groupby([kind, *(shown[name] == "" for name in names)]):
        by = tuple(name for name in names if (part[name] != "").all())
        own = part.assign(session=part["session"].astype(int)) if "session" in by else part
        own = own[[*by, *(name for name in columns if kind[part.index[0]] or name not in COMPARISON_COLUMNS)]]
        read = sides(Estimates(own, by, scope, "candidates", Source("", "", "", ""))) or []
        sums = {(total, tuple(parts)) for total, parts in identities(read, pending=False)}
        found += [(table, sums, set(sizes(read))) for side in read for table in side.tables()]
    return found


def _counts(frame: pd.DataFrame, fixed: Mapping[str, str | int]) -> list[_Found]:
    """A table with dimensions in columns of text and counts in columns of numbers."""
    read = {name: frame[name].map(_number) for name in frame.columns}
    whole = {
        name: values
        for name, values in read.items()
        if name not in _DIMENSIONS
        and (values.notna() | frame[name].str.strip().isin(_MASKED)).all()
        and values.notna().any()
    }
    counts = {name: values for name, values in whole.items() if (values.dropna() % 1 == 0).all()}
    dimensions = [name for name in frame.columns if name not in whole]
    groups = frame[dimensions].map(lambda v: ALL if v.strip().casefold() in _TOTALS else v)
    named = {_QUANTITIES.get(name.casefold(), name): values for name, values in counts.items()}
    groups = groups.rename(columns=_DIMENSIONS)
    if "session" in groups:
        groups["session"] = groups["session"].map(lambda v: int(v) if v.isdigit() else v).astype(object)
    table = Table(groups.assign(**named), tuple(groups.columns), fixed)
    return [(table, set(), {str(name) for name in named})] if named else []


def _number(text: object) -> float:
    clean = re.sub(r"[\s\u00a0\u202f]", "", str(text)).replace(",", ".")
    return float(clean) if re.fullmatch(r"-?\d+(\.\d+)?", clean) else float("nan")
