"""What a source's own sites are shown of us: its headers and credentials, and nobody else."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

import httpx
from pydantic import SecretStr

from ingest.sources.source import Credentials, Source
from ingest.web.urls import site

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\U0010ffff]*")
_OURS = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Headers and credentials, and the sites (`host[:port]`) that may see them.

    They go out over https, over http only where `plain` allows it, since any network on the way
    could read them there.

    Raises:
        ValueError: a header cannot be sent; its name is in the message, its value is not.
    """

    headers: Mapping[str, SecretStr] = field(default_factory=dict)
    credentials: Credentials | None = None
    sites: frozenset[str] = frozenset()
    plain: bool = False

    def __post_init__(self) -> None:
        # Said here, because the errors of those who send them quote the value.
        for name, secret in self.headers.items():
            if not _NAME.fullmatch(name) or name.lower() in _OURS:
                raise ValueError(f"{name!r} is no header that a source may set")
            if not _VALUE.fullmatch(secret.get_secret_value()):
                raise ValueError(f"the header {name} has a value with line breaks or control marks")
        if self.credentials and not _VALUE.fullmatch(self.credentials.secret.get_secret_value()):
            raise ValueError("the credentials hold line breaks or control marks")

    @classmethod
    def of(cls, source: Source, sites: Iterable[str]) -> Self:
        """What a source grants to its sites; over http as well if it names such a URL itself."""
        starts = (*source.urls, *source.sitemaps)
        return cls(
            headers=source.headers,
            credentials=source.credentials,
            sites=frozenset(sites),
            plain=any(url.lower().startswith("http:") for url in starts),
        )

    def covers(self, url: httpx.URL) -> bool:
        """Whether a URL lies on one of the sites, in a scheme that may carry secrets."""
        return site(url) in self.sites and (url.scheme == "https" or self.plain)

    def shown_to(self, url: httpx.URL) -> list[tuple[bytes, bytes]]:
        """The headers for a request, secrets and all: none for a URL that is not covered."""
        if not self.covers(url):
            return []
        shown = [
            (name.encode(), secret.get_secret_value().encode())
            for name, secret in self.headers.items()
        ]
        if self.credentials:
            shown.append((b"Authorization", _authorization(self.credentials)))
        return shown


def _authorization(credentials: Credentials) -> bytes:
    secret = credentials.secret.get_secret_value()
    if credentials.kind == "bearer":
        return b"Bearer " + secret.encode()
    request = httpx.Request("GET", "http://basic.invalid")
    next(httpx.BasicAuth(credentials.user, secret).auth_flow(request))
    return request.headers["Authorization"].encode()
