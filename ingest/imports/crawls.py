"""A file of another crawler's pages, whatever its format, read in a thread of its own."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, cast

from ingest.documents import Page
from ingest.imports.jsonl import read_jsonl
from ingest.imports.skipped import Skipped
from ingest.imports.warc import GZIP, read_warc

_WARC = (b"WARC/", b"filedesc:")
_LOOK = 64


async def pages_of(path: Path, skipped: Skipped | None = None) -> AsyncIterator[Page]:
    """The pages of a WARC, ARC or JSON lines file, gzipped or not; one in memory at a time.

    Raises:
        ValueError: it is none of these.
        OSError: it cannot be read.
    """
    loop = asyncio.get_running_loop()
    pages = read_crawl(path, Skipped() if skipped is None else skipped)
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="import")
    try:
        while (page := await loop.run_in_executor(thread, next, pages, None)) is not None:
            yield page
    finally:
        # After whatever is still being read, in the same thread.
        thread.submit(pages.close)
        thread.shutdown(wait=False)


def read_crawl(path: Path, skipped: Skipped) -> Generator[Page]:
    """The same, blocking."""
    with path.open("rb") as file:
        packed = file.read(len(GZIP)) == GZIP
    if _start(path, packed).startswith(_WARC):
        yield from read_warc(path, skipped)
        return
    if not _start(path, packed).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        raise ValueError(
            "The file is no crawl that can be imported: it must be a WARC, or JSON lines with an "
            "object that has a url and html, markdown or text in each"
        )
    with _opened(path, packed) as stream:
        yield from read_jsonl(stream, skipped)


def _start(path: Path, packed: bool) -> bytes:
    with _opened(path, packed) as stream:
        return stream.read(_LOOK)


def _opened(path: Path, packed: bool) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path) if packed else path.open("rb"))
