"""The port to the language model: it reads ahead, it writes, and it counts its tokens."""

from collections.abc import AsyncGenerator, Callable
from typing import Protocol

from app.answering.held import Held, Reading
from app.answering.template import Template

Took = Callable[[Reading], None]
"""Is told what reading a prompt took, when the server has said it."""
Waited = Callable[[float], None]
"""Is told how many seconds a prompt waited for others' answers, when it is its turn."""


class ChatModel(Protocol):
    """A language model that continues prompts made with its own template.

    `window`, `render`, `held` and `count_tokens` are known once `learn` has returned. Every
    asynchronous method raises ModelUnavailable; `read` and `write` raise PromptTooLong for a prompt
    that leaves no room in the window, `write` ModelBusy when too many wait.
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

    @property
    def held(self) -> Held:
        """What it has read and holds, and how fast it reads."""

    def count_tokens(self, text: str) -> int:
        """How many of the model's tokens a text is, control tokens included; never too few."""

    async def learn(self, within_s: float | None = None) -> None:
        """Load the model, find out template, tokenizer and window; at once when they are known.

        Raises ModelBusy where that takes longer than `within_s`; it goes on all the same.
        """

    async def ready(self) -> None:
        """Return when the server answers and has the model."""

    async def read(self, prompt: str) -> Reading:
        """Read the beginning of a prompt ahead, so that one which continues it starts sooner.

        Cancelling the caller does not stop what is being read: a stopped reading would hold up the
        next one all the same, and be lost.
        """

    def write(
        self,
        prompt: str,
        took: Took | None = None,
        *,
        visit: str | None = None,
        waited: Waited | None = None,
    ) -> AsyncGenerator[str, None]:
        """The continuation of a prompt, in pieces; closing the generator stops the model.

        Thoughts of a reasoning model are not in it. Visits take turns; `waited` is called when it
        is this one's, `took` before the generator ends by itself.
        """
