"""What the description of the API says of bodies that are not one JSON object of one type."""

from dataclasses import dataclass

from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, RequestBody, Schema
from litestar.openapi.spec.operation import Operation

_STRING = Schema(type=OpenAPIType.STRING)
_FILE = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)


def _object(required: list[str], **properties: Schema) -> OpenAPIMediaType:
    schema = Schema(type=OpenAPIType.OBJECT, required=required, properties=dict(properties))
    return OpenAPIMediaType(schema=schema)


_ABOUT = {
    "url": Schema(type=OpenAPIType.STRING, description="What answers cite."),
    "kb": _STRING,
    "source": Schema(type=OpenAPIType.STRING, description="The set of documents it belongs to."),
    "title": _STRING,
    "date": Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.DATE),
}


@dataclass
class DocumentOperation(Operation):
    """A document as JSON, or a form with a file."""

    def __post_init__(self) -> None:
        """Says both forms of the body."""
        self.request_body = RequestBody(
            required=True,
            description="In JSON, one of `text`, `markdown` and `html`.",
            content={
                "application/json": _object(
                    ["url"], **_ABOUT, text=_STRING, markdown=_STRING, html=_STRING
                ),
                "multipart/form-data": _object(["url", "file"], **_ABOUT, file=_FILE),
            },
        )


@dataclass
class ImportOperation(Operation):
    """A crawl as it lies in its file."""

    def __post_init__(self) -> None:
        """Says that the body is the file."""
        self.request_body = RequestBody(
            required=True,
            description="The file itself: WARC or JSON lines, as it is or compressed with gzip.",
            content={"application/octet-stream": OpenAPIMediaType(schema=_FILE)},
        )
