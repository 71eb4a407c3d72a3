"""What the page is told of the avatar, and how it takes its leave."""

import asyncio
from typing import Any, cast

import pytest
from livekit.agents import UserStateChangedEvent

from app.agent import face as faces
from app.agent.captions import Captions
from app.agent.face import Face, asked_after_s
from app.agent.turns import Caption
from app.agent.visit_log import VisitLog
from app.avatar.states import State
from app.avatar.unseen import Unseen
from app.phrases import phrase
from app.settings import AvatarSettings, Settings
from tests.fakes.api import ScriptedApi
from tests.fakes.house import until


class Speaker:
    """Stands where LiveKit's session does, as far as a goodbye needs it."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str, **_: object) -> "Speaker":
        self.said.append(text)
        return self

    async def wait_for_playout(self) -> None:
        await asyncio.sleep(0)


class Page(Captions):
    def __init__(self) -> None:
        super().__init__(lambda: ())
        self.told: list[Caption] = []

    def publish(self, caption: Caption) -> None:
        self.told.append(caption)


class Scene:
    def __init__(self, **avatar: Any) -> None:
        self.page, self.left, self.speaker = Page(), list[str](), Speaker()
        settings = Settings(avatar=AvatarSettings(**avatar))
        log = VisitLog(ScriptedApi({}), "v1")
        self.face = Face(
            settings, self.page.publish, log, lang=lambda: "de", leave=self.left.append
        )
        self.face._session = cast(Any, self.speaker)
        for state in (State.CREATING, State.STARTING, State.JOINING, State.READY):
            self.face.avatar.states.move(state, "why")

    def notices(self) -> list[str]:
        return [told["about"] for told in self.page.told if told["type"] == "notice"]


async def test_the_page_is_told_every_step_and_the_visitor_what_concerns_them() -> None:
    scene = Scene()
    states = scene.face.avatar.states
    assert [told["state"] for told in scene.page.told] == [
        *("creating", "starting", "joining", "ready")
    ]
    assert scene.notices() == []
    states.move(State.RECONNECTING, "the connection broke")
    states.move(State.DEGRADED, "it does not come back")
    for state in (State.CREATING, State.STARTING, State.JOINING, State.READY):
        states.move(state, "why")
    assert scene.notices() == ["faceless", "face_back"]
    assert phrase("faceless", "de") in [told.get("text") for told in scene.page.told]


async def test_the_end_of_the_budget_is_announced_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces, "GOODBYE_S", 0.1)
    scene = Scene()
    scene.face._left(300.0)
    assert scene.notices() == []
    scene.face._left(30.0)
    scene.face._left(0.15)
    assert scene.notices() == ["soon"]
    await until(lambda: scene.speaker.said)
    assert scene.notices() == ["soon", "rest"]
    assert scene.speaker.said == [phrase("rest", "de")]
    assert scene.left == []
    await scene.face.aclose()


async def test_a_visit_that_keeps_no_voice_ends_with_its_face() -> None:
    scene = Scene(keep_voice=False)
    scene.face._take_leave("the visitor was away")
    scene.face._take_leave("again")
    await until(lambda: scene.left)
    assert scene.left == ["the visitor was away"]
    assert scene.speaker.said == [phrase("goodbye", "de")]
    await scene.face.aclose()


def silent(state: str) -> Any:
    return UserStateChangedEvent(old_state="listening", new_state=cast(Any, state))


async def test_a_silent_visitor_is_asked_for_more_and_then_bid_goodbye() -> None:
    scene = Scene(away_s=0.3, keep_voice=False)
    scene.face._on_user_state(silent("away"))
    assert scene.speaker.said == [phrase("still_there", "de")]
    assert scene.left == []
    await until(lambda: scene.left)
    assert scene.speaker.said == [phrase("still_there", "de"), phrase("goodbye", "de")]
    assert scene.notices() == ["still_there", "goodbye"]
    await scene.face.aclose()


async def test_a_silent_caller_is_hung_up_on_though_a_visitor_would_keep_the_voice() -> None:
    left, speaker = list[str](), Speaker()
    settings = Settings(avatar=AvatarSettings(away_s=0.3, keep_voice=True))
    log, caller = VisitLog(ScriptedApi({}), "v1"), Unseen()
    face = Face(settings, lambda _: None, log, lang=lambda: "de", leave=left.append, avatar=caller)
    face._session = cast(Any, speaker)
    face._left(1.0)
    face._on_user_state(silent("away"))
    await until(lambda: left)
    assert left == ["the visitor was away"]
    assert speaker.said == [phrase("still_there", "de"), phrase("goodbye", "de")]
    await face.aclose()


async def test_who_speaks_again_is_not_bid_goodbye() -> None:
    scene = Scene(away_s=0.15)
    scene.face._on_user_state(silent("away"))
    scene.face._on_user_state(silent("speaking"))
    await asyncio.sleep(0.1)
    assert scene.speaker.said == [phrase("still_there", "de")]
    assert asked_after_s(180.0) == pytest.approx(120.0)
    await scene.face.aclose()
