"""Working ahead: while a visitor speaks, search for the words so far and have the model read.

One reader for the house, since the model's server does one thing at a time. It reads in small steps
and never takes one back: a stopped reading would hold up the question all the same, and be lost.
Before each step it looks whether that is still wanted. Real questions go first, whoever asks.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Protocol

from app.answering.excerpts import Excerpts, Shown
from app.answering.listened import FLOOR_S, ListenedVisit, Spent, Words
from app.answering.model import ChatModel
from app.answering.preparation import Preparation, Progress, next_step
from app.answering.prompt import Packer, packer_for
from app.answering.template import Exchange
from app.answering.understanding import searched
from app.errors import AnswerError
from app.settings import AheadSettings, ModelSettings
from ingest.documents import Hit
from ingest.errors import IngestError

logger = logging.getLogger(__name__)

# An answer that LiveKit began early may be asked for again in other words: what it rests on is kept
# for so long after the question.
_REST_S = 1.5
# Who hears an answer says nothing yet, so that larger steps hold up nobody. Begun when the answer
# is over, and in one step, it ends 1.0 to 2.0 s later; it used to take 2.7 to 5.5 s, into the next
# question (2026-11-23).
_REST_STEP_S = 2.5
# After the model's server failed.
_PAUSE_S = 5.0


class Searches(Protocol):
    """What working ahead needs of the grounder."""

    @property
    def lead(self) -> float:
        """The lead in score at which the first passage of unfinished words can be trusted."""

    async def glance(self, words: str, kb: str) -> list[Hit]:
        """What would be found if these words were the whole question."""


class Ahead:
    """Everything that is read before it is asked for; `open_ahead` opens it."""

    def __init__(
        self,
        grounder: Searches,
        model: ChatModel,
        settings: ModelSettings,
        limits: AheadSettings,
        excerpts: Excerpts | None = None,
    ) -> None:
        self._grounder = grounder
        self._model = model
        self._settings = settings
        self._limits = limits
        self._excerpts = excerpts
        self.spent = Spent()
        self._learnt = False
        self._visits: dict[str, ListenedVisit] = {}
        self._questions = 0
        # The visit that was answered last, its new history, and when that may be read.
        self._resting: tuple[str, tuple[Exchange, ...], float] | None = None
        self._news = asyncio.Event()

    def hear(self, words: Words) -> Progress:
        """Take the words of a turn as they are now; the latest count.

        Returns at once, with what had been read for the turn before.
        """
        if not self._limits.on:
            return Progress()
        self._forget_idle()
        visit = self._visits.setdefault(words.visit, ListenedVisit(self.spent))
        preparation = visit.hear(words, self._grounder.lead)
        self._search(visit)
        self._look_again(0.0)
        self._look_again(FLOOR_S)
        return preparation.progress()

    def forget(self, visit: str) -> None:
        """The visit has ended."""
        known = self._visits.pop(visit, None)
        if known is not None:
            known.start(None)
            if known.seeking is not None:
                known.seeking.cancel()
            logger.info("listened", extra={"visit": visit, "vain_tokens": known.vain_tokens})

    @contextmanager
    def asked(self, visit: str | None, turn: str | None) -> Iterator[Preparation | None]:
        """A question is being answered in the block, and nothing else begins to be read.

        Gives what was prepared for it, None if nobody listened.
        """
        self._questions += 1
        known = self._visits.get(visit or "", ListenedVisit(self.spent))
        known.asking += 1
        known.asked_at = time.monotonic()
        preparation = known.preparation
        try:
            yield preparation if preparation is not None and preparation.turn == turn else None
        finally:
            self._questions -= 1
            known.asking -= 1
            self._search(known)
            self._look_again(0.0)

    def answered(self, visit: str | None, history: tuple[Exchange, ...]) -> None:
        """The next prompt of a visit begins with this: have it read when nobody waits."""
        if visit is None or not self._limits.on:
            return
        known = self._visits.setdefault(visit, ListenedVisit(self.spent))
        known.history = history
        now = time.monotonic()
        known.rests_at = max(now, min(now, known.asked_at) + _REST_S)
        self._resting = (visit, history, known.rests_at)
        self._look_again(known.rests_at - now)

    async def read(self) -> None:
        """Read what is wanted, for ever."""
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self._model.learn()
                self._learnt = True
                packer = packer_for(self._model, self._settings)
                while await self._read_one(packer):
                    pass
            except Exception as error:  # a door: one visit's words must not end it for all
                ours = isinstance(error, AnswerError)
                logger.warning("reading ahead failed", extra={"why": str(error)}, exc_info=not ours)
                await asyncio.sleep(_PAUSE_S)

    async def close(self) -> None:
        """End the searches that go on."""
        tasks = [visit.seeking for visit in self._visits.values() if visit.seeking is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _search(self, visit: ListenedVisit) -> None:
        """See that the newest words are searched for, unless the question itself is by now."""
        idle = visit.seeking is None or visit.seeking.done()
        told = visit.asking or visit.preparation is None or visit.preparation.paused
        if idle and visit.words is not None and not told:
            visit.seeking = asyncio.create_task(self._seek(visit), name="listening")

    async def _seek(self, visit: ListenedVisit) -> None:
        """Search for the newest words until there are no newer ones."""
        while (words := visit.words) is not None and not visit.asking:
            visit.words = None
            try:
                known = visit.history if words.history is None else words.history
                wanted = searched(words.text, known, final=words.final)
                if not wanted:
                    continue
                hits = await self._grounder.glance(wanted, words.kb)
                excerpts = await self._shown(wanted, hits)
            except IngestError as error:
                logger.warning("listening failed", extra={"reason": str(error)})
                return
            if visit.preparation is not None and visit.preparation.turn == words.turn:
                visit.preparation.saw(hits, excerpts)
                self._look_again(0.0)

    async def _shown(self, question: str, hits: Sequence[Hit]) -> Shown:
        """What the model would be shown of the hits; all of it while its pace is not known."""
        if self._excerpts is None or not self._learnt:
            return {}
        return await self._excerpts.of(question, hits, self._model.held)

    async def _read_one(self, packer: Packer) -> bool:
        """Take one step, if one is wanted; whether it was taken."""
        if self._questions:
            return False
        speaking = self._speaking()
        if not speaking:
            return await self._rest(packer)
        for visit, preparation in speaking:
            room = self._limits.turn_tokens - preparation.tokens
            if visit.vain_tokens >= self._limits.vain_tokens:
                room = 0
            prompt = preparation.step(packer, self._model.held, room)
            if prompt is not None:
                preparation.read(prompt, await self._model.read(prompt))
                return True
        return False

    async def _rest(self, packer: Packer) -> bool:
        """Take a step towards the beginning of the prompt that comes next."""
        if self._resting is None or time.monotonic() < self._resting[2]:
            return False
        opening = packer.opening(self._resting[1])
        prompt = next_step(opening, self._model.held, packer, _REST_STEP_S)
        if prompt is None:
            self._resting = None
            return False
        await self._model.read(prompt)
        return True

    def _speaking(self) -> list[tuple[ListenedVisit, Preparation]]:
        """The visits that have the model's memory: of those heard lately, who began first."""
        now = time.monotonic()
        lately = [
            (visit, visit.preparation)
            for visit in self._visits.values()
            if visit.preparation is not None and visit.has_floor(now)
        ]
        lately.sort(key=lambda each: each[1].began_at)
        return lately[: self._model.held.visits]

    def _look_again(self, after_s: float) -> None:
        if after_s:
            asyncio.get_running_loop().call_later(after_s, self._news.set)
        else:
            self._news.set()

    def _forget_idle(self) -> None:
        before = time.monotonic() - self._limits.idle_s
        for name in [name for name, visit in self._visits.items() if visit.heard_at < before]:
            self.forget(name)


@asynccontextmanager
async def open_ahead(
    grounder: Searches,
    model: ChatModel,
    settings: ModelSettings,
    limits: AheadSettings,
    excerpts: Excerpts | None = None,
) -> AsyncIterator[Ahead]:
    """Working ahead inside the block; without `excerpts`, on whole passages."""
    ahead = Ahead(grounder, model, settings, limits, excerpts)
    reader = asyncio.create_task(ahead.read(), name="reading ahead")
    try:
        yield ahead
    finally:
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
        await ahead.close()
