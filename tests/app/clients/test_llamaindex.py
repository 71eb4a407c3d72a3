import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from llama_index.core.base.base_retriever import BaseRetriever

from app.api.server import create_app
from app.clients.llamaindex import GroundlingRetriever, SearchFailed
from app.settings import Settings
from ingest.errors import IndexUnavailable
from tests.fakes.house import PaperHouse, open_paper_house, serving

KEY = "k" * 20


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[PaperHouse]:
    async with open_paper_house(tmp_path) as house:
        yield house


@pytest.fixture
async def url(
    house: PaperHouse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[str]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GROUNDLING_API__KEY", KEY)
    async with serving(create_app(house, Settings())) as url:
        yield url


async def test_llamaindex_retrieves_passages_with_where_they_stand(
    url: str, house: PaperHouse
) -> None:
    retriever = GroundlingRetriever(url + "/", key=KEY, kb="museum", limit=3, lang="en")
    assert isinstance(retriever, BaseRetriever)
    waited = await retriever.aretrieve("When do you open?")
    blocked = await asyncio.to_thread(retriever.retrieve, "When do you open?")

    assert house.grounder.asked == [("When do you open?", "museum", 3, "en")] * 2
    for (found,) in (waited, blocked):
        assert found.text == "The museum opens at ten."
        assert found.score == pytest.approx(0.95)
        told = found.metadata
        assert told["url"] == "https://museum.example/visit"
        assert (told["anchor"], told["title"], told["lang"]) == ("hours", "Visit", "en")
        assert told["page_date"] is None
        assert "link" not in found.node.get_content("llm")


async def test_what_is_left_out_is_the_installations_own(url: str, house: PaperHouse) -> None:
    await GroundlingRetriever(url, key=KEY).aretrieve("When?")
    assert house.grounder.asked == [("When?", "default", 5, None)]


async def test_what_goes_wrong_is_told_with_its_reason(url: str, house: PaperHouse) -> None:
    with pytest.raises(SearchFailed, match=r"401.*GROUNDLING_API__KEY"):
        await GroundlingRetriever(url, key="wrong").aretrieve("When?")
    house.grounder.fails = IndexUnavailable("Qdrant does not answer. Start it.")
    with pytest.raises(SearchFailed, match="503: Qdrant does not answer"):
        await asyncio.to_thread(GroundlingRetriever(url, key=KEY).retrieve, "When?")
    with pytest.raises(SearchFailed, match="Is `groundling api` running"):
        await GroundlingRetriever("http://127.0.0.1:9", timeout_s=2).aretrieve("When?")
