"""livekit-server, ollama and docker-compose: those on PATH, or else built with Go, once.

A built server lies in the cache under its version (and the processor family it was built for).
"""

import json
import platform
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools import places
from tools.errors import SetupFailed
from tools.progress import run
from tools.toolchains import GO, ensure, environment, require_compiler

# Later ones pin forks by `replace`, which cannot be had through a module proxy.
LIVEKIT = "1.13.5"
OLLAMA = "0.17.4"
COMPOSE = "2.40.3"

# Weights are put in the order that the processor reads best. Ollama's own builds leave that off.
# Qwen2.5-Coder 1.5B in 4 bits, two cores with AVX2, tokens a second with it (without): it reads 33
# (24) on one thread and 65 (44) on two, and writes 18 (13) and 27 (21), in the same memory.
REPACKED = "-DGGML_USE_CPU_REPACK"

# What an x86-64-v3 processor has; built for less, Ollama's arithmetic is several times slower.
V3_FLAGS = {"avx2", "bmi1", "bmi2", "f16c", "fma", "movbe"}


@dataclass(frozen=True, slots=True)
class Header:
    """A C header that Ollama includes and its module zip lacks, and the Go module that has it."""

    module: str
    member: str
    name: str
    sha256: str


# Folders named `vendor` are left out of Go module zips, and Ollama's headers lie in one.
_BEFORE = "github.com/ollama/ollama@v0.11.4"
HEADERS = [
    Header(
        _BEFORE,
        "llama/llama.cpp/common/json.hpp",
        "nlohmann/json.hpp",
        "5b4b37308d67f9820b5926486374246054fdd06baae85309b820a8315f23caca",
    ),
    Header(
        _BEFORE,
        "llama/llama.cpp/common/stb_image.h",
        "stb/stb_image.h",
        "594c2fe35d49488b4382dbfaec8f98366defca819d916ac95becf3e75f4200b3",
    ),
    Header(
        "github.com/gen2brain/malgo@v0.11.24",
        "miniaudio.h",
        "miniaudio/miniaudio.h",
        "7e4f3f13c8fe66df2080ac3dd12a89193e3c2463cb7f067c798abd7331cd8ee6",
    ),
]


def livekit() -> Path:
    """The LiveKit server; raises SetupFailed if it has to be built and cannot be."""
    return _on_path("livekit-server") or _ensure_built(f"livekit-server-{LIVEKIT}", _build_livekit)


def ollama() -> Path:
    """Ollama; raises SetupFailed if it has to be built and cannot be."""
    name = f"ollama-{OLLAMA}-{march()}-repacked"
    return _on_path("ollama") or _ensure_built(name, _build_ollama)


def compose() -> Path:
    """Docker Compose of today's file format, for which no engine is needed to check a file."""
    return _ensure_built(f"docker-compose-{COMPOSE}", _build_compose)


def march() -> str:
    """The processor family to build for, as the C compiler names it."""
    info = Path("/proc/cpuinfo")
    if platform.machine() != "x86_64" or not info.is_file():
        return "native"
    flags = next((ln for ln in info.read_text().splitlines() if ln.startswith("flags")), "")
    return "x86-64-v3" if set(flags.split()) >= V3_FLAGS else "native"


def _on_path(program: str) -> Path | None:
    found = shutil.which(program)
    return Path(found) if found else None


def _ensure_built(name: str, build: Callable[[Path], None]) -> Path:
    target = places.cache() / "bin" / name
    if not target.is_file():
        with places.replacing(target) as workshop:
            build(workshop / name)
    return target


def _build_livekit(target: Path) -> None:
    _install(
        f"github.com/livekit/livekit-server/cmd/server@v{LIVEKIT}",
        target,
        what=f"building livekit-server {LIVEKIT} (about 1 minute)",
    )


def _build_ollama(target: Path) -> None:
    require_compiler()
    include = places.cache() / "include"
    _collect_headers(include)
    flags = f"-O3 -march={march()} {REPACKED} -I{include}"
    _install(
        f"github.com/ollama/ollama@v{OLLAMA}",
        target,
        what=f"building ollama {OLLAMA} for {march()} (3 to 5 minutes)",
        env={"CGO_ENABLED": "1", "CGO_CFLAGS": flags, "CGO_CXXFLAGS": flags},
        # Ollama's library refuses models to a version that it takes for too old, such as 0.0.0.
        ldflags=f"-X=github.com/ollama/ollama/version.Version={OLLAMA}",
    )


def _install(
    module: str,
    target: Path,
    *,
    what: str,
    env: Mapping[str, str] | None = None,
    ldflags: str = "",
) -> None:
    """`go install` of one program, under the name wanted."""
    go = ensure(GO)
    folder = target.parent / "go-bin"
    run(
        [go, "install", "-v", f"-ldflags={ldflags}", module],
        what=what,
        env={**environment(go), "GOBIN": str(folder), **(env or {})},
        remedy="Or install it yourself and put it on PATH; then it is not built.",
    )
    next(folder.iterdir()).replace(target)


def _build_compose(target: Path) -> None:
    """Build in an empty module: `go install` refuses a module that excludes others' versions."""
    go = ensure(GO)
    module = target.parent / "module"
    module.mkdir()
    (module / "go.mod").write_text("module compose\n\ngo 1.26\n")
    package = "github.com/docker/compose/v2/cmd"
    env = environment(go)
    run(
        [go, "get", f"{package}@v{COMPOSE}"],
        what=f"fetching docker-compose {COMPOSE}",
        env=env,
        cwd=module,
    )
    run(
        [go, "build", "-v", "-mod=mod", "-o", target, package],
        what=f"building docker-compose {COMPOSE} (about 2 minutes)",
        env=env,
        cwd=module,
    )


def _collect_headers(include: Path) -> None:
    for header in HEADERS:
        target = include / header.name
        if not target.is_file():
            source = _module_folder(header.module) / header.member
            if not source.is_file() or places.digest(source) != header.sha256:
                raise SetupFailed(f"{header.member} of {header.module} is not the pinned file.")
            with places.replacing(target) as workshop:
                shutil.copyfile(source, workshop / target.name)
    # The declarations alone are not in the older module; the whole header declares them as well.
    (include / "nlohmann" / "json_fwd.hpp").write_text("#include <nlohmann/json.hpp>\n")


def _module_folder(module: str) -> Path:
    """Where Go keeps a module, downloaded and checked against its checksum database."""
    go = ensure(GO)
    done = subprocess.run(
        [go, "mod", "download", "-json", module],
        capture_output=True,
        text=True,
        check=False,
        env=environment(go),
        cwd=places.cache(),
    )
    answer = json.loads(done.stdout or "{}")
    if done.returncode or "Dir" not in answer:
        raise SetupFailed(f"{module} cannot be had: {answer.get('Error') or done.stderr}")
    return Path(answer["Dir"])
