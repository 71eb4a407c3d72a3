"""Processes that are started, watched and ended, and nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.errors import SetupFailed
from tools.processes import Processes, Service, any_port, is_free


def web_server(folder: Path) -> Service:
    port = any_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    return Service("web", [*command, "--directory", folder], f"http://127.0.0.1:{port}/")


def test_a_process_answers_and_is_ended(tmp_path: Path) -> None:
    processes = Processes(tmp_path)
    service = web_server(tmp_path)
    processes.launch(service, {})
    processes.wait(service)
    assert service.runs
    processes.end_all()
    assert not service.runs
    assert not (tmp_path / "processes.json").exists()


def test_one_that_ends_at_once_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    processes = Processes(tmp_path)
    command = [sys.executable, "-c", "print('no such model'); raise SystemExit(3)"]
    service = Service("broken", command, f"http://127.0.0.1:{any_port()}/")
    processes.launch(service, {})
    with pytest.raises(SetupFailed, match=r"broken ended with code 3[^$]*no such model"):
        processes.wait(service)
    assert processes.fallen() is service


def test_what_a_killed_program_left_behind_is_ended_by_the_next_start(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tools.processes import Processes, Service\n"
        f"processes = Processes(Path({str(tmp_path)!r}))\n"
        "service = Service('sleeper', [sys.executable, '-c', 'import time; time.sleep(600)'], '')\n"
        "processes.launch(service, {})\n"
        "import os; os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code], check=False, env={**os.environ})
    left = json.loads((tmp_path / "processes.json").read_text())[0]["pid"]
    os.kill(left, 0)
    Processes(tmp_path).end_leftovers()
    with pytest.raises(ProcessLookupError):
        os.kill(left, 0)


def test_a_pid_that_another_process_has_now_is_spared(tmp_path: Path) -> None:
    note = [{"pid": os.getpid(), "born": "Thu Jan  1 00:00:00 1970"}]
    (tmp_path / "processes.json").write_text(json.dumps(note))
    Processes(tmp_path).end_leftovers()
    assert not (tmp_path / "processes.json").exists()


def test_a_taken_port_is_seen(tmp_path: Path) -> None:
    processes = Processes(tmp_path)
    service = web_server(tmp_path)
    port = int(service.ready_url.rsplit(":", 1)[1].rstrip("/"))
    assert is_free(port)
    processes.launch(service, {})
    processes.wait(service)
    assert not is_free(port)
    processes.end_all()
