"""A small synthetic cohort in the shapes that exam services produce, with some of their faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from rncp_analytics.certification.diplomas import OPTION_A, OPTION_B
from rncp_analytics.certification.regulation import regulation
from rncp_analytics.cohort.marksheet import PROJECT, TWENTIETHS
from rncp_analytics.cohort.model import Cohort
from rncp_analytics.synthesis.people import ine

_CODES = {"absent": "AB", "absent_justified": "ABJ", "exempt": "DI", "vae": "VA"}
_NATURES = {"ccf": "CCF", "ponctuel": "Ponctuel"}
_GROUPS = {"first_group": "1er groupe", "control": "2nd groupe"}
_SECTORS = {"public": "Public", "prive_sous_contrat": "Privé sous contrat", "prive_hors_contrat": "Privé hors contrat",
            "CFA": "CFA", "CNED": "CNED"}  # fmt: skip
_SPECIALTIES = {OPTION_A: "Met.com.ven.op.A Ani.ges.esp.com.", OPTION_B: "Met.com.ven.Op.B Pr.cl.va.of.com."}
# Nobody is called so.
_LAST = ("EXEMPLE", "FICTIF", "INVENTÉ", "IMAGINAIRE", "SPÉCIMEN", "ÉCHANTILLON", "MODÈLE", "D'ESSAI", "HYPOTHÈSE")
_FIRST = ("Alpha", "Bêta", "Gamma", "Delta", "Epsilon", "Zêta", "Êta")
_TITLES = ("Division de classe", "N° Candidat", "N° Inscription", "N° Océan", "Nom de famille", "Nom d'usage",
           "Prénom(s)", "Date de Naissance", "Division de classe", "INE", "Catégorie Candidat", "Code Spécialité",
           "Spécialité", "Etat", "Enseignements")  # fmt: skip

_SCHOOL = 10  # candidates of a school, at least: enough for an aggregated export

Lines = list[list[str]]
# What is damaged, in French, by file: a reader must refuse or report each, and keep the rest.
FAULTS = {
    "liste_candidats_1.csv": "INE du premier candidat trop court d'un caractère",
    "liste_candidats_2.csv": "lettre de contrôle de l'UAI fausse dans l'en-tête",
    "liste_candidats_3.csv": "dernier candidat d'une autre spécialité (31217)",
    "notes_long.csv": "dans l'ordre : note 21 ; note « 12.5.3 » ; note plus fine que le vingtième (12,33) ; unité "
    "inconnue (U99) ; dernière ligne en double",
    "notes_large.csv": "code inconnu « ?? » (1er candidat, U2) ; note à virgule décimale (2e candidat, U31)",
    "etablissements_epreuves.csv": "première ligne : plus de notes d'au moins 10 que de notés",
}


def sample(cohort: Cohort, *, academie: str, size: int = 60) -> Cohort:
    """A public school with both options, a private one, a CFA, then adults, all of one académie.

    Parameters
    ----------
    cohort : Cohort
        Synthetic.
    academie : str
        Two characters.
    size : int
        Largest number of adults and pupils together, as far as the schools are small enough.
    """
    people = cohort.candidates[cohort.candidates["academie"] == academie]
    is_adult = ~people["candidate_status"].isin(["SCOLAIRE", "APPRENTISSAGE"])
    pupils, adults = people[~is_adult], people[is_adult]
    sizes = pupils.groupby(["sector", "school"]).agg(n=("entry", "size"), both=("diploma", "nunique")).reset_index()
    sizes = sizes[(sizes["n"] >= _SCHOOL) & ((sizes["both"] == 2) | (sizes["sector"] != "public"))]
    smallest = sizes.sort_values("n", kind="stable").drop_duplicates("sector")
    schools = smallest.loc[smallest["sector"].isin(["public", "prive_sous_contrat", "CFA"]), "school"]
    pupils = pupils[pupils["school"].isin(schools)]
    turn = adults.groupby("candidate_status").cumcount().sort_values(kind="stable").index  # every status in turn
    kept = pd.concat([pupils, adults.loc[turn].head(max(size - len(pupils), 0))]).sort_values("entry")
    rows = cohort.results()
    return Cohort(kept, rows[rows["entry"].isin(kept["entry"])], cohort.stage, "synthetic", cohort.source)


def write_exports(cohort: Cohort, folder: Path) -> dict[str, str]:
    """Write a synthetic cohort as exam exports: candidate lists, marks in long and wide form, schools' means.

    Parameters
    ----------
    cohort : Cohort
        Synthetic, one session, a few dozen candidates.
    folder : Path
        Made if needed.

    Returns
    -------
    dict
        French description of the faults planted, by file name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    people, rows = cohort.candidates.set_index("entry", drop=False), cohort.results()
    rows = rows.join(people[["session", "diploma", "school", "sector"]], on="entry")
    session = int(people["session"].iloc[0])
    files: dict[str, tuple[Lines, str, str]] = {}
    groups = people.groupby(people["school"].fillna(""))
    for i, (school, group) in enumerate(sorted(groups, key=lambda pair: (pair[0] == "", pair[0])), 1):
        files[f"liste_candidats_{i}.csv"] = (_candidate_list(group, str(school), session, i), "utf-8-sig", ";")
    files["notes_long.csv"] = (_long(rows), "cp1252", ";")
    files["notes_large.csv"] = (_wide(people, rows, session), "utf-8", ",")
    files["etablissements_epreuves.csv"] = (_by_school(rows), "utf-8-sig", ";")
    for name, (lines, encoding, separator) in files.items():
        if name in _DAMAGE:
            _DAMAGE[name](lines)
        text = "".join(separator.join(_quoted(cell, separator) for cell in line) + "\r\n" for line in lines)
        (folder / name).write_bytes(text.encode(encoding))
    return {name: said for name, said in FAULTS.items() if name in files}


