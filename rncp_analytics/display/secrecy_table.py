"""What each profile of secrecy would hide, one line per profile."""

from __future__ import annotations

from rncp_analytics.display import french, labels
from rncp_analytics.display.labels import ordered, ordered_frame
from rncp_analytics.display.lecture import notes
from rncp_analytics.display.shape import require_figures
from rncp_analytics.display.table import Column, Table
from rncp_analytics.measures.secrecy import Publishable
from rncp_analytics.measures.secrecy_cost import COSTS


def secrecy_table(costs: Publishable, *, name: str, caption: str) -> Table:
    """One row per profile: cells hidden, of which to protect others, their share, and that of the présents.

    Parameters
    ----------
    costs : Publishable
        From :func:`rncp_analytics.secrecy_cost`.
    name, caption : str
        File name and French caption.

    Raises
    ------
    PublicationError, CountsError
        Other figures.
    """
    require_figures(costs, by=("profile",), statistics=COSTS)
    rows = {(row["profile"], row["statistic"]): row for row in ordered(costs)}
    shown = []
    for profile in dict.fromkeys(profile for profile, _ in rows):
        cells, secondary, present = (rows[profile, name] for name in COSTS)
        shown.append((
            labels.label("profile", profile), french.number(cells["numerator"]), french.number(secondary["numerator"]),
            french.percent(cells["value"]), french.percent(present["value"]),
        ))  # fmt: skip
    titles = ("Cases masquées", "dont pour en protéger d'autres", "Part des cases", "Part des présents")
    columns = (Column("Règle", header=True), *(Column(title, "right") for title in titles))
    first = shown[0]
    lecture = (
        f"sous la règle « {french.small(first[0])} », {first[1]} cases seraient masquées, dont {first[2]} pour en "
        f"protéger d'autres ; {first[4]} des présents seraient dans une case masquée."
    )
    told = notes(costs, french.typography(lecture))
    return Table(name, caption, columns, tuple(shown), ordered_frame(costs), told)
