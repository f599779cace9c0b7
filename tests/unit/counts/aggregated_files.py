"""Small files of means, a line per school and unit; the schools are invented."""

from __future__ import annotations

from rncp_analytics.counts.model import Counts

TITLES = "Session;UAI;Code Spécialité;Unité;Nature;Notés;Moyenne;Effectif ≥ 10"
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"  # of an UAI: its seven digits modulo 23
GOOD = "2025;0690001B;31214;U31;CCF;12;11,38;9"


def uai(number: int) -> str:
    return f"{number:07}{LETTERS[number % 23]}"


def line(n: int, mean: str, k: int, *, school: str = "0690001B", unit: str = "U31", nature: str = "CCF") -> str:
    return f"2025;{school};31214;{unit};{nature};{n};{mean};{k}"


def lines_of(units: Counts) -> list[str]:
    """The lines that an exam service would print of a tally by session, diploma and school; two decimals, half up."""
    natures = {"ccf": "CCF", "ponctuel": "Ponctuel", "unknown": ""}
    found = [TITLES]
    for row in units.frame.to_dict("records"):
        if n := row["marked"]:
            hundredths = (10 * row["marks_sum"] + n) // (2 * n)  # 100 × sum / (20 n)
            cells = (row["session"], row["school"], row["diploma"][3:], row["unit"], natures[row["mode"]], n,
                     f"{hundredths // 100},{hundredths % 100:02}", row["at_least_10"])  # fmt: skip
            found.append(";".join(map(str, cells)))
    return found
