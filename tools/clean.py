"""`python -m tools.clean`: remove what the set-up, the demo and the tests made in this checkout."""

import shutil
from pathlib import Path

from tools import places
from tools.progress import say

MADE = [
    ".venv",
    ".groundling",
    "app/console/dist",
    "app/console/node_modules",
    "groundling.egg-info",
    "build",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
]


def clean(root: Path) -> list[str]:
    """Remove what was made under `root`; gives the names of what there was."""
    removed = [name for name in MADE if (root / name).exists()]
    for name in removed:
        shutil.rmtree(root / name)
    for room in ("app", "ingest", "tests", "tools", "bench"):
        for folder in (root / room).rglob("__pycache__"):
            shutil.rmtree(folder)
    return removed


if __name__ == "__main__":
    removed = clean(places.ROOT)
    say(f"removed {', '.join(removed)}" if removed else "nothing to remove")
    if not places.cache().is_relative_to(places.ROOT):
        say(f"left: {places.cache()} (GROUNDLING_CACHE; others may use it)")
