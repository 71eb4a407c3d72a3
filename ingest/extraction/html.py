"""A page of HTML as an article: cleaned, read by trafilatura, and the reading checked."""

import re
from collections.abc import Callable, Iterable
from copy import deepcopy

from lxml.etree import strip_tags

from ingest.documents import Article, Page
from ingest.errors import NeedsScript, NoArticle
from ingest.extraction.headings import HEADINGS, text_of
from ingest.extraction.markdown import headings_in, tidy
from ingest.extraction.markup import parse
from ingest.extraction.preclean import Cleaned, preclean
from ingest.extraction.rules import Rules
from ingest.extraction.text import guess_language, name_of, words

RECALL = 0.6
"""Share of a page's vocabulary an extraction must keep, else a more generous one is tried."""
CONTAINER_RECALL = 0.8
"""The same where the page marks its main content, so that little of it can be the site's frame."""
FACT_RECALL = 0.8
"""The same for the words of tables, code and lists, where the facts are."""
HEADING_RECALL = 0.5
"""The same for headings: trafilatura's own last resort is one line of text with all words."""
_LANG = re.compile(r"([a-zA-Z]{2})(?:[-_].*)?$")


def read_html(page: Page, rules: Rules) -> Article:
    """The page's article; raises NoArticle."""
    tree = parse(page)
    if tree is None or not text_of(tree):
        raise NoArticle("is empty")
    declared = _LANG.match((tree.get("lang") or tree.get("xml:lang") or "").strip())
    has_scripts = tree.find(".//script") is not None
    cleaned = preclean(tree)
    text = _markdown(cleaned)
    if not words(text):
        if has_scripts:
            raise NeedsScript(
                "has no text of its own: JavaScript draws it. Set `render = true` in its source"
            )
        raise NoArticle("has no text to read")
    lang = declared[1].lower() if declared else rules.lang or guess_language(text)
    title = cleaned.title or name_of(page.url)
    return Article(url=page.url, title=title, lang=lang, text=text, anchors=cleaned.anchors)


def _markdown(cleaned: Cleaned) -> str:
    """The first extraction that keeps enough of the page; else the one that keeps most of it."""
    page_words = words(text_of(cleaned.content))
    facts = words(" ".join(map(text_of, cleaned.content.iter("table", "pre", "li", "dd"))))
    headings = {text_of(heading) for heading in cleaned.content.iter(*HEADINGS)}
    enough = CONTAINER_RECALL if cleaned.has_container else RECALL
    best, best_kept = "", (-1.0, 0.0)
    for attempt in _attempts(cleaned):
        text = tidy(attempt())
        got = words(text)
        recall, shape = _share(page_words, got), _share(headings, headings_in(text))
        if recall >= enough and _share(facts, got) >= FACT_RECALL and shape >= HEADING_RECALL:
            return text
        best, best_kept = max((best, best_kept), (text, (round(recall, 1), shape)), key=_by_kept)
    return best


def _by_kept(candidate: tuple[str, tuple[float, float]]) -> tuple[float, float]:
    return candidate[1]


def _share(want: set[str], got: set[str]) -> float:
    return len(want & got) / len(want) if want else 1.0


def _attempts(cleaned: Cleaned) -> Iterable[Callable[[], str]]:
    import trafilatura
    from trafilatura.settings import use_config

    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", "50")

    def extract(*, generous: bool) -> str:
        tree = deepcopy(cleaned.tree)
        if generous:
            # Lists of links are taken for menus, whatever favor_recall says, while they are links.
            strip_tags(tree, "a")
        return (
            trafilatura.extract(
                tree,
                output_format="markdown",
                include_formatting=True,
                include_links=False,
                include_tables=True,
                include_comments=False,
                fast=True,
                favor_recall=generous,
                config=config,
            )
            or ""
        )

    yield lambda: extract(generous=False)
    yield lambda: extract(generous=True)
    yield lambda: str(trafilatura.html2txt(deepcopy(cleaned.tree)))
