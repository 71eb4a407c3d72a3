from datetime import UTC, datetime

import pytest

from ingest.discovery.traps import MOST_OF_A_SHAPE, endless, shape, too_many

NEXT_YEAR = datetime.now(UTC).year + 1


@pytest.mark.parametrize(
    "path",
    [
        "/a/b/a/b/a/b",
        "/docs/x/x/x/x/",
        "/en/docs/a/b/c/a/b/c/a/b/c/d",
        "/" + "/".join(map(str, range(21))),
        "/events/2199/05/",
        "/calendar/day/2199-05-12",
        "/events?month=2199-05",
        "/x?tribe-bar-date=2199-05-01",
        "/x?year=2199&month=5",
        "/?" + "&".join(f"f{n}={n}" for n in range(13)),
        "/login?return=%2525252Flogin",
    ],
)
def test_what_has_no_end_is_refused(path: str) -> None:
    assert endless(f"http://h{path}")


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/docs/current/functions-string.html", "/3.11/library/asyncio-task.html"),
        *("/blog/2011/11/11/11-11-11/", "/11/11/11/", "/a/b/a/b", "/en/a/en/b", "/x/x/x"),
        *(f"/events/{NEXT_YEAR}/05/12", "/archive/1914/08/", "/parts/2199-10.html"),
        *("/index.php?title=Main_Page&action=history", "/viewtopic.php?f=2&t=1234&start=50"),
        *("/a%2520b", "/shop?page=10", "/?date=1893456000", "/x?year=9"),
    ],
)  # fmt: skip
def test_what_real_sites_have_is_not(path: str) -> None:
    assert endless(f"http://h{path}") == ""


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/docs/functions-string.html", "/blog/2011/11/a-title", "/v/2024.1/x"),
        *("/index.php?title=Main_Page", "/index.php?id=12&L=1", "/?p=123", "/?page_id=3"),
        *("/viewtopic.php?f=2&t=1234", "/show?artikel=7", "/?option=c&view=a&id=5&Itemid=7"),
        "/news.php?newsid=99",
    ],
)  # fmt: skip
def test_what_chooses_a_page_is_not_counted(path: str) -> None:
    assert shape(f"http://h{path}") == ""


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("/calendar/2024/05/", "/calendar/2024/06", True),
        ("/calendar/2024-05-12", "/calendar/2031-01-01.html", True),
        ("/calendar/2024/05", "/other/2024/05", False),
        ("/week/2024-w20", "/week/2024-w21", True),
        ("/x?month=5&year=2024", "/x?year=2025&month=6", True),
        ("/shop?page=2", "/shop?page=9", True),
        ("/shop?page=2", "/shop?sort=price", False),
        ("/shop/a?page=2", "/shop/b?page=2", False),
        ("/shop?category=1&page=2", "/shop?category=2&page=2", False),
        ("/shop?color=red&size=m", "/shop?brand=x&color=blue&sort=price", True),
        ("/shop?f[0]=a&f[1]=b", "/shop?f[1]=c&f[2]=d", True),
        ("/shop/filter/color/red/", "/shop/filter/size/m/brand/x", True),
        ("/search?query=a", "/search?query=b", True),
        ("https://a.example/x?page=1", "/x?page=1", False),
    ],
)
def test_what_turns_the_same_pages_over_is_counted_together(
    one: str, other: str, alike: bool
) -> None:
    first, second = (shape(url if "://" in url else f"http://h{url}") for url in (one, other))
    assert first
    assert second
    assert (first == second) is alike


def test_the_reason_names_the_limit_and_the_shape() -> None:
    reason = too_many("http://h/shop?*")
    assert str(MOST_OF_A_SHAPE) in reason
    assert "http://h/shop?*" in reason
