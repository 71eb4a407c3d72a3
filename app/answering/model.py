"""The port to the language model: it reads ahead, it writes, and it counts its tokens."""

from collections.abc import AsyncGenerator
from typing import Protocol

from app.answering.template import Template


class ChatModel(Protocol):
    """A language model that continues prompts made with its own template.

    `window`, `render` and `count_tokens` are known once `learn` has returned. Every asynchronous
    method raises ModelUnavailable; `read` and `write` raise PromptTooLong for a prompt that leaves
    no room in the window.
    """

    @property
    def name(self) -> str:
        """The model's name."""

    @property
    def window(self) -> int:
        """How many tokens prompt and answer may have together."""

    @property
    def render(self) -> Template:
        """The model's chat format."""

    def count_tokens(self, text: str) -> int:
        """How many of the model's tokens a text is, control tokens included; never too few."""

    async def learn(self) -> None:
        """Find out template, tokenizer and window; at once when they are known."""

    async def ready(self) -> None:
        """Return when the server answers and has the model."""

    async def read(self, prompt: str) -> None:
        """Read the beginning of a prompt ahead, so that one which continues it starts sooner.

        Cancelling the caller does not stop what is being read: a stopped reading would hold up the
        next one all the same, and be lost.
        """

    def write(self, prompt: str) -> AsyncGenerator[str, None]:
        """The continuation of a prompt, in pieces; closing the generator stops the model."""
