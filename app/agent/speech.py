"""What the agent hears and speaks with in one visit.

Models in this process are loaded once a process, before a visit; servers and plugins are asked in
the visit's language.
"""

import logging
from dataclasses import dataclass
from typing import Any, cast

from livekit.agents import stt, tts

from app.agent.engines import load_ears, load_voice, open_ears, open_voice
from app.agent.local_voice import LocalTTS
from app.agent.moonshine import MoonshineSTT
from app.settings import SpeechSettings
from app.speaking.pronunciations import NONE, Pronunciations, read_pronunciations

# A quarter slower is clearly so, and still sounds natural.
SLOWLY = 0.75

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Models:
    """The in-process models that the settings ask for."""

    stt: stt.STT[Any] | None
    tts: LocalTTS | None


@dataclass(frozen=True, slots=True)
class Speech:
    """Ears, a voice, and how it says names. Implements Manner."""

    stt: stt.STT[Any]
    tts: tts.TTS[Any]
    pronunciations: Pronunciations = NONE
    speed: float = 1.0

    def understand(self, lang: str) -> None:
        """Hear this language from now on, and speak it, as far as ears and voice know it."""
        self.read(lang)
        if isinstance(self.stt, MoonshineSTT):
            if lang != "en":
                logger.warning("the ears know English alone", extra={"asked": lang})
        else:
            _change(self.stt, "the ears keep their language", language=lang)

    def read(self, lang: str) -> None:
        """Read what comes in this language, where the voice has to be told."""
        if not isinstance(self.tts, LocalTTS) or self.tts.lang == lang:
            return
        self.tts.lang = lang
        if lang not in self.tts.voice.languages:
            facts = {"asked": lang, "voice": self.tts.model}
            logger.warning("the voice does not know the language", extra=facts)

    def slow_down(self) -> None:
        """Speak more slowly for the rest of the visit."""
        self._at(self.speed * SLOWLY)

    def begin(self, lang: str) -> None:
        """Speak this language at the speed of the settings."""
        self.read(lang)
        if isinstance(self.tts, LocalTTS) or self.speed != 1.0:
            self._at(self.speed)

    def _at(self, speed: float) -> None:
        if isinstance(self.tts, LocalTTS):
            self.tts.speed = speed
        else:
            _change(self.tts, "the voice keeps its speed", speed=speed)


def load_models(settings: SpeechSettings) -> Models:
    """Load what the settings name; blocks for about a second, dials nothing. Raises ValueError."""
    return Models(load_ears(settings), load_voice(settings))


def open_speech(
    settings: SpeechSettings, models: Models, lang: str, kb: str | None = None
) -> Speech:
    """Ears and voice for a visit in this language (ISO 639-1) about this knowledge base.

    Raises ValueError where a setting names what is not there.
    """
    speech = Speech(
        models.stt or open_ears(settings, lang),
        models.tts or open_voice(settings),
        read_pronunciations(settings.pronunciations, kb),
        settings.speed,
    )
    speech.begin(lang)
    return speech


def _change(engine: stt.STT[Any] | tts.TTS[Any], refused: str, **options: Any) -> None:
    """Set an option where the engine has it; else say in the log that it has none."""
    try:
        cast(Any, engine).update_options(**options)
    except (AttributeError, TypeError, NotImplementedError):
        logger.warning(refused, extra={"engine": engine.label, **options})
