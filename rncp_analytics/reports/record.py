"""The record of secrecy beside a publication: which rule, what is hidden, what the audit of the files found."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import metadata

from rncp_analytics.measures.decision import SHOWN
from rncp_analytics.measures.profiles import Profile
from rncp_analytics.reports.audit import audit_texts, require_safe

LETTERS = ("A", "B", "D", "V")  # Insee: too few, dominance (of no use for numbers of candidates), secondary, shown


def secrecy_record(
    texts: Mapping[str, str],
    letters: Mapping[str, Mapping[str, int]],
    *,
    profile: Profile,
    digest: str,
    shown: Sequence[Mapping[str, object]] = (),
) -> str:
    """The record of published files, once their audit has found nothing.

    Parameters
    ----------
    texts : mapping of file name to text
        The CSV files that are published, as they are written.
    letters : mapping of file name to (letter → rows of figures)
        What each table hides, and why.
    profile : Profile
        The rule of diffusion.
    digest : str
        SHA-256 of the data.
    shown : sequence of mapping
        From ``Publication.record``: the shown numbers, for the publications to come.

    Returns
    -------
    str
        JSON: profile with its source and date, rows by reason, shares of rows and of candidates hidden, ratio of
        secondary to primary, audit, digest of the data, version of the package, shown numbers.

    Raises
    ------
    PublicationError
        The audit finds numbers given away: nothing is to be written.
    """
    found = audit_texts(texts, profile=profile)
    require_safe(found.exposed)
    rows = {letter: sum(of_file.get(letter, 0) for of_file in letters.values()) for letter in LETTERS}
    hidden, every = rows["A"] + rows["B"] + rows["D"], sum(rows.values())
    record = {
        "profil": profile.name,
        "libellé": profile.label,
        "source": profile.source,
        "date": profile.date,
        "incertain": profile.uncertain,
        "seuil": profile.threshold,
        "largeur": profile.rule.width if profile.rule else None,
        "lignes": rows,
        "part_masquée": hidden / every if every else None,
        "part_des_candidats_masquée": None if found.candidates_hidden is None else round(found.candidates_hidden, 4),
        "secondaires_par_primaire": rows["D"] / rows["A"] if rows["A"] else None,
        # Of one table, how many small and how many others would tell which ones are small.
        "tableaux": {
            name: {"montrées": of_file.get("V", 0), "masquées": sum(of_file.values()) - of_file.get("V", 0)}
            for name, of_file in letters.items()
        },
        "audit": {"fichiers": sorted(texts), "effectifs_exposés": 0},
        "données_sha256": digest,
        "version": metadata.version("rncp_analytics"),
    }
    told = json.dumps(record, ensure_ascii=False, indent=2).removesuffix("\n}")
    # One line for the numbers, that nobody reads: the next publication does.
    return f'{told},\n  "{SHOWN}": {json.dumps(shown, ensure_ascii=False, allow_nan=False)}\n}}\n'
