"""Groundling's search as a LlamaIndex retriever; needs llama-index-core and httpx, nothing else.

retriever = GroundlingRetriever("http://127.0.0.1:8080", key="…", kb="museum", limit=5)
nodes = await retriever.aretrieve("When does the museum close?")
"""

from typing import Any

import httpx
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

# What of a hit goes along with its text; the first two are for people, and for prompts.
_TOLD = ("title", "url", "link", "anchor", "headings", "lang", "page_date", "fetched_at")


class SearchFailed(RuntimeError):
    """Groundling did not search; the message says why, and what to do."""


class GroundlingRetriever(BaseRetriever):
    """Finds the passages of a knowledge base that are nearest to a question, by meaning and words.

    Nodes carry the passage's text, its score, and in their metadata where it stands: `url`,
    `anchor`, `link` (both together), `title`, `headings`, `lang`, `page_date`, `fetched_at`.
    With `lang` (ISO 639-1) the question is read in that language only. `timeout_s` is for a call.
    """

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        kb: str | None = None,
        limit: int = 5,
        lang: str | None = None,
        timeout_s: float = 30.0,
        **more: Any,
    ) -> None:
        self._url = url.rstrip("/") + "/v1/search"
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        asked = {"kb": kb, "limit": limit, "lang": lang}
        self._asked = {name: value for name, value in asked.items() if value is not None}
        self._timeout_s = timeout_s
        super().__init__(**more)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """LlamaIndex asks this. Raises SearchFailed."""
        with httpx.Client(headers=self._headers, timeout=self._timeout_s) as client:
            try:
                response = client.post(self._url, json=self._body(query_bundle))
            except httpx.HTTPError as error:
                raise self._no_answer(error) from error
        return _nodes(response)

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """LlamaIndex asks this. Raises SearchFailed."""
        async with httpx.AsyncClient(headers=self._headers, timeout=self._timeout_s) as client:
            try:
                response = await client.post(self._url, json=self._body(query_bundle))
            except httpx.HTTPError as error:
                raise self._no_answer(error) from error
        return _nodes(response)

    def _body(self, query: QueryBundle) -> dict[str, Any]:
        return {"question": query.query_str, **self._asked}

    def _no_answer(self, error: httpx.HTTPError) -> SearchFailed:
        return SearchFailed(f"No answer from {self._url} ({error}). Is `groundling api` running?")


def _nodes(response: httpx.Response) -> list[NodeWithScore]:
    if response.status_code != httpx.codes.OK:
        raise SearchFailed(
            f"{response.request.url} answered {response.status_code}: {_reason(response)}"
        )
    return [_node(hit) for hit in response.json()["hits"]]


def _reason(response: httpx.Response) -> str:
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError):
        return response.text[:200]


def _node(hit: dict[str, Any]) -> NodeWithScore:
    metadata = {name: hit[name] for name in _TOLD}
    # A model that is given the passage needs to know what it is of, and not how it was found.
    unread = [name for name in _TOLD if name not in ("title", "url")]
    node = TextNode(
        text=hit["text"],
        metadata=metadata,
        excluded_llm_metadata_keys=unread,
        excluded_embed_metadata_keys=list(_TOLD),
    )
    return NodeWithScore(node=node, score=hit["score"])
