"""The nouns of the ingest path: page, article, passage, hit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from uuid import NAMESPACE_URL, UUID, uuid5

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
"""One dense embedding: shape (dimensions,), unit length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a URL returned, as bytes.

    `url` is where the redirects ended, `requested` the URL that was asked for, `content_type` the
    media type in lower case without parameters, `charset` what the server declared (or None).
    `robots` is what its X-Robots-Tag headers say, `link` its Link headers, both joined by commas.
    `title` and `page_date` are what whoever handed it in says of it, over what it says itself.
    """

    url: str
    requested: str
    content_type: str
    charset: str | None
    body: bytes
    fetched_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    robots: str = ""
    link: str = ""
    title: str = ""
    page_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The readable part of a page, as markdown with its headings.

    `lang` is a two-letter ISO 639-1 code, or "" when unknown. `anchors` maps a heading path
    (outermost first, without the title) to the HTML id that a citation may point at (in a PDF:
    `page=3`). `page_date` is the page's own date: when it was changed, else published. `method` is
    the way it was read (`standard`, `recall`, `plain`, `pdf`, …) and `coverage` the share of the
    page's vocabulary that it kept, from 0 to 1.
    """

    url: str
    title: str
    lang: str
    text: str
    anchors: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    description: str = ""
    page_date: date | None = None
    method: str = "text"
    coverage: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Passage:
    """One cut of an article, small enough to embed whole and to speak from.

    `revision` is the hash of the article it was cut from, `ordinal` counts from 0 within it.
    `fetched_at` is when the page was last seen to say so, `page_date` the page's own date.
    """

    kb: str
    source: str
    url: str
    anchor: str
    title: str
    headings: tuple[str, ...]
    ordinal: int
    text: str
    lang: str
    revision: str
    fetched_at: datetime
    page_date: date | None = None

    @cached_property
    def id(self) -> UUID:
        """The same for the same kb, url, revision and ordinal, everywhere and in every run."""
        return uuid5(NAMESPACE_URL, f"{self.kb}\n{self.url}\n{self.revision}\n{self.ordinal}")

    @property
    def place(self) -> str:
        """Where the passage stands, "Title › H2 › H3"; a heading like the title is not repeated."""
        parts = (self.title, *self.headings)
        return " › ".join(p for n, p in enumerate(parts) if p and (n == 0 or p != parts[n - 1]))

    @property
    def embedded_text(self) -> str:
        """What is embedded: its place, then its text."""
        return f"{self.place}\n{self.text}" if self.place else self.text

    @property
    def link(self) -> str:
        """The URL of its section, for a citation."""
        return f"{self.url}#{self.anchor}" if self.anchor else self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class SparseVector:
    """A sparse vector as Qdrant takes it: unique unsigned 32-bit ids, and their weights."""

    indices: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage and its score: `cosine` of the dense vectors, plus a share of `bm25`.

    That is 0 to 1, and up to 1.5 where the question's words are rare ones.
    """

    passage: Passage
    score: float
    cosine: float
    bm25: float
