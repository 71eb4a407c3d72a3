import gzip
import sys
from collections.abc import Callable

import brotli
import pytest

from ingest.errors import PageUnavailable
from ingest.web.unpacking import unpacker

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = "".join(f"<p>Line {n} of many, each a little different.\n" for n in range(20_000)).encode()
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "br": lambda body: brotli.compress(body, quality=3),
    "zstd": zstd.compress,
    "identity": bytes,
}


@pytest.mark.parametrize("packing", PACKERS)
@pytest.mark.parametrize("step", [1000, 1 << 16, 1 << 30])
def test_what_was_packed_comes_out_whole_and_in_small_steps(packing: str, step: int) -> None:
    packed, unpack, out = PACKERS[packing](TEXT), unpacker(packing), []
    for start in range(0, len(packed), step):
        out += list(unpack.unpack(packed[start : start + step]))
    assert b"".join(out) == TEXT
    assert unpack.ended
    if packing != "identity":
        assert max(map(len, out)) <= 200_000


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_pieces_one_after_the_other_are_one_body(packing: str) -> None:
    packed, unpack = PACKERS[packing](b"one ") + PACKERS[packing](b"two"), unpacker(packing)
    out = b"".join(b"".join(unpack.unpack(packed[n : n + 1])) for n in range(len(packed)))
    assert (out, unpack.ended) == (b"one two", True)


def test_padding_behind_gzip_is_ignored() -> None:
    unpack = unpacker("gzip")
    assert b"".join(unpack.unpack(gzip.compress(b"one") + bytes(50))) == b"one"
    assert list(unpack.unpack(b"more")) == []


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_pieces_without_number_are_refused(packing: str) -> None:
    with pytest.raises(PageUnavailable, match="more than 1,000 pieces"):
        list(unpacker(packing).unpack(PACKERS[packing](b"") * 1500))


def test_zstd_may_not_ask_for_a_large_window() -> None:
    options = {int(zstd.CompressionParameter.window_log): 26}
    frame = zstd.ZstdCompressor(options=options)
    packed = frame.compress(TEXT * 20) + frame.flush()
    with pytest.raises(PageUnavailable, match="compression is broken"):
        list(unpacker("zstd").unpack(packed))


@pytest.mark.parametrize("packing", ["deflate", "compress", "gzip, br", "x" * 500])
def test_a_packing_that_was_not_asked_for_is_refused(packing: str) -> None:
    with pytest.raises(PageUnavailable, match="not asked for") as caught:
        unpacker(packing)
    assert len(str(caught.value)) < 100
