"""Taking in what other crawlers have fetched."""

import gzip
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest

from ingest.documents import Page
from ingest.imports import jsonl, warc
from ingest.imports.crawls import pages_of
from ingest.imports.jsonl import read_jsonl
from ingest.imports.skipped import Skipped
from ingest.imports.warc import read_warc

HTML = b"<html><body><h1>Boats</h1></body></html>"
Response = tuple[str, str, list[tuple[str, str]], bytes]


def archive(responses: Iterable[Response], *, packed: bool = True) -> bytes:
    """A WARC of these answers (URL, status, headers and body), each record packed by itself."""
    records = [_record("warcinfo", "", "application/warc-fields", b"software: test\r\n")]
    for url, status, headers, content in responses:
        head = "".join(f"{name}: {value}\r\n" for name, value in headers)
        answer = f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + content
        records.append(_record("response", url, "application/http; msgtype=response", answer))
    return b"".join(map(gzip.compress, records) if packed else records)


def _record(kind: str, url: str, content_type: str, block: bytes) -> bytes:
    target = f"WARC-Target-URI: {url}\r\n" if url else ""
    return (
        (
            f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Date: 2024-05-06T07:08:09Z\r\n{target}"
            f"WARC-Record-ID: <urn:uuid:1>\r\nContent-Type: {content_type}\r\n"
            f"Content-Length: {len(block)}\r\n\r\n"
        ).encode()
        + block
        + b"\r\n\r\n"
    )


def html(url: str, body: bytes = HTML, *more: tuple[str, str]) -> Response:
    return url, "200 OK", [("Content-Type", "text/html; charset=latin-1"), *more], body


@pytest.mark.parametrize("packed", [True, False])
def test_a_web_archive_gives_the_pages_that_can_be_read(packed: bool) -> None:
    body = archive(
        [
            html("https://A.example/b?utm_source=x#c", HTML, ("ETag", '"1"'), ("Link", "<x>")),
            ("https://a.example/gone", "404 Not Found", [("Content-Type", "text/html")], HTML),
            ("https://a.example/i.png", "200 OK", [("Content-Type", "image/png")], b"\x89PNG"),
            html("dns:a.example"),
            html("https://a.example/z", gzip.compress(HTML), ("Content-Encoding", "gzip")),
        ],
        packed=packed,
    )
    skipped = Skipped()
    pages = list(read_warc(BytesIO(body), skipped))
    assert [page.url for page in pages] == ["https://a.example/b", "https://a.example/z"]
    assert [page.body for page in pages] == [HTML, HTML]
    assert pages[0] == Page(
        url="https://a.example/b",
        requested="https://a.example/b",
        content_type="text/html",
        charset="latin-1",
        body=HTML,
        fetched_at=datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
        etag='"1"',
        link="<x>",
    )
    assert skipped.examples == [
        "https://a.example/gone: the server had answered HTTP 404",
        "https://a.example/i.png: is image/png, which is not read",
        "dns:a.example: has no web address",
    ]
    assert skipped.total == 3


def test_an_archive_packed_as_a_whole_is_read() -> None:
    whole = gzip.compress(archive([html("https://a.example/1")], packed=False))
    assert [page.url for page in read_warc(BytesIO(whole))] == ["https://a.example/1"]


@pytest.mark.parametrize("packed", [True, False])
def test_what_comes_before_a_break_is_kept(packed: bool) -> None:
    body = archive([html(f"https://a.example/{n}", HTML * 99) for n in range(3)], packed=packed)
    skipped = Skipped()
    kept = [page.url for page in read_warc(BytesIO(body[:-40]), skipped)]
    assert kept == ["https://a.example/0", "https://a.example/1"]
    assert skipped.examples[0].startswith("https://a.example/2: is ")
    assert not list(read_warc(BytesIO(b"WARC/1.0\r\nnonsense"), skipped))


def test_a_page_is_bounded_while_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "MOST_BYTES", 1_000_000)
    bomb = gzip.compress(b" " * 5_000_000)
    skipped = Skipped()
    body = archive([html("https://a.example/b", bomb, ("Content-Encoding", "gzip"))])
    assert not list(read_warc(BytesIO(body), skipped))
    assert skipped.reasons == {"is larger than 1 MB": 1}


def lines(*records: object) -> BytesIO:
    return BytesIO(b"\n".join(json.dumps(record).encode() for record in records))


