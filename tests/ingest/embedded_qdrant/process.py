"""The embedded Qdrant as a real process on a free port."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import httpx

PATIENCE_S = 20.0

PROGRAM = """
import logging, sys
from ingest.embedded_qdrant.server import serve
from ingest.errors import IngestError
from ingest.settings import EmbeddedQdrantSettings

logging.basicConfig(format="%(message)s", level=logging.INFO)
try:
    serve(EmbeddedQdrantSettings(path=sys.argv[1], port=int(sys.argv[2])))
except IngestError as error:
    sys.exit(str(error))
"""


class EmbeddedProcess:
    """One server on one folder; its `with` ends it with SIGTERM."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.child = launch(folder, port)
        deadline = time.monotonic() + PATIENCE_S
        while not self._ready():
            if self.child.poll() is not None:
                raise AssertionError(f"it ended: {self.child.communicate()[1]}")
            if time.monotonic() > deadline:
                self.child.kill()
                raise AssertionError("it did not get ready in time")
            time.sleep(0.05)

    def _ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """End it as a power switch would, but for the page cache."""
        os.kill(self.child.pid, signal.SIGKILL)
        self.child.communicate(timeout=PATIENCE_S)

    def __enter__(self) -> "EmbeddedProcess":
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.communicate(timeout=PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.kill()


def launch(folder: Path, port: int) -> subprocess.Popen[str]:
    """Start it and do not wait."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", PROGRAM, str(folder), str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
