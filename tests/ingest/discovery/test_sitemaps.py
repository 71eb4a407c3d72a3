import gzip
import time
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from ingest.discovery import sitemaps as room
from ingest.discovery.sitemaps import Named, NoSitemap, read_sitemap

NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
AT = "http://h/maps/sitemap.xml"


def urlset(*entries: str, ns: str = NS) -> bytes:
    urls = "".join(f"<url>{entry}</url>" for entry in entries)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {ns}>{urls}</urlset>'.encode()


def urls(body: bytes) -> list[str]:
    return [named.url for named in read_sitemap(body, AT).pages]


def test_pages_come_with_their_dates() -> None:
    body = urlset(
        "<loc> http://h/a?x=1&amp;y=2 </loc><lastmod>2024-05-01T10:00:00Z</lastmod>",
        "<lastmod>never</lastmod><loc><![CDATA[http://h/b#part]]></loc><priority>1</priority>",
        "<loc>mailto:x@h</loc>",
        "<lastmod>2024</lastmod>",
    )
    assert read_sitemap(body, AT).pages == (
        Named("http://h/a?x=1&y=2", lastmod=datetime(2024, 5, 1, 10, 0, 1, tzinfo=UTC)),
        Named("http://h/b"),
    )


@pytest.mark.parametrize(
    "ns", ["", 'xmlns="http://www.google.com/schemas/sitemap/0.84"', "xmlns:x='y'"]
)
def test_any_namespace_will_do(ns: str) -> None:
    assert urls(urlset("<loc>/a</loc>", ns=ns)) == ["http://h/a"]


def test_pictures_are_no_pages_and_other_languages_are() -> None:
    ns = f'{NS} xmlns:image="urn:pictures" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    body = urlset(
        "<image:image><image:loc>http://h/p.jpg</image:loc></image:image><loc>http://h/en/</loc>"
        '<xhtml:link rel="alternate" hreflang="en" href="http://h/en/"/>'
        '<xhtml:link rel="alternate" hreflang="de-AT" href="http://h/de/"/>'
        '<xhtml:link rel="alternate" media="handheld" href="http://m.h/"/>',
        ns=ns,
    )
    assert read_sitemap(body, AT).pages == (
        Named("http://h/en/"),
        Named("http://h/de/", via="alternate", language="de-at"),
    )


def test_an_index_names_more_sitemaps() -> None:
    body = (
        f"<sitemapindex {NS}><sitemap><loc>a.xml.gz</loc><lastmod>2024-01-01</lastmod></sitemap>"
        "<sitemap><loc>http://h/b.xml</loc></sitemap><sitemap><loc>http://h/b.xml</loc></sitemap>"
        "</sitemapindex>"
    )
    read = read_sitemap(body.encode(), AT)
    assert read.sitemaps == ("http://h/maps/a.xml.gz", "http://h/b.xml")
    assert read.pages == ()


def test_a_packed_file_is_unpacked_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = gzip.compress(urlset("<loc>http://h/a</loc>"))
    assert urls(packed) == ["http://h/a"]
    with pytest.raises(NoSitemap, match="ends early"):
        read_sitemap(packed[:-12], AT)
    with pytest.raises(NoSitemap, match="broken"):
        read_sitemap(packed[:20] + b"x" * 40, AT)
    monkeypatch.setattr(room, "LONGEST", 1_000_000)
    with pytest.raises(NoSitemap, match="1,000,000 bytes"):
        read_sitemap(gzip.compress(b" " * 20_000_000), AT)


def test_plain_text_names_a_page_a_line() -> None:
    body = b"\xef\xbb\xbfhttp://h/a\r\n\r\nhttp://h/b \nwords\n"
    assert urls(body) == ["http://h/a", "http://h/b"]


def test_a_feed_is_a_sitemap_too() -> None:
    body = b"<rss><channel><item><link>http://h/a</link></item></channel></rss>"
    assert read_sitemap(body, AT).pages == (Named("http://h/a", via="feed"),)


@pytest.mark.parametrize(
    "body",
    [b"", b"  \n", b"<html><body><a href='http://h/a'>a</a></body></html>", b"nothing", b"<"],
)
def test_what_is_no_sitemap_is_said_so(body: bytes) -> None:
    with pytest.raises(NoSitemap):
        read_sitemap(body, AT)


def test_broken_xml_is_read_as_far_as_it_goes() -> None:
    entry = "<loc>http://h/{}?x=1&y=2</loc>"
    whole = urlset(*(entry.format(n) for n in range(3)))
    assert urls(b"\n\n" + whole[: whole.index(b"http://h/2") - 5]) == [
        "http://h/0?x=1&y=2",
        "http://h/1?x=1&y=2",
    ]
    wide = "<urlset><url><loc>http://h/ä</loc></url></urlset>".encode("utf-16")
    assert urls(wide) == ["http://h/%C3%A4"]


def test_no_more_than_the_protocol_allows_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_URLS", 10)
    assert len(urls(urlset(*(f"<loc>http://h/{n}</loc>" for n in range(50))))) == 10


LAUGHS = '<!ENTITY a "http://h/">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise("abcdefghij")
)


def entities(declared: str, *, loc: str, more: str = "") -> bytes:
    return f"<!DOCTYPE x [{declared}]><urlset><url {more}><loc>{loc}</loc></url></urlset>".encode()


@pytest.mark.parametrize(
    "body",
    [
        # A billion laughs, in text and in an attribute; the file system; the network.
        entities(LAUGHS, loc="&j;"),
        entities(LAUGHS, loc="", more='x="&j;"'),
        entities('<!ENTITY a SYSTEM "file:///etc/hostname">', loc="http://h/&a;"),
        entities('<!ENTITY % a SYSTEM "http://127.0.0.1:9/x.dtd"> %a;', loc="http://h/&b;"),
        b"<urlset>" + b"<url>" * 100_000,
    ],
)
def test_hostile_xml_does_nothing(body: bytes) -> None:
    began = time.perf_counter()
    assert all(len(url) < 20 for url in urls(body))
    assert time.perf_counter() - began < 1
