from typing import Any, cast

from livekit import rtc

from app.agent.addressee import write_only_to


class Scribe:
    """A participant that notes what it is asked to send, and to whom."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Any, list[str] | None]] = []

    async def send_text(
        self, text: str, *, destination_identities: list[str] | None = None, topic: str = ""
    ) -> None:
        self.sent.append((topic, text, destination_identities))

    async def stream_text(
        self, *, destination_identities: list[str] | None = None, topic: str = ""
    ) -> None:
        self.sent.append((topic, "", destination_identities))

    async def send_bytes(
        self, data: bytes, name: str, *, destination_identities: list[str] | None = None
    ) -> None:
        self.sent.append((name, data, destination_identities))

    stream_bytes = publish_data = send_bytes

    async def publish_transcription(self, transcription: object) -> None:
        self.sent.append(("to everybody", transcription, None))


async def test_nothing_is_written_to_anybody_but_the_visitors() -> None:
    scribe = Scribe()
    here = ["visitor-anna"]
    write_only_to(lambda: here, cast(rtc.LocalParticipant, scribe))
    await scribe.send_text("words", topic="lk.transcription")
    await scribe.stream_text(topic="lk.transcription", destination_identities=["groundling-avatar"])
    await scribe.send_bytes(b"event", "session")
    here.append("visitor-ben")
    await scribe.stream_bytes(b"event", "session")
    await scribe.publish_data(b"event", "session")
    await scribe.publish_transcription("words")
    anna, both = ["visitor-anna"], ["visitor-anna", "visitor-ben"]
    assert [to for _, _, to in scribe.sent] == [anna, anna, anna, both, both]


async def test_one_of_the_visitors_may_be_written_to_alone() -> None:
    scribe = Scribe()
    here = ["visitor-anna", "visitor-ben"]
    write_only_to(lambda: here, cast(rtc.LocalParticipant, scribe))
    await scribe.send_text("late", destination_identities=["visitor-ben", "groundling-avatar"])
    here.remove("visitor-ben")
    await scribe.send_text("later", destination_identities=["visitor-ben"])
    assert [to for _, _, to in scribe.sent] == [["visitor-ben"], ["visitor-ben"]]


def test_every_way_of_writing_that_livekit_has_is_covered() -> None:
    addressable = {
        name
        for name in dir(rtc.LocalParticipant)
        if not name.startswith("_")
        and "destination_identities"
        in getattr(getattr(rtc.LocalParticipant, name), "__annotations__", {})
    }
    assert addressable - {"send_file"} == {
        "stream_text",
        "send_text",
        "stream_bytes",
        "send_bytes",
        "publish_data",
    }
