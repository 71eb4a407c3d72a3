import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.api import entrance as entrance_module
from app.api.entrance import Entrance, Errands
from app.api.problems import NotOpenYet
from ingest.errors import EmbedderMismatch, IndexUnavailable
from tests.fakes.house import PaperHouse, until


class Opening:
    """Opens a house after it has failed with each of the given errors."""

    def __init__(self, house: PaperHouse, *errors: Exception) -> None:
        self.house = house
        self.errors = list(errors)
        self.open = False

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[PaperHouse]:
        if self.errors:
            raise self.errors.pop(0)
        self.open = True
        yield self.house
        self.open = False


async def test_a_neighbour_that_is_late_is_named_and_waited_for(
    house: PaperHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entrance_module, "RETRY_S", 0.05)
    opening = Opening(house, IndexUnavailable("Qdrant does not answer. Start it."))
    entrance = Entrance()
    async with entrance.keeping(opening, on_lasting=pytest.fail):
        await until(lambda: "Qdrant" in entrance.reason)
        with pytest.raises(NotOpenYet, match="Start it"):
            entrance.house()
        await until(lambda: opening.open)
        assert entrance.house() is house
    assert not opening.open


async def test_what_waiting_does_not_mend_is_reported_once(house: PaperHouse) -> None:
    reported: list[Exception] = []
    opening = Opening(house, EmbedderMismatch("The collection is of another model."))
    async with Entrance().keeping(opening, on_lasting=reported.append):
        await until(lambda: reported)
        await asyncio.sleep(0.05)
    assert len(reported) == 1
    assert not opening.open


async def test_errands_end_with_the_application(caplog: pytest.LogCaptureFixture) -> None:
    ended = asyncio.Event()

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def failing() -> None:
        raise IndexUnavailable("Qdrant does not answer. Start it.")

    errands = Errands()
    async with errands.running():
        errands.start(endless(), "endless")
        errands.start(failing(), "failing")
        await asyncio.sleep(0.01)
    assert ended.is_set()
    assert [record.message for record in caplog.records] == ["errand failed"]
