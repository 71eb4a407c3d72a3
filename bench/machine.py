"""The machine that figures were taken on."""

import platform
from pathlib import Path
from typing import Any


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    cores = [
        line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    return {
        "processor": cores[0].partition(":")[2].strip() if cores else platform.processor(),
        "cores": len(cores),
        "python": platform.python_version(),
    }
