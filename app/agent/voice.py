"""The agent in LiveKit's sense: speaks lines one by one and notes when each of them is heard.

What the visitor says meanwhile is passed on as it comes.
"""

from collections.abc import AsyncGenerator, AsyncIterable

from livekit import rtc
from livekit.agents import (
    Agent,
    AgentStateChangedEvent,
    ConversationItemAddedEvent,
    ModelSettings,
    UserInputTranscribedEvent,
)
from livekit.agents.voice import SpeechHandle

from app.agent.grounded_llm import GroundedLLM, history
from app.agent.listening import Listening
from app.agent.turns import Line, Turn


class Voice(Agent):
    """Follows the answer's text and its sound, and tells each turn what the visitor has heard."""

    def __init__(self, grounded: GroundedLLM) -> None:
        super().__init__(instructions="")
        self._grounded = grounded
        self._speech: SpeechHandle | None = None
        self._turn: Turn | None = None
        self._sounding: SpeechHandle | None = None
        self._listening = Listening(
            grounded.api, grounded.turns, grounded.visit.id, lambda: history(self.chat_ctx.items)
        )

    async def on_enter(self) -> None:
        """Follow the session from now on."""
        self.session.on("conversation_item_added", self._on_item_added)
        self.session.on("agent_state_changed", self._on_state_changed)
        self.session.on("user_input_transcribed", self._on_words)

    async def on_exit(self) -> None:
        """Follow it no longer."""
        self.session.off("conversation_item_added", self._on_item_added)
        self.session.off("agent_state_changed", self._on_state_changed)
        self.session.off("user_input_transcribed", self._on_words)
        await self._listening.close()

    async def transcription_node(
        self, text: AsyncIterable[str], model_settings: ModelSettings
    ) -> AsyncGenerator[str, None]:
        """The text of a speech that LiveKit has begun to carry out, unchanged."""
        async for piece in text:
            if isinstance(piece, Line):
                self._follow(piece.turn)
                if self.session.output.audio is None or not self.session.output.audio_enabled:
                    piece.turn.shown(piece)
            yield piece

    async def tts_node(
        self, text: AsyncIterable[str], model_settings: ModelSettings
    ) -> AsyncGenerator[rtc.AudioFrame, None]:
        """The sound of a speech, line by line: the API sends whole sentences."""
        spoken = 0.0
        async for piece in text:
            begins = spoken
            if any(letter.isalnum() for letter in piece):
                async for frame in self._sound(piece):
                    if spoken == begins and isinstance(piece, Line):
                        piece.turn.voiced(piece, begins)
                    spoken += frame.duration
                    yield frame
            if spoken == begins and isinstance(piece, Line):
                piece.turn.voiced(piece, begins)

    async def _sound(self, text: str) -> AsyncGenerator[rtc.AudioFrame, None]:
        voice = self.session.tts
        assert voice is not None, "a session with audio output has a voice"
        options = self.session.conn_options.tts_conn_options
        async with voice.synthesize(text.strip(), conn_options=options) as sound:
            async for part in sound:
                yield part.frame

    def _follow(self, turn: Turn) -> None:
        """Tie the turn to the speech that carries it out, to learn when that starts and ends."""
        speech = self.session.current_speech
        if turn is self._turn or speech is None:
            return
        self._turn, self._speech = turn, speech
        speech.add_done_callback(lambda done: turn.ends(interrupted=done.interrupted))
        if speech is self._sounding:
            turn.starts()

    def _on_item_added(self, event: ConversationItemAddedEvent) -> None:
        """A visitor's message enters the conversation when LiveKit is sure to answer it."""
        item = event.item
        if item.type == "message" and item.role == "user":
            text, lang = item.text_content or "", self._grounded.lang
            self._grounded.turns.commit(item.id, text=text, lang=lang)

    def _on_words(self, event: UserInputTranscribedEvent) -> None:
        self._listening.hear(event.transcript, final=event.is_final)

    def _on_state_changed(self, event: AgentStateChangedEvent) -> None:
        if event.new_state != "speaking":
            return
        self._sounding = self.session.current_speech
        if self._turn is not None and self._speech is self._sounding:
            self._turn.starts()
