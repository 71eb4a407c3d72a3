"""What the HTTP door needs of the house behind it."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Protocol, runtime_checkable

from app.answering.answerer import Event, Turn
from app.visits.visits import Visits
from ingest.documents import Hit

AnswerEvent = Event

Check = Callable[[], Awaitable[None]]
"""Returns when a neighbour answers; else raises one of our errors, which says why not."""


class Searcher(Protocol):
    """Finds passages. Raises IngestError."""

    async def search(
        self, question: str, kb: str, limit: int, lang: str | None = None
    ) -> list[Hit]:
        """The best passages, good or not, the best first."""
        ...


class Answerer(Protocol):
    """Answers turns. Raises AnswerError and IngestError."""

    def answer(self, turn: Turn) -> AsyncGenerator[AnswerEvent, None]:
        """What was found, then sentences or an abstention, then what it took.

        Closing it stops the model at once.
        """
        ...

    async def prepare(self, kb: str, lang: str | None = None) -> None:
        """Do ahead what the first question of a visit would wait for."""
        ...


@runtime_checkable  # Litestar looks whether what it injects is one
class House(Protocol):
    """The opened parts; `checks` are the neighbours by name: database, qdrant, ollama, livekit."""

    @property
    def answerer(self) -> Answerer: ...

    @property
    def grounder(self) -> Searcher: ...

    @property
    def visits(self) -> Visits: ...

    @property
    def checks(self) -> Mapping[str, Check]: ...
