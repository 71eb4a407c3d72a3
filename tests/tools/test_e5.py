"""The converter of the embedder's weights, on numbers small enough to check by hand."""

import struct

import numpy as np
import pytest

from tools import e5
from tools.errors import SetupFailed

PIECES = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
PIECES += [("▁", -5.0), ("▁hello", -2.0), ("▁world", -2.5), ("é", -3.0)]


def test_a_block_of_four_bit_weights_is_unpacked() -> None:
    raw = struct.pack("<e", 0.5) + bytes([0x80] * 15 + [0xF1])
    expected = [-4.0] * 15 + [-3.5] + [0.0] * 15 + [3.5]
    assert e5.unpack(raw).tolist() == expected
    assert e5.unpack(raw * 3).shape == (96,)


def test_another_format_is_refused() -> None:
    with pytest.raises(SetupFailed, match="not in the format"):
        e5.parse(b"GGUF" + bytes(64))


def test_the_tokenizer_normalises_as_its_model_was_trained() -> None:
    tokenizer = e5.tokenizer([*PIECES, ("<mask>", 0.0)])
    told = tokenizer.encode("ｈｅｌｌｏ\t\u200b  world e\u0301")
    assert told.tokens == ["<s>", "▁hello", "▁world", "▁", "é", "</s>"]


def test_a_weights_file_is_read_whole() -> None:
    text = "".join(piece for piece, _ in PIECES).encode()
    ends = np.cumsum([0, *(len(piece.encode()) for piece, _ in PIECES)])
    head = b"E5S1" + struct.pack("<I7ifi", 1, 32, 1, 2, 64, 8, 16, 2, 1e-12, 32)
    vocabulary = struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(text))
    vocabulary += ends.astype("<u4").tobytes()
    vocabulary += np.array([score for _, score in PIECES], "<f4").tobytes() + text
    normalisations = struct.pack("<iI", 1, 9) + struct.pack("<IBI", 0xFF21, 1, 0x41)
    directory = struct.pack("<iH", 1, 8) + b"emb.ln.w"
    body = head + vocabulary + normalisations + directory
    data = body + struct.pack("<BIQQ", 0, 2, len(body) + 21, 8) + struct.pack("<2f", 1.5, -2.0)

    weights = e5.parse(data)
    assert weights.pieces == PIECES
    assert weights.sizes["inner"] == 64
    assert weights.tensors["emb.ln.w"].tolist() == [1.5, -2.0]
