"""The avatar of a LiveKit agent: what the agent says goes to the stage, and nothing else does.

Its token lets it publish and send data, not hear the room. While there is no avatar, the agent
speaks itself; `Supervisor` says when, and why.
"""

import asyncio
import contextlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from livekit import rtc
from livekit.agents import AgentSession, utils
from livekit.agents.voice.avatar import AvatarSession

from app.avatar.hearing import Ear
from app.avatar.lite import LiteClient
from app.avatar.mouth import Mouth
from app.avatar.own import OwnVoice
from app.avatar.ports import Ledger
from app.avatar.states import DEADLINES_S, State, States, Transition
from app.avatar.supervisor import Supervisor
from app.avatar.token import IDENTITY, mint_token
from app.settings import AvatarSettings, LiveKitSettings


class LiteAvatar(AvatarSession[str]):
    """An avatar on the stage that the settings name, and the agent's own voice beside it.

    `on_change` is told every step of its life, `on_seconds` the seconds of speech sent in all.
    """

    def __init__(
        self,
        settings: AvatarSettings,
        livekit: LiveKitSettings,
        ledger: Ledger,
        *,
        on_change: Callable[[Transition], None] | None = None,
        on_seconds: Callable[[float], None] | None = None,
    ) -> None:
        super().__init__()
        self._settings = settings
        self._livekit = livekit
        self._ledger = ledger
        self._on_change = on_change
        self._on_seconds = on_seconds
        self._own: OwnVoice | None = None
        self._mouth: Mouth | None = None
        self._supervisor: Supervisor | None = None
        self._farewell: asyncio.Task[None] | None = None
        self.states = States(self._changed)
        self.seconds_sent = 0.0
        """Seconds of speech that went to the stage."""

    @property
    def avatar_identity(self) -> str:
        return IDENTITY

    @property
    def provider(self) -> str:
        return "lite"

    async def start(self, agent_session: AgentSession[Any], room: rtc.Room) -> None:
        """Speak for the agent from now on, and bring the avatar; before `session.start`.

        Returns when the avatar is there, or fails to come, or after the patience of the settings:
        then the agent speaks itself until it comes.
        """
        await super().start(agent_session, room)
        self._own = OwnVoice(room)
        self._mouth = Mouth(self._own)
        agent_session.output.audio = self._mouth
        agent_session.on("close", self._on_session_closed)
        self._supervisor = Supervisor(
            LiteClient(self._settings),
            InRoom(room, self._livekit),
            self._mouth,
            self._ledger,
            states=self.states,
            on_spoken=self._spoken,
            deadlines_s={**DEADLINES_S, State.JOINING: self._settings.join_timeout_s},
        )
        self._supervisor.start()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._supervisor.settled(), self._settings.patience_s)
        if not self.states.performing:
            self._own.prepare()

    async def stop_stage(self, reason: str) -> None:
        """Take the avatar away for good; the agent goes on speaking itself."""
        if self._supervisor is not None:
            await self._supervisor.aclose(reason)

    async def aclose(self) -> None:
        """Stop the session, and fall silent. May be called again."""
        await self.stop_stage("the visit ends")
        mouth, self._mouth = self._mouth, None
        if mouth is not None:
            await mouth.aclose()
        own, self._own = self._own, None
        if own is not None:
            await own.aclose()
        await super().aclose()

    def _on_session_closed(self, _event: object) -> None:
        # Nothing more will be said, and every further minute is paid.
        self._farewell = asyncio.create_task(self.aclose())

    def _changed(self, change: Transition) -> None:
        if change.state in (State.RECONNECTING, State.DEGRADED) and self._own is not None:
            self._own.prepare()
        if self._on_change is not None:
            self._on_change(change)

    def _spoken(self, seconds: float) -> None:
        self.seconds_sent += seconds
        if self._on_seconds is not None:
            self._on_seconds(self.seconds_sent)


class InRoom:
    """The avatar's presence in a LiveKit room. Implements Presence."""

    def __init__(self, room: rtc.Room, livekit: LiveKitSettings) -> None:
        self._room = room
        self._livekit = livekit
        self.url = livekit.public_url or livekit.url
        self.room = room.name

    def token(self) -> str:
        """Lets the avatar in, to speak for the agent and hear nothing."""
        return mint_token(self._livekit, self.room, self._room.local_participant.identity)

    async def arrives(self) -> None:
        """Return when it is in the room and shows its face."""
        await utils.wait_for_participant(room=self._room, identity=IDENTITY)
        await utils.wait_for_track_publication(
            room=self._room, identity=IDENTITY, kind=rtc.TrackKind.KIND_VIDEO
        )

    def here(self) -> bool:
        """Whether it is in the room now."""
        return IDENTITY in self._room.remote_participants

    def is_open(self) -> bool:
        """Whether the agent is connected to it, or is coming back."""
        return self._room.isconnected()

    def listening(self) -> AbstractAsyncContextManager[Ear]:
        """Listen to it while the context lasts."""
        return Ear(self._room, IDENTITY).listening()

    async def leaves(self) -> None:
        """Return when it has left."""
        left = asyncio.Event()

        def note(participant: rtc.RemoteParticipant) -> None:
            if participant.identity == IDENTITY:
                left.set()

        self._room.on("participant_disconnected", note)
        try:
            if self.here():
                await left.wait()
        finally:
            self._room.off("participant_disconnected", note)
