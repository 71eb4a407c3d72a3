"""What a source is: a site or a set of pages, and how it is to be read."""

from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator


class Credentials(BaseModel):
    """What a source's own sites are shown: a user and password (basic), or a token (bearer)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["basic", "bearer"]
    user: str = ""
    secret: SecretStr


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
    sitemaps: tuple[str, ...] = ()
    urls: tuple[str, ...] = Field((), validate_default=True)
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    depth: int = Field(1, ge=0)
    limit: int = Field(200, ge=1)
    lang: str | None = Field(None, min_length=2, max_length=2)
    schedule: str | None = None
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    headers: Mapping[str, SecretStr] = Field(default_factory=dict)
    credentials: Credentials | None = None
    allow_private: bool = False
    render: bool = False

    @field_validator("urls")
    @classmethod
    def _starts_somewhere(cls, urls: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if not urls and not info.data.get("sitemaps"):
            raise ValueError("a source needs URLs to start from, or sitemaps")
        return urls


def source_of(urls: list[str]) -> Source:
    """The source that a few URLs make: named after the host of the first."""
    host = urlsplit(urls[0] if "//" in urls[0] else f"//{urls[0]}").netloc
    return Source(name=host or urls[0], urls=tuple(urls))
