import httpx
import pytest

from ingest.errors import IndexUnavailable
from tests.fakes.house import PaperHouse


async def test_hits_are_numbered_and_carry_their_scores(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    answered = await api.post("/v1/search", json={"question": "When do you open?", "lang": "en"})

    assert answered.status_code == 200
    assert answered.json()["hits"] == [
        {
            "n": 1,
            "url": "https://museum.example/visit",
            "anchor": "hours",
            "link": "https://museum.example/visit#hours",
            "title": "Visit",
            "headings": ["Opening hours"],
            "text": "The museum opens at ten.",
            "lang": "en",
            "score": 0.95,
            "cosine": 0.9,
            "bm25": 0.5,
            "fetched_at": "2026-01-02T00:00:00Z",
            "page_date": None,
        }
    ]
    assert house.grounder.asked == [("When do you open?", "default", 5, "en")]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({}, "question"),
        ({"question": "?", "limit": 0}, "limit"),
        ({"question": "?", "lang": "english"}, "lang"),
        ({"question": "?", "colour": "red"}, "colour"),
        ({"question": "x" * 100_001}, "question"),
    ],
)
async def test_what_is_wrong_with_a_request_is_named(
    api: httpx.AsyncClient, body: dict[str, object], fault: str
) -> None:
    answered = await api.post("/v1/search", json=body)

    problem = answered.json()
    assert answered.status_code == 400
    assert answered.headers["content-type"] == "application/problem+json"
    assert problem["type"] == "urn:groundling:problem:invalid-request"
    assert fault in problem["detail"]


async def test_a_question_of_a_hundred_thousand_characters_is_taken(
    api: httpx.AsyncClient,
) -> None:
    answered = await api.post("/v1/search", json={"question": "x" * 100_000})
    assert answered.status_code == 200


async def test_a_body_that_is_far_too_large_is_refused(api: httpx.AsyncClient) -> None:
    answered = await api.post("/v1/search", json={"question": "x" * 3_000_000})
    assert answered.status_code == 413
    assert answered.json()["type"].startswith("urn:groundling:problem:")


async def test_an_index_that_is_gone_is_a_503_with_the_remedy(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    house.grounder.fails = IndexUnavailable("Qdrant does not answer. Start it.")
    answered = await api.post("/v1/search", json={"question": "When?"})

    assert answered.status_code == 503
    assert answered.json() == {
        "type": "urn:groundling:problem:knowledge-unavailable",
        "title": "The knowledge base does not answer",
        "status": 503,
        "detail": "Qdrant does not answer. Start it.",
    }


async def test_what_nobody_foresaw_is_told_to_the_log_only(
    api: httpx.AsyncClient, house: PaperHouse, caplog: pytest.LogCaptureFixture
) -> None:
    house.grounder.fails = RuntimeError("a secret of the house")
    answered = await api.post("/v1/search", json={"question": "When?"})

    assert answered.status_code == 500
    assert "secret" not in answered.text
    assert "a secret of the house" in caplog.text
