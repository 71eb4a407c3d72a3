from datetime import UTC, datetime
from html import escape

import pytest

from ingest.discovery import signposts as room
from ingest.discovery.signposts import Signposts, signposts
from ingest.documents import Page


def read(html: str, *, type: str = "text/html", robots: str = "", link: str = "") -> Signposts:
    url = "http://h/a/b"
    page = Page(
        url=url,
        requested=url,
        content_type=type,
        charset="utf-8",
        body=html.encode(),
        fetched_at=datetime.now(UTC),
        robots=robots,
        link=link,
    )
    return signposts(page, "groundling", lambda link: link.startswith("http://h/"))


def test_links_stand_once_and_in_order() -> None:
    html = (
        '<a href="c#1">1</a><a href="/d">d</a><area href="c#2"><a href="http://other/">o</a>'
        '<a rel="external NOFOLLOW" href="/never">n</a><a href="#x">x</a><a href="mailto:x@h">m</a>'
        '<frameset><frame src="/frame"></frameset><a href="//h/e?utm_source=x">e</a>'
    )
    assert read(html).links == tuple(f"http://h{p}" for p in ("/a/c", "/d", "/frame", "/e"))


@pytest.mark.parametrize("href", ["/p.JPG", "/p.pdf.zip", "/film.mp4?t=1", "/x/event.ics"])
def test_pictures_films_and_archives_are_not_followed(href: str) -> None:
    assert read(f'<a href="{href}">x</a>').links == ()


@pytest.mark.parametrize("href", ["/wiki/Node.js", "/a.png.html", "/leaflet.pdf", "/x?file=a.zip"])
def test_what_may_be_a_page_is(href: str) -> None:
    assert read(f'<a href="{href}">x</a>').links == (f"http://h{href}",)


@pytest.mark.parametrize(
    "content", ["0; url=/c", "5;URL='/c'", '0;url="/c"', " 0 ; /c", "0,url=http://h/c#x"]
)
def test_a_refresh_is_a_link(content: str) -> None:
    html = f'<meta http-equiv=Refresh content="{escape(content)}">'
    assert read(html).links == ("http://h/c",)


def test_links_start_at_the_base_the_page_names() -> None:
    assert read('<base href="/sub/"><a href="x">x</a>').links == ("http://h/sub/x",)
    assert read('<base href="http://[x"><a href="x">x</a>').links == ("http://h/a/x",)


@pytest.mark.parametrize(
    ("html", "header", "canonical"),
    [
        ('<link rel="canonical" href="/c#x">', "", "http://h/c"),
        ('<link rel="canonical" href="/a/b?utm_source=x">', "", ""),
        ('<link rel="canonical" href="/c"><link rel=canonical href="/c?fbclid=1">', "", "http://h/c"),
        ('<link rel="canonical" href="/c"><link rel="canonical" href="/d">', "", ""),
        ('<link rel="canonical" href="/c">', '<http://h/d>; rel="canonical"', ""),
        ("", '</style.css>; rel=preload; as=style, <http://h/c>; rel="canonical"', "http://h/c"),
        ("", "<http://h/c>;title=\"a, b; c\" ; rel='canonical'", ""),
        ('</head><body><p>x<link rel="canonical" href="/c">', "", ""),
        ('<link rel="canonical" href="mailto:x@h">', "", ""),
        ('<link rel="canonical">', "", ""),
    ],
)  # fmt: skip
def test_a_canonical_url_is_one_in_the_head_or_the_header(
    html: str, header: str, canonical: str
) -> None:
    assert read(f"<html><head>{html}", link=header).canonical == canonical


def test_other_languages_stand_in_the_head_and_the_header() -> None:
    html = (
        '<head><link rel="alternate" hreflang="en" href="/a/b">'
        '<link rel=alternate hreflang=DE href="/de">'
    )
    posts = read(html, link='<http://h/fr>; rel="alternate"; hreflang="fr"')
    assert posts.alternates == (("http://h/fr", "fr"), ("http://h/de", "de"))


def test_feeds_are_what_their_type_says() -> None:
    html = (
        '<head><link rel="alternate" type="application/rss+xml" href="/rss"><link rel="alternate"'
        ' type="application/feed+json; charset=utf-8" href="/f.json"><link rel="icon" href="/x">'
    )
    assert read(html).feeds == ("http://h/rss", "http://h/f.json")


def test_a_page_that_asks_not_to_be_followed_is_not() -> None:
    html = '<meta name="robots" content="nofollow"><a href="/c">c</a>'
    assert (read(html).links, read(html).may_index) == ((), True)
    assert read('<a href="/c">c</a>', robots="none").links == ()


def test_other_types_speak_by_their_headers() -> None:
    posts = read(
        "%PDF <a href='/x'>", type="application/pdf", robots="noindex", link='</c>; rel="canonical"'
    )
    assert (posts.links, posts.canonical, posts.may_index) == ((), "http://h/c", False)


def test_of_very_many_links_the_first_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    html = "".join(f'<a href="http://other/{n}">o</a><a href="/{n}">{n}</a>' for n in range(9))
    monkeypatch.setattr(room, "MOST_LINKS", 9)
    assert (len(read(html).links), read(html).cut) == (9, False)
    monkeypatch.setattr(room, "MOST_LINKS", 8)
    assert (len(read(html).links), read(html).cut) == (8, True)
