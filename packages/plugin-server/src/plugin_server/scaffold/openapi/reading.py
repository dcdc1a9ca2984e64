"""A contract from a file or a URL: YAML or JSON, OpenAPI 3."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from ...contract import named_by
from ...documents import load_yaml

Schema = dict[str, Any]

BYTES = 10_000_000
# Of a YAML that repeats itself by aliases, when it is written out.
CHARACTERS = 50_000_000
SECONDS = 30
_SCHEME = re.compile("([A-Za-z][A-Za-z0-9+.-]*)://")  # RFC 3986 section 3.1, with an authority
_VERSION = re.compile(r"3\.[01](?:\.[0-9]+)?(?:-[\w.-]+)?")


class UnusableContract(ValueError):
    """A contract that no project can be made of; the text says why."""


def read_contract(source: str) -> Schema:
    """The contract in the file, or at the URL. Raises UnusableContract."""
    scheme = _SCHEME.match(source)
    if scheme is not None and scheme[1].lower() not in ("http", "https"):
        raise UnusableContract(f"{source}: only files and http and https URLs are taken")
    is_url = scheme is not None
    content = asyncio.run(_fetched(source)) if is_url else _file(Path(source))
    try:
        contract: Schema = _plain(_parsed(content.decode("utf-8-sig")))
    except UnicodeDecodeError:
        raise UnusableContract(f"{source}: is not UTF-8") from None
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise UnusableContract(f"{source}: is neither JSON nor YAML: {reason}") from None
    except (ValueError, TypeError, RecursionError) as error:
        raise UnusableContract(f"{source}: cannot be read: {error}") from None
    fault = _fault(contract)
    if fault is not None:
        raise UnusableContract(f"{source}: {fault}")
    return contract


async def _fetched(url: str) -> bytes:
    try:
        from guarded_fetch import Client, Limits
    except ModuleNotFoundError as missing:
        raise UnusableContract(
            f"{url}: a URL needs the extra `oauth` of plugin-server: give a file, or install it"
        ) from missing
    limits = Limits(seconds_a_request=SECONDS, seconds_in_all=SECONDS, bytes_a_document=BYTES)
    async with Client(url, limits=limits, agent="plugin-server", needs_trust=True) as client:
        fetch = await client.fetch("the contract", "GET", url)
    if fetch.failure is not None:
        raise UnusableContract(f"{url}: cannot be fetched: {fetch.failure}")
    if not fetch.succeeded:
        raise UnusableContract(f"{url}: cannot be fetched: the answer is {fetch.status}")
    return fetch.body


def _file(file: Path) -> bytes:
    try:
        if file.stat().st_size > BYTES:
            raise UnusableContract(f"{file}: has more than {BYTES:,} bytes")
        return file.read_bytes()
    except OSError as error:
        raise UnusableContract(f"{file}: cannot be read: {error.strerror}") from None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return load_yaml(text)


def _plain(value: Any) -> Any:
    """The value with texts for dates and for names that are numbers, as JSON would have it."""
    parts, length = [], 0
    for part in json.JSONEncoder(default=str, skipkeys=True).iterencode(value):
        length += len(part)
        if length > CHARACTERS:
            raise ValueError("it is too long when its aliases are written out")
        parts.append(part)
    plain = json.loads("".join(parts))
    # Raises UnicodeEncodeError, a ValueError, for half of a character.
    json.dumps(plain, ensure_ascii=False).encode()
    return plain


def _fault(contract: Any) -> str | None:
    """Why no project can be made of it."""
    if not isinstance(contract, dict):
        return "is no contract: it must hold an object"
    if "swagger" in contract:
        return (
            f"is Swagger {contract['swagger']}: convert it to OpenAPI 3 first"
            " (editor.swagger.io and swagger2openapi do)"
        )
    version = contract.get("openapi")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        return "is no contract of OpenAPI 3: `openapi` must say 3.0 or 3.1"
    if not isinstance(contract.get("paths"), dict) or not contract["paths"]:
        return "has no paths"
    return next(_bad_references(contract, contract), None)


def _bad_references(contract: Schema, value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _bad_references(contract, each)
    elif isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str):
            if not reference.startswith("#/"):
                yield f"refers to another document, {reference!r}: bundle it into one first"
            elif target(contract, reference) is None:
                yield f"refers to {reference!r}, and nothing is there"
        for each in value.values():
            yield from _bad_references(contract, each)


def target(contract: Schema, reference: str) -> Any:
    """What a local reference names (RFC 6901); None for nothing."""
    try:
        return named_by(contract, reference)
    except LookupError:
        return None


def resolved(contract: Schema, value: Any) -> Schema:
    """The object itself where a reference names it, or a chain of them; {} for no object."""
    seen = set()
    while isinstance(value, dict) and isinstance(value.get("$ref"), str):
        if value["$ref"] in seen:
            return {}
        seen.add(value["$ref"])
        value = target(contract, value["$ref"])
    return value if isinstance(value, dict) else {}
