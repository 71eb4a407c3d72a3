"""A run as it goes on: a bar on a terminal, a line now and then elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from ingest.runs.report import RunProgress

LINE_S = 5.0
"""Where nobody watches, a line so often, and whenever a phase begins."""

Told = Callable[[RunProgress], None]


@contextmanager
def shown(console: Console, name: str, *, quiet: bool) -> Iterator[Told]:
    """Shows what a run over a source tells of itself for as long as the context lasts."""
    if quiet:
        yield lambda progress: None
    elif console.is_terminal:
        with _bar(console, name) as told:
            yield told
    else:
        yield _Lines(console, name)


@contextmanager
def _bar(console: Console, name: str) -> Iterator[Told]:
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[told]}", style="dim"),
        console=console,
        transient=True,
    )
    task = bar.add_task(f"{escape(name)}: start", total=None, told="")

    def tell(progress: RunProgress) -> None:
        done, total = extent(progress)
        bar.update(
            task,
            description=f"{escape(name)}: {progress.phase}",
            completed=done,
            total=total or None,
            told=told(progress),
        )

    with bar:
        yield tell


class _Lines:
    """One line for what a log is to keep of the progress."""

    def __init__(self, console: Console, name: str) -> None:
        self._console = console
        self._name = name
        self._phase = ""
        self._next = 0.0

    def __call__(self, progress: RunProgress) -> None:
        if progress.phase == self._phase and time.monotonic() < self._next:
            return
        self._phase, self._next = progress.phase, time.monotonic() + LINE_S
        line = f"{self._name}: {progress.phase}: {told(progress)}"
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


def extent(progress: RunProgress) -> tuple[int, int]:
    """How much of its phase is done, and how much there is of it, as far as it is known."""
    if progress.phase in ("start", "gather", "settle"):
        return progress.found - progress.waiting, progress.found
    return progress.indexed, progress.indexed + progress.waiting


def told(progress: RunProgress) -> str:
    """The counts in words, with the pace and the time left if there is one to guess from."""
    counts = {
        "found": progress.found,
        "fetched": progress.fetched,
        "unchanged": progress.unchanged,
        "indexed": progress.indexed,
        "failed": progress.failed,
    }
    parts = [f"{count} {name}" for name, count in counts.items()]
    if progress.state == "running":
        parts.append(f"{progress.pages_per_s:.1f} pages/s")
        if progress.left_s is not None:
            parts.append(f"{_duration(progress.left_s)} left")
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
