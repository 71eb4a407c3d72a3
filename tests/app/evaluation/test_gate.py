import json
from pathlib import Path

import pytest
from qdrant_client import AsyncQdrantClient

from app.evaluation.beir import BadSet, Entry, EvaluationSet, Question
from app.evaluation.gate import measure, near_miss, off_topic
from app.evaluation.shelf import on_shelf
from ingest.chunking.chunk import Chunker
from ingest.indexing.index import open_index
from ingest.settings import ChunkSettings, QdrantSettings
from tests.fakes.embedder import WordHashEmbedder

TITLES = [f"Pool {name}" for name in ("Ash", "Birch", "Cedar", "Dogwood", "Elm", "Fir")]
SET = EvaluationSet(
    name="pools",
    entries=tuple(
        Entry(id=str(n), title=title, text=f"The {title} was opened by the mayor in 19{n}0.")
        for n, title in enumerate(TITLES)
    ),
    questions={
        "": tuple(Question(id=f"q{n}", text=f"Who opened the {t}?") for n, t in enumerate(TITLES))
    },
    relevant={f"q{n}": {str(n): 1} for n in range(len(TITLES))},
    digest="d",
)


def test_questions_on_articles_that_are_held_out_have_no_answer() -> None:
    trial = off_topic(SET)
    inside = {entry.id for entry in trial.data.entries}
    assert {question.id[1:] for question in trial.answerable} == inside
    assert len(trial.answerable) + len(trial.unanswerable) == len(TITLES)
    assert 0 < len(inside) < len(TITLES)
    assert len(off_topic(SET, 2).unanswerable) == 1


def test_a_set_of_one_article_is_refused_with_the_remedy() -> None:
    one = EvaluationSet(
        name="one", entries=SET.entries[:1], questions=SET.questions, relevant={"q0": {"0": 1}}
    )
    with pytest.raises(BadSet, match="different titles"):
        off_topic(one)


def test_near_misses_are_read_with_all_their_passages(tmp_path: Path) -> None:
    for name, number in (("relevant", 1), ("non_relevant", 2)):
        row = {"query_id": name, "query": "Who?", "docids": [str(number)], "passages": ["Ann."]}
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row))
    trial = near_miss(tmp_path)
    assert [entry.id for entry in trial.data.entries] == ["1", "2"]
    assert [question.id for question in trial.unanswerable] == ["non_relevant"]
    (tmp_path / "relevant.jsonl").unlink()
    with pytest.raises(BadSet, match=r"relevant\.jsonl"):
        near_miss(tmp_path)


async def test_the_gate_is_measured_on_the_shelf() -> None:
    embedder, client = (
        WordHashEmbedder("intfloat/multilingual-e5-small"),
        AsyncQdrantClient(":memory:"),
    )
    trial = off_topic(SET)
    chunker = Chunker(ChunkSettings(), embedder.count_tokens)
    async with (
        open_index(QdrantSettings(), embedder, client=client) as index,
        on_shelf(trial.data, "en", index=index, embedder=embedder, chunker=chunker) as shelf,
    ):
        found = await measure(shelf, trial, "en")
    await client.close()
    assert found.answerable == len(trial.answerable)
    assert found.auroc > 0.9
    assert 0 <= found.turned_away <= 1
