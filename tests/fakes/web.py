"""A small web server on loopback that can be as awkward as the real web."""

import gzip
import ssl
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a path answers, after `wait_s`; with `drip_s` byte by byte, so long before each."""

    body: bytes | str = b""
    status: int = 200
    content_type: str | None = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_s: float = 0.0
    drip_s: float = 0.0

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else self.body.encode()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request the server was sent."""

    path: str
    headers: Mapping[str, str]
    at: float


Route = Reply | list[Reply]
"""A list answers one after the other; the last one stays."""


def page(text: str, **headers: str) -> Reply:
    """An HTML page."""
    return Reply(
        body=text, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )


def redirect(to: str, status: int = 302) -> Reply:
    """A redirect, with no body."""
    return Reply(status=status, headers={"Location": to})


def robots(text: str) -> Reply:
    """A robots.txt."""
    return Reply(body=text, content_type="text/plain")


def packed(body: bytes, packing: str, **headers: str) -> Reply:
    """A body that is packed as gzip, br or zstd."""
    packers = {
        "gzip": gzip.compress,
        "br": lambda it: brotli.compress(it, quality=5),
        "zstd": zstd.compress,
    }
    return Reply(body=packers[packing](body), headers={"Content-Encoding": packing, **headers})


class Web:
    """The server: `routes` (by path with query) may change while it runs; `asked` is what came."""

    def __init__(self, routes: Mapping[str, Route], tls: ssl.SSLContext | None = None) -> None:
        self.routes: dict[str, Route] = dict(routes)
        self.asked: list[Asked] = []
        self.connections = 0
        self.stopping = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.web = self
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = int(self._server.server_address[1])
        self.scheme = "https" if tls else "http"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def serve(routes: Mapping[str, Route], tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    """A running server on a free port; paths it does not know answer 404."""
    web = Web(routes, tls)
    web.start()
    try:
        yield web
    finally:
        web.stop()


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"
    protocol_version = "HTTP/1.1"
    timeout = 0.5

    def setup(self) -> None:
        super().setup()
        self.server.web.connections += 1

    def do_GET(self) -> None:
        asked = Asked(path=self.path, headers=dict(self.headers), at=time.monotonic())
        self.server.web.asked.append(asked)
        reply = self._next_reply()
        etag = reply.headers.get("ETag")
        modified = reply.headers.get("Last-Modified")
        if (etag and etag == self.headers.get("If-None-Match")) or (
            modified and modified == self.headers.get("If-Modified-Since")
        ):
            reply = Reply(status=304, content_type=None)
        self._send(reply)

    def _next_reply(self) -> Reply:
        route = self.server.web.routes.get(self.path, Reply(status=404, body="<p>not here"))
        if isinstance(route, Reply):
            return route
        return route.pop(0) if len(route) > 1 else route[0]

    def _send(self, reply: Reply) -> None:
        self.server.web.stopping.wait(reply.wait_s)
        try:
            self.send_response(reply.status)
            if reply.content_type:
                self.send_header("Content-Type", reply.content_type)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.content)))
            self.end_headers()
            step = 1 if reply.drip_s else len(reply.content) or 1
            for start in range(0, len(reply.content), step):
                if reply.drip_s and self.server.web.stopping.wait(reply.drip_s):
                    self.close_connection = True
                    return
                self.wfile.write(reply.content[start : start + step])
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Tests read `asked` instead."""


class _Server(ThreadingHTTPServer):
    web: Web

    def handle_error(self, *_: object) -> None:
        """A client that hangs up, or is killed, is part of many a test."""
