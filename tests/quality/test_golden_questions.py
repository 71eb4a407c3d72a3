"""Floors on the sample pages: what is found, what is refused, and what is answered.

The figures beside the floors are what was measured when they were pinned.
"""

import asyncio
import json
from typing import Any

import httpx

from tools.places import ROOT

QUESTIONS = [
    json.loads(line) for line in (ROOT / "data" / "questions.jsonl").read_text().splitlines()
]
ANSWERABLE = [question for question in QUESTIONS if question["page"]]
OFF_TOPIC = [question for question in QUESTIONS if not question["page"]]
# One of each kind of fact, in each language: asking the model everything takes ten minutes.
ASKED = {
    *("en-close-saturday", "en-adult-price", "en-steps", "en-built", "en-boat-length", "en-soup"),
    *("fr-samedi", "de-samstag"),
}


async def test_the_right_page_is_among_the_first_three(api: httpx.AsyncClient) -> None:
    async def found(question: dict[str, Any]) -> bool:
        body = {"question": question["question"], "limit": 3}
        hits = (await api.post("/v1/search", json=body)).json()["hits"]
        return any(question["page"] in hit["url"] for hit in hits)

    results = await asyncio.gather(*(found(question) for question in ANSWERABLE))
    missed = [q["id"] for q, ok in zip(ANSWERABLE, results, strict=True) if not ok]
    assert len(missed) <= 1, missed


async def test_what_the_pages_are_not_about_is_refused(api: httpx.AsyncClient) -> None:
    answered = []
    for question in OFF_TOPIC:
        body = (await api.post("/v1/answers", json={"question": question["question"]})).json()
        if not body["abstained"]:
            answered.append((question["id"], body["sentences"]))
    assert len(answered) <= 1, answered


async def test_questions_are_answered_with_the_fact_and_its_page(api: httpx.AsyncClient) -> None:
    wrong = []
    for question in (q for q in ANSWERABLE if q["id"] in ASKED):
        body = (await api.post("/v1/answers", json={"question": question["question"]})).json()
        said = " ".join(sentence["text"] for sentence in body["sentences"])
        cited = {n for sentence in body["sentences"] for n in sentence["citations"]}
        pages = [hit["url"] for hit in body["hits"] if hit["n"] in cited]
        right = any(fact.lower() in said.lower() for fact in question["answer"])
        if not right or not any(question["page"] in page for page in pages):
            wrong.append((question["id"], said, pages))
    assert len(wrong) <= 1, wrong
