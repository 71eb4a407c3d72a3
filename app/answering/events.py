"""What goes into an answer, and the events in which it comes out."""

from dataclasses import dataclass
from typing import Literal

from app.answering.preparation import WorkedAhead
from app.answering.template import Exchange
from ingest.documents import Hit

Reason = Literal["nothing_found", "not_in_pages", "declined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One thing that a visitor said, with what came before; `lang` is the expected language.

    `pinned`: it is answered in that language, whichever it was said in.
    `unanswered` is what the visitor said just before, to which nobody replied. `subject` are the
    words that a follow-up leaves out, as the last turns had them. With `visit` and `name`, what was
    read ahead for this turn of the visit is used.
    """

    question: str
    kb: str
    subject: str = ""
    lang: str | None = None
    pinned: bool = False
    history: tuple[Exchange, ...] = ()
    unanswered: tuple[str, ...] = ()
    visit: str | None = None
    name: str | None = None

    def answered_in(self, spoken: str) -> str:
        """The language of the answer to words in the language `spoken`."""
        return self.lang if self.pinned and self.lang else spoken

    @property
    def said(self) -> str:
        """All that the visitor said since the last reply."""
        return " ".join((*self.unanswered, self.question))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounded:
    """What was found; citations number its hits from 1. Always the first event of an answer.

    For a turn that was listened to: what the answer rests on, in the order in which it was read.
    `act` is what kind of thing was said ("question", "thanks", …); only questions, and an "assent"
    to what was offered, have hits. `wait_ms` is about how long it will now be until the first
    sentence: 0 where the model is not asked.
    """

    lang: str
    hits: tuple[Hit, ...]
    took_ms: int
    wait_ms: int = 0
    act: str = "question"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words of hit number `n`, as they stand there, that a sentence rests on."""

    n: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence to say, and the numbers of the hits that it rests on, perhaps none.

    `quotes` are the words of those hits that say it.
    """

    text: str
    citations: tuple[int, ...]
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstained:
    """The pages do not say it; `text` tells the visitor so, in the question's language.

    `offered` is the topic of the pages that it offers instead, or "".
    """

    text: str
    reason: Reason
    offered: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Milliseconds since the question came; None for what did not happen.

    `understood_ms`: it is known what to search for; `searched_ms`: passages were found;
    `ground_ms`: the gate has let through what the answer may rest on. `prompt_ms` and `queued_ms`
    are durations: how long the model's server took to read the prompt, and how long the question
    waited for answers to others.
    """

    understood_ms: int | None = None
    searched_ms: int | None = None
    ground_ms: int
    queued_ms: int | None = None
    prompt_ms: int | None = None
    first_token_ms: int | None = None
    first_sentence_ms: int | None = None
    total_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """How many tokens the prompt and the answer have; both 0 when the model was not asked.

    `reused` of the prompt's had been read before.
    """

    prompt: int = 0
    answer: int = 0
    reused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The last event of an answer that came to its end; `ahead` if the turn was listened to.

    `late`: the model was, and what was said is a sentence of the pages themselves. `withheld` is
    why sentences of the model were not said, for each of them.
    """

    timings: Timings
    tokens: Tokens
    ahead: WorkedAhead | None = None
    late: bool = False
    withheld: tuple[str, ...] = ()


Event = Grounded | Sentence | Abstained | Done
