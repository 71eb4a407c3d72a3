import time

import pytest

from ingest.discovery.patterns import Patterns
from ingest.sources.source import Source


def patterns(*include: str, exclude: tuple[str, ...] = ()) -> Patterns:
    return Patterns(Source(name="x", urls=("http://h/",), include=include, exclude=exclude))


@pytest.mark.parametrize(
    ("pattern", "url", "fits"),
    [
        ("http://h/docs/*", "http://h/docs/a/b?c=d", True),
        ("http://h/docs/*", "http://h/Docs/a", False),
        ("http://h/docs", "http://h/docs/", False),
        ("*/list?page=*", "http://h/list?page=2", True),
        ("*/list?page=*", "http://h/lists", False),
        ("http://h/?", "http://h/a", True),
        ("http://h/?", "http://h/", False),
        ("*.html", "http://h/a.html", True),
        ("*.html", "http://h/a.html?x", False),
        ("http://h/[ab]", "http://h/a", False),
        ("*/a*b*c", "http://h/a/b/b/c", True),
        ("*/a*b*c", "http://h/a/c/b", False),
        ("*/café/*", "http://h/caf%C3%A9/x", True),
        ("*/caf%C3%A9/*", "http://h/caf%C3%A9/x", True),
    ],
)
def test_a_pattern_fits_a_whole_url(pattern: str, url: str, fits: bool) -> None:
    assert (patterns(pattern).refusal(url) == "") is fits


def test_without_include_all_are_in_and_exclude_goes_first() -> None:
    assert patterns().refusal("http://h/a") == ""
    both = patterns("*/a/*", exclude=("*/a/b*",))
    assert both.refusal("http://h/a/c") == ""
    assert "*/a/b*" in both.refusal("http://h/a/b")
    assert "include" in both.refusal("http://h/c")


def test_no_pattern_takes_for_ever() -> None:
    began = time.perf_counter()
    assert patterns("*a" * 30 + "b").refusal("http://h/" + "a" * 1900)
    assert time.perf_counter() - began < 1
