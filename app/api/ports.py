"""What the HTTP door needs of the house behind it."""

from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Mapping, Sequence
from typing import Protocol, runtime_checkable

from app.answering.events import Event, Turn
from app.answering.listened import Spent, Words
from app.answering.preparation import Progress
from app.answering.waiting import Load
from app.hearing.vocabulary import Name
from app.standing import Standing
from app.visits.outbox import LetterState, SeenLetter
from app.visits.records import SpokenTurn
from app.visits.unanswered import UnansweredQuestions
from app.visits.visits import Visits
from ingest.catalog.catalog import SeenPage
from ingest.catalog.runs import SeenRun
from ingest.catalog.tally import RunsNow
from ingest.documents import Hit, Page
from ingest.runs.diff import PageDiff
from ingest.runs.report import Report, RunProgress
from ingest.sources.source import Source
from ingest.sources.store import Sources

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

    async def kbs(self) -> list[str]:
        """The knowledge bases that hold passages, by name."""
        ...

    async def has(self, kb: str) -> bool:
        """Whether this knowledge base holds passages."""
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


class Ahead(Protocol):
    """Works ahead of what is asked. Never waits, never fails."""

    @property
    def spent(self) -> Spent:
        """What that took in turns that are over."""
        ...

    def hear(self, words: Words) -> Progress:
        """Take the words of a turn as they are now; what was read for it before."""
        ...

    def forget(self, visit: str) -> None:
        """The visit has ended."""
        ...


class Vocabularies(Protocol):
    """The names of each knowledge base. Raises IngestError."""

    async def of(self, kb: str) -> Sequence[Name]:
        """The names, the most frequent first."""
        ...


class Runs(Protocol):
    """The runs of all sources (see `ingest.runs.runs.Runs`). Raises IngestError."""

    async def start(self, source: Source, *, force: bool = False) -> str: ...

    async def withdraw(self, kb: str, source: str) -> str: ...

    async def take_in(self, name: str, kb: str, pages: AsyncIterable[Page]) -> str: ...

    async def rollback(self, run: str) -> str: ...

    async def cancel(self, run: str) -> None: ...

    async def progress(self, run: str) -> RunProgress: ...

    async def report(self, run: str) -> Report: ...

    async def diff(self, run: str) -> Sequence[PageDiff]: ...

    async def runs(self, limit: int = 20) -> Sequence[SeenRun]: ...

    async def pages(
        self, kb: str, *, url_like: str = "", state: str = "", limit: int = 50, after: str = ""
    ) -> Sequence[SeenPage]: ...

    async def forget(self, kb: str, url: str) -> bool: ...


class Carrier(Protocol):
    """Sees to it that runs are carried out (see `ingest.runs.carrier.Carrier`)."""

    async def carry(self, run: str, *, soon: bool = False) -> None: ...


class Intake(Protocol):
    """Has pages indexed that are handed in (see `ingest.runs.intake.Intake`)."""

    async def hand_in(self, name: str, kb: str, page: Page) -> str: ...


class Tracing(Protocol):
    """Tells whoever watches how turns went. Never waits, never fails."""

    def turn(self, turn: SpokenTurn) -> None:
        """The answer of a turn was heard."""
        ...


class Metrics(Protocol):
    """Counts what happens (see `app.metrics.Metrics`). Never waits, never fails."""

    def watching(
        self, answer: AsyncGenerator[AnswerEvent, None]
    ) -> AsyncGenerator[AnswerEvent, None]:
        """The answer as it comes; closing this closes it."""
        ...

    def heard(self, turn: SpokenTurn) -> None:
        """The answer of a turn was heard."""
        ...

    def text(self, standing: Standing) -> bytes:
        """All of it in Prometheus' own form."""
        ...


class Letters(Protocol):
    """Messages to receivers (see `app.visits.outbox.Letters`). Raises VisitError."""

    async def latest(self, state: LetterState, limit: int) -> Sequence[SeenLetter]: ...

    async def again(self) -> int: ...


class Tally(Protocol):
    """Counts runs. Raises IngestError."""

    async def now(self) -> RunsNow: ...


@runtime_checkable  # Litestar looks whether what it injects is one
class House(Protocol):
    """The opened parts; `checks` are the neighbours by name: database, qdrant, ollama, livekit.

    `load` tells how busy the model is.
    """

    @property
    def answerer(self) -> Answerer: ...

    @property
    def ahead(self) -> Ahead: ...

    @property
    def load(self) -> Callable[[], Load]: ...

    @property
    def grounder(self) -> Searcher: ...

    @property
    def vocabularies(self) -> Vocabularies: ...

    @property
    def visits(self) -> Visits: ...

    @property
    def unanswered(self) -> UnansweredQuestions: ...

    @property
    def sources(self) -> Sources: ...

    @property
    def runs(self) -> Runs: ...

    @property
    def carrier(self) -> Carrier: ...

    @property
    def intake(self) -> Intake: ...

    @property
    def letters(self) -> Letters: ...

    @property
    def tally(self) -> Tally: ...

    @property
    def tracing(self) -> Tracing: ...

    @property
    def metrics(self) -> Metrics: ...

    @property
    def checks(self) -> Mapping[str, Check]: ...
