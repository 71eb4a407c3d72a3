"""Progress of long steps for somebody who watches a terminal, or reads a log later.

Each step is one line when it begins, a line every few seconds while it runs, and one when it ends.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.errors import SetupFailed

TICK_S = 10.0
TAIL_LINES = 25


def say(text: str) -> None:
    """Print one line at once, also into a pipe."""
    print(text, flush=True)


class Step:
    """One long step, as a context: says when it begins, how far it is, and how long it took."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> "Step":
        self._began = self._told = time.monotonic()
        say(f"· {self._what} …")
        return self

    def at(self, where: str) -> None:
        """Say how far the step is, if the last word was long enough ago."""
        if time.monotonic() - self._told >= TICK_S:
            self._told = time.monotonic()
            say(f"    {self.seconds:4.0f} s  {where}".rstrip())

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            say(f"✓ {self._what} ({self.seconds:.1f} s)")
        else:
            say(f"✗ {self._what} ({self.seconds:.1f} s)")


def run(
    command: Sequence[str | Path],
    *,
    what: str,
    remedy: str = "",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> None:
    """Carry out a command as one step; its output is shown only when it fails.

    Raises:
        SetupFailed: it failed; with its last lines and the remedy.
    """
    with Step(what) as step, tempfile.TemporaryFile("w+") as output:
        try:
            child = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
            )
        except OSError as error:
            raise SetupFailed(f"{what}: {command[0]} cannot be run ({error}). {remedy}") from error
        try:
            _watch(child, step, output.fileno())
        except BaseException:
            child.terminate()
            child.wait()
            raise
        if child.returncode:
            tail = _tail(output.fileno())
            raise SetupFailed(f"{what}: exit code {child.returncode}\n{tail}\n{remedy}".rstrip())


def _watch(child: subprocess.Popen[bytes], step: Step, output: int) -> None:
    while child.poll() is None:
        try:
            child.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            step.at(_last_line(output))


def _text(output: int) -> str:
    # The child writes at this descriptor's own position, which a plain read would move.
    size = os.fstat(output).st_size
    return os.pread(output, 20_000, max(0, size - 20_000)).decode(errors="replace")


def _last_line(output: int) -> str:
    return next(iter(reversed(_text(output).splitlines())), "")[:100]


def _tail(output: int) -> str:
    # A compiler names what it compiles, one a line, and would bury its own error.
    lines = [line for line in _text(output).splitlines() if " " in line.strip()]
    return "\n".join("    " + line for line in lines[-TAIL_LINES:])


def complain(error: SetupFailed) -> int:
    """Print why the set-up stopped; gives the exit code."""
    print(f"\n{error}", file=sys.stderr, flush=True)
    return 1
