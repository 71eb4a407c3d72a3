from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from qdrant_client import AsyncQdrantClient

from app.evaluation.answers import Kept, OnTheTable, answer_all
from app.evaluation.beir import BadSet
from app.evaluation.judged import read_judged
from app.settings import Settings
from ingest.chunking.chunk import Chunker
from ingest.indexing.index import PassageIndex, open_index
from tests.app.evaluation.test_judged import write_set
from tests.fakes.embedder import WordHashEmbedder
from tests.fakes.model import ScriptedModel

BELONGS: dict[str, object] = {"set": "en", "model": "scripted"}


def written(prompt: str) -> list[str]:
    """Answers when asked for hours, from the passage; refuses the rest but pool 3."""
    asked = prompt.rsplit("Question:", 1)[1]
    if "open" in asked:
        number = asked.split("pool ")[1].split(" ")[0]
        return [f"It opens at {number} o'clock."]
    return ["It opens at 3 o'clock."] if "pool 3" in asked else ["UNKNOWN"]


@pytest.fixture
async def index() -> AsyncIterator[PassageIndex]:
    client = AsyncQdrantClient(":memory:")
    settings = Settings().qdrant
    async with open_index(settings, WordHashEmbedder(), client=client) as index:
        yield index
    await client.close()


@pytest.fixture
def table(index: PassageIndex) -> OnTheTable:
    embedder = WordHashEmbedder()
    settings = Settings()
    chunker = Chunker(settings.chunk, embedder.count_tokens)
    return OnTheTable("en", index=index, embedder=embedder, chunker=chunker, settings=settings)


async def test_every_question_is_asked_on_its_own_passages(
    tmp_path: Path, table: OnTheTable, index: PassageIndex
) -> None:
    data, model = read_judged(write_set(tmp_path / "en")), ScriptedModel(written)
    seen: list[tuple[int, int]] = []
    outcomes = await answer_all(
        data, table, model, Settings(), Kept(tmp_path / "kept", BELONGS),
        told=lambda done, of: seen.append((done, of)),
    )  # fmt: skip
    assert [each.said for each in outcomes] == [True] * 4 + [False, False, True, False]
    assert outcomes[1].text == "It opens at 2 o'clock."
    assert all(each.score > 0 for each in outcomes)
    # One of each kind in turn, so that a part of them says something.
    asked = [prompt.rsplit("Question: ", 1)[1].split("<")[0] for prompt in model.prompts]
    assert asked[:3] == ["When does pool 1 open?", "Who built pool 1?", "When does pool 2 open?"]
    assert "2 o'clock" not in model.prompts[0].rsplit("Passages", 1)[1]
    assert seen[0] == (0, 8)
    assert seen[-1] == (8, 8)
    # Nothing is left on the shelf.
    assert await table.ground("When does pool 1 open?", f"evaluation-en-{data.digest}", None)
    found = await table.ground("When?", f"evaluation-en-{data.digest}", None)
    assert found.hits == ()


async def test_an_interrupted_evaluation_goes_on_where_it_was(
    tmp_path: Path, table: OnTheTable
) -> None:
    data, model = read_judged(write_set(tmp_path / "en")), ScriptedModel(written)
    first = await answer_all(
        data.sampled(2), table, model, Settings(), Kept(tmp_path / "kept", BELONGS)
    )
    with (tmp_path / "kept").open("a") as file:
        file.write('{"id": "cut o')  # by a kill
    later = ScriptedModel(written)
    second = await answer_all(data, table, later, Settings(), Kept(tmp_path / "kept", BELONGS))
    assert (len(first), len(second), len(later.prompts)) == (4, 8, 4)

    kept = tmp_path / "kept"
    assert len(kept.read_text().splitlines()) == 1 + 8
    later.prompts.clear()
    again = await answer_all(data, table, later, Settings(), Kept(tmp_path / "kept", BELONGS))
    assert again == second
    assert later.prompts == []


def test_the_answers_of_another_evaluation_are_not_mixed_in(tmp_path: Path) -> None:
    Kept(tmp_path / "kept", BELONGS)
    with pytest.raises(BadSet, match="--answers"):
        Kept(tmp_path / "kept", BELONGS | {"model": "other"})
