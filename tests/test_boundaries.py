"""Imports go one way, and every big library has one home."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Room → the rooms of ours that it may import; a room may always import itself. The nearest prefix
# counts, so that app/avatar/lite.py has a line of its own.
EDGES = ("app/settings", "app/errors", "app/log", "app/phrases", "app/race")
INNER = (
    *("app/dialogue", "app/grounding", "app/moderation", "app/answering", "app/visits"),
    "app/avatar/lite",
)
ALLOWED: dict[str, tuple[str, ...]] = {
    "ingest": (),
    "app/settings": ("ingest", "app/voice_settings"),
    "app/voice_settings": (),
    "app/errors": ("ingest",),
    "app/log": ("app/settings",),
    "app/phrases": ("app/settings",),
    "app/race": (),
    "app/dialogue": (*EDGES, "app/grounding"),
    "app/grounding": ("ingest", *EDGES, "app/hearing"),
    "app/moderation": ("ingest", *EDGES),
    "app/answering": ("ingest", *EDGES, "app/dialogue", "app/moderation", "app/grounding"),
    "app/visits": ("ingest", *EDGES, "app/avatar/rest"),
    "app/avatar/lite": (*EDGES, "app/avatar/rest"),
    "app/avatar/rest": EDGES,
    "app/avatar": EDGES,
    "app/hearing": EDGES,
    "app/speaking": EDGES,
    "app/tracing": ("ingest/settings", "app/settings", "app/visits"),
    "app/metrics": ("ingest", *EDGES, "app/answering", "app/visits", "app/standing"),
    "app/standing": ("ingest", "app/answering", "app/visits"),
    "app/wiring": ("ingest", *EDGES, *INNER, "app/metrics", "app/tracing"),
    "app/api": (
        *("ingest", *EDGES, *INNER, "app/hearing"),
        *("app/metrics", "app/standing", "app/wiring"),
    ),
    # The agent and the stage reach the API over HTTP.
    "app/agent": (*EDGES, "app/avatar", "app/hearing", "app/speaking"),
    "app/stage": EDGES,
    # What others import must not need the house.
    "app/clients": (),
    "app/evaluation": ("ingest", *EDGES, *INNER, "app/wiring"),
    "app/cli": (
        *("ingest", *EDGES, "app/answering", "app/wiring"),
        *("app/api", "app/agent", "app/stage", "app/evaluation"),
    ),
    "app/__main__": ("app/cli",),
}

HOMES: dict[str, tuple[str, ...]] = {
    "trafilatura": ("ingest/extraction",),
    "pypdfium2": ("ingest/extraction",),
    "mammoth": ("ingest/extraction",),
    "warcio": ("ingest/imports",),
    "llama_index": ("app/clients", "ingest/chunking"),
    "sentence_transformers": ("ingest/embedding",),
    "torch": ("ingest/embedding",),
    "qdrant_client": ("ingest/indexing",),
    "qdrant_edge": ("ingest/embedded_qdrant", "ingest/indexing"),
    "saq": ("ingest/runs",),
    "croniter": ("ingest/sources",),
    "cryptography": ("ingest/sources",),
    "ollama": (
        *("app/answering/ollama_client", "app/answering/ollama_failures"),
        "app/moderation/guard",
    ),
    "text_to_num": ("app/answering/check",),
    "tokenizers": ("app/answering", "ingest/embedding"),
    "livekit": ("app/agent", "app/avatar", "app/stage", "app/visits/tokens"),
    "litestar": ("app/api", "app/stage", "ingest/embedded_qdrant"),
    "jellyfish": ("app/hearing",),
    "rapidfuzz": ("app/grounding/vocabulary", "app/hearing"),
    "wordfreq": ("app/grounding/vocabulary",),
    "num2words": ("app/speaking",),
    "opentelemetry": ("app/tracing",),
    "prometheus_client": ("app/metrics", "app/standing"),
    "moonshine_voice": ("app/agent",),
    "piper": ("app/agent",),
    "kokoro_onnx": ("app/agent",),
    "faster_whisper": ("app/agent",),
    "hibari": ("app/agent",),
    "playwright": ("ingest/web",),
    "typer": ("app/cli", "app/evaluation", "ingest/cli"),
}

SOURCES = sorted(path for room in ("app", "ingest") for path in (ROOT / room).rglob("*.py"))


def name_of(path: Path) -> str:
    """`app/agent/worker.py` as `app/agent/worker`."""
    return path.relative_to(ROOT).with_suffix("").as_posix().removesuffix("/__init__")


def imports_of(path: Path) -> Iterator[str]:
    """Every module that a file imports, at any depth of it, as a path without suffix."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.replace(".", "/") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            # `from app import wiring` and `from app.wiring import x` mean the same room.
            yield from (f"{node.module}.{alias.name}".replace(".", "/") for alias in node.names)


def lies_in(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}/")


def room_of(name: str) -> str:
    """The nearest line of ALLOWED that a module belongs to."""
    rooms = [room for room in ALLOWED if lies_in(name, room)]
    return max(rooms, key=len, default="")


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_go_one_way(path: Path) -> None:
    room = room_of(name_of(path))
    if room in {"", "app"}:
        assert name_of(path) == "app", f"{name_of(path)} has no line in ALLOWED: decide its place"
        return
    wrong = [
        imported
        for imported in imports_of(path)
        if imported.split("/")[0] in {"app", "ingest", "tools", "bench", "tests"}
        and not any(lies_in(imported, allowed) for allowed in (room, *ALLOWED[room]))
    ]
    assert not wrong, f"{room} may import {', '.join(ALLOWED[room]) or 'nothing of ours'}"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_big_library_has_one_home(path: Path) -> None:
    strays = {
        imported.split("/")[0]
        for imported in imports_of(path)
        if (homes := HOMES.get(imported.split("/")[0]))
        and not any(lies_in(name_of(path), home) for home in homes)
    }
    assert not strays, {library: HOMES[library] for library in strays}


def test_the_set_up_runs_before_anything_is_installed() -> None:
    first = [
        *("clean", "console", "errors", "gguf", "models", "packages", "places", "programs"),
        *("progress", "servers", "setup", "toolchains", "wheels"),
    ]
    foreign = {
        f"{module}: {imported}"
        for module in first
        for imported in imports_of(ROOT / "tools" / f"{module}.py")
        if imported.split("/")[0] not in {*sys.stdlib_module_names, "tools"}
    }
    assert not foreign
