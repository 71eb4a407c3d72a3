"""Questions that the pages did not answer: what an organisation has still to write."""

import logging
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.visits.database import transaction
from app.visits.tables import UnansweredRow

logger = logging.getLogger(__name__)

# Longer ones are no questions; the beginning tells them apart.
LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class UnansweredQuestion:
    """A question that was refused, as it was asked last, and how often it was.

    `reason`: "nothing_found" (the pages are not about it) or "not_in_pages" (they do not say).
    """

    kb: str
    question: str
    lang: str
    reason: str
    times: int
    first_asked: datetime
    last_asked: datetime


_QUESTION = tuple(getattr(UnansweredRow, name) for name in UnansweredQuestion.__dataclass_fields__)


class UnansweredQuestions:
    """The refused questions of all knowledge bases, kept for `keep_days` after they were asked."""

    def __init__(self, engine: AsyncEngine, keep_days: int) -> None:
        self._engine = engine
        self._keep = timedelta(days=keep_days)

    async def note(self, kb: str, question: str, lang: str, reason: str) -> None:
        """A question was refused. That it could not be kept is no reason to fail."""
        try:
            await self._count(kb, question.strip()[:LONGEST], lang, reason)
        except (DBAPIError, OSError) as error:
            logger.warning("refused question not kept", extra={"reason": type(error).__name__})

    async def most_asked(
        self, *, kb: str | None = None, since: datetime | None = None, limit: int = 50
    ) -> list[UnansweredQuestion]:
        """The questions asked most often, the latest first among equals.

        Raises:
            VisitsUnavailable: the database does not answer.
        """
        wanted = (
            select(*_QUESTION)
            .order_by(UnansweredRow.times.desc(), UnansweredRow.last_asked.desc())
            .limit(limit)
        )
        if kb is not None:
            wanted = wanted.where(UnansweredRow.kb == kb)
        earliest = datetime.now(UTC) - self._keep
        if since is not None:
            earliest = max(earliest, since if since.tzinfo else since.replace(tzinfo=UTC))
        wanted = wanted.where(UnansweredRow.last_asked >= earliest)
        async with transaction(self._engine) as connection:
            rows = await connection.execute(wanted)
            return [UnansweredQuestion(**row._mapping) for row in rows]

    async def _count(self, kb: str, question: str, lang: str, reason: str) -> None:
        now = datetime.now(UTC)
        key = normalised(question)
        if not key or not self._keep:
            return
        latest = {"question": question, "reason": reason, "last_asked": now}
        again = (
            update(UnansweredRow)
            .where(UnansweredRow.kb == kb, UnansweredRow.lang == lang, UnansweredRow.key == key)
            .values(**latest, times=UnansweredRow.times + 1)
        )
        first = insert(UnansweredRow).values(
            **latest, kb=kb, lang=lang, key=key, times=1, first_asked=now
        )
        old = delete(UnansweredRow).where(UnansweredRow.last_asked < now - self._keep)
        async with self._engine.begin() as connection:
            await connection.execute(old)
            if (await connection.execute(again)).rowcount:
                return
        try:
            async with self._engine.begin() as connection:
                await connection.execute(first)
        except IntegrityError:  # somebody asked the same at the same moment
            async with self._engine.begin() as connection:
                await connection.execute(again)


def normalised(question: str) -> str:
    """What is the same in questions that differ in case, accents, signs and spaces."""
    letters = unicodedata.normalize("NFKD", question.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", bare))[:LONGEST]
