import asyncio
import base64
import time
from uuid import uuid4

import jwt
import pytest
from pydantic import SecretStr

from app.settings import LiveKitSettings, StageSettings
from app.stage.portrait import Size
from app.stage.terms import SANDBOX_AVATARS
from tests.app.stage.serving import SECRET, calling, livekit_config, livekit_token
from tests.fakes.room import QuietHouse

KEYED = StageSettings(key=SecretStr("the-key"))
KEY = {"X-API-KEY": "the-key"}
START, KEEP = "/v1/sessions/start", "/v1/sessions/keep-alive"


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


async def test_a_full_session_is_refused_with_a_sentence() -> None:
    async with calling() as stage:
        refused = await stage.mint(mode="FULL")
        connector = await stage.mint(elevenlabs_agent_config={"secret_id": "x", "agent_id": "y"})
        sandbox = await stage.mint(is_sandbox=True)
    assert (refused.status_code, refused.json()["code"]) == (400, 400)
    assert "LITE" in refused.json()["message"]
    assert "elevenlabs" in connector.json()["message"]
    assert str(SANDBOX_AVATARS[0]) in sandbox.json()["message"]


@pytest.mark.parametrize(
    "key",
    [
        "sk_V2_hgu_k0123456789",
        base64.b64encode(b"0123456789abcdef0123456789abcdef-1700000000").decode(),
    ],
)
async def test_a_key_of_heygen_is_told_apart_even_where_no_key_is_needed(key: str) -> None:
    async with calling() as stage:
        stage.http.headers["X-API-KEY"] = key
        refused = await stage.mint()
        stage.http.headers["X-API-KEY"] = str(uuid4())
        assert (await stage.mint()).status_code == 200
    assert refused.status_code == 401
    assert "HeyGen" in refused.json()["message"]


async def test_no_more_sessions_run_than_may_and_a_repeated_start_is_not_one_more() -> None:
    async with calling(StageSettings(concurrency=1)) as stage:
        one, other = await stage.token(), await stage.token()
        for _ in range(2):
            assert (await stage.http.post(START, headers=one)).status_code == 201
        refused = await stage.http.post(START, headers=other)
        assert (refused.status_code, refused.json()["code"]) == (403, 4003)
        await stage.http.post("/v1/sessions/stop", headers=one)
        assert (await stage.http.post(START, headers=other)).status_code == 201


async def test_calls_are_counted_for_each_credential() -> None:
    async with calling(StageSettings(calls_per_s=3)) as stage:
        one, other = await stage.token(), await stage.token()
        await asyncio.sleep(1 - time.time() % 1)
        answers = [await stage.http.post(KEEP, headers=one) for _ in range(4)]
        spared = await stage.http.post(KEEP, headers=other)
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["x-ratelimit-limit"] == "3"
    assert answers[0].headers["x-ratelimit-remaining"] == "2"
    assert answers[3].headers["retry-after"] == answers[3].headers["x-ratelimit-reset"] == "1"
    assert answers[3].json()["code"] == 429
    assert spared.status_code == 200


async def test_a_page_may_call_with_cookies_from_here_and_from_where_the_settings_say() -> None:
    settings = StageSettings(origins=["https://pages.example.org"])
    async with calling(settings) as stage:
        asked = {
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        }
        for origin, allowed in (
            ("http://localhost:5173", True),
            ("https://pages.example.org", True),
            ("https://elsewhere.example.org", False),
        ):
            headers = {"Origin": origin}
            ahead = await stage.http.options(START, headers={**headers, **asked})
            assert (ahead.headers.get("access-control-allow-origin") == origin) is allowed
            answer = await stage.http.post(START, headers=headers)
            assert (answer.headers.get("access-control-allow-origin") == origin) is allowed
            if allowed:
                assert answer.headers["access-control-allow-credentials"] == "true"
                assert "authorization" in ahead.headers["access-control-allow-headers"].lower()


