import gzip
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ingest.discovery import listings, scout
from ingest.discovery.found import Fetched, Found, Validators, Via
from ingest.discovery.scout import Scout
from ingest.sources.source import Source
from ingest.web.fetch import Fetcher
from tests.fakes.web import Reply, Route, Web, page, redirect, robots, serve

NOTHING = Validators()


def scouting(web: Web, fetcher: Fetcher, *seeds: str, **fields: object) -> Scout:
    urls = tuple(seed if "://" in seed else web.url(seed) for seed in seeds or ("/",))
    return Scout(Source.model_validate({"name": "x", "urls": urls, **fields}), fetcher, set())


def links(*targets: str) -> Reply:
    return page("".join(f'<p><a href="{target}">to {target}</a></p>' for target in targets))


def sitemap(*urls: str, lastmod: str = "2024-01-01T00:00:00Z") -> Reply:
    entries = "".join(f"<url><loc>{u}</loc><lastmod>{lastmod}</lastmod></url>" for u in urls)
    return Reply(body=f"<urlset>{entries}</urlset>", content_type="application/xml")


def index(*urls: str) -> Reply:
    entries = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return Reply(body=f"<sitemapindex>{entries}</sitemapindex>", content_type="text/xml")


def met(web: Web, found: Iterable[Found]) -> list[tuple[str, int, str]]:
    return [(each.url.removeprefix(web.url("")), each.depth, each.via) for each in found]


def became(web: Web, fetched: Iterable[Fetched]) -> dict[str, Fetched]:
    return {each.url.removeprefix(web.url("")): each for each in fetched}


async def look(
    web: Web, by: Scout, path: str, via: Via = "link", known: Validators = NOTHING, depth: int = 1
) -> list[Fetched]:
    return await by.look(Found(url=web.url(path), depth=depth, via=via), known)


# Starting


async def test_it_starts_with_the_seeds_and_what_robots_txt_names(fetcher: Fetcher) -> None:
    routes: dict[str, Route] = {
        "/robots.txt": robots("Sitemap: /index.xml\nUser-agent: *\nDisallow: /index.xml\n"),
        "/index.xml": index("/packed.xml.gz", "/missing.xml", "http://other.example/s.xml"),
        "/packed.xml.gz": Reply(
            body=gzip.compress(sitemap("/", "/a", "http://other.example/b").content),
            content_type="application/x-gzip",
        ),
        "/": page("home"),
    }
    with serve(routes) as web:
        start = await scouting(web, fetcher).start()
    assert met(web, start.found) == [("/", 0, "seed"), ("/a", 0, "sitemap")]
    assert start.found[0].lastmod == start.found[1].lastmod is not None
    refused = became(web, start.fetched)
    assert [(url, fetched.refused) for url, fetched in refused.items()] == [
        ("http://other.example/s.xml", True),
        ("http://other.example/b", True),
        ("/missing.xml", False),
    ]
    assert not start.complete
    assert start.sites == {f"127.0.0.1:{web.port}"}
    # Robots.txt may forbid a sitemap that it names, but not what nobody named.
    assert web.paths == ["/robots.txt", "/", "/index.xml", "/packed.xml.gz", "/missing.xml"]


@pytest.mark.parametrize(
    ("rules", "tried"),
    [(Reply(status=404), True), (robots("Sitemap: /a.xml"), False),
     (robots("User-agent: *\nDisallow: /sitemap.xml"), False)],
)  # fmt: skip
async def test_the_customary_place_is_tried_if_no_other_is_named(
    fetcher: Fetcher, rules: Reply, tried: bool
) -> None:
    routes: dict[str, Route] = {"/robots.txt": rules, "/": page("x"), "/a.xml": sitemap("/b")}
    with serve(routes) as web:
        start = await scouting(web, fetcher).start()
        assert ("/sitemap.xml" in web.paths) is tried
    assert start.complete
    assert start.fetched == ()


async def test_the_source_s_own_sitemaps_are_read_and_open_their_site(fetcher: Fetcher) -> None:
    with serve({"/list.txt": Reply(body="http://h/x", content_type="text/plain")}) as web:
        own = Source(name="x", sitemaps=(web.url("/list.txt"),))
        web.routes["/list.txt"] = Reply(body=web.url("/a"), content_type="text/plain")
        start = await Scout(own, fetcher, set()).start()
    assert met(web, start.found) == [("/a", 0, "sitemap")]


async def test_indexes_within_indexes_end(
    fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listings, "MOST_FILES", 4)
    routes: dict[str, Route] = {
        "/": page("x"),
        "/sitemap.xml": index("/2.xml", "/sitemap.xml"),
        "/2.xml": index("/3.xml"),
        "/3.xml": index("/4.xml"),
        "/many.xml": index(*(f"/{n}.xml" for n in range(5, 9))),
    }
    with serve(routes) as web:
        start = await scouting(web, fetcher).start()
        many = await scouting(web, fetcher, sitemaps=(web.url("/many.xml"),), depth=0).start()
    refused = became(web, start.fetched)
    assert list(refused) == ["/4.xml"]
    assert "indexes" in refused["/4.xml"].reason
    assert "4 sitemaps" in became(web, many.fetched)["/8.xml"].reason


