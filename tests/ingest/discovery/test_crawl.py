from collections.abc import AsyncIterator, Mapping

import pytest

from ingest.discovery.crawl import Fetched, Validators, crawl
from ingest.discovery.links import normalise
from ingest.settings import FetchSettings
from ingest.web.fetch import Fetcher, open_fetcher
from tests.fakes.web import Reply, Route, Web, page, redirect, robots, serve


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with open_fetcher(
        FetchSettings.model_validate({"allow_private": True, "delay_s": 0.0})
    ) as opened:
        yield opened


async def walk(
    web: Web,
    fetcher: Fetcher,
    *seeds: str,
    depth: int = 3,
    limit: int = 50,
    known: Mapping[str, Validators] | None = None,
) -> dict[str, Fetched]:
    """What was fetched, by path (or by URL, off the server)."""
    urls = [seed if "://" in seed else web.url(seed) for seed in seeds or ("/",)]
    found = [f async for f in crawl(urls, fetcher, depth=depth, limit=limit, known=known or {})]
    assert len({fetched.url for fetched in found}) == len(found)
    return {fetched.url.removeprefix(web.url("")) or "/": fetched for fetched in found}


def links(*targets: str) -> Reply:
    return page("".join(f'<p><a href="{target}">to {target}</a></p>' for target in targets))


SITE: dict[str, Route] = {
    "/": links("/a", "b", "/a#part", "https://elsewhere.example/", "mailto:x@y.z", "file:///x"),
    "/a": links("/", "/c?utm_source=mail&id=2"),
    "/b": links("/c?id=2", "/photo.JPG", "/leaflet.pdf"),
    "/c?id=2": links("/d"),
    "/d": page("<p>deep</p>"),
    "/leaflet.pdf": Reply(body=b"%PDF-1.4", content_type="application/pdf"),
}


async def test_pages_come_breadth_first_each_once_within_the_site(fetcher: Fetcher) -> None:
    with serve(SITE) as web:
        found = await walk(web, fetcher)
    assert list(found) == ["/", "/a", "/b", "/c?id=2", "/leaflet.pdf", "/d"]
    assert found["/"].links == (web.url("/a"), web.url("/b"))
    assert found["/leaflet.pdf"].page is not None
    assert web.paths.count("/c?id=2") == 1
    assert web.paths[0] == "/robots.txt"


@pytest.mark.parametrize(("depth", "pages"), [(0, ["/"]), (1, ["/", "/a", "/b"])])
async def test_links_are_followed_as_deep_as_asked(
    fetcher: Fetcher, depth: int, pages: list[str]
) -> None:
    with serve(SITE) as web:
        assert list(await walk(web, fetcher, depth=depth)) == pages


async def test_what_lies_beyond_the_limit_is_named_and_not_asked_for(fetcher: Fetcher) -> None:
    with serve(SITE) as web:
        found = await walk(web, fetcher, limit=2)
    assert [path for path, fetched in found.items() if fetched.page] == ["/", "/a"]
    assert "limit of 2 pages" in found["/b"].reason
    assert not found["/b"].gone
    assert "/b" not in web.paths


async def test_a_url_that_cannot_be_had_does_not_end_the_crawl(fetcher: Fetcher) -> None:
    routes: dict[str, Route] = {
        "/": links("/missing", "/broken", "/loop", "/ok"),
        "/broken": Reply(status=500),
        "/loop": redirect("/loop"),
        "/ok": page("fine"),
    }
    with serve(routes) as web:
        found = await walk(web, fetcher, "/", "http://nowhere.invalid/", "ftp://x/")
    assert found["/missing"].gone
    assert not found["/broken"].gone
    assert "500" in found["/broken"].reason
    assert "redirects" in found["/loop"].reason
    assert "not known" in found["http://nowhere.invalid/"].reason
    assert "http" in found["ftp://x/"].reason
    assert found["/ok"].page is not None


async def test_robots_txt_is_obeyed(fetcher: Fetcher) -> None:
    rules = "User-agent: *\nDisallow: /\n\nUser-agent: groundling\nDisallow: /private*\nAllow: /\n"
    routes: dict[str, Route] = {
        "/robots.txt": robots(rules),
        "/": links("/private/x", "/open", "/way"),
        "/open": page("x"),
        "/way": redirect("/private/y"),
        "/private/y": page("secret"),
    }
    with serve(routes) as web:
        found = await walk(web, fetcher)
    assert "robots.txt" in found["/private/x"].reason
    assert "/private/x" not in web.paths
    assert found["/open"].page is not None
    assert found["/way"].page is None
    assert "robots.txt" in found["/way"].reason
    assert web.paths.count("/robots.txt") == 1


@pytest.mark.parametrize(
    ("answer", "allowed"),
    [
        (Reply(status=404), True),
        (Reply(status=403), True),
        (Reply(body=b"\xef\xbb\xbfUser-agent: *\nDisallow: /", content_type="image/png"), False),
        (Reply(status=500), False),
        (Reply(status=429, headers={"Retry-After": "99"}), False),
        (page("<html>a page for everything</html>"), True),
        (redirect("/rules.txt"), False),
    ],
)
async def test_a_host_without_rules_allows_all_and_one_that_cannot_say_nothing(
    fetcher: Fetcher, answer: Reply, allowed: bool
) -> None:
    rules = robots("User-agent: *\nDisallow: /")
    with serve({"/robots.txt": answer, "/rules.txt": rules, "/": page("x")}) as web:
        found = await walk(web, fetcher)
    assert bool(found["/"].page) is allowed
    assert allowed or "robots.txt" in found["/"].reason


