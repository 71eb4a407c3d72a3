"""What can go wrong on the ingest path.

* IngestError
  - PageUnavailable     the page could not be had (its reason says why); the run goes on
  - NoArticle           the page holds nothing to read (its reason says why); the run goes on
    - NeedsScript       its text is drawn by JavaScript: a source may have it rendered
  - BrowserUnavailable  the browser that draws pages is missing or does not start; the run stops
  - IndexUnavailable    Qdrant cannot be reached or refused; the run stops
  - EmbedderMismatch    the collection was filled by another embedding model; the run stops
  - NotReembedded       another model cannot take over yet; what served goes on serving
  - EmbedderUnavailable the embedding model cannot be loaded; the process stops
  - CatalogUnavailable  the database cannot be reached; the process stops
  - QueueUnavailable    the queue's Redis cannot be reached; nothing was enqueued
  - SourceRefused       a source says something it cannot (field and reason)
  - NoSuchSource        no source has this id or name
  - SourceExists        the knowledge base has a source of this name
  - NoSuchRun           no run has this id
  - NoSuchPage          the knowledge base does not know this URL
  - RunGoesOn           a run over the source is under way already
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


class BrowserUnavailable(IngestError):
    """The browser that draws pages cannot be had."""


class IndexUnavailable(IngestError):
    """Qdrant cannot be reached, or answered with an error of its own."""


class EmbedderMismatch(IngestError):
    """The collection holds vectors of another embedding model."""


class NotReembedded(IngestError):
    """Pages are indexed that cannot be embedded anew."""


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


class NoSuchRun(IngestError):
    """No run has this id (any more)."""

    def __init__(self, run: str) -> None:
        super().__init__(f"No run has the id {run}. `python -m ingest runs` lists the latest.")


class NoSuchPage(IngestError):
    """The knowledge base does not know this URL."""


class RunGoesOn(IngestError):
    """A run over the source is under way; `run` is its id."""

    def __init__(self, source: str, run: str) -> None:
        super().__init__(
            f"The source {source} is being ingested already, by run {run}. Wait for it, or "
            f"end it with `python -m ingest cancel {run}`."
        )
        self.run = run


class SecretsUnavailable(IngestError):
    """The headers and credentials of a source cannot be encrypted or read."""
