"""`groundling eval gate`: what the gate turns away, rightly and wrongly."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress
from rich.table import Table

from app.evaluation.beir import BadSet
from app.evaluation.commands import (
    AsJson,
    Cache,
    Lang,
    carry_out,
    chosen,
    out,
    settings_of,
    shelf_of,
)

if TYPE_CHECKING:
    from app.evaluation.gate import Gated, Trial


def gate(
    folder: Annotated[
        Path, typer.Argument(help="A set in the form of BEIR, or near misses of NoMIRACL.")
    ],
    lang: Lang = None,
    queries: Annotated[
        Path | None, typer.Option(help="Another set whose questions are asked of this corpus.")
    ] = None,
    asked_in: Annotated[
        str | None, typer.Option(help="The language that is expected of the questions.")
    ] = None,
    sample: Annotated[int | None, typer.Option(min=4, help="Ask only so many questions.")] = None,
    cache: Cache = None,
    as_json: AsJson = False,
) -> None:
    """How well questions that the pages cannot answer are turned away, and at what price.

    Half of the set's articles are indexed into a knowledge base of its own, and questions on both
    halves are asked. AUROC, and the share caught where 5 % and 10 % of the others are refused.
    """
    from app.evaluation.gate import measure

    settings = settings_of(as_json)
    trial = _trial(folder, queries, sample)

    async def work(told: Progress) -> "Gated":
        async with shelf_of(trial.data, lang, settings, cache, told) as shelf:
            asking = told.add_task("asking")
            return await measure(
                shelf, trial, asked_in or lang,
                told=lambda done, of: told.update(asking, completed=done, total=of),
            )  # fmt: skip

    found = carry_out(work, as_json)
    if as_json:
        about = {"set": trial.data.name, "digest": trial.data.digest}
        out.print_json(json.dumps(about | found.as_json()))
        return
    out.print(_table(trial, found))


def _trial(folder: Path, queries: Path | None, sample: int | None) -> "Trial":
    from app.evaluation.gate import near_miss, off_topic

    try:
        if (folder / "non_relevant.jsonl").is_file():
            return near_miss(folder, sample)
        return off_topic(chosen(folder, queries, None, None), sample)
    except BadSet as error:
        raise typer.BadParameter(str(error)) from None


def _table(trial: "Trial", found: "Gated") -> Table:
    table = Table(title=f"{trial.data.name}: {len(trial.data.entries)} texts")
    columns = (
        *("answerable", "not", "AUROC", "caught at 5 %", "at 10 %", "refused", "turned away"),
        "strictness for 5 %",
    )
    for column in columns:
        table.add_column(column, justify="right")
    shares = (found.caught_5, found.caught_10, found.refused, found.turned_away)
    table.add_row(
        str(found.answerable),
        str(found.unanswerable),
        f"{found.auroc:.3f}",
        *(f"{share:.2f}" for share in shares),
        f"{found.strictness_5:+.3f}",
    )
    return table
