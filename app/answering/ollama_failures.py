"""What goes wrong with Ollama, in our own words: cause, then remedy."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from ollama import ResponseError

from app.answering.ollama_client import BrokenOff
from app.errors import ModelBusy, ModelUnavailable, PromptTooLong
from app.settings import ModelSettings

_SMALLER = (
    "Use a smaller or more strongly quantised model (GROUNDLING_MODEL__NAME) or a smaller window "
    "(GROUNDLING_MODEL__WINDOW)"
)
# Ollama's own words → ours. The first that fits counts.
_REFUSALS = (
    (
        r"manifest|no such host|dial tcp|registry",
        "{name} cannot be fetched ({said}). Correct GROUNDLING_MODEL__NAME, check that Ollama's "
        "machine may reach the model library, or bring the model there with `ollama create`.",
    ),
    (
        r"more system memory|out of memory|cannot be allocated|failed to allocate|cudaMalloc"
        r"|unable to allocate|signal: killed",
        f"{{name}} does not fit into the memory of Ollama's machine ({{said}}). {_SMALLER}, or "
        "unload others with `ollama stop`.",
    ),
    (
        r"timed out waiting for llama runner",
        "{name} was not loaded in time ({said}). A slow disk is the usual cause: raise "
        "OLLAMA_LOAD_TIMEOUT of the server, or use a smaller model (GROUNDLING_MODEL__NAME).",
    ),
    (
        r"terminated|unexpectedly stopped|unexpected EOF|connection re(?:set|fused)|\bEOF\b",
        f"Ollama's runner of {{name}} crashed ({{said}}). It is started anew with the next "
        f"question. If it crashes again: {_SMALLER}; Ollama's log says more.",
    ),
    (
        r"unknown (?:model )?architecture|unsupported model|unable to load model|error loading",
        "Ollama cannot load {name} ({said}). Update Ollama, fetch the model again with `ollama "
        "pull {name}`, or use another (GROUNDLING_MODEL__NAME).",
    ),
    (
        r"does not support (?:chat|generate|completion)",
        "{name} does not write text ({said}). Set GROUNDLING_MODEL__NAME to a chat model.",
    ),
    (
        r"no space left",
        "The disk of Ollama's machine is full ({said}). Remove models with `ollama rm`.",
    ),
)
_BUSY_S = 10


@contextmanager
def translated(settings: ModelSettings) -> Iterator[None]:
    """What the client raises, said in our own words."""
    try:
        yield
    except ResponseError as error:
        raise _refusal(error, settings) from error
    except BrokenOff as error:
        raise ModelUnavailable(
            f"Ollama at {settings.url} broke off in the middle of an answer. Ask again; if it "
            "happens again, Ollama's log says why (memory, most often)."
        ) from error
    except httpx.TimeoutException as error:
        raise ModelUnavailable(
            f"Ollama at {settings.url} was silent for too long ({type(error).__name__}). Check its "
            "load; a smaller model or less evidence (GROUNDLING_MODEL__EVIDENCE_TOKENS) is "
            "quicker, GROUNDLING_MODEL__TIMEOUT_S waits longer."
        ) from error
    except (httpx.HTTPError, ConnectionError) as error:
        raise ModelUnavailable(
            f"Ollama at {settings.url} cannot be reached: {error or type(error).__name__}. Start "
            "it with `ollama serve`, or correct GROUNDLING_MODEL__URL."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelUnavailable(
            f"What answers at {settings.url} does not speak Ollama's API ({type(error).__name__}). "
            "Correct GROUNDLING_MODEL__URL."
        ) from error


def still_loading(settings: ModelSettings, seconds: float) -> ModelBusy:
    """For a question that cannot wait until the model is loaded."""
    return ModelBusy(
        f"Ollama at {settings.url} is still loading {settings.name}, for {seconds:.0f} s now. Ask "
        "again in a moment; its log shows how far it is.",
        retry_after_s=_BUSY_S,
    )


def only_thought(settings: ModelSettings) -> ModelUnavailable:
    """For an answer of which nothing but thoughts was written."""
    return ModelUnavailable(
        f"{settings.name} thought for all of its {settings.answer_tokens} tokens and said nothing. "
        "Use a model that can answer without thinking (GROUNDLING_MODEL__NAME), or raise "
        "GROUNDLING_MODEL__ANSWER_TOKENS."
    )


def _refusal(error: ResponseError, settings: ModelSettings) -> ModelUnavailable | PromptTooLong:
    """What the server's refusal means; an error within a stream has no status."""
    said = " ".join(str(error.error).split())[:300]
    if error.status_code == 404:
        return ModelUnavailable(
            f"Ollama at {settings.url} has no model {settings.name}. Fetch it with `ollama pull "
            f"{settings.name}`, or set GROUNDLING_MODEL__NAME to one that `ollama list` shows."
        )
    if "context length" in said:
        return PromptTooLong(
            f"The prompt does not fit the {settings.window} tokens of {settings.name}. Raise "
            "GROUNDLING_MODEL__WINDOW, and please report this: prompts are packed to fit."
        )
    if "server busy" in said:
        return ModelBusy(
            f"Ollama at {settings.url} has too many requests of others waiting. Ask again in a "
            "moment, or raise OLLAMA_MAX_QUEUE of the server.",
            retry_after_s=_BUSY_S,
        )
    return ModelUnavailable(_meaning(said, error.status_code, settings))


def _meaning(said: str, status: int, settings: ModelSettings) -> str:
    if status == 403:
        return (
            f"Ollama at {settings.url} refuses to be asked under this name. Set OLLAMA_HOST of the "
            "server to 0.0.0.0, or correct GROUNDLING_MODEL__URL."
        )
    for pattern, meaning in _REFUSALS:
        if re.search(pattern, said, re.IGNORECASE):
            return meaning.format(name=settings.name, said=said)
    return f"Ollama at {settings.url} gave up: {said} Its log says more."