async def test_sessions_can_be_listed_looked_at_and_their_events_erased() -> None:
    async with calling() as stage:
        bearer = await stage.token()
        session_id = (await stage.http.post(START, headers=bearer)).json()["data"]["session_id"]
        assert (await stage.http.get("/v1/sessions")).status_code == 422
        active = (await stage.http.get("/v1/sessions?type=active")).json()["data"]
        assert [one["id"] for one in active["results"]] == [session_id]
        assert active["results"][0]["end_reason"] is None
        stop = {"session_id": session_id, "reason": "AGENT_HANG_UP"}
        await stage.http.post("/v1/sessions/stop", json=stop)
        historic = (await stage.http.get("/v1/sessions?type=historic")).json()["data"]
        assert historic["count"] == 1
        one = (await stage.http.get(f"/v1/sessions/{session_id}")).json()["data"]
        assert one == historic["results"][0]
        assert (one["end_reason"], one["source"], one["mode"]) == ("AGENT_HANG_UP", "API", "LITE")
        events = f"/v1/sessions/{session_id}/events"
        told = (await stage.http.get(events)).json()["data"]["results"]
        assert told[-1]["type"] == "session.state_updated"
        assert (await stage.http.delete(events, headers=await stage.token())).status_code == 404
        assert (await stage.http.delete(events, headers=bearer)).status_code == 200
        assert (await stage.http.get(events)).json()["data"]["count"] == 0
        transcript = await stage.http.get(f"/v1/sessions/{session_id}/transcript")
        assert transcript.json()["data"]["transcript_data"] == []
        assert (await stage.http.get("/v1/sessions/nobody")).status_code == 404


async def test_lists_come_in_pages() -> None:
    async with calling() as stage:
        for number in range(3):
            body = {"name": str(number), "prompt": "Speak of ${city}.", "opening_text": "Hello"}
            await stage.http.post("/v1/contexts", json=body)
        one = (await stage.http.get("/v1/contexts?page=1&page_size=2")).json()["data"]
        other = (await stage.http.get(one["next"])).json()["data"]
        assert (one["count"], one["previous"], other["next"]) == (3, None, None)
        assert [context["name"] for context in one["results"] + other["results"]] == list("012")
        assert (await stage.http.get("/v1/contexts?page_size=0")).status_code == 422


async def test_an_account_has_avatars_voices_and_contexts() -> None:
    async with calling(KEYED) as stage:
        public = (await stage.http.get("/v1/avatars/public")).json()["data"]["results"]
        assert str(SANDBOX_AVATARS[0]) in {avatar["id"] for avatar in public}
        assert (await stage.http.get("/v1/voices")).status_code == 401
        stage.http.headers.update(KEY)
        avatar = (await stage.http.get(f"/v1/avatars/{public[0]['id']}")).json()["data"]
        assert avatar["status"] == "ACTIVE"
        assert (await stage.http.get("/v1/avatars")).json()["data"]["results"] == []
        voice = (await stage.http.get("/v1/voices?voice_type=public")).json()["data"]["results"][0]
        assert (await stage.http.get(f"/v1/voices/{voice['id']}")).json()["data"] == voice
        body = {"name": "museum", "prompt": "You guide ${guest}.", "opening_text": "Hello ${guest}"}
        made = (await stage.http.post("/v1/contexts", json=body)).json()["data"]
        assert made["required_dynamic_variables"] == ["guest"]
        path = f"/v1/contexts/{made['id']}"
        changed = await stage.http.patch(path, json={"name": "castle"})
        assert changed.json()["data"] == {**made, "name": "castle"}
        assert (await stage.http.delete(path)).status_code == 200
        assert (await stage.http.get(path)).status_code == 404


async def test_a_caller_without_a_room_gets_one_of_the_stages_own() -> None:
    livekit = LiveKitSettings(
        url="ws://127.0.0.1:1", public_url="wss://rooms", key="key", secret=SecretStr(SECRET)
    )
    async with calling(livekit=livekit) as stage:
        bearer = await stage.token(livekit_config=None)
        terms = (await stage.http.post(START, headers=bearer)).json()["data"]
        while not stage.house.places:
            await asyncio.sleep(0.005)
    place = stage.house.places[0]
    claims = [
        jwt.decode(token, SECRET, algorithms=["HS256"])
        for token in (place.token, terms["livekit_client_token"], terms["livekit_agent_token"])
    ]
    avatar, client, agent = claims
    assert terms["livekit_url"] == "wss://rooms"
    assert place.url == "ws://127.0.0.1:1"
    assert avatar["sub"] == "heygen"
    assert avatar["video"]["canSubscribe"] is False
    assert client["sub"] != agent["sub"]
    assert {one["video"]["room"] for one in claims} == {place.room}


async def test_the_guides_way_to_stop_works_too() -> None:
    async with calling() as stage:
        bearer = await stage.token()
        assert (await stage.http.delete("/v1/sessions", headers=bearer)).status_code == 200
        assert (await stage.http.post(START, headers=bearer)).status_code == 401


async def test_a_session_longer_than_the_stages_longest_is_refused() -> None:
    async with calling(StageSettings(longest_s=600)) as stage:
        refused = await stage.mint(max_session_duration=601)
        assert (await stage.mint(max_session_duration=600)).status_code == 200
    assert refused.json()["detail"][0]["loc"] == ["body", "max_session_duration"]
