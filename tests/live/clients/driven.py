"""A client in a process of its own, with packages of its own, driven by JSON lines."""

import asyncio
import base64
import json
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import IO, Any

from tools.clients import python_folder
from tools.places import ROOT, venv_python


class Driven:
    """The test's end of the two pipes."""

    def __init__(self, process: asyncio.subprocess.Process, log: IO[str]) -> None:
        self._process, self._log = process, log
        self.told: dict[str, Any] = {}

    async def speak(self, pcm: bytes) -> None:
        await self._order("speak", speech=base64.b64encode(pcm).decode())

    async def interrupt(self) -> float:
        told = await self._order("interrupt")
        return float(told["at"])

    async def stop(self) -> None:
        self.told = await self._order("stop")

    async def _order(self, do: str, **more: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **more}).encode() + b"\n")
        await self._process.stdin.drain()
        return await self.until("done")

    async def until(self, what: str) -> dict[str, Any]:
        """The next thing of this name that the client tells."""
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            told: dict[str, Any] = json.loads(line)
            if told["is"] == what:
                return told
        self._log.seek(0)
        raise AssertionError(f"the client ended before it was {what}:\n{self._log.read()[-3000:]}")


@asynccontextmanager
async def driven(client: str, module: str, *arguments: str) -> AsyncIterator[Driven]:
    """The module in this folder, run among the packages of `client`, until its session began."""
    with tempfile.TemporaryFile("w+") as log:
        process = await asyncio.create_subprocess_exec(
            *(venv_python(), "-m", f"tests.live.clients.{module}", *arguments),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(python_folder(client))},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
        try:
            running = Driven(process, log)
            await asyncio.wait_for(running.until("ready"), 40)
            yield running
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()
