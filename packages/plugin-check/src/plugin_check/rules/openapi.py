"""The contract is OpenAPI: its schema, its references and its path templates hold."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from guarded_fetch.words import printable, shown

from ..contract import REFERENCES_FOLLOWED, Operation, escape, lookup, operations
from ..defect_words import worded
from ..defects import Defect, Unbounded, defects, found
from ..plugin import PluginSnapshot, SourceDocument, place_of
from ..report import Place, Violation
from ..rule import ERROR, WARNING, rule
from ..validators import VERSIONS
from ..walk import anchors, references

VERSION = re.compile(r"(3\.[0-9]{1,3})\.[0-9]{1,3}(-.*)?", re.DOTALL)
TEMPLATE = re.compile(r"\{([^{}]*)\}")

# What another rule says: T05 of time, T01 of TLS.
TROUBLE_OF_OTHERS = ("timeout", "tls")

# What S02 says of fields that OpenAPI requires too.
SAID_BY_S02: Mapping[tuple[str | int, ...], tuple[str, ...]] = {
    (): ("info", "paths", "components", "webhooks"),
    ("info",): ("title", "version"),
}


@rule(
    "S01",
    "plugin",
    "the contract is valid OpenAPI 3.x, in YAML or JSON",
    "OAS",
    "measured",
    plugin=(WARNING, ERROR),
    actions=ERROR,
    reasons={
        "plugin": "the installer read over such a slip: approved plugins have them",
        "actions": "strict readers refuse it, as FastMCP and Semantic Kernel do",
    },
)
def valid_openapi(plugin: PluginSnapshot) -> Iterator[Violation]:
    """Held against OpenAPI's own JSON Schemas; what S02 and S04 say is left to them."""
    contract = plugin.contract
    if contract is None or contract.unreadable:
        yield from _not_read(plugin)
    elif not isinstance(contract.value, dict):
        yield contract.violation(
            "",
            f"The contract is {shown(contract.value)}, not an object.",
            'Write an OpenAPI document: an object with "openapi", "info", "servers" and "paths".',
            ERROR,
        )
    elif (violation := _version_violation(contract)) is not None:
        yield violation
    else:
        yield from contract.repetitions()
        yield from _schema_violations(contract)
        yield from _reference_violations(contract)
        yield from _template_violations(contract)


def _not_read(plugin: PluginSnapshot) -> Iterator[Violation]:
    contract, asked = plugin.contract, plugin.seen("contract")[-1:]
    if asked and asked[0].status not in (None, 200):
        yield Violation(
            f"The contract's address answered {asked[0].status}, not 200.",
            "Serve the contract there, to everybody and without a redirect.",
            place_of(asked[0]),
            ERROR,
        )
    elif asked and asked[0].failure_kind is not None:
        if asked[0].failure_kind not in TROUBLE_OF_OTHERS:
            yield Violation(
                f"The contract could not be fetched: {asked[0].failure or asked[0].failure_kind}",
                "Let api.url be where the contract is served, whole and to everybody.",
                place_of(asked[0]),
                None if asked[0].failure_kind == "size" else ERROR,
            )
    elif contract is not None and contract.unreadable is not None:
        unreadable = contract.unreadable
        place = Place(contract.name, "", unreadable.line, unreadable.column)
        level = None if unreadable.by_limit else ERROR
        yield Violation(unreadable.message, unreadable.repair, place, level)


def _version_violation(contract: SourceDocument) -> Violation | None:
    """None when the contract says that it is of a version that has a schema here."""
    version = contract.top.get("openapi")
    write = 'Write `openapi: "3.1.0"`'
    if isinstance(version, str) and (match := VERSION.fullmatch(version)):
        if match[1] in VERSIONS:
            return None
        return contract.violation(
            "/openapi",
            f"OpenAPI {shown(version)} is not known.",
            f"{write}, or another 3.0.x, 3.1.x or 3.2.x.",
        )
    if "swagger" in contract.top:
        return contract.violation(
            "/swagger",
            f"This is Swagger {shown(contract.top['swagger'])}, which hosts do not read.",
            "Convert it to OpenAPI 3.x; https://converter.swagger.io does so.",
            ERROR,
        )
    if "openapi" not in contract.top:
        return contract.violation(
            "",
            "The contract does not say which OpenAPI version it is.",
            f"{write} (or the version that you use) at its top.",
        )
    return contract.violation(
        "/openapi",
        f'"openapi" is {shown(version)}; it must be a version in three parts, as a string.',
        f"{write} or another 3.x version, in quotation marks.",
    )


