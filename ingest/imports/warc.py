"""Pages out of web archives (WARC, ARC), compressed as a whole, by record, or not at all."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from ingest.discovery.links import normalise
from ingest.documents import Page
from ingest.errors import PageUnavailable
from ingest.imports.skipped import Skipped
from ingest.media import READABLE
from ingest.web.kinds import LOOK, check, file_name, kind, media_type

MOST_BYTES = 50_000_000
"""Of one page, unpacked."""
GZIP = b"\x1f\x8b"
_PIECE = 1 << 16
_KINDS = ("response", "resource")
_BROKEN = (EOFError, OSError, zlib.error, ValueError, UnicodeError)


class _NotTaken(Exception):
    """A record that is no page; the message says why."""


def read_warc(file: Path | BinaryIO, skipped: Skipped | None = None) -> Iterator[Page]:
    """The pages of an archive, one at a time: what answered 200 with a type that is read.

    What is left out is counted in `skipped`. Where the archive itself breaks off, what came before
    is kept and the break is counted.

    Raises:
        OSError: the file cannot be opened.
    """
    skipped = Skipped() if skipped is None else skipped
    with _opened(file) as stream:
        records = _records(stream, skipped)
        for number, record in enumerate(records, 1):
            if record.rec_type not in _KINDS:
                continue
            uri = str(record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
            try:
                page = _page(record, uri)
            except (_NotTaken, PageUnavailable) as error:
                skipped.note(uri or f"record {number}", str(error))
            except _BROKEN as error:
                skipped.note(uri or f"record {number}", f"is broken ({type(error).__name__})")
            else:
                yield page


class _Steady:
    """What is packed, piece by piece: a larger read would lose what came before a break in it."""

    def __init__(self, packed: gzip.GzipFile) -> None:
        self._packed = packed

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; fewer do not mean the end, none do."""
        return self._packed.read1(size)


@contextmanager
def _opened(file: Path | BinaryIO) -> Iterator[BinaryIO | _Steady]:
    """The file's bytes, unpacked as a stream."""
    if isinstance(file, Path):
        with file.open("rb") as opened, _unpacked(opened) as stream:
            yield stream
    else:
        with _unpacked(file) as stream:
            yield stream


@contextmanager
def _unpacked(file: BinaryIO) -> Iterator[BinaryIO | _Steady]:
    start = file.read(len(GZIP))
    file.seek(-len(start), 1)
    if start != GZIP:
        yield file
        return
    with gzip.GzipFile(fileobj=file) as stream:
        yield _Steady(stream)


def _records(stream: BinaryIO | _Steady, skipped: Skipped) -> Iterator[Any]:
    """The records up to the end, or to where the archive breaks off."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    records = iter(ArchiveIterator(stream, arc2warc=True))
    count = 0
    while True:
        try:
            record = next(records, None)
        except (*_BROKEN, ArchiveLoadFailed) as error:
            skipped.note(
                f"after record {count}", f"the archive breaks off ({type(error).__name__})"
            )
            return
        if record is None:
            return
        count += 1
        yield record


def _page(record: Any, uri: str) -> Page:
    url = normalise(uri)
    if url is None:
        raise _NotTaken("has no web address")
    headers = record.http_headers
    if record.rec_type == "response":
        _check_status(headers)
    said = headers or record.rec_headers
    declared, charset = media_type(said.get_header("Content-Type") or "")
    check(declared, READABLE)
    body = record.content_stream().read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise _NotTaken(f"is larger than {MOST_BYTES // 1_000_000} MB")
    _check_whole(record)
    name = file_name(url, said.get_header("Content-Disposition") or "")
    return Page(
        url=url,
        requested=url,
        content_type=kind(declared, name, body[:LOOK], READABLE),
        charset=charset,
        body=body,
        fetched_at=_moment(record.rec_headers.get_header("WARC-Date")),
        etag=said.get_header("ETag"),
        last_modified=said.get_header("Last-Modified"),
        robots=said.get_header("X-Robots-Tag") or "",
        link=said.get_header("Link") or "",
    )


def _check_status(headers: Any) -> None:
    status = headers.get_statuscode() if headers else ""
    if status != "200":
        raise _NotTaken(f"the server had answered HTTP {status or 'without a status'}")


def _check_whole(record: Any) -> None:
    """See that the archive does not end within the record: half a page looks like a whole one."""
    raw = record.raw_stream
    while raw.read(_PIECE):
        pass
    if raw.limit > 0:
        raise _NotTaken("is cut off where the archive ends")


def _moment(written: str | None) -> datetime:
    """When it was fetched; now, if the archive does not say so."""
    now = datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(written or "")
    except ValueError:
        return now
    return min(moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC), now)
