"""Which ears and which voice the settings name.

In-process models are English and are loaded once a process, before a visit; a server that speaks
OpenAI's audio API is asked in the visit's language.
"""

from dataclasses import dataclass
from typing import Any, cast

from livekit.agents import stt, tts

from app.agent.hibari import HibariTTS
from app.agent.moonshine import MoonshineSTT
from app.settings import SpeechSettings
from app.speaking.pronunciations import NONE, Pronunciations, read_pronunciations


@dataclass(frozen=True, slots=True)
class Models:
    """The in-process models that the settings ask for."""

    stt: MoonshineSTT | None
    tts: HibariTTS | None


# A quarter slower is clearly so, and still sounds natural.
SLOWLY = 0.75


@dataclass(frozen=True, slots=True)
class Speech:
    """What the agent hears and speaks with in one visit. Implements Manner."""

    stt: stt.STT[Any]
    tts: tts.TTS[Any]
    pronunciations: Pronunciations = NONE

    def understand(self, lang: str) -> None:
        """Hear this language from now on; the ears in this process know English alone."""
        if not isinstance(self.stt, MoonshineSTT):
            cast(Any, self.stt).update_options(language=lang)

    def slow_down(self) -> None:
        """Speak more slowly for the rest of the visit."""
        if isinstance(self.tts, HibariTTS):
            self.tts.speed = SLOWLY
        else:
            cast(Any, self.tts).update_options(speed=SLOWLY)


def load_models(settings: SpeechSettings) -> Models:
    """Load what the settings name; blocks for about a second, dials nothing."""
    return Models(
        MoonshineSTT.load() if settings.stt == "moonshine" else None,
        HibariTTS.load() if settings.tts == "hibari" else None,
    )


def open_speech(
    settings: SpeechSettings, models: Models, lang: str, kb: str | None = None
) -> Speech:
    """Ears and voice for a visit in this language (ISO 639-1) about this knowledge base.

    Raises ValueError where a setting names what is not there.
    """
    if models.tts is not None:
        models.tts.speed = 1.0
    return Speech(
        models.stt or _server_stt(settings, lang),
        models.tts or _server_tts(settings),
        read_pronunciations(settings.pronunciations, kb),
    )


def _server_stt(settings: SpeechSettings, lang: str) -> stt.STT[Any]:
    from livekit.plugins import openai  # half a second and 40 MB, for those who use it

    return openai.STT(
        base_url=settings.url,
        api_key=_key(settings),
        model=settings.stt_model,
        language=lang,
        use_realtime=False,
    )


def _server_tts(settings: SpeechSettings) -> tts.TTS[Any]:
    from livekit.plugins import openai  # see above

    return openai.TTS(
        base_url=settings.url,
        api_key=_key(settings),
        model=settings.tts_model,
        voice=settings.voice,
        response_format="wav",
    )


def _key(settings: SpeechSettings) -> str:
    # Servers on one's own network often want none, and the client refuses an empty one.
    return settings.key.get_secret_value() if settings.key else "none"
