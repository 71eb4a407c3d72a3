"""What went wrong behind the OpenAI-compatible door, in the form that OpenAI's clients read."""

from typing import Any

from litestar import Request, Response
from litestar.exceptions import ValidationException

from app.api.openai_wire import Fault, FaultBody, Refused
from app.api.problems import headers_of, note, problem_of


def respond(request: Request[Any, Any, Any], error: Exception) -> Response[FaultBody]:
    """The answer to a request that failed, in OpenAI's form."""
    status, fault = fault_of(error)
    if isinstance(error, Refused):
        return Response(FaultBody(error=fault), status_code=status)
    problem = problem_of(error)
    note(request, error, problem)
    headers = headers_of(error, problem)
    return Response(FaultBody(error=fault), status_code=status, headers=headers)


def fault_of(error: Exception) -> tuple[int, Fault]:
    """The status and the words of an error; what we did not foresee is told to the log only."""
    if isinstance(error, Refused):
        fault = Fault(
            message=str(error), type="invalid_request_error", param=error.param, code=error.code
        )
        return error.status, fault
    problem = problem_of(error)
    param = None
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        faults: Any = error.extra
        param = faults[0].get("key")
    kind = "server_error" if problem.status >= 500 else "invalid_request_error"
    name = "invalid_api_key" if problem.status == 401 else problem.type.rsplit(":", 1)[-1]
    return problem.status, Fault(
        message=problem.detail, type=kind, param=param, code=name.replace("-", "_")
    )
