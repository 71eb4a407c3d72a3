import httpx

from tests.fakes.house import PaperHouse


async def test_refused_questions_are_listed_with_how_often(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    await house.unanswered.note("museum", "Is there parking?", "en", "nothing_found")
    await house.unanswered.note("museum", "Who paints?", "en", "not_in_pages")
    await house.unanswered.note("museum", "Who paints?", "en", "not_in_pages")
    await house.unanswered.note("harbour", "Wo?", "de", "nothing_found")
    found = (await api.get("/v1/unanswered", params={"kb": "museum"})).json()["questions"]
    assert [(each["question"], each["times"]) for each in found] == [
        ("Who paints?", 2),
        ("Is there parking?", 1),
    ]
    assert found[0]["reason"] == "not_in_pages"
    since = {"since": "2100-01-01T00:00:00Z"}
    assert (await api.get("/v1/unanswered", params=since)).json()["questions"] == []