async def test_a_host_s_crawl_delay_is_kept(fetcher: Fetcher) -> None:
    rules = robots("User-agent: *\nCrawl-delay: 0.2\n")
    with serve({"/robots.txt": rules, "/": links("/a"), "/a": page("x")}) as web:
        await walk(web, fetcher)
    assert web.asked[2].at - web.asked[1].at > 0.15


async def test_wishes_about_following_and_indexing_are_honoured(fetcher: Fetcher) -> None:
    routes: dict[str, Route] = {
        "/": page(
            '<a rel="external NOFOLLOW" href="/never">n</a><a href="/dead-end">d</a>'
            '<a href="/unlisted">u</a><a href="/ours">o</a><map><area href="/area"></map>'
        ),
        "/dead-end": page('<meta name="Robots" content="NoFollow"><a href="/never">n</a>'),
        "/unlisted": page('<meta name=robots content="noindex, follow"><a href="/via">v</a>'),
        "/ours": page('<meta name="groundling" content="none"><a href="/never">n</a>'),
        "/via": page("x"),
        "/area": page("x"),
    }
    with serve(routes) as web:
        found = await walk(web, fetcher)
    assert sorted(found) == ["/", "/area", "/dead-end", "/ours", "/unlisted", "/via"]
    assert found["/dead-end"].page is not None
    for path in ("/unlisted", "/ours"):
        assert found[path].page is None
        assert found[path].gone
        assert "not to be indexed" in found[path].reason


async def test_a_redirect_to_a_page_already_read_is_not_doubled(fetcher: Fetcher) -> None:
    routes: dict[str, Route] = {
        "/": links("/old", "/new", "/older"),
        "/old": redirect("/new"),
        "/older": redirect("/new"),
        "/new": page("here"),
    }
    with serve(routes) as web:
        found = await walk(web, fetcher)
        assert sorted(found) == ["/", "/new"]
        assert web.paths.count("/new") == 2
        # Once it was a page of its own: now what was indexed of it must go.
        known = {web.url("/old"): Validators(etag='"1"')}
        again = await walk(web, fetcher, known=known)
    assert again["/old"].gone
    assert again["/old"].reason == f"moved to {web.url('/new')}"
    assert again["/new"].page is not None


async def test_a_redirect_may_widen_a_seed_s_site_but_not_a_link_s(fetcher: Fetcher) -> None:
    routes: dict[str, Route] = {"/start": links("/")}
    with serve({"/": links("/x"), "/x": page("x")}) as other, serve(routes) as web:
        web.routes["/"] = redirect(other.url("/"))
        by_seed = await walk(web, fetcher, "/")
        by_link = await walk(web, fetcher, "/start")
    assert sorted(by_seed) == sorted([other.url("/"), other.url("/x")])
    assert "another site" in by_link["/"].reason


async def test_an_unchanged_page_is_said_so_and_its_links_of_last_time_are_followed(
    fetcher: Fetcher,
) -> None:
    first_page = page('<a href="/a">a</a>', ETag='"1"')
    with serve({"/": first_page, "/a": page("x", ETag='"2"')}) as web:
        first = await walk(web, fetcher)
        known = {
            fetched.url: Validators(etag=fetched.page.etag, links=fetched.links)
            for fetched in first.values()
            if fetched.page
        }
        web.routes["/a"] = page("new words", ETag='"3"')
        again = await walk(web, fetcher, known=known)
    assert again["/"] == Fetched(url=web.url("/"), unchanged=True, links=(web.url("/a"),))
    assert not again["/a"].unchanged
    assert again["/a"].page is not None


async def test_links_start_at_the_base_the_page_names(fetcher: Fetcher) -> None:
    routes: dict[str, Route] = {
        "/": page('<base href="/sub/"><a href="x">x</a>'),
        "/sub/x": page("x"),
    }
    with serve(routes) as web:
        assert list(await walk(web, fetcher)) == ["/", "/sub/x"]


@pytest.mark.parametrize(
    ("url", "spelling"),
    [
        ("HTTP://Example.ORG:80", "http://example.org/"),
        ("https://example.org:443/a/../b/./c#part", "https://example.org/b/c"),
        (
            "https://example.org:8443/?utm_source=x&b=1&a=&fbclid=2",
            "https://example.org:8443/?b=1&a=",
        ),
        (
            "https://example.org/?ref=2&keyword=boat&cid=7",
            "https://example.org/?ref=2&keyword=boat&cid=7",
        ),
        (
            "https://bücher.example/schöne straße",
            "https://xn--bcher-kva.example/sch%C3%B6ne%20stra%C3%9Fe",
        ),
        ("https://example.org/caf%C3%A9?q=caf%C3%A9", "https://example.org/caf%C3%A9?q=caf%C3%A9"),
        ("http://[::1]:8000/x", "http://[::1]:8000/x"),
        ("  https://example.org./\n", "https://example.org/"),
    ],
)
def test_a_url_has_one_spelling(url: str, spelling: str) -> None:
    assert normalise(url) == spelling
    assert normalise(spelling) == spelling


@pytest.mark.parametrize(
    "url",
    [
        *("", "/a", "mailto:a@b.c", "javascript:x()", "file:///x", "data:text/html,x", "http://"),
        *("http://u:p@h/", "http://[x/", "http://h:99999/", f"http://{'a' * 70}.org/"),
        f"http://h/{'x' * 2000}",
    ],
)
def test_what_is_no_web_address_has_no_spelling(url: str) -> None:
    assert normalise(url) is None
