"""Commands about what knowledge bases hold: look, search, hand in, forget."""

import asyncio
from pathlib import Path
from typing import Annotated, get_args
from urllib.parse import quote

import typer

from ingest.cli.door import ERR, OUT, door, print_json, read_settings
from ingest.cli.options import AsJson, Kb
from ingest.cli.runs import show_report, showing

app = typer.Typer()


@app.command(epilog="Example: `python -m ingest status --json | jq '.kbs'`")
def status(
    runs: Annotated[int, typer.Option(min=1, help="How many runs to show.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Show how much each knowledge base holds, and how the latest runs ended."""
    settings = read_settings()
    with door("WARNING", as_json):
        from ingest.cli import actions, display, told

        found = asyncio.run(actions.read_status(settings, runs))
    if as_json:
        print_json(told.status(found.shelves, found.runs))
        return
    OUT.print(display.shelves_table(found.shelves), display.runs_table(found.runs))


@app.command(epilog='Example: `python -m ingest search "When do you open on Sundays?" --limit 3`')
def search(
    words: Annotated[str, typer.Argument(help="What to look for, in quotes, in any language.")],
    kb: Kb = "default",
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many passages to show.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Find the passages nearest to some words, with their scores."""
    if not words.strip():
        raise typer.BadParameter("there are no words to look for", param_hint="WORDS")
    settings = read_settings()
    with door("WARNING", as_json):
        from ingest.cli import actions, display, told

        hits = asyncio.run(actions.search_passages(words, kb, limit, settings))
    if as_json:
        print_json({"question": words, "kb": kb, "hits": told.hits(hits)})
    elif hits:
        OUT.print(display.hits_table(hits))
    else:
        OUT.print(f"The knowledge base {kb} holds nothing yet; `python -m ingest run` fills it.")


@app.command(
    epilog="Examples:\n\n"
    "`python -m ingest pages --url /visit`\n\n"
    "`python -m ingest pages --state unavailable --json | jq -r '.pages[].reason'`"
)
def pages(
    kb: Kb = "default",
    url: Annotated[str, typer.Option(help="Only those with this text in their URL.")] = "",
    state: Annotated[
        str | None, typer.Option(help="Only those in this state, such as unavailable.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many to show.")] = 50,
    after: Annotated[str, typer.Option(help="Only those that follow this URL.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the pages of a knowledge base, and why those are not indexed that are not."""
    settings = read_settings()
    with door("WARNING", as_json):
        from ingest.catalog.catalog import PageState
        from ingest.cli import actions, display, told

        if state is not None and state not in get_args(PageState):
            known = ", ".join(get_args(PageState))
            raise typer.BadParameter(f"it is one of {known}", param_hint="--state")
        found = asyncio.run(actions.find_pages(kb, url, state or "", limit, after, settings))
        if as_json:
            print_json({"kb": kb, "pages": told.pages(found)})
        else:
            OUT.print(display.pages_table(found))


@app.command(
    epilog="Examples:\n\n"
    "`python -m ingest add menu.pdf --url https://example.org/menu.pdf`\n\n"
    "`python -m ingest add handbook/*.docx --url https://example.org/handbook/ --name handbook`"
)
def add(
    files: Annotated[
        list[Path], typer.Argument(help="HTML, text, Markdown, PDF, office files.", metavar="FILE…")
    ],
    url: Annotated[
        str,
        typer.Option(help="What answers cite: the file's URL; ending with /, its folder's URL."),
    ],
    kb: Kb = "default",
    name: Annotated[str, typer.Option(help="The set of files they belong to.")] = "documents",
    as_json: AsJson = False,
) -> None:
    """Index files, in place of what had their URLs."""
    if len(files) > 1 and not url.endswith("/"):
        raise typer.BadParameter("for several files it is a folder's, with / at its end",
                                 param_hint="--url")  # fmt: skip
    settings = read_settings()
    with door("WARNING", as_json):
        from ingest.cli import actions, carrying
        from ingest.discovery.links import normalise

        named = [(file, url + quote(file.name) if url.endswith("/") else url) for file in files]
        wanted = [(file, normal) for file, each in named if (normal := normalise(each))]
        if len(wanted) < len(named):
            raise typer.BadParameter("it is no web address", param_hint="--url")
        asyncio.run(actions.refuse_crawled(name, kb, settings))
        pages = actions.pages_of_files(wanted)
        done = asyncio.run(carrying.take_in(name, kb, pages, settings, showing(as_json)))
    show_report(done, as_json)


@app.command(
    "import",
    epilog="Examples:\n\n"
    "`python -m ingest import crawl.warc.gz --kb museum`\n\n"
    "`python -m ingest import crawl.jsonl --name library`",
)
def import_(
    file: Annotated[Path, typer.Argument(help="A WARC or JSON lines file, perhaps gzipped.")],
    kb: Kb = "default",
    name: Annotated[str, typer.Option(help="The set of pages they belong to.")] = "import",
    as_json: AsJson = False,
) -> None:
    """Index the pages that another crawler has fetched."""
    if not file.is_file():
        raise typer.BadParameter(f"there is no file {file}", param_hint="FILE")
    settings = read_settings()
    with door("WARNING", as_json):
        from ingest.cli import actions, carrying
        from ingest.imports.skipped import Skipped

        asyncio.run(actions.refuse_crawled(name, kb, settings))
        skipped = Skipped()
        coming = carrying.take_in_crawl(name, kb, file, skipped, settings, showing(as_json))
        done = asyncio.run(coming)
    for reason, count in skipped.reasons.most_common():
        ERR.print(f"left out: {count} × {reason}", markup=False, highlight=False)
    show_report(done, as_json)


@app.command(
    epilog="Example: `python -m ingest forget https://example.org/old-prices`\n\n"
    "A later run that meets the page again indexes it again."
)
def forget(
    url: Annotated[str, typer.Argument(help="The page's address, as `run` reported it.")],
    kb: Annotated[
        str | None, typer.Option(help="Only in this knowledge base; else in all.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take a page out of the index and the catalog."""
    settings = read_settings()
    with door("WARNING", as_json):
        from ingest.cli import actions

        kbs = asyncio.run(actions.forget_page(url, kb, settings))
    if as_json:
        print_json({"url": url, "forgotten_in": kbs})
    elif kbs:
        OUT.print(f"Forgotten in {', '.join(kbs)}: {url}", markup=False)
    if not kbs:
        ERR.print(
            f"No knowledge base knows {url}; `status` and `run` show addresses.", markup=False
        )
        raise typer.Exit(1)
