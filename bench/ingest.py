"""Pages and passages a second through the ingestion CLI, and what a second run of it costs.

Beside it, the embedder alone over the same passages: nothing else should cost time.
"""

import asyncio
import json
import os
import random
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from qdrant_client import QdrantClient, models

from ingest.documents import Passage
from ingest.embedding.embed import open_embedder
from ingest.indexing.points import passage_of
from ingest.settings import EmbedderSettings
from tools.places import ROOT, venv_python
from tools.processes import Processes, Service, any_port
from tools.stack import Stack

# Short pages have two or three passages, so what a page costs beside them weighs most; long ones
# are what manuals are made of.
SHORT_COPIES = 6
LONG_PAGES = 40
_KB = "bench-ingest"


def measure(stack: Stack) -> dict[str, float]:
    """A site of short pages and one of long pages, made from the English sample pages."""
    figures: dict[str, float] = {}
    for name, write in (("short", _write_short_pages), ("long", _write_long_pages)):
        found = _measure_site(stack, f"{_KB}-{name}", write)
        figures |= {f"{name}_pages_{figure}": value for figure, value in found.items()}
    return figures


def _measure_site(
    stack: Stack, kb: str, write: Callable[[Path], Iterator[tuple[str, str]]]
) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        pages = _write_site(folder / "site", write)
        port = any_port()
        command = [str(venv_python()), "-m", "http.server", str(port), "--bind", "127.0.0.1"]
        command += ["--directory", str(folder / "site")]
        server = Service("bench-pages", command, f"http://127.0.0.1:{port}/")
        processes = Processes(folder)
        processes.launch(server, {})
        try:
            processes.wait(server)
            first = _run(stack, kb, f"http://127.0.0.1:{port}/index.html")
            second = _run(stack, kb, f"http://127.0.0.1:{port}/index.html")
        finally:
            processes.end_all()
    alone = asyncio.run(_embedder_alone(stack, _passages(stack, kb)))
    pace = first["passages_embedded"] / first["took_s"]
    return {
        "count": pages,
        "passages": first["passages_embedded"],
        "per_s": round(pages / first["took_s"], 2),
        "passages_per_s": round(pace, 2),
        "embedder_alone_passages_per_s": round(alone, 2),
        "share_of_the_embedder_alone": round(pace / alone, 2),
        "unchanged_run_is_faster_by": round(first["took_s"] / second["took_s"], 1),
    }


def _write_site(site: Path, write: Callable[[Path], Iterator[tuple[str, str]]]) -> int:
    """The pages and an index that links them; returns their number."""
    site.mkdir()
    names = []
    for name, text in write(ROOT / "data" / "pages" / "en"):
        (site / name).write_text(text)
        names.append(name)
    links = "".join(f'<li><a href="{name}">{name}</a></li>' for name in names)
    start = "<p>A list of all the pages of this site, for whoever wants to read every one.</p>"
    (site / "index.html").write_text(
        f"<html lang=en><title>All pages</title><main><h1>All pages</h1>{start}<ul>{links}</ul>"
    )
    return len(names) + 1


def _write_short_pages(samples: Path) -> Iterator[tuple[str, str]]:
    """Copies that differ, so that none is a duplicate."""
    for source in sorted(samples.glob("*.html")):
        for copy in range(SHORT_COPIES):
            yield (
                f"{source.stem}-{copy}.html",
                source.read_text().replace("museum", f"museum {copy}"),
            )


def _write_long_pages(samples: Path) -> Iterator[tuple[str, str]]:
    """All samples on one page, the words of each line in another order on every page."""
    mains = [
        source.read_text().partition("<main>")[2].partition("</main>")[0]
        for source in sorted(samples.glob("*.html"))
    ]
    for number in range(LONG_PAGES):
        mixed = _mixed("".join(mains), random.Random(number))
        yield f"{number}.html", f"<html lang=en><title>Volume {number}</title><main>{mixed}</main>"


def _mixed(html: str, dice: random.Random) -> str:
    def mix(part: re.Match[str]) -> str:
        words = part[1].split()
        return f">{' '.join(dice.sample(words, len(words)))}<"

    return re.sub(r">([^<>]+)<", mix, html)


def _passages(stack: Stack, kb: str) -> list[Passage]:
    """What the run put on the shelf."""
    client = QdrantClient(url=stack.env["GROUNDLING_QDRANT__URL"], check_compatibility=False)
    only = models.FieldCondition(key="kb", match=models.MatchValue(value=kb))
    collection = stack.env.get("GROUNDLING_QDRANT__COLLECTION", "groundling")
    try:
        points, _ = client.scroll(collection, models.Filter(must=[only]), limit=10_000)
    finally:
        client.close()
    return [passage_of(point.payload or {}) for point in points]


async def _embedder_alone(stack: Stack, passages: list[Passage]) -> float:
    """Passages a second by the same model in the same way, with nothing beside it."""
    prefix = "GROUNDLING_EMBEDDER__"
    given = {
        name.removeprefix(prefix).lower(): value
        for name, value in stack.env.items()
        if name.startswith(prefix)
    }
    async with open_embedder(EmbedderSettings.model_validate(given)) as embedder:
        await embedder.embed_passages([passages[0].embedded_text] * 4)
        began = time.perf_counter()
        await embedder.embed_passages([passage.embedded_text for passage in passages])
        return len(passages) / (time.perf_counter() - began)


def _run(stack: Stack, kb: str, start: str) -> dict[str, Any]:
    """One run of the CLI; the seconds are those of the run, without the start of the process."""
    command = [str(venv_python()), "-m", "ingest", "run", start, "--kb", kb]
    command += ["--depth", "1", "--allow-private", "--json"]
    env = {**os.environ, **stack.env, "GROUNDLING_FETCH__DELAY_S": "0"}
    ran = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    report: dict[str, Any] = json.loads(ran.stdout)["reports"][0]
    return report
