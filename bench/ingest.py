"""Pages and passages a second through the ingestion CLI, and what a second run of it costs.

Beside it, the embedder alone over the same passages: nothing else should cost time.
"""

import asyncio
import json
import os
import subprocess
import tempfile
import time
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

COPIES = 6
_KB = "bench-ingest"


def measure(stack: Stack) -> dict[str, float]:
    """The English sample pages as a site, each `COPIES` times under a name and words of its own."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        pages = _write_site(folder / "site")
        port = any_port()
        command = [str(venv_python()), "-m", "http.server", str(port), "--bind", "127.0.0.1"]
        command += ["--directory", str(folder / "site")]
        server = Service("bench-pages", command, f"http://127.0.0.1:{port}/")
        processes = Processes(folder)
        processes.launch(server, {})
        try:
            processes.wait(server)
            first = _run(stack, f"http://127.0.0.1:{port}/index.html")
            second = _run(stack, f"http://127.0.0.1:{port}/index.html")
        finally:
            processes.end_all()
    alone = asyncio.run(_embedder_alone(stack, _passages(stack)))
    pace = first["passages_embedded"] / first["took_s"]
    return {
        "pages": pages,
        "passages": first["passages_embedded"],
        "pages_per_s": round(pages / first["took_s"], 2),
        "passages_per_s": round(pace, 2),
        "embedder_alone_passages_per_s": round(alone, 2),
        "share_of_the_embedder_alone": round(pace / alone, 2),
        "unchanged_run_is_faster_by": round(first["took_s"] / second["took_s"], 1),
    }


def _write_site(site: Path) -> int:
    """Copies that differ, so that none is a duplicate; returns the number of pages."""
    site.mkdir()
    names = []
    for source in sorted((ROOT / "data" / "pages" / "en").glob("*.html")):
        for copy in range(COPIES):
            name = f"{source.stem}-{copy}.html"
            text = source.read_text().replace("museum", f"museum {copy}")
            (site / name).write_text(text)
            names.append(name)
    links = "".join(f'<li><a href="{name}">{name}</a></li>' for name in names)
    start = "<p>A list of all the pages of this site, for whoever wants to read every one.</p>"
    (site / "index.html").write_text(
        f"<html lang=en><title>All pages</title><main><h1>All pages</h1>{start}<ul>{links}</ul>"
    )
    return len(names) + 1


def _passages(stack: Stack) -> list[Passage]:
    """What the run put on the shelf."""
    client = QdrantClient(url=stack.env["GROUNDLING_QDRANT__URL"], check_compatibility=False)
    only = models.FieldCondition(key="kb", match=models.MatchValue(value=_KB))
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


def _run(stack: Stack, start: str) -> dict[str, Any]:
    """One run of the CLI; the seconds are those of the run, without the start of the process."""
    command = [str(venv_python()), "-m", "ingest", "run", start, "--kb", _KB]
    command += ["--depth", "1", "--allow-private", "--json"]
    env = {**os.environ, **stack.env, "GROUNDLING_FETCH__DELAY_S": "0"}
    ran = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    report: dict[str, Any] = json.loads(ran.stdout)["reports"][0]
    return report
