"""The package for OpenAI's directory: what is in it, from manifest and contract."""

from pathlib import Path
from typing import Any

import pytest

from .packages import ENDPOINT, FILES, ORIGIN, Change, fork, packaged, read, run, written
from .parts import TODO

SCHEMAS = "https://agent-plugins.org/schemas/1.0.0"
LONG = "Keeps the plants of a garden in a list. " * 120


def test_the_package_has_both_formats_and_they_agree(tmp_path: Path) -> None:
    portable = packaged(tmp_path / "out")
    assert written(tmp_path / "out") == FILES
    interface = portable["extensions"]["com.openai"]["interface"]
    both = {
        "name": "todo",
        "version": "0.1.0",
        "description": "Keep a todo list: see it, add to it and delete from it.",
        "author": {"name": "The todo-plugin authors", "email": "support@example.com"},
        "homepage": ORIGIN,
    }
    assert portable == {
        "$schema": f"{SCHEMAS}/plugin.schema.json",
        **both,
        "extensions": {"com.openai": {"interface": interface}},
    }
    assert read(tmp_path / "out/.codex-plugin/plugin.json") == {
        **both,
        "mcpServers": "./.mcp.json",
        "interface": interface,
    }
    assert read(tmp_path / "out/mcp.json") == {
        "$schema": f"{SCHEMAS}/mcp.schema.json",
        "mcpServers": {"todo": {"type": "streamable-http", "url": ENDPOINT}},
    }
    assert read(tmp_path / "out/.mcp.json") == {
        "mcpServers": {"todo": {"type": "http", "url": ENDPOINT}}
    }
    logo = (tmp_path / "out/assets/logo.png").read_bytes()
    assert logo == (TODO / "logo.png").read_bytes()
    assert interface == {
        "displayName": "TODO List",
        "shortDescription": "Keep a todo list",
        "longDescription": "Keeps todo lists. Every answer carries the list's revision, which "
        "counts its changes. Send the revision of the last answer along when you change the list, "
        "and a repeated or outdated call changes nothing.",
        "developerName": "The todo-plugin authors",
        "category": "Productivity",
        "capabilities": ["Read", "Write"],
        "defaultPrompt": [
            "What is on my todo list?",
            'Add "buy milk" to my todo list.',
            "Delete the first todo from my list.",
        ],
        "websiteURL": ORIGIN,
        "supportURL": f"{ORIGIN}/legal",
        "privacyPolicyURL": f"{ORIGIN}/legal",
        "termsOfServiceURL": f"{ORIGIN}/legal",
        "brandColor": "#4330D0",
        "logo": "./assets/logo.png",
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda _, contract: contract["info"].update(version="1.0"),
        lambda _, contract: contract["info"]["x-listing"].update(capabilities="Read"),
        lambda _, contract: contract["info"]["x-listing"].update(prompts=[5]),
        lambda manifest, _: manifest.update(legal_info_url="http://todo.example.org/legal"),
    ],
)
def test_it_ends_in_1_where_the_directory_would_refuse_it(tmp_path: Path, change: Change) -> None:
    result = run(str(tmp_path / "out"), "--url", ORIGIN, folder=fork(tmp_path / "fork", change))
    assert result.exit_code == 1
    assert written(tmp_path / "out") == FILES


def test_a_contract_that_says_little_gives_a_package_that_the_directory_accepts(
    tmp_path: Path,
) -> None:
    def change(manifest: dict[str, Any], contract: dict[str, Any]) -> None:
        manifest.update(name_for_model="My_Garden!", description_for_human="Keeps\n plants")
        manifest["contact_email"] = ""
        del contract["info"]["x-listing"]
        path = contract["paths"]["/todos/{username}"]
        del path["post"], path["delete"]
        contract["paths"]["/again"] = {"get": {"summary": "GET the list  of todos"}}
        contract["paths"]["/more"] = {"get": {"summary": "Water them"}}

    portable = packaged(tmp_path / "out", folder=fork(tmp_path / "fork", change))
    assert portable["name"] == "my-garden"
    assert portable["author"] == {"name": "The todo-plugin authors"}
    interface = portable["extensions"]["com.openai"]["interface"]
    assert interface["shortDescription"] == "Keeps plants"
    assert interface["category"] == "Productivity"
    assert interface["capabilities"] == ["Read"]
    assert interface["defaultPrompt"] == ["Get the list of todos", "Water them"]
    assert "brandColor" not in interface


