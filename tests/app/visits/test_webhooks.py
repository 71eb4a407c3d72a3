"""Messages on their way to a real receiver, by a clock that is ours."""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import get_args

import httpx
import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.settings import WebhookEvent, WebhookSettings
from app.visits.outbox import LEASE, Letters, Outbox
from app.visits.records import AvatarState
from app.visits.visits import open_visits
from app.visits.webhooks import (
    ATTEMPTS,
    Courier,
    Outcome,
    open_webhooks,
    pause_s,
    receiver_of,
    sign,
)
from tests.app.visits.contract import rows
from tests.fakes.house import until
from tests.fakes.receiver import Receiver, receiver
from tests.fakes.rooms import PaperRooms

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC) + timedelta(seconds=1)

    def __call__(self) -> datetime:
        return self.at

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Post:
    """A courier, its clock, and what it counted."""

    def __init__(self, engine: AsyncEngine, client: httpx.AsyncClient, url: str) -> None:
        self.clock = Clock()
        self.counted: list[Outcome] = []
        self.courier = Courier(
            Letters(engine), client, url, KEY,
            count=self.counted.append, now=self.clock, chance=lambda: 0.5,
        )  # fmt: skip


@asynccontextmanager
async def open_post(engine: AsyncEngine, url: str, visits: int = 1) -> AsyncIterator[Post]:
    """A courier to a receiver, and so many opened visits that it is to be told of."""
    outbox = Outbox([receiver_of(url)])
    async with (
        open_visits(engine, PaperRooms(), at_once=99, outbox=outbox) as opened,
        httpx.AsyncClient(timeout=10) as client,
    ):
        for _ in range(visits):
            await opened.open("museum", "en")
        yield Post(engine, client, url)


def verify(server: Receiver) -> list[str]:
    """Check every message that came as the standard has receivers do it; their ids."""
    for headers, body in server.came:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
        digest = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{digest}"
        assert headers["content-type"] == "application/json"
        assert json.loads(body)["data"]["kb"] == "museum"
    return [headers["webhook-id"] for headers, _ in server.came]


def test_the_signature_is_that_of_the_standards_example() -> None:
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = '{"test": 2432232314}'
    signature = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_pauses_grow_and_last_for_most_of_a_day() -> None:
    pauses = [pause_s(attempts, 0.5) for attempts in range(1, ATTEMPTS)]
    assert pauses[:4] == [5, 20, 80, 320]
    assert max(pauses) == 4 * 3600
    assert 20 < sum(pauses) / 3600 < 24
    assert (pause_s(1, 0), pause_s(1, 1)) == pytest.approx((4, 6))


async def test_a_receiver_that_fails_twice_is_told_the_third_time(engine: AsyncEngine) -> None:
    with receiver(500, 503) as server:
        async with open_post(engine, server.url) as post:
            assert await post.courier.go() == 1
            assert await post.courier.go() == 0  # not at once
            for pause in (5, 20):
                post.clock.move(pause - 0.1)
                assert await post.courier.go() == 0
                post.clock.move(0.2)
                assert await post.courier.go() == 1
            at = int(post.clock.at.timestamp())
            post.clock.move(10**6)
            assert await post.courier.go() == 0
        ids = verify(server)
    assert len(ids) == 3
    assert len(set(ids)) == 1
    assert server.came[-1][0]["webhook-timestamp"] == str(at)
    assert post.counted == ["put_off", "put_off", "delivered"]
    [row] = await rows(engine)
    assert (row["state"], row["attempts"], row["trouble"]) == ("delivered", 3, "it answered 503")


async def test_who_never_answers_well_is_given_up_and_the_log_says_so(
    engine: AsyncEngine, caplog: pytest.LogCaptureFixture
) -> None:
    with receiver() as server:
        url = server.url  # and is gone
    async with open_post(engine, f"{url}?token=hidden") as post:
        for _ in range(ATTEMPTS):
            post.clock.move(5 * 3600)
            assert await post.courier.go() == 1
        post.clock.move(10**6)
        assert await post.courier.go() == 0
    assert post.counted == ["put_off"] * (ATTEMPTS - 1) + ["given_up"]
    last = caplog.records[-1]
    assert (last.levelno, last.message) == (logging.ERROR, "webhook given up")
    assert last.__dict__["receiver"] == "127.0.0.1"
    assert last.__dict__["reason"] == "it cannot be reached (ConnectError)"
    assert "hidden" not in str([record.__dict__ for record in caplog.records])
    [row] = await rows(engine)
    assert row["state"] == "failed"


