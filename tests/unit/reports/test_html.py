"""The page stands alone, is French, and is a correct document."""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode

from rncp_analytics.errors import PublicationError
from rncp_analytics.reports.html import page
from tests.unit.reports.notebook import code, markdown, notebook

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
_LOADS = ("src", "srcset", "poster", "data", "background", "action", "formaction", "xlink:href")


def laid_out(*cells: NotebookNode, **others: NotebookNode) -> BeautifulSoup:
    notebooks = {"00-essai": notebook(markdown("# Un essai"), *cells), **others}
    return BeautifulSoup(page(notebooks, title="Titre & Cie", subtitle="<sous-titre>"), "html.parser")


def outside(soup: BeautifulSoup) -> list[str]:
    """Every address that a browser would fetch, but the link to the page made with this one."""
    found = [str(tag[a]) for tag in soup.find_all(True) for a in _LOADS if a in tag.attrs]
    found += [str(tag["href"]) for tag in soup.select("link[href], a[href]:not(.contents-beside a), base[href]")]
    texts = [str(tag.get("style", "")) for tag in soup.find_all(True)] + [s.get_text() for s in soup.select("style")]
    found += [m for text in texts for m in re.findall(r"url\(([^)]*)\)|(@import[^;]*)", text)]
    return [address for address in found if not str(address).startswith(("#", "data:"))]


