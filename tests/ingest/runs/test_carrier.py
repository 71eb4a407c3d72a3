"""Runs in the background: all are carried out, and none is lost when the process ends."""

import asyncio

import pytest

from ingest.errors import IndexUnavailable
from ingest.runs.carrier import AT_ONCE, open_carrier
from tests.fakes.house import until
from tests.fakes.runs import PaperRuns


async def began(runs: PaperRuns, *sources: str) -> list[str]:
    return [await runs.withdraw("m", source) for source in sources]


async def test_runs_that_nobody_is_at_are_taken_up() -> None:
    runs = PaperRuns()
    left = await began(runs, "a", "b")
    async with open_carrier(runs):
        await until(lambda: sorted(runs.carried_out) == left)


async def test_some_at_once_and_a_short_one_soon() -> None:
    runs = PaperRuns()
    runs.may_end.clear()
    async with open_carrier(runs) as carrier:
        many = await began(runs, "a", "b", "c")
        for run in (*many, many[0]):
            await carrier.carry(run)
        (short,) = await began(runs, "short")
        await carrier.carry(short, soon=True)
        await until(lambda: len(runs.carried_out) == AT_ONCE + 1)
        assert set(runs.carried_out) == {*many[:AT_ONCE], short}
        runs.may_end.set()
        await until(lambda: len(runs.carried_out) == len(many) + 1)


async def test_a_run_that_fails_keeps_no_other(caplog: pytest.LogCaptureFixture) -> None:
    runs = PaperRuns(fails=IndexUnavailable("Qdrant does not answer."))
    async with open_carrier(runs) as carrier:
        first, second = await began(runs, "a", "b")
        await carrier.carry(first)
        await until(lambda: runs.began[first].state == "failed")
        runs.fails = None
        await carrier.carry(second)
        await until(lambda: runs.began[second].state == "done")
    assert "run stopped" in caplog.text


async def test_what_is_cut_off_at_the_end_is_taken_up_at_the_next_start() -> None:
    runs = PaperRuns()
    runs.may_end.clear()
    async with open_carrier(runs) as carrier:
        (run,) = await began(runs, "a")
        await carrier.carry(run)
        await until(lambda: runs.carried_out)
    runs.may_end.set()
    async with open_carrier(runs):
        await until(lambda: runs.began[run].state == "done")
    assert runs.carried_out == [run, run]


async def test_where_there_are_workers_nothing_is_carried_out_here() -> None:
    runs, told = PaperRuns(), asyncio.Queue[str]()
    (left,) = await began(runs, "left")
    async with open_carrier(runs, told.put) as carrier:
        (run,) = await began(runs, "a")
        await carrier.carry(run)
        assert told.get_nowait() == run
    assert (runs.carried_out, runs.began[left].state) == ([], "running")
