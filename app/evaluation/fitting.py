"""`groundling eval fit`: the weight of words beside meaning, for another embedder."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress
from rich.table import Table

from app.evaluation.commands import (
    AsJson,
    Cache,
    Sample,
    carry_out,
    chosen,
    out,
    settings_of,
    shelf_of,
)

if TYPE_CHECKING:
    from app.evaluation.fit import Asked, Fit


def fit(
    folders: Annotated[
        list[Path],
        typer.Argument(help="Sets in the form of BEIR; CORPUS:QUERIES asks one of another's."),
    ],
    sample: Sample = None,
    cache: Cache = None,
    as_json: AsJson = False,
) -> None:
    """The weight of the words beside the meaning that serves several sets best.

    It is chosen on a half of the questions; the figures are of the other half. Set it with
    GROUNDLING_QDRANT__WORD_WEIGHT.
    """
    from app.evaluation.fit import collect
    from app.evaluation.fit import fit as fit_weights

    settings = settings_of(as_json)

    async def work(told: Progress) -> "dict[str, list[Asked]]":
        sets: dict[str, list[Asked]] = {}
        for folder in folders:
            corpus, _, queries = str(folder).partition(":")
            data = chosen(Path(corpus), Path(queries) if queries else None, sample, None)
            async with shelf_of(data, None, settings, cache, told) as shelf:
                sets[data.name] = await collect(shelf, data)
        return sets

    best, fits = fit_weights(carry_out(work, as_json))
    if as_json:
        told = [
            {"set": each.name, "questions": each.questions, "best_alone": each.chosen}
            | {"ndcg_10": {str(w): round(value, 4) for w, value in each.by_weight.items()}}
            for each in fits
        ]
        out.print_json(json.dumps({"weight": best, "sets": told}))
        return
    out.print(_table(best, fits))


def _table(best: float, fits: "list[Fit]") -> Table:
    table = Table(title=f"nDCG@10 by the weight of the words; {best:g} is best on average")
    table.add_column("set")
    table.add_column("asked", justify="right")
    for weight in fits[0].by_weight:
        table.add_column(f"{weight:g}", justify="right")
    for each in fits:
        figures = (f"{value:.3f}" for value in each.by_weight.values())
        table.add_row(each.name, str(each.questions), *figures)
    return table
