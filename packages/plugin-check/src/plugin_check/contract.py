"""The operations of a contract, whatever shape it has: what is no operation is passed over."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import unquote

from .plugin import SourceDocument

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
WRITING = ("put", "post", "delete", "patch")
REFERENCES_FOLLOWED = 20
INDEX = re.compile(r"[0-9]{1,9}")


class Part(NamedTuple):
    """An object in a document, and the JSON pointer to where it is used."""

    pointer: str
    value: Mapping[str, Any]


@dataclass(frozen=True)
class Operation:
    """An operation. `parameters` holds the path's own too, with references followed."""

    method: str
    path: str
    pointer: str
    value: Mapping[str, Any]
    parameters: tuple[Part, ...]
    body: Part | None
    responses: Mapping[str, Part]

    @property
    def name(self) -> str:
        """What to call it in a sentence: its operationId, else method and path."""
        identifier = self.value.get("operationId")
        return identifier if isinstance(identifier, str) else f"{self.method.upper()} {self.path}"


def operations(contract: SourceDocument) -> Iterator[Operation]:
    """Every operation, in the order of the document."""
    for path, item in _objects(contract.top.get("paths")):
        place = f"/paths/{escape(path)}"
        shared = _parameters(contract, item, place)
        for method in METHODS:
            value = item.get(method)
            if not isinstance(value, dict):
                continue
            pointer = f"{place}/{method}"
            own = _parameters(contract, value, pointer)
            named = {_name_and_place(part) for part in own}
            inherited = [part for part in shared if _name_and_place(part) not in named]
            body = value.get("requestBody")
            yield Operation(
                method,
                path,
                pointer,
                value,
                (*inherited, *own),
                Part(f"{pointer}/requestBody", follow(contract, body)) if body else None,
                {
                    status: Part(f"{pointer}/responses/{escape(status)}", follow(contract, each))
                    for status, each in _objects(value.get("responses"))
                },
            )


def follow(contract: SourceDocument, value: Any) -> Mapping[str, Any]:
    """The object that local references lead to; an empty one when they lead to none."""
    for _ in range(REFERENCES_FOLLOWED):
        if not isinstance(value, dict):
            return {}
        reference = value.get("$ref")
        if not isinstance(reference, str):
            return value
        value = lookup(contract, reference)
    return {}


def lookup(contract: SourceDocument, reference: str) -> Any:
    """What a local reference (`#/components/…`) names, or None. Nothing remote is ever fetched."""
    if not reference.startswith("#/"):
        return contract.value if reference == "#" else None
    value: Any = contract.value
    for token in reference[2:].split("/"):
        key = unquote(token).replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and INDEX.fullmatch(key) and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def media(part: Part) -> Iterator[tuple[str, Part]]:
    """The media types of a body or an answer."""
    for name, each in _objects(part.value.get("content")):
        yield name, Part(f"{part.pointer}/content/{escape(name)}", each)


def escape(key: str) -> str:
    """A key as a token of a JSON pointer (RFC 6901 section 3)."""
    return key.replace("~", "~0").replace("/", "~1")


def _parameters(contract: SourceDocument, holder: Mapping[str, Any], pointer: str) -> list[Part]:
    listed = holder.get("parameters")
    if not isinstance(listed, list):
        return []
    return [
        Part(f"{pointer}/parameters/{index}", follow(contract, each))
        for index, each in enumerate(listed)
    ]


def _name_and_place(part: Part) -> tuple[str, str]:
    return str(part.value.get("name")), str(part.value.get("in"))


def _objects(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        for key, each in value.items():
            if isinstance(each, dict):
                yield str(key), each
