"""The changes that undo others: what a run did, and all that a source has brought."""

from ingest.catalog.changes import Change
from ingest.catalog.runs import SeenRun
from ingest.catalog.steps import Done
from ingest.runs.parts import Records


async def taking_back(records: Records, run: SeenRun) -> list[Change]:
    """The inverse of what a run changed, but for pages that have changed again since."""
    changes = [change for change in await records.changes.of(run.id) if change.state == "done"]
    inverse = [await _inverse(records, run.kb, change) for change in changes]
    return [change for change in inverse if change]


async def _inverse(records: Records, kb: str, change: Change) -> Change | None:
    page = await records.pages.page(kb, change.url)
    now = page.article if page and page.state == "indexed" else None
    if now != (change.after if change.action == "put" else None) or now == change.before:
        return None
    reason = "taken back"
    if change.before is None:
        return Change(url=change.url, action="retire", before=now, reason=reason)
    return Change(url=change.url, action="put", before=now, after=change.before, reason=reason)


async def withdrawing(records: Records, kb: str, source: str) -> list[Change]:
    """What takes every page of a source out of the index."""
    reason = "its source was removed"
    return [
        Change(url=page.url, action="retire", before=page.article, reason=reason)
        for page in await records.pages.of_source(kb, source)
        if page.state in ("indexed", "writing", "duplicate")
    ]


async def step_of(records: Records, change: Change, undone: SeenRun | None) -> Done:
    """The step that a change stands for; a page that `undone` began at is one here, too."""
    was = await records.steps.one(undone.id, change.url) if undone else None
    found = {"start": True} if was and was.found.get("start") else {}
    return Done(url=change.url, outcome="gathered", article=change.after, found=found)
