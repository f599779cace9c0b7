"""The certification for its readers: identity, blocks, routes, what came before and after."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from rncp_analytics.certification.catalogue import certifications
from rncp_analytics.certification.diplomas import diploma
from rncp_analytics.certification.model import Block, Certification
from rncp_analytics.certification.nomenclature import crosswalk
from rncp_analytics.display import french, labels
from rncp_analytics.display.fold import Fold, Folds
from rncp_analytics.display.notes import Notes
from rncp_analytics.display.table import Column, Table

_YES_NO = {True: "oui", False: "non", None: "non précisé"}
_CERTAINTY = {"verified": "établi", "uncertain": "incertain"}


def identity_table(fiche: Certification) -> Table:
    """What the certification is, line by line; what no source states has no line."""
    levels = [
        f"{fiche.level_europe} (cadre européen)" if fiche.level_europe else "",
        f"{fiche.level_1969} (nomenclature de 1969)" if fiche.level_1969 else "",
    ]
    lines = {
        "Intitulé": fiche.label,
        "Code RNCP": fiche.code,
        "Code du diplôme": ", ".join(fiche.diplomas),
        "Autorité": fiche.authority or "",
        "Commission professionnelle consultative": fiche.cpc or "",
        "Niveau": " ; ".join(level for level in levels if level),
        "Spécialité (NSF)": ", ".join(f"{c.code} {c.label}" for c in fiche.nsf),
        "Métiers (ROME)": " ; ".join(f"{c.code} {c.label}" for c in fiche.rome),
        "Emplois": ", ".join(fiche.job_titles),
        "Base légale": " ; ".join(r.text for r in fiche.legal_base),
        "Première session": str(fiche.first_session or ""),
        "Validité des composantes acquises": fiche.component_validity or "",
        "Statistiques": " ; ".join(link.label for link in fiche.statistics),
        "Remplace": " ; ".join(p.label for p in fiche.previous),
        "Remplacée par": _successor(fiche),
    }
    rows = tuple((head, french.typography(text)) for head, text in lines.items() if text)
    columns = (Column("Rubrique", header=True), Column("Contenu"))
    lecture = f"la fiche {fiche.code} a pour intitulé « {fiche.label} »."
    return _table("fiche", f"La certification {fiche.code}", columns, rows, fiche, lecture=lecture)


def blocks_table(fiche: Certification) -> Table:
    """Blocks in the order of the exam: épreuve, usual name, unit, block number and label."""
    columns = (
        Column("Épreuve", header=True),
        Column("Nom d'usage"),
        Column("Unité"),
        Column("Bloc", "right"),
        Column("Libellé"),
        Column("Nature"),
    )
    rows = tuple(
        (b.epreuve, b.name, b.unit, str(b.number), b.label, "facultatif" if b.optional else "obligatoire")
        for b in fiche.blocks
    )
    first = fiche.blocks[0]
    lecture = f"l'épreuve {first.epreuve} ({first.name}) est l'unité {first.unit}, qui forme le bloc {first.number}."
    return _table("blocs", f"Les {len(rows)} blocs de {fiche.code}", columns, rows, fiche, lecture=lecture)


def skills(fiche: Certification) -> Folds:
    """Skills and assessment of each block, in the fiche's own words, folded."""
    return Folds(tuple(Fold(block_title(b), tuple(map(_bullet, (*b.skills, *b.assessment)))) for b in fiche.blocks))


def _bullet(line: str) -> str:
    """The fiche's various bullet marks ("- -", "•") as one."""
    return french.typography(re.sub(r"^[-•][-•\s]*", "•\u00a0", line))


def block_title(block: Block) -> str:
    """A block as its readers say it: "E34 PSE · U34 · bloc 5"."""
    return f"{block.epreuve} {block.name} · {block.unit} · bloc {block.number}"


