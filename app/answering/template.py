"""A model's chat format, as the pieces that stand between what is said.

We render prompts ourselves, so that the same bytes come first in every prompt of a visit: what was
read once is not read again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.errors import AnswerError

# Unlikely in any template, and one word, so that no template splits or trims them.
MARKERS = ("qzrulesqz", "qzaskedqz", "qzsaidqz", "qzfollowqz")

# Control tokens of the chat formats in use; the model's own are removed by name as well.
_CONTROL = re.compile(
    r"<\|[^<>|\s]{1,40}\|>|<[｜][^<>]{1,40}[｜]>|</?(?:start|end)_of_(?:turn|image)>"
    r"|</?s>|\[/?INST\]|<</?SYS>>|</?think>|[\x00-\x08\x0b-\x1f\x7f]"
)


class UnknownFormat(AnswerError):
    """A chat rendering that does not come apart into fixed pieces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One question and its answer, earlier in the visit."""

    asked: str
    answered: str


def exchanged(
    history: Sequence[Exchange], question: str, answer: Sequence[str]
) -> tuple[Exchange, ...]:
    """A visit's history once a question is answered."""
    return (*history, Exchange(asked=question, answered=" ".join(answer)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The pieces: before the rules, after them, after what a visitor said, and after an answer.

    `end` follows the last question and makes the model speak. `control` are texts that the model
    reads as control tokens; they must not come from a visitor or a page.
    """

    start: str
    after_rules: str
    after_asked: str
    after_answered: str
    end: str
    control: frozenset[str] = field(default=frozenset(), repr=False)

    def opened(self, rules: str, history: Sequence[Exchange], asked: str = "") -> str:
        """A prompt up to what is known of the visitor's words, to be read ahead."""
        past = (f"{e.asked}{self.after_asked}{e.answered}{self.after_answered}" for e in history)
        return f"{self.start}{rules}{self.after_rules}{''.join(past)}{asked}"

    def closed(self, rules: str, history: Sequence[Exchange], asked: str) -> str:
        """A whole prompt, which the model continues with its answer."""
        return self.opened(rules, history, asked) + self.end

    def defang(self, text: str) -> str:
        """A visitor's or a page's text without anything that reads as a control token."""
        before = None
        while before != text:  # what is left after a removal may be one again
            before = text
            text = _CONTROL.sub("", text)
            for token in self.control:
                text = text.replace(token, "")
        return text


# What stands before and after a message's role; no text of a visitor or a page contains them.
FRAME, FRAMED = "\x1e", "\x1f"

# For a model whose format does not come apart: the server renders, from the messages between these.
MESSAGES = Template(
    start=f"{FRAME}system{FRAMED}",
    after_rules=f"{FRAME}user{FRAMED}",
    after_asked=f"{FRAME}assistant{FRAMED}",
    after_answered=f"{FRAME}user{FRAMED}",
    end="",
)


def messages(prompt: str) -> list[dict[str, str]]:
    """The chat messages of a prompt made with `MESSAGES`, without empty ones."""
    parts = (part.split(FRAMED, 1) for part in prompt.split(FRAME)[1:])
    return [{"role": role, "content": content} for role, content in parts if content]


def chat(turns: int) -> list[dict[str, str]]:
    """The markers as a chat with rules, `turns` exchanges, and a last question."""
    rules, asked, said, follow = MARKERS
    past = [{"role": "user", "content": asked}, {"role": "assistant", "content": said}] * turns
    return [
        {"role": "system", "content": rules},
        *past,
        {"role": "user", "content": follow},
    ]


def take_apart(renderings: Sequence[str], control: frozenset[str] = frozenset()) -> Template:
    """The template behind the renderings of `chat(0)`, `chat(1)`, `chat(2)`.

    Raises:
        UnknownFormat: no fixed pieces render all of them byte for byte.
    """
    rules, asked, said, follow = MARKERS
    shape = "(.*)".join(["^(.*)" + rules, asked, said, follow + "(.*)$"])
    found = re.match(shape, renderings[1], re.DOTALL)
    if not found:
        raise UnknownFormat("The model's chat format leaves out a part of the chat.")
    start, after_rules, after_asked, after_answered, end = found.groups()
    template = Template(
        start=start, after_rules=after_rules, after_asked=after_asked,
        after_answered=after_answered, end=end, control=control,
    )  # fmt: skip
    past = Exchange(asked=asked, answered=said)
    for turns, rendering in enumerate(renderings):
        if template.closed(rules, [past] * turns, follow) != rendering:
            raise UnknownFormat("The model's chat format changes with the length of the chat.")
    return template
