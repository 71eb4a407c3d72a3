"""Whether one text follows from another, by a cross-encoder that lies on this machine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from ingest.embedding.cross_encoder import load
from ingest.errors import EmbedderUnavailable

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class LocalEntailment:
    """A cross-encoder for natural language inference; `open_entailment` opens it."""

    def __init__(self, model: "CrossEncoder", label: int | None) -> None:
        self._model = model
        self._label = label

    def entails(self, premise: str, hypothesis: str) -> float:
        """How likely it is, from 0 to 1, that the hypothesis follows. Blocks for a while."""
        scores = self._model.predict([(premise, hypothesis)], apply_softmax=self._label is not None)
        found = scores[0] if self._label is None else scores[0][self._label]
        return float(found)


@asynccontextmanager
async def open_entailment(folder: str | None) -> AsyncIterator[LocalEntailment | None]:
    """The model in a folder, None without one; nothing is downloaded.

    Raises:
        EmbedderUnavailable: there is no such model.
    """
    yield None if folder is None else await asyncio.to_thread(_load, folder)


def _load(folder: str) -> LocalEntailment:
    model = load(folder, "GROUNDLING_CHECK__ENTAILMENT")
    labels: dict[str, int] = getattr(model.config, "label2id", None) or {}
    return LocalEntailment(model, _entailment_of(labels, folder))


def _entailment_of(labels: dict[str, int], folder: str) -> int | None:
    """The number of the label that means "follows"; None for a model with a single score."""
    if len(labels) == 1:
        return None
    for name, number in labels.items():
        if name.lower().startswith("entail"):
            return number
    raise EmbedderUnavailable(
        f"The model in {folder} has no label for entailment (it has {', '.join(labels)}). "
        "Choose one that was trained for natural language inference."
    )
