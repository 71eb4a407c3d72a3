"""Pages and passages a second through the ingestion CLI, and what a second run of it costs."""

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tools.places import ROOT, venv_python
from tools.processes import Processes, Service, any_port
from tools.stack import Stack

COPIES = 6


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
    return {
        "pages": pages,
        "passages": first["passages_embedded"],
        "pages_per_s": round(pages / first["took_s"], 2),
        "passages_per_s": round(first["passages_embedded"] / first["took_s"], 2),
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


def _run(stack: Stack, start: str) -> dict[str, Any]:
    """One run of the CLI; the seconds are those of the run, without the start of the process."""
    command = [str(venv_python()), "-m", "ingest", "run", start, "--kb", "bench-ingest"]
    command += ["--depth", "1", "--allow-private", "--json"]
    env = {**os.environ, **stack.env, "GROUNDLING_FETCH__DELAY_S": "0"}
    ran = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    report: dict[str, Any] = json.loads(ran.stdout)["reports"][0]
    return report
