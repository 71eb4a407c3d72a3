"""URLs in one spelling, and what a page says about links: where it leads, and what it forbids."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from ingest.documents import Page
from ingest.extraction.markup import parse

# courlan's normalising is not used: it drops parameters such as `ref`, `keyword` or `cid`, which
# choose the page on many sites, loses parameters without a value, and decodes host names.
_TRACKING = re.compile(
    r"utm_.+|(?:g|fb|dc|msclk|y|ysc|tw|li_fat_|igsh|gbra|wbra)(?:cl)?id|mc_[ce]id|pk_.+|mtm_.+|_gl|_ga"
    r"|phpsessid|jsessionid",
    re.IGNORECASE,
)
_NOT_PAGES = re.compile(
    r"\.(?:jpe?g|png|gif|svg|webp|avif|ico|bmp|tiff?|css|js|mjs|json|map|woff2?|ttf|eot"
    r"|mp[34]|m4[av]|ogg|og[av]|wav|webm|avi|mov|zip|gz|tgz|bz2|xz|7z|rar|exe|dmg|iso|apk|ics|vcf)",
    re.IGNORECASE,
)
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"
_QUERY_SAFE = _PATH_SAFE + "?"
LONGEST_URL = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Signposts:
    """What a page says to crawlers: its links (normalised, each once, in order) and its wishes."""

    links: tuple[str, ...] = ()
    may_index: bool = True


def normalise(url: str, base: str = "") -> str | None:
    """The one spelling of a URL: no fragment, default port or tracking parameter, lower-case host.

    None for what is not a web address: other schemes, no host, a password, over 2,000 characters.
    """
    try:
        parts = urlsplit(urljoin(base, url.strip()))
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    host = f"[{host}]" if ":" in host else host.rstrip(".")
    if port not in (None, {"http": 80, "https": 443}[parts.scheme]):
        host = f"{host}:{port}"
    query = "&".join(p for p in parts.query.split("&") if not _TRACKING.fullmatch(p.split("=")[0]))
    path = parts.path
    if "/." in path and not path.startswith("//"):
        path = urljoin("/", path)  # resolves dots in absolute URLs, too
    path = quote(path, safe=_PATH_SAFE) or "/"
    clean = urlunsplit((parts.scheme, host, path, quote(query, safe=_QUERY_SAFE), ""))
    return clean if len(clean) <= LONGEST_URL else None


def site(url: str) -> str:
    """What makes two URLs the same site: the host, and the port unless it is the scheme's own."""
    return urlsplit(url).netloc


def signposts(page: Page, agent: str) -> Signposts:
    """Read a page's links and wishes; `agent` is our name in `<meta name=…>`, in lower case."""
    tree = parse(page) if page.content_type != "text/plain" else None
    if tree is None:
        return Signposts()
    wishes: set[str] = set()
    for meta in tree.iter("meta"):
        if (meta.get("name") or "").strip().lower() in ("robots", agent):
            wishes |= {word.strip().lower() for word in (meta.get("content") or "").split(",")}
    may_index = not wishes & {"noindex", "none"}
    if wishes & {"nofollow", "none"}:
        return Signposts(may_index=may_index)
    bases = [element.get("href") for element in tree.iter("base") if element.get("href")]
    base = urljoin(page.url, bases[0] or "") if bases else page.url
    targets: dict[str, None] = {}
    for anchor in tree.iter("a", "area"):
        url = normalise(anchor.get("href") or "", base) if _is_followed(anchor.attrib) else None
        if url and not _NOT_PAGES.search(urlsplit(url).path.rpartition("/")[2]):
            targets[url] = None
    return Signposts(links=tuple(targets), may_index=may_index)


def _is_followed(attributes: object) -> bool:
    get = attributes.get  # type: ignore[attr-defined]
    return (
        bool((get("href") or "").strip()) and "nofollow" not in (get("rel") or "").lower().split()
    )
