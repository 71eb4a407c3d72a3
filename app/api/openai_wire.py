"""OpenAI's chat completions on the wire: what callers send, and what they get back.

Only what has a meaning here is declared. Other fields are let through, and named to the caller.
"""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from app.api.cited import WireSentence
from app.api.wire import LONGEST_QUESTION, WireHit

Text = Annotated[str, Meta(max_length=LONGEST_QUESTION)]
# Our own instructions are the only ones; tools would be somebody else's words in the answer.
_UNHEARD = ("system", "developer", "tool", "function")
_READABLE = frozenset({"text", "input_text", "refusal"})


class Refused(ValueError):
    """A request that cannot be answered as it is; `param` is where, `status` and `code` are how."""

    def __init__(self, message: str, param: str, *, status: int = 400, code: str | None = None):
        super().__init__(message)
        self.param, self.status, self.code = param, status, code


class Part(msgspec.Struct, kw_only=True):
    """A piece of a message; those of type `text` are read."""

    type: str
    text: Text = ""


class ChatMessage(msgspec.Struct, kw_only=True):
    """One message; those of visitor and avatar (user, assistant) are heard."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | Annotated[list[Part], Meta(max_length=1000)] | None = None


class StreamOptions(msgspec.Struct, kw_only=True):
    """With `include_usage`, tokens are told in a last event of their own."""

    include_usage: bool | None = None


class ChatRequest(msgspec.Struct, kw_only=True):
    """A chat; `model` names a knowledge base, the last message of the user is the question."""

    model: Annotated[str, Meta(min_length=1, max_length=64)]
    messages: Annotated[list[ChatMessage], Meta(min_length=1, max_length=1000)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None


class Grounds(msgspec.Struct, kw_only=True):
    """What OpenAI has no words for: what the answer rests on.

    `act` is what the visitor's words were taken for (see `POST /v1/answers`), `ignored` names what
    of the request had no effect.
    """

    lang: str = ""
    act: str = "question"
    abstained: bool = False
    reason: str | None = None
    sentences: list[WireSentence] = []
    hits: list[WireHit] = []
    late: bool = False
    ignored: list[str] = []


class AnswerMessage(msgspec.Struct, kw_only=True):
    """The answer, and in `groundling` what it rests on."""

    content: str
    groundling: Grounds
    role: str = "assistant"
    refusal: str | None = None


class Choice(msgspec.Struct, kw_only=True):
    """The only choice."""

    message: AnswerMessage
    index: int = 0
    logprobs: None = None
    finish_reason: str = "stop"


class CachedTokens(msgspec.Struct, kw_only=True):
    """Tokens that the model had read before."""

    cached_tokens: int


class Usage(msgspec.Struct, kw_only=True):
    """Tokens of our prompt, passages included, and of the answer."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: CachedTokens


class Completion(msgspec.Struct, kw_only=True):
    """A whole answer."""

    id: str
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    object: str = "chat.completion"


class Delta(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What is new of the message; `groundling` comes with its end."""

    role: str | None = None
    content: str | None = None
    groundling: Grounds | None = None


class DeltaChoice(msgspec.Struct, kw_only=True):
    """The only choice, as far as it is new."""

    delta: Delta
    index: int = 0
    logprobs: None = None
    finish_reason: str | None = None


class Piece(msgspec.Struct, kw_only=True):
    """One event of a streamed answer."""

    id: str
    created: int
    model: str
    choices: list[DeltaChoice]
    usage: Usage | None = None
    object: str = "chat.completion.chunk"


class Model(msgspec.Struct, kw_only=True):
    """A knowledge base, to be named as `model`."""

    id: str
    created: int
    object: str = "model"
    owned_by: str = "groundling"


class ModelList(msgspec.Struct, kw_only=True):
    """By name."""

    data: list[Model]
    object: str = "list"


class Fault(msgspec.Struct, kw_only=True):
    """What went wrong, with cause and remedy in `message`."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class FaultBody(msgspec.Struct, kw_only=True):
    """An error in OpenAI's form."""

    error: Fault


class Heard(msgspec.Struct, kw_only=True, frozen=True):
    """What of a chat counts: who said what, the question last; the roles that were left out."""

    question: str
    said: list[tuple[Literal["visitor", "avatar"], str]]
    unheard: list[str]


def heard(messages: Iterable[ChatMessage]) -> Heard:
    """What visitor and avatar said, up to the last question.

    Raises:
        Refused: nobody asks anything, or a message holds what cannot be read.
    """
    said: list[tuple[Literal["visitor", "avatar"], str]] = []
    unheard: dict[str, None] = {}
    for number, message in enumerate(messages):
        if message.role in _UNHEARD:
            unheard[f"messages of role {message.role}"] = None
        elif text := _text(message, number):
            said.append(("visitor" if message.role == "user" else "avatar", text))
    last = max((n for n, (who, _) in enumerate(said) if who == "visitor"), default=None)
    if last is None:
        raise Refused(
            "No message of the user says anything, so there is no question to answer. "
            "Send one with role `user`.",
            "messages",
        )
    return Heard(question=said[last][1], said=said[:last], unheard=list(unheard))


def _text(message: ChatMessage, number: int) -> str:
    if message.content is None or isinstance(message.content, str):
        return (message.content or "").strip()
    for part in message.content:
        if part.type not in _READABLE:
            raise Refused(
                f"Only text is read here, not a part of type `{part.type}`: images, sound and "
                "files are not looked at. Send parts of type `text`.",
                f"messages[{number}].content",
            )
    text = "\n".join(part.text for part in message.content).strip()
    if len(text) > LONGEST_QUESTION:
        raise Refused(
            f"A message may have {LONGEST_QUESTION} characters. Shorten it.",
            f"messages[{number}].content",
        )
    return text


def ignored_of(body: Any) -> list[str]:
    """The fields of a request that have no effect here; those that are null ask for nothing."""
    known = {field.name for field in msgspec.structs.fields(ChatRequest)}
    given = body.items() if isinstance(body, dict) else ()
    return [name for name, value in given if name not in known and value is not None]
