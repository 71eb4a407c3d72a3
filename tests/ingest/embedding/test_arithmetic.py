"""Names of vectors; the arithmetic itself is tested on a real model, in tests/live."""

from ingest.embedding.arithmetic import marked
from ingest.embedding.embed import prefixes


def test_vectors_of_8_bits_have_a_name_of_their_own_and_the_familys_prefixes() -> None:
    model = "intfloat/multilingual-e5-small"
    assert marked(model, "fp32") == marked(model, "bf16") == model
    assert marked(model, "int8") != model
    assert prefixes(marked(model, "int8")) == prefixes(model)
