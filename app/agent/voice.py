"""The agent in LiveKit's sense: speaks lines one by one and notes when each of them is heard.

What the visitor says meanwhile is passed on as it comes.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable
from functools import partial

from livekit import rtc
from livekit.agents import (
    Agent,
    ConversationItemAddedEvent,
    ModelSettings,
    UserInputTranscribedEvent,
    llm,
    stt,
)
from livekit.agents.voice import SpeechHandle

from app.agent.backchannel import is_backchannel
from app.agent.ears import Ears
from app.agent.grounded_llm import GroundedLLM, history
from app.agent.listening import Listening
from app.agent.quiet import without_silence
from app.agent.timeline import Beginning
from app.agent.turns import Line, Turn
from app.avatar.mouth import SENTENCES
from app.avatar.utterance import SAMPLE_RATE, Sentence


class Voice(Agent):
    """Follows the answer's text and its sound, and tells each turn what the visitor has heard."""

    def __init__(self, grounded: GroundedLLM) -> None:
        super().__init__(instructions="")
        self._grounded = grounded
        self.ears = Ears()
        self._learning: asyncio.Task[None] | None = None
        self._speech: SpeechHandle | None = None
        self._turn: Turn | None = None
        self._listening = Listening(
            grounded.api, grounded.turns, grounded.visit.id, lambda: history(self.chat_ctx.items)
        )

    async def on_enter(self) -> None:
        """Follow the session from now on."""
        self._learning = asyncio.create_task(
            self.ears.learn(self._grounded.api, self._grounded.visit.kb), name="names"
        )
        self.session.on("user_state_changed", self.ears.follow)
        self.session.on("conversation_item_added", self._on_item_added)
        self.session.on("user_input_transcribed", self._on_words)

    async def on_exit(self) -> None:
        """Follow it no longer."""
        self.session.off("user_state_changed", self.ears.follow)
        self.session.off("conversation_item_added", self._on_item_added)
        self.session.off("user_input_transcribed", self._on_words)
        if self._learning is not None:
            self._learning.cancel()
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
        """The sound of a speech, line by line: the API sends whole sentences.

        The first frame of each line says which it is, and those before it that have no sound.
        """
        begun: list[Sentence] = []
        async for piece in text:
            begun.append(_sentence(piece))
            if any(letter.isalnum() for letter in piece):
                async for frame in without_silence(self._sound(piece)):
                    if begun:
                        frame.userdata[SENTENCES], begun = begun, []
                        if isinstance(piece, Line):
                            piece.turn.sounds(piece)
                    yield frame

    async def stt_node(
        self, audio: AsyncIterable[rtc.AudioFrame], model_settings: ModelSettings
    ) -> AsyncGenerator[stt.SpeechEvent, None]:
        """What is heard; while the agent answers, "mhm" and the like are not."""
        async for event in Agent.default.stt_node(self, audio, model_settings):
            if not isinstance(event, stt.SpeechEvent) or self._murmured(event):
                continue
            if (taken := self.ears.take(event)) is not None:
                yield taken

    def _murmured(self, event: stt.SpeechEvent) -> bool:
        speech = self.session.current_speech
        if speech is None or speech.interrupted or not event.alternatives:
            return False
        return is_backchannel(event.alternatives[0].text)

    async def _sound(self, text: str) -> AsyncGenerator[rtc.AudioFrame, None]:
        voice = self.session.tts
        assert voice is not None, "a session with audio output has a voice"
        options = self.session.conn_options.tts_conn_options
        # Here and not by LiveKit, whose resampled frames lose what they say about themselves.
        resampler = rtc.AudioResampler(voice.sample_rate, SAMPLE_RATE)
        async with voice.synthesize(text.strip(), conn_options=options) as sound:
            async for part in sound:
                if part.frame.sample_rate == SAMPLE_RATE:
                    yield part.frame
                    continue
                for frame in resampler.push(part.frame):
                    yield frame
        for frame in resampler.flush():
            yield frame

    def _follow(self, turn: Turn) -> None:
        """Tie the turn to the speech that carries it out, to learn when that starts and ends."""
        speech = self.session.current_speech
        if turn is self._turn or speech is None:
            return
        self._turn, self._speech = turn, speech
        speech.add_done_callback(lambda done: turn.ends(interrupted=done.interrupted))

    def _on_item_added(self, event: ConversationItemAddedEvent) -> None:
        """A visitor's message enters the conversation when LiveKit is sure to answer it."""
        item = event.item
        if item.type == "message" and item.role == "user":
            text, lang = item.text_content or "", self._grounded.lang
            self._grounded.turns.commit(item.id, _beginning(item), text=text, lang=lang)

    def _on_words(self, event: UserInputTranscribedEvent) -> None:
        self._listening.hear(event.transcript, final=event.is_final)


def _beginning(message: llm.ChatMessage) -> Beginning:
    """What the turn's time line counts from; only of spoken words is an end of speech known."""
    ended = message.metrics.get("stopped_speaking_at")
    return Beginning.since(ended or message.created_at, spoken=ended is not None)


def _sentence(piece: str) -> Sentence:
    """The sentence that a piece of text stands for, as it was written."""
    if not isinstance(piece, Line):
        return Sentence(piece, lambda: None)
    shown, leaves = partial(piece.turn.shown, piece), partial(piece.turn.leaves, piece)
    return Sentence(f"{piece.caption['text']} ", shown, leaves)
