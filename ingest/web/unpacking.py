"""How a packed body is unpacked: gzip, brotli or zstd, never more at once than there is room for.

A few kilobytes can unpack to gigabytes, so each call says how much may come out of it.
"""

import sys
import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli

from ingest.errors import PageUnavailable

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ENCODINGS = "gzip, br, zstd"
"""What we ask for."""
_STEP = 1 << 16
_MOST_PIECES = 1000
"""A body may be packed in pieces, one after the other; each starts anew, which costs time."""
_WINDOW = {int(zstd.DecompressionParameter.window_log_max): 23}
"""RFC 9659: what is sent over HTTP needs no window above 8 MiB."""


class Unpacker(Protocol):
    """Takes a body part by part."""

    @property
    def ended(self) -> bool:
        """Whether what came so far is whole."""
        ...

    def unpack(self, part: bytes) -> Iterator[bytes]:
        """What a part of the packed body holds, in steps of about 64 KiB."""
        ...


def unpacker(encoding: str) -> Unpacker:
    """The one for a Content-Encoding.

    Raises:
        PageUnavailable: it is none that was asked for.
    """
    match encoding.strip().lower():
        case "" | "identity":
            return _Plain()
        case "gzip" | "x-gzip":
            return _Pieces(_Gzip)
        case "br":
            return _Brotli()
        case "zstd":
            return _Pieces(_Zstd)
    raise PageUnavailable(f"is packed as {encoding[:40]}, which was not asked for", status=200)


def broken(how: object) -> PageUnavailable:
    """The reason for a body that cannot be unpacked."""
    return PageUnavailable(f"its compression is broken: {how}", status=200)


class _Plain:
    ended = True

    def unpack(self, part: bytes) -> Iterator[bytes]:
        yield part


class _Piece(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def step(self, part: bytes) -> tuple[bytes, bytes | None]:
        """What comes out, and what to call again with (None: nothing is left inside)."""
        ...


class _Gzip:
    magic = b"\x1f\x8b"

    def __init__(self) -> None:
        self._inside = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inside.eof

    @property
    def unused_data(self) -> bytes:
        return self._inside.unused_data

    def step(self, part: bytes) -> tuple[bytes, bytes | None]:
        out = self._inside.decompress(part, _STEP)
        full = len(out) == _STEP and not self._inside.eof
        return out, self._inside.unconsumed_tail if full else None


class _Zstd:
    magic = b""  # frames have several; what is no frame is an error

    def __init__(self) -> None:
        self._inside = zstd.ZstdDecompressor(options=_WINDOW)

    @property
    def eof(self) -> bool:
        return self._inside.eof

    @property
    def unused_data(self) -> bytes:
        return self._inside.unused_data

    def step(self, part: bytes) -> tuple[bytes, bytes | None]:
        out = self._inside.decompress(part, _STEP)
        return out, None if self._inside.eof or self._inside.needs_input else b""


class _Pieces:
    """A body of one or more whole pieces; padding behind a piece of gzip is ignored."""

    def __init__(self, kind: type[_Gzip] | type[_Zstd]) -> None:
        self._kind = kind
        self._piece: _Piece = kind()
        self._count = 1

    @property
    def ended(self) -> bool:
        return self._piece.eof

    def unpack(self, part: bytes) -> Iterator[bytes]:
        left: bytes | None = part
        while left is not None:
            if self._piece.eof:
                if not left or not left.startswith(self._kind.magic[: len(left)]):
                    return
                self._next()
            try:
                out, left = self._piece.step(left)
            except (zlib.error, zstd.ZstdError) as error:
                raise broken(error) from error
            yield out
            if self._piece.eof:
                left = self._piece.unused_data

    def _next(self) -> None:
        self._piece = self._kind()
        self._count += 1
        if self._count > _MOST_PIECES:
            raise broken(f"it comes in more than {_MOST_PIECES:,} pieces")


class _Brotli:
    def __init__(self) -> None:
        self._inside = brotli.Decompressor()

    @property
    def ended(self) -> bool:
        return bool(self._inside.is_finished())

    def unpack(self, part: bytes) -> Iterator[bytes]:
        while not self._inside.is_finished():
            try:
                out = self._inside.process(part, output_buffer_limit=_STEP)
            except brotli.error as error:
                raise broken("what came is not brotli") from error
            if not out:
                return
            yield out
            part = b""
