import asyncio
from datetime import date
from typing import Any

import httpx
import pytest

from app.api.server import create_app
from app.settings import Settings
from ingest.catalog.catalog import SeenPage
from ingest.sources.source import source_from
from tests.fakes.house import PaperHouse, until

URL = "https://m.example/menu"


@pytest.mark.parametrize(
    ("form", "content_type"),
    [("text", "text/plain"), ("markdown", "text/markdown"), ("html", "text/html")],
)
async def test_a_text_is_taken_in_under_its_url(
    api: httpx.AsyncClient, house: PaperHouse, form: str, content_type: str
) -> None:
    about = {"url": f"{URL}#today", "kb": "m", "title": "Menu", "date": "2026-11-01"}
    taken = await api.post("/v1/documents", json=about | {form: "The soup is hot. Cäsar."})

    assert taken.status_code == 202
    run = house.runs.began[taken.json()["run"]]
    assert (run.kb, run.source, run.kind) == ("m", "documents", "upload")
    (page,) = house.runs.handed_in
    assert (page.url, page.content_type, page.body) == (
        URL,
        content_type,
        "The soup is hot. Cäsar.".encode(),
    )
    assert (page.title, page.page_date) == ("Menu", date(2026, 11, 1))
    await until(lambda: house.runs.carried_out == [run.id])


async def test_a_file_is_taken_in_by_what_it_is(api: httpx.AsyncClient, house: PaperHouse) -> None:
    file = {"file": ("menu.md", b"# Menu\n\nThe soup is hot.", "application/octet-stream")}
    form = {"url": URL, "source": "menus", "title": "What we cook"}
    taken = await api.post("/v1/documents", data=form, files=file)
    assert taken.status_code == 202, taken.text
    assert house.runs.began[taken.json()["run"]].source == "menus"
    (page,) = house.runs.handed_in
    assert (page.content_type, page.title) == ("text/markdown", "What we cook")


async def test_a_file_that_is_not_read_is_named(api: httpx.AsyncClient, house: PaperHouse) -> None:
    file = {"file": ("logo.png", b"\x89PNG\r\n\x1a\n" + bytes(64), "image/png")}
    refused = await api.post("/v1/documents", data={"url": URL}, files=file)
    problem = refused.json()
    assert refused.status_code == 422
    assert problem["type"] == "urn:groundling:problem:nothing-to-read"
    assert problem["detail"].startswith("logo.png is an image")
    assert not house.runs.began


@pytest.mark.parametrize(
    "body",
    [
        {"text": "No URL."},
        {"url": URL},
        {"url": URL, "text": "a", "html": "b"},
        {"url": "menu.pdf", "text": "a"},
        {"url": URL, "text": "a", "colour": "red"},
        {"url": URL, "text": "a", "date": "yesterday"},
    ],
)
async def test_what_is_wrong_with_a_document_is_a_400(
    api: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    refused = await api.post("/v1/documents", json=body)
    assert refused.status_code == 400
    assert refused.json()["type"] == "urn:groundling:problem:invalid-request"


async def test_a_form_without_a_file_is_a_400(api: httpx.AsyncClient) -> None:
    file = {"other": ("menu.md", b"# Menu")}
    assert (await api.post("/v1/documents", data={"url": URL}, files=file)).status_code == 400


async def test_a_source_that_is_crawled_takes_no_documents(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    crawled = {"name": "museum", "urls": ["https://m.example/"]}
    await house.sources.add(source_from(crawled))
    refused = await api.post("/v1/documents", json={"url": URL, "text": "a", "source": "museum"})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["key"] == "source"


async def test_many_documents_at_once_are_no_conflict(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    posts = (api.post("/v1/documents", json={"url": f"{URL}/{n}", "text": "a"}) for n in range(8))
    assert {taken.status_code for taken in await asyncio.gather(*posts)} == {202}
    assert len(house.runs.handed_in) == 8


async def test_a_document_that_is_too_large_is_a_413(house: PaperHouse, settings: Settings) -> None:
    settings.api.document_bytes = 1_000
    transport = httpx.ASGITransport(create_app(house, settings), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://groundling") as api:
        file = {"file": ("menu.md", b"x" * 2_000)}
        for sent in ({"data": {"url": URL}, "files": file}, {"json": {"text": "x" * 2_000}}):
            assert (await api.post("/v1/documents", **sent)).status_code == 413  # type: ignore[arg-type]


async def test_a_document_is_forgotten_in_its_knowledge_base_alone(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    house.runs.known = [
        SeenPage(kb=kb, url=URL, source="documents", state="indexed") for kb in ("m", "other")
    ]
    where = {"url": f"{URL}#today", "kb": "m"}
    assert (await api.delete("/v1/documents", params=where)).status_code == 204
    assert [page.kb for page in house.runs.known] == ["other"]
    again = await api.delete("/v1/documents", params=where)
    assert again.status_code == 404
    assert again.json()["type"] == "urn:groundling:problem:no-such-page"