async def test_more_pages_than_are_taken_are_not(
    fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listings, "MOST_URLS", 3)
    routes: dict[str, Route] = {
        "/": page("x"),
        "/sitemap.xml": sitemap(*(f"/{n}" for n in range(5))),
    }
    with serve(routes) as web:
        start = await scouting(web, fetcher).start()
    assert len(start.found) == 1 + 3
    assert not start.complete


async def test_feeds_of_start_pages_are_read(fetcher: Fetcher) -> None:
    feed = '<feed><entry><link href="/a"/><updated>2024-01-01T00:00:00Z</updated></entry></feed>'
    routes: dict[str, Route] = {
        "/": page('<head><link rel="alternate" type="application/atom+xml" href="/feed">'),
        "/feed": Reply(body=feed, content_type="application/atom+xml"),
    }
    with serve(routes) as web:
        start = await scouting(web, fetcher).start()
        assert met(web, start.found) == [("/", 0, "seed"), ("/a", 0, "feed")]
        assert start.found[1].lastmod
        alone = await scouting(web, fetcher, depth=0).start()
        assert met(web, alone.found) == [("/", 0, "seed")]


async def test_other_languages_in_a_sitemap_are_taken_if_the_source_has_none(
    fetcher: Fetcher,
) -> None:
    entry = (
        '<urlset xmlns:x="urn:x"><url><loc>/en</loc>'
        '<x:link rel="alternate" hreflang="de" href="/de"/>'
        '<x:link rel="alternate" hreflang="x-default" href="/"/></url></urlset>'
    )
    routes: dict[str, Route] = {"/s": page("x"), "/sitemap.xml": Reply(body=entry)}
    with serve(routes) as web:
        every = await scouting(web, fetcher, "/s").start()
        english = await scouting(web, fetcher, "/s", lang="en").start()
    assert met(web, every.found)[1:] == [
        ("/en", 0, "sitemap"), ("/de", 0, "alternate"), ("/", 0, "alternate")
    ]  # fmt: skip
    assert met(web, english.found)[1:] == [("/en", 0, "sitemap"), ("/", 0, "alternate")]


async def test_seeds_that_cannot_be_had_are_told(fetcher: Fetcher) -> None:
    routes: dict[str, Route] = {
        "/robots.txt": robots("User-agent: *\nDisallow: /no"),
        "/no": page("x"),
        "/broken": Reply(status=500),
        "/ok": page("x"),
    }
    with serve(routes) as web:
        seeds = ("/no", "/broken", "/gone", "/ok", "http://nowhere.invalid/")
        start = await scouting(web, fetcher, *seeds).start()
    told = became(web, start.fetched)
    assert met(web, start.found) == [("/ok", 0, "seed")]
    assert told["/no"].refused
    assert told["/gone"].gone
    assert not told["/broken"].refused | told["/broken"].gone
    assert not told["http://nowhere.invalid/"].refused


async def test_a_seed_that_moved_opens_its_new_site_before_sitemaps_are_judged(
    fetcher: Fetcher,
) -> None:
    with serve({"/": page("x", ETag='"1"')}) as new, serve({"/": redirect(new.url("/"))}) as old:
        new.routes["/sitemap.xml"] = sitemap(new.url("/a"), old.url("/b"))
        by = scouting(old, fetcher)
        start = await by.start()
        assert met(new, start.found) == [
            ("/", 0, "seed"), ("/a", 0, "sitemap"), (old.url("/b"), 0, "sitemap")
        ]  # fmt: skip
        (moved,) = start.fetched
        assert moved == Fetched(
            url=old.url("/"),
            reason=f"moved to {new.url('/')}",
            gone=True,
            moved_to=new.url("/"),
            opens=f"127.0.0.1:{new.port}",
        )
        assert start.sites == {f"127.0.0.1:{web.port}" for web in (old, new)}
        # It is not asked for twice, and what was known of it counts.
        seed = start.found[0]
        (unchanged,) = await by.look(seed, Validators(etag='W/"1"', links=(new.url("/c"),)))
        assert unchanged.unchanged
        assert met(new, unchanged.links) == [("/c", 1, "link")]
        assert new.paths.count("/") == 1
        (unchanged,) = await by.look(seed, Validators(etag='"1"'))
        assert unchanged.unchanged
        assert new.asked[-1].headers["If-None-Match"] == '"1"'


