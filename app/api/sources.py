"""`/v1/sources`: what is read, how, and when; and runs over it.

Headers and credentials go in and do not come out: of each is told only that it is set.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Meta, UnsetType

from app.api.ports import House
from app.api.runs import StartedRun
from app.api.wire import KbName, KbQuery, Lang, Name
from ingest.sources.source import source_from
from ingest.sources.store import KnownSource

Listed = Annotated[list[str], Meta(max_length=10_000)]


class WireCredentials(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A user and a password (basic), or a token alone (bearer)."""

    kind: Literal["basic", "bearer"]
    secret: str
    user: str = ""


class SourceChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What of a source to set; null takes a language, schedule or credentials away.

    `urls` are where to start, `sitemaps` those that robots.txt does not name. `include` and
    `exclude` are patterns of whole URLs with `*` and `?`. `depth` is how many links away to go,
    `limit` how many pages to ask for at most. `keep` and `drop` are CSS selectors of what to read
    of a page, and what not. `schedule` is five cron fields in UTC. `headers` and `credentials` are
    shown to the source's own sites and to nobody else.
    """

    urls: Listed | UnsetType = UNSET
    sitemaps: Listed | UnsetType = UNSET
    include: Listed | UnsetType = UNSET
    exclude: Listed | UnsetType = UNSET
    depth: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=1)] | UnsetType = UNSET
    lang: Lang | UnsetType | None = UNSET
    schedule: str | UnsetType | None = UNSET
    keep: Listed | UnsetType = UNSET
    drop: Listed | UnsetType = UNSET
    headers: dict[str, str] | UnsetType = UNSET
    credentials: WireCredentials | UnsetType | None = UNSET
    allow_private: bool | UnsetType = UNSET
    render: bool | UnsetType = UNSET


class SourceRequest(SourceChange, kw_only=True, forbid_unknown_fields=True):
    """A new source: a name of its own in its knowledge base, and where to start."""

    name: Name
    kb: KbName = "default"


class ShownCredentials(msgspec.Struct, kw_only=True):
    """That there are credentials, and of what kind."""

    kind: str
    secret: Literal["set"] = "set"


class WireSource(msgspec.Struct, kw_only=True):
    """A source; of its headers and credentials only that they are set."""

    id: str
    kb: str
    name: str
    urls: list[str]
    sitemaps: list[str]
    include: list[str]
    exclude: list[str]
    depth: int
    limit: int
    lang: str | None
    schedule: str | None
    keep: list[str]
    drop: list[str]
    headers: dict[str, Literal["set"]]
    credentials: ShownCredentials | None
    allow_private: bool
    render: bool
    next_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, known: KnownSource) -> "WireSource":
        """The source on the wire."""
        told: dict[str, Any] = {
            field: value for field, value in known.definition.items() if field != "sealed"
        }
        sealed: Mapping[str, Any] = known.definition.get("sealed", {})
        kind = sealed.get("credentials")
        told |= {
            "id": known.id,
            "headers": dict.fromkeys(sealed.get("headers", ()), "set"),
            "credentials": {"kind": kind} if kind else None,
            "next_at": known.next_at,
            "created_at": known.created_at,
            "updated_at": known.updated_at,
        }
        return msgspec.convert(told, cls)


class SourceList(msgspec.Struct, kw_only=True):
    """By knowledge base and name."""

    sources: list[WireSource]


class RunRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """With `force`, a run that was held because it would remove too much goes on."""

    force: bool = False


@get("/sources", tags=["sources"])
async def list_sources(house: NamedDependency[House], kb: KbQuery = None) -> SourceList:
    """The sources of one knowledge base, or of all."""
    return SourceList(sources=[WireSource.of(known) for known in await house.sources.all(kb)])


@post("/sources", tags=["sources"])
async def add_source(data: JSONBody[SourceRequest], house: NamedDependency[House]) -> WireSource:
    """Add a source; nothing is fetched before a run."""
    return WireSource.of(await house.sources.add(source_from(_values(data))))


@get("/sources/{source:str}", tags=["sources"])
async def read_source(source: FromPath[str], house: NamedDependency[House]) -> WireSource:
    """One source."""
    return WireSource.of(await house.sources.get(source))


@patch("/sources/{source:str}", tags=["sources"])
async def change_source(
    source: FromPath[str], data: JSONBody[SourceChange], house: NamedDependency[House]
) -> WireSource:
    """Change what is given of a source; the rest stays, its secrets too.

    A source that is to go to other sites needs its headers and credentials again.
    """
    return WireSource.of(await house.sources.change(source, _values(data)))


@delete("/sources/{source:str}", status_code=202, tags=["sources"])
async def remove_source(source: FromPath[str], house: NamedDependency[House]) -> StartedRun:
    """Remove a source; the run that is given takes its pages out of the knowledge base."""
    known = await house.sources.get(source)
    run = await house.runs.withdraw(known.kb, known.name)
    await house.sources.remove(source)
    await house.carrier.carry(run)
    return StartedRun(run=run)


@post("/sources/{source:str}/runs", status_code=202, tags=["runs"])
async def start_run(
    source: FromPath[str], house: NamedDependency[House], data: JSONBody[RunRequest | None] = None
) -> StartedRun:
    """Start a run over a source, or take up the one that was cut off; 409 while one goes on."""
    wanted = await house.sources.source(source)
    run = await house.runs.start(wanted, force=bool(data and data.force))
    await house.carrier.carry(run)
    return StartedRun(run=run)


def _values(data: SourceChange) -> dict[str, Any]:
    """What was given, with the names that sources have for it."""
    values: dict[str, Any] = msgspec.to_builtins(data)
    return values
