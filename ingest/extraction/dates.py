"""A page's own date: when it was changed, else published; never a guess from its words."""

from copy import deepcopy
from datetime import date, datetime, timedelta

from lxml.html import HtmlElement, builder

from ingest.extraction.hours import date_of
from ingest.extraction.structured import Thing, first, of_type

_CHANGED = (
    "//meta[@property='article:modified_time' or @property='og:updated_time'"
    " or @itemprop='dateModified' or @name='dcterms.modified' or @name='last-modified'"
    " or @name='revised']/@content | //time[@itemprop='dateModified']/@datetime"
)
# Dates within the text are those of events, releases and examples.
_WHERE = (
    "//time[@pubdate or starts-with(@itemprop, 'date') or contains(@class, 'date')"
    " or contains(@class, 'publish') or contains(@class, 'update')]"
    " | //*[contains(@class, 'date') or contains(@class, 'updated') or contains(@class, 'modified')"
    " or contains(@class, 'byline') or contains(@id, 'lastmod') or contains(@id, 'last-modified')"
    " or contains(@id, 'footer') or contains(@class, 'footer') or self::footer]"
)
_LONGEST = 400
_MOST = 20
_NO_ARTICLES = ("Event", "Product", "Offer", "Review", "Comment", "JobPosting")


def page_date(tree: HtmlElement, things: list[Thing], fetched_at: datetime) -> date | None:
    """The date, if the page says one that is not in the future of when it was fetched."""
    # A day more, for those who live east of UTC.
    latest = fetched_at.date() + timedelta(days=1)
    own = [thing for thing in things if not of_type(thing, *_NO_ARTICLES)]
    changed = [*tree.xpath(_CHANGED), *(first(thing, "dateModified") for thing in own)]
    for value in changed:
        if (day := date_of(value)) and day <= latest:
            return day
    if day := _found(tree, fetched_at):
        return day
    published = (date_of(first(thing, "datePublished")) for thing in own)
    return next((day for day in published if day and day <= latest), None)


def _found(tree: HtmlElement, fetched_at: datetime) -> date | None:
    """What htmldate finds in the page's head and where pages tell their date."""
    from htmldate import find_date

    parts = [part for part in tree.xpath(_WHERE)[:_MOST] if _is_short(part)]
    metas = tree.xpath("//meta[@content]")
    if not parts and not metas:
        return None
    page = builder.HTML(
        builder.HEAD(*map(deepcopy, metas)), builder.BODY(*(deepcopy(part) for part in parts))
    )
    for part in page[1]:
        part.tail = None
    found = find_date(page, extensive_search=False, original_date=False, max_date=fetched_at)
    return date_of(found) if found else None


def _is_short(element: HtmlElement) -> bool:
    return len(element) < 20 and len("".join(map(str, element.itertext()))) < _LONGEST
