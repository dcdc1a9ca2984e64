"""The contract as hosts, the tools of MCP and this library's tests take it."""

from collections.abc import Iterator
from typing import NamedTuple

from ...contract import view_name
from ...errors import CONTENT_TYPE
from ...security import HOSTNAME
from .bodies import components_of
from .changes import Changes
from .naming import operation_id
from .operations import METHODS, OTHERS, operation_of, route_path
from .reading import Schema, UnusableContract, resolved
from .schemas import shortened

# Where the library answers itself, in some mode.
OWN_PATHS = {
    *("/", "/account", "/authorize", "/favicon.ico", "/healthz", "/legal", "/llms.txt", "/login"),
    *("/logo.png", "/logout", "/mcp", "/openapi.json", "/openapi.yaml", "/register", "/revoke"),
    *("/robots.txt", "/token"),
}
OWN_FOLDERS = ("/.well-known/", "/mcp/", "/page/", "/try/")
# What stays of them, or goes with a reason of its own.
OF_INFO = {"title", "description", "version", "contact"}
OF_CONTRACT = {"openapi", "info", "servers", "paths", "components", "security", "webhooks"}
WORD: Schema = {"type": "string"}
PROBLEM: Schema = {
    "description": "What went wrong. `detail` says what to do about it, `code` names it.",
    "content": {
        CONTENT_TYPE: {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "detail", "code"],
                "properties": {
                    "type": WORD,
                    "title": WORD,
                    "status": {"type": "integer"},
                    "detail": WORD,
                    "code": WORD,
                },
            }
        }
    },
}


class Cleaned(NamedTuple):
    """A contract, and what was changed of it."""

    contract: Schema
    changes: Changes


def cleaned_contract(given: Schema, contact: str) -> Cleaned:
    """The contract, as far as a project can be made of it. Raises UnusableContract."""
    changes = Changes()
    paths: dict[str, dict[str, Schema]] = {}
    for path, method, operation in _operations(given, changes):
        paths.setdefault(path, {})[method] = operation
    if not paths:
        raise UnusableContract(
            "no operation of the contract is left, and so there is nothing to do"
        )
    said = given.get("info")
    info = said if isinstance(said, dict) else {}
    _note_what_goes(given, info, contact, changes)
    schemas = components_of(given, paths, changes)
    title = shortened(info.get("title"), 200) or "API"
    return Cleaned(
        {
            "openapi": "3.1.0",
            "info": {
                "title": title,
                "description": _described(info) or title,
                "version": str(info.get("version") or "0.1.0"),
                "contact": {"email": contact},
            },
            "servers": [{"url": HOSTNAME}],
            "paths": paths,
            "components": {
                **({"schemas": schemas} if schemas else {}),
                "responses": {"Problem": PROBLEM},
            },
        },
        changes,
    )


def _described(info: Schema) -> str:
    text = info.get("description")
    return text.strip() if isinstance(text, str) else ""


def _operations(given: Schema, changes: Changes) -> Iterator[tuple[str, str, Schema]]:
    """Each operation that stays, by its path and method."""
    views: set[str] = set()
    places: set[tuple[str, str]] = set()
    for written, each in given["paths"].items():
        item = resolved(given, each)
        path, renamed = route_path(written)
        if written.startswith("x-") or _is_unfit(path, written, changes):
            continue
        if renamed:
            changes.note("names in paths are such as Python has", written)
        elif path != written:
            changes.note("a path begins with a slash and ends with none", written)
        for method in (name for name in (*METHODS, *OTHERS) if isinstance(item.get(name), dict)):
            place = f"{method.upper()} {written}"
            if method in OTHERS:
                changes.note("methods other than those that hosts send are left out", place)
            elif (method, path) in places:
                changes.note("what has the path of another operation is left out", place)
            else:
                places.add((method, path))
                name = _name(item[method], method, path, views, changes)
                yield path, method, operation_of(given, item, method, path, renamed, name, changes)


def _name(operation: Schema, method: str, path: str, views: set[str], changes: Changes) -> str:
    said = operation.get("operationId")
    name = operation_id(said, method, path, views)
    views.add(view_name(name))
    if said is None:
        changes.note("an operation without an operationId has one made of its path", name)
    elif said != name:
        changes.note("an operationId is such as functions have, and another's is not its own", name)
    return name


def _is_unfit(path: str, written: str, changes: Changes) -> bool:
    if path in OWN_PATHS or path.startswith(OWN_FOLDERS):
        changes.note("where the server answers itself, no operation can be", written)
        return True
    if any(each in path for each in "?#<> \\") or "//" in path or not path.isprintable():
        changes.note("what is no path is left out", written)
        return True
    return False


def _note_what_goes(given: Schema, info: Schema, contact: str, changes: Changes) -> None:
    whole = "the contract"
    gone = [f"info.{name}" for name in info if name not in OF_INFO]
    gone += [name for name in given if name not in OF_CONTRACT]
    if gone:
        changes.note("what no host reads is left out", ", ".join(gone))
    if info.get("contact", {"email": contact}) != {"email": contact}:
        changes.note("its contact is the plugin's", whole)
    if not given["openapi"].startswith("3.1"):
        changes.note("it is written in OpenAPI 3.1", whole)
    if given.get("servers") != [{"url": HOSTNAME}]:
        changes.note(
            f"its server is {HOSTNAME}, the address at which hosts reach the plugin", whole
        )
    components = given.get("components")
    schemes = isinstance(components, dict) and components.get("securitySchemes")
    if given.get("security") or schemes:
        changes.note("security is left out, PLUGIN_AUTH decides who may call", whole)
    if given.get("webhooks"):
        changes.note("webhooks are left out, no host takes them", whole)
    changes.note("failures are problems (RFC 9457), as the server answers them", whole)
