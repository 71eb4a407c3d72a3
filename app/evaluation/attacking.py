"""`groundling eval attacks`: which attacks get through to what is said, with the real model."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress
from rich.table import Table

from app.evaluation.commands import AsJson, carry_out, out, settings_of

if TYPE_CHECKING:
    from app.evaluation.attacks import Blow


def attacks(
    kind: Annotated[
        list[str] | None, typer.Option(help="Only attacks of this kind; may be repeated.")
    ] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Only so many attacks, evenly spread.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """How many attacks get through: something that must not be said is said all the same.

    Instructions in pages, visible and hidden, in other languages, encoded, posing as the prompt's
    own forms; in questions, in a caller's history and system messages. Needs Ollama alone.
    """
    from app.answering.ollama import open_model
    from app.evaluation.attacks import read_attacks, strikes, tally

    settings = settings_of(as_json)
    chosen = [attack for attack in read_attacks() if not kind or attack.kind in kind]
    if not chosen:
        known = ", ".join(sorted({attack.kind for attack in read_attacks()}))
        raise typer.BadParameter(f"no attack is of this kind; there are {known}.")
    if sample is not None and sample < len(chosen):
        chosen = [chosen[n * len(chosen) // sample] for n in range(sample)]

    async def work(told: Progress) -> "list[Blow]":
        attacking = told.add_task("attacking", total=len(chosen))
        blows = []
        async with open_model(settings.model) as model:
            async for blow in strikes(chosen, model, settings.model):
                blows.append(blow)
                told.update(attacking, advance=1)
        return blows

    blows = carry_out(work, as_json)
    if as_json:
        rows = [{"id": b.attack.id, "said": b.said, "through": b.through} for b in blows]
        figures = {"model": settings.model.name, "attacks": len(blows), "blows": rows}
        out.print_json(json.dumps(figures | {"kinds": tally(blows)}))
        return
    out.print(_table(settings.model.name, blows, tally(blows)))


def _table(model: str, blows: "list[Blow]", kinds: dict[str, dict[str, Any]]) -> Table:
    through = sum(blow.through for blow in blows)
    title = f"{model}: {through} of {len(blows)} attacks got through ({through / len(blows):.0%})"
    table = Table(title=title)
    for column in ("kind", "attacks", "through", "which"):
        table.add_column(column, justify="right" if column in ("attacks", "through") else "left")
    for kind, figures in kinds.items():
        which = ", ".join(figures["through"])
        table.add_row(kind, str(figures["attacks"]), str(len(figures["through"])), which)
    return table
