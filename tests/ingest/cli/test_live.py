"""Progress in words."""

import io
from dataclasses import replace

from rich.console import Console

from ingest.cli.live import extent, shown, told
from ingest.runs.report import RunProgress

GATHERING = RunProgress(
    run="r", source="museum", kb="m", state="running", phase="gather",
    found=120, fetched=80, unchanged=60, failed=3, waiting=40, pages_per_s=8.04, left_s=3725.4,
)  # fmt: skip


def test_counts_pace_and_the_time_left_are_told() -> None:
    assert told(GATHERING) == (
        "120 found, 80 fetched, 60 unchanged, 0 indexed, 3 failed, 8.0 pages/s, 1:02:05 left"
    )
    assert told(replace(GATHERING, left_s=65.0)).endswith("1:05 left")
    assert told(replace(GATHERING, left_s=None)).endswith("8.0 pages/s")
    assert told(replace(GATHERING, state="done")).endswith("3 failed")


def test_each_phase_has_an_extent_of_its_own() -> None:
    assert extent(GATHERING) == (80, 120)
    assert extent(replace(GATHERING, phase="publish", indexed=15, waiting=5)) == (15, 20)


def test_where_nobody_watches_a_phase_is_a_line() -> None:
    out = io.StringIO()
    with shown(Console(file=out), "museum", quiet=False) as tell:
        for _ in range(3):
            tell(GATHERING)
        tell(replace(GATHERING, phase="publish"))
    lines = out.getvalue().splitlines()
    assert [line.split(":")[:2] for line in lines] == [
        ["museum", " gather"],
        ["museum", " publish"],
    ]


def test_on_a_terminal_there_is_a_bar() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=200)
    with shown(console, "museum", quiet=False) as tell:
        tell(GATHERING)
    assert "museum: gather" in out.getvalue()
    assert "67%" in out.getvalue()


def test_quiet_is_quiet() -> None:
    out = io.StringIO()
    with shown(Console(file=out), "museum", quiet=True) as tell:
        tell(GATHERING)
    assert out.getvalue() == ""
