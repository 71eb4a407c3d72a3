import asyncio

import pytest

from ingest.discovery import robots as room
from ingest.discovery.robots import Robots
from ingest.web.fetch import Fetcher
from tests.fakes.web import Reply, page, redirect, robots, serve

MARKED = b"\xef\xbb\xbfUser-agent: *\nDisallow: /"


async def test_our_own_group_goes_before_that_of_all(fetcher: Fetcher) -> None:
    rules = "User-agent: *\nDisallow: /\n\nUser-agent: groundling\nDisallow: /private*\nAllow: /\n"
    with serve({"/robots.txt": robots(rules)}) as web:
        read = Robots(fetcher)
        refusals = [await read.refusal(web.url(path)) for path in ("/", "/private/x", "/?x")]
        assert await read.forbids(web.url("/private/x"))
        assert not await read.forbids(web.url("/"))
    assert [bool(refusal) for refusal in refusals] == [False, True, False]
    assert "robots.txt" in refusals[1]
    assert web.paths == ["/robots.txt"]


@pytest.mark.parametrize(
    ("answer", "allowed", "known"),
    [
        (Reply(status=404), True, True),
        (Reply(status=403), True, True),
        (Reply(body=MARKED, content_type="image/png"), False, True),
        (Reply(status=500), False, False),
        (Reply(status=429, headers={"Retry-After": "99"}), False, False),
        (page("<html>a page for everything</html>"), True, True),
        (redirect("/rules.txt"), False, True),
        (robots("User-agent: *\nDisallow: /\n" + "# more\n" * 100_000), False, True),
    ],
)  # fmt: skip
async def test_a_host_without_rules_allows_all_and_one_that_cannot_say_nothing(
    fetcher: Fetcher, answer: Reply, allowed: bool, known: bool
) -> None:
    rules = robots("User-agent: *\nDisallow: /")
    with serve({"/robots.txt": answer, "/rules.txt": rules}) as web:
        read = Robots(fetcher)
        refusal = await read.refusal(web.url("/x"))
        assert await read.forbids(web.url("/x")) is (known and not allowed)
    assert bool(refusal) is not allowed
    assert allowed or "robots.txt" in refusal


async def test_a_host_is_asked_once_by_however_many(fetcher: Fetcher) -> None:
    with serve({"/robots.txt": robots("User-agent: *\nDisallow: /x")}) as web:
        read = Robots(fetcher)
        await asyncio.gather(*(read.refusal(web.url(f"/{n}")) for n in range(5)))
        assert web.paths == ["/robots.txt"]


async def test_a_host_that_could_not_say_is_asked_again_after_a_while(
    fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "UNKNOWN_KEPT_S", -1.0)
    with serve({"/robots.txt": Reply(status=500)}) as web:
        read = Robots(fetcher)
        assert await read.refusal(web.url("/"))
        web.routes["/robots.txt"] = Reply(status=404)
        assert await read.refusal(web.url("/")) == ""


async def test_the_sitemaps_it_names_are_known(fetcher: Fetcher) -> None:
    rules = "Sitemap: https://h/a.xml\nUser-agent: *\nDisallow:\nsitemap: /b.xml\n"
    with serve({"/robots.txt": robots(rules)}) as web:
        assert await Robots(fetcher).sitemaps(web.url("/")) == ["https://h/a.xml", "/b.xml"]


@pytest.mark.parametrize("rule", ["Crawl-delay: 0.2", "Request-rate: 5/1s", "Request-rate: 5/1"])
async def test_the_delay_it_asks_for_is_kept(fetcher: Fetcher, rule: str) -> None:
    with serve({"/robots.txt": robots(f"User-agent: *\n{rule}\n"), "/a": page("x")}) as web:
        await Robots(fetcher).refusal(web.url("/a"))
        await fetcher.get(web.url("/a"))
        await fetcher.get(web.url("/a"))
    assert web.asked[2].at - web.asked[1].at > 0.15
