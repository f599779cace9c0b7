"""From executed notebooks to one self-contained page: no outside address, no script, no code shown."""

from __future__ import annotations

import importlib.metadata
import platform
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote

import jinja2
from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from markupsafe import Markup
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from traitlets.config import Config

from rncp_analytics.display import french
from rncp_analytics.errors import PublicationError

_TEMPLATES = Path(__file__).parent / "template"
# What each output is shown as, best first. SVG, CSV, scripts and widgets are absent: never shown.
_SHOWN = ["text/html", "text/markdown", "image/png", "text/plain"]
_NOTEBOOK_ONLY = "hors-rapport"  # tag of cells that only make sense in the notebook
_UNWANTED = "script, iframe, object, embed, link, base, meta, form, svg"
_LOADING = ("src", "srcset", "poster", "data", "background")
_REFERRING = ("for", "headers", "aria-labelledby", "aria-describedby", "aria-controls", "aria-details")
_CSS_OUTSIDE = re.compile(r"@import|url\(\s*['\"]?(?!data:|#)", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """One line of the contents, with the lines under it."""

    id: str
    text: str
    sections: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Chapter:
    """One notebook inside the page."""

    id: str
    body: Markup
    contents: Entry


def page(
    notebooks: Mapping[str, NotebookNode],
    *,
    title: str,
    subtitle: str,
    digest: str = "",
    banner: str = "",
    beside: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Lay out executed notebooks as one HTML page.

    Parameters
    ----------
    notebooks : mapping of str to NotebookNode
        File name without suffix ("00-prise-en-main") and executed notebook, in the order of the page.
    title, subtitle : str
        The page's only level-1 heading and the line under it; notebook titles become level 2.
    digest : str
        Digest of the data, printed at the foot.
    banner : str
        What must be known of the whole page before its figures: with it, the head is a cover of its own on paper.
    beside : mapping of str to str
        Address and French name of the pages made with this one.

    Returns
    -------
    str
        The whole page. The same notebooks give the same text: no clock time is printed.

    Raises
    ------
    PublicationError
        An output would load something from outside the page.
    """
    chapters = [_chapter(name, notebook) for name, notebook in notebooks.items()]
    # autoescape covers every text; only bodies that nbconvert made are marked as HTML.
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("page.html.j2").render(
        title=title,
        subtitle=subtitle,
        css=Markup((_TEMPLATES / "page.css").read_text(encoding="utf-8")),
        contents=[chapter.contents for chapter in chapters],
        chapters=chapters,
        digest=digest,
        banner=banner,
        beside=beside,
        versions=_versions(),
    )


def _versions() -> dict[str, str]:
    packages = ("rncp_analytics", "pandas", "matplotlib")
    return {
        **{name: importlib.metadata.version(name) for name in packages},
        "Python": platform.python_version(),
    }


def _chapter(name: str, notebook: NotebookNode) -> Chapter:
    prefix = f"n{name.split('-', maxsplit=1)[0]}"
    soup = BeautifulSoup(_fragment(notebook), "html.parser")
    for unwanted in soup.select(_UNWANTED):
        unwanted.decompose()
    for tag in soup.find_all(True):
        for attribute in [a for a in tag.attrs if a.startswith("on")]:
            del tag[attribute]  # a script too
    _shift_headings(soup)
    _name_headings(soup)
    _space(soup)
    _own_ids(soup, prefix)
    _stay_inside(soup, prefix, name)
    for image in soup.select("img"):
        if not str(image.get("alt", "")).strip():
            image["alt"] = "Graphique sans description"
    return Chapter(prefix, Markup(soup), _contents(soup, prefix, name))


def _fragment(notebook: NotebookNode) -> str:
    exporter = HTMLExporter(
        config=Config({"NbConvertBase": {"display_data_priority": _SHOWN}}),
        template_name="rncp",
        extra_template_basedirs=[str(_TEMPLATES)],
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
        language_code="fr",
    )
    body, _ = exporter.from_notebook_node(_presentable(notebook))
    return str(body)


def _presentable(notebook: NotebookNode) -> NotebookNode:
    """A copy without what a report doesn't show: cells for the notebook's user, outputs that have no shown form."""
    copy = NotebookNode(notebook)
    copy.cells = [NotebookNode(c) for c in notebook.cells if _NOTEBOOK_ONLY not in c.metadata.get("tags", ())]
    for cell in copy.cells:
        if "outputs" in cell:
            cell.outputs = [o for o in cell.outputs if "data" not in o or any(kind in o.data for kind in _SHOWN)]
    return copy


def _space(soup: BeautifulSoup) -> None:
    """The unbreakable spaces of French punctuation, in texts written with plain ones: Markdown cells."""
    for text in list(soup.find_all(string=True)):
        if type(text) is NavigableString and not text.find_parent(["code", "pre", "style"]):
            text.replace_with(french.typography(str(text)))


def _shift_headings(soup: BeautifulSoup) -> None:
    """Put the first heading of a notebook, or of the sections kept of it, at level 2."""
    headings = soup.find_all(["h1", "h2", "h3", "h4", "h5"])
    shift = 2 - min((int(heading.name[1]) for heading in headings), default=2)
    for heading in headings:
        heading.name = f"h{int(heading.name[1]) + shift}"


def _name_headings(soup: BeautifulSoup) -> None:
    """Give an id to each heading, the one that Jupyter gives it: links written in a notebook still lead there."""
    for heading in soup.find_all(["h2", "h3"]):
        if not heading.get("id"):
            heading["id"] = re.sub(r"\s+", "-", heading.get_text().strip())


def _own_ids(soup: BeautifulSoup, prefix: str) -> None:
    """Prefix every id and what refers to it; a repeated id gets a number, as in "lecture-2"."""
    seen: dict[str, int] = {prefix: 1}
    for tag in soup.select("[id]"):
        wanted = name = f"{prefix}-{tag['id']}"
        while name in seen:
            seen[wanted] += 1
            name = f"{wanted}-{seen[wanted]}"
        seen[name] = 1
        tag["id"] = name
    for attribute in _REFERRING:
        for tag in soup.select(f"[{attribute}]"):
            value = tag[attribute]
            words = value if isinstance(value, list) else str(value).split()
            tag[attribute] = " ".join(f"{prefix}-{word}" for word in words)


def _stay_inside(soup: BeautifulSoup, prefix: str, name: str) -> None:
    """Make links point inside the page, and refuse anything that a browser would fetch."""
    for link in soup.select("a[href]"):
        target = _inside(unquote(str(link["href"])), prefix)
        if target:
            link["href"] = target
        else:
            link.unwrap()
    for tag in soup.find_all(True):
        loads = [str(tag[a]) for a in _LOADING if a in tag.attrs and not str(tag[a]).startswith("data:")]
        styles = str(tag.get("style", "")) + (tag.get_text() if tag.name == "style" else "")
        if loads or _CSS_OUTSIDE.search(styles):
            raise PublicationError(
                "Une sortie de notebook ferait charger un fichier extérieur à la page",
                where=f"{name}, élément <{tag.name}> {loads[0] if loads else ''}".strip(),
                expected="une page qui se suffit à elle-même : images incluses dans la sortie",
                remedy="produire cette sortie avec les fonctions du paquet, ou retirer ce lien du notebook",
            )


def _inside(address: str, prefix: str) -> str:
    """The address within the page: a heading of this notebook or of another; empty for an outside address."""
    if address.startswith("#"):
        return f"#{prefix}-{address[1:]}"
    other = re.match(r"^(?:\./)?(\d\d)-[^/#]*\.ipynb(?:#(.+))?$", address)
    if other:
        return f"#n{other[1]}" + (f"-{other[2]}" if other[2] else "")
    return ""


def _contents(soup: BeautifulSoup, prefix: str, name: str) -> Entry:
    headings = list(_headings(soup))
    title = next((text for level, _, text in headings if level == "h2"), name)
    sections = tuple(Entry(anchor, text) for level, anchor, text in headings if level == "h3" and anchor)
    return Entry(prefix, title, sections)


def _headings(soup: BeautifulSoup) -> Iterator[tuple[str, str, str]]:
    for heading in soup.find_all(["h2", "h3"]):
        if isinstance(heading, Tag):
            yield heading.name, str(heading.get("id", "")), heading.get_text(" ", strip=True)
