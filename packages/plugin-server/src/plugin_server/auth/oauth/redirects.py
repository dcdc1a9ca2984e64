"""Where a browser may be sent back to (RFC 6749 section 3.1.2, RFC 9700 section 4.1)."""

import re
from urllib.parse import urlsplit

from ...settings.hosts import parse_host

URL_CHARACTERS = 2_048

# ChatGPT's addresses for the plugins of 2023 and for GPTs, each with an id of its own.
CHATGPT = re.compile(
    r"https://(?:chat\.openai\.com|chatgpt\.com)/aip/[A-Za-z0-9-]{1,100}/oauth/callback"
)
_VISIBLE = re.compile(r"[!-~]+")
# Everything is in the expression, because parsers differ in what they take for the host.
_LOOPBACK = re.compile(
    r"http://(?P<host>127\.0\.0\.1|\[::1\]|localhost)(?::[0-9]{1,5})?(?P<rest>[/?][!-~]*)?"
)


def is_redirect(uri: str) -> bool:
    """Whether a client may name this address: https, or http to the person's own machine, and
    without a fragment (RFC 6749 section 3.1.2).
    """
    if len(uri) > URL_CHARACTERS or not _VISIBLE.fullmatch(uri) or "#" in uri or "\\" in uri:
        return False
    if _LOOPBACK.fullmatch(uri):
        return True
    try:
        url = urlsplit(uri)
    except ValueError:
        return False
    return url.scheme == "https" and parse_host(url.netloc) is not None


def is_same(registered: str, asked: str, *, any_port: bool) -> bool:
    """Whether the address that is asked for is the registered one, character by character.

    With `any_port`, an address on the person's own machine may have another port: that of a program
    is not known beforehand (RFC 8252 section 7.3).
    """
    if registered == asked:
        return True
    if not any_port:
        return False
    ours, theirs = _LOOPBACK.fullmatch(registered), _LOOPBACK.fullmatch(asked)
    return (
        ours is not None
        and theirs is not None
        and (ours["host"], ours["rest"]) == (theirs["host"], theirs["rest"])
        and "#" not in asked
    )
