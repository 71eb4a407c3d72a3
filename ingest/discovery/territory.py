"""What belongs to a source: its sites, its patterns, its language; and what is a trap."""

from ingest.discovery.links import normalise, site
from ingest.discovery.patterns import Patterns
from ingest.discovery.traps import endless
from ingest.sources.source import Source


class Territory:
    """A source's own part of the web. `sites` (`host[:port]`) may grow, here and elsewhere."""

    def __init__(self, source: Source, sites: set[str]) -> None:
        self.sites = sites
        self.seeds = dict.fromkeys(url for seed in source.urls if (url := normalise(seed)))
        self.sitemaps = [url for named in source.sitemaps if (url := normalise(named))]
        self._patterns = Patterns(source)
        self._language = source.lang
        sites.update(map(site, (*self.seeds, *self.sitemaps)))

    def holds(self, url: str) -> bool:
        """Whether a URL is on one of the source's sites."""
        return site(url) in self.sites

    def refusal(self, url: str) -> str:
        """Why a URL is not this source's, or a trap; "" if it may be asked for.

        Seeds are always asked for: those that the patterns leave out are read for their links.
        """
        if not self.holds(url):
            return f"is on another site ({site(url)}), which is not part of the source"
        return "" if url in self.seeds else self.unwanted(url) or endless(url)

    def unwanted(self, url: str) -> str:
        """Why the source's patterns leave a URL out; "" if they do not."""
        return self._patterns.refusal(url)

    def speaks(self, language: str) -> bool:
        """Whether a declared language (`en`, `en-gb`, `x-default`) may be the source's."""
        return self._language is None or language.partition("-")[0] in (self._language.lower(), "x")
