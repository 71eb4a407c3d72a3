"""Article → passages: cut at headings, blocks and sentences, sized in the embedder's own tokens.

What belongs together stays together where it fits: a table, a block of code, a list, a line that
announces something and what it announces, a question and its answer. No passage is longer than the
model reads. llama-index has its home in this room.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime

from ingest.chunking.cutting import PLACES, SectionCutter, Sizes
from ingest.chunking.sections import anchor_of, fold, path_key, plain, sections
from ingest.documents import Article, Passage
from ingest.settings import ChunkSettings

# Grows when the rules of this room cut the same article otherwise, so that it is indexed anew.
RULES = 2


class Chunker:
    """Cuts articles into passages; blocking, and as good as free next to the embedding."""

    def __init__(self, settings: ChunkSettings, count_tokens: Callable[[str], int]) -> None:
        target = min(settings.target_tokens, settings.limit_tokens)
        overlap = min(settings.overlap_tokens, target // 2)
        self._sizes = Sizes(target=target, limit=settings.limit_tokens, overlap=overlap)
        self._limit = settings.limit_tokens
        self._count = count_tokens

    @property
    def recipe(self) -> str:
        """What must be equal for the same article to give the same passages."""
        return f"{self._sizes.target}/{self._limit}/{self._sizes.overlap} rules {RULES}"

    def chunk(
        self, article: Article, *, kb: str, source: str, fetched_at: datetime
    ) -> list[Passage]:
        """The article's passages in reading order; none is empty, none above the limit."""
        revision = revise(article)
        title = self._shorten(plain(article.title), self._limit // 4)
        anchors = {path_key(path, title): anchor for path, anchor in article.anchors.items()}
        passages: list[Passage] = []
        for section in sections(article.text):
            headings = self._fit_headings(title, section.headings)
            place = PLACES.join((title, *headings))
            cutter = SectionCutter(self._sizes, self._count, place, article.lang)
            for text in cutter.texts(section.text):
                passages.append(
                    Passage(
                        kb=kb,
                        source=source,
                        url=article.url,
                        anchor=anchor_of(anchors, path_key(section.headings, title)),
                        title=title,
                        headings=headings,
                        ordinal=len(passages),
                        text=text,
                        lang=article.lang,
                        revision=revision,
                        fetched_at=fetched_at,
                        page_date=article.page_date,
                    )
                )
        return passages

    def _fit_headings(self, title: str, path: tuple[str, ...]) -> tuple[str, ...]:
        """The headings below the title; the outermost go first when the path is half the limit."""
        headings = path[1:] if path and fold(path[0]) == fold(title) else path
        while headings and self._count(PLACES.join((title, *headings))) > self._limit // 2:
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
