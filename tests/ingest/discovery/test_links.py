import pytest

from ingest.discovery.links import normalise, site


@pytest.mark.parametrize(
    ("url", "spelling"),
    [
        ("HTTP://Example.ORG:80", "http://example.org/"),
        ("https://example.org:443/a/../b/./c#part", "https://example.org/b/c"),
        ("https://example.org:80/", "https://example.org:80/"),
        ("http://[::1]:8000/x", "http://[::1]:8000/x"),
        ("  https://example.org./\n", "https://example.org/"),
        ("http://h/a/%2e%2e/b/..", "http://h/"),
        ("http://h/..//x/", "http://h//x/"),
        ("http://h/a\\b", "http://h/a/b"),
        ("http://h?x", "http://h/?x"),
        ("http://my_host/", "http://my_host/"),
        # Only the server knows whether these are the same as without their slash.
        ("http://h/a/", "http://h/a/"),
        ("http://h//a///b", "http://h//a///b"),
    ],
)
def test_host_port_dots_and_fragment_have_one_form(url: str, spelling: str) -> None:
    assert normalise(url) == spelling
    assert normalise(spelling) == spelling


@pytest.mark.parametrize(
    ("url", "spelling"),
    [
        ("https://bücher.example/schöne straße", "https://xn--bcher-kva.example/sch%C3%B6ne%20stra%C3%9Fe"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://h/caf%c3%a9?q=caf%C3%A9", "https://h/caf%C3%A9?q=caf%C3%A9"),
        ("http://h/%7euser/%41%2fb", "http://h/~user/A%2Fb"),
        ("http://h/100%/x?y=5%&z=%zz", "http://h/100%25/x?y=5%25&z=%25zz"),
        ("http://h/a?q=b c+d", "http://h/a?q=b%20c+d"),
    ],
)  # fmt: skip
def test_escapes_have_one_form(url: str, spelling: str) -> None:
    assert normalise(url) == spelling
    assert normalise(spelling) == spelling


@pytest.mark.parametrize(
    ("url", "spelling"),
    [
        ("http://h/?utm_source=x&b=1&a=&fbclid=2", "http://h/?b=1&a="),
        ("http://h/?ref=2&keyword=boat&cid=7&flag", "http://h/?ref=2&keyword=boat&cid=7&flag"),
        ("http://h/a;jsessionid=0A1B.node2?x=1", "http://h/a?x=1"),
        ("http://h/(S(lit3py55t21z5v55vlm25s55))/a.aspx", "http://h/a.aspx"),
        ("http://h/a?PHPSESSID=1&x=2", "http://h/a?x=2"),
        ("http://h/a?sid=0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c", "http://h/a"),
        ("http://h/a?session_id=6ba7b810-9dad-11d1-80b4-00c04fd430c8", "http://h/a"),
        ("http://h/a?sid=7", "http://h/a?sid=7"),
        ("http://h/a?session=2024-opening-keynote", "http://h/a?session=2024-opening-keynote"),
        ("http://h/a_(b)/c", "http://h/a_(b)/c"),
    ],
)
def test_what_does_not_choose_the_page_is_dropped_and_nothing_else(url: str, spelling: str) -> None:
    assert normalise(url) == spelling
    assert normalise(spelling) == spelling


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("c", "http://h/a//b/c"),
        ("../c", "http://h/a//c"),
        ("/c", "http://h/c"),
        ("?x=1", "http://h/a//b/d?x=1"),
        ("//other/x", "http://other/x"),
        ("./a:b", "http://h/a//b/a:b"),
        ("", "http://h/a//b/d?y=2"),
    ],
)
def test_a_relative_link_starts_at_its_page_and_keeps_its_slashes(link: str, url: str) -> None:
    assert normalise(link, "http://h/a//b/d?y=2#part") == url


@pytest.mark.parametrize(
    "url",
    [
        *("", "/a", "mailto:a@b.c", "javascript:x()", "file:///x", "data:text/html,x", "http://"),
        *("http://u:p@h/", "http://[x/", "http://h:99999/", f"http://{'a' * 70}.org/"),
        *("http://a b/", "http://a..b/", "http://h%00/", "http://h<x>/", f"http://h/{'x' * 2000}"),
    ],
)  # fmt: skip
def test_what_is_no_web_address_has_no_spelling(url: str) -> None:
    assert normalise(url) is None
    assert normalise(url, "ftp://h/") is None


def test_a_site_is_its_host_and_port() -> None:
    assert site("https://h/") == site("http://h/x") == "h"
    assert site("http://h:81/") == "h:81"
