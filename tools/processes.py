"""Processes on this machine that one program starts, watches and ends: nothing else is touched.

A note in their folder names each by pid and birth, so that the next start ends what a killed
program left behind.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from tools.errors import SetupFailed
from tools.places import ROOT
from tools.progress import Step, say

PATIENCE_S = 120.0


@dataclass(slots=True)
class Service:
    """One process: how it starts, and the URL that answers with success when it is ready."""

    name: str
    command: Sequence[str | Path]
    ready_url: str
    env: Mapping[str, str] = field(default_factory=dict)
    child: subprocess.Popen[bytes] | None = None

    @property
    def runs(self) -> bool:
        return self.child is not None and self.child.poll() is None


class Processes:
    """The processes of one folder: their logs lie in `logs/`, their note in `processes.json`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._note = folder / "processes.json"
        self._services: list[Service] = []

    def __getitem__(self, name: str) -> Service:
        return next(service for service in self._services if service.name == name)

    def launch(self, service: Service, env: Mapping[str, str]) -> None:
        """Start a process; it is ready when `wait` says so."""
        log = self.log_of(service)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            service.child = subprocess.Popen(
                [str(part) for part in service.command],
                cwd=ROOT,
                env={**os.environ, **env, **service.env, "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Its own session: Ctrl-C in the terminal reaches the program that started it
                # alone, which then ends its processes in the right order.
                start_new_session=True,
            )
        self._services.append(service)
        born = [(s.child.pid, _born(s.child.pid)) for s in self._services if s.child]
        self._note.write_text(json.dumps([{"pid": pid, "born": at} for pid, at in born]))

    def wait(self, service: Service) -> None:
        """Return when the process answers.

        Raises:
            SetupFailed: it ended, or did not answer in time: which, why, and the end of its log.
        """
        if not _reason(service.ready_url):
            return
        with Step(f"waiting for {service.name}") as step:
            while reason := _reason(service.ready_url):
                if service.child is not None and not service.runs:
                    raise self.failure(service, f"ended with code {service.child.returncode}")
                if step.seconds > PATIENCE_S:
                    raise self.failure(service, f"did not answer in {PATIENCE_S:.0f} s: {reason}")
                step.at(reason)
                time.sleep(0.2)

    def failure(self, service: Service, what: str) -> SetupFailed:
        """The error for a process that failed, with the end of its log."""
        log = self.log_of(service)
        lines = log.read_text(errors="replace").splitlines()[-20:]
        tail = "\n".join("    " + line for line in lines)
        return SetupFailed(f"{service.name} {what}. The end of {log}:\n{tail}")

    def end(self, service: Service, *, kill: bool = False) -> None:
        """End one process, with SIGTERM and 20 s of patience, or at once."""
        child = service.child
        if child is not None and child.poll() is None:
            if not kill:
                child.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(timeout=20)
            if child.poll() is None:
                child.kill()
                child.wait()
            # What it started itself, such as a model's runner, may outlive it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        if service in self._services:
            self._services.remove(service)

    def end_all(self) -> None:
        """End every process, the last started first."""
        for service in reversed(self._services.copy()):
            self.end(service)
        self._note.unlink(missing_ok=True)

    def fallen(self) -> Service | None:
        """A process that ended by itself, if there is one."""
        return next((s for s in self._services if not s.runs), None)

    def log_of(self, service: Service) -> Path:
        """Where the output of a process goes."""
        return self._folder / "logs" / f"{service.name}.log"

    def end_leftovers(self) -> None:
        """End what a killed program left behind; a pid that another process has now is spared."""
        if not self._note.is_file():
            return
        for process in json.loads(self._note.read_text()):
            pid, born = process["pid"], process["born"]
            if born and _born(pid) == born:
                say(f"  ending process {pid}, left behind by an earlier start")
                with contextlib.suppress(ProcessLookupError):
                    _end_stranger(pid)
        self._note.unlink()


def _end_stranger(pid: int) -> None:
    """End a process that is not a child of ours."""
    os.kill(pid, signal.SIGTERM)
    for _ in range(100):
        time.sleep(0.1)
        os.kill(pid, 0)
    os.killpg(pid, signal.SIGKILL)


def _born(pid: int) -> str:
    """When a process started, as `ps` writes it: with the pid, its identity. "" if it is gone."""
    asked = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip()


def _reason(url: str) -> str:
    """Why a URL does not answer with success yet; "" when it does."""
    try:
        with urlopen(url, timeout=2):
            return ""
    except HTTPError as error:
        return _problem(error) or f"status {error.code}"
    except URLError as error:
        return str(error.reason)
    except OSError as error:
        return str(error) or type(error).__name__


def _problem(answer: HTTPError) -> str:
    """What a problem document (RFC 9457) says in words; "" if it is none, or comes too slowly."""
    try:
        return str(json.loads(answer.read())["detail"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def is_free(port: int) -> bool:
    """Whether a TCP port of loopback can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def any_port() -> int:
    """A TCP port of loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
