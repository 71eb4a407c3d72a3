"""`groundling eval …`: how good retrieval, gate and answers are, on sets that anyone can bring."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from app import log
from app.errors import AnswerError
from app.evaluation.beir import BadSet, EvaluationSet, read_set
from app.settings import Settings
from ingest.errors import IngestError
from ingest.settings import BadSettings, read_settings

if TYPE_CHECKING:
    from app.evaluation.retrieval import Found
    from app.evaluation.shelf import Filled

T = TypeVar("T")

app = typer.Typer(
    help="Measure retrieval, gate and answers on an evaluation set: your own questions, or a "
    "public set in the form of BEIR.",
    no_args_is_help=True,
)

Folder = Annotated[
    Path, typer.Argument(help="A folder with corpus.jsonl, queries*.jsonl and qrels.tsv.")
]
AsJson = Annotated[bool, typer.Option("--json", help="The figures as JSON, nothing else.")]
Lang = Annotated[
    str | None, typer.Option(help="The language of the corpus; told of each text when left out.")
]
Sample = Annotated[
    int | None, typer.Option(min=1, help="Ask only so many questions of each file, evenly spread.")
]
Entries = Annotated[
    int | None,
    typer.Option(min=1, help="Index only so many texts; those that answer are always among them."),
]
Cut = Annotated[
    bool, typer.Option("--cut", help="Cut long texts as pages are; else each is one passage.")
]
Cache = Annotated[
    Path | None,
    typer.Option(help="A file that keeps the vectors of passages, for evaluating again."),
]

out = Console()
_err = Console(stderr=True)


@app.command()
def retrieval(
    folder: Folder,
    lang: Lang = None,
    queries: Annotated[
        Path | None, typer.Option(help="Another set whose questions are asked of this corpus.")
    ] = None,
    sample: Sample = None,
    entries: Entries = None,
    cut: Cut = False,
    cache: Cache = None,
    as_json: AsJson = False,
) -> None:
    """How well the texts that answer are found: nDCG@10, R@5, R@10, MRR, and milliseconds.

    The set is indexed into a knowledge base of its own, which is taken away afterwards. Questions
    in another language are measured by `--queries` with the same set in that language. Each
    queries*.jsonl is a row: of dialogues, whose turns begin with "|user|:" on lines of their own,
    the last turn is asked as in a visit, without a model; beside them lay the last turns alone.
    """
    from app.evaluation.retrieval import measure

    settings = settings_of(as_json)
    data = chosen(folder, queries, sample, entries)

    async def work(told: Progress) -> "tuple[int, list[Found]]":
        async with shelf_of(data, lang, settings, cache, told, cut=cut) as shelf:
            asking = told.add_task("asking")
            found = await measure(
                shelf, data, told=lambda _, done, of: told.update(asking, completed=done, total=of)
            )
            return shelf.passages, found

    passages, found = carry_out(work, as_json)
    if as_json:
        rows = [each.as_json() for each in found]
        told = {"set": data.name, "digest": data.digest, "entries": len(data.entries)}
        out.print_json(json.dumps(told | {"passages": passages, "figures": rows}))
        return
    out.print(_table(data, passages, found))


def _table(data: EvaluationSet, passages: int, found: "list[Found]") -> Table:
    table = Table(title=f"{data.name}: {len(data.entries)} texts, {passages} passages")
    for column in ("questions", "asked", "nDCG@10", "R@5", "R@10", "MRR", "p50 ms", "p95 ms"):
        table.add_column(column, justify="left" if column == "questions" else "right")
    for each in found:
        qualities = (each.ndcg_10, each.recall_5, each.recall_10, each.mrr)
        times = (each.p50_ms, each.p95_ms)
        table.add_row(
            each.file or "queries",
            str(each.questions),
            *(f"{value:.3f}" for value in qualities),
            *(f"{value:.0f}" for value in times),
        )
    return table


def settings_of(as_json: bool) -> Settings:
    """The settings, and logs where they do not disturb; leaves with 2 when one cannot be read."""
    try:
        settings = read_settings(Settings)
    except BadSettings as error:
        _err.print(str(error), style="red", markup=False, highlight=False)
        raise typer.Exit(2) from None
    settings.log.level = "warning"
    if as_json:
        settings.log.form = "json"
    log.configure(settings.log)
    return settings


def chosen(
    folder: Path, queries: Path | None, sample: int | None, entries: int | None
) -> EvaluationSet:
    """The set, with the questions of another if one is given, or a part of it."""
    try:
        data = read_set(folder)
        if queries is not None:
            other = read_set(queries)
            data = EvaluationSet(
                name=f"{queries.name}-{folder.name}",
                entries=data.entries,
                questions=other.questions,
                relevant=other.relevant,
                digest=data.digest,
            )
    except (BadSet, OSError) as error:
        raise typer.BadParameter(str(error)) from None
    if sample is None and entries is None:
        return data
    most = max(map(len, data.questions.values()))
    return data.sampled(sample or most, entries)


@asynccontextmanager
async def shelf_of(
    data: EvaluationSet,
    lang: str | None,
    settings: Settings,
    cache: Path | None,
    told: Progress,
    *,
    cut: bool = False,
) -> "AsyncIterator[Filled]":
    """The set on the shelf, by the embedder and the Qdrant of the settings.

    Its texts are passages already, as a rule; `cut` cuts them as articles are cut.
    """
    from app.evaluation.shelf import RememberingEmbedder, on_shelf
    from ingest.chunking.chunk import Chunker
    from ingest.embedding.embed import open_embedder
    from ingest.indexing.index import open_index

    indexing = told.add_task("indexing", total=len(data.entries))
    async with (
        open_embedder(settings.embedder) as opened,
        open_index(settings.qdrant, opened) as index,
    ):
        embedder = RememberingEmbedder(opened, cache) if cache else opened
        limit = min(settings.chunk.limit_tokens, opened.window)
        whole = {"target_tokens": limit, "limit_tokens": limit, "overlap_tokens": 0}
        sizes = settings.chunk if cut else settings.chunk.model_copy(update=whole)
        async with on_shelf(
            data,
            lang,
            index=index,
            embedder=embedder,
            chunker=Chunker(sizes, opened.count_tokens),
            settings=settings.grounding,
            told=lambda done, _: told.update(indexing, completed=done),
        ) as shelf:
            yield shelf


def carry_out(work: Callable[[Progress], Coroutine[Any, Any, T]], as_json: bool) -> T:
    """What the work returns, with its progress shown; leaves with 1 and the reason if it fails.

    Ended by a signal, it takes away what it has put somewhere before it goes.
    """

    async def until_ended(told: Progress) -> T:
        task = asyncio.ensure_future(work(told))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await task

    try:
        with Progress(console=_err, transient=True, disable=as_json) as told:
            return asyncio.run(until_ended(told))
    except asyncio.CancelledError:
        raise typer.Exit(128 + signal.SIGTERM) from None
    except (IngestError, AnswerError) as error:
        if as_json:
            out.print_json(json.dumps({"error": str(error)}))
        else:
            _err.print(f"[red]{error}[/red]", highlight=False)
        raise typer.Exit(1) from None