def check_document(soup: BeautifulSoup) -> None:
    """lang, one h1, headings in order, contents that lead somewhere, unique ids, alternative texts, no address."""
    assert soup.html["lang"] == "fr"
    assert len(soup.select("h1")) == 1
    levels = [int(h.name[1]) for h in soup.select("h1, h2, h3, h4, h5, h6")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = [tag["id"] for tag in soup.select("[id]")]
    assert len(set(ids)) == len(ids)
    assert all(a["href"][1:] in ids for a in soup.select("nav ol a[href]"))
    assert all(image.get("alt", "").strip() for image in soup.select("img"))
    assert outside(soup) == []
    assert not soup.select("script, iframe, object, embed, link, base, form")
    assert not [a for tag in soup.find_all(True) for a in tag.attrs if a.startswith("on")]


def test_titles_are_escaped_and_headings_go_down_one_level() -> None:
    soup = laid_out(markdown("## Une partie\n\n### Un détail"))
    check_document(soup)
    assert (soup.h1.get_text(), soup.header.p.get_text()) == ("Titre & Cie", "<sous-titre>")
    assert [(h.name, h.get_text()) for h in soup.select("main h2, main h3, main h4")] == [
        ("h2", "Un essai"), ("h3", "Une partie"), ("h4", "Un détail"),
    ]  # fmt: skip


def test_repeated_headings_keep_their_own_ids() -> None:
    soup = laid_out(*(markdown(f"## {title}") for title in ("Lecture", "Lecture", "Lecture 2", "Lecture")))
    check_document(soup)
    targets = [a["href"] for a in soup.select("nav ol ol a")]
    assert len(set(targets)) == 4


def test_links_lead_inside_the_page() -> None:
    soup = laid_out(
        markdown(
            "## Là\n\n[ici](#Là) [ailleurs](03-autre.ipynb#Une-partie) [chapitre](./03-autre.ipynb) "
            "[dehors](https://example.org/) [fichier](autre.html) [piège](javascript:alert)"
        ),
        **{"03-autre": notebook(markdown("# Autre\n\n## Une partie"))},
    )
    check_document(soup)
    assert [unquote(str(a["href"])) for a in soup.select("main a")] == ["#n00-Là", "#n03-Une-partie", "#n03"]
    ids = {tag["id"] for tag in soup.select("[id]")}
    assert {"n00-Là", "n03-Une-partie", "n03"} <= ids
    assert "dehors" in soup.main.get_text() and "fichier" in soup.main.get_text()


def test_cells_for_the_notebook_alone_and_code_are_absent() -> None:
    soup = laid_out(
        markdown("Mode d'emploi du notebook.", "hors-rapport"),
        code("secret = 1", {"text/plain": "une sortie"}),
        code("2", {"text/plain": "un condensat"}, tags=("hors-rapport",)),
    )
    text = soup.get_text()
    assert "une sortie" in text
    assert not [word for word in ("Mode d'emploi", "secret", "condensat") if word in text]


def test_a_picture_carries_its_text_and_is_never_without() -> None:
    told = 'Graphique : "essai" <b>\nLyon : 488 sur 527.'
    soup = laid_out(code("1", {"image/png": PNG, "text/plain": told}), code("2", {"image/png": PNG}))
    check_document(soup)
    assert [image["alt"] for image in soup.select("img")] == [told, "Graphique sans description"]
    assert soup.img["src"] == f"data:image/png;base64,{PNG}"


def test_only_forms_that_a_page_shows() -> None:
    soup = laid_out(
        code(
            "1", {"text/html": "<p>La table</p>", "text/plain": "texte", "text/csv": "a;b", "image/svg+xml": "<svg/>"}
        ),
        code("2", {"application/javascript": "alert(1)"}),
        code("3", {"text/csv": "a;b"}),
    )
    check_document(soup)
    assert "La table" in soup.main.get_text()
    assert not [word for word in ("texte", "a;b", "alert") if word in soup.main.get_text()]


@pytest.mark.parametrize(
    "fragment",
    [
        '<img src="https://example.org/x.png" alt="x">',
        '<img src="x.png" alt="x">',
        '<img src="//example.org/x.png" alt="x">',
        '<img srcset="x.png 2x" src="data:image/png;base64,AA" alt="x">',
        '<video poster="x.png"></video>',
        '<p style="background: url(https://example.org/x.png)">x</p>',
        "<p style=\"background: URL( 'x.png')\">x</p>",
        "<style>@import 'https://example.org/x.css';</style>",
        "<style>p { background: url(x.png) }</style>",
        '<table background="x.png"></table>',
    ],
)
def test_an_outside_file_is_refused(fragment: str) -> None:
    with pytest.raises(PublicationError, match="extérieur") as caught:
        laid_out(code("1", {"text/html": fragment}))
    assert "00-essai" in caught.value.where
    assert caught.value.remedy


def test_an_outside_picture_in_a_text_is_refused() -> None:
    with pytest.raises(PublicationError, match="extérieur"):
        laid_out(markdown("![logo](https://example.org/logo.png)"))


def test_scripts_and_handlers_are_dropped() -> None:
    soup = laid_out(
        code(
            "1",
            {"text/html": '<p onclick="f()" ONLOAD="g()">Le texte</p><script src="https://example.org/x.js"></script>'},
        )
    )
    check_document(soup)
    assert "Le texte" in soup.main.get_text()


def test_texts_get_their_unbreakable_spaces_and_code_keeps_its_own() -> None:
    soup = laid_out(markdown("Une question ? *Oui* : « 3 % » ; `a : b`."))
    text = soup.select_one(".rncp-text p")
    assert text is not None
    told = soup.main.get_text()
    assert "question\u202f? Oui\u00a0: «\u00a03\u00a0%\u00a0»\u202f; a : b." in told


def test_the_digest_and_the_versions_stand_at_the_foot() -> None:
    foot = BeautifulSoup(page({"00-x": notebook()}, title="t", subtitle="s", digest="ab" * 32), "html.parser").footer
    assert "ab" * 32 in foot.get_text()
    assert "rncp_analytics" in foot.get_text() and "matplotlib" in foot.get_text()


def test_no_clock_time_and_the_same_text_twice() -> None:
    made = notebook(markdown("# Un essai"), code("1", {"text/plain": "x"}))
    assert page({"00-x": made}, title="t", subtitle="s") == page({"00-x": made}, title="t", subtitle="s")
