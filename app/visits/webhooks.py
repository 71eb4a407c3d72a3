"""Takes what happened to whoever wants to know, signed as Standard Webhooks say.

A receiver hears of everything at least once, in no certain order; the id of a message is the same
at every attempt, so that doubles can be dropped.
"""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Literal

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from app.errors import VisitError
from app.settings import WebhookSettings
from app.visits.outbox import Letter, Letters, Outbox
from ingest.settings import VERSION

logger = logging.getLogger(__name__)

Outcome = Literal["delivered", "put_off", "given_up"]
"""What came of an attempt."""

ATTEMPTS = 12
"""Within 22 hours: after FIRST_S, then each time four times as long, and four hours at most."""
FIRST_S = 5.0
_LONGEST_S = 4 * 3600.0
_TIMEOUT_S = 10.0
_AT_ONCE = 8
# Letters of another process that died are found by looking.
_LOOK_S = 30.0
_SWEEP_S = 3600.0


def sign(key: bytes, message: str, at: int, body: str) -> str:
    """The signature of a message sent at `at`, in seconds since 1970."""
    signed = hmac.new(key, f"{message}.{at}.{body}".encode(), hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"


def pause_s(attempts: int, chance: float, first_s: float = FIRST_S) -> float:
    """How long to wait after so many attempts; `chance` (0 to 1) keeps many from coming at once."""
    return min(first_s * 4.0 ** (attempts - 1), _LONGEST_S) * (0.8 + 0.4 * chance)


def receiver_of(url: str) -> str:
    """The name of a receiver in the database, which need not know its URL."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]


class _NotTaken(Exception):
    """The receiver did not take a letter; the message is why. `final`: and never will."""

    def __init__(self, why: str, *, final: bool = False) -> None:
        super().__init__(why)
        self.final = final


class Courier:
    """Takes letters to one receiver. `key` signs them, `count` is told what came of each attempt.

    The second attempt comes after `first_s`; `now` and `chance` are the clock and the dice.
    """

    def __init__(
        self,
        letters: Letters,
        client: httpx.AsyncClient,
        url: str,
        key: bytes,
        *,
        count: Callable[[Outcome], None],
        first_s: float = FIRST_S,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._letters = letters
        self._client = client
        self._url = url
        self._receiver = receiver_of(url)
        self._key = key
        self._count = count
        self._first_s = first_s
        self._now = now
        self._chance = chance

    async def carry(self, news: asyncio.Event) -> None:
        """Deliver what is due, for ever; `news` says that there may be more."""
        while True:
            news.clear()
            try:
                while await self.go():
                    pass
                wait_s = await self._idle_s()
            except VisitError as error:
                logger.warning("webhooks not looked for", extra={"reason": str(error)})
                wait_s = _LOOK_S
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), wait_s)

    async def go(self) -> int:
        """Try to deliver some of what is due; how many that were."""
        letters = await self._letters.take(self._receiver, self._now(), _AT_ONCE)
        await asyncio.gather(*(self._deliver(letter) for letter in letters))
        return len(letters)

    async def _idle_s(self) -> float:
        due = await self._letters.next_due(self._receiver)
        if due is None:
            return _LOOK_S
        return min(max(0.0, (due - self._now()).total_seconds()), _LOOK_S)

    async def _deliver(self, letter: Letter) -> None:
        try:
            await self._send(letter)
        except _NotTaken as error:
            await self._not_taken(letter, error)
        else:
            await self._letters.delivered(letter.id, self._now())
            self._count("delivered")

    async def _not_taken(self, letter: Letter, error: _NotTaken) -> None:
        extra = {
            "receiver": httpx.URL(self._url).host,
            "kind": letter.kind,
            "message_id": letter.message,
            "attempts": letter.attempts,
            "reason": str(error),
        }
        if error.final or letter.attempts >= ATTEMPTS:
            await self._letters.give_up(letter.id, self._now(), str(error))
            self._count("given_up")
            logger.error("webhook given up", extra=extra)
            return
        pause = timedelta(seconds=pause_s(letter.attempts, self._chance(), self._first_s))
        await self._letters.put_off(letter.id, self._now() + pause, str(error))
        self._count("put_off")
        logger.warning("webhook not taken", extra=extra)

    async def _send(self, letter: Letter) -> None:
        at = int(self._now().timestamp())
        headers = {
            "content-type": "application/json",
            "user-agent": f"Groundling/{VERSION}",
            "webhook-id": letter.message,
            "webhook-timestamp": str(at),
            "webhook-signature": sign(self._key, letter.message, at, letter.payload),
        }
        try:
            # What the receiver says beyond its status is not read: it may have no end.
            async with (
                asyncio.timeout(_TIMEOUT_S),
                self._client.stream(
                    "POST", self._url, content=letter.payload, headers=headers
                ) as answered,
            ):
                status = answered.status_code
        except TimeoutError as error:
            raise _NotTaken(f"no answer within {_TIMEOUT_S:.0f} s") from error
        except httpx.HTTPError as error:
            raise _NotTaken(f"it cannot be reached ({type(error).__name__})") from error
        if not 200 <= status < 300:
            raise _NotTaken(f"it answered {status}", final=status == HTTPStatus.GONE)


@asynccontextmanager
async def open_webhooks(
    settings: WebhookSettings,
    engine: AsyncEngine,
    count: Callable[[Outcome], None],
    *,
    first_s: float = FIRST_S,
) -> AsyncIterator[Outbox]:
    """What is put into the outbox is delivered while the context lasts, or when it is next opened.

    Several processes may do so over the same database.
    """
    urls = [str(url) for url in settings.urls]
    outbox = Outbox([receiver_of(url) for url in urls], settings.events)
    if not urls:
        yield outbox
        return
    letters, keep = Letters(engine), timedelta(days=settings.keep_days)
    async with httpx.AsyncClient(timeout=_TIMEOUT_S, follow_redirects=False) as client:
        tasks = [asyncio.create_task(_sweeping(letters, keep), name="old webhooks")]
        for url in urls:
            courier = Courier(
                letters, client, url, settings.signing_key(), count=count, first_s=first_s
            )
            news = outbox.news[receiver_of(url)]
            tasks.append(asyncio.create_task(courier.carry(news), name="webhooks"))
        try:
            yield outbox
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _sweeping(letters: Letters, keep: timedelta) -> None:
    while True:
        try:
            await letters.sweep(datetime.now(UTC) - keep)
        except VisitError as error:
            logger.warning("old webhooks not removed", extra={"reason": str(error)})
        await asyncio.sleep(_SWEEP_S)
