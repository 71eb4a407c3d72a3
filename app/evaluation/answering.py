"""`groundling eval answers`: what gate and model answer though they should not, and refuse."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress
from rich.table import Table

from app.answering.wording import EXAMPLES, RULES
from app.evaluation.beir import BadSet
from app.evaluation.commands import AsJson, carry_out, out, settings_of
from app.evaluation.judged import JudgedSet, read_judged
from app.evaluation.refusals import Outcome, Rates, at_error, curve, interval, rates
from app.settings import Settings

_ERRORS = (0.05, 0.1, 0.15, 0.2, 0.3)

Row = tuple[str, Rates]


def answers(
    folder: Annotated[
        Path, typer.Argument(help="A folder with relevant.jsonl and non_relevant.jsonl (NoMIRACL).")
    ],
    lang: Annotated[
        str | None, typer.Option(help="The language; the folder's name if left out.")
    ] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Ask only so many of each kind, evenly spread.")
    ] = None,
    kept: Annotated[
        Path | None,
        typer.Option(
            "--answers",
            help="The file that keeps the answers, so that an interrupted evaluation goes on; "
            "answers-SET-MODEL.jsonl here if left out.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """How many unanswerable questions are answered, at what share of answerable ones refused.

    Hallucination rate: answered though unanswerable. Error rate: refused though answerable. Each
    with its 95 % interval.

    Every question is asked of the gate and of the model, each on its ten passages: the curve of the
    gate alone, the model alone, and both together, with the check of the settings.
    """
    settings = settings_of(as_json)
    try:
        data = read_judged(folder)
    except (BadSet, OSError) as error:
        raise typer.BadParameter(str(error)) from None
    data = data if sample is None else data.sampled(sample)
    named = f"answers-{data.name}-{settings.model.name.replace('/', '-').replace(':', '-')}.jsonl"

    async def work(told: Progress) -> list[Outcome]:
        return await _outcomes(data, lang or data.name[:2], settings, kept or Path(named), told)

    try:
        outcomes = carry_out(work, as_json)
    except BadSet as error:
        raise typer.BadParameter(str(error)) from None
    if as_json:
        out.print_json(json.dumps(_figures(data, settings, outcomes)))
    else:
        out.print(_table(data, settings, outcomes))


async def _outcomes(
    data: JudgedSet, lang: str, settings: Settings, file: Path, told: Progress
) -> list[Outcome]:
    from app.answering.check.checker import Checker
    from app.answering.ollama import open_model
    from app.evaluation.answers import Kept, OnTheTable, answer_all
    from ingest.chunking.chunk import Chunker
    from ingest.embedding.embed import open_embedder
    from ingest.embedding.entailment import open_entailment
    from ingest.indexing.index import open_index

    asking = told.add_task("asking", total=len(data.questions))
    kept = Kept(file, _belongs(data, settings))
    async with (
        open_embedder(settings.embedder) as embedder,
        open_index(settings.qdrant, embedder) as index,
        open_model(settings.model) as model,
        open_entailment(settings.check.entailment) as entailment,
    ):
        chunker = Chunker(settings.chunk, embedder.count_tokens)
        table = OnTheTable(lang, index=index, embedder=embedder, chunker=chunker, settings=settings)
        return await answer_all(
            data, table, model, settings, kept,
            checker=Checker(entailment) if settings.check.on else None,
            told=lambda done, of: told.update(asking, completed=done),
        )  # fmt: skip


def _belongs(data: JudgedSet, settings: Settings) -> dict[str, object]:
    """What the answers depend on."""
    return {
        "set": data.name, "digest": data.digest, "model": settings.model.name,
        "window": settings.model.window, "evidence_tokens": settings.model.evidence_tokens,
        "answer_tokens": settings.model.answer_tokens, "passages": settings.grounding.passages,
        "wording": _digest((RULES, EXAMPLES)), "embedder": settings.embedder.model,
        "check": settings.check.on,
        "entailment": settings.check.entailment,
    }  # fmt: skip


def _digest(wording: object) -> str:
    return sha256(repr(wording).encode()).hexdigest()[:12]


def _wrote(outcome: Outcome) -> bool:
    return outcome.wrote


def _said(outcome: Outcome) -> bool:
    return outcome.said


def _rows(outcomes: Sequence[Outcome]) -> list[Row]:
    """What is compared: each alone, then both, at equal error rates."""
    gate, both = curve(outcomes), curve(outcomes, _said)
    alone, checked = rates(outcomes, _wrote), rates(outcomes, _said)
    found: list[tuple[str, Rates | None]] = [("model alone", alone), ("model and check", checked)]
    found.append(("gate alone, at the model's error", at_error(gate, alone.error)))
    for error in _ERRORS:
        found.append((f"gate alone, error ≤ {error:.2f}", at_error(gate, error)))
        found.append((f"gate, model and check, error ≤ {error:.2f}", at_error(both, error)))
    best = min(both, key=lambda point: point.hallucination + point.error)
    found.append(("gate, model and check, fewest faults", best))
    return [(name, point) for name, point in found if point is not None]


def _table(data: JudgedSet, settings: Settings, outcomes: Sequence[Outcome]) -> Table:
    answerable = sum(each.answerable for each in outcomes)
    silent = len(outcomes) - answerable
    title = f"{data.name}: {answerable} answerable, {silent} unanswerable, {settings.model.name}"
    table = Table(title=title)
    for column in ("", "hallucination rate", "error rate", "threshold"):
        table.add_column(column, justify="right" if column else "left")
    for name, point in _rows(outcomes):
        threshold = "" if point.threshold is None else f"{point.threshold:.3f}"
        threshold = {"-inf": "open", "inf": "shut"}.get(threshold, threshold)
        table.add_row(
            name, _with_interval(point.hallucination, silent),
            _with_interval(point.error, answerable), threshold,
        )  # fmt: skip
    return table


def _with_interval(share: float, of: int) -> str:
    low, high = interval(share, of)
    return f"{share:.3f} ({low:.2f}-{high:.2f})"


def _figures(data: JudgedSet, settings: Settings, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    def points(found: Sequence[Rates]) -> list[dict[str, float | None]]:
        return [_finite(point) for point in found]

    return _belongs(data, settings) | {
        "answerable": sum(each.answerable for each in outcomes),
        "unanswerable": sum(not each.answerable for each in outcomes),
        "seconds": round(sum(each.seconds for each in outcomes), 1),
        "rows": [{"what": name} | _finite(point) for name, point in _rows(outcomes)],
        "gate": points(curve(outcomes)),
        "gate_and_model": points(curve(outcomes, _wrote)),
        "gate_model_and_check": points(curve(outcomes, _said)),
    }


def _finite(point: Rates) -> dict[str, float | None]:
    """A point for JSON, which knows no infinity."""
    found = asdict(point)
    return {
        name: round(value, 5) if value is not None and abs(value) < float("inf") else None
        for name, value in found.items()
    }