def _quoted(cell: str, separator: str) -> str:
    return f'"{cell}"' if separator in cell else cell


def _number(entry: int) -> str:
    return f"{entry:010d}"  # ten digits as the real ones, which don't start with a row of zeros


def _candidate_list(group: pd.DataFrame, school: str, session: int, rank: int) -> Lines:
    place = f"LYC FICTIF {rank} – VILLEFICTIVE  ({school})" if school else "CANDIDATS SANS ETABLISSEMENT"
    told = (
        str(session),
        "Listes simples",
        place,
        "Type d'édition : Liste simple",
        f"Edité le 01/07/{session} 08:00",
        "Critères de recherche : Etat Egal Inscrit (données synthétiques, identités fictives)",
        "Critères de regroupement : Division de classe",
        "Critères de tris : Nom et prénom, Date de naissance",
    )
    lines = [[text, *[""] * (len(_TITLES) - 1)] for text in told] + [list(_TITLES)]
    for entry, p in zip(group.index, group.to_dict("records"), strict=True):
        division = " -" if pd.isna(p["school_class"]) else f"'{p['school_class']}'"
        category = "SCOLAIRE BACPRO 3 ANS (132)" if p["candidate_status"] == "SCOLAIRE" else p["candidate_status"]
        born = f"{entry % 28 + 1:02d}/{entry % 12 + 1:02d}/{p['birth_year']}"
        names = (_LAST[entry % len(_LAST)], " -", _FIRST[entry % len(_FIRST)])
        lines.append([division, _number(entry), "002 Version 2", " -", *names, born, division,
                      ine(session, entry).upper(), category, p["diploma"][3:], _SPECIALTIES[p["diploma"]], "Inscrit",
                      "Non renseigné"])  # fmt: skip
    return lines


def _said(state: str, mark: object, decimal: str) -> str:
    """A mark as exports write it: "12,50", "BE 12,50" for one of an earlier session, or a code."""
    if pd.isna(mark):  # type: ignore[call-overload]
        return _CODES[state]
    written = f"{int(str(mark)) / TWENTIETHS:.2f}".replace(".", decimal)
    return f"BE {written}" if state in {"kept", "carried"} else written


