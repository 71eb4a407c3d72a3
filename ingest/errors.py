"""What can go wrong on the ingest path.

* IngestError
  - PageUnavailable     the page could not be had (its reason says why); the run goes on
  - NoArticle           the page holds nothing to read (its reason says why); the run goes on
    - NeedsScript       its text is drawn by JavaScript: a source may have it rendered
  - IndexUnavailable    Qdrant cannot be reached or refused; the run stops
  - EmbedderMismatch    the collection was filled by another embedding model; the run stops
  - EmbedderUnavailable the embedding model cannot be loaded; the process stops
  - CatalogUnavailable  the database cannot be reached; the process stops
  - QueueUnavailable    the queue's Redis cannot be reached; nothing was enqueued
  - SourceRefused       a source says something it cannot (field and reason)
  - NoSuchSource        no source has this id or name
  - SourceExists        the knowledge base has a source of this name
  - SecretsUnavailable  the credentials of a source cannot be read with the key there is
"""


class IngestError(Exception):
    """Anything the ingest path reports by name; the message is for people: cause, then remedy."""


class PageUnavailable(IngestError):
    """The page could not be fetched.

    `gone` says that the server knows it no longer (404, 410); `status` is what the server answered,
    None if it was never asked or never answered.
    """

    def __init__(self, reason: str, *, gone: bool = False, status: int | None = None) -> None:
        super().__init__(reason)
        self.gone = gone
        self.status = status


class NoArticle(IngestError):
    """The page was fetched and holds no readable text."""


class NeedsScript(NoArticle):
    """The page is drawn by JavaScript and says nothing without it."""


class IndexUnavailable(IngestError):
    """Qdrant cannot be reached, or answered with an error of its own."""


class EmbedderMismatch(IngestError):
    """The collection holds vectors of another embedding model."""


class EmbedderUnavailable(IngestError):
    """The embedding model is not on this machine, or cannot be loaded."""


class CatalogUnavailable(IngestError):
    """The database cannot be opened or reached."""


class QueueUnavailable(IngestError):
    """The queue of runs cannot be reached."""


class SourceRefused(IngestError):
    """A source says something it cannot; `field` is where, `reason` why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"field {field!r}: {reason}" if field else reason)
        self.field = field
        self.reason = reason


class NoSuchSource(IngestError):
    """No source has this id, or this name in its knowledge base."""


class SourceExists(IngestError):
    """The knowledge base has a source of this name already."""


class SecretsUnavailable(IngestError):
    """The headers and credentials of a source cannot be encrypted or read."""