async def test_of_very_many_seeds_the_first_are_read_ahead(
    fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scout, "MOST_READ_AHEAD", 1)
    with serve({"/x": page("x")}) as other, serve({"/a": page("a")}) as web:
        web.routes["/b"] = redirect(other.url("/x"))
        by = scouting(web, fetcher, "/a", "/b")
        start = await by.start()
        assert met(web, start.found) == [("/a", 0, "seed"), ("/b", 0, "seed")]
        assert "/b" not in web.paths
        moved, there = await by.look(start.found[1], NOTHING)
    assert moved.opens == f"127.0.0.1:{other.port}"
    assert there.page is not None
    assert by.refusal(other.url("/y")) == ""


# Looking


async def test_links_are_one_further_and_inside(fetcher: Fetcher) -> None:
    routes: dict[str, Route] = {
        "/a": links("/b", "c?utm_source=mail&id=2", "/b#part", "https://elsewhere.example/", "/a")
    }
    with serve(routes) as web:
        (fetched,) = await look(web, scouting(web, fetcher), "/a", depth=3)
    assert fetched.page is not None
    assert met(web, fetched.links) == [("/b", 4, "link"), ("/c?id=2", 4, "link")]


async def test_what_cannot_be_had_and_what_may_not_be_asked_for(fetcher: Fetcher) -> None:
    routes: dict[str, Route] = {
        "/robots.txt": robots("User-agent: *\nDisallow: /private"),
        "/broken": Reply(status=500),
        "/loop": redirect("/loop"),
        "/way": redirect("/private/y"),
        "/trap": redirect("/x/x/x/x"),
        "/x/x/x/x": page("x"),
        "/private/y": page("x"),
        "/": page("x"),
        "/film": Reply(body=b"\0\1", content_type="video/mp4"),
    }
    with serve(routes) as web:
        web.routes["/out"] = redirect(web.url("/", host="localhost"))
        by = scouting(web, fetcher, exclude=("*/admin/*",))
        told = {path: (await look(web, by, path))[0] for path in (
            "/missing", "/broken", "/loop", "/film", "/private/x", "/admin/x", "/a/a/a/a", "/way",
            "/out", "/trap",
        )}  # fmt: skip
        other = await by.look(Found(url="http://other.example/", depth=1, via="link"), NOTHING)
    assert [path for path, fetched in told.items() if fetched.refused] == [
        "/private/x", "/admin/x", "/a/a/a/a", "/way", "/out", "/trap"
    ]  # fmt: skip
    assert [path for path, fetched in told.items() if fetched.gone] == ["/missing"]
    assert told["/way"].moved_to == web.url("/private/y")
    assert "robots.txt" in told["/way"].reason
    assert "another site" in told["/out"].reason
    assert "endless" in told["/trap"].reason
    assert other[0].refused
    assert not {"/private/x", "/admin/x", "/a/a/a/a"} & set(web.paths)


async def test_a_host_that_cannot_say_what_it_allows_is_not_called_forbidden(
    fetcher: Fetcher,
) -> None:
    with serve({"/robots.txt": Reply(status=500), "/a": page("x")}) as web:
        (fetched,) = await look(web, scouting(web, fetcher), "/a")
    assert "robots.txt" in fetched.reason
    assert not fetched.refused


async def test_a_redirect_is_recorded_and_its_end_is_read(fetcher: Fetcher) -> None:
    routes: dict[str, Route] = {"/old": redirect("/new/"), "/new/": links("/a")}
    with serve(routes) as web:
        moved, there = await look(web, scouting(web, fetcher), "/old", known=Validators(etag='"1"'))
    assert (moved.url, moved.moved_to, moved.gone) == (web.url("/old"), web.url("/new/"), True)
    assert there.url == web.url("/new/")
    assert there.page is not None
    assert met(web, there.links) == [("/a", 2, "link")]


async def test_an_unchanged_page_leads_where_it_led(fetcher: Fetcher) -> None:
    with serve({"/a": page("x", ETag='"1"')}) as web:
        outside = "http://gone.example/"
        known = Validators(
            etag='"1"', links=(web.url("/b"), outside), beside=(web.url("/c"),)
        )  # fmt: skip
        (fetched,) = await look(web, scouting(web, fetcher), "/a", known=known)
    assert fetched.unchanged
    assert met(web, fetched.links) == [("/c", 1, "alternate"), ("/b", 2, "link")]


