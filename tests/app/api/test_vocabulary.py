import httpx


async def test_the_names_of_a_knowledge_base(api: httpx.AsyncClient) -> None:
    answered = await api.get("/v1/vocabulary", params={"kb": "museum"})
    assert answered.status_code == 200
    assert answered.json() == {"names": [{"text": "Wilhelmine", "like": ["wilhelm"]}]}


async def test_one_without_names_has_none(api: httpx.AsyncClient) -> None:
    assert (await api.get("/v1/vocabulary")).json() == {"names": []}
