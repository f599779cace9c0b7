"""What published files let anybody work out: the files alone are read, ours or those of others."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from rncp_analytics.counts.model import IDENTITIES
from rncp_analytics.display.spreadsheet import CHAMP
from rncp_analytics.errors import InputError, PublicationError
from rncp_analytics.measures.profiles import Profile, profile_for
from rncp_analytics.measures.protection.attack import Rule, attack
from rncp_analytics.measures.protection.cells import Equation, System
from rncp_analytics.measures.protection.equations import system
from rncp_analytics.measures.protection.masking import suspect
from rncp_analytics.measures.protection.quantities import NESTED, identities
from rncp_analytics.reports.audit_files import SHAPE, Found, read

_ALONE = "publié tel quel"
_COLUMNS = ["cell", "lower", "upper", "sums"]


def audit(files: Sequence[Path], *, profile: str = "") -> pd.DataFrame:
    """The numbers that published files give away, by all the sums that they hold together.

    Parameters
    ----------
    files : sequence of Path
        CSV files, semicolons or commas, UTF-8. Those of a report; or any table with columns of text (dimensions, where
        "total" or "ensemble" names a total; a number of four digits under "Session") and columns of whole numbers
        (counts), a hidden one being empty or "masqué". Rows with the same text in a column "Champ", or without it, are
        of the same candidates, in one file or in several.
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
    return audit_texts({str(path): _text(path) for path in files}, profile=chosen).exposed


class Audit(NamedTuple):
    """What an audit found.

    Attributes
    ----------
    exposed : DataFrame
        As :func:`audit` returns it.
    candidates_hidden : float or None
        Of the candidates of the totals that are shown with their parts, the share that stands in hidden parts: what the
        files themselves let anybody compute. None without such a total.
    """

    exposed: pd.DataFrame
    candidates_hidden: float | None


def audit_texts(texts: Mapping[str, str], *, profile: Profile | None = None) -> Audit:
    """As :func:`audit`, from the content of the files."""
    rule = profile.rule if profile else None
    populations: dict[str, int] = {}
    found = [one for name, text in texts.items() for one in read(name, text, populations)]
    tables = [table for one in found for table in one.tables]
    if not tables:
        raise InputError("Aucun effectif n'a été trouvé dans ces fichiers", where=", ".join(texts), expected=SHAPE)
    sums = {*IDENTITIES.items(), *identities([side.numbers for one in found for side in one.sides], pending=False)}
    made = system(tables, identities=sorted((total, tuple(parts)) for total, parts in sums), nested=NESTED)
    wholes = {"registered", "present"}.union(*(one.sizes for one in found))
    of_sizes = profile is not None and profile.bears_on == "group_size"
    told = _told(made, _given_away(made, rule), wholes if of_sizes else None)
    if rule is not None and not of_sizes:
        told = pd.concat([told, _small(found, rule)], ignore_index=True)
    return Audit(told, _hidden_share(made, wholes))


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


def _hidden_share(made: System, wholes: set[str]) -> float | None:
    """Of the totals that are shown with parts of which some are hidden or none, what the shown parts leave."""
    whole, hidden = 0.0, 0.0
    quantities, known = made.cells["quantity"], made.cells["value"]
    for total, parts in made.equations:
        listed = [part for part in parts if made.printed[part]]
        if quantities[total] in wholes and made.keys[total] != made.keys[parts[0]] and known.notna()[total] and listed:
            whole += known[total]
            hidden += known[total] - known[listed].sum() if known[listed].isna().any() else 0
    return hidden / whole if whole else None


def _small(found: Sequence[Found], rule: Rule) -> pd.DataFrame:
    """Small numbers of figures that make no sums, printed."""
    rows = [
        (name, value, value, _ALONE) for one in found for name, value in one.alone.items() if 0 < value < rule.threshold
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _given_away(made: System, rule: Rule | None) -> pd.DataFrame:
    """Intervals of the cells known too well, printed small numbers among them when a rule says what is small."""
    intervals: pd.DataFrame = attack(made, enough=rule)
    if rule is None:
        printed = made.cells.loc[intervals.index, "printed"].to_numpy()
        given: pd.DataFrame = intervals[printed & (intervals["lower"] == intervals["upper"]) & (intervals["upper"] > 0)]
        return given
    shown = made.cells[made.cells["value"].between(1, rule.threshold - 1)]
    shown = shown.assign(lower=shown["value"], upper=shown["value"])[["quantity", "lower", "upper"]]
    told = pd.concat([intervals, shown[~shown.index.isin(intervals.index)]])
    return told.loc[sorted(suspect(told, rule=rule))]


def _told(made: System, intervals: pd.DataFrame, quantities: set[str] | None) -> pd.DataFrame:
    """The cells in French, each with two of the sums that hold it."""
    rows = []
    for cell, row in intervals.iterrows():
        if quantities is None or row["quantity"] in quantities:
            holding = [e for e in made.equations if cell in (e.total, *e.parts)]
            sums = " et ".join(_equation(made, e) for e in holding[:2]) or _ALONE
            rows.append((_label(made, int(str(cell))), abs(row["lower"]), row["upper"], sums))
    return pd.DataFrame(rows, columns=_COLUMNS)


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
