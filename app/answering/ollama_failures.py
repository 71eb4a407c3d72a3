"""What goes wrong with Ollama, in our own words."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from ollama import ResponseError

from app.errors import ModelUnavailable, PromptTooLong
from app.settings import ModelSettings


@contextmanager
def translated(settings: ModelSettings) -> Iterator[None]:
    """What the client raises, said in our own words: cause, then remedy."""
    try:
        yield
    except ResponseError as error:
        raise _refusal(error, settings) from error
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
    except (ValueError, KeyError, TypeError) as error:
        raise ModelUnavailable(
            f"What answers at {settings.url} does not speak Ollama's API ({type(error).__name__}). "
            "Correct GROUNDLING_MODEL__URL."
        ) from error


def _refusal(error: ResponseError, settings: ModelSettings) -> ModelUnavailable | PromptTooLong:
    if error.status_code == 404:
        return ModelUnavailable(
            f"Ollama at {settings.url} has no model {settings.name}. Fetch it with `ollama pull "
            f"{settings.name}`, or set GROUNDLING_MODEL__NAME to one that `ollama list` shows."
        )
    if "context length" in error.error:
        return PromptTooLong(
            f"The prompt does not fit the {settings.window} tokens of {settings.name}. Raise "
            "GROUNDLING_MODEL__WINDOW, and please report this: prompts are packed to fit."
        )
    return ModelUnavailable(
        f"Ollama at {settings.url} gave up: {error.error[:300]} Its log says more."
    )
