"""Conditional requests (RFC 9110 section 13).

If-Match may name the revision alone instead of the whole tag (see tags.py).
"""

from quart import Response
from werkzeug.datastructures import ETags
from werkzeug.http import parse_etags

from ..errors import PreconditionFailed, StaleRevision, answer
from ..tags import revision_of
from .paging import paged
from .request import header_lines


def is_unmodified(etag: str) -> bool:
    """Whether the caller says in If-None-Match that it already has this."""
    tags = _tags(b"if-none-match")
    if tags is None:
        return False
    return tags.star_tag or tags.contains_weak(etag.strip('"'))


def _tags(name: bytes) -> ETags | None:
    lines = header_lines(name)
    return parse_etags(b",".join(lines).decode("latin-1")) if lines else None


def _required_tags() -> frozenset[str] | None:
    """What If-Match names; None when every state will do."""
    tags = _tags(b"if-match")
    return None if tags is None or tags.star_tag else frozenset(tags.as_set())


def allowed_tags(revision: int | None) -> frozenset[str] | None:
    """The tags, and revisions alone, that both the body's revision and If-Match allow; None when
    every state will do.
    """
    required = _required_tags()
    if revision is None:
        return required
    if required is None:
        return frozenset({str(revision)})
    return frozenset(tag for tag in required if revision_of(tag) == str(revision))


async def answer_stale(stale: StaleRevision) -> Response:
    """409, or 412 when it was If-Match that did not hold (RFC 9110 section 13.1.1)."""
    stale.members = paged(stale.members)
    required = _required_tags()
    if required is None or not required.isdisjoint({stale.tag, revision_of(stale.tag)}):
        return answer(stale)
    return answer(PreconditionFailed(stale.detail, code=stale.code, **stale.members))
