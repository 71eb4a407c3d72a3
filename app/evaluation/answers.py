"""Has judged questions answered by the real answerer, and keeps what came of each in a file.

The gate stands open and only its score is noted: what gate and model would have done together
follows from both, at every threshold. An evaluation that was interrupted goes on where it was.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from app.answering.ahead import Ahead
from app.answering.answerer import Answerer
from app.answering.check.checker import Checker
from app.answering.events import Done, Grounded, Sentence, Turn
from app.answering.model import ChatModel
from app.evaluation.beir import BadSet
from app.evaluation.judged import Judged, JudgedSet
from app.evaluation.refusals import Outcome
from app.evaluation.shelf import Counts, cut
from app.grounding.gate import Question, gate_for, score
from app.grounding.grounder import Grounder, Grounding
from app.settings import AheadSettings, Settings
from ingest.chunking.chunk import Chunker
from ingest.documents import Hit
from ingest.embedding.embed import Embedder
from ingest.indexing.index import PassageIndex
from ingest.indexing.sparse import question_vector, terms, weigh

Told = Callable[[int, int], None]
"""Is told how many of how many questions are answered."""


class Kept:
    """The outcomes so far, a line each behind one that says what they belong to."""

    def __init__(self, file: Path, belongs: dict[str, object]) -> None:
        """Raises BadSet if the file holds the answers of another set, model or setting."""
        self._file = file
        self.outcomes: dict[str, Outcome] = {}
        if not file.exists() or not file.read_text().strip():
            file.write_text(json.dumps(belongs) + "\n")
            return
        head, *lines = file.read_text().splitlines()
        if json.loads(head) != json.loads(json.dumps(belongs)):
            raise BadSet(
                f"{file} holds the answers of another evaluation: {head}. Name another file with "
                "--answers, or delete this one."
            )
        for line in lines:
            if outcome := _outcome(line):
                self.outcomes[outcome.id] = outcome
        if len(self.outcomes) < len(lines):
            # A kill has left half a line, and the next one must not be written behind it.
            file.write_text(head + "\n" + "".join(map(_line, self.outcomes.values())))

    def add(self, outcome: Outcome) -> None:
        """Keep one more; it is on disk when this returns."""
        self.outcomes[outcome.id] = outcome
        with self._file.open("a") as file:
            file.write(_line(outcome))


class OnTheTable:
    """Grounds a question on the passages that were judged for it, through the product's search."""

    def __init__(
        self, lang: str, *, index: PassageIndex, embedder: Embedder, chunker: Chunker,
        settings: Settings,
    ) -> None:  # fmt: skip
        self.lang = lang
        self._index = index
        self._embedder = embedder
        self._chunker = chunker
        self._counts = Counts("evaluation")
        self._grounder = Grounder(index, embedder, self._counts, settings.grounding)
        self._passages = settings.grounding.passages
        # Open, but with the limit on what is too far below the best.
        self._gate = replace(gate_for(embedder.name), own=-1.0, foreign=-1.0, doubt=(-1.0, -1.0))
        self.score = 0.0
        """Of the best passage for the question that was asked last."""

    def count(self, data: JudgedSet) -> None:
        """How rare words are is told by all passages of the set, as in a knowledge base."""
        for question in data.questions:
            passages = cut(question.entries, "", self.lang, self._chunker)
            self._counts.add(passages, [weigh(p.embedded_text, p.lang) for p in passages])

    async def lay(self, question: Judged, kb: str) -> None:
        """Put the passages of a question into a knowledge base of their own."""
        await self._index.erase(kb, None)
        passages = cut(question.entries, kb, self.lang, self._chunker)
        vectors = await self._embedder.embed_passages([each.embedded_text for each in passages])
        weights = [weigh(each.embedded_text, each.lang) for each in passages]
        await self._index.put(passages, vectors, weights)

    async def clear(self, kb: str) -> None:
        """Take them away."""
        await self._index.erase(kb, None)

    async def ground(self, question: str, kb: str, lang: str | None) -> Grounding:
        """The best passages, whatever the gate would say of them."""
        started = time.perf_counter()
        hits = await self._grounder.search(question, kb, self._passages, self.lang)
        wanted = terms(question, self.lang)
        frequencies = await self._counts.frequencies(kb, wanted)
        weights = question_vector({self.lang: wanted}, frequencies)
        asked = Question(text=question, lang=self.lang, weights=weights)
        self.score = max((score(hit, asked) for hit in hits), default=0.0)
        took_ms = round((time.perf_counter() - started) * 1000)
        admitted = tuple(self._gate.admit(hits, asked, {}))
        return Grounding(hits=admitted, lang=self.lang, took_ms=took_ms)

    async def prepare(self, kb: str) -> None:
        """Nothing is loaded in advance."""

    async def glance(self, words: str, kb: str) -> list[Hit]:
        """Nobody speaks here."""
        return []

    @property
    def lead(self) -> float:
        """Nobody speaks here."""
        return 1.0


async def answer_all(
    data: JudgedSet,
    table: OnTheTable,
    model: ChatModel,
    settings: Settings,
    kept: Kept,
    *,
    checker: Checker | None = None,
    told: Told = lambda done, of: None,
) -> list[Outcome]:
    """The outcomes of all questions of a set, those that were kept among them."""
    await model.learn()
    table.count(data)
    ahead = Ahead(table, model, settings.model, AheadSettings(on=False))
    answerer = Answerer(table, model, settings.model, ahead, checker=checker)
    kb = f"evaluation-{data.name}-{data.digest}"
    try:
        for number, question in enumerate(_in_turn(data.questions)):
            told(number, len(data.questions))
            if question.id not in kept.outcomes:
                await table.lay(question, kb)
                kept.add(await _answered(question, answerer, table, kb))
    finally:
        await table.clear(kb)
    told(len(data.questions), len(data.questions))
    return [kept.outcomes[question.id] for question in data.questions]


async def _answered(question: Judged, answerer: Answerer, table: OnTheTable, kb: str) -> Outcome:
    started = time.perf_counter()
    table.score = 0.0
    asked = False
    sentences: list[str] = []
    withheld: tuple[str, ...] = ()
    async for event in answerer.answer(Turn(question=question.text, kb=kb, lang=table.lang)):
        if isinstance(event, Grounded):
            asked = event.act == "question"
        elif isinstance(event, Sentence) and asked:
            sentences.append(event.text)
        elif isinstance(event, Done):
            withheld = event.withheld
    return Outcome(
        id=question.id, answerable=question.answerable, score=round(table.score, 5),
        wrote=bool(sentences or withheld), said=bool(sentences), text=" ".join(sentences),
        withheld=withheld, seconds=round(time.perf_counter() - started, 1),
    )  # fmt: skip


def _in_turn(questions: Sequence[Judged]) -> Iterator[Judged]:
    """One of each kind in turn, so that what was answered by an interruption says something."""
    kinds = [[each for each in questions if each.answerable is kind] for kind in (True, False)]
    for number in range(max(map(len, kinds), default=0)):
        yield from (kind[number] for kind in kinds if number < len(kind))


def _line(outcome: Outcome) -> str:
    return json.dumps(asdict(outcome), ensure_ascii=False) + "\n"


def _outcome(line: str) -> Outcome | None:
    """What a line keeps; None for one that was cut off by a kill."""
    try:
        row = json.loads(line)
        return Outcome(**{**row, "withheld": tuple(row["withheld"])})
    except (ValueError, TypeError, KeyError):
        return None