def _schema_violations(contract: SourceDocument) -> Iterator[Violation]:
    try:
        for defect in defects(contract.top, str(contract.top["openapi"])[:3]):
            if not _said_elsewhere(defect, contract.top):
                pointer = "".join(f"/{escape(str(token))}" for token in defect.path)
                yield contract.violation(pointer, *worded(defect, contract.top))
    except Unbounded as violation:
        yield contract.violation(
            "", f"The contract {violation}, so its schema was not compared.", "Make it smaller."
        )


def _said_elsewhere(defect: Defect, document: Mapping[str, Any]) -> bool:
    """Whether S02 says it, or, of a path parameter that is not required, S04."""
    if defect.keyword == "required" and defect.wanted != ("required",):
        return any(name in SAID_BY_S02.get(defect.path, ()) for name in defect.wanted)
    if defect.path[-1:] == ("required",):
        parameter = found(document, defect.path[:-1])
    elif defect.keyword == "required":
        parameter = found(document, defect.path)
    else:
        return False
    return isinstance(parameter, dict) and parameter.get("in") == "path" and "name" in parameter


def _reference_violations(contract: SourceDocument) -> Iterator[Violation]:
    """Local references that lead nowhere; those to other documents are S06's."""
    named: set[str] | None = None
    broken: dict[str, str | None] = {}
    for reference in references(contract.value):
        target = reference.target
        if reference.remote:
            continue
        if target not in broken:
            if not target.startswith(("#/", "##")) and target != "#":
                named = anchors(contract.value) if named is None else named
                broken[target] = None if target[1:] in named else "leads nowhere"
            else:
                broken[target] = _broken(contract, target)
        if broken[target] is not None:
            yield contract.violation(
                f"{reference.pointer}/$ref",
                f"The $ref {shown(target)} {broken[target]}.",
                "Name something that the contract has, such as #/components/schemas/NAME, "
                "or write the thing itself there.",
            )


def _broken(contract: SourceDocument, target: str) -> str | None:
    for _ in range(REFERENCES_FOLLOWED):
        value = lookup(contract, target)
        if value is None:
            return "leads nowhere"
        following = value.get("$ref") if isinstance(value, dict) else None
        if not isinstance(following, str) or not following.startswith("#/"):
            return None
        target = following
    return "leads round in a circle"


def _template_violations(contract: SourceDocument) -> Iterator[Violation]:
    yield from _same_templates(contract)
    reported: set[str] = set()
    for operation in operations(contract):
        if any(not part.value for part in operation.parameters):
            continue  # a reference that leads nowhere, which is said already
        for pointer, message, repair in _mismatches(operation):
            if pointer not in reported:
                reported.add(pointer)
                yield contract.violation(pointer, message, repair)


def _same_templates(contract: SourceDocument) -> Iterator[Violation]:
    first: dict[str, str] = {}
    paths = contract.top.get("paths")
    for path in map(str, paths if isinstance(paths, dict) else ()):
        shape = TEMPLATE.sub("{}", path)
        if shape in first:
            yield contract.violation(
                f"/paths/{escape(path)}",
                f"The paths {shown(first[shape])} and {shown(path)} differ in the parameter's name "
                "only, so that no request tells them apart.",
                "Put the operations of both under one of them.",
            )
        first.setdefault(shape, path)


def _mismatches(operation: Operation) -> Iterator[tuple[str, str, str]]:
    named = set(TEMPLATE.findall(operation.path))
    declared = {
        str(part.value.get("name")): part.pointer
        for part in operation.parameters
        if part.value.get("in") == "path"
    }
    for name in sorted(named - declared.keys()):
        yield (
            operation.pointer,
            f"{shown(operation.name)} does not declare the path's parameter {shown(name)}.",
            f"Add a parameter with the name {shown(name)}, `in: path` and `required: true`.",
        )
    for name in sorted(declared.keys() - named):
        yield (
            declared[name],
            f"The path {shown(operation.path)} has no parameter {shown(name)}.",
            f"Write {{{printable(name)}}} into the path, or say `in: query`.",
        )
