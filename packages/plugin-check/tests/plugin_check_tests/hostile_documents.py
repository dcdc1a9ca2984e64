"""Documents made to hang, crash or fool whoever reads them."""

import json
from typing import Any

from .parts import CONTRACT, MANIFEST

LEVELS = 40


def manifest(**changes: Any) -> bytes:
    """The sound manifest with other values."""
    return json.dumps({**MANIFEST, **changes}).encode()


def contract(**changes: Any) -> bytes:
    """The sound contract with other values, as JSON, which is YAML too."""
    return json.dumps({**CONTRACT, **changes}).encode()


def schema(value: Any) -> bytes:
    """The sound contract with another schema for an answer."""
    answer = {"description": "x", "content": {"application/json": {"schema": value}}}
    operation = {"operationId": "get", "summary": "x", "responses": {"200": answer}}
    return contract(paths={"/x": {"get": operation}})


def doubling(first: str, later: str) -> bytes:
    """Lines that each name the one before twice."""
    lines = [first, *(later.format(n=n, before=n - 1) for n in range(1, LEVELS))]
    return "\n".join(lines).encode()


def nested(depth: int) -> dict[str, Any]:
    """A schema of schemas of schemas."""
    return {"type": "object", "properties": {"x": nested(depth - 1)}} if depth else {}


DEEP = 100_000

MANIFESTS: dict[str, bytes] = {
    "JSON 100,000 deep": b"[" * DEEP + b"]" * DEEP,
    "JSON objects 100,000 deep": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "JSON that never ends": b'{"a": [' + b"1," * 400_000,
    "a manifest of 2 MiB": manifest(description_for_model="x" * 2_097_152),
    "a number of 100,000 digits": b'{"schema_version": ' + b"9" * DEEP + b"}",
    "NaN and Infinity": b'{"schema_version": NaN, "api": -Infinity}',
    "a key 1,000 times": b"{" + b",".join([b'"auth": {"type": "none"}'] * 1000) + b"}",
    "bytes that are no UTF-8": b'{"name_for_human": "\xff\xfe\xfd"}',
    "UTF-16": json.dumps(MANIFEST).encode("utf-16"),
    "half a character pair": b'{"name_for_human": "\\ud800"}',
    "NUL bytes": b"\0" * 65_536,
    "an empty file": b"",
    "null": b"null",
    "a list": b"[[[]]]",
    "values of the wrong types": manifest(
        name_for_human=[1], auth=[], api="x", logo_url={}, contact_email=7, legal_info_url=None
    ),
    "escape sequences in a name": manifest(name_for_human="\x1b[2J\x1b]0;owned\x07\r\n::error::x"),
    "invisible characters in a name": manifest(name_for_model="a\u202egnp.exe\u2066\u200b\u2028"),
    "a trailing comma": b'{"schema_version": "v1",}',
    "addresses that are none": manifest(
        api={"type": "openapi", "url": "http://[::1"},
        logo_url="https://user:secret@/\\evil",
        legal_info_url="javascript:alert(1)",
        contact_email="@@@\x00",
    ),
    "a thousand unknown keys": manifest(**{f"k{n}\x1b[31m": n for n in range(1000)}),
}

CONTRACTS: dict[str, bytes] = {
    "YAML aliases that explode": doubling("a0: &a0 [x, x]", "a{n}: &a{n} [*a{before}, *a{before}]"),
    "YAML merges that explode": doubling(
        "a0: &a0 {x: 1}", "a{n}: &a{n} {{<<: [*a{before}, *a{before}], k{n}: 1}}"
    ),
    "YAML that holds itself": b"openapi: &a [*a]\n",
    "YAML 100,000 deep": b"[" * DEEP,
    "YAML blocks 100,000 deep": b"- " * DEEP,
    "YAML keys 100,000 deep": b"? " * DEEP,
    "a YAML tag that runs code": b"!!python/object/apply:os.system ['true']",
    "YAML with tabs": b"openapi:\n\t- 3\n",
    "a thousand YAML documents": b"---\na: 1\n" * 1000,
    "a $ref to itself": schema({"$ref": "#/paths/~1x/get/responses/200/content/x"}),
    "a ring of $refs": contract(
        components={
            "schemas": {
                "a": {"$ref": "#/components/schemas/b"},
                "b": {"$ref": "#/components/schemas/a"},
            }
        },
        paths={"/x": {"get": {"parameters": [{"$ref": "#/components/schemas/a"}]}}},
    ),
    "$refs to files and to private addresses": schema(
        {"anyOf": [{"$ref": "file:///etc/passwd"}, {"$ref": "http://169.254.169.254/latest"}]}
    ),
    "a pattern that backtracks": schema(
        {
            "type": "string",
            "pattern": "^(a+)+$",
            "default": "a" * 50 + "!",
            "example": "a" * 50 + "!",
        }
    ),
    "a pattern that is none": schema({"type": "string", "pattern": "(((("}),
    "schemas 40 deep": schema(nested(40)),
    "a thousand operations": contract(
        paths={f"/{n}": {"get": {"summary": "\x1b[5m", "responses": {}}} for n in range(1000)}
    ),
    "paths of the wrong types": contract(paths=[{"get": []}], servers={"url": 5}, info=[]),
    "operations of the wrong types": contract(
        paths={"/x": {"get": {"parameters": {}, "requestBody": [], "responses": [1], "tags": 5}}}
    ),
    "a server address of 100,000 characters": contract(
        servers=[{"url": "https://" + "a." * 50_000}]
    ),
    "servers that lead inside": contract(servers=[{"url": "http://[::ffff:127.0.0.1]:22/"}]),
    "an OpenAPI version of the future": contract(openapi="9" * 1000),
    "a path of braces": contract(paths={"/" + "{" * 10_000: {"get": {"responses": {}}}}),
}
