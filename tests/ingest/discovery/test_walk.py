from typing import Any

import pytest

from ingest.discovery import traps
from ingest.discovery.walk import Met, walk
from ingest.sources.source import Source
from ingest.web.fetch import Fetcher
from tests.fakes.web import Reply, Route, Web, page, redirect, robots, serve


async def walked(web: Web, fetcher: Fetcher, **fields: Any) -> dict[str, Met]:
    """What was met, by path (or by URL, off the server)."""
    source = Source.model_validate({"name": "x", "urls": (web.url("/"),), **fields})
    met = [each async for each in walk(source, fetcher)]
    assert len({each.fetched.url for each in met}) == len(met)
    assert all(each.found.url == each.fetched.url for each in met)
    return {each.found.url.removeprefix(web.url("")): each for each in met}


def links(*targets: str) -> Reply:
    return page("".join(f'<p><a href="{target}">to {target}</a></p>' for target in targets))


SITE: dict[str, Route] = {
    "/": links("/a", "b", "/a#part", "https://elsewhere.example/", "mailto:x@y.z", "/photo.JPG"),
    "/a": links("/", "/c?utm_source=mail&id=2"),
    "/b": links("/c?id=2", "/never"),
    "/c?id=2": links("/d"),
    "/d": page("<p>deep</p>"),
}


async def test_pages_come_nearest_first_each_once_within_the_site(fetcher: Fetcher) -> None:
    with serve(SITE) as web:
        met = await walked(web, fetcher, depth=3, exclude=("*/never",))
    assert [(path, each.found.depth) for path, each in met.items()] == [
        ("/", 0), ("/a", 1), ("/b", 1), ("/never", 2), ("/c?id=2", 2), ("/d", 3)
    ]  # fmt: skip
    assert [path for path, each in met.items() if not each.fetched.page] == ["/never"]
    assert web.paths == ["/robots.txt", "/", "/sitemap.xml", "/a", "/b", "/c?id=2", "/d"]


@pytest.mark.parametrize(("depth", "pages"), [(0, ["/"]), (1, ["/", "/a", "/b"])])
async def test_links_are_followed_as_deep_as_asked(
    fetcher: Fetcher, depth: int, pages: list[str]
) -> None:
    with serve(SITE) as web:
        assert list(await walked(web, fetcher, depth=depth)) == pages


async def test_what_lies_beyond_the_limit_is_named_and_not_asked_for(fetcher: Fetcher) -> None:
    rules = robots("User-agent: *\nDisallow: /a")
    with serve({**SITE, "/robots.txt": rules}) as web:
        met = await walked(web, fetcher, depth=3, limit=2)
    # What robots.txt forbids does not count.
    assert [path for path, each in met.items() if each.fetched.page] == ["/", "/b"]
    assert met["/c?id=2"].fetched.refused
    assert "limit of 2 pages" in met["/c?id=2"].fetched.reason
    assert not {"/a", "/c?id=2"} & set(web.paths)


async def test_a_page_met_by_several_names_is_told_once(fetcher: Fetcher) -> None:
    routes: dict[str, Route] = {
        "/": redirect("/home"),
        "/home": links("/old", "/new", "/older"),
        "/old": redirect("/new"),
        "/older": redirect("/new"),
        "/new": page("here"),
    }
    with serve(routes) as web:
        met = await walked(web, fetcher)
    assert list(met) == ["/", "/home", "/old", "/new", "/older"]
    assert met["/"].found.via == "seed"
    assert met["/older"].fetched.moved_to == web.url("/new")
    assert web.paths.count("/home") == 1


async def test_a_site_without_an_end_is_left(
    fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traps, "MOST_OF_A_SHAPE", 3)
    routes: dict[str, Route] = {
        "/": links("/cal?month=1&year=2001", "x/"),
        **{
            f"/cal?month={n}&year=2001": links(f"/cal?month={n + 1}&year=2001")
            for n in range(1, 10)
        },
        **{f"/{'x/' * n}": links("x/") for n in range(1, 10)},
    }
    with serve(routes) as web:
        met = await walked(web, fetcher, depth=50)
    pages = [path for path, each in met.items() if each.fetched.page]
    assert sorted(pages) == sorted(
        ["/", *(f"/cal?month={n}&year=2001" for n in (1, 2, 3)), "/x/", "/x/x/", "/x/x/x/"]
    )
    assert "more than 3 pages" in met["/cal?month=4&year=2001"].fetched.reason
    assert "endless" in met["/x/x/x/x/"].fetched.reason


async def test_sitemaps_and_their_refusals_are_told(fetcher: Fetcher) -> None:
    body = "<urlset><url><loc>/a</loc></url><url><loc>http://other.example/</loc></url></urlset>"
    with serve({"/": page("x"), "/a": page("x"), "/sitemap.xml": Reply(body=body)}) as web:
        met = await walked(web, fetcher)
    assert met["/a"].found.via == met["http://other.example/"].found.via == "sitemap"
    assert met["http://other.example/"].fetched.refused
