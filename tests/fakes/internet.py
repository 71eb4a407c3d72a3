"""A network with names and public addresses of its own, all of it served from loopback."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_address
from typing import Any

import httpcore

from ingest.web.addresses import Network

PUBLIC = "9.9.9.9"
ALSO_PUBLIC = "149.112.112.112"


class Internet(Network):
    """`names` answers each question with the next of its lists, `places` says where an address is.

    `dialled` is every address that a connection was made to.
    """

    def __init__(self, names: Mapping[str, Sequence[list[str]]], places: Mapping[str, int]) -> None:
        self._names = {name: list(answers) for name, answers in names.items()}
        self._places = dict(places)
        self.dialled: list[str] = []

    async def resolve(self, host: str, port: int) -> list[str]:
        with contextlib.suppress(ValueError):
            return [str(ip_address(host))]
        answers = self._names.get(host)
        if answers is None:
            raise OSError("no such name")
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.dialled.append(host)
        if host not in self._places:
            raise httpcore.ConnectError("nobody is there")
        return await super().connect_tcp("127.0.0.1", self._places[host], timeout)
