"""The verb `proxy` of the library's own command. Importing this is cheap: the work is not."""

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from .checking import examination

V = TypeVar("V")
log = logging.getLogger(__name__)

NAME = "plugin-server"
HOST_SECONDS = 45.0  # what hosts give a call


def proxy_command() -> click.Command:
    """The command."""

    @click.command("proxy")
    @click.argument("upstream", metavar="URL")
    @click.option(
        "--manifest",
        type=click.Path(dir_okay=False, path_type=Path),
        default="ai-plugin.json",
        show_default=True,
        help="The manifest.",
    )
    @click.option(
        "--openapi",
        type=click.Path(dir_okay=False, path_type=Path),
        default="openapi.yaml",
        show_default=True,
        help="The contract, YAML or JSON.",
    )
    @click.option(
        "--header",
        "headers",
        multiple=True,
        metavar="'NAME: VALUE'",
        help="What every request to the API has, whatever the caller sends. May be repeated.",
    )
    @click.option(
        "--bind",
        metavar="HOST:PORT",
        default="localhost:3333",
        show_default=True,
        help="Where to listen.",
    )
    @click.option("--public-url", metavar="URL", help="Where a tunnel lets others reach this.")
    @click.option(
        "--seconds",
        metavar="SECONDS",
        type=click.FloatRange(min=0, min_open=True),
        default=HOST_SECONDS,
        show_default=True,
        help="What a call may take in all.",
    )
    def proxy(**options: Any) -> None:
        """Try a manifest in front of an API that exists.

        The API is at URL, an origin. Manifest and contract are served with the proxy as theirs,
        the operations as tools at /mcp, and everything else is forwarded. Both files are read again
        when they change, and what plugin-check says of them is printed.
        """
        try:
            _serve(**options)
        except ModuleNotFoundError as error:
            _fail(f"proxy needs the extra `proxy` of plugin-server: {error.name} is missing")

    return proxy


def _serve(
    upstream: str,
    manifest: Path,
    openapi: Path,
    headers: tuple[str, ...],
    bind: str,
    public_url: str | None,
    seconds: float,
) -> None:
    from .. import servers
    from ..documents import InvalidDocument
    from ..observability import logs
    from ..proxy.application import Proxy
    from ..proxy.configuration import ProxySettings, proxy_settings
    from ..proxy.files import Files
    from ..proxy.headers import added_header
    from ..proxy.upstream import Upstream
    from ..settings import explain
    from ..settings.values import bind_addresses

    api = _parsed("URL", Upstream, upstream)
    added = dict(_parsed("--header", added_header, header) for header in headers)
    listening = _parsed("--bind", bind_addresses, bind)
    public = _parsed("--public-url", _origin, public_url)
    try:
        settings = proxy_settings(listening, public)
    except ValueError as error:
        _fail(explain(error, ProxySettings))
    logs.configure(settings)
    if added and not settings.is_loopback:
        log.warning("who can reach %s can call the API with what --header adds", bind)
    files = Files(manifest, openapi)
    try:
        app = Proxy(api, files, settings, added=added, seconds=seconds, examine=examination())
        log.info("forwarding to %s", api.origin)
        servers.run(app, settings)
    except (InvalidDocument, servers.UnusableServer) as error:
        _fail(str(error))
    except OSError as error:
        # A name that does not resolve has a number below 0.
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        _fail(f"cannot listen on {error.filename or bind}: {reason}", 1)


def _origin(value: str | None) -> str | None:
    """The public origin. Raises ValueError for an address with a path: the proxy has its manifest
    at the root.
    """
    from ..settings.values import public_address

    address = public_address(value)
    if address is not None and "/" in address.partition("://")[2]:
        raise ValueError("must have no path")
    return address


def _parsed(name: str, parse: Callable[[Any], V], value: object) -> V:
    try:
        return parse(value)
    except ValueError as error:
        _fail(f"{name}: {error}")


def _fail(sentence: str, code: int = 2) -> NoReturn:
    for handler in logging.getLogger().handlers:
        # What led to this stands before it.
        handler.flush()
    click.echo(f"{NAME}: {sentence}", err=True)
    sys.exit(code)
