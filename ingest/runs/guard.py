"""What keeps a run that went wrong from taking away what was right."""

from collections.abc import Collection

from ingest.catalog.catalog import SeenPage
from ingest.catalog.steps import Done
from ingest.settings import RunSettings


def held_back(
    removed: int, pages: Collection[SeenPage], done: Collection[Done], settings: RunSettings
) -> str:
    """Why a run must not remove so many passages of its source's pages; "" if it may."""
    if not removed:
        return ""
    there = sum(page.passages for page in pages if page.state == "indexed")
    share, most = removed / max(there, 1), settings.most_removed
    if share > most and removed > settings.always_removable:
        return (
            f"would remove {removed} of {there} passages ({share:.0%}; more than {most:.0%} is "
            "held back)"
        )
    failed = sum(each.outcome == "unavailable" for each in done)
    asked = sum(each.outcome not in ("refused", "over") for each in done)
    if failed > settings.most_failed * asked:
        return f"{failed} of {asked} pages could not be had, so what is gone is not sure"
    return ""
