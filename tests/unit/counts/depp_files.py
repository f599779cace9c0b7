"""Small files of the ministry's data set, in each of its three published shapes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

B = "31214 MET.COM.VEN.OP.B PR.CL.VA.OF.COM."
A = "31213 MET.COM.VEN.OP.A ANI.GES.ESP.COM."

# In the order of the file: inscrits, présents, admis 1er groupe, refusés 1er groupe, autorisés, admis après
# contrôle, refusés après contrôle, admis, TB avec félicitations, TB, B, AB, sans mention, refusés.
COUNTS = (20, 18, 12, 3, 3, 2, 1, 14, 0, 1, 3, 5, 5, 4)

API = (
    "session;academie;sexe;statut_du_candidat;voie;serie;diplome_specialite;nombre_d_inscrits;nombre_de_presents;"
    "nombre_d_admis_au_1er_groupe;nombre_de_refuses_au_1er_groupe;"
    "nombre_d_ajournes_passant_les_epreuves_du_2nd_groupe;nombre_d_admis_a_l_issue_du_2nd_groupe;"
    "nombre_de_refuses_a_l_issue_du_2nd_groupe;nombre_d_admis_totaux;"
    "nombre_d_admis_avec_mention_tb_avec_les_felicitations_du_jury;"
    "nombre_d_admis_avec_mention_tb_sans_les_felicitations_du_jury;nombre_d_admis_avec_mention_b;"
    "nombre_d_admis_avec_mention_ab;nombre_d_admis_sans_mention;nombre_de_refuses_totaux"
)
_NUMBERS = (
    "Nombre d'inscrits;Nombre de présents;Nombre d'admis au 1er groupe;Nombre de refusés au 1er groupe;"
    "Nombre d'ajournés, passant les épreuves du 2nd groupe;Nombre d'admis à l'issue du 2nd groupe;"
    "Nombre de refusés à l'issue du 2nd groupe;Nombre d'admis totaux;"
    "Nombre d'admis avec mention TB avec les félicitations du jury;"
    "Nombre d'admis avec mention TB sans les félicitations du jury;Nombre d'admis avec mention B;"
    "Nombre d'admis avec mention AB;Nombre d'admis sans mention;Nombre de refusés totaux"
)
_WORDS = "Sexe;Statut du candidat;Voie;Série;Diplôme spécialité"
LABELS = f"num_ligne;Session;Code académie;Académie;{_WORDS};{_NUMBERS}"
EDITION_2026 = f"Session;Code académie;Libellé académie;{_WORDS};{_NUMBERS}"


@dataclass(frozen=True)
class Row:
    """One line, in our own words; ``label`` is the code and name without prefix."""

    session: int = 2025
    academie: str = "Lyon"
    sex: str = "F"
    status: str = "SCOLAIRE"
    track: str = "BAC PROFESSIONNEL"
    series: str = "services"
    label: str = B
    agriculture: bool = False
    counts: Sequence[int] = COUNTS

    @property
    def full_label(self) -> str:
        if self.track != "BAC PROFESSIONNEL":
            return self.label
        return f"BAC PRO {'AG ' if self.agriculture else ''}{self.label}"

    @property
    def long_series(self) -> str:
        if self.track != "BAC PROFESSIONNEL":
            return self.series
        word = {"services": "SERVICES", "production": "PRODUCTION"}[self.series]
        return f"BAC PRO {word} {'AGRI' if self.agriculture else 'MEN'}"

    @property
    def short_series(self) -> str:
        short = {"services": "BAC PRO SERV", "production": "BAC PRO PROD"}
        return short[self.series] if self.track == "BAC PROFESSIONNEL" else self.series


# As the sets write them; the code is an integer in this data set.
ACADEMIES = {"Lyon": ("LYON", "10"), "Reims": ("REIMS", "19"), "La Réunion": ("LA REUNION", "28")}

ROWS = (
    Row(),
    Row(sex="M"),
    Row(session=2024, academie="Reims"),
    Row(session=2024, academie="Reims", sex="M"),
    Row(session=2023, academie="La Réunion", status="APPRENTISSAGE", label=A),
    Row(session=2024, status="ENSEIGNEMENT A DISTANCE", label="31212 METIERS DE L'ACCUEIL"),
    Row(session=2023, series="production", label="22106 CUISINE"),
    Row(session=2023, series="production", label="22106 TEC CONS VTE ALIMENTATION VINS SP", agriculture=True),
    Row(track="BAC GENERAL", series="BAC GENERAL", label="BAC GENERAL"),
)


def api_line(row: Row) -> str:
    sex = {"F": "FILLES", "M": "GARCONS"}[row.sex]
    name = ACADEMIES[row.academie][0]
    words = (str(row.session), name, sex, row.status, row.track, row.long_series, row.full_label)
    return ";".join([*words, *(f"{n}.0" for n in row.counts)])


def label_line(row: Row, number: int = 10007) -> str:
    sex = {"F": "FEMININ", "M": "MASCULIN"}[row.sex]
    name, code = ACADEMIES[row.academie]
    words = (f"{number}.0", str(row.session), code, name, sex, row.status, row.track, row.short_series, row.full_label)
    return ";".join([*words, *map(str, row.counts)])


def edition_2026_line(row: Row) -> str:
    """As described: session 2024 with other sex labels, the long series, and labels without prefix and code."""
    name, code = ACADEMIES[row.academie]
    dates = {2024: "2024-01-01", 2025: "2025-01-01T00:00:00+00:00"}
    session = dates.get(row.session, str(row.session))
    if row.session == 2024:
        sex, series = {"F": "FILLES", "M": "GARCONS"}[row.sex], row.long_series
        label = row.label.split(" ", 1)[1] if row.track == "BAC PROFESSIONNEL" else row.label
    else:
        sex, series, label = {"F": "FEMININ", "M": "MASCULIN"}[row.sex], row.short_series, row.full_label
    return ";".join([session, code, name, sex, row.status, row.track, series, label, *map(str, row.counts)])


SHAPES: dict[str, tuple[str, Callable[[Row], str]]] = {
    "api": (API, api_line),
    "labels": (LABELS, label_line),
    "2026": (EDITION_2026, edition_2026_line),
}


def write(path: Path, rows: Sequence[Row | str], *, shape: str = "labels") -> Path:
    """Write a file as the site gives it: UTF-8 with BOM, CRLF. A row given as text is written as it is."""
    header, line = SHAPES[shape]
    lines = [header, *(row if isinstance(row, str) else line(row) for row in rows)]
    path.write_bytes("\r\n".join([*lines, ""]).encode("utf-8-sig"))
    return path
