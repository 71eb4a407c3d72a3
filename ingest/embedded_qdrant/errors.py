"""What the embedded server answers when it cannot do as asked, in Qdrant's own words and format."""

from collections.abc import Iterator
from contextlib import contextmanager

# How the engine begins what is its own failure; anything else it says is about the request.
_OWN_FAILURES = ("Service runtime error", "Service internal error", "IO error", "Out of memory")


class ApiError(Exception):
    """A refusal with its HTTP status; the message is what Qdrant's clients show."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def wrong_input(message: str) -> ApiError:
    """The request is understood and cannot be done."""
    return ApiError(400, f"Wrong input: {message}")


def malformed(message: str) -> ApiError:
    """The body is not the JSON that this call takes; unknown fields are told here as well."""
    return ApiError(400, f"Format error in JSON body: {message}")


def not_found(message: str) -> ApiError:
    """No such collection, or no such route."""
    return ApiError(404, f"Not found: {message}")


@contextmanager
def engine_errors() -> Iterator[None]:
    """Turn what the engine raises into an `ApiError`.

    The engine knows one type of exception, the plainest; only its message says whose fault it is.
    """
    try:
        yield
    except ApiError:
        raise
    except Exception as error:
        message = str(error)
        if message.startswith(_OWN_FAILURES):
            raise ApiError(500, message) from error
        raise wrong_input(message) from error
