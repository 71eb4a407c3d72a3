"""What of the embedder can be tested without a model."""

import pytest

from ingest.embedding.embed import Prefixes, open_embedder, prefixes
from ingest.errors import EmbedderUnavailable
from ingest.settings import EmbedderSettings


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("intfloat/multilingual-e5-small", Prefixes("query: ", "passage: ")),
        ("intfloat/e5-base-v2", Prefixes("query: ", "passage: ")),
        ("sentence-transformers/all-MiniLM-L6-v2", Prefixes()),
        ("BAAI/bge-m3", Prefixes()),
        ("nomic-ai/nomic-embed-text-v1.5", Prefixes("search_query: ", "search_document: ")),
    ],
)
def test_prefixes_follow_the_family(model: str, expected: Prefixes) -> None:
    assert prefixes(model) == expected


def test_instructed_models_see_an_instruction_before_questions_only() -> None:
    instructed = prefixes("intfloat/multilingual-e5-large-instruct")
    assert instructed.query.startswith("Instruct: ")
    assert instructed.passage == ""


async def test_a_folder_that_is_not_there_is_named_with_the_remedy() -> None:
    settings = EmbedderSettings.model_validate({"path": "/nowhere/model"})
    with pytest.raises(EmbedderUnavailable, match=r"/nowhere/model.*GROUNDLING_EMBEDDER__PATH"):
        async with open_embedder(settings):
            pass
