"""The web page of a visit and the page of the API's description, from the console's build.

Both are served from this machine alone; the policy that goes with them forbids any other.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from litestar import MediaType, Request, Response, Router, get
from litestar.datastructures import CacheControlHeader
from litestar.exceptions import NotFoundException
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.response import File
from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler

from app.settings import LiveKitSettings

DIST = Path(__file__).parents[1] / "console" / "dist"
A_YEAR_S = 31_536_000

_NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Groundling</title>
<h1>Groundling is running</h1>
<p>Its web page has not been built. Run <code>make setup</code>, then reload.</p>
<p>The API is described at <a href="/schema/openapi.json">/schema/openapi.json</a>.</p>
"""


def policy(livekit: LiveKitSettings) -> str:
    """The content security policy: this origin, and the LiveKit server that visitors dial."""
    where = urlsplit(livekit.public_url or livekit.url)
    encrypted = where.scheme in ("wss", "https")
    # livekit-client asks over HTTP why a WebSocket was refused.
    schemes = ("wss", "https") if encrypted else ("ws", "http")
    room = " ".join(f"{scheme}://{where.netloc}" for scheme in schemes)
    return "; ".join(
        (
            "default-src 'self'",
            f"connect-src 'self' {room}",
            "img-src 'self' data:",
            "media-src 'self' blob:",
            "worker-src 'self' blob:",
            "style-src 'self' 'unsafe-inline'",  # Swagger's page sets styles on its elements
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def security_headers(livekit: LiveKitSettings) -> dict[str, str]:
    """What every response carries."""
    return {
        "Content-Security-Policy": policy(livekit),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }


class DescriptionPage(OpenAPIRenderPlugin):
    """`/schema`: the API's description to read and to try, without any other host's scripts."""

    def __init__(self, dist: Path = DIST) -> None:
        super().__init__(path="/")
        self._page = dist / "docs.html"

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The page; it fetches the description itself."""
        return self._page.read_bytes() if self._page.is_file() else _NOT_BUILT.encode()


def console_routes(dist: Path = DIST) -> list[ControllerRouterHandler]:
    """`/`, the icon, and the scripts and styles of both pages."""

    @get("/", include_in_schema=False)
    async def console() -> Response[str] | File:
        return _page(dist / "index.html")

    @get("/favicon.svg", include_in_schema=False)
    async def icon() -> File:
        path = dist / "favicon.svg"
        if not path.is_file():
            raise NotFoundException("The console has not been built. Run `make setup`.")
        return File(path, media_type="image/svg+xml", content_disposition_type="inline")

    routes: list[ControllerRouterHandler] = [console, icon]
    if (dist / "assets").is_dir():
        routes.append(_assets(dist))
    return routes


def _page(path: Path) -> Response[str] | File:
    if not path.is_file():
        return Response(_NOT_BUILT, media_type=MediaType.HTML)
    return File(
        path,
        media_type=MediaType.HTML,
        content_disposition_type="inline",
        headers={"Cache-Control": "no-cache"},
    )


def _assets(dist: Path) -> Router:
    """Their names carry a hash of their content, so they may be kept for ever."""
    return create_static_files_router(
        path="/assets",
        directories=[dist / "assets"],
        cache_control=CacheControlHeader(max_age=A_YEAR_S, immutable=True),
        include_in_schema=False,
    )
