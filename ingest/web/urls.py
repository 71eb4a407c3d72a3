"""What may be asked for at all: web addresses, and how a redirect names the next one."""

from urllib.parse import urldefrag, urljoin, urlsplit

import httpx

from ingest.errors import PageUnavailable

LONGEST = 2000
"""Characters; longer ones are traps, and no server need take them."""


def checked(url: str) -> httpx.URL:
    """The URL as it will be asked for.

    Raises:
        PageUnavailable: it is none, or none that is fetched.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
        known = parts.scheme in ("http", "https") and bool(parts.hostname)
        parsed = httpx.URL(url) if known and len(url) <= LONGEST else None
    except (ValueError, httpx.InvalidURL) as error:
        raise PageUnavailable(f"{_short(url)} is not a URL: {_short(str(error))}") from error
    if not known:
        raise PageUnavailable(
            f"{_short(url)} is not a web address; only http and https are fetched"
        )
    if parsed is None:
        raise PageUnavailable(f"{_short(url)} is longer than {LONGEST:,} characters")
    if parsed.userinfo or "@" in parts.netloc:
        raise PageUnavailable("the URL carries a user name or password; take it out")
    return parsed


def target(url: str, location: str) -> str:
    """Where a redirect from a URL leads, without fragment.

    Raises:
        PageUnavailable: to nothing that is a URL.
    """
    try:
        return urldefrag(urljoin(url, location)).url
    except ValueError as error:
        raise PageUnavailable(f"redirects to {_short(location)}, which is not a URL") from error


def site(url: httpx.URL) -> str:
    """The host, and the port unless it is the scheme's own, of what is really asked for."""
    return url.netloc.decode("ascii")


def _short(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:200]}…"
