"""Where the plugin is served, as OpenAI's hosts would call it."""

from ipaddress import ip_address

from ..domains import host_of, is_local
from ..origins import origin_of

# Names that no public resolver knows (RFC 6762, RFC 8375, and ICANN's name for private use).
PRIVATE = (".local", ".internal", ".home.arpa")


def public_origin(url: str) -> str:
    """The origin in lower case, without a slash at its end.

    Raises ValueError for what OpenAI cannot call: the message continues the URL's name.
    """
    origin = url.lower().rstrip("/")
    host = host_of(origin)
    if host is None or origin != origin_of(origin):
        raise ValueError(
            "must be an origin such as https://todo.example.org, without a path:"
            " hosts look for the manifest at its root"
        )
    if not origin.startswith("https://"):
        raise ValueError("must begin with https://, because OpenAI calls nothing else")
    if not _is_public(host):
        raise ValueError("must have a public host, because OpenAI calls it from outside")
    return origin


def _is_public(host: str) -> bool:
    if is_local(host):
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(PRIVATE)
