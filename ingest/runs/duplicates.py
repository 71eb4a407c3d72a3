"""Which of the pages that say the same is indexed; the others are its aliases."""

from collections.abc import Mapping, Sequence

from ingest.catalog.articles import Likeness
from ingest.catalog.catalog import ways_of
from ingest.catalog.steps import Done
from ingest.extraction import similar
from ingest.runs.parts import Records
from ingest.sources.source import Source

Alias = tuple[str, str]
"""The URL that is indexed instead, and the reason."""


async def primaries(
    source: Source,
    records: Records,
    articles: Mapping[str, str],
    alike: Sequence[Likeness],
    done: Mapping[str, Done],
) -> dict[str, Alias]:
    """The aliases among a source's articles (revision by URL), each with what it is an alias of.

    A page that names another as its own goes first; of pages that are alike the one with the
    shortest URL is indexed, unless another source of the knowledge base has it already.
    """
    aliases = _named(articles, done)
    indexed = await records.pages.indexed_elsewhere(source.kb, source.name)
    elsewhere = {url: article for url, article in indexed if url not in articles}
    others = [one async for one in records.articles.likenesses(source.kb, elsewhere.items())]
    everything = [*others, *(one for one in alike if one.url not in aliases)]
    revisions = elsewhere | dict(articles)
    rank = {one.url: (one.url not in elsewhere, len(one.url), one.url) for one in everything}
    for a, b in similar.near([one.simhash for one in everything]):
        first, second = sorted((everything[a], everything[b]), key=lambda one: rank[one.url])
        if second.url in elsewhere or second.url in aliases or first.lang != second.lang:
            continue
        primary = aliases[first.url][0] if first.url in aliases else first.url
        if await _say_the_same(source.kb, records, revisions, primary, second.url):
            aliases[second.url] = (primary, f"says the same as {primary}")
    return {url: _led_to_its_end(alias, aliases) for url, alias in aliases.items()}


def _led_to_its_end(alias: Alias, aliases: Mapping[str, Alias]) -> Alias:
    """A page that others were aliases of may have turned out to be one itself."""
    url, reason = alias
    while url in aliases:
        url = aliases[url][0]
    return url, reason.replace(alias[0], url)


def _named(articles: Mapping[str, str], done: Mapping[str, Done]) -> dict[str, Alias]:
    """Pages whose canonical link names another page that is there and stands for itself."""
    named = {
        url: canonical
        for url, each in done.items()
        if url in articles and (canonical := ways_of(each.found.get("ways", {})).canonical)
    }
    return {
        url: (canonical, f"its canonical link names {canonical}")
        for url, canonical in named.items()
        if canonical in articles and canonical not in named and canonical != url
    }


async def _say_the_same(
    kb: str, records: Records, revisions: Mapping[str, str], a: str, b: str
) -> bool:
    if a == b:
        return False
    first = await records.articles.get(kb, a, revisions[a])
    second = await records.articles.get(kb, b, revisions[b])
    return first is not None and second is not None and similar.same(first.text, second.text)
