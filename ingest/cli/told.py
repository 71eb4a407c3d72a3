"""What the commands print for programs: the same as the tables, as JSON."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ingest.catalog.catalog import SeenPage, Shelf
from ingest.catalog.runs import SeenRun
from ingest.cli.carrying import Carried, Walked
from ingest.documents import Hit
from ingest.runs.diff import PageDiff
from ingest.sources.source import Source
from ingest.sources.store import KnownSource


def carried(carried: Carried) -> dict[str, Any]:
    """Reports of runs, and what did not come to one."""
    told: dict[str, Any] = {"reports": [report.as_json() for report in carried.reports]}
    told |= {"runs": carried.handed_on} if carried.handed_on else {}
    return told | ({"refused": carried.refused} if carried.refused else {})


def status(shelves: Sequence[Shelf], runs: Sequence[SeenRun]) -> dict[str, Any]:
    """Knowledge bases, and runs."""
    return {"kbs": [asdict(shelf) for shelf in shelves], "runs": [run(each) for each in runs]}


def run(seen: SeenRun) -> dict[str, Any]:
    """A run with the counts of its report; what it ran over is the source's to tell."""
    kept = ("id", "kb", "source", "kind", "state", "phase", "reason")
    told: dict[str, Any] = {name: getattr(seen, name) for name in kept}
    told |= {"started_at": seen.started_at.isoformat()}
    told |= {"ended_at": seen.ended_at and seen.ended_at.isoformat()}
    return told | {"report": _counts(seen)}


def _counts(seen: SeenRun) -> dict[str, Any]:
    return {name: value for name, value in (seen.report or {}).items() if name != "outcomes"}


def source(known: KnownSource) -> dict[str, Any]:
    """A stored source; of its headers and credentials only that they are set."""
    told = {field: value for field, value in known.definition.items() if field != "sealed"}
    sealed = known.definition.get("sealed", {})
    told |= {"headers": dict.fromkeys(sealed.get("headers", ()), "set")}
    told |= {"credentials": sealed.get("credentials") and f"{sealed['credentials']}, set"}
    moments = {name: getattr(known, name) for name in ("next_at", "created_at", "updated_at")}
    return {"id": known.id} | told | {k: v and v.isoformat() for k, v in moments.items()}


def pages(found: Sequence[SeenPage]) -> list[dict[str, Any]]:
    """Pages as they were last seen."""
    kept = ("kb", "url", "source", "state", "reason", "title", "lang", "passages", "alias_of")
    return [
        {name: getattr(page, name) for name in kept}
        | {"page_date": page.page_date and page.page_date.isoformat()}
        | {"fetched_at": page.fetched_at and page.fetched_at.isoformat()}
        for page in found
    ]


def diff(seen: SeenRun, diffs: Sequence[PageDiff]) -> dict[str, Any]:
    """What a run changed."""
    counts = dict(Counter(each.what for each in diffs))
    return {"run": seen.id, "pages": counts, "changes": [asdict(each) for each in diffs]}


def walk(source: Source, walked: Sequence[Walked]) -> dict[str, Any]:
    """What a run would fetch, and what it would not and why."""
    return {
        "source": source.name,
        "kb": source.kb,
        "would_fetch": [
            {"url": each.url, "via": each.via, "depth": each.depth}
            for each in walked
            if not each.reason
        ],
        "would_not": [{"url": each.url, "reason": each.reason} for each in walked if each.reason],
    }


def hits(found: Sequence[Hit]) -> list[dict[str, Any]]:
    """Passages with their scores, as the API gives them too."""
    return [
        {
            "n": number,
            "url": hit.passage.url,
            "anchor": hit.passage.anchor,
            "link": hit.passage.link,
            "title": hit.passage.title,
            "headings": list(hit.passage.headings),
            "text": hit.passage.text,
            "lang": hit.passage.lang,
            "score": hit.score,
            "cosine": hit.cosine,
            "bm25": hit.bm25,
            "fetched_at": hit.passage.fetched_at.isoformat(),
            "page_date": hit.passage.page_date and hit.passage.page_date.isoformat(),
        }
        for number, hit in enumerate(found, 1)
    ]
