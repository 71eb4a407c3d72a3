"""Sources as records: one name in a knowledge base, one source."""

import asyncio
import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from ingest.catalog.rows import Rows
from ingest.catalog.tables import SOURCE
from ingest.discovery.links import normalise, site
from ingest.errors import NoSuchSource, SourceExists, SourceRefused
from ingest.sources.schedule import next_after
from ingest.sources.source import Source, source_from
from ingest.sources.vault import Vault

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSource:
    """A source as it is stored, without its secrets; `next_at` is when its schedule is due.

    Under `sealed` its definition names the headers and the kind of credentials that it has.
    """

    id: str
    kb: str
    name: str
    definition: Mapping[str, Any]
    next_at: datetime | None
    created_at: datetime
    updated_at: datetime


_COLUMNS = [SOURCE.c[field.name] for field in fields(KnownSource)]


class Sources(Rows):
    """The stored sources; every method raises CatalogUnavailable if the database fails."""

    def __init__(self, engine: AsyncEngine, vault: Vault) -> None:
        super().__init__(engine)
        self._vault = vault

    async def add(self, source: Source) -> KnownSource:
        """Store a new source.

        Raises:
            SourceExists: its knowledge base has one of this name.
            SecretsUnavailable: its secrets cannot be encrypted.
        """
        row = await self._row(source) | {"id": uuid.uuid4().hex, "created_at": datetime.now(UTC)}
        row["next_at"] = _next(source.schedule)
        added = self._insert(SOURCE).values(row).on_conflict_do_nothing()
        async with self._transaction() as connection:
            if not (await connection.execute(added)).rowcount:
                raise SourceExists(
                    f"The knowledge base {source.kb} has a source {source.name} already. Change "
                    "that one, or choose another name."
                )
        return await self.get(row["id"])

    async def put(self, source: Source) -> KnownSource:
        """Store a source in place of the one of its name, or as a new one."""
        try:
            known = await self.find(source.name, source.kb)
        except NoSuchSource:
            return await self.add(source)
        await self._replace(known, source)
        return await self.get(known.id)

    async def change(self, id: str, values: Mapping[str, Any]) -> KnownSource:
        """Change some fields of a source. Headers and credentials stay unless given.

        Raises:
            NoSuchSource
            SourceRefused: a field is wrong, or may not change; or the source would show the
                secrets it was given to other sites.
            SecretsUnavailable: its secrets cannot be read or encrypted.
        """
        known = await self.get(id)
        for fixed in ("name", "kb"):
            if values.get(fixed, getattr(known, fixed)) != getattr(known, fixed):
                raise SourceRefused(fixed, "it stays as it is; add another source instead")
        kept = {field for field in known.definition.get("sealed", ()) if field not in values}
        before = {field: value for field, value in known.definition.items() if field != "sealed"}
        if kept:
            whole = await self.source(id)
            before |= {field: getattr(whole, field) for field in kept}
        source = source_from(before | dict(values))
        if kept and not _sites(source) <= _sites(whole):
            raise SourceRefused(
                sorted(kept)[0], "it was given for other sites: give it again with the new URLs"
            )
        await self._replace(known, source)
        return await self.get(id)

    async def remove(self, id: str) -> KnownSource:
        """Strike a source from the records, and give what it was; its pages stay.

        Raises:
            NoSuchSource
        """
        known = await self.get(id)
        async with self._transaction() as connection:
            await connection.execute(delete(SOURCE).where(SOURCE.c.id == id))
        return known

    async def all(self, kb: str | None = None) -> list[KnownSource]:
        """The sources of one knowledge base, or of all, by name."""
        wanted = select(*_COLUMNS).order_by(SOURCE.c.kb, SOURCE.c.name)
        return await self._select(wanted if kb is None else wanted.where(SOURCE.c.kb == kb))

    async def get(self, id: str) -> KnownSource:
        """The source of this id.

        Raises:
            NoSuchSource
        """
        for known in await self._select(select(*_COLUMNS).where(SOURCE.c.id == id)):
            return known
        raise NoSuchSource(f"There is no source with the id {id}.")

    async def find(self, name: str, kb: str) -> KnownSource:
        """The source of this name in a knowledge base.

        Raises:
            NoSuchSource
        """
        named = select(*_COLUMNS).where(SOURCE.c.kb == kb, SOURCE.c.name == name)
        for known in await self._select(named):
            return known
        raise NoSuchSource(f"The knowledge base {kb} has no source {name}.")

    async def source(self, id: str) -> Source:
        """The source of this id with its secrets, for a run.

        Raises:
            NoSuchSource
            SecretsUnavailable, SourceRefused: what was stored cannot be used any more.
        """
        row = select(SOURCE.c.definition, SOURCE.c.secrets).where(SOURCE.c.id == id)
        async with self._transaction() as connection:
            found = (await connection.execute(row)).one_or_none()
        if found is None:
            raise NoSuchSource(f"There is no source with the id {id}.")
        return await asyncio.to_thread(self._vault.unseal, found.definition, found.secrets)

    async def due(self, now: datetime) -> list[KnownSource]:
        """The sources whose time has come, each given to one caller once a time.

        What came several times while nobody asked counts once.
        """
        come = await self._select(select(*_COLUMNS).where(SOURCE.c.next_at <= now))
        return [known for known in come if await self._claim(known, now)]

    async def _claim(self, known: KnownSource, now: datetime) -> bool:
        """Set the next time; False if somebody else did, or the schedule cannot be read."""
        try:
            coming = _next(known.definition.get("schedule"), now)
        except ValueError as error:
            logger.warning("schedule not kept", extra={"source": known.name, "reason": str(error)})
            coming = None
        still_due = (SOURCE.c.id == known.id) & (SOURCE.c.next_at == known.next_at)
        async with self._transaction() as connection:
            done = await connection.execute(update(SOURCE).where(still_due).values(next_at=coming))
        return bool(done.rowcount) and coming is not None

    async def _replace(self, known: KnownSource, source: Source) -> None:
        row = await self._row(source)
        if source.schedule != known.definition.get("schedule"):
            row["next_at"] = _next(source.schedule)
        async with self._transaction() as connection:
            await connection.execute(update(SOURCE).where(SOURCE.c.id == known.id).values(row))

    async def _row(self, source: Source) -> dict[str, Any]:
        definition, secrets = await asyncio.to_thread(self._vault.seal, source)
        return {
            "kb": source.kb,
            "name": source.name,
            "definition": definition,
            "secrets": secrets,
            "updated_at": datetime.now(UTC),
        }

    async def _select(self, wanted: Any) -> list[KnownSource]:
        async with self._transaction() as connection:
            return [KnownSource(**row) for row in (await connection.execute(wanted)).mappings()]


def _next(schedule: str | None, now: datetime | None = None) -> datetime | None:
    return next_after(schedule, now or datetime.now(UTC)) if schedule else None


def _sites(source: Source) -> set[str]:
    return {site(normalise(url) or url) for url in (*source.urls, *source.sitemaps)}
