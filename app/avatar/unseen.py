"""A voice without an avatar: for who hears and sees nothing, as on the telephone."""

from typing import Any

from livekit import rtc
from livekit.agents import AgentSession

from app.avatar.mouth import Mouth
from app.avatar.own import OwnVoice
from app.avatar.states import States


class Unseen:
    """Stands where an avatar does, and is none: no stage is asked for, and nothing costs."""

    def __init__(self) -> None:
        self.states = States()
        self._own: OwnVoice | None = None
        self._mouth: Mouth | None = None

    async def start(self, agent_session: AgentSession[Any], room: rtc.Room) -> None:
        """Speak for the agent from now on; before `session.start`."""
        self._own = OwnVoice(room)
        self._mouth = Mouth(self._own)
        agent_session.output.audio = self._mouth
        self._own.prepare()

    async def stop_stage(self, reason: str) -> None:
        """There is none."""

    async def aclose(self) -> None:
        """Fall silent. May be called again."""
        mouth, self._mouth = self._mouth, None
        if mouth is not None:
            await mouth.aclose()
        own, self._own = self._own, None
        if own is not None:
            await own.aclose()
