import asyncio

import jwt
import pytest
from pydantic import SecretStr

from app.settings import StageSettings
from app.stage.portrait import Size
from app.stage.terms import SANDBOX_AVATARS
from tests.app.stage.serving import calling, livekit_config, livekit_token
from tests.fakes.room import QuietHouse

KEYED = StageSettings(key=SecretStr("the-key"))
KEY = {"X-API-KEY": "the-key"}


async def test_a_session_is_minted_started_kept_alive_and_stopped() -> None:
    async with calling(KEYED) as stage:
        stage.http.headers.update(KEY)
        minted = await stage.mint()
        assert minted.status_code == 200
        assert minted.json()["code"] == 1000
        data = minted.json()["data"]
        claims = jwt.decode(data["session_token"], options={"verify_signature": False})
        assert claims["start_session_data"] == {"mode": "LITE"}

        bearer = {"Authorization": f"Bearer {data['session_token']}"}
        started = await stage.http.post("/v1/sessions/start", headers=bearer)
        assert started.status_code == 201
        terms = started.json()["data"]
        assert terms["session_id"] == data["session_id"]
        assert terms["ws_url"].startswith(stage.url.replace("http", "ws") + "/v1/live/")
        assert terms["max_session_duration"] == 3600
        assert terms["livekit_client_token"] == terms["livekit_agent_token"]
        assert terms["livekit_url"] == "ws://127.0.0.1:1"

        kept = await stage.http.post("/v1/sessions/keep-alive", headers=bearer)
        assert (kept.status_code, kept.json()["data"]) == (200, None)
        body = {"session_id": data["session_id"], "reason": "USER_DISCONNECTED"}
        stopped = await stage.http.post("/v1/sessions/stop", headers=bearer, json=body)
        assert (stopped.status_code, stopped.json()["code"]) == (200, 1000)
        again = await stage.http.post("/v1/sessions/stop", headers=bearer)
        assert (again.status_code, again.json()["data"]) == (404, None)


async def test_starting_twice_changes_nothing() -> None:
    async with calling() as stage:
        bearer = await stage.token()
        one = await stage.http.post("/v1/sessions/start", headers=bearer, json={})
        two = await stage.http.post("/v1/sessions/start", headers=bearer, json={"session_id": "x"})
        assert one.json() == two.json()
    assert len(stage.house.rooms) <= 1


async def test_each_call_takes_its_own_credential_only() -> None:
    async with calling(KEYED) as stage:
        assert (await stage.mint()).status_code == 401
        stage.http.headers["X-API-KEY"] = "wrong"
        refused = await stage.mint()
        assert refused.status_code == 401
        assert refused.json()["data"] is None
        assert "X-API-KEY" in refused.json()["message"]
        stage.http.headers.update(KEY)
        bearer = await stage.token()
        del stage.http.headers["X-API-KEY"]
        as_bearer = {"Authorization": "Bearer the-key"}
        for call, headers in (
            ("token", bearer),
            ("start", KEY),
            ("start", as_bearer),
            ("stop", as_bearer),
            ("stop", {}),
        ):
            answer = await stage.http.post(f"/v1/sessions/{call}", headers=headers)
            assert answer.status_code == 401, call
        both = await stage.http.post("/v1/sessions/start", headers={**KEY, **bearer})
        assert both.status_code == 201


async def test_the_key_stops_a_session_by_its_id() -> None:
    async with calling(KEYED) as stage:
        stage.http.headers.update(KEY)
        session_id = (await stage.mint()).json()["data"]["session_id"]
        nameless = await stage.http.post("/v1/sessions/stop")
        assert nameless.status_code == 422
        assert nameless.json()["detail"][0]["loc"] == ["body"]
        body = {"session_id": session_id, "reason": "USER_CLOSED"}
        assert (await stage.http.post("/v1/sessions/stop", json=body)).status_code == 200
        assert (await stage.http.post("/v1/sessions/stop", json=body)).status_code == 404


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"avatar_id": "not-a-uuid"}, "avatar_id"),
        ({"mode": "HALF"}, "mode"),
        ({"livekit_config": None}, "livekit_config"),
        ({"livekit_config": {"livekit_url": "ws://x"}}, "livekit_config"),
        ({"livekit_config": {**livekit_config(), "livekit_room": "other"}}, "livekit_config"),
        ({"livekit_config": {**livekit_config(), "livekit_client_token": "x"}}, "livekit_config"),
        ({"max_session_duration": 0}, "max_session_duration"),
        ({"video_settings": {"quality": "splendid"}}, "video_settings"),
    ],
)
async def test_a_body_that_will_not_do_is_named(changes: dict[str, object], where: str) -> None:
    async with calling() as stage:
        answer = await stage.mint(**changes)
    assert answer.status_code == 422
    detail = answer.json()["detail"][0]
    assert detail["loc"][:2] == ["body", where]
    assert detail["msg"]


async def test_unknown_fields_and_the_old_name_of_the_mode_are_taken() -> None:
    async with calling() as stage:
        assert (await stage.mint(mode="CUSTOM", whatever=[1])).status_code == 200


@pytest.mark.parametrize(
    ("changes", "size"),
    [
        ({}, Size(640, 360)),
        ({"video_quality": "medium"}, Size(854, 480)),
        ({"video_settings": {"quality": "low", "encoding": "VP8"}}, Size(640, 360)),
    ],
)
async def test_the_quality_decides_the_size(changes: dict[str, object], size: Size) -> None:
    async with calling() as stage:
        bearer = await stage.token(**changes)
        await stage.http.post("/v1/sessions/start", headers=bearer)
        while not stage.house.rooms or not stage.house.rooms[0].pictures:
            await asyncio.sleep(0.005)
        assert stage.house.places[0].size == size
        assert len(stage.house.rooms[0].pictures[0]) == size.width * size.height * 3 // 2


async def test_a_sandbox_session_lasts_a_minute() -> None:
    async with calling() as stage:
        bearer = await stage.token(is_sandbox=True, avatar_id=str(SANDBOX_AVATARS[0]))
        started = await stage.http.post("/v1/sessions/start", headers=bearer)
    assert started.json()["data"]["max_session_duration"] == 60


async def test_a_token_that_may_not_send_data_fails_the_start() -> None:
    config = {
        **livekit_config(),
        "livekit_client_token": livekit_token("lobby", can_publish_data=False),
    }
    async with calling() as stage:
        bearer = await stage.token(livekit_config=config)
        assert (await stage.http.post("/v1/sessions/start", headers=bearer)).status_code == 500
    assert stage.house.rooms == []


async def test_every_avatar_leaves_when_the_stage_closes() -> None:
    house = QuietHouse()
    async with calling(house=house) as stage:
        for _ in range(2):
            await stage.http.post("/v1/sessions/start", headers=await stage.token())
        while len(house.rooms) < 2:
            await asyncio.sleep(0.005)
    assert [room.open for room in house.rooms] == [False, False]


async def test_what_is_not_there_is_said_in_the_envelope() -> None:
    async with calling() as stage:
        answer = await stage.http.get("/v1/nothing")
        assert (await stage.http.get("/health")).json() == {"status": "up"}
    assert (answer.status_code, answer.json()["code"]) == (404, 404)
