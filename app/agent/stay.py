"""The agent's stay in a room: what it works with, the conversation, and how it ends."""

import logging
from collections.abc import Callable
from contextlib import AsyncExitStack

from livekit.agents import AgentSession, CloseEvent, JobContext, room_io

from app.agent.api import Api
from app.agent.face import Face, asked_after_s
from app.agent.grounded_llm import GroundedLLM, Visit
from app.agent.http_api import open_api
from app.agent.session import new_session
from app.agent.speech import Models, Speech, open_speech
from app.agent.turns import Caption, Turns
from app.agent.visit_log import VisitLog
from app.agent.voice import Voice
from app.avatar.unseen import Unseen
from app.phrases import phrase
from app.settings import Settings

logger = logging.getLogger(__name__)


class Stay:
    """One visit or call, in a job of its own; what `house` holds is closed when the job ends."""

    def __init__(self, ctx: JobContext, settings: Settings, models: Models) -> None:
        self.ctx = ctx
        self.settings = settings
        self.house = AsyncExitStack()
        self._models = models
        self._reason = ""
        ctx.add_shutdown_callback(self._leave)

    async def open_api(self) -> Api:
        """The API, until the job ends."""
        timeout = self.settings.agent.answer_timeout_s
        return await self.house.enter_async_context(
            open_api(self.settings.api, answer_timeout_s=timeout)
        )

    def open_log(self, api: Api, visit: Visit) -> VisitLog:
        """The visit begins: the API is told of it, and of its end."""
        logger.info("visit begins", extra={"visit": visit.id})
        log = VisitLog(api, visit.id)
        self.house.push_async_callback(lambda: log.close(self._reason))
        return log

    def open_speech(self, lang: str, kb: str | None) -> Speech:
        """Ears and voice for this language and knowledge base."""
        kb = kb or self.settings.grounding.kb
        return open_speech(self.settings.speech, self._models, lang, kb)

    async def converse(
        self,
        visit: Visit,
        api: Api,
        log: VisitLog,
        *,
        tell: Callable[[Caption], None],
        options: room_io.RoomOptions,
        avatar: Unseen | None = None,
    ) -> AgentSession[None]:
        """Show the face, greet, and answer from now on.

        `tell` tells the page; with an `avatar` that is none, no stage is asked for.
        """
        settings = self.settings
        speech = self.open_speech(visit.lang, visit.kb)
        turns = Turns(tell, log.turn)
        grounded = GroundedLLM(api, turns, visit, speech, filler_s=settings.agent.filler_s)
        away_s = asked_after_s(settings.avatar.away_s)
        timeout = settings.agent.answer_timeout_s
        session = new_session(grounded, speech, answer_timeout_s=timeout, away_s=away_s)
        session.on("close", self._on_close)
        face = Face(settings, tell, log, lang=lambda: grounded.lang, leave=self.end, avatar=avatar)
        await face.show(session, self.ctx.room, self.house)
        await session.start(Voice(grounded), room=self.ctx.room, room_options=options, record=False)
        # Not part of the history: it would cost prompt tokens in every turn and answer nothing.
        session.say(phrase("opening", visit.lang), add_to_chat_ctx=False)
        return session

    def end(self, reason: str) -> None:
        """End the job; of several reasons the first counts."""
        self._reason = self._reason or reason
        self.ctx.shutdown(reason)

    def _on_close(self, event: CloseEvent) -> None:
        """The session closed by itself (the visitor left, or it failed too often)."""
        self.end(event.reason.value)

    async def _leave(self, reason: str) -> None:
        self._reason = self._reason or reason
        await self.house.aclose()
