"""The report: notebooks run in order, two pages, their figures and tables as files."""

from __future__ import annotations

import base64
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from nbformat import NotebookNode

from rncp_analytics.certification.catalogue import certification
from rncp_analytics.certification.nomenclature import academie as find_academie
from rncp_analytics.cohort.model import Cohort
from rncp_analytics.cohort.store import locate
from rncp_analytics.counts.official import OfficialResults, build_published, import_results, official_results
from rncp_analytics.display import french, labels
from rncp_analytics.display.academie_overview import academie_overview
from rncp_analytics.display.cohort_overview import COVERS
from rncp_analytics.display.lecture import alert_text
from rncp_analytics.display.notes import Notes
from rncp_analytics.display.publication_record import secrecy_sentence
from rncp_analytics.display.spreadsheet import CHAMP
from rncp_analytics.display.table import Column, Table
from rncp_analytics.errors import DataNotFoundError, PublicationError
from rncp_analytics.measures.decision import SHOWN, read_record
from rncp_analytics.measures.profiles import Profile, profile_for
from rncp_analytics.reports import chapters
from rncp_analytics.reports.html import page
from rncp_analytics.reports.record import secrecy_record
from rncp_analytics.reports.run import Scalar, execute
from rncp_analytics.synthesis.example import SYNTHETIC, open_cohort

PAGE, COHORT_PAGE = "rapport.html", "cohorte/cohorte.html"
# Extension → MIME type of the files written beside the page.
_FILES = {"png": "image/png", "svg": "image/svg+xml", "csv": "text/csv"}
# What a report consists of, and what file managers leave in any folder they show.
_REPLACED = {PAGE, "cohorte", "figures", "tables", ".DS_Store", "Thumbs.db", "desktop.ini"}
_SYNTHETIC_PROFILE = "synthetique"


def report(
    output: Path,
    *,
    data: Path | None = None,
    session: int | None = None,
    academie: str | None = None,
    cohort: str = SYNTHETIC,
    profile: str = "",
    published: Sequence[Path] = (),
    tell: Callable[[str], None] = lambda step: None,
) -> Path:
    """Make the report: the page of the official results and that of a cohort with marks, with their files.

    Each page has its figures (PNG, SVG, and their numbers as CSV) and its tables (CSV) beside it; the cohort's page, in
    a folder of its own, says on its cover whose candidates it shows. Under a profile of diffusion all its CSV files are
    audited, and the record of their secrecy is written beside them (``cohorte/secret.json``).

    Parameters
    ----------
    output : Path
        Folder of the report; an earlier report there is replaced, once the new one is complete. A folder
        that holds anything else is refused.
    data : Path, optional
        A download of "Le baccalauréat par académie"; the published margins that the package carries if absent.
    session : int, optional
        The last session of the data if absent; of the cohort too, where it has that session.
    academie : str, optional
        Code or name: adds the page of that académie.
    cohort : str
        As :func:`~rncp_analytics.synthesis.open_cohort`: the synthetic example, or a user's own.
    profile : str
        Profile of secrecy of the cohort's page; compulsory when its candidates are real.
    published : sequence of Path
        Records (``secret.json``) of what was published before about these candidates, last session's report for one:
        what it hides stays hidden.
    tell : callable
        Receives a French sentence at each step.

    Returns
    -------
    Path
        The official page.

    Raises
    ------
    RncpError
        Bad input, unknown session, académie, cohort or profile, a notebook that stops, tables that give a hidden number
        away under a profile of diffusion: nothing is written in ``output``.
    """
    _refuse_foreign(output)
    place = find_academie(academie).code if academie is not None else None  # before a file is read and stored
    candidates = open_cohort(cohort)
    profile = profile or (_SYNTHETIC_PROFILE if candidates.origin == "synthetic" else "")
    chosen = profile_for(candidates.origin, profile)  # refused now, not by a notebook in a minute
    for record in published:
        read_record(record)
    results, dataset = _results(data, tell)
    wanted = results.session(session)
    if place:  # an académie without candidates is told now too
        academie_overview(results, session=wanted, academie=place)
    known = session in set(candidates.candidates["session"])
    parameters: dict[str, Scalar] = {"dataset": dataset, "session": wanted, "academie": place, "profile": profile}
    parameters |= {"cohort_name": cohort, "cohort_session": session if known else None}
    run = _executed(parameters, example=cohort == SYNTHETIC, published=published, tell=tell)
    tell("Mise en page")
    official, own = chapters.official_part(run), chapters.cohort_part(run)
    first = page(
        official,
        title=certification("RNCP32259").label,
        subtitle=_subtitle(results, wanted, place),
        digest=results.source.digest,
        beside={COHORT_PAGE: COVERS[candidates.origin].name},
    )
    texts = {PAGE: first, COHORT_PAGE: _cohort_page(own, candidates, profile)}
    files = {name: text.encode() for name, text in texts.items()} | dict(_files(official)) | _other_labels(results)
    beside = dict(_files(own))
    beside |= _record(own, beside, profile=chosen, digest=candidates.source.digest)
    _write(output, files | {f"cohorte/{name}": content for name, content in beside.items()})
    return output / PAGE


