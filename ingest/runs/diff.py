"""What a run changed, page by page and sentence by sentence."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from ingest.catalog.changes import Change
from ingest.documents import Article
from ingest.runs.parts import Records

What = Literal["added", "changed", "retired", "alias"]

# Good enough for showing: an abbreviation cuts a sentence in two in both versions alike.
_END = re.compile(r"(?<=[.!?…])\s+(?=\S)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDiff:
    """One page that a run changes: the sentences that are gone, and those that are new."""

    url: str
    what: What
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    reason: str = ""


async def diff_of(records: Records, kb: str, changes: list[Change]) -> list[PageDiff]:
    """The changes, with the sentences that differ between what a page said and what it says.

    A page whose text is the same but was cut or embedded anew is not among them.
    """
    diffs: list[PageDiff] = []
    for change in changes:
        before = await records.articles.get(kb, change.url, change.before)
        after = await records.articles.get(kb, change.url, change.after)
        diff = _diff(change, before, after)
        if diff.what != "changed" or diff.gone or diff.new:
            diffs.append(diff)
    return diffs


def _diff(change: Change, before: Article | None, after: Article | None) -> PageDiff:
    what: What = "changed"
    if change.action != "put":
        what, after = ("alias" if change.action == "alias" else "retired"), None
    elif change.before is None:
        what = "added"
    old, new = Counter(sentences(before)), Counter(sentences(after))
    return PageDiff(
        url=change.url,
        what=what,
        gone=tuple((old - new).elements()),
        new=tuple((new - old).elements()),
        reason=change.reason,
    )


def sentences(article: Article | None) -> list[str]:
    """An article's title and the sentences, rows and items of its text, in order."""
    if article is None:
        return []
    lines = (line.strip() for line in article.text.split("\n"))
    cut = [part.strip() for line in lines for part in _END.split(line)]
    return [article.title, *(sentence for sentence in cut if sentence)]
