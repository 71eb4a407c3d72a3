"""What the visitor is saying goes to the API while it is being said, so that it can work ahead.

Nothing here may hold up the voice: one message is on its way at a time, only the latest words wait
for it, and one that is lost costs nothing but time.
"""

import asyncio
import logging
import re
from collections.abc import Callable

from app.agent.api import Api, Heard, Said
from app.agent.turns import Turns
from app.errors import AnswerUnavailable

# Recognisers that stream change their text several times a second.
PAUSE_S = 0.05
# Shorter words carry no subject in the languages we speak; numbers do.
_CONTENT = re.compile(r"[^\W\d_]{3,}|\d+")

logger = logging.getLogger(__name__)


class Listening:
    """Follows the words of one visit, turn by turn.

    `history` gives what was said before, as it goes along with a question.
    """

    def __init__(
        self, api: Api, turns: Turns, visit: str, history: Callable[[], tuple[Said, ...]]
    ) -> None:
        self._api = api
        self._turns = turns
        self._visit = visit
        self._history = history
        self._turn = ""
        self._certain = ""
        self._told: set[str] = set()
        self._waiting: Heard | None = None
        self._sending: asyncio.Task[None] | None = None

    def hear(self, text: str, *, final: bool) -> None:
        """The recogniser's text of what is being said; `final`: that part will not change."""
        if self._turns.coming != self._turn:
            self._turn, self._certain, self._told = self._turns.coming, "", set()
        words = f"{self._certain} {text}".strip()
        if final:
            self._certain = words
        content = {word.lower() for word in _CONTENT.findall(words)}
        if content <= self._told and not (final and content):
            return
        self._told |= content
        self._waiting = Heard(
            text=words, turn=self._turn, visit=self._visit, history=self._history(), final=final
        )
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send(), name="listening")

    async def close(self) -> None:
        """Send nothing more."""
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)

    async def _send(self) -> None:
        while (heard := self._waiting) is not None:
            self._waiting = None
            try:
                await self._api.listen(heard)
            except AnswerUnavailable as error:
                logger.warning("words not taken", extra={"reason": str(error)})
            await asyncio.sleep(PAUSE_S)
