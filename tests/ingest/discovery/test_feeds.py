from datetime import UTC, datetime

import pytest

from ingest.discovery.feeds import read_feed

AT = "http://h/feed/all.xml"

RSS = """<?xml version="1.0"?><rss version="2.0"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<link>http://h/</link>
<item><title>a</title><link>http://h/a?x=1&amp;y=2</link>
<pubDate>Sat, 25 Jun 2010 15:00:00 GMT</pubDate></item>
<item><link/><guid>http://h/b</guid><dc:date>2024-05-01T10:00:00Z</dc:date></item>
<item><guid isPermaLink="false">http://h/never</guid></item>
<item><link>mailto:x@h</link></item></channel></rss>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="http://h/"><link>http://h/</link></channel>
<item rdf:about="http://h/a"><title>a</title></item><item><link>../b</link></item></rdf:RDF>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://h/posts/">
<link rel="self" href="http://h/feed"/><entry><link rel="edit" href="/never"/><link href="a"/>
<published>2020-01-01T00:00:00Z</published><updated>2024-05-01T10:00:00Z</updated></entry>
<entry><link rel="alternate" href="http://h/b"/></entry></feed>"""

JSON = """{"version": "https://jsonfeed.org/version/1.1", "items": [
{"url": "/a", "date_published": "2010-06-25T15:00:00Z", "date_modified": "2024-05-01T10:00:00Z"},
{"url": "http://h/b"}, {"id": "x"}, {"url": 7, "date_modified": 7}, "odd"]}"""

MAY = datetime(2024, 5, 1, 10, 0, 1, tzinfo=UTC)
JUNE = datetime(2010, 6, 25, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("feed", "entries"),
    [
        (RSS, [("http://h/a?x=1&y=2", JUNE), ("http://h/b", MAY)]),
        (RDF, [("http://h/a", None), ("http://h/b", None)]),
        (ATOM, [("http://h/posts/a", MAY), ("http://h/b", None)]),
        (JSON, [("http://h/a", MAY), ("http://h/b", None)]),
    ],
)
def test_entries_come_with_their_dates(
    feed: str, entries: list[tuple[str, datetime | None]]
) -> None:
    assert list(read_feed(feed.encode(), AT)) == entries


@pytest.mark.parametrize(
    "body",
    [
        *("", "<html><p>x</p></html>", "{", "[]", '{"items": 7}', '{"a":' * 100_000),
        *("<rss><channel><item><link></link></item></channel></rss>", "<feed><entry/></feed>"),
    ],
)
def test_what_is_no_feed_has_no_entries(body: str) -> None:
    assert list(read_feed(body.encode(), AT)) == []
