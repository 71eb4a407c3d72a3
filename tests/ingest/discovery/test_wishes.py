import pytest

from ingest.discovery.wishes import read_wishes


@pytest.mark.parametrize(
    ("name", "content", "index", "follow"),
    [
        ("robots", "all", True, True),
        ("ROBOTS", "NoIndex, follow", False, True),
        ("robots", "nofollow", True, False),
        ("robots", "none", False, False),
        ("groundling", "noindex", False, True),
        ("googlebot", "noindex", True, True),
        ("description", "noindex", True, True),
        ("robots", "unavailable_after: 2020-01-01", False, True),
        ("robots", "unavailable_after: 2999-01-01", True, True),
        ("robots", "noarchive, max-snippet:-1", True, True),
    ],
)
def test_a_robots_element_says_what_may_be_done(
    name: str, content: str, index: bool, follow: bool
) -> None:
    wishes = read_wishes([(name, content)], "", "groundling")
    assert (wishes.may_index, wishes.may_follow) == (index, follow)
    assert bool(wishes.reason) is not index


@pytest.mark.parametrize(
    ("header", "index", "follow"),
    [
        ("noindex", False, True),
        ("googlebot: noindex, nofollow", True, True),
        ("googlebot: noindex, groundling: nofollow", True, False),
        ("Groundling: noindex, nofollow, googlebot: none", False, False),
        ("nofollow, otherbot: noindex", True, False),
        ("max-image-preview: large, noindex", False, True),
        ("unavailable_after: 25 Jun 2010 15:00:00 PST", False, True),
        ("unavailable_after: Friday, 25-Jun-10 15:00:00 UTC, nofollow", False, False),
        ("groundling: unavailable_after: 25 Jun 2010 15:00:00 GMT", False, True),
        ("otherbot: unavailable_after: 25 Jun 2010 15:00:00 GMT", True, True),
        ("unavailable_after: soon", True, True),
        ("", True, True),
    ],
)
def test_the_header_speaks_to_all_or_to_whom_it_names(
    header: str, index: bool, follow: bool
) -> None:
    wishes = read_wishes([], header, "groundling")
    assert (wishes.may_index, wishes.may_follow) == (index, follow)


def test_the_strictest_goes_and_says_where_it_stands() -> None:
    wishes = read_wishes([("robots", "index, follow")], "none", "groundling")
    assert (wishes.may_index, wishes.may_follow) == (False, False)
    assert wishes.reason == "asks not to be indexed (X-Robots-Tag header: none)"
