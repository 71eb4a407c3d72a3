"""What a source is: a site or a set of pages, and how it is to be read.

What checks its fields is imported when there is something to check: the command line reads this
module before it says its first word.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from ingest.errors import SourceRefused

# What makes a request another one is the fetcher's to say.
_OURS = frozenset({"host", "connection", "content-length", "transfer-encoding", "te", "upgrade"})
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")


def _web_address(url: str) -> str:
    from ingest.discovery.links import normalise

    if normalise(url) is None:
        raise ValueError(
            "is no address that can be fetched: write http:// or https:// and a host, without a "
            "password in it (credentials have a field of their own), at most 2,000 characters"
        )
    return url


def _selector(selector: str) -> str:
    from ingest.extraction.rules import Rules, check

    check(Rules(keep=(selector,)))
    return selector


Address = Annotated[str, AfterValidator(_web_address)]
Selector = Annotated[str, AfterValidator(_selector)]
Pattern = Annotated[str, Field(min_length=1, max_length=2_000)]


class Credentials(BaseModel):
    """What a source's own sites are shown: a user and password (basic), or a token (bearer)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["basic", "bearer"]
    user: str = ""
    secret: SecretStr = Field(min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> "Credentials":
        if self.kind == "basic" and (not self.user or ":" in self.user):
            raise ValueError("basic credentials need a user, without a colon in it")
        if self.kind == "bearer" and self.user:
            raise ValueError("bearer credentials are a token alone, without a user")
        return self


class Source(BaseModel):
    """A site or a set of pages, its knowledge base, and how its pages are found and read.

    `urls` are where to start, `sitemaps` those that robots.txt does not name. `include` and
    `exclude` are patterns of whole URLs with `*` and `?`; without `include` all are in. `depth` is
    how many links away from a start or a sitemap to go, `limit` how many pages to ask for at most.
    `keep` and `drop` are CSS selectors of what to read of a page, and what not. `schedule` is five
    cron fields in UTC. `headers` and `credentials` go to the source's own sites and nowhere else.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=200)
    kb: str = Field("default", min_length=1, max_length=200)
    sitemaps: tuple[Address, ...] = ()
    urls: tuple[Address, ...] = Field((), validate_default=True)
    include: tuple[Pattern, ...] = ()
    exclude: tuple[Pattern, ...] = ()
    depth: int = Field(1, ge=0)
    limit: int = Field(200, ge=1)
    lang: str | None = Field(None, pattern="^[a-z]{2}$")
    schedule: str | None = None
    keep: tuple[Selector, ...] = ()
    drop: tuple[Selector, ...] = ()
    headers: Mapping[str, SecretStr] = Field(default_factory=dict)
    credentials: Credentials | None = None
    allow_private: bool = False
    render: bool = False

    @field_validator("urls")
    @classmethod
    def _starts_somewhere(cls, urls: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        # Sitemaps that were refused are not there to be counted, and are named by themselves.
        if not urls and "sitemaps" in info.data and not info.data["sitemaps"]:
            raise ValueError("a source needs URLs to start from, or sitemaps")
        return urls

    @field_validator("schedule")
    @classmethod
    def _comes(cls, schedule: str | None) -> str | None:
        if schedule is not None:
            from ingest.sources.schedule import next_after

            next_after(schedule, datetime.now(UTC))
        return schedule

    @field_validator("headers")
    @classmethod
    def _can_be_sent(cls, headers: Mapping[str, SecretStr]) -> Mapping[str, SecretStr]:
        for name, value in headers.items():
            if not _HEADER.fullmatch(name) or name.lower() in _OURS:
                raise ValueError(f"{name[:100]!r} is no header that a source may set")
            said = value.get_secret_value()
            if not said.isascii() or not said.isprintable():
                raise ValueError(f"the value of {name} holds what a header cannot carry")
        return headers


def source_from(values: Mapping[str, Any]) -> Source:
    """The source that these values describe.

    Raises:
        SourceRefused: a field is wrong, missing or unknown.
    """
    try:
        return Source.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise SourceRefused(
            ".".join(str(part) for part in first["loc"]),
            first["msg"].removeprefix("Value error, "),
        ) from None  # its words may hold a secret


def source_of(urls: list[str]) -> Source:
    """The source that a few URLs make, named after the host of the first; https unless said.

    Raises:
        SourceRefused: one is no web address.
    """
    whole = [url if "://" in url else f"https://{url}" for url in urls]
    return source_from({"name": urlsplit(whole[0]).netloc or whole[0], "urls": whole})
