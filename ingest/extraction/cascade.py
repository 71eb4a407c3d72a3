"""The readings of a cleaned page, the strictest first, until one keeps enough of it."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

from lxml.etree import strip_tags

from ingest.extraction.markdown import headings_in, tidy, without_marks
from ingest.extraction.preclean import Cleaned
from ingest.extraction.text import words
from ingest.extraction.trees import HEADINGS, text_of

RECALL = 0.6
"""Share of a page's vocabulary an extraction must keep, else a more generous one is tried."""
CONTAINER_RECALL = 0.8
"""The same where the page marks its main content, so that little of it can be the site's frame."""
FACT_RECALL = 0.8
"""The same for the words of tables, code and lists, where the facts are."""
HEADING_RECALL = 0.5
"""The same for headings: trafilatura's own last resort is one line of text with all words."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Markdown, the method that made it, and the share of the page's vocabulary it kept."""

    text: str
    method: str
    coverage: float


def read_cleaned(cleaned: Cleaned) -> Reading:
    """The first reading that keeps enough of the page; else the one that keeps most of it.

    `standard` is trafilatura's usual care, `recall` its generous mode, `plain` all text there is.
    """
    page_words = words(without_marks(text_of(cleaned.content)))
    listed = " ".join(map(text_of, cleaned.content.iter("table", "pre", "li")))
    facts = words(without_marks(listed))
    headings = {text_of(heading) for heading in cleaned.content.iter(*HEADINGS)}
    enough = CONTAINER_RECALL if cleaned.has_container else RECALL
    best, best_kept = Reading("", "plain", 0.0), (-1.0, 0.0)
    for method, attempt in _attempts(cleaned):
        text = tidy(attempt())
        got = words(text)
        recall, shape = _share(page_words, got), _share(headings, headings_in(text))
        reading = Reading(text, method, round(recall, 3))
        if recall >= enough and _share(facts, got) >= FACT_RECALL and shape >= HEADING_RECALL:
            return reading
        if (kept := (round(recall, 1), shape)) > best_kept:
            best, best_kept = reading, kept
    return best


def _share(want: set[str], got: set[str]) -> float:
    return len(want & got) / len(want) if want else 1.0


def _attempts(cleaned: Cleaned) -> Iterator[tuple[str, Callable[[], str]]]:
    import trafilatura

    yield "standard", lambda: _extract(cleaned, generous=False)
    yield "recall", lambda: _extract(cleaned, generous=True)
    yield "plain", lambda: str(trafilatura.html2txt(deepcopy(cleaned.tree)))


def _extract(cleaned: Cleaned, *, generous: bool) -> str:
    import trafilatura

    tree = cleaned.tree
    if generous:
        # Lists of links are taken for menus, whatever favor_recall says, while they are links.
        tree = deepcopy(tree)
        strip_tags(tree, "a")
    return (
        trafilatura.extract(
            tree,
            output_format="markdown",
            include_formatting=True,
            include_links=False,
            include_tables=True,
            include_comments=False,
            fast=True,
            favor_recall=generous,
            config=_config(),
        )
        or ""
    )


@cache
def _config() -> Any:
    from trafilatura.settings import use_config

    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", "50")
    return config
