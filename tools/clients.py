"""Other people's clients of LiveAvatar, which the tests run against our stage.

Each lies in a folder of its own, beside our packages and not among them: they do not go together
with what we pin. What they need besides is in the virtual environment already.
"""

import shutil
import sys
from pathlib import Path

from tools import packages, places
from tools.progress import run
from tools.toolchains import NODE, ensure, environment

WANTED = places.ROOT / "tests" / "live" / "clients"
PYTHON = ("pipecat", "vision_agents")
WEB = WANTED / "web"


def prepare() -> None:
    """Fetch what is not here yet; raises SetupFailed when it cannot be had."""
    for name in PYTHON:
        python_folder(name)
    web_folder()


def python_folder(name: str) -> Path:
    """Where one of `PYTHON` lies, for PYTHONPATH; fetched once for each list of pins."""
    pins = WANTED / f"{name}.txt"
    folder = places.cache() / "clients" / f"{name}-{places.fingerprint(pins, sys.version)}"
    # What they need besides would be half a gigabyte of models' libraries that no client loads.
    return packages.aside(pins, folder, f"fetching the client {name.replace('_', ' ')}")


def web_folder() -> Path:
    """Where the page with LiveAvatar's web SDK lies, built once for each of its versions."""
    sources = sorted(path for path in WEB.iterdir() if path.is_file())
    folder = places.cache() / "clients" / f"web-{places.fingerprint(*sources)}"
    if folder.is_dir():
        return folder
    with places.replacing(folder) as workshop:
        page = workshop / folder.name
        page.mkdir()
        for source in sources:
            shutil.copy(source, page)
        npm = ensure(NODE).with_name("npm")
        env = {**environment(npm), "npm_config_update_notifier": "false"}
        run(
            [npm, "install", "--no-audit", "--no-fund"],
            what="fetching LiveAvatar's web SDK",
            env=env,
            cwd=page,
            remedy="Is the npm registry reachable? Then try again.",
        )
        run([npm, "run", "build"], what="building a page with it", env=env, cwd=page)
        shutil.rmtree(page / "node_modules")
    return folder
