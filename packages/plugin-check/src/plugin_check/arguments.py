"""What the words of a check mean. Each function is the callback of the option of its name."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

if TYPE_CHECKING:
    from .report import Host

# Far more than any credential has; a file without an end must not be read to it.
TOKEN_CHARACTERS = 8192


class PresenceFlag(click.types.BoolParamType):
    """A flag whose variable counts by being there, whatever it says (https://no-color.org)."""

    def convert(
        self, value: Any, _param: click.Parameter | None, _context: click.Context | None
    ) -> bool:
        return value if isinstance(value, bool) else bool(value)


def hosts(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> "tuple[Host, ...]":
    from .report import HOSTS

    named = [name.strip() for value in values for name in value.split(",")]
    if not set(named) <= set(HOSTS):
        raise click.BadParameter(f"the hosts are {', '.join(HOSTS)}.")
    return tuple(host for host in HOSTS if host in named) or HOSTS


def parameters(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    given: dict[str, str] = {}
    for each in values:
        name, equals, value = each.partition("=")
        if not name or not equals:
            raise click.BadParameter("write it as NAME=VALUE.")
        if name in given:
            raise click.BadParameter("each name may have one value.")
        given[name] = value
    return given


def token(_: click.Context, __: click.Parameter, name: str | None) -> str | None:
    if name is None:
        return None
    try:
        with click.open_file(name, encoding="utf-8") as file:
            credential: str = file.read(TOKEN_CHARACTERS).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise click.BadParameter("the file cannot be read as text.") from error
    # It goes into a header; and what it is must not show in a message.
    if not credential or not credential.isascii() or not credential.isprintable():
        raise click.BadParameter("the file must hold the credential, one line of ASCII.")
    return credential


def address(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    from .domains import host_of

    if value is not None and host_of(value) is None:
        raise click.BadParameter("write an http or https address.")
    return value


def origin(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    if value is None or address(context, option, value) is None:
        return None
    parts = urlsplit(value)
    if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise click.BadParameter("write scheme, host and port alone: https://todo.example.org")
    return f"{parts.scheme}://{parts.netloc}"
