"""A report as JSON, and the schema that is promised."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import plugin_check
from plugin_check.report import HOSTS, Level, Place, Report, RuleFinding
from plugin_check.rule import SOURCES
from plugin_check.show.as_json import to_json

from .reports import BUSY, CLEAN, FOLDER, HOSTILE, assert_harmless, hostile, taken

SCHEMA = json.loads((Path(plugin_check.__file__).parent / "schemas/report.json").read_text())


def test_json_says_everything() -> None:
    assert json.loads(to_json(BUSY)) == {
        "version": 2,
        "source": "https://todo.example.org",
        "hosts": ["plugin", "actions", "mcp"],
        "verdicts": {
            "plugin": {"state": "accepted", "sentence": "would accept it, 2 warnings"},
            "actions": {"state": "refused", "sentence": "would refuse it: 1 error"},
            "mcp": {"state": "unknown", "sentence": "not everything could be looked at"},
        },
        "facts": {
            "root_domain": "todo.example.org",
            "root_domain_reason": "a guess",
            "manifest": "https://todo.example.org/.well-known/ai-plugin.json",
            "contract": "https://todo.example.org/openapi.yaml",
            "base_url": "https://api.todo.example.org",
            "base_url_reason": "the first entry of servers that belongs to the root domain",
            "mcp_endpoint": "https://todo.example.org/mcp",
        },
        "findings": [
            {
                "rule": "S03",
                "level": "error",
                "judgements": [
                    {"host": "plugin", "level": "warning", "reason": ""},
                    {"host": "actions", "level": "error", "reason": "it is a name."},
                ],
                "message": "The operation has no operationId, so a host has no name to call it "
                "by, and nothing to show to the person who is asked.",
                "repair": 'Write "operationId": "getTodos".',
                "place": {
                    "document": "https://todo.example.org/openapi.yaml",
                    "pointer": "/paths/~1todos/get",
                    "line": None,
                    "column": None,
                },
                "sources": [SOURCES["editor"]],
            },
            {
                "rule": "L03",
                "level": "warning",
                "judgements": [
                    {
                        "host": "plugin",
                        "level": "warning",
                        "reason": "written, but 33 % of approved plugins did otherwise",
                    }
                ],
                "message": "name_for_human has 31 characters; the later text allows 20.",
                "repair": "Write a shorter name.",
                "place": {
                    "document": "https://todo.example.org/.well-known/ai-plugin.json",
                    "pointer": "/name_for_human",
                    "line": 3,
                    "column": 21,
                },
                "sources": [SOURCES["GS"], SOURCES["TS"]],
            },
            {
                "rule": "K12",
                "level": "note",
                "judgements": [{"host": "mcp", "level": "note", "reason": ""}],
                "message": "A tool has no outputSchema.",
                "repair": "Add one.",
                "place": None,
                "sources": [SOURCES["SK"], "#183"],
            },
        ],
        "skipped": ["getTodos: no value for the parameter username"],
        "unseen": ["https://todo.example.org/logo.png: no answer within 10 seconds"],
        "exit_code": 1,
    }


@pytest.mark.parametrize("report", [CLEAN, BUSY, FOLDER])
def test_json_keeps_to_its_schema(report: Report) -> None:
    document = json.loads(to_json(report))
    assert [each.message for each in validator().iter_errors(document)] == []


def test_the_schema_leaves_no_key_open() -> None:
    """What it does not name it refuses, and what it names must be there."""
    jsonschema_rs.meta.validate(SCHEMA)
    document = json.loads(to_json(BUSY))
    shapes = list(objects(SCHEMA))
    assert all(each["additionalProperties"] is False for each in shapes)
    assert all(sorted(each["required"]) == sorted(each["properties"]) for each in shapes)
    assert not validator().is_valid({**document, "new": 1})
    assert not validator().is_valid({**document, "version": 1})


def validator() -> Any:
    return jsonschema_rs.validator_for(SCHEMA)


def objects(value: Any) -> list[dict[str, Any]]:
    """Every schema of an object with keys of its own."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = [each for part in inside for each in objects(part)]
    if isinstance(value, dict) and isinstance(value.get("required"), list):
        found.append(value)
    return found


def test_names_in_json_are_exact_and_sentences_are_printable() -> None:
    odd = "/paths/~1\x1b\u202e/##[x]"
    place = Place("open\napi.yaml", odd)
    finding = RuleFinding("S01", taken(Level.ERROR), f"at {odd}", odd, place, ())
    shown = to_json(Report("x", HOSTS, (finding,)))
    read = json.loads(shown)["findings"][0]
    assert (read["place"]["document"], read["place"]["pointer"]) == ("open\napi.yaml", odd)
    assert read["message"] == "at /paths/~1\\x1b\\u202e/##\\x5bx]"


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_reaches_a_reader_of_json(text: str) -> None:
    shown = to_json(hostile(text))
    assert shown.isascii()
    assert_harmless(shown)
    document = json.loads(shown)
    assert [each.message for each in validator().iter_errors(document)] == []
    json.dumps(document, ensure_ascii=False).encode()
