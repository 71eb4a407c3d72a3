"""Everything Groundling needs, started on loopback: for the demo, the live tests and the bench.

A stack owns one state folder: its secrets, its ports, the databases, and the logs.
"""

import contextlib
import fcntl
import json
import os
import secrets
import shlex
from collections.abc import Iterator
from pathlib import Path

from tools import models, servers
from tools.errors import SetupFailed
from tools.places import ROOT, cache, replacing, venv_python
from tools.processes import Processes, Service, any_port, is_free
from tools.progress import Step, say

PORTS = {
    "qdrant": 6333,
    "livekit": 7880,
    "livekit_tcp": 7881,
    "livekit_turn": 3478,
    "ollama": 11434,
    "pages": 8090,
    "stage": 8089,
    "api": 8080,
    "agent": 8081,
}
SAMPLE_PAGES = ROOT / "data" / "pages"


class Stack:
    """The running processes; `env` is what every process of Groundling is started with."""

    def __init__(self, state: Path, *, model: str | None, usual_ports: bool) -> None:
        self.state = state
        self.processes = Processes(state)
        self.ports = choose_ports(state / "ports.json", usual=usual_ports)
        self.keys = make_keys(state / "secrets.json")
        self.env = self._environment()
        self._model = model

    def url(self, service: str) -> str:
        """The loopback HTTP address of one of `PORTS`."""
        return f"http://127.0.0.1:{self.ports[service]}"

    def start(self) -> None:
        """Start everything and wait until it answers.

        Raises:
            SetupFailed: which process did not come up, the end of its log, and what to do.
        """
        neighbours = [self._livekit(), self._ollama(), self._qdrant(), self._pages()]
        ours = [self._own("stage", "/health"), self._own("agent", "/")]
        for service in (*neighbours, *ours):
            self.processes.launch(service, self.env)
        self.processes.wait(self.processes["ollama"])
        with Step("language model"):
            host = f"127.0.0.1:{self.ports['ollama']}"
            self.env["GROUNDLING_MODEL__NAME"] = models.ensure_in_ollama(host, self._model)
        self._note_environment()
        api = self._own("api", "/ready")
        self.processes.launch(api, self.env)
        for service in (*neighbours, *ours, api):
            self.processes.wait(service)

    def restart(self, name: str) -> None:
        """End one process if it still runs, and start it again as it was."""
        service = self.processes[name]
        self.processes.end(service)
        self.processes.launch(service, self.env)
        self.processes.wait(service)

    # The processes

    def _livekit(self) -> Service:
        config = self.state / "livekit.yaml"
        config.touch(0o600)
        config.write_text(self._livekit_config())
        return Service("livekit", [servers.livekit(), "--config", config], self.url("livekit"))

    def _ollama(self) -> Service:
        env = {
            "OLLAMA_HOST": f"127.0.0.1:{self.ports['ollama']}",
            "OLLAMA_MODELS": str(cache() / "ollama"),
            "OLLAMA_NUM_PARALLEL": "1",
            "OLLAMA_KEEP_ALIVE": "-1",
            "OLLAMA_NO_CLOUD": "1",
        }
        return Service("ollama", [servers.ollama(), "serve"], self.url("ollama"), env)

    def _qdrant(self) -> Service:
        command: list[str | Path] = [venv_python(), "-m", "ingest", "qdrant"]
        return Service("qdrant", command, self.url("qdrant") + "/readyz")

    def _pages(self) -> Service:
        command: list[str | Path] = [venv_python(), "-m", "http.server"]
        command.append(str(self.ports["pages"]))
        command += ["--bind", "127.0.0.1", "--directory", SAMPLE_PAGES]
        return Service("pages", command, self.url("pages") + "/robots.txt")

    def _own(self, name: str, path: str) -> Service:
        return Service(name, [venv_python(), "-m", "app", name], self.url(name) + path)

    # How they are told of one another

    def _environment(self) -> dict[str, str]:
        ours = {
            "DATABASE__URL": f"sqlite+aiosqlite:///{self.state / 'groundling.db'}",
            "QDRANT__URL": self.url("qdrant"),
            "EMBEDDED_QDRANT__PORT": str(self.ports["qdrant"]),
            "EMBEDDED_QDRANT__PATH": str(self.state / "qdrant"),
            "EMBEDDER__PATH": str(models.embedder_folder()),
            "API__PORT": str(self.ports["api"]),
            "API__URL": self.url("api"),
            "API__KEY": self.keys["api_key"],
            "MODEL__URL": self.url("ollama"),
            # One core less than there are: speech recognition and speech share the machine, and
            # a model thread without a core of its own costs more than it gives.
            "MODEL__THREADS": str(max(1, (os.cpu_count() or 2) - 1)),
            # Read at some 30 tokens a second by one core: six seconds, the length of a question.
            "MODEL__EVIDENCE_TOKENS": "180",
            "LIVEKIT__URL": f"ws://127.0.0.1:{self.ports['livekit']}",
            "LIVEKIT__KEY": self.keys["livekit_key"],
            "LIVEKIT__SECRET": self.keys["livekit_secret"],
            "AGENT__PORT": str(self.ports["agent"]),
            "AVATAR__URL": self.url("stage"),
            "AVATAR__KEY": self.keys["stage_key"],
            # On one machine an agent that is silent for so long is dead.
            "AVATAR__LEASE_S": "10",
            "STAGE__PORT": str(self.ports["stage"]),
            "STAGE__KEY": self.keys["stage_key"],
        }
        mine = {f"GROUNDLING_{name}": value for name, value in ours.items()}
        # What the user set, such as a LiveAvatar key, wins over the stack's own choice.
        return mine | {k: v for k, v in os.environ.items() if k.startswith("GROUNDLING_")}

    def _note_environment(self) -> None:
        """Leave a file that a shell can read, so that the CLIs meet this very stack."""
        note = self.state / "env"
        note.touch(0o600)
        lines = (f"{name}={shlex.quote(value)}\n" for name, value in sorted(self.env.items()))
        note.write_text("".join(lines))

    def _livekit_config(self) -> str:
        # LiveKit's own defaults would open UDP on every interface, and send whoever joins to the
        # STUN servers of Google and Twilio unless it is one itself.
        return f"""port: {self.ports["livekit"]}
bind_addresses: ["127.0.0.1"]
rtc:
  tcp_port: {self.ports["livekit_tcp"]}
  port_range_start: 50000
  port_range_end: 50400
  use_external_ip: false
  node_ip: 127.0.0.1
  enable_loopback_candidate: true
  interfaces: {{includes: [lo]}}
  ips: {{includes: [127.0.0.1/32]}}
turn:
  enabled: true
  udp_port: {self.ports["livekit_turn"]}
  bind_addresses: ["127.0.0.1"]
  relay_range_start: 50401
  relay_range_end: 50500
keys: {{"{self.keys["livekit_key"]}": "{self.keys["livekit_secret"]}"}}
logging: {{level: info}}
"""


