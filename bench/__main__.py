"""`make bench`: measure this machine, print the figures, and write them as JSON.

Nothing else should run beside it: on two cores, another busy process changes every figure.
"""

import asyncio
import json
import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bench import (
    answering,
    api_search,
    chunking,
    embedding,
    extraction,
    first_mouth,
    ingest,
    memory,
    retrieval,
    scale,
    search,
    turn,
    voice,
)
from bench.machine import machine
from tools.demo import ingest_samples
from tools.places import ROOT
from tools.stack import Stack, open_stack

# In the order in which they run: the memory is read after a visit, before the large collection.
BENCHES: dict[str, Callable[[Stack], dict[str, float]]] = {
    "spoken turn": lambda stack: asyncio.run(turn.measure(stack)),
    "voice": lambda stack: asyncio.run(voice.measure(stack)),
    "voice, at a GPU's pace": lambda stack: asyncio.run(voice.measure_at_gpu_pace(stack)),
    "first mouth movement": lambda stack: asyncio.run(first_mouth.measure(stack)),
    "memory, MB": memory.measure,
    "first sentence": lambda stack: asyncio.run(answering.measure(stack)),
    "extraction": lambda _: extraction.measure(),
    "ingestion": ingest.measure,
    "ingestion, many pages": scale.measure,
    "search through the API": api_search.measure,
    "search, beside path= mode": lambda _: search.measure(),
}
# These measure quality, too, on public sets in the folder that EVAL_DATA names.
if "EVAL_DATA" in os.environ:
    BENCHES |= {
        "embedding": lambda _: embedding.measure(),
        "chunking": lambda _: chunking.measure(),
        "retrieval": lambda stack: asyncio.run(retrieval.measure(stack.url("qdrant"), stack.state)),
    }


def main(
    names: Annotated[
        list[str] | None, typer.Argument(help="Which benches; all by default.")
    ] = None,
    into: Annotated[Path, typer.Option("--json", help="Where the figures go, as JSON.")] = ROOT
    / "bench"
    / "results"
    / "latest.json",
) -> None:
    """Run the benches on a stack of their own."""
    unknown = set(names or ()) - set(BENCHES)
    if unknown:
        raise typer.BadParameter(f"no such bench: {', '.join(unknown)}; there are {list(BENCHES)}")
    figures: dict[str, Any] = {"machine": machine(), "at": datetime.now(UTC).isoformat()}
    with (
        tempfile.TemporaryDirectory() as state,
        open_stack(Path(state), usual_ports=False) as stack,
    ):
        ingest_samples(stack)
        for name in names or BENCHES:
            figures[name] = BENCHES[name](stack)
            _show(name, figures[name])
            into.parent.mkdir(parents=True, exist_ok=True)
            into.write_text(json.dumps(figures, indent=2) + "\n")
    Console().print(f"The figures are in {into}")


def _show(name: str, figures: dict[str, float]) -> None:
    table = Table(title=name)
    table.add_column("figure")
    table.add_column("value", justify="right")
    for figure, value in figures.items():
        table.add_row(figure, f"{value:g}")
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
