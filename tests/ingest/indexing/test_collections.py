"""Names of collections."""

import pytest

from ingest.indexing.collections import collection_of


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("intfloat/multilingual-e5-small", "kb-intfloat-multilingual-e5-small"),
        ("BAAI/bge-m3", "kb-baai-bge-m3"),
        ("/models/My Model (2)/", "kb-models-my-model-2"),
    ],
)
def test_a_collection_is_called_after_its_alias_and_its_model(model: str, expected: str) -> None:
    assert collection_of("kb", model) == expected
