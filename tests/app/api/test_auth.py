from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr

from app.api.auth import require_safe
from app.api.server import create_app
from app.settings import ApiSettings, Settings
from tests.fakes.house import PaperHouse

KEY = {"Authorization": "Bearer open sesame"}


@pytest.fixture
async def locked(house: PaperHouse, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    settings.api.key = SecretStr("open sesame")
    transport = httpx.ASGITransport(create_app(house, settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://groundling") as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/search", {"question": "When?"}),
        ("POST", "/v1/answers", {"question": "When?"}),
        ("PATCH", "/v1/visits/nobody", {"stage_seconds": 1}),
        ("POST", "/v1/visits/nobody/listen", {"turn": "t1", "text": "When?"}),
        ("GET", "/metrics", {}),
        ("GET", "/v1/webhooks", {}),
        ("POST", "/v1/webhooks/again", {}),
        ("GET", "/v1/sources", {}),
        ("DELETE", "/v1/sources/none", {}),
        ("POST", "/v1/sources/none/runs", {}),
        ("GET", "/v1/runs", {}),
        ("POST", "/v1/runs/none/rollback", {}),
        ("GET", "/v1/pages", {}),
        ("DELETE", "/v1/documents?url=https://m.example/", {}),
    ],
)
async def test_these_need_the_key(
    locked: httpx.AsyncClient, method: str, path: str, body: dict[str, object]
) -> None:
    for headers in ({}, {"Authorization": "Bearer sesame"}):
        refused = await locked.request(method, path, json=body, headers=headers)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
        assert refused.json()["type"] == "urn:groundling:problem:unauthorized"
    assert (await locked.request(method, path, json=body, headers=KEY)).status_code in (200, 404)


async def test_a_visitor_needs_no_key(locked: httpx.AsyncClient) -> None:
    opened = await locked.post("/v1/visits", json={})
    where = f"/v1/visits/{opened.json()['id']}"
    assert opened.status_code == 201
    assert (await locked.get(where)).status_code == 200
    assert (await locked.post(f"{where}/visitors")).status_code == 201
    assert (await locked.delete(where)).status_code == 204
    for path in ("/", "/health", "/ready", "/schema", "/schema/openapi.json"):
        assert (await locked.get(path)).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_alone_needs_no_key(host: str) -> None:
    require_safe(ApiSettings(host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.1", "museum.example"])
def test_other_machines_are_not_let_in_without_a_key(host: str) -> None:
    with pytest.raises(ValueError, match="GROUNDLING_API__KEY"):
        require_safe(ApiSettings(host=host))
    require_safe(ApiSettings(host=host, key=SecretStr("k")))