@pytest.mark.parametrize(
    ("read", "changed", "via", "asked"),
    [
        (timedelta(days=1), timedelta(days=2), "sitemap", False),
        (timedelta(days=1), timedelta(hours=2), "sitemap", True),
        (timedelta(days=8), timedelta(days=30), "sitemap", True),
        (timedelta(days=1), None, "sitemap", True),
        # A feed dates the entry, which may be older than the page's last change.
        (timedelta(days=1), timedelta(days=2), "feed", True),
    ],
)
async def test_a_sitemap_s_date_saves_a_request_for_a_week(
    fetcher: Fetcher, read: timedelta, changed: timedelta | None, via: Via, asked: bool
) -> None:
    now = datetime.now(UTC)
    with serve({"/a": page("x")}) as web:
        by = scouting(web, fetcher)
        known = Validators(fetched_at=now - read, links=(web.url("/b"),))
        lastmod = None if changed is None else now - changed
        found = Found(url=web.url("/a"), depth=0, via=via, lastmod=lastmod)
        (fetched,) = await by.look(found, known)
        assert ("/a" in web.paths) is asked
        assert fetched.unchanged is not asked
        (fetched,) = await by.look(replace(found, via="sitemap"), Validators())
        assert fetched.page is not None


@pytest.mark.parametrize(
    "reply",
    [
        page('<meta name="robots" content="noindex"><a href="/b">b</a>'),
        page('<a href="/b">b</a>', X_Robots_Tag="noindex"),
    ],
)
async def test_a_page_that_asks_not_to_be_indexed_is_still_followed(
    fetcher: Fetcher, reply: Reply
) -> None:
    with serve({"/a": reply}) as web:
        (fetched,) = await look(web, scouting(web, fetcher), "/a")
    assert fetched.page is None
    assert fetched.refused
    assert fetched.gone
    assert "not to be indexed" in fetched.reason
    assert met(web, fetched.links) == [("/b", 2, "link")]


@pytest.mark.parametrize(
    ("canonical", "alias_of"),
    [
        ("/a", "/a"),
        ("/a/x", ""),
        ("http://elsewhere.example/a", ""),
        ("/admin/a", ""),
        # All too often every page names the start page.
        ("/", ""),
        ("/?p=2", "/?p=2"),
    ],
)
async def test_a_canonical_url_of_the_source_makes_an_alias(
    fetcher: Fetcher, canonical: str, alias_of: str
) -> None:
    html = f'<head><link rel="canonical" href="{canonical}"></head><a href="/b">b</a>'
    with serve({"/a/x": page(html)}) as web:
        by = scouting(web, fetcher, exclude=("*/admin/*",))
        (fetched,) = await look(web, by, "/a/x")
    assert fetched.page is not None
    assert fetched.alias_of.removeprefix(web.url("")) == alias_of
    expected = [(alias_of, 1, "canonical")] if alias_of else []
    assert met(web, fetched.links) == [*expected, ("/b", 2, "link")]


async def test_the_start_page_may_be_the_canonical_of_its_own_index(fetcher: Fetcher) -> None:
    with serve({"/index.html": page('<head><link rel="canonical" href="/">')}) as web:
        (fetched,) = await look(web, scouting(web, fetcher), "/index.html")
    assert fetched.alias_of == web.url("/")


async def test_other_languages_are_as_near_as_the_page_but_not_without_end(
    fetcher: Fetcher,
) -> None:
    html = (
        '<head><link rel="alternate" hreflang="fr-ca" href="/fr"><link rel="alternate" '
        'hreflang="de" href="/de"><link rel="alternate" hreflang="es" href="http://es.example/">'
    )
    with serve({"/a": page(html)}) as web:
        (every,) = await look(web, scouting(web, fetcher), "/a")
        (french,) = await look(web, scouting(web, fetcher, lang="fr"), "/a")
        (again,) = await look(web, scouting(web, fetcher), "/a", via="alternate")
    assert met(web, every.links) == [("/fr", 1, "alternate"), ("/de", 1, "alternate")]
    assert met(web, french.links) == [("/fr", 1, "alternate")]
    assert {each.depth for each in again.links} == {2}


async def test_a_seed_outside_the_patterns_is_read_for_its_links(fetcher: Fetcher) -> None:
    with serve({"/": links("/docs/a", "/blog/b"), "/docs/a": page("x")}) as web:
        by = scouting(web, fetcher, include=("*/docs/*",))
        start = await by.start()
        (fetched,) = await by.look(start.found[0], NOTHING)
        refusals = [by.refusal(link.url) for link in (*start.found, *fetched.links)]
    assert fetched.page is None
    assert fetched.refused
    assert met(web, fetched.links) == [("/docs/a", 1, "link"), ("/blog/b", 1, "link")]
    assert [bool(refusal) for refusal in refusals] == [False, False, True]


async def test_what_is_not_the_source_s_is_known_without_asking(fetcher: Fetcher) -> None:
    with serve({}) as web:
        by = scouting(web, fetcher, exclude=("*.pdf",))
        assert by.refusal(web.url("/a")) == ""
        assert "another site" in by.refusal("http://other.example/")
        assert "*.pdf" in by.refusal(web.url("/a.pdf"))
        assert "endless" in by.refusal(web.url("/a/b/a/b/a/b"))
        assert web.paths == []
