"""Commands about the embedding model: which ones fill the index, and a change to another."""

import asyncio
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from ingest.cli.door import ERR, OUT, door, print_json, read_settings
from ingest.cli.options import AsJson

if TYPE_CHECKING:
    from ingest.runs.reembed import Reembedded
    from ingest.settings import KnowledgeSettings

app = typer.Typer(
    name="embedder",
    help="The embedding models that the index is filled by, and a change from one to another.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """Show the models that collections are filled by, and which of them serves."""
    settings = read_settings()
    with door("WARNING", as_json):
        from ingest.indexing.collections import held

        found = asyncio.run(held(settings.qdrant))
    if as_json:
        keys = ("embedder", "collection", "dimensions", "passages", "serves")
        print_json({"models": [{key: getattr(each, key) for key in keys} for each in found]})
        return
    table = Table("", "Model", "Collection", "Passages")
    for each in found:
        serves = "[green]serves[/green]" if each.serves else ""
        table.add_row(serves, each.embedder, each.collection, str(each.passages))
    OUT.print(table)


@app.command(
    epilog="Example: `GROUNDLING_EMBEDDER__MODEL=intfloat/multilingual-e5-base python -m ingest "
    "embedder switch`, then start the other processes with the same setting. Ended before it is "
    "done, it goes on where it was when it is started again.",
)
def switch(as_json: AsJson = False) -> None:
    """Embed everything with the model of the settings, beside what serves; then let that serve.

    Nothing is fetched. Processes that run meanwhile keep to the old model until they are started
    again; `drop` then removes it.
    """
    settings = read_settings()
    with door("WARNING", as_json):
        done = asyncio.run(_switch(settings, quiet=as_json))
    told = {"pages": done.pages, "passages": done.passages, "embedded": done.embedded}
    if as_json:
        print_json({"model": settings.embedder.model} | told)
        return
    OUT.print(
        f"{settings.embedder.model} serves: {done.passages} passages of {done.pages} pages, "
        f"{done.embedded} of them embedded now. Start the other processes again with it.",
        markup=False,
    )


async def _switch(settings: "KnowledgeSettings", *, quiet: bool) -> "Reembedded":
    from ingest.wiring import open_reembedding

    with ERR.status("Loading the model") as status:

        def told(done: "Reembedded") -> None:
            status.update(f"{done.pages} pages, {done.embedded} passages embedded")

        if quiet:
            status.stop()
        async with open_reembedding(settings) as work:
            return await work.carry_out(told)


@app.command(epilog="Example: `python -m ingest embedder drop`")
def drop(as_json: AsJson = False) -> None:
    """Remove the collections of the models that do not serve any more."""
    settings = read_settings()
    with door("WARNING", as_json):
        from ingest.indexing.collections import drop_old

        gone = asyncio.run(drop_old(settings.qdrant))
    if as_json:
        print_json({"dropped": gone})
        return
    OUT.print(f"Dropped: {', '.join(gone)}" if gone else "There was nothing to drop.", markup=False)
