"""A page of HTML as an article: cleaned, read by trafilatura, the reading checked, facts added."""

import re

from lxml.html import HtmlElement

from ingest.documents import Article, Page
from ingest.errors import NeedsScript, NoArticle
from ingest.extraction.cascade import read_cleaned
from ingest.extraction.dates import page_date
from ingest.extraction.facts import facts
from ingest.extraction.invisible import without_invisible
from ingest.extraction.markup import parse
from ingest.extraction.preclean import preclean
from ingest.extraction.rules import Rules
from ingest.extraction.structured import things_of
from ingest.extraction.text import guess_language, name_of, words
from ingest.extraction.trees import text_of

_LANG = re.compile(r"([a-zA-Z]{2})(?:[-_].*)?$")
_DECLARED_LANG = (
    "//meta[translate(@http-equiv, 'CONTEL', 'contel')='content-language']/@content"
    " | //meta[@property='og:locale' or @name='dcterms.language' or @name='DC.language']/@content"
)
_DESCRIPTIONS = (
    "//meta[@name='description' or @name='Description']/@content"
    " | //meta[@property='og:description']/@content"
)
_MOUNTS = (
    "//*[@id='root' or @id='app' or @id='__next' or @id='__nuxt' or @id='___gatsby' or @id='svelte'"
    " or @id='q-app' or self::app-root or self::flutter-view or @data-reactroot or @ng-app]"
)
_ASKS_FOR_SCRIPT = re.compile(r"java-?script", re.IGNORECASE)
_SHELL_WORDS = 30
"""A page that says more than this, says something; shells say "Loading" and name the site."""
_DESCRIPTION_CHARS = 500


def read_html(page: Page, rules: Rules) -> Article:
    """The page's article.

    Raises:
        NeedsScript: JavaScript would draw it.
        NoArticle: nothing to read there.
        ValueError: a selector of the rules cannot be used.
    """
    tree = parse(page)
    if tree is None or not text_of(tree):
        raise NoArticle("is empty")
    declared, description = _declared_language(tree), _description(tree)
    things = things_of(tree)
    day = page_date(tree, things, page.fetched_at)
    cleaned = preclean(tree, rules)
    reading = read_cleaned(cleaned)
    count = len(words(reading.text))
    # Parsed anew, since cleaning uses the tree up: few pages come here.
    if count <= _SHELL_WORDS and (whole := parse(page)) is not None and _is_shell(whole):
        raise NeedsScript(
            "is drawn by JavaScript, which is not run: set `render = true` in its source"
        )
    if not count:
        raise NoArticle("has no text to read")
    title = cleaned.title or name_of(page.url)
    lang = _language(_code(cleaned.lang) or declared, rules.lang, reading.text)
    told = facts(things, text=reading.text, title=title, lang=lang)
    return Article(
        url=page.url,
        title=title,
        lang=lang,
        text=f"{reading.text}\n\n{told}" if told else reading.text,
        anchors=cleaned.anchors,
        description=description,
        page_date=day,
        method=reading.method,
        coverage=reading.coverage,
    )


def _is_shell(tree: HtmlElement) -> bool:
    """Whether scripts seem to draw the page: nothing else is there, or what they fill is empty."""
    if tree.find(".//script") is None:
        return False
    if any(not _visible(mount) for mount in tree.xpath(_MOUNTS)):
        return True
    if any(_ASKS_FOR_SCRIPT.search(text_of(asks)) for asks in tree.iter("noscript")):
        return True
    return not _visible(tree)


def _visible(element: HtmlElement) -> bool:
    apart = "ancestor::script or ancestor::style or ancestor::noscript or ancestor::head"
    return bool(element.xpath(f"boolean(.//text()[normalize-space() and not({apart})])"))


def _declared_language(tree: HtmlElement) -> str:
    declared = tree.get("lang") or tree.get("xml:lang") or ""
    return _code(declared) or next(filter(None, map(_code, tree.xpath(_DECLARED_LANG))), "")


def _code(declared: str) -> str:
    """The two letters of a language tag; "" if it has others."""
    found = _LANG.match(str(declared).strip())
    return found[1].lower() if found else ""


def _language(declared: str, of_source: str | None, text: str) -> str:
    """What the page declares, unless both its source and its words say another language."""
    if not declared:
        return of_source or guess_language(text)
    if of_source and of_source != declared and guess_language(text) == of_source:
        return of_source
    return declared


def _description(tree: HtmlElement) -> str:
    found = (" ".join(without_invisible(str(text)).split()) for text in tree.xpath(_DESCRIPTIONS))
    return next(filter(None, found), "")[:_DESCRIPTION_CHARS]
