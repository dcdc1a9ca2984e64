"""Conditional requests (RFC 9110 section 13) over revisions: the ETag of revision 3 is "3"."""

import re

from quart import Response
from werkzeug.datastructures import ETags
from werkzeug.http import parse_etags

from ..errors import PreconditionFailed, StaleRevision, answer
from .connection import header_lines

_REVISION = re.compile(r"0|[1-9][0-9]{0,15}")


def entity_tag(revision: int) -> str:
    """The ETag of a list."""
    return f'"{revision}"'


def is_unmodified(etag: str) -> bool:
    """Whether the caller says in If-None-Match that it already has this."""
    tags = _tags(b"if-none-match")
    if tags is None:
        return False
    return tags.star_tag or tags.contains_weak(etag.strip('"'))


def _tags(name: bytes) -> ETags | None:
    lines = header_lines(name)
    return parse_etags(b",".join(lines).decode("latin-1")) if lines else None


def _required_revisions() -> frozenset[int] | None:
    """The revisions that If-Match names; None when every one will do."""
    tags = _tags(b"if-match")
    if tags is None or tags.star_tag:
        return None
    return frozenset(int(tag) for tag in tags.as_set() if _REVISION.fullmatch(tag))


def allowed_revisions(revision: int | None) -> frozenset[int] | None:
    """The revisions that both the body and If-Match allow; None when every one will do."""
    required = _required_revisions()
    if revision is None:
        return required
    return frozenset({revision}) if required is None else required & {revision}


async def answer_stale(stale: StaleRevision) -> Response:
    """409, or 412 when it was If-Match that did not hold (RFC 9110 section 13.1.1)."""
    required = _required_revisions()
    if required is None or stale.current in required:
        return answer(stale)
    return answer(PreconditionFailed(stale.detail, code=stale.code, **stale.members))
