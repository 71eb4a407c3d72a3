"""Texts → dense vectors, by a model that runs here.

sentence-transformers and torch live here and nowhere else. The model has one thread of its own, and
passages go to it a few at a time, so that the question of a visitor never waits for a whole page.
"""

import asyncio
import logging
import os
import re
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ingest.documents import Vector
from ingest.embedding.arithmetic import Backend, marked, set_up
from ingest.errors import EmbedderUnavailable
from ingest.settings import EmbedderSettings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

logger = logging.getLogger(__name__)

# A question waits for at most one such batch. Larger ones are no faster on a CPU (passages of 180
# tokens a second on one busy core, by batch of 1, 2, 4, 8: 5.7, 8.0, 7.8, 8.0).
PASSAGES_AT_ONCE = 2


class Embedder(Protocol):
    """Turns texts into unit vectors; questions and passages are not the same to it."""

    @property
    def name(self) -> str:
        """The model's name, and what makes its vectors others than its usual ones.

        Vectors of two names must never meet in one collection.
        """

    @property
    def dimensions(self) -> int:
        """The length of its vectors."""

    @property
    def window(self) -> int:
        """How many tokens of a passage it reads; what lies beyond would silently not count."""

    def count_tokens(self, text: str) -> int:
        """How many of its tokens a text is; quick, and safe in any thread."""

    async def embed_query(self, text: str) -> Vector:
        """The vector of a question."""

    async def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        """The vectors of passages, in their order."""


@dataclass(frozen=True, slots=True)
class Prefixes:
    """What a model was trained to see before a question and before a passage."""

    query: str = ""
    passage: str = ""


# By family, the first that is found in the model's name; MiniLM, MPNet and most others use none.
_PREFIXES = (
    (r"e5-.*instruct", Prefixes("Instruct: Find passages that answer the question\nQuery: ")),
    (r"\be5-", Prefixes("query: ", "passage: ")),
    (
        r"bge-(small|base|large)-en",
        Prefixes("Represent this sentence for searching relevant passages: "),
    ),
    (r"nomic-embed", Prefixes("search_query: ", "search_document: ")),
    (r"embeddinggemma", Prefixes("task: search result | query: ", "title: none | text: ")),
)


def prefixes(model: str) -> Prefixes:
    """The prefixes of the model's family."""
    found = (p for pattern, p in _PREFIXES if re.search(pattern, model.lower()))
    return next(found, Prefixes())


@asynccontextmanager
async def open_embedder(settings: EmbedderSettings) -> AsyncIterator[Embedder]:
    """The model, loaded (seconds) and on its own thread until the context ends.

    Raises:
        EmbedderUnavailable: the model is not here and cannot be fetched, or cannot be loaded.
    """
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="embed")
    try:
        # Loaded on that thread, since torch keeps its number of threads by thread.
        loop = asyncio.get_running_loop()
        model, backend = await loop.run_in_executor(thread, _load, settings)
        yield SentenceTransformerEmbedder(marked(settings.model, backend), model, thread)
    finally:
        await asyncio.to_thread(thread.shutdown, cancel_futures=True)


class SentenceTransformerEmbedder:
    """A sentence-transformers model on its own thread; `open_embedder` opens it."""

    def __init__(self, name: str, model: "SentenceTransformer", thread: ThreadPoolExecutor) -> None:
        self._model = model
        self._thread = thread
        self._passages = asyncio.Lock()
        self._prefixes = prefixes(name)
        self._tokenizer = _own_tokenizer(model)
        self.name = name
        self.dimensions = int(model.get_embedding_dimension() or 0)
        self.window = _window(model) - self._overhead()

    def count_tokens(self, text: str) -> int:
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    async def embed_query(self, text: str) -> Vector:
        [vector] = await self._encode([self._prefixes.query + text])
        return vector

    async def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        vectors: dict[int, Vector] = {}
        # Neighbours in length share a batch, so that little of it is padding.
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        for start in range(0, len(order), PASSAGES_AT_ONCE):
            batch = order[start : start + PASSAGES_AT_ONCE]
            prefixed = [self._prefixes.passage + texts[number] for number in batch]
            # Of all callers together, one batch at a time stands in the thread's line.
            async with self._passages:
                made = await self._encode(prefixed)
            vectors.update(zip(batch, made, strict=True))
        return [vectors[number] for number in range(len(texts))]

    async def _encode(self, texts: list[str]) -> list[Vector]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._run_model, texts)

    def _run_model(self, texts: list[str]) -> list[Vector]:
        try:
            # An empty prompt, so that one saved with the model is not put before our prefix.
            made = self._model.encode(
                texts, prompt="", batch_size=len(texts), show_progress_bar=False,
                normalize_embeddings=True, convert_to_numpy=True,
            )  # fmt: skip
            return list(np.asarray(made, dtype=np.float32))
        except RuntimeError as error:
            raise EmbedderUnavailable(
                f"The embedding model {self.name} failed: {error}. If memory ran out, set "
                "GROUNDLING_EMBEDDER__MODEL to a smaller one."
            ) from error

    def _overhead(self) -> int:
        return len(self._tokenizer.encode(self._prefixes.passage).ids)


def _load(settings: EmbedderSettings) -> tuple["SentenceTransformer", Backend]:
    model = _loaded(settings)
    backend = set_up(model, settings.backend)
    logger.info("embedding model loaded", extra={"model": settings.model, "backend": backend})
    return model, backend


def _loaded(settings: EmbedderSettings) -> "SentenceTransformer":
    if settings.path and not Path(settings.path).is_dir():
        raise EmbedderUnavailable(
            f"The embedding model's folder {settings.path} does not exist. Put the model there, or "
            "correct GROUNDLING_EMBEDDER__PATH, or leave that empty to use the model's public name."
        )
    quiet(offline=settings.path is not None)
    try:
        import torch
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EmbedderUnavailable(
            f"sentence-transformers cannot be imported: {error}. Install groundling[knowledge]."
        ) from error
    torch.set_num_threads(settings.threads)

    def load(local: bool) -> SentenceTransformer:
        name = settings.path or settings.model
        return SentenceTransformer(name, device="cpu", local_files_only=local)

    try:
        try:
            return load(local=True)
        except (OSError, ValueError):
            if settings.path:
                raise
            return load(local=False)
    except Exception as error:
        raise EmbedderUnavailable(_remedy(settings, error)) from error


def _remedy(settings: EmbedderSettings, error: Exception) -> str:
    cause = str(error).strip().split("\n")[0]
    if settings.path:
        return (
            f"The folder {settings.path} holds no embedding model that can be loaded: {cause}. "
            "Put a sentence-transformers model there, or correct GROUNDLING_EMBEDDER__PATH."
        )
    return (
        f"The embedding model {settings.model} is not on this machine and cannot be fetched: "
        f"{cause}. Set GROUNDLING_EMBEDDER__PATH to a folder that holds it."
    )


def quiet(*, offline: bool) -> None:
    """Tells Hugging Face's libraries, by the environment they listen to, to keep to themselves."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if offline:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        from transformers.utils import logging
    except ImportError:
        return  # the import that follows says what is missing
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]


def _own_tokenizer(model: "SentenceTransformer") -> "Tokenizer":
    """A copy of the model's tokenizer that counts whole texts; the model's own truncates."""
    from tokenizers import Tokenizer

    copy = Tokenizer.from_str(model.tokenizer.backend_tokenizer.to_str())
    copy.no_truncation()
    copy.no_padding()
    return copy


def _window(model: "SentenceTransformer") -> int:
    return int(min(model.max_seq_length or 512, 8192))