@contextlib.contextmanager
def open_stack(
    state: Path, *, model: str | None = None, usual_ports: bool = True
) -> Iterator[Stack]:
    """A started stack, ended at the end of the block; one at a time in a state folder.

    `model` is a size that `tools.models` knows (None: its choice). With `usual_ports` those are
    taken where they are free; without, any free ones.

    Raises:
        SetupFailed: another stack runs in this folder, or a process did not come up.
    """
    state.mkdir(parents=True, exist_ok=True)
    with (state / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SetupFailed(f"Groundling already runs from {state}. End it first.") from None
        Processes(state).end_leftovers()
        stack = Stack(state, model=model, usual_ports=usual_ports)
        try:
            stack.start()
            yield stack
        finally:
            stack.processes.end_all()


def choose_ports(note: Path, *, usual: bool) -> dict[str, int]:
    """The usual ports; for one that is taken, the port used last time, or else any free one."""
    last: dict[str, int] = json.loads(note.read_text()) if note.is_file() else {}
    chosen: dict[str, int] = {}
    for name, port in PORTS.items():
        wanted = [port, last.get(name, 0)] if usual else [last.get(name, 0)]
        if name == "pages":
            wanted.reverse()  # their port is part of what the knowledge base knows them by
        free = (p for p in wanted if p and p not in chosen.values() and is_free(p))
        chosen[name] = next(free, 0) or any_port()
        if usual and chosen[name] != port:
            say(f"  port {port} is taken; {name} listens on {chosen[name]} instead")
    note.write_text(json.dumps(chosen))
    return chosen


def make_keys(note: Path) -> dict[str, str]:
    """Keys of this installation alone, made at its first start, readable by nobody else."""
    if not note.is_file():
        made = {
            "livekit_key": "groundling",
            "livekit_secret": secrets.token_urlsafe(36),
            "api_key": secrets.token_urlsafe(32),
            "stage_key": secrets.token_urlsafe(32),
        }
        with replacing(note) as workshop:
            fresh = workshop / note.name
            fresh.touch(0o600)
            fresh.write_text(json.dumps(made))
    found: dict[str, str] = json.loads(note.read_text())
    return found
