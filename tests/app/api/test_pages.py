from datetime import UTC, datetime

import httpx
import pytest

from ingest.catalog.catalog import SeenPage
from tests.fakes.house import PaperHouse


@pytest.fixture(autouse=True)
def known(house: PaperHouse) -> None:
    """Three pages of one knowledge base, one of another."""
    seen = datetime(2026, 11, 22, tzinfo=UTC)
    house.runs.known = [
        SeenPage(kb="m", url="https://m.example/a", source="museum", state="indexed", title="A",
                 lang="en", passages=2, fetched_at=seen),
        SeenPage(kb="m", url="https://m.example/b", source="museum", state="empty",
                 reason="has no text to read"),
        SeenPage(kb="m", url="https://m.example/c", source="museum", state="indexed", passages=1),
        SeenPage(kb="other", url="https://o.example/", source="other", state="indexed"),
    ]  # fmt: skip


async def test_pages_are_found_by_url_and_state(api: httpx.AsyncClient) -> None:
    found = (await api.get("/v1/pages", params={"kb": "m", "state": "empty"})).json()
    assert found["pages"] == [
        {
            "url": "https://m.example/b",
            "source": "museum",
            "state": "empty",
            "reason": "has no text to read",
            "title": "",
            "lang": "",
            "passages": 0,
            "alias_of": "",
            "page_date": None,
            "fetched_at": None,
        }
    ]
    found = (await api.get("/v1/pages", params={"kb": "m", "url": "/c"})).json()
    assert [page["url"][-1] for page in found["pages"]] == ["c"]


async def test_pages_come_in_pages_of_one_knowledge_base(api: httpx.AsyncClient) -> None:
    first = (await api.get("/v1/pages", params={"kb": "m", "limit": 2})).json()
    assert [page["url"][-1] for page in first["pages"]] == ["a", "b"]
    after = {"kb": "m", "limit": 2, "after": first["after"]}
    second = (await api.get("/v1/pages", params=after)).json()
    assert [page["url"][-1] for page in second["pages"]] == ["c"]
    assert second["after"] is None


@pytest.mark.parametrize("query", ["state=lost", "limit=0", "limit=1001", "kb="])
async def test_what_is_wrong_with_the_question_is_a_400(api: httpx.AsyncClient, query: str) -> None:
    assert (await api.get(f"/v1/pages?{query}")).status_code == 400
