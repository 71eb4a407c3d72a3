"""Models that read two texts together, from a folder on this machine; nothing is downloaded."""

from pathlib import Path
from typing import TYPE_CHECKING

from ingest.embedding.embed import quiet
from ingest.errors import EmbedderUnavailable

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


def load(folder: str, setting: str) -> "CrossEncoder":
    """The cross-encoder in a folder that a setting names; takes seconds, as torch is loaded.

    Raises:
        EmbedderUnavailable: there is none, or it cannot be loaded.
    """
    remedy = f"{setting} must name the folder of a sentence-transformers cross-encoder"
    if not (Path(folder) / "config.json").is_file():
        raise EmbedderUnavailable(f"There is no model in {folder}. {remedy}, or be left out.")
    quiet(offline=True)
    from sentence_transformers import CrossEncoder

    try:
        model: CrossEncoder = CrossEncoder(folder, device="cpu", local_files_only=True)
    except Exception as error:
        cause = str(error).strip().split("\n")[0]
        raise EmbedderUnavailable(
            f"The model in {folder} cannot be loaded: {cause}. {remedy}."
        ) from error
    return model
