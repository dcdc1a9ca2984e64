"""Where the plugin is served, as OpenAI's hosts would call it."""

from ipaddress import ip_address

from app.settings.hosts import is_loopback, parse_host
from app.settings.values import public_origin

from .refusal import Refusal

VARIABLE, OPTION = "PLUGIN_PUBLIC_URL", "--url"

# Names that no public resolver knows (RFC 6762, RFC 8375, and ICANN's name for private use).
PRIVATE = (".local", ".internal", ".home.arpa")


def package_origin(setting: str | None, given: str | None) -> str:
    """The origin that the option gives, else the setting. Raises Refusal for one without use."""
    name = VARIABLE if given is None else OPTION
    try:
        origin = public_origin(setting if given is None else given)
    except ValueError as error:
        raise Refusal(f"{name}: {error}") from None
    if origin is None:
        raise Refusal(f"set {VARIABLE}, or give {OPTION}: a package names the public address")
    if not origin.startswith("https://"):
        raise Refusal(f"{name}: must begin with https://, because OpenAI calls nothing else")
    if not _is_public(origin):
        raise Refusal(f"{name}: must have a public host, because OpenAI calls it from outside")
    return origin


def _is_public(origin: str) -> bool:
    host = parse_host(origin.partition("://")[2])
    if host is None or is_loopback(host.name):
        return False
    try:
        return ip_address(host.name.strip("[]")).is_global
    except ValueError:
        return "." in host.name and not host.name.endswith(PRIVATE)
