"""The routes that fill knowledge bases, together; they all need the key."""

from litestar import Router
from litestar.types import ControllerRouterHandler

from app.api import documents, imports, pages, runs, sources, unanswered
from app.settings import ApiSettings


def knowledge_routes(settings: ApiSettings) -> list[ControllerRouterHandler]:
    """Sources, runs, pages, refused questions, documents, imports; files have their own limits."""
    return [
        sources.list_sources,
        sources.add_source,
        sources.read_source,
        sources.change_source,
        sources.remove_source,
        sources.start_run,
        runs.list_runs,
        runs.read_run,
        runs.read_report,
        runs.read_diff,
        runs.cancel_run,
        runs.roll_back,
        pages.list_pages,
        unanswered.list_unanswered,
        documents.forget_document,
        Router(
            "/",
            route_handlers=[documents.put_document],
            request_max_body_size=settings.document_bytes,
        ),
        Router(
            "/", route_handlers=[imports.take_crawl], request_max_body_size=settings.import_bytes
        ),
    ]
