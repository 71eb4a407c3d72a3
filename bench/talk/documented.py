"""An agent as LiveKit documents one with retrieval: the other side of the comparison.

Retrieval in `on_user_turn_completed`, LiveKit's own client for Ollama, LiveAvatar's stock plugin,
LiveKit's own end of turn. Ears, voice, stage, model and index are ours, so that only the pattern
differs. Runs as a process (`python -m bench.talk.documented`), as an agent does: what it needs
comes as JSON on standard input, and it leaves when that is closed.
"""

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
from livekit import rtc
from livekit.agents import (
    Agent,
    AgentSession,
    ChatContext,
    ChatMessage,
    ConversationItemAddedEvent,
    inference,
    room_io,
)
from livekit.agents.utils import http_context
from livekit.plugins import openai

from app.agent.captions import TOPIC
from app.agent.speech import load_models, open_speech
from app.settings import SpeechSettings
from bench.plugin import start_plugin

INSTRUCTIONS = (
    "You are the voice of a museum. Answer the visitor in one or two short sentences, from the "
    "information that you are given and from nothing else. Say so if the answer is not in it."
)
PASSAGES = 3
# As much evidence as ours reads on such a machine: 180 tokens.
WORDS = 140


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the agent goes, and what it talks to."""

    url: str
    token: str
    livekit_key: str
    livekit_secret: str
    api: str
    api_key: str
    ollama: str
    model: str
    stage: str
    stage_key: str


class Documented(Agent):
    """Looks up what the visitor has said when the visitor has said it."""

    def __init__(self, api: httpx.AsyncClient) -> None:
        super().__init__(instructions=INSTRUCTIONS)
        self._api = api

    async def on_user_turn_completed(self, turn_ctx: ChatContext, new_message: ChatMessage) -> None:
        """LiveKit's place for retrieval; the words are those of its documentation."""
        asked = {"question": new_message.text_content or "", "limit": PASSAGES}
        found = await self._api.post("/v1/search", json=asked)
        found.raise_for_status()
        text = " ".join(hit["text"] for hit in found.json()["hits"])
        told = " ".join(text.split()[:WORDS])
        content = f"Additional information relevant to the user's next message: {told}"
        turn_ctx.add_message(role="assistant", content=content)


async def attend(place: Place) -> None:
    """One room, until standard input is closed."""
    models = load_models(SpeechSettings())
    speech = open_speech(SpeechSettings(), models, "en")
    room = rtc.Room()
    async with AsyncExitStack() as leaving:
        await leaving.enter_async_context(http_context.open())
        key = {"Authorization": f"Bearer {place.api_key}"}
        api = httpx.AsyncClient(base_url=place.api, headers=key, timeout=30)
        await leaving.enter_async_context(api)
        leaving.push_async_callback(room.disconnect)
        await room.connect(place.url, place.token)
        session: AgentSession[None] = AgentSession(
            stt=speech.stt,
            tts=speech.tts,
            llm=openai.LLM.with_ollama(model=place.model, base_url=f"{place.ollama}/v1"),
            vad=inference.VAD(),
            turn_handling={"turn_detection": inference.TurnDetector(version="v1-mini")},
        )
        avatar = await start_plugin(
            session,
            room,
            stage=place.stage,
            stage_key=place.stage_key,
            livekit=(place.url, place.livekit_key, place.livekit_secret),
        )
        leaving.push_async_callback(avatar.aclose)
        leaving.push_async_callback(session.aclose)
        told = _Told(room)
        session.on("conversation_item_added", told.add)
        heard = room_io.RoomOptions(participant_identity="visitor", audio_output=False)
        await session.start(Documented(api), room=room, room_options=heard, record=False)
        await avatar.wait_for_join()
        session.say("Welcome to the museum. What would you like to know?", add_to_chat_ctx=False)
        await asyncio.to_thread(sys.stdin.read)


class _Told:
    """Tells the visitor what was understood and said, as our own agent's page is told."""

    def __init__(self, room: rtc.Room) -> None:
        self._room = room
        self._sending: set[asyncio.Task[Any]] = set()

    def add(self, event: ConversationItemAddedEvent) -> None:
        item = event.item
        if item.type != "message":
            return
        text = item.text_content or ""
        if item.role == "user":
            self._send({"type": "understood", "turn": item.id, "text": text})
        else:
            self._send({"type": "answered", "text": text}, {"type": "done", "timings": {}})

    def _send(self, *messages: dict[str, Any]) -> None:
        async def send() -> None:
            for message in messages:
                await self._room.local_participant.send_text(
                    json.dumps(message), topic=TOPIC, destination_identities=["visitor"]
                )

        task = asyncio.create_task(send())
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)


if __name__ == "__main__":
    asyncio.run(attend(Place(**json.loads(sys.stdin.readline()))))
