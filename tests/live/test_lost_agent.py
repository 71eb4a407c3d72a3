"""An agent that is killed in the middle of a visit leaves no stage running, and no bill open."""

import asyncio
import time

import httpx
import pytest

from tools.stack import Stack
from tools.visitor import open_visit

LEASE_S = 10


async def test_the_stage_of_a_killed_agent_is_stopped_and_its_bill_is_ours(
    stack: Stack, api: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    key = {"X-API-KEY": stack.keys["stage_key"]}
    async with open_visit(stack.url("api")) as visitor:
        await visitor.hear_opening(60)
        visit = visitor.visit["id"]
        record = (await api.get(f"/v1/visits/{visit}")).json()
        [session] = [one["session"] for one in record["stage"]]
        states = [step["state"] for step in record["avatar"]]
        assert states[:5] == ["creating", "starting", "joining", "ready", "speaking"]
        killed = time.monotonic()
        agent = stack.processes["agent"]
        stack.processes.end(agent, kill=True)  # and all that it began
        async with asyncio.timeout(3 * LEASE_S):
            while (record := (await api.get(f"/v1/visits/{visit}")).json())["state"] == "open":
                await asyncio.sleep(0.2)
        took = time.monotonic() - killed
    try:
        [line] = record["stage"]
        assert line["closed_by"] == record["ended_reason"] == "the agent was gone"
        async with httpx.AsyncClient(base_url=stack.url("stage"), headers=key) as stage:
            bill = (await stage.get(f"/v1/sessions/{session}")).json()["data"]
            again = await stage.post("/v1/sessions/stop", json={"session_id": session})
        with capsys.disabled():
            print(f"\nstage stopped {took:.1f} s after the kill; {bill} against {record['cents']}")  # noqa: T201
        assert again.status_code == 404
        assert took < LEASE_S + 4
        # A credit is a minute, at 10 cents; the stage counts hundredths of it.
        assert record["cents"] == pytest.approx(10 * float(bill["credits_consumed"]), abs=1)
    finally:
        stack.processes.launch(agent, stack.env)
        stack.processes.wait(agent)