@pytest.mark.parametrize(
    ("status", "came_of_it"), [(200, "delivered"), (410, "given_up"), (307, "put_off")]
)
async def test_what_a_status_means(engine: AsyncEngine, status: int, came_of_it: Outcome) -> None:
    with receiver(status) as server:
        async with open_post(engine, server.url) as post:
            await post.courier.go()
        assert [headers["path"] for headers, _ in server.came] == ["/hooks"]  # no redirect followed
    assert post.counted == [came_of_it]


async def test_an_answer_without_end_is_not_read(engine: AsyncEngine) -> None:
    async def endless() -> AsyncIterator[bytes]:
        raise AssertionError("this was read")
        yield b""

    async def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=endless())

    async with (
        open_post(engine, "https://hooks.example/") as post,
        httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client,
    ):
        courier = Courier(
            Letters(engine), client, "https://hooks.example/", KEY, count=post.counted.append
        )
        assert await courier.go() == 1
    assert post.counted == ["delivered"]


async def test_what_a_killed_process_had_in_hand_is_sent_again_under_the_same_id(
    engine: AsyncEngine,
) -> None:
    with receiver() as server:
        async with open_post(engine, server.url) as post:
            [taken] = await Letters(engine).take(receiver_of(server.url), post.clock(), 5)
            assert await post.courier.go() == 0  # somebody else has it in hand
            post.clock.move(LEASE.total_seconds())
            assert await post.courier.go() == 1
        assert verify(server) == [taken.message]


async def test_many_are_taken_in_several_goes_and_each_once_by_two_processes(
    engine: AsyncEngine,
) -> None:
    with receiver() as server:
        async with open_post(engine, server.url, visits=17) as post:
            client = post.courier._client
            other = Post(engine, client, server.url)
            while sum(await asyncio.gather(post.courier.go(), other.courier.go())):
                pass
        ids = verify(server)
    assert len(ids) == len(set(ids)) == 17
    assert post.counted
    assert other.counted


async def test_what_happens_is_delivered_by_itself_and_what_is_left_at_the_next_start(
    engine: AsyncEngine,
) -> None:
    rooms, counted = PaperRooms(), list[Outcome]()
    with receiver() as server:
        settings = WebhookSettings.model_validate({"urls": [server.url], "secret": SECRET})
        nowhere = Outbox([receiver_of(server.url)])
        async with open_visits(engine, rooms, at_once=2, outbox=nowhere) as visits:
            await visits.open("museum", "en")  # and nobody takes it away
        async with (
            open_webhooks(settings, engine, counted.append) as outbox,
            open_visits(engine, rooms, at_once=2, outbox=outbox) as visits,
        ):
            await until(lambda: len(server.came) == 1)
            visit = (await visits.open("museum", "en")).visit.id
            await visits.end(visit, "ended by the visitor")
            await until(lambda: len(counted) == 3)
        verify(server)
        kinds = [json.loads(body)["type"] for _, body in server.came]
    assert sorted(kinds) == ["visit.ended", "visit.opened", "visit.opened"]
    assert counted == ["delivered"] * 3


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"urls": ["https://hooks.example/"]}, "GROUNDLING_WEBHOOKS__SECRET"),
        ({"urls": ["ftp://hooks.example/"], "secret": SECRET}, "http"),
        ({"secret": "open sesame"}, "openssl rand -base64 32"),
        ({"secret": "whsec_c2hvcnQ="}, "openssl rand -base64 32"),
        ({"secret": base64.b64encode(KEY).decode()}, "openssl rand -base64 32"),
        ({"events": ["visit.closed"]}, "visit.ended"),
    ],
)
def test_wrong_settings_are_refused_with_the_remedy(wrong: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        WebhookSettings.model_validate(wrong)


def test_an_empty_secret_is_none_and_a_good_one_never_prints() -> None:
    assert WebhookSettings(secret=SecretStr("")) == WebhookSettings()
    settings = WebhookSettings(secret=SecretStr(SECRET))
    assert settings.signing_key() == KEY
    assert SECRET not in repr(settings)


def test_every_event_can_be_named() -> None:
    kinds = {"visit.opened", "visit.ended", "turn.answered"}
    kinds |= {f"avatar.{state}" for state in get_args(AvatarState)}
    assert set(get_args(WebhookEvent)) == kinds | {"visit", "turn", "avatar"}
