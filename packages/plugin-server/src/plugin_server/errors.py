"""Every failure of the server, and the one shape in which a caller sees it.

Problem                      what a caller is told: application/problem+json (RFC 9457)
├── BadRequest           400 the request cannot be understood
│   └── UnreadableRequest    not HTTP, or more than the parser takes: 431, 501 and 505 too
├── Unauthorized         401 who is calling is not known
├── Forbidden            403 who is calling may not do this
├── NotFound             404 there is nothing here
├── RequestTimeout       408 the body did not come
├── Conflict             409 the state forbids it
│   └── StaleRevision    409 the state has moved on
├── PreconditionFailed   412 If-Match does not hold
├── TooLarge             413, 414, 431 more than the server takes
├── UnsupportedMediaType 415 not JSON
├── Unprocessable        422 JSON that breaks the contract's schema
├── TooManyRequests      429 slow down
├── NotWritten           501 the operation's code is still to be written
├── Unavailable          503 try again later
└── InsufficientStorage  507 nothing more can be kept (RFC 4918 section 11.5)
"""

import json
import logging
from collections.abc import Mapping
from typing import Any

from quart import Quart, Response
from werkzeug.exceptions import HTTPException

log = logging.getLogger(__name__)

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
CONTENT_TYPE = "application/problem+json"


def json_bytes(members: object) -> bytes:
    """Compact JSON in UTF-8: hosts count the characters."""
    return _COMPACT.encode(members).encode()


class Problem(Exception):
    """A failure to tell the caller. `detail` is a sentence that a person or a model can act on.

    `code` is stable and snake_case. `members` become extension members of the answer (RFC 9457
    section 3.2). Nothing of the caller's input belongs in any of them.
    """

    status = 500
    title = "Internal Server Error"
    code = "internal_error"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
        **members: object,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.headers = dict(headers or {})
        self.members: dict[str, Any] = members

    def body(self) -> bytes:
        """The answer's JSON."""
        return json_bytes(
            {
                "type": "about:blank",
                "title": self.title,
                "status": self.status,
                "detail": self.detail,
                "code": self.code,
                **self.members,
            }
        )


class BadRequest(Problem):
    status = 400
    title = "Bad Request"
    code = "bad_request"


class UnreadableRequest(BadRequest):
    code = "unreadable_request"


class Unauthorized(Problem):
    status = 401
    title = "Unauthorized"
    code = "unauthorized"


class Forbidden(Problem):
    status = 403
    title = "Forbidden"
    code = "forbidden"


class NotFound(Problem):
    status = 404
    title = "Not Found"
    code = "not_found"


class RequestTimeout(Problem):
    status = 408
    title = "Request Timeout"
    code = "request_timeout"


class Conflict(Problem):
    status = 409
    title = "Conflict"
    code = "conflict"


class StaleRevision(Conflict):
    """What the caller wants to change has changed since it looked.

    `tag` is what the thing is called now; `members` show it as it is, so that a model can go on.
    Answered with 412 when it was If-Match that did not hold: see http/conditions.py.
    """

    code = "stale_revision"

    def __init__(self, detail: str, tag: str, **members: Any) -> None:
        super().__init__(detail, **members)
        self.tag = tag


class PreconditionFailed(Problem):
    status = 412
    title = "Precondition Failed"
    code = "precondition_failed"


class TooLarge(Problem):
    status = 413
    title = "Content Too Large"
    code = "body_too_large"


class TargetTooLong(TooLarge):
    status = 414
    title = "URI Too Long"
    code = "target_too_long"


class HeadersTooLarge(TooLarge):
    status = 431
    title = "Request Header Fields Too Large"
    code = "headers_too_large"


class UnsupportedMediaType(Problem):
    status = 415
    title = "Unsupported Media Type"
    code = "unsupported_media_type"


class Unprocessable(Problem):
    status = 422
    title = "Unprocessable Content"
    code = "invalid_request"


class TooManyRequests(Problem):
    """`retry_after` is in seconds (RFC 6585 section 4)."""

    status = 429
    title = "Too Many Requests"
    code = "too_many_requests"

    def __init__(
        self,
        detail: str,
        *,
        retry_after: int,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        waiting = {**(headers or {}), "Retry-After": str(retry_after)}
        super().__init__(detail, code=code, headers=waiting)


class NotWritten(Problem):
    status = 501
    title = "Not Implemented"
    code = "not_written"


class Unavailable(Problem):
    """`retry_after` is in seconds (RFC 9110 section 10.2.3)."""

    status = 503
    title = "Service Unavailable"
    code = "unavailable"

    def __init__(self, detail: str, *, code: str | None = None, retry_after: int = 1) -> None:
        super().__init__(detail, code=code, headers={"Retry-After": str(retry_after)})


class InsufficientStorage(Problem):
    status = 507
    title = "Insufficient Storage"
    code = "insufficient_storage"


def answer(problem: Problem) -> Response:
    """The problem as a response."""
    # A cache may keep a 404, and others, unless it is told not to (RFC 9110 section 15.1).
    headers = {"Cache-Control": "no-store", **problem.headers}
    return Response(problem.body(), problem.status, headers=headers, content_type=CONTENT_TYPE)


def register(app: Quart) -> None:
    """Give every failure of every route the one shape, by coroutines: others run in threads."""

    async def answer_problem(problem: Problem) -> Response:
        return answer(problem)

    app.register_error_handler(Problem, answer_problem)
    app.register_error_handler(HTTPException, _answer_http_exception)
    app.register_error_handler(Exception, _answer_unexpected)


NO_METHOD = "This path does not take this method. The Allow header lists those that it takes."


async def _answer_http_exception(error: HTTPException) -> Response:
    problem = Problem(
        NO_METHOD if error.code == 405 else "The request was refused.",
        # Allow, Retry-After and WWW-Authenticate live here; the content type would be HTML's.
        headers={
            name: value for name, value in error.get_headers() if name.lower() != "content-type"
        },
    )
    problem.status = error.code or 500
    problem.title = error.name
    problem.code = error.name.lower().replace(" ", "_")
    return answer(problem)


async def _answer_unexpected(error: Exception) -> Response:
    log.error("unexpected error", exc_info=error)
    return answer(Problem("The server made a mistake. The request may be tried again later."))
