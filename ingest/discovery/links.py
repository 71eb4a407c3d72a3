"""URLs in one spelling.

Whether `/a` and `/a/` are one page, or `/a?x=1&y=2` and `/a?y=2&x=1`, only the server knows: it
redirects, or the page names its canonical URL. Here they stay two.
"""

import re
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import idna

# courlan is not used. Its normalising drops parameters such as `ref`, `keyword` or `cid`, which
# choose the page on many sites, loses parameters without a value, and decodes host names. Its
# filters turn away `/contact`, `/impressum`, `/category/x` and every `index.html`: on an
# organisation's own site, pages that people ask for.
_TRACKING = re.compile(
    r"utm_.+|(?:g|fb|dc|msclk|y|ysc|tw|li_fat_|igsh|gbra|wbra)(?:cl)?id|mc_[ce]id|pk_.+|mtm_.+"
    r"|_gl|_ga|phpsessid|jsessionid|aspsessionid.*|cftoken",
    re.IGNORECASE,
)
_SESSION = re.compile(r"(?:php|osc|zen|x)?-?_?s(?:ess(?:ion)?)?_?id|session|sess", re.IGNORECASE)
# A drawn value is long and mixes digits with letters, without words between dashes: a conference
# has its `?session=2024-opening-keynote`. 16 (of hexadecimal digits) are the shortest in use.
_DRAWN = re.compile(
    r"(?=.*\d)(?=.*[a-z])[a-z0-9]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE
)
# Java writes its session behind a semicolon, ASP.NET as a folder, both in the path.
_SESSION_IN_PATH = re.compile(
    r";jsessionid=[^/;]*|(?<=/)\((?:[SAFX]\([^()/]+\))+\)/", re.IGNORECASE
)
_ESCAPE = re.compile(r"%([0-9a-f]{2})?", re.IGNORECASE)
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_HOST_NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"
_QUERY_SAFE = _PATH_SAFE + "?"
LONGEST_URL = 2000


def normalise(url: str, base: str = "") -> str | None:
    """The one spelling of a URL, as seen from a page with the URL `base`.

    Without fragment, default port, tracking parameters and session ids; host in lower case and
    ASCII; dots resolved; escapes only where they are needed, in capitals. Slashes stay as many as
    they are, and parameters in their order.

    None for what is not a web address: other schemes, no host, a password, over 2,000 characters.
    """
    url = url.strip().partition("#")[0]
    try:
        parts = urlsplit(_joined(base, url) if base else url)
        host = _host(parts.hostname or "")
        port = parts.port
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    if port not in (None, {"http": 80, "https": 443}[parts.scheme]):
        host = f"{host}:{port}"
    path = quote(_escaped(_SESSION_IN_PATH.sub("", parts.path.replace("\\", "/"))), safe=_PATH_SAFE)
    query = quote(_escaped(_query(parts.query)), safe=_QUERY_SAFE)
    clean = urlunsplit((parts.scheme, host, _resolved(path) or "/", query, ""))
    return clean if len(clean) <= LONGEST_URL else None


def site(url: str) -> str:
    """What makes two URLs the same site: the host, and the port unless it is the scheme's own."""
    return urlsplit(url).netloc


def _joined(base: str, url: str) -> str:
    """A relative URL from its base (RFC 3986, 5.2): the library's own drops doubled slashes."""
    parts = urlsplit(url)
    if parts.scheme or parts.netloc:
        return url if parts.scheme else f"{urlsplit(base).scheme}:{url}"
    start = urlsplit(base)
    path, query = parts.path.replace("\\", "/"), parts.query
    if not path:
        path, query = start.path, query or start.query
    elif not path.startswith("/"):
        path = f"{start.path.rpartition('/')[0]}/{path}"
    return urlunsplit((start.scheme, start.netloc, path, query, ""))


def _host(name: str) -> str:
    if ":" in name:
        return f"[{name}]"
    name = unquote(name).rstrip(".")
    if not name.isascii():
        name = idna.encode(name, uts46=True).decode("ascii")
    # Underscores are not allowed in host names, and used.
    return name if _HOST_NAME.fullmatch(name) else ""


def _resolved(path: str) -> str:
    """A path without `.` and `..` (RFC 3986, 5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _escaped(text: str) -> str:
    """Escapes in one form: of what needs none resolved, in capitals, of a lone `%` added."""

    def spell(match: re.Match[str]) -> str:
        if match[1] is None:
            return "%25"
        char = chr(int(match[1], 16))
        return char if char in _UNRESERVED else f"%{match[1].upper()}"

    return _ESCAPE.sub(spell, text) if "%" in text else text


def _query(query: str) -> str:
    return "&".join(part for part in query.split("&") if not _is_noise(*part.partition("=")[::2]))


def _is_noise(name: str, value: str) -> bool:
    if _TRACKING.fullmatch(name):
        return True
    return bool(_SESSION.fullmatch(name) and _DRAWN.fullmatch(value))
