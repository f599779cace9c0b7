"""The official report: notebooks run in order, one page, and its figures and tables as files."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from nbformat import NotebookNode

from rncp_analytics.certification.catalogue import certification
from rncp_analytics.certification.nomenclature import academie as find_academie
from rncp_analytics.cohort.store import locate
from rncp_analytics.counts.official import OfficialResults, build_published, import_results, official_results
from rncp_analytics.display import french, labels
from rncp_analytics.display.academie_overview import academie_overview
from rncp_analytics.display.lecture import alert_text
from rncp_analytics.display.notes import Notes
from rncp_analytics.display.table import Column, Table
from rncp_analytics.errors import DataNotFoundError, PublicationError
from rncp_analytics.reports.html import page
from rncp_analytics.reports.run import Scalar, execute

# In the order of the page: figures first, the reference of blocks and units last.
CHAPTERS = ("00-prise-en-main", "03-option-b-et-autres-options", "04-voies-d-acces", "01-blocs-et-unites")
PAGE = "rapport.html"
# Extension → MIME type of the files written beside the page, and the folder they go to.
_FILES = {
    "png": ("image/png", "figures"),
    "svg": ("image/svg+xml", "figures"),
    "csv": ("text/csv", "tables"),
}
# What a report consists of, and what file managers leave in any folder they show.
_REPLACED = {PAGE, "figures", "tables", ".DS_Store", "Thumbs.db", "desktop.ini"}


def report(
    output: Path,
    *,
    data: Path | None = None,
    session: int | None = None,
    academie: str | None = None,
    tell: Callable[[str], None] = lambda step: None,
) -> Path:
    """Make the official report: one HTML page, its figures (PNG, SVG) and its tables (CSV).

    Parameters
    ----------
    output : Path
        Folder of the report; an earlier report there is replaced, once the new one is complete. A folder
        that holds anything else is refused.
    data : Path, optional
        A download of "Le baccalauréat par académie"; the published margins that the package carries if absent.
    session : int, optional
        The last session of the data if absent.
    academie : str, optional
        Code or name: adds the page of that académie.
    tell : callable
        Receives a French sentence at each step.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    RncpError
        Bad input, unknown session or académie, a notebook that stops: nothing is written in ``output``.
    """
    _refuse_foreign(output)
    place = find_academie(academie).code if academie is not None else None  # before a file is read and stored
    tell(f"Lecture de {data.name}" if data else "Préparation des chiffres publiés (data/processed)")
    dataset = import_results(data) if data else build_published().name
    if data:
        tell(f'Données enregistrées : data/processed/{dataset} (dans un notebook : dataset = "{dataset}")')
    results = official_results(dataset)
    for alert in results.alerts:
        tell(f"À savoir : {alert_text(alert)}")
    wanted = results.session(session)
    if place:  # an académie without candidates is told now, not by a notebook in a minute
        academie_overview(results, session=wanted, academie=place)
    parameters: dict[str, Scalar] = {"dataset": dataset, "session": wanted, "academie": place}
    notebooks: dict[str, NotebookNode] = {}
    for number, name in enumerate(CHAPTERS, start=1):
        tell(f"Chapitre {number} sur {len(CHAPTERS)} : {name}")
        notebooks[name] = execute(locate().notebooks / f"{name}.ipynb", parameters=parameters)
    tell("Mise en page")
    html = page(
        notebooks,
        title=certification("RNCP32259").label,
        subtitle=_subtitle(results, wanted, place),
        digest=results.source.digest,
    )
    _write(output, html, dict(_files(notebooks)) | _other_labels(results))
    return output / PAGE


def _subtitle(results: OfficialResults, session: int, academie: str | None) -> str:
    scope = results.national.scope
    place = f", et académie {french.de(labels.label('academie', academie))}" if academie else ""
    return f"{scope.territory}{place}, session {session}, {labels.STAGES[scope.stage]} ({results.source.publisher})"


def _refuse_foreign(output: Path) -> None:
    strangers = sorted(p.name for p in output.iterdir() if p.name not in _REPLACED) if output.is_dir() else []
    if strangers:
        raise PublicationError(
            "Le dossier du rapport contient autre chose qu'un rapport",
            where=f"{output} : {', '.join(strangers[:3])}{' …' if len(strangers) > 3 else ''}",
            expected="un dossier absent, vide, ou contenant un rapport précédent",
            remedy="choisir un autre dossier avec --output",
        )
    if output.resolve() == Path.cwd():
        raise PublicationError(
            "Le rapport ne peut pas prendre la place du dossier où l'on se trouve",
            where=str(output),
            expected="un autre dossier",
            remedy="donner un nom de dossier à --output",
        )
    if output.exists() and not output.is_dir():
        raise PublicationError(
            "Le rapport ne peut pas prendre la place d'un fichier",
            where=str(output),
            expected="un dossier",
            remedy="choisir un autre dossier avec --output",
        )


def _other_labels(results: OfficialResults) -> dict[str, bytes]:
    """The labels that a user's file holds besides the family, as a table beside the page."""
    if results.other_labels.empty:
        return {}
    titles = {"label": "Libellé", "diploma": "Diplôme lu", "rows": "Lignes", "present": "Présents"}
    columns = tuple(Column(title) for title in titles.values())
    table = Table(
        "autres-diplomes",
        "Autres diplômes",
        columns,
        (),
        results.other_labels.rename(columns=titles),
        Notes("", "", ""),
    )
    return {"tables/autres-diplomes.csv": _bytes(table.csv(), "csv")}


def _write(output: Path, html: str, files: Mapping[str, bytes]) -> None:
    """Write the whole report beside its place, then put it there: never half a report."""
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".rapport-", dir=output.parent) as folder:
            new, old = Path(folder) / "new", Path(folder) / "old"
            new.mkdir()
            for path, content in files.items():
                (new / path).parent.mkdir(exist_ok=True)
                (new / path).write_bytes(content)
            (new / PAGE).write_text(html, encoding="utf-8")
            if output.exists():
                output.rename(old)
            try:
                new.rename(output)
            except BaseException:  # Ctrl-C between the two renames must not cost the earlier report
                if old.exists():
                    old.rename(output)
                raise
    except OSError as error:
        raise DataNotFoundError(
            "Le rapport n'a pas pu être écrit",
            where=str(output),
            expected="un dossier où l'on peut écrire, avec de la place",
            remedy="choisir un autre dossier avec --output, ou fermer le rapport s'il est ouvert",
        ) from error


def _files(notebooks: Mapping[str, NotebookNode]) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of each figure and table; the name says its chapter: figures/00-flux.png."""
    for chapter, notebook in notebooks.items():
        for cell in notebook.cells:
            for output in cell.get("outputs", ()):
                name = output.get("metadata", {}).get("rncp", {}).get("name")
                for extension, (kind, folder) in _FILES.items():
                    if name and kind in output.data:
                        yield (
                            f"{folder}/{chapter[:2]}-{name}.{extension}",
                            _bytes(output.data[kind], extension),
                        )


def _bytes(content: str | list[str], extension: str) -> bytes:
    text = content if isinstance(content, str) else "".join(content)
    if extension == "png":
        return base64.b64decode(text)
    # Excel reads a CSV as UTF-8 only behind a byte-order mark.
    return text.encode("utf-8-sig" if extension == "csv" else "utf-8")
