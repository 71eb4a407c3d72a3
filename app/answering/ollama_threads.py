"""How many threads the model reads with: tried at the start, beside as much work as ears do.

A thread that has no core of its own costs more than it gives, since all of them wait for the last.
Qwen2.5-Coder 1.5B on two cores read 65 tokens a second with two threads and 33 with one; beside
another process that kept one core busy, two threads read a fifth of that.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from app.answering.ollama_client import Client
from app.settings import ModelSettings

logger = logging.getLogger(__name__)

# Some 40 tokens: one core of a small machine reads them in one to two seconds.
_TEXT = (
    "The library by the river lends books, films and maps to everybody who lives in the town. A "
    "card is free for children and costs twelve euros a year for others, who pay at the desk."
)
_READS = 2
# More threads are taken if they read so much faster: the others belong to ears, voice and search.
_WORTH = 1.2
# What the ears take of one core while somebody speaks, in such pieces.
_EARS, _PIECE_S = 0.35, 0.1


async def with_threads(client: Client, settings: ModelSettings, body: dict[str, Any]) -> int:
    """The threads of the settings; where they are 0, as many as read fastest on this machine.

    `body` is what every call carries. 1 where the model lies on a GPU altogether. Lets the client's
    errors through.
    """
    if settings.threads:
        return settings.threads
    took: dict[int, float] = {}
    with _ears():
        for threads in _candidates(os.cpu_count() or 1):
            took[threads] = await _reading(client, body, threads)
            if await _is_on_gpu(client, settings):
                return threads
    best = min(took.values())
    chosen = min(threads for threads, seconds in took.items() if seconds <= _WORTH * best)
    tried = {str(threads): round(seconds, 2) for threads, seconds in took.items()}
    logger.info("the model's threads are chosen", extra={"threads": chosen, "seconds": tried})
    return chosen


def _candidates(cores: int) -> list[int]:
    """One, half of the cores (the real ones, where each counts twice), all but one, all."""
    return sorted({1, max(1, cores // 2), max(1, cores - 1), cores})


async def _reading(client: Client, body: dict[str, Any], threads: int) -> float:
    """Seconds that a text takes which is new to the server; loading the model is not in it."""
    options = {**body["options"], "num_thread": threads}
    seconds = 0.0
    for number in range(_READS):
        prompt = f"{threads}.{number} {time.time_ns()}. {_TEXT}"
        asked = {**body, "options": options, "prompt": prompt, "raw": True}
        answer = await client.ask("/api/generate", asked)
        seconds += int(answer.get("prompt_eval_duration") or 0) / 1e9
    return seconds


async def _is_on_gpu(client: Client, settings: ModelSettings) -> bool:
    """Whether no part of the model is computed here."""
    for each in await client.running():
        if str(each.get("model")) in (settings.name, f"{settings.name}:latest"):
            size, on_gpu = int(each.get("size") or 0), int(each.get("size_vram") or 0)
            return 0 < size <= on_gpu
    return False


@contextmanager
def _ears() -> Iterator[None]:
    """As much work as recognising speech is, on a thread, until the block ends."""
    over = threading.Event()
    matrix = np.ones((128, 128), np.float32)

    def work() -> None:
        while not over.is_set():
            until = time.monotonic() + _EARS * _PIECE_S
            while time.monotonic() < until:
                np.dot(matrix, matrix)
            over.wait((1 - _EARS) * _PIECE_S)

    thread = threading.Thread(target=work, name="ears", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
