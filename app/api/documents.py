"""`/v1/documents`: texts and files that are handed in, each under the URL that is to be cited."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, delete, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.exceptions import ValidationException
from litestar.params import FromQuery
from msgspec import Meta

from app.api.described import DocumentOperation
from app.api.ports import House
from app.api.runs import StartedRun
from app.api.wire import KbName, KbQuery, Name
from app.settings import GroundingSettings
from ingest.discovery.links import normalise
from ingest.documents import Page
from ingest.errors import NoArticle, NoSuchPage, SourceRefused
from ingest.extraction.files import page_of

SOURCE = "documents"
"""The source of what is handed in, unless it is given another name."""
Day = Annotated[date, Meta(description="When it was written or changed.")]
_TYPES = {"text": "text/plain", "markdown": "text/markdown", "html": "text/html"}


class About(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is said of a document: `url` is what answers cite.

    `title` and `date` are used over what the document says of itself. A document of the same URL is
    replaced. `source` keeps sets of documents apart.
    """

    url: Annotated[str, Meta(min_length=1, max_length=2_000)]
    kb: KbName | None = None
    source: Name = SOURCE
    title: Annotated[str, Meta(max_length=1_000)] = ""
    date: Day | None = None


class DocumentRequest(About, kw_only=True, forbid_unknown_fields=True):
    """A document in one of three forms."""

    text: str | None = None
    markdown: str | None = None
    html: str | None = None


@post("/documents", status_code=202, tags=["documents"], operation_class=DocumentOperation)
async def put_document(
    request: Request[Any, Any, Any],
    house: NamedDependency[House],
    defaults: NamedDependency[GroundingSettings],
) -> StartedRun:
    """Take a document in, in place of one of the same URL; the run that is given indexes it.

    JSON with `text`, `markdown` or `html`, or a form with a `file` (HTML, text, PDF, office).
    """
    if request.content_type[0] == RequestEncodingType.MULTI_PART:
        about, page = await _from_form(request)
    else:
        about, page = _from_json(await request.body())
    kb = about.kb or defaults.kb
    await refuse_crawled(house, about.source, kb)
    page = replace(page, title=about.title, page_date=about.date)
    return StartedRun(run=await house.intake.hand_in(about.source, kb, page))


@delete("/documents", tags=["documents"])
async def forget_document(
    house: NamedDependency[House],
    defaults: NamedDependency[GroundingSettings],
    url: FromQuery[str],
    kb: KbQuery = None,
) -> None:
    """Take a document, or any page, out of a knowledge base, at once.

    A page of a site comes back with the next run that meets it.
    """
    kb = kb or defaults.kb
    if not await house.runs.forget(kb, normalise(url) or url):
        raise NoSuchPage(f"The knowledge base {kb} knows no page {url}.")


async def refuse_crawled(house: House, name: str, kb: str) -> None:
    """See that what is handed in is not given to a source that is crawled, and so overwritten.

    Raises:
        SourceRefused: the knowledge base has a source of this name.
    """
    if any(known.name == name for known in await house.sources.all(kb)):
        raise SourceRefused(
            "source", f"{name} is a source whose pages are fetched: choose another name"
        )


def _from_json(body: bytes) -> tuple[About, Page]:
    try:
        data = msgspec.json.decode(body, type=DocumentRequest)
    except msgspec.DecodeError as error:
        raise ValidationException(str(error)) from error
    given = {form: said for form in _TYPES if (said := getattr(data, form)) is not None}
    if len(given) != 1:
        raise ValidationException("Give one of text, markdown and html.")
    ((form, said),) = given.items()
    url = address(data.url)
    page = Page(
        url=url,
        requested=url,
        content_type=_TYPES[form],
        charset="utf-8",
        body=said.encode(),
        fetched_at=datetime.now(UTC),
    )
    return data, page


async def _from_form(request: Request[Any, Any, Any]) -> tuple[About, Page]:
    form: Mapping[str, Any] = await request.form()
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise ValidationException("The form has no file named `file`.")
    try:
        about = msgspec.convert({k: v for k, v in form.items() if k != "file"}, About, strict=False)
    except msgspec.ValidationError as error:
        raise ValidationException(str(error)) from error
    url = address(about.url)
    try:
        body, now = await file.read(), datetime.now(UTC)
        return about, await asyncio.to_thread(page_of, file.filename, body, url, now)
    except NoArticle as error:
        raise NoArticle(f"{file.filename} {error}") from error


def address(url: str) -> str:
    """The URL in its one spelling.

    Raises:
        ValidationException: it is none that can be cited.
    """
    normal = normalise(url)
    if normal is None:
        raise ValidationException("url: it is no web address with http or https")
    return normal
