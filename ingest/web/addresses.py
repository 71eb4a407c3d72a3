"""Which network addresses the fetcher may speak to, and connections that go to no other.

A name is resolved once, each of its addresses is judged, and the connection goes to a judged one:
neither an odd spelling (decimal, IPv6-mapped) nor a second answer of the name server gets past.
"""

import asyncio
import os
import socket
import ssl
from collections.abc import Iterable
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import httpcore
import httpx

from ingest.errors import PageUnavailable

# Cloud metadata services: they hand out credentials, so no setting opens them. Those of Azure
# (168.63.129.16) and Oracle (192.0.0.192) count as public addresses.
METADATA = frozenset(
    map(ip_address, ("169.254.169.254", "168.63.129.16", "192.0.0.192", "100.100.100.200"))
) | {ip_address("fd00:ec2::254")}

_CONNECTIONS = 100
_MOST_UNREAD = 8 << 20
_UNICAST_V6 = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")
_NOT_PUBLIC_V4 = ip_network("192.0.0.0/24")


def refusal(address: str, *, allow_private: bool) -> str:
    """Why nothing may be fetched from an address (as getaddrinfo spells it); "" if it may.

    An IPv4 address inside an IPv6 one (mapped, 6to4, Teredo, NAT64) is judged as itself.
    """
    outer = ip_address(address.partition("%")[0])
    inner = _embedded(outer)
    if METADATA & {outer, inner}:
        return "a cloud metadata service, which is never fetched from"
    if allow_private or _is_public(inner):
        return ""
    return "a private or reserved address; set GROUNDLING_FETCH__ALLOW_PRIVATE=true to allow these"


class Network(httpcore.AnyIOBackend):
    """The machine's own: its name servers and its sockets."""

    async def resolve(self, host: str, port: int) -> list[str]:
        """Every address of a name, or of an address in whatever spelling the system knows.

        Raises:
            OSError, UnicodeError: there is none.
        """
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(info[4][0]) for info in found))


class PinnedTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport, over connections that only go to checked addresses.

    The pool is httpcore's public one and still knows the host by name, so that TLS is verified, and
    a connection reused, for the name and not for the address; httpx just has no argument for it.
    """

    def __init__(self, network: Network, *, allow_private: bool) -> None:
        tls = _tls(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
        super().__init__(verify=tls, trust_env=False)
        self._unread: dict[bytes, int] = {}
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            http2=True,
            max_connections=_CONNECTIONS,
            keepalive_expiry=15.0,
            network_backend=_CheckedNetwork(network, allow_private=allow_private),
        )

    async def leave(self, response: httpx.Response, url: httpx.URL) -> None:
        """Close an answer that was not read to its end.

        httpcore does not tell an HTTP/2 server to stop sending, and what is never read uses up what
        its connection may have on its way, 16 MiB: then it would stand still. So after half of that
        the connection is given up; other answers on it break off, and are asked for again.
        """
        if response.http_version == "HTTP/2":
            site = url.netloc
            size = response.headers.get("Content-Length", "")
            left = int(size) if size.isdecimal() and len(size) < 10 else _MOST_UNREAD
            self._unread[site] = self._unread.get(site, 0) + left
            if self._unread[site] >= _MOST_UNREAD:
                await self.hang_up(url)
        await response.aclose()

    async def hang_up(self, url: httpx.URL) -> None:
        """End the HTTP/2 connections to a URL's host; httpcore ends those of HTTP/1.1 by itself."""
        self._unread.pop(url.netloc, None)
        scheme, port = url.raw_scheme, url.port or (443 if url.scheme == "https" else 80)
        origin = httpcore.Origin(scheme, url.raw_host, port)
        for connection in list(self._pool.connections):
            if connection.can_handle_request(origin) and "HTTP/2" in connection.info():
                await connection.aclose()


class _CheckedNetwork(httpcore.AsyncNetworkBackend):
    def __init__(self, network: Network, *, allow_private: bool) -> None:
        self._network = network
        self._allow_private = allow_private

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        failure: Exception | None = None
        addresses = await self._checked(host, port)
        # A share each, so that an address that does not answer leaves time for the next.
        share = timeout / len(addresses) if timeout and addresses else timeout
        for address in addresses:
            try:
                return await self._network.connect_tcp(
                    address, port, share, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or PageUnavailable(f"the name {host} has no address")

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)

    async def _checked(self, host: str, port: int) -> list[str]:
        """Every address of the name, none of them refused: one bad address damns the name."""
        try:
            addresses = await self._network.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise PageUnavailable(f"the name {host} is not known; check its spelling") from error
        for address in addresses:
            if reason := refusal(address, allow_private=self._allow_private):
                raise PageUnavailable(f"{host} is at {address}, {reason}")
        return addresses


@cache
def _tls(*_authorities: str | None) -> ssl.SSLContext:
    """One for all fetchers, since reading the authorities takes as long as several pages: 50 ms."""
    return httpx.create_ssl_context()


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    # is_global calls everything public that no registry line names, as fec0::/10 and ::/96.
    if isinstance(address, IPv6Address):
        return address in _UNICAST_V6
    return address not in _NOT_PUBLIC_V4


def _embedded(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else address)
