"""A reader of pages in this process: the real extraction, without its worker and time limit."""

from ingest.documents import Article, Page
from ingest.extraction.extract import read_article
from ingest.extraction.rules import NO_RULES, Rules


class HereReader:
    """Counts the pages it was asked to read."""

    def __init__(self) -> None:
        self.read = 0

    async def extract(self, page: Page, rules: Rules = NO_RULES) -> Article:
        self.read += 1
        return read_article(page, rules)
