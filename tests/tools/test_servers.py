"""Servers are taken from PATH, else from the cache, else built; never half."""

import os
from pathlib import Path

import pytest

from tools import servers
from tools.errors import SetupFailed


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a PATH with nothing on it."""
    monkeypatch.setenv("GROUNDLING_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    (tmp_path / "path").mkdir()
    return tmp_path / "cache"


def put_program(path: Path, code: str = "exit 0") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{code}\n")
    path.chmod(0o755)
    return path


def test_the_one_on_path_is_taken(cache: Path, tmp_path: Path) -> None:
    ours = put_program(tmp_path / "path" / "livekit-server")
    assert servers.livekit() == ours


def test_the_one_built_before_is_taken(cache: Path) -> None:
    built = put_program(cache / "bin" / f"ollama-{servers.OLLAMA}-{servers.march()}-repacked")
    assert servers.ollama() == built


def test_one_is_built_by_go_under_its_version(cache: Path, tmp_path: Path) -> None:
    go = """[ "$1" = version ] && { echo go version go1.26.8 linux/amd64; exit 0; }
/bin/mkdir -p "$GOBIN" && echo "$*" > "$GOBIN/server" """
    put_program(tmp_path / "path" / "go", go)
    built = servers.livekit()
    assert built.name == f"livekit-server-{servers.LIVEKIT}"
    assert built.read_text().split()[-1].endswith(f"/cmd/server@v{servers.LIVEKIT}")
    assert [path.name for path in built.parent.iterdir()] == [built.name]


def test_a_build_that_fails_leaves_nothing_and_says_why(cache: Path, tmp_path: Path) -> None:
    go = """[ "$1" = version ] && { echo go version go1.26.8 linux/amd64; exit 0; }
echo "no such module"; exit 1"""
    put_program(tmp_path / "path" / "go", go)
    with pytest.raises(SetupFailed, match=r"(?s)no such module.*put it on PATH"):
        servers.livekit()
    assert list((cache / "bin").iterdir()) == []


def test_without_a_compiler_the_package_is_named(cache: Path) -> None:
    with pytest.raises(SetupFailed, match="build-essential"):
        servers.ollama()


def test_every_header_is_pinned_to_a_module_and_a_hash() -> None:
    assert all("@v" in header.module for header in servers.HEADERS)
    assert {len(bytes.fromhex(header.sha256)) for header in servers.HEADERS} == {32}


def test_the_family_of_this_processor_is_one_the_compiler_knows() -> None:
    assert servers.march() in {"native", "x86-64-v3"}
    assert os.sep not in servers.march()