def _cohort_page(own: Mapping[str, NotebookNode], candidates: Cohort, profile: str) -> str:
    chosen = profile_for(candidates.origin, profile)
    hidden = secrecy_sentence(chosen, _letters(own)) if chosen.rule else ""
    return page(
        own,
        title=certification("RNCP32259").label,
        subtitle=_cohort_subtitle(candidates),
        digest=candidates.source.digest,
        banner=f"{COVERS[candidates.origin].banner(profile)} {hidden}".strip(),
        beside={f"../{PAGE}": "Résultats officiels"},
    )


def _results(data: Path | None, tell: Callable[[str], None]) -> tuple[OfficialResults, str]:
    tell(f"Lecture de {data.name}" if data else "Préparation des chiffres publiés (data/processed)")
    dataset = import_results(data) if data else build_published().name
    if data:
        tell(f'Données enregistrées : data/processed/{dataset} (dans un notebook : dataset = "{dataset}")')
    results = official_results(dataset)
    for alert in results.alerts:
        tell(f"À savoir : {alert_text(alert)}")
    return results, dataset


def _executed(
    parameters: Mapping[str, Scalar], *, example: bool, published: Sequence[Path], tell: Callable[[str], None]
) -> dict[str, NotebookNode]:
    """Each notebook, run with the parameters and with what those before it showed of the cohort.

    The example's notebooks keep their own cohorts.
    """
    names = chapters.notebooks()
    given = {k: v for k, v in parameters.items() if not (example and k == "cohort_name")}
    records = [str(path.resolve()) for path in published]
    run = {}
    with tempfile.TemporaryDirectory(prefix="rncp-") as folder:
        for number, name in enumerate(names, start=1):
            tell(f"Chapitre {number} sur {len(names)} : {name}")
            run[name] = execute(locate().notebooks / f"{name}.ipynb", parameters={**given, "published": tuple(records)})
            if numbers := chapters.numbers(run[name], "secret"):
                record = Path(folder) / f"{name}.json"  # of this run alone: it goes with the folder
                record.write_text(json.dumps({SHOWN: numbers}), encoding="utf-8")
                records.append(str(record))
    return run


def _cohort_subtitle(cohort: Cohort) -> str:
    sessions = " et ".join(map(str, sorted(cohort.candidates["session"].unique())))
    places = sorted(labels.label("academie", code) for code in cohort.candidates["academie"].dropna().unique())
    where = f"académie {french.de(places[0])}, " if len(places) == 1 else ""
    return french.typography(french.capital(f"{where}sessions {sessions}, {labels.STAGES[cohort.stage]}"))


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


def _write(output: Path, files: Mapping[str, bytes]) -> None:
    """Write the whole report beside its place, then put it there: never half a report."""
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".rapport-", dir=output.parent) as folder:
            new, old = Path(folder) / "new", Path(folder) / "old"
            new.mkdir()
            for path, content in files.items():
                (new / path).parent.mkdir(parents=True, exist_ok=True)
                (new / path).write_bytes(content)
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
    for path, output in _named(notebooks):
        for extension, kind in _FILES.items():
            if kind in output.data:
                yield f"{path}.{extension}", _bytes(output.data[kind], extension)


def _named(notebooks: Mapping[str, NotebookNode]) -> Iterator[tuple[str, NotebookNode]]:
    """Each output that has files, with their path but for the extension."""
    for number, output in chapters.outputs(notebooks):
        told = output.get("metadata", {}).get("rncp", {})
        if "name" in told:
            folder = "figures" if _FILES["png"] in output.data else "tables"
            yield f"{folder}/{number}-{told['name']}", output


def _letters(notebooks: Mapping[str, NotebookNode]) -> Counter[str]:
    """Rows of all the figures by letter of secrecy."""
    total: Counter[str] = Counter()
    for _, output in _named(notebooks):
        total.update(output.metadata["rncp"].get("secrecy", {}))
    return total


def _record(
    notebooks: Mapping[str, NotebookNode], files: Mapping[str, bytes], *, profile: Profile, digest: str
) -> dict[str, bytes]:
    """The record of secrecy of the files about to be written, once audited; nothing where nothing is hidden."""
    if profile.rule is None:
        return {}
    letters = {f"{path}.csv": output.metadata["rncp"].get("secrecy", {}) for path, output in _named(notebooks)}
    tables = {name: content.decode("utf-8-sig") for name, content in files.items() if name.endswith(".csv")}
    texts = {name: text for name, text in tables.items() if CHAMP in text.partition("\r\n")[0]}  # of candidates
    shown = [part for notebook in notebooks.values() for part in chapters.numbers(notebook, "shown")]
    return {"secret.json": secrecy_record(texts, letters, profile=profile, digest=digest, shown=shown).encode()}


def _bytes(content: str | list[str], extension: str) -> bytes:
    text = content if isinstance(content, str) else "".join(content)
    if extension == "png":
        return base64.b64decode(text)
    # Excel reads a CSV as UTF-8 only behind a byte-order mark.
    return text.encode("utf-8-sig" if extension == "csv" else "utf-8")
