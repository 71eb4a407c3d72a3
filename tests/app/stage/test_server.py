import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest
from pydantic import SecretStr

from app.errors import StageUnavailable
from app.settings import Settings, StageSettings
from app.stage.server import serve


def settings(**stage: object) -> Settings:
    return Settings(stage=StageSettings.model_validate(stage), _env_file=None)


@pytest.mark.parametrize("key", [{}, {"key": SecretStr("")}])
def test_nobody_but_this_machine_may_call_a_stage_without_a_key(key: dict[str, SecretStr]) -> None:
    with pytest.raises(StageUnavailable, match="GROUNDLING_STAGE__KEY"):
        serve(settings(host="0.0.0.0", port=0, **key))


def test_a_taken_port_is_named_with_the_setting_that_changes_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StageUnavailable, match=f"{port}.*GROUNDLING_STAGE__PORT"):
            serve(settings(port=port, key=SecretStr("k")))


def answer(url: str) -> object:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with contextlib.suppress(httpx.ConnectError):
            return httpx.get(url, verify=False).json()
        time.sleep(0.1)
    raise AssertionError("the stage did not open")


def test_it_serves_until_it_is_told_to_stop() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    code = (
        "from app.settings import Settings; from app.stage.server import serve; serve(Settings())"
    )
    env = {**os.environ, "GROUNDLING_STAGE__PORT": str(port)}
    with subprocess.Popen([sys.executable, "-c", code], env=env) as process:
        assert answer(f"http://127.0.0.1:{port}/health") == {"status": "up"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
