import gzip
import json
from pathlib import Path

import httpx
import pytest

from app.api.server import create_app
from app.settings import Settings
from tests.fakes.house import PaperHouse, until

LINES = [
    {"url": "https://m.example/a", "html": "<p>The harbour is old.</p>"},
    {"url": "https://m.example/b", "markdown": "# Boats\n\nThere are two."},
    {"url": "nowhere", "text": "Not a page."},
]
CRAWL = "\n".join(json.dumps(line) for line in LINES).encode()


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where uploads lie while they are read."""
    folder = tmp_path / "uploads"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def left_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


@pytest.mark.parametrize("body", [CRAWL, gzip.compress(CRAWL)], ids=["plain", "gzip"])
async def test_a_crawl_is_taken_in_and_its_file_deleted(
    api: httpx.AsyncClient, house: PaperHouse, files: Path, body: bytes
) -> None:
    house.runs.may_end.clear()
    taken = await api.post("/v1/imports?kb=m&source=library", content=body)

    assert taken.status_code == 202, taken.text
    run = house.runs.began[taken.json()["run"]]
    assert (run.kb, run.source, run.kind) == ("m", "library", "upload")
    await until(lambda: not left_in(files))
    assert [page.url[-1] for page in house.runs.handed_in] == ["a", "b"]
    house.runs.may_end.set()
    await until(lambda: house.runs.carried_out == [run.id])


@pytest.mark.parametrize(
    ("body", "told"),
    [(b"", "no crawl"), (b"hello", "no crawl"), (b'{"url": "nowhere"}\n', "no page")],
)
async def test_what_is_no_crawl_begins_no_run(
    api: httpx.AsyncClient, house: PaperHouse, files: Path, body: bytes, told: str
) -> None:
    refused = await api.post("/v1/imports", content=body)
    assert refused.status_code == 422
    assert refused.json()["type"] == "urn:groundling:problem:nothing-to-read"
    assert told in refused.json()["detail"]
    assert not house.runs.began
    assert not left_in(files)


async def test_an_import_under_way_is_named(
    api: httpx.AsyncClient, house: PaperHouse, files: Path
) -> None:
    going = await house.runs.withdraw("m", "library")
    refused = await api.post("/v1/imports?kb=m&source=library", content=CRAWL)
    assert (refused.status_code, refused.json()["run"]) == (409, going)
    await until(lambda: not left_in(files))


async def test_a_file_that_is_too_large_is_a_413(
    house: PaperHouse, settings: Settings, files: Path
) -> None:
    settings.api.import_bytes = 10
    transport = httpx.ASGITransport(create_app(house, settings), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://groundling") as api:
        assert (await api.post("/v1/imports", content=CRAWL)).status_code == 413
    assert not left_in(files)
