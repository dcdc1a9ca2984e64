"""The API's origin. It is fixed at the start: a request chooses a path and a query on it."""

import re
from urllib.parse import quote

from yarl import URL

from ..errors import BadRequest
from ..http.target import check_length, decode_path, split_absolute
from ..settings.hosts import parse_host

# What may stand in a path and a query (RFC 3986 section 3.3), and what is escaped already. Brackets
# and others that clients send there are escaped, which means the same.
UNESCAPED = "/?%!$&'()*+,;=:@-._~"
_SEPARATOR = re.compile(r"[/\\]")


class InvalidUpstream(ValueError):
    """Not the origin of an API."""


class Upstream:
    """The API at an origin, such as https://api.example.com. Raises InvalidUpstream."""

    def __init__(self, origin: str) -> None:
        scheme, _, authority = origin.rstrip("/").partition("://")
        host = parse_host(authority)
        if scheme.lower() not in ("http", "https") or host is None:
            raise InvalidUpstream(
                "must be an origin such as https://api.example.com, without a user or a path:"
                " a token goes into --header, a path into `servers` of the contract"
            )
        self.origin = URL(f"{scheme.lower()}://{host.name}").with_port(host.port)
        self._place = (self.origin.scheme, self.origin.host, self.origin.port)

    def url(self, raw_path: bytes, query: bytes) -> URL:
        """Where a request goes. Raises BadRequest for a target that some servers take for another
        than they were sent, and TargetTooLong.
        """
        # The authority of an absolute target is the caller's word: what counts is its path.
        _, raw_path = split_absolute(raw_path)
        check_length(raw_path, query)
        if raw_path.startswith(b"//") or b"\\" in raw_path or _has_dots(decode_path(raw_path)):
            raise BadRequest(
                "The path begins with two slashes, or has a backslash or a segment of dots: write"
                " the path that is meant.",
                code="invalid_path",
            )
        return URL.build(
            scheme=self.origin.scheme,
            authority=self.origin.raw_authority,
            path=quote(raw_path, safe=UNESCAPED.replace("?", "")),
            query_string=quote(query, safe=UNESCAPED),
            encoded=True,
        )

    def path_of(self, location: str, asked: URL) -> str | None:
        """Path, query and fragment of a Location that was answered to `asked`; None for one that
        leads to another origin, or nowhere.
        """
        try:
            target = asked.join(URL(location, encoded=True))
            if (target.scheme, target.host, target.port) != self._place:
                return None
        except ValueError:
            return None
        fragment = f"#{target.raw_fragment}" if target.raw_fragment else ""
        return f"{target.raw_path_qs}{fragment}"


def _has_dots(path: str) -> bool:
    """Whether a segment is `.` or `..` to a server that takes more for a separator than we do."""
    segments = (segment.partition(";")[0] for segment in _SEPARATOR.split(path))
    return any(segment in (".", "..") for segment in segments)
