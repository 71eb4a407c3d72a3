from typing import Any

import httpx
import pytest

from tests.fakes.house import PaperHouse, until

MUSEUM = {"name": "museum", "kb": "m", "urls": ["https://m.example/"]}
SECRET = {
    "headers": {"X-Key": "hush"},
    "credentials": {"kind": "basic", "user": "guide", "secret": "quiet"},
}


async def added(api: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    answered = await api.post("/v1/sources", json=MUSEUM | fields)
    assert answered.status_code == 201, answered.text
    told: dict[str, Any] = answered.json()
    return told


async def test_a_source_is_added_read_changed_and_listed(api: httpx.AsyncClient) -> None:
    source = await added(api, schedule="0 3 * * *", drop=["#news"])
    where = f"/v1/sources/{source['id']}"

    assert (source["depth"], source["limit"], source["drop"]) == (1, 200, ["#news"])
    assert source["next_at"].endswith("T03:00:00Z")
    assert (await api.get(where)).json() == source
    changed = (await api.patch(where, json={"limit": 9, "schedule": None})).json()
    assert (changed["limit"], changed["schedule"], changed["next_at"]) == (9, None, None)
    assert changed["drop"] == ["#news"]
    assert (await api.get("/v1/sources?kb=m")).json() == {"sources": [changed]}
    assert (await api.get("/v1/sources?kb=other")).json() == {"sources": []}


async def test_secrets_go_in_and_do_not_come_out(
    api: httpx.AsyncClient, house: PaperHouse, caplog: pytest.LogCaptureFixture
) -> None:
    source = await added(api, **SECRET)
    where = f"/v1/sources/{source['id']}"
    changed = await api.patch(where, json={"depth": 2})
    listed = await api.get("/v1/sources")

    assert source["headers"] == {"X-Key": "set"}
    assert source["credentials"] == {"kind": "basic", "secret": "set"}
    for told in (str(source), changed.text, listed.text, caplog.text):
        assert not {word for word in ("hush", "quiet", "guide") if word in told}
    kept = await house.sources.source(source["id"])
    assert kept.credentials is not None
    assert kept.credentials.secret.get_secret_value() == "quiet"
    gone = await api.patch(where, json={"credentials": None, "headers": {}})
    assert (gone.json()["credentials"], gone.json()["headers"]) == (None, {})


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"urls": ["ftp://m.example/"]}, "urls.0"),
        ({"urls": []}, "urls"),
        ({"schedule": "61 * * * *"}, "schedule"),
        ({"keep": ["p["]}, "keep.0"),
        ({"headers": {"Host": "hush"}}, "headers"),
        ({"credentials": {"kind": "basic", "secret": "hush"}}, "credentials"),
    ],
)
async def test_what_a_source_cannot_be_is_named(
    api: httpx.AsyncClient, fields: dict[str, Any], key: str
) -> None:
    refused = await api.post("/v1/sources", json=MUSEUM | fields)
    problem = refused.json()
    assert refused.status_code == 400
    assert problem["type"] == "urn:groundling:problem:invalid-source"
    assert problem["errors"][0]["key"] == key
    assert "hush" not in refused.text


async def test_an_unknown_field_is_refused(api: httpx.AsyncClient) -> None:
    refused = await api.post("/v1/sources", json=MUSEUM | {"deep": 2})
    assert refused.status_code == 400
    assert refused.json()["type"] == "urn:groundling:problem:invalid-request"


async def test_a_second_of_the_name_is_a_conflict(api: httpx.AsyncClient) -> None:
    await added(api)
    refused = await api.post("/v1/sources", json=MUSEUM)
    assert (refused.status_code, refused.json()["type"]) == (
        409,
        "urn:groundling:problem:source-exists",
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/sources/none"),
        ("PATCH", "/v1/sources/none"),
        ("DELETE", "/v1/sources/none"),
        ("POST", "/v1/sources/none/runs"),
    ],
)
async def test_an_unknown_source_is_a_404(api: httpx.AsyncClient, method: str, path: str) -> None:
    refused = await api.request(method, path, json={})
    assert refused.status_code == 404
    assert refused.json()["type"] == "urn:groundling:problem:no-such-source"


async def test_a_run_is_carried_out_after_the_request(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    source = await added(api, **SECRET)
    started = await api.post(f"/v1/sources/{source['id']}/runs", json={"force": True})

    assert (started.status_code, started.json()) == (202, {"run": "run-1"})
    await until(lambda: house.runs.carried_out == ["run-1"])
    ((wanted, force),) = house.runs.started
    assert force
    assert wanted.headers["X-Key"].get_secret_value() == "hush"


async def test_a_run_that_goes_on_is_named(api: httpx.AsyncClient, house: PaperHouse) -> None:
    house.runs.may_end.clear()
    source = await added(api)
    where = f"/v1/sources/{source['id']}/runs"
    first = (await api.post(where)).json()["run"]
    refused = await api.post(where)
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:groundling:problem:run-goes-on"
    assert refused.json()["run"] == first


async def test_removing_a_source_withdraws_its_pages(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    source = await added(api)
    where = f"/v1/sources/{source['id']}"
    removed = await api.delete(where)
    assert removed.status_code == 202
    withdrawing = house.runs.began[removed.json()["run"]]
    assert (withdrawing.kind, withdrawing.kb, withdrawing.source) == ("withdrawal", "m", "museum")
    await until(lambda: house.runs.carried_out)
    assert (await api.get(where)).status_code == 404


async def test_a_source_under_way_is_not_removed(api: httpx.AsyncClient, house: PaperHouse) -> None:
    house.runs.may_end.clear()
    source = await added(api)
    where = f"/v1/sources/{source['id']}"
    await api.post(f"{where}/runs")
    assert (await api.delete(where)).status_code == 409
    assert (await api.get(where)).status_code == 200
