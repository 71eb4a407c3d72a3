"""Article → passages, cut at headings and sentences and sized in the embedder's own tokens.

llama-index lives here and nowhere else: its `MarkdownNodeParser` finds the sections, its
`SentenceSplitter` cuts what is longer than a passage. What they do not do is done here: tables,
code and lists stay whole where they fit, and no passage is longer than the model reads.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from ingest.chunking.blocks import blocks, divide
from ingest.documents import Article, Passage
from ingest.settings import ChunkSettings

if TYPE_CHECKING:
    from llama_index.core.node_parser import SentenceSplitter

_PATH_JOINT = "\x1f"  # no heading holds it; the parser's own "/" stands in many a heading
_HEADING = re.compile(r"^#+\s+(.*)$")
_CLOSING = re.compile(r"\s+#+\s*$")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"(\*\*|\*|__|`)(.+?)\1")
_WORD = re.compile(r"\w")

# Punkt knows the abbreviations of these languages ("z. B.", "M. Dupont"); the others are cut with
# its English rules, which only means a sentence may end a little early.
_PUNKT = {
    "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "et": "estonian", "fi": "finnish", "fr": "french", "it": "italian", "nl": "dutch",
    "no": "norwegian", "nb": "norwegian", "pl": "polish", "pt": "portuguese", "ru": "russian",
    "sl": "slovene", "sv": "swedish", "tr": "turkish",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Section:
    headings: tuple[str, ...]
    text: str


class Chunker:
    """Cuts articles into passages; blocking, and as good as free next to the embedding."""

    def __init__(self, settings: ChunkSettings, count_tokens: Callable[[str], int]) -> None:
        self._target = min(settings.target_tokens, settings.limit_tokens)
        self._limit = settings.limit_tokens
        self._count = count_tokens

    @property
    def recipe(self) -> str:
        """What must be equal for the same article to give the same passages."""
        return f"{self._target}/{self._limit}"

    def chunk(
        self, article: Article, *, kb: str, source: str, fetched_at: datetime
    ) -> list[Passage]:
        """The article's passages in reading order; none is empty, none above the limit."""
        revision = revise(article)
        title = self._shorten(_plain(article.title), self._limit // 4)
        anchors = {_key(path, title): anchor for path, anchor in article.anchors.items()}
        passages: list[Passage] = []
        for section in _sections(article.text):
            headings = self._fit_headings(title, section.headings)
            place = " › ".join((title, *headings))
            for text in self._cut(section.text, place, article.lang):
                passages.append(
                    Passage(
                        kb=kb,
                        source=source,
                        url=article.url,
                        anchor=_anchor(anchors, _key(section.headings, title)),
                        title=title,
                        headings=headings,
                        ordinal=len(passages),
                        text=text,
                        lang=article.lang,
                        revision=revision,
                        fetched_at=fetched_at,
                    )
                )
        return passages

    def _cut(self, markdown: str, place: str, lang: str) -> list[str]:
        """One section's texts; with its place none counts more tokens than the limit."""

        def fits(text: str) -> bool:
            return self._count(f"{place}\n{text}") <= self._limit

        def near_target(text: str) -> bool:
            return self._count(text) <= self._target and fits(text)

        pieces: list[str] = []
        for block in blocks(markdown):
            whole = fits if block.kind != "text" else near_target
            parts = [block.text] if whole(block.text) else divide(block, near_target)
            for part in parts:
                pieces += [part] if whole(part) else self._cut_words(part, place, lang, fits)
        return [text for text in self._join(pieces, fits) if _WORD.search(text)]

    def _cut_words(
        self, text: str, place: str, lang: str, fits: Callable[[str], bool]
    ) -> Iterator[str]:
        room = max(1, min(self._target, self._limit - self._count(f"{place}\n")))
        for part in _splitter(lang, room, self._count).split_text(text):
            yield from _halve(part, fits)

    def _join(self, pieces: list[str], fits: Callable[[str], bool]) -> list[str]:
        """Small neighbours joined up to the target; a last scrap may go a little over it."""
        texts: list[str] = []
        for number, piece in enumerate(pieces, 1):
            joined = f"{texts[-1]}\n\n{piece}" if texts else piece
            last = number == len(pieces)
            if texts and fits(joined) and self._belong(texts[-1], piece, joined, last=last):
                texts[-1] = joined
            else:
                texts.append(piece)
        return texts

    def _belong(self, before: str, piece: str, joined: str, *, last: bool) -> bool:
        size = self._count(joined)
        introduces = before.endswith(":") and self._count(before) <= self._target // 2
        scrap = last and self._count(piece) < self._target // 4
        return size <= self._target or introduces or (scrap and size <= self._target * 5 // 4)

    def _fit_headings(self, title: str, path: tuple[str, ...]) -> tuple[str, ...]:
        """The headings below the title; the outermost go first when the path is half the limit."""
        headings = path[1:] if path and _fold(path[0]) == _fold(title) else path
        while headings and self._count(" › ".join((title, *headings))) > self._limit // 2:
            if len(headings) == 1:
                return (self._shorten(headings[0], self._limit // 4),)
            headings = headings[1:]
        return headings

    def _shorten(self, words: str, tokens: int) -> str:
        shortened = words
        while self._count(shortened) > tokens:
            words = words[: len(words) * 3 // 4]
            shortened = words.rstrip() + "…"
        return shortened


def revise(article: Article) -> str:
    """The article's revision: 16 hex digits that change when its title or text does."""
    return hashlib.sha256(f"{article.title}\n{article.text}".encode()).hexdigest()[:16]


def _sections(markdown: str) -> Iterator[_Section]:
    from llama_index.core.node_parser import MarkdownNodeParser
    from llama_index.core.schema import Document

    parser = MarkdownNodeParser.from_defaults(
        include_prev_next_rel=False, header_path_separator=_PATH_JOINT
    )
    for node in parser.get_nodes_from_documents([Document(text=markdown)]):
        above = [h for h in str(node.metadata["header_path"]).split(_PATH_JOINT) if h]
        first, _, rest = node.get_content().partition("\n")
        heading = _HEADING.match(first)
        text = rest if heading else node.get_content()
        path = [*above, heading[1]] if heading else above
        yield _Section(tuple(plain for h in path if (plain := _plain(_CLOSING.sub("", h)))), text)


@cache
def _sentences(lang: str) -> Callable[[str], list[str]]:
    """A cutter of text into sentences, each with the white space that follows it.

    The rules of all languages come bundled with llama-index; nothing is downloaded.
    """
    from llama_index.core.utils import globals_helper
    from nltk.tokenize.punkt import PunktTokenizer  # type: ignore[import-untyped]

    globals_helper.wait_for_nltk_check()
    punkt = PunktTokenizer(_PUNKT.get(lang, "english"))

    def cut(text: str) -> list[str]:
        starts = [start for start, _ in punkt.span_tokenize(text)] or [0]
        starts[0] = 0
        return [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]

    return cut


@lru_cache(maxsize=64)
def _splitter(lang: str, size: int, count: Callable[[str], int]) -> "SentenceSplitter":
    from llama_index.core.node_parser import SentenceSplitter

    # It only takes the length of what its tokenizer returns, so a range of that length will do.
    return SentenceSplitter(
        chunk_size=size,
        chunk_overlap=0,
        tokenizer=lambda text: range(count(text)),
        chunking_tokenizer_fn=_sentences(lang),
    )


def _halve(text: str, fits: Callable[[str], bool]) -> Iterator[str]:
    """The text in parts that fit, cut at the white space nearest the middle."""
    text = text.strip()
    if len(text) < 2 or fits(text):
        if text:
            yield text
        return
    middle = len(text) // 2
    space = text.rfind(" ", 1, middle) if " " in text[1:middle] else middle
    yield from _halve(text[:space], fits)
    yield from _halve(text[space:], fits)


def _plain(heading: str) -> str:
    return " ".join(_MARKS.sub(r"\2", _LINK.sub(r"\1", heading)).split())


def _fold(heading: str) -> str:
    return _plain(heading).casefold()


def _key(path: tuple[str, ...], title: str) -> tuple[str, ...]:
    """A heading path as it is compared: folded, and without the title."""
    folded = tuple(_fold(heading) for heading in path)
    return folded[1:] if folded and folded[0] == _fold(title) else folded


def _anchor(anchors: Mapping[tuple[str, ...], str], path: tuple[str, ...]) -> str:
    """The id of the section, or of the nearest section around it that has one."""
    while path:
        if path in anchors:
            return anchors[path]
        path = path[:-1]
    return ""
