"""The portable package is held to its published schema, and so is nothing else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from plugin_check import check
from plugin_check.packages import PORTABLE_KEYS

from .parts import ORIGIN, Parts
from .samples.package import NATIVE, NATIVE_SERVERS, PORTABLE, PORTABLE_SERVERS, SCHEMAS, packaged

DOCUMENTS = {"ai-plugin.json", "openapi.yaml", "logo.png"}
PLUGIN_SCHEMA, SERVERS_SCHEMA = f"{SCHEMAS}/plugin.schema.json", f"{SCHEMAS}/mcp.schema.json"

# Of the portable manifest, and of the file of its servers.
Change = Callable[[dict[str, Any], dict[str, Any]], object]


def told(folder: Path, change: Change, *, alone: bool = False) -> list[tuple[str, str, str]]:
    """Rule, place and message of each error in the package with the change."""
    parts = packaged(Parts(missing=set(DOCUMENTS)))
    if alone:
        parts.missing |= {NATIVE, NATIVE_SERVERS}
    change(parts.package[PORTABLE], parts.package[PORTABLE_SERVERS])
    report = check(parts.write(folder), hosts=["mcp"], origin=ORIGIN)
    assert report.verdicts["mcp"].state == ("refused" if report.errors else "accepted")
    return [
        (each.rule, f"{each.place.document}{each.place.pointer}", each.message)
        for each in report.errors
        if each.place
    ]


def server(servers: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = servers["mcpServers"]["plants"]
    return found


def other_name(name: str) -> Change:
    return lambda manifest, _: manifest.update(name=name)


BROKEN: list[tuple[Change, list[tuple[str, str, str]]]] = [
    (
        lambda manifest, _: manifest.update({"$schema": "https://plants.test/plugin.schema.json"}),
        [
            (
                "K21",
                "plugin.json/$schema",
                '$schema is "https://plants.test/plugin.schema.json".',
            )
        ],
    ),
    (
        lambda manifest, _: manifest.update(
            {"$schema": "https://agent-plugins.org/schemas/9.0.0/plugin.schema.json"}
        ),
        [
            (
                "K21",
                "plugin.json/$schema",
                '$schema is "https://agent-plugins.org/schemas/9.0.0/plugin.schema.json".',
            )
        ],
    ),
    (lambda manifest, _: manifest.pop("$schema"), [("K21", "plugin.json", "$schema is missing.")]),
    (lambda _, servers: servers.pop("$schema"), [("K21", "mcp.json", "$schema is missing.")]),
    (
        other_name("my_plants"),
        [("K01", "plugin.json/name", 'name is "my_plants", which the portable format refuses.')],
    ),
    (
        other_name("my--plants"),
        [("K01", "plugin.json/name", 'name is "my--plants", which the portable format refuses.')],
    ),
    (
        other_name("plants-"),
        [("K01", "plugin.json/name", 'name is "plants-", which the portable format refuses.')],
    ),
    (
        lambda manifest, _: manifest.update(author="Ann"),
        [("K21", "plugin.json/author", '"author" is "Ann", not an object.')],
    ),
    (
        lambda manifest, _: manifest.update(author={"name": "Ann", "phone": "1"}),
        [
            (
                "K21",
                "plugin.json/author/phone",
                'The package format knows no field "phone" here.',
            )
        ],
    ),
    (
        lambda manifest, _: manifest.update(keywords="plants"),
        [("K21", "plugin.json/keywords", '"keywords" is "plants", not a list.')],
    ),
    (
        lambda manifest, _: manifest.update(keywords=["plants", 5]),
        [("K21", "plugin.json/keywords/1", '"1" is 5, not a string.')],
    ),
    (
        lambda manifest, _: manifest.update(license=["MIT"]),
        [("K21", "plugin.json/license", '"license" is a list, not a string.')],
    ),
    (
        lambda manifest, _: manifest.update(extensions=["com.openai"]),
        [("K21", "plugin.json/extensions", '"extensions" is a list, not an object.')],
    ),
    (
        lambda manifest, _: manifest["extensions"].update({"com.plants": "x"}),
        [("K21", "plugin.json/extensions/com.plants", '"com.plants" is "x", not an object.')],
    ),
    (
        lambda manifest, _: manifest.update(skills="./skills/"),
        [("K21", "plugin.json/skills", 'The package format knows no field "skills" here.')],
    ),
    (
        lambda _, servers: server(servers).update(note="Ours."),
        [
            (
                "K21",
                "mcp.json/mcpServers/plants/note",
                'The package format knows no field "note" here.',
            )
        ],
    ),
    (
        lambda _, servers: server(servers).update(headers={"X-Bed": 5}),
        [("K21", "mcp.json/mcpServers/plants/headers/X-Bed", '"X-Bed" is 5, not a string.')],
    ),
    (
        lambda _, servers: servers.update(inputs=[]),
        [("K21", "mcp.json/inputs", 'The package format knows no field "inputs" here.')],
    ),
    (
        lambda _, servers: servers["mcpServers"].update(bed={"command": "bed", "type": "local"}),
        [
            (
                "K21",
                "mcp.json/mcpServers/bed/type",
                '"type" is "local", which the package format does not allow here.',
            )
        ],
    ),
    (
        lambda _, servers: servers["mcpServers"].update(
            bed={"command": "bed", "type": "stdio", "cwd": "data"}
        ),
        [
            (
                "K21",
                "mcp.json/mcpServers/bed/cwd",
                '"cwd" is "data", which does not have the form that the package format wants.',
            )
        ],
    ),
]


@pytest.mark.parametrize(("change", "expected"), BROKEN, ids=range(len(BROKEN)))
def test_a_package_that_breaks_the_schema_is_refused(
    tmp_path: Path, change: Change, expected: list[tuple[str, str, str]]
) -> None:
    found = told(tmp_path, change)
    # A second name or a second description is K19's too.
    assert [each for each in found if each[0] != "K19"] == expected


def everything(manifest: dict[str, Any], servers: dict[str, Any]) -> None:
    manifest.update(
        name="my-plants2",
        author={"name": "Ann", "email": "ann@plants.test", "url": "https://plants.test/"},
        homepage="plants",
        repository="https://plants.test/git",
        license="MIT",
        keywords=["plants"],
    )
    manifest["extensions"]["org.example.other"] = {"anything": ["goes"]}
    server(servers)["headers"] = {"X-Bed": "1"}
    servers["mcpServers"]["bed"] = {
        "type": "stdio",
        "command": "./bin/bed",
        "args": ["--wet"],
        "env": {"BED": "${PLUGIN_DATA}"},
        "cwd": "${PLUGIN_ROOT}/beds",
    }
    assert manifest.keys() == PORTABLE_KEYS


def test_everything_that_the_schema_allows_is_accepted(tmp_path: Path) -> None:
    assert told(tmp_path, everything, alone=True) == []


def test_a_native_package_may_say_more(tmp_path: Path) -> None:
    parts = packaged(Parts(missing={*DOCUMENTS, PORTABLE, PORTABLE_SERVERS}))
    parts.package[NATIVE] |= {"name": "my_plants", "author": "Ann", "keywords": "plants"}
    server(parts.package[NATIVE_SERVERS])["note"] = "Ours."
    report = check(parts.write(tmp_path), hosts=["mcp"], origin=ORIGIN)
    assert report.findings == ()


@pytest.mark.parametrize(
    ("prompt", "messages"),
    [
        ("@plants which ones do I have?", ["plants"]),
        ("Which ones do I have, @Plants?", ["Plants"]),
        ("@Superhuman Mail flag what needs attention", []),
        ("Forward them to finance@acme.co", []),
        ("Ask @plants-of-others", []),
    ],
)
def test_only_the_name_of_a_server_may_not_follow_an_at(
    tmp_path: Path, prompt: str, messages: list[str]
) -> None:
    parts = packaged(Parts(missing=set(DOCUMENTS)))
    for holder in (parts.package[PORTABLE]["extensions"]["com.openai"], parts.package[NATIVE]):
        holder["interface"] = {**holder["interface"], "defaultPrompt": [prompt]}
        del holder["interface"]["screenshots"]
    report = check(parts.write(tmp_path), hosts=["mcp"], origin=ORIGIN)
    assert [each.message for each in report.findings] == [
        f'The starter prompt "{prompt}" mentions the MCP server "{name}" with @.'
        for name in messages * 2
    ]