FIRECRAWL = {
    "markdown": "# Boats",
    "metadata": {"title": "Boats", "sourceURL": "https://a.example/f", "statusCode": 200},
}
CRAWL4AI = {
    "url": "https://a.example/c",
    "success": True,
    "status_code": 200,
    "markdown": {"raw_markdown": "# Boats", "fit_markdown": ""},
    "metadata": {"title": None},
}
APIFY = {
    "url": "https://a.example/a",
    "crawl": {"loadedTime": "2024-05-06T07:08:09.000Z", "httpStatusCode": 200},
    "metadata": {"title": "Boats", "languageCode": "en"},
    "text": "Boats",
    "html": None,
}
SCRAPY = {"url": "https://a.example/s", "status": 200, "body": "<html><p>Boats</p></html>"}
PLAIN = {"url": "https://a.example/p", "content": "Boats", "title": "B", "date": "2024-05-06"}


def test_json_lines_of_other_crawlers_are_understood() -> None:
    skipped = Skipped()
    pages = list(read_jsonl(lines(FIRECRAWL, CRAWL4AI, APIFY, SCRAPY, PLAIN), skipped))
    assert [(page.url, page.content_type, page.body, page.title) for page in pages] == [
        ("https://a.example/f", "text/markdown", b"# Boats", "Boats"),
        ("https://a.example/c", "text/markdown", b"# Boats", ""),
        ("https://a.example/a", "text/plain", b"Boats", "Boats"),
        ("https://a.example/s", "text/html", b"<html><p>Boats</p></html>", ""),
        ("https://a.example/p", "text/plain", b"Boats", "B"),
    ]
    assert pages[2].fetched_at == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert pages[4].page_date == date(2024, 5, 6)
    assert skipped.total == 0


def test_html_is_taken_before_markdown_before_text() -> None:
    both = {**FIRECRAWL, "html": "<p>cut</p>", "rawHtml": "<p>whole</p>", "text": "bare"}
    (page,) = read_jsonl(lines(both))
    assert (page.content_type, page.body, page.title) == ("text/html", b"<p>whole</p>", "")


def test_lines_that_are_no_pages_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MOST_BYTES", 1_000_000)
    skipped = Skipped()
    stream = BytesIO(
        b"\n".join(
            [
                b'{"url": "https://a.example/1", "text": "' + b"x" * 2_500_000 + b'"}',
                b"{broken",
                b"[1]",
                b"[" * 100_000,
                b"",
                b'{"text": "no url"}',
                b'{"url": "https://a.example/2"}',
                b'{"url": "https://a.example/3", "html": "x", "status": 404}',
                b'{"url": "https://a.example/4", "success": false}',
                b'{"url": "https://a.example/5", "text": "kept"}',
            ]
        )
    )
    assert [page.url for page in read_jsonl(stream, skipped)] == ["https://a.example/5"]
    assert skipped.examples == [
        "line 1: is longer than 1 MB",
        "line 2: is no JSON",
        "line 3: is no JSON object",
        "line 4: is no JSON",
        "line 6: has no web address in its field url",
        "line 7: has no html, markdown, text or content",
        "line 8: the server had answered HTTP 404",
        "line 9: the crawler could not fetch it",
    ]


async def test_a_file_is_read_by_what_is_in_it(tmp_path: Path) -> None:
    responses = archive([html("https://a.example/1")])
    for body, url in (
        (responses, "https://a.example/1"),
        (gzip.decompress(responses), "https://a.example/1"),
        (lines(SCRAPY).getvalue(), "https://a.example/s"),
        (gzip.compress(lines(SCRAPY).getvalue()), "https://a.example/s"),
    ):
        path = tmp_path / "crawl"
        path.write_bytes(body)
        assert [page.url async for page in pages_of(path)] == [url]


async def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "crawl"
    path.write_bytes(b"Dear reader")
    with pytest.raises(ValueError, match="must be a WARC, or JSON lines"):
        await anext(pages_of(path))


async def test_a_broken_file_gives_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "crawl"
    long = {**SCRAPY, "body": "".join(f"{n} boats " for n in range(20_000))}
    path.write_bytes(gzip.compress(lines(SCRAPY, long, long).getvalue())[:-5000])
    skipped = Skipped()
    assert len([page async for page in pages_of(path, skipped)]) in (1, 2)
    assert skipped.examples[-1].endswith("the file breaks off (EOFError)")


async def test_leaving_early_closes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "crawl"
    path.write_bytes(lines(*[SCRAPY] * 50).getvalue())
    pages = pages_of(path)
    assert (await anext(pages)).url == "https://a.example/s"
    await pages.aclose()  # type: ignore[attr-defined]