def routes_table(fiche: Certification) -> Table:
    """The access routes, with their jury."""
    columns = (Column("Voie d'accès", header=True), Column("Code"), Column("Ouverte"), Column("Jury"))
    rows = tuple(
        (r.label, r.code, _YES_NO[r.accessible], french.typography(" ".join(r.jury))) for r in fiche.access_routes
    )
    opened = [r.label for r in fiche.access_routes if r.accessible]
    lecture = f"{french.plural(len(opened), 'voie ouverte', 'voies ouvertes')} sur {len(rows)}."
    return _table("voies", f"Voies d'accès à {fiche.code}", columns, rows, fiche, lecture=lecture)


def lineage_table() -> Table:
    """The certifications of the family, with their diplomas, sessions and successor."""
    rows = []
    for fiche in certifications():
        first = [diploma(code) for code in fiche.diplomas]
        rows.append(
            (
                fiche.code,
                fiche.short_label,
                ", ".join(d.code for d in first),
                french.typography(" ; ".join(dict.fromkeys(_sessions(d.first_session, d.last_session) for d in first))),
                _successor(fiche) or "–",
            )
        )
    titles = ("Fiche", "Titre", "Code du diplôme", "Sessions du diplôme", "Remplacée par")
    columns = tuple(Column(t, header=i == 0) for i, t in enumerate(titles))
    source = french.typography("Base centrale des nomenclatures ; répertoire national (France compétences).")
    return Table(
        "filiation",
        "La famille et sa filiation",
        columns,
        tuple(rows),
        _frame(columns, rows),
        Notes(_lineage_lecture(), "", source),
    )


def _lineage_lecture() -> str:
    """The first certification of the family that another replaces, in a sentence."""
    old = next((fiche for fiche in certifications() if fiche.successor), None)
    return "" if old is None else french.typography(f"la fiche {old.code} est remplacée par {_successor(old)}.")


def crosswalk_table() -> Table:
    """The fiche's six routes faced with the ministry's statuses and Céreq's régimes."""
    titles = (
        "Voie d'accès (fiche RNCP)",
        "Code",
        "Statut (ministère)",
        "Régime (Céreq)",
        "Correspondance",
        "Remarque",
    )
    columns = tuple(Column(t, header=i == 0) for i, t in enumerate(titles))
    rows = tuple(
        (
            link.route_label,
            link.route,
            labels.STATUSES[link.status] if link.status else "hors champ",
            labels.REGIMES[link.regime] if link.regime else "hors champ",
            _CERTAINTY[link.certainty],
            french.typography(link.remark),
        )
        for link in crosswalk()
    )
    notes = Notes(
        french.typography("un candidat en contrat d'apprentissage est un « apprenti » dans les trois sources."),
        "",
        french.typography(
            "fiche RNCP32259 ; DEPP, Le baccalauréat par académie ; Céreq, séries Reflet ; "
            "correspondance de ce rapport."
        ),
    )
    return Table("passage", "Table de passage des statuts de candidats", columns, rows, _frame(columns, rows), notes)


def _table(
    name: str,
    caption: str,
    columns: tuple[Column, ...],
    rows: tuple[tuple[str, ...], ...],
    fiche: Certification,
    *,
    lecture: str,
) -> Table:
    source = f"Répertoire national des certifications professionnelles, fiche {fiche.code}."
    caveats = tuple(french.typography(note.text) for note in fiche.notes)
    return Table(
        name,
        caption,
        columns,
        rows,
        _frame(columns, rows),
        Notes(french.typography(lecture), "", source, caveats if name == "fiche" else ()),
    )


def _frame(columns: tuple[Column, ...], rows: Iterable[tuple[str, ...]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=[c.title for c in columns])


def _sessions(first: int, last: int | None) -> str:
    return f"{first}–{last}" if last else f"depuis {first}"


def _successor(fiche: Certification) -> str:
    if not fiche.successor:
        return ""
    known = {c.code: c.label for c in certifications()}
    return f"{fiche.successor}, {known[fiche.successor]}" if fiche.successor in known else fiche.successor
