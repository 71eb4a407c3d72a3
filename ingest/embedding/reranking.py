"""Passages read together with their question, by a cross-encoder that lies in a folder here.

Nothing is ever downloaded: who names no folder has no reranker.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from ingest.embedding.cross_encoder import load
from ingest.errors import EmbedderUnavailable

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_SETTING = "GROUNDLING_GROUNDING__RERANKER"


class CrossEncoderReranker:
    """A sentence-transformers cross-encoder on a thread of its own; `open_reranker` opens it."""

    def __init__(self, model: "CrossEncoder", thread: ThreadPoolExecutor) -> None:
        self._model = model
        self._thread = thread

    async def score(self, question: str, passages: Sequence[str]) -> list[float]:
        """How well each passage answers the question, the more the better."""
        if not passages:
            return []
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._run, question, list(passages))

    def _run(self, question: str, passages: list[str]) -> list[float]:
        pairs = [(question, passage) for passage in passages]
        try:
            told = self._model.predict(pairs, show_progress_bar=False)
        except RuntimeError as error:
            raise EmbedderUnavailable(
                f"The reranker failed: {error}. If memory ran out, set "
                "GROUNDLING_GROUNDING__RERANKER to the folder of a smaller one, or to none."
            ) from error
        return [float(each) for each in told]


@asynccontextmanager
async def open_reranker(
    folder: str | None,
) -> AsyncIterator[CrossEncoderReranker | None]:
    """The cross-encoder in a folder, loaded; None where no folder is named.

    Raises:
        EmbedderUnavailable: the folder holds none that can be loaded.
    """
    if folder is None:
        yield None
        return
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rerank")
    try:
        loop = asyncio.get_running_loop()
        model = await loop.run_in_executor(thread, load, folder, _SETTING)
        yield CrossEncoderReranker(model, thread)
    finally:
        await asyncio.to_thread(thread.shutdown, cancel_futures=True)
