"""Memory of each process of a running stack, its children included."""

from pathlib import Path

from tools.stack import Stack


def measure(stack: Stack) -> dict[str, float]:
    """Megabytes of proportional set size (shared pages divided among their users) a process."""
    return {
        name: round(sum(_pss(pid) for pid in _family(service.child.pid)) / 1024, 1)
        for name in ("api", "agent", "stage", "qdrant", "livekit", "ollama")
        if (service := stack.processes[name]).child is not None
    }


def _family(pid: int) -> list[int]:
    """A process and all its descendants."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += _family(int(child))
    return found


def _pss(pid: int) -> int:
    """Kilobytes, from the kernel's own sum (proc(5), smaps_rollup); 0 for a process that ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
