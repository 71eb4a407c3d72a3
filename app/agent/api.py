"""What the agent asks of the API: answers as a stream of events, and reports about a visit.

Knows nothing of LiveKit, and nothing of how an answer comes about.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing that was said earlier in the visit."""

    role: Literal["visitor", "avatar"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the visitor said, and all that the API needs to answer it.

    `turn` names the turn under which the API stores it: asking again under the same name replaces
    what was stored, so that an answer begun too early is not stored beside the one that was spoken.
    """

    text: str
    turn: str
    visit: str
    kb: str | None
    lang: str | None
    history: Sequence[Said] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The words of a turn so far, all of them; `final`: the turn may be over."""

    text: str
    turn: str
    visit: str
    history: Sequence[Said] = ()
    final: bool = False


class Source(msgspec.Struct, frozen=True):
    """A passage that an answer rests on; `n` is the number citations use, `link` its section."""

    n: int
    url: str
    link: str
    title: str
    headings: list[str] = []
    text: str = ""
    score: float = 0.0


class Grounded(msgspec.Struct, frozen=True):
    """What was found, best first, and the language of the answer.

    `act` is what kind of thing the visitor said: "question", "stop", "language", … `wait_ms` is
    about how long it will now be until the first sentence.
    """

    lang: str
    hits: list[Source] = []
    act: str = "question"
    wait_ms: int = 0


class Sentence(msgspec.Struct, frozen=True):
    """One sentence of the answer and the numbers of the passages it was taken from."""

    text: str
    citations: list[int] = []


class Abstained(msgspec.Struct, frozen=True):
    """The pages do not answer; `text` says so to the visitor."""

    text: str
    reason: str


class Done(msgspec.Struct, frozen=True):
    """The answer is complete: milliseconds by step, tokens read and written."""

    timings: dict[str, float | None] = {}
    tokens: dict[str, int | None] = {}


AnswerEvent = Grounded | Sentence | Abstained | Done


class KnownName(msgspec.Struct, frozen=True):
    """A name of the knowledge base, and common words that are not to be taken for it."""

    text: str
    like: list[str] = []


class OpenedCall(msgspec.Struct, frozen=True):
    """The visit that was opened for a call."""

    id: str
    kb: str
    lang: str


class Api(Protocol):
    """What the agent needs of the API."""

    def answer(self, question: Question) -> AsyncGenerator[AnswerEvent, None]:
        """The events of one answer; closing the generator stops the model.

        Raises AnswerUnavailable.
        """
        ...

    async def listen(self, heard: Heard) -> None:
        """Let the API work ahead of a question that is being spoken. Raises AnswerUnavailable."""
        ...

    async def names(self, kb: str | None) -> Sequence[KnownName]:
        """The names of a knowledge base (None: the API's own). Raises AnswerUnavailable."""
        ...

    async def open_call(self, room: str, *, kb: str | None, lang: str | None) -> OpenedCall:
        """Open a visit for the caller in the room of this id; the one of before, if there is one.

        Raises AnswerUnavailable, also where all places are taken.
        """
        ...

    async def report(self, visit: str, facts: Mapping[str, Any]) -> None:
        """Tell the API what became of a visit (see PATCH /v1/visits). Raises AnswerUnavailable."""
        ...

    async def renew(self, visit: str) -> float | None:
        """Tell the API that we live; gives the seconds left on the stage, None without a budget.

        Raises AnswerUnavailable.
        """
        ...
