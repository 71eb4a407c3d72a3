"""From a page to its article, in a worker process with a time limit.

The worker is killed when a page takes too long or brings it down, and the next page gets a new one.
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager
from copy import deepcopy
from urllib.parse import unquote, urlsplit

from lxml.etree import strip_tags

from ingest.documents import Article, Page
from ingest.errors import NoArticle
from ingest.extraction.headings import HEADINGS, text_of
from ingest.extraction.markdown import headings_in, tidy
from ingest.extraction.markup import decode, parse
from ingest.extraction.preclean import Cleaned, preclean
from ingest.extraction.process import Worker

RECALL = 0.6
"""Share of a page's vocabulary an extraction must keep, else a more generous one is tried."""
CONTAINER_RECALL = 0.8
"""The same where the page marks its main content, so that little of it can be the site's frame."""
FACT_RECALL = 0.8
"""The same for the words of tables, code and lists, where the facts are."""
HEADING_RECALL = 0.5
"""The same for headings: trafilatura's own last resort is one line of text with all words."""
PAGES_PER_WORKER = 500
"""Then it is replaced: lxml and trafilatura's caches only grow."""
_LANG = re.compile(r"([a-zA-Z]{2})(?:[-_].*)?$")


class Extractor:
    """Reads articles out of pages, one at a time, in a process of its own."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._turn = asyncio.Lock()
        self._worker: Worker | None = None

    async def extract(self, page: Page) -> Article:
        """The page's article.

        Raises:
            NoArticle: nothing to read there, or it takes longer than the time limit.
            IngestError: the worker cannot be started.
        """
        async with self._turn:
            worker = await self.start()
            try:
                async with asyncio.timeout(self._timeout_s):
                    return await worker.call(read_article, page)
            except TimeoutError as error:
                self._kill()
                limit = f"{self._timeout_s:g} s"
                raise NoArticle(f"could not be read within {limit}; it may be too large") from error
            except BrokenProcessPool as error:
                self._kill()
                raise NoArticle("brought its reader down, perhaps for want of memory") from error
            except asyncio.CancelledError:
                self._kill()
                raise

    async def start(self) -> Worker:
        """The worker, started and warm, so that its start does not count against a page."""
        if self._worker is not None and self._worker.calls >= PAGES_PER_WORKER:
            await self.close()
        if self._worker is None:
            self._worker = await Worker.start(_load_slow_parts)
        return self._worker

    def _kill(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            self._worker = None

    async def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            worker, self._worker = self._worker, None
            await worker.end()


@asynccontextmanager
async def open_extractor(timeout_s: float) -> AsyncIterator[Extractor]:
    """An extractor with a warm worker, which is ended at the end."""
    extractor = Extractor(timeout_s)
    try:
        await extractor.start()
        yield extractor
    finally:
        await extractor.close()


def _load_slow_parts() -> None:
    import trafilatura

    logging.getLogger(trafilatura.__name__).setLevel(logging.CRITICAL)
    _guess_language("its model takes a second to load")


def read_article(page: Page) -> Article:
    """The page's article, in this process and however long it takes; raises NoArticle."""
    if page.content_type == "text/plain":
        return _read_text(page)
    tree = parse(page)
    if tree is None or not text_of(tree):
        raise NoArticle("is empty")
    declared = _LANG.match((tree.get("lang") or tree.get("xml:lang") or "").strip())
    has_scripts = tree.find(".//script") is not None
    cleaned = preclean(tree)
    text = _markdown(cleaned)
    if not words(text):
        if has_scripts:
            raise NoArticle("has no text of its own: it is drawn by JavaScript, which is not run")
        raise NoArticle("has no text to read")
    lang = declared[1].lower() if declared else _guess_language(text)
    title = cleaned.title or _name(page.url)
    return Article(url=page.url, title=title, lang=lang, text=text, anchors=cleaned.anchors)


def _read_text(page: Page) -> Article:
    text = decode(page).replace("\r\n", "\n").strip()
    if not words(text):
        raise NoArticle("has no text to read")
    return Article(url=page.url, title=_name(page.url), lang=_guess_language(text), text=text)


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


def words(text: str) -> set[str]:
    """The vocabulary of a text: its words and numbers, in lower case."""
    return set(re.findall(r"\w+", text.lower()))


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


def _guess_language(text: str) -> str:
    import py3langid

    return str(py3langid.classify(text[:5000])[0])


def _name(url: str) -> str:
    """A page's title when it has none: the last part of its path, else its host."""
    parts = urlsplit(url)
    return unquote(parts.path.rstrip("/").rpartition("/")[2]) or parts.netloc