def test_the_contract_says_what_else_the_directory_shows(tmp_path: Path) -> None:
    listing = {
        "category": "Travel",
        "capabilities": ["Interactive"],
        "prompts": ["Where to?"],
        "shortDescription": "Plants of the world",
        "brandColor": "#1B5E20",
        "brandColorDark": "#A5D6A7",
        "supportURL": "https://help.example.org/",
    }

    def change(_: dict[str, Any], contract: dict[str, Any]) -> None:
        contract["info"].update(termsOfService="https://www.example.org/terms")
        contract["info"]["contact"]["url"] = "https://www.example.org/"
        contract["info"]["x-listing"] = listing

    portable = packaged(tmp_path / "out", folder=fork(tmp_path / "fork", change))
    assert portable["homepage"] == portable["author"]["url"] == "https://www.example.org/"
    interface = portable["extensions"]["com.openai"]["interface"]
    prompts = listing.pop("prompts")
    assert interface == {
        **interface,
        **listing,
        "defaultPrompt": prompts,
        "websiteURL": "https://www.example.org/",
        "termsOfServiceURL": "https://www.example.org/terms",
    }


def test_what_is_too_long_is_cut_at_a_word_and_told(tmp_path: Path) -> None:
    def change(manifest: dict[str, Any], contract: dict[str, Any]) -> None:
        manifest.update(
            name_for_human="The list of all plants, and of trees",
            description_for_human="Keeps the plants of one garden or of many",
        )
        contract["info"]["description"] = LONG
        contract["info"]["contact"]["name"] = "x" * 81
        contract["info"]["x-listing"] = {
            "capabilities": [f"Capability {number}" for number in range(21)],
            "prompts": ["Which plants do I have? " * 6, "Two", "Three", "Four"],
        }

    result = run(str(tmp_path / "out"), "--url", ORIGIN, folder=fork(tmp_path / "fork", change))
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "displayName has 36 characters; what fits into 30 is taken.",
        "shortDescription has 41 characters; what fits into 30 is taken.",
        "longDescription has 4,799 characters; what fits into 4,000 is taken.",
        "developerName has 81 characters; what fits into 80 is taken.",
        "capabilities has 21 entries; the first 20 are taken.",
        "defaultPrompt has 4 entries; the first 3 are taken.",
        "defaultPrompt has 144 characters; what fits into 128 is taken.",
    ]
    portable = read(tmp_path / "out/plugin.json")
    interface = portable["extensions"]["com.openai"]["interface"]
    assert interface["displayName"] == "The list of all plants, and of"
    assert interface["shortDescription"] == "Keeps the plants of one garden"
    assert interface["longDescription"] == LONG[:3_999]
    assert interface["developerName"] == "x" * 80


def test_what_somebody_from_the_directory_could_not_use_is_told(tmp_path: Path) -> None:
    def change(manifest: dict[str, Any], contract: dict[str, Any]) -> None:
        manifest["auth"] = {"type": "service_http", "authorization_type": "bearer"}
        contract["info"]["x-listing"].update(colour="red")

    result = run(str(tmp_path / "out"), "--url", ORIGIN, folder=fork(tmp_path / "fork", change))
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "openapi.yaml: info.x-listing has 'colour', which is passed over; it may have category,"
        " capabilities, prompts, shortDescription, brandColor, brandColorDark, websiteURL,"
        " supportURL.",
        "ai-plugin.json: auth.type is service_http: who finds the plugin in the directory has no"
        " token for it.",
    ]
