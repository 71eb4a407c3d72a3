"""Pages a second that extraction reads on a core, and how much of them it keeps.

`python -m bench.extraction FOLDER` reads any folder of HTML, such as Debian's packages of manuals
hold; `make bench` reads the folder that `EXTRACTION_PAGES` names, else the sample pages.
"""

import asyncio
import json
import os
import re
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from lxml.html import HtmlElement, document_fromstring

from ingest.documents import Article, Page
from ingest.errors import NoArticle
from ingest.extraction.extract import open_extractor, read_article
from ingest.settings import ExtractSettings
from tools.places import ROOT

SAMPLES = Path(os.environ.get("EXTRACTION_PAGES", ROOT / "data" / "pages"))
_HEADING = re.compile(r"^#{1,6} (.+)$", re.M)
# What a reader of the source would call the site's frame, said apart from what extraction does.
_FRAME = (
    "//script | //style | //noscript | //template | //nav | //footer | //select | //svg"
    " | //*[@hidden] | //*[@role='navigation' or @role='banner' or @role='search']"
    " | //*[contains(@class, 'sphinxsidebar') or contains(@class, 'navheader')"
    " or contains(@class, 'navfooter') or contains(@class, 'docnav') or @id='quickview'"
    " or @class='related' or @class='toplang' or @class='bottomlang' or @id='comments_section'"
    " or @id='page-header' or @id='path' or @class='up']"
    " | //a[contains(@class, 'headerlink') or @class='permalink' or @class='id_link']"
)


def measure(folder: Path = SAMPLES, limit: int = 300) -> dict[str, float]:
    """Figures of up to `limit` pages, taken evenly from the folder, first in this process."""
    pages = _pages(folder, limit)
    read_article(pages[0])
    # Processor time, so that what else runs on the machine matters less.
    began = time.process_time()
    articles = [_read(page) for page in pages]
    took = time.process_time() - began
    kept = [_kept(page, article) for page, article in zip(pages, articles, strict=True) if article]
    methods = Counter(article.method for article in articles if article)
    processes = os.cpu_count() or 1
    return {
        "pages": len(pages),
        "megabytes": round(sum(len(page.body) for page in pages) / 1e6, 1),
        "pages_per_s_on_a_core": round(len(pages) / took, 1),
        "processes": processes,
        "pages_per_s_in_processes": round(asyncio.run(_in_processes(pages, processes)), 1),
        "heading_recall": _ratio([(got, of) for got, of, _ in kept]),
        "vocabulary_recall": round(sum(share for *_, share in kept) / max(1, len(kept)), 3),
        "coverage": round(sum(a.coverage for a in articles if a) / max(1, len(kept)), 3),
        "no_article": sum(article is None for article in articles),
        **{f"method_{name}": count for name, count in sorted(methods.items())},
    }


def _pages(folder: Path, limit: int) -> list[Page]:
    # Of copies and links to one page, as packages have them for languages, the first counts.
    files = sorted({path.resolve() for path in folder.rglob("*.htm*") if path.is_file()})
    if not files:
        raise FileNotFoundError(f"{folder} holds no HTML; name a folder that does")
    step = max(1, len(files) / limit)
    chosen = [files[int(n * step)] for n in range(min(limit, len(files)))]
    return [
        Page(
            url=f"https://bench.example/{path.relative_to(folder.resolve())}",
            requested="",
            content_type="text/html",
            charset=None,
            body=path.read_bytes(),
            fetched_at=datetime.now(UTC),
        )
        for path in chosen
        if path.is_relative_to(folder.resolve())
    ]


def _read(page: Page) -> Article | None:
    try:
        return read_article(page)
    except NoArticle:
        return None


async def _in_processes(pages: list[Page], processes: int) -> float:
    async with open_extractor(ExtractSettings(processes=processes)) as extractor:
        # Once each, so that all are started before the clock is.
        warming = (extractor.extract(pages[0]) for _ in range(processes))
        await asyncio.gather(*warming, return_exceptions=True)
        began = time.perf_counter()
        reading = (extractor.extract(page) for page in pages)
        await asyncio.gather(*reading, return_exceptions=True)
        return len(pages) / (time.perf_counter() - began)


def _kept(page: Page, article: Article) -> tuple[int, int, float]:
    """Headings of the first three levels that were kept, of how many, and the share of words."""
    tree = document_fromstring(page.body)
    for element in tree.xpath(_FRAME):
        if element.getparent() is not None:
            element.drop_tree()
    got = {_plain(text) for text in (*_HEADING.findall(article.text), article.title)}
    want = {_plain(_text(heading)) for heading in tree.iter("h1", "h2", "h3")} - {""}
    body = tree.find("body")
    there = _words(_text(tree if body is None else body))
    said = _words(f"{article.title} {article.text}")
    return len(want & got), len(want), len(there & said) / max(1, len(there))


def _text(element: HtmlElement) -> str:
    return " ".join(str(part) for part in element.itertext())


def _plain(text: str) -> str:
    """Letters and numbers alone, so that marks and spaces make no difference."""
    return "".join(re.findall(r"\w+", text.lower()))


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _ratio(pairs: list[tuple[int, int]]) -> float:
    return round(sum(got for got, _ in pairs) / max(1, sum(of for _, of in pairs)), 3)


def main(
    folder: Annotated[Path, typer.Argument(help="A folder of HTML.")] = SAMPLES,
    limit: Annotated[int, typer.Option(help="Pages at most, taken evenly.")] = 300,
) -> None:
    """Print the figures of a folder as JSON."""
    typer.echo(json.dumps(measure(folder, limit), indent=2))


if __name__ == "__main__":
    typer.run(main)
