"""Pages that are handed in: each is in a run, and those that come during one share the next."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from ingest.documents import Page
from ingest.errors import RunGoesOn
from ingest.runs.carrier import open_carrier
from ingest.runs.intake import Intake, open_intake
from tests.fakes.house import until
from tests.fakes.runs import PaperRuns


def paper(number: int) -> Page:
    url = f"https://m.example/{number}"
    return Page(
        url=url, requested=url, content_type="text/plain", charset="utf-8", body=b"Hello.",
        fetched_at=datetime(2026, 11, 22, tzinfo=UTC),
    )  # fmt: skip


@pytest.fixture
def runs() -> PaperRuns:
    return PaperRuns()


@pytest.fixture
async def intake(runs: PaperRuns) -> AsyncIterator[Intake]:
    async with open_carrier(runs) as carrier, open_intake(runs, carrier) as intake:
        yield intake


async def test_what_comes_during_a_run_is_the_next(runs: PaperRuns, intake: Intake) -> None:
    runs.may_end.clear()
    first = await intake.hand_in("documents", "m", paper(0))
    rest = [asyncio.create_task(intake.hand_in("documents", "m", paper(n))) for n in range(1, 6)]
    other = await intake.hand_in("menus", "m", paper(9))
    await asyncio.sleep(0)
    assert not any(task.done() for task in rest)

    runs.may_end.set()
    later = set(await asyncio.gather(*rest))
    assert len(later) == 1
    assert len({first, other, *later}) == 3
    assert [page.url[-1] for page in runs.handed_in] == list("0912345")


async def test_a_run_elsewhere_is_told_to_who_hands_in(runs: PaperRuns, intake: Intake) -> None:
    elsewhere = await runs.withdraw("m", "documents")
    with pytest.raises(RunGoesOn) as refused:
        await intake.hand_in("documents", "m", paper(0))
    assert refused.value.run == elsewhere
    await runs.cancel(elsewhere)
    assert await intake.hand_in("documents", "m", paper(1)) != elsewhere


async def test_a_caller_that_goes_takes_nothing_back(runs: PaperRuns, intake: Intake) -> None:
    going = asyncio.create_task(intake.hand_in("documents", "m", paper(0)))
    await asyncio.sleep(0)
    going.cancel()
    await until(lambda: runs.carried_out)
    assert len(runs.handed_in) == 1


async def test_who_waits_at_the_end_is_told(runs: PaperRuns) -> None:
    runs.may_end.clear()
    async with open_carrier(runs) as carrier, open_intake(runs, carrier) as intake:
        await intake.hand_in("documents", "m", paper(0))
        waiting = asyncio.create_task(intake.hand_in("documents", "m", paper(1)))
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await waiting