def _long(rows: pd.DataFrame) -> Lines:
    titles = ["N° Candidat", "Session", "Code Spécialité", "Unité", "Nature", "Note", "Session d'obtention", "Groupe"]
    return [titles] + [
        [_number(r["entry"]), str(r["session"]), r["diploma"][3:], r["unit"], _NATURES.get(r["mode"], ""),
         _said(r["state"], r["mark"], ","), "" if pd.isna(r["since"]) else str(r["since"]), _GROUPS[r["test"]]]
        for r in rows.to_dict("records")
    ]  # fmt: skip


def _wide(people: pd.DataFrame, rows: pd.DataFrame, session: int) -> Lines:
    rules = regulation(OPTION_B, session)
    units = [*rules.mandatory_units, *rules.optional_units, PROJECT]
    first = rows[rows["test"] == "first_group"]
    said = [_said(*pair, ".") for pair in zip(first["state"], first["mark"], strict=True)]
    cells = (
        first.assign(said=said).pivot(index="entry", columns="unit", values="said").reindex(columns=units).fillna("")
    )
    lines = [["Numéro Candidat", "INE", "Session", "Académie", "UAI", "Secteur", "Statut", "Forme", "Sexe",
              "Code diplôme", *units[:-1], "Projet"]]  # fmt: skip
    for p in people.to_dict("records"):
        school = "" if pd.isna(p["school"]) else p["school"]
        about = [_number(p["entry"]), ine(session, p["entry"]).upper(), str(session), p["academie"], school]
        about += [_SECTORS.get(p["sector"], ""), p["candidate_status"], p["exam_form"], p["sex"], p["diploma"]]
        lines.append([*about, *(cells.loc[p["entry"]] if p["entry"] in cells.index else [""] * len(units))])
    return lines


def _by_school(rows: pd.DataFrame) -> Lines:
    marked = rows[(rows["test"] == "first_group") & (rows["state"] == "marked") & rows["school"].notna()]
    marked = marked.assign(enough=marked["mark"] >= 10 * TWENTIETHS, nature=marked["mode"].map(_NATURES).fillna(""))
    key = ["session", "school", "diploma", "unit", "nature"]
    found = marked.groupby(key, sort=False).agg(n=("mark", "size"), mean=("mark", "mean"), enough=("enough", "sum"))
    titles = ["Session", "UAI", "Code Spécialité", "Unité", "Nature", "Notés", "Moyenne", "Effectif ≥ 10"]
    free = ["Notes par établissement et par épreuve (données synthétiques)", *[""] * (len(titles) - 1)]
    return [free, titles] + [
        [str(session), school, diploma[3:], unit, nature, str(r["n"]),
         f"{float(r['mean']) / TWENTIETHS:.2f}".replace(".", ","), str(int(r["enough"]))]
        for (session, school, diploma, unit, nature), r in zip(found.index, found.to_dict("records"), strict=True)
    ]  # fmt: skip


def _short_ine(lines: Lines) -> None:
    lines[9][9] = lines[9][9][:-1]


def _wrong_letter(lines: Lines) -> None:
    place = lines[2][0]
    lines[2][0] = f"{place[:-2]}{'B' if place[-2] == 'A' else 'A'})"


def _other_specialty(lines: Lines) -> None:
    lines[-1][11:13] = ["31217", "bidon"]


def _damaged_marks(lines: Lines) -> None:
    for line, wrong in zip(lines[1::7], ("21,00", "12.5.3", "12,33"), strict=False):
        line[5] = wrong
    lines[30][3] = "U99"
    lines.append(list(lines[-1]))


def _damaged_wide(lines: Lines) -> None:
    lines[1][lines[0].index("U2")], lines[2][lines[0].index("U31")] = "??", "12,5"


def _too_many(lines: Lines) -> None:
    lines[2][-1] = str(int(lines[2][-3]) + 1)


_DAMAGE: Mapping[str, Callable[[Lines], None]] = {
    "liste_candidats_1.csv": _short_ine,
    "liste_candidats_2.csv": _wrong_letter,
    "liste_candidats_3.csv": _other_specialty,
    "notes_long.csv": _damaged_marks,
    "notes_large.csv": _damaged_wide,
    "etablissements_epreuves.csv": _too_many,
}
