"""How the text of a variable becomes a value; ValueError says what it must be."""

import json
import re
from ipaddress import ip_network
from typing import NamedTuple

from pydantic import SecretStr

from .hosts import parse_host

SECRET_LENGTH = 16
WORD_LENGTH = 1_024
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_BROWSER_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[a-z0-9._:\[\]-]+")
# No segment is a dot or two, which clients take for another path.
_PATH = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")
PLACEHOLDERS = ("replace", "change", "example", "placeholder", "your", "xxxx")


_RATE = re.compile(r"[1-9][0-9]{0,8}/(second|minute|hour|day)")


class Hops(NamedTuple):
    """How many proxies in front append to X-Forwarded-For, -Proto and -Host; 0: not believed."""

    for_: int
    proto: int
    host: int

    def __str__(self) -> str:
        return f"for={self.for_},proto={self.proto},host={self.host}"


def split(value: object) -> object:
    """A comma-separated list as a tuple."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def from_json(value: object) -> object:
    """A JSON text as what it holds."""
    if isinstance(value, str):
        try:
            return json.loads(value or "{}")
        except ValueError:
            raise ValueError('must be a JSON object such as {"openai": "TOKEN"}') from None
    return value


def hops(value: object) -> object:
    """A count for all headers, or counts by header."""
    if not isinstance(value, str | int):
        return value
    text = str(value).strip()
    if text.isdecimal():
        return Hops(int(text), int(text), int(text))
    counts = {"for": 0, "proto": 0, "host": 0}
    for part in text.split(","):
        name, equals, count = part.strip().partition("=")
        if name not in counts or not equals or not count.isdecimal():
            raise ValueError("must be a number of proxies, or such as for=1,proto=1,host=0")
        counts[name] = int(count)
    return Hops(*counts.values())


def bind_address(value: str) -> str:
    """HOST:PORT."""
    host, colon, port = value.rpartition(":")
    named = parse_host(host)
    is_host = named is not None and named.port is None
    if not colon or not is_host or not port.isdecimal() or int(port) > 65535:
        raise ValueError("must be HOST:PORT, such as 127.0.0.1:5002 or [::1]:5002")
    return value


def bind_addresses(value: str) -> str:
    """HOST:PORT, and more of them after commas."""
    for address in value.split(","):
        bind_address(address.strip())
    return value


def optional_bind_address(value: str | None) -> str | None:
    """HOST:PORT, or nothing."""
    return bind_address(value) if value else None


def rate(value: str) -> str:
    """A number of requests in a unit of time, or off."""
    value = value.strip().lower()
    if value != "off" and not _RATE.fullmatch(value):
        raise ValueError("must be such as 120/minute (second, minute, hour, day), or off")
    return value


def networks(values: tuple[str, ...]) -> tuple[str, ...]:
    """Networks in CIDR notation, and @FILE; the files are read by those who use them."""
    for value in values:
        if value.startswith("@") and len(value) > 1:
            continue
        try:
            ip_network(value)
        except ValueError:
            raise ValueError(
                "must be networks such as 192.0.2.0/24 or 2001:db8::/32, with no bit set after"
                " the prefix, or @FILE"
            ) from None
    return values


def redis_address(value: SecretStr | None) -> SecretStr | None:
    """The URL of a Redis or Valkey server."""
    scheme, separator, rest = (value.get_secret_value() if value else "").partition("://")
    if value and (not separator or scheme not in ("redis", "rediss") or not rest):
        raise ValueError("must be such as redis://HOST:6379/0, or rediss:// for TLS")
    return value


def public_address(value: str | None) -> str | None:
    """Scheme, host and perhaps a path, with no slash at the end; the first two in lower case."""
    if not value:
        return None
    scheme, separator, rest = value.rstrip("/").partition("://")
    host, slash, path = rest.partition("/")
    is_origin = separator and scheme.lower() in ("http", "https") and parse_host(host) is not None
    if not is_origin or not _PATH.fullmatch(slash + path):
        raise ValueError(
            "must be such as https://todo.example.org, or with a path,"
            " https://example.org/plugin, and no query"
        )
    return f"{scheme}://{host}".lower() + slash + path


def one_word(value: str | None) -> str | None:
    """A token that anybody may read; what begins like JSON or markup was copied with too much."""
    if value and (
        len(value) > WORD_LENGTH
        or not all("!" <= character <= "~" for character in value)
        or value[0] in "<{[\"'"
    ):
        raise ValueError(
            f"must be the token alone: one word of at most {WORD_LENGTH:,} visible ASCII"
            " characters, without quotation marks"
        )
    return value


def browser_origins(values: tuple[str, ...]) -> tuple[str, ...]:
    """Origins as browsers send them; every page at once is not to be had."""
    for value in values:
        if not _BROWSER_ORIGIN.fullmatch(value):
            raise ValueError("must be origins such as https://chat.example.org, without a path")
    return values


def strong_secrets(values: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    """Tokens that are long enough, can travel in a header and are nobody's sample."""
    for secret in values:
        text = secret.get_secret_value()
        if len(text) < SECRET_LENGTH:
            raise ValueError(f"has a token shorter than {SECRET_LENGTH} characters")
        if not (text.isascii() and text.isprintable()) or " " in text:
            raise ValueError("has a token with characters other than visible ASCII")
        if len(set(text)) < 6 or any(word in text.lower() for word in PLACEHOLDERS):
            raise ValueError("has a placeholder for a token: make one with `openssl rand -hex 24`")
    return values


def database_address(value: SecretStr | None) -> SecretStr | None:
    """The URL of a file or of a PostgreSQL server, if one is given."""
    if value is None:
        return None
    scheme, separator, rest = value.get_secret_value().partition("://")
    if not separator or scheme not in ("sqlite", "postgresql", "postgres"):
        raise ValueError("must begin with sqlite:/// or postgresql://")
    if scheme == "sqlite":
        if not rest.startswith("/") or rest in ("/", "/:memory:"):
            raise ValueError("must name a file: sqlite:///FILE.db or sqlite:////data/FILE.db")
    # The driver's own complaints about these show a part of the password.
    elif rest.partition("?")[0].count("@") > 1 or _BAD_ESCAPE.search(rest):
        raise ValueError("must have @ and % percent-encoded in the password: %40 and %25")
    return value
