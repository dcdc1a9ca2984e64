"""Patterns of the contract and of the tools: every engine that hosts use knows them.

One that does not refuses the tool, and with it every request of the chat: RE2 does in gateways
written in Go, and in the grammars that some providers make of a tool's schema.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import jsonschema_rs
import pytest

from .front_door import front_door

TEXTS = ["", "a", "a/b", "\u00e9", "\u754c", "\U0001f34f", "\0", "\t", "\n", "\x1f", " ", "\x7f"]
TEXTS += ["\x80", "\x9f", "\xa0", "\ufffd", "not_found", "A-1"]
# A verdict for each pattern and text, in that order.
Engine = Callable[[list[str]], list[bool]]


def by_python(patterns: list[str]) -> list[bool]:
    return [bool(re.search(pattern, text)) for pattern in patterns for text in TEXTS]


def by_rust(patterns: list[str]) -> list[bool]:
    schemas = [jsonschema_rs.validator_for({"pattern": pattern}) for pattern in patterns]
    return [schema.is_valid(text) for schema in schemas for text in TEXTS]


def by_re2(patterns: list[str]) -> list[bool]:
    re2 = pytest.importorskip("re2", reason="google-re2 has no build for this Python")
    compiled = [re2.compile(pattern) for pattern in patterns]
    return [bool(each.search(text)) for each in compiled for text in TEXTS]


NODE = """
const {patterns, texts} = JSON.parse(require("fs").readFileSync(0));
const found = patterns.flatMap(each => texts.map(text => new RegExp(each, "u").test(text)));
console.log(JSON.stringify(found));
"""


def by_node(patterns: list[str]) -> list[bool]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node here")
    sent = json.dumps({"patterns": patterns, "texts": TEXTS})
    ran = subprocess.run([node, "-e", NODE], input=sent, capture_output=True, text=True, check=True)
    found: list[bool] = json.loads(ran.stdout)
    return found


def patterns_in(value: Any) -> Iterator[str]:
    """Every pattern of the schemas in a document."""
    if isinstance(value, list):
        for each in value:
            yield from patterns_in(each)
    elif isinstance(value, dict):
        if isinstance(value.get("pattern"), str):
            yield value["pattern"]
        yield from value.get("patternProperties", {})
        for each in value.values():
            yield from patterns_in(each)


@pytest.fixture(name="patterns")
async def fixture_patterns(sqlite_url: str) -> list[str]:
    """Those that are served, each once."""
    listing = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    async with front_door(sqlite_url) as client:
        served = [await client.get("/openapi.json"), await client.post("/mcp", json=listing)]
    return sorted({pattern for answer in served for pattern in patterns_in(answer.json())})


@pytest.mark.parametrize("engine", [by_rust, by_re2, by_node])
def test_every_engine_finds_the_same_by_every_pattern(engine: Engine, patterns: list[str]) -> None:
    assert patterns
    assert engine(patterns) == by_python(patterns)


async def test_what_a_pattern_cannot_say_the_server_still_refuses(
    client: httpx.AsyncClient,
) -> None:
    call = {"name": "getTodos", "arguments": {"username": "a\ufffdb"}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    assert (await client.post("/mcp", json=message)).json()["result"]["isError"] is True
    assert (await client.get("/todos/a%EF%BF%BDb")).status_code == 400
