import asyncio
import json
from collections.abc import Callable

import httpx
import pytest
from pydantic import SecretStr

from app.avatar.lite import LiteClient, LiteSession
from app.avatar.rest import LiteCalls, Terms
from app.errors import StageRefused, StageUnavailable
from app.settings import AvatarSettings, StageSettings
from tests.app.stage.serving import Stage, livekit_token, serving
from tests.fakes.lite import open_lite
from tests.fakes.room import QuietHouse

SECOND = b"\x00\x20" * 24_000


async def open_session(stage: Stage, **settings: object) -> LiteSession:
    client = LiteClient(AvatarSettings.model_validate({"url": stage.url, **settings}))
    session = await begin(client, livekit_token("lobby"))
    await session.wait_connected()
    return session


async def begin(client: LiteClient, token: str = "token") -> LiteSession:
    return await client.start(await client.calls.mint("ws://127.0.0.1:1", "lobby", token))


async def kinds_until(session: LiteSession, last: str) -> list[str]:
    kinds = []
    async for event in session:
        kinds.append(event.type)
        if event.type == last:
            break
    return kinds


async def test_speech_arrives_whole_and_in_packets_that_are_small_enough() -> None:
    async with serving() as stage, asyncio.timeout(10):
        async with await open_session(stage) as session:
            assert session.longest_s == 3600
            await session.speak(SECOND[:960])
            await session.speak(SECOND + SECOND[:4800])
            await session.speak_end()
            await session.speak_end()
            kinds = await kinds_until(session, "agent.speak_ended")
            played = bytes(stage.house.rooms[0].played)
        assert not stage.house.rooms[0].open
    assert kinds.count("agent.audio_buffer_appended") == 3
    assert kinds.count("agent.audio_buffer_committed") == 1
    assert kinds.count("agent.speak_started") == 1
    whole = SECOND[:960] + SECOND + SECOND[:4800]
    assert played.strip(b"\0") == whole.strip(b"\0")


async def test_an_interruption_drops_what_ends_after_it() -> None:
    async with serving() as stage, asyncio.timeout(10), await open_session(stage) as session:
        await session.speak(SECOND * 3)
        await session.interrupt()
        await session.speak_end()
        await session.start_listening()
        await session.stop_listening()
        await session.keep_alive()
        kinds = await kinds_until(session, "agent.audio_buffer_cleared")
        assert "agent.audio_buffer_committed" not in kinds
        await session.speak(SECOND[:9600])
        await session.speak_end()
        await kinds_until(session, "agent.speak_ended")


async def test_a_broken_connection_is_made_again_and_a_dead_session_is_over() -> None:
    async with open_lite() as lite, asyncio.timeout(10):
        client = LiteClient(AvatarSettings(url=lite.url))
        session = await begin(client)
        await lite.drop()
        with pytest.raises(StageUnavailable):
            async for _ in session:
                pass
        await session.reconnect()
        await session.speak(SECOND[:960])
        await session.speak_end()
        await kinds_until(session, "agent.speak_ended")
        assert await client.calls.stop_lost(session.id)
        await session.reconnect()
        assert [event async for event in session] == []
        assert await client.calls.stop_lost(session.id)  # over already
        await session.aclose()


async def test_an_ended_session_is_told_to_whoever_reads_or_speaks() -> None:
    async with serving() as stage, asyncio.timeout(10), await open_session(stage) as session:
        stage.house.rooms[0].remove()
        states = [event.state async for event in session if event.state]
        assert states == ["closing", "closed"]
        with pytest.raises(StageUnavailable):
            await session.speak(SECOND)


async def test_a_wrong_key_is_refused_with_the_setting_to_check() -> None:
    async with serving(StageSettings(key=SecretStr("right"))) as stage:
        with pytest.raises(StageRefused, match="GROUNDLING_AVATAR__KEY"):
            await open_session(stage, key="wrong")
        session = await open_session(stage, key="right")
        await session.aclose()


@pytest.mark.parametrize("house", [QuietHouse(locked=True), QuietHouse(delay_s=30)])
async def test_an_avatar_that_never_comes_is_stopped(house: QuietHouse) -> None:
    async with serving(house=house) as stage:
        client = LiteClient(AvatarSettings(url=stage.url))
        async with await begin(client, livekit_token("lobby")) as session:
            with pytest.raises((StageUnavailable, TimeoutError)):
                await asyncio.wait_for(session.wait_connected(), 0.5)
        assert await client.calls.stop_lost(session.id)
    assert house.rooms == []


async def test_a_stage_that_is_not_there_is_named() -> None:
    client = LiteClient(AvatarSettings(url="http://127.0.0.1:9"))
    with pytest.raises(StageUnavailable, match="GROUNDLING_AVATAR__URL"):
        await begin(client)


class Service:
    """A REST side that answers as told, and remembers what it was asked."""

    def __init__(self, **answers: Callable[[], httpx.Response]) -> None:
        self.asked: list[str] = []
        self._answers = answers

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        call = request.url.path.rsplit("/", 1)[-1]
        self.asked.append(call)
        if call not in self._answers:
            return envelope({})
        return self._answers[call]()

    def client(self, **settings: object) -> LiteClient:
        values = AvatarSettings.model_validate({"url": "http://stage", **settings})
        return LiteClient(values, transport=httpx.MockTransport(self))


def envelope(data: dict[str, object], status: int = 200, code: int = 1000) -> httpx.Response:
    body = {"code": code, "data": data, "message": "said"}
    return httpx.Response(status, content=json.dumps(body))


def minted() -> httpx.Response:
    return envelope({"session_id": "s", "session_token": "t"})


async def test_what_may_pass_is_tried_again_and_what_will_not_is_not() -> None:
    answers = iter([envelope({}, 503), envelope({}, 500), minted()])
    service = Service(token=lambda: next(answers), start=lambda: envelope({}, 403, 4003))
    with pytest.raises(StageRefused, match="end one"):
        await begin(service.client())
    assert service.asked == ["token", "token", "token", "start", "stop"]


async def test_no_credits_is_a_refusal_that_says_so() -> None:
    service = Service(token=minted, start=lambda: envelope({}, 403, 4033))
    with pytest.raises(StageRefused, match="credits"):
        await begin(service.client())


async def test_something_else_at_that_address_is_named() -> None:
    service = Service(token=lambda: httpx.Response(200, text="<html>"))
    with pytest.raises(StageUnavailable, match="no stage"):
        await begin(service.client())


async def test_a_cancelled_start_is_stopped() -> None:
    hanging = asyncio.Event()

    class Slow(Service):
        async def __call__(self, request: httpx.Request) -> httpx.Response:
            answer = await super().__call__(request)
            if self.asked[-1] == "start":
                hanging.set()
                await asyncio.sleep(60)
            return answer

    service = Slow(token=minted)
    creating = asyncio.create_task(begin(service.client()))
    await hanging.wait()
    creating.cancel()
    with pytest.raises(asyncio.CancelledError):
        await creating
    assert service.asked == ["token", "start", "stop"]


async def test_a_stop_is_sent_even_while_it_is_cancelled_and_never_raises() -> None:
    service = Service(stop=lambda: envelope({}, 404))
    calls = LiteCalls(AvatarSettings(url="http://stage"), httpx.MockTransport(service))
    stopping = asyncio.create_task(calls.stop(Terms(session_id="s", token="t")))
    await asyncio.sleep(0)
    stopping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopping
    assert service.asked == ["stop"]
    assert "the-token" not in repr(Terms(session_id="s", token="the-token"))
