"""Packages for OpenAI's directory, each of which breaks one rule; and the one that breaks none."""

import copy
from typing import Any

from plugin_check import Level

from ..parts import ORIGIN, Parts, png, sample

PORTABLE, PORTABLE_SERVERS = "plugin.json", "mcp.json"
NATIVE, NATIVE_SERVERS = ".codex-plugin/plugin.json", ".mcp.json"
SCHEMAS = "https://agent-plugins.org/schemas/1.0.0"

INTERFACE: dict[str, Any] = {
    "displayName": "Plants",
    "shortDescription": "Keeps a list of plants",
    "longDescription": "Keeps a list of plants.\n\nGet it, add a plant, delete one.",
    "developerName": "The Plant Company",
    "category": "Productivity",
    "capabilities": ["Read", "Write"],
    "websiteURL": "https://www.plants.test/",
    "supportURL": "https://www.plants.test/support",
    "privacyPolicyURL": "https://www.plants.test/privacy",
    "termsOfServiceURL": "https://www.plants.test/terms",
    "defaultPrompt": ["Which plants do I have?", "Add a fern to my plants."],
    "brandColor": "#1B5E20",
    "brandColorDark": "#A5D6A7",
    "logo": "./assets/logo.png",
    "composerIcon": "./assets/icon.png",
    "screenshots": ["./assets/list.png", "./assets/fern.jpg"],
}

REVIEW: dict[str, Any] = {
    "test_cases": {
        "positive": [
            {"prompt": f"Add plant {number}.", "tools_triggered": "addPlant"} for number in range(5)
        ],
        "negative": [{"prompt": f"Water plant {number}."} for number in range(3)],
    },
    "demo_recording_url": "https://www.plants.test/recording",
}

NAMED: dict[str, Any] = {"name": "plants", "version": "1.0.0", "description": "Keeps plants."}

PACKAGE: dict[str, Any] = {
    PORTABLE: {
        "$schema": f"{SCHEMAS}/plugin.schema.json",
        **NAMED,
        "extensions": {
            "com.openai": {
                "interface": INTERFACE,
                "review": REVIEW,
                "publication": {"release_notes": "The first release."},
            }
        },
    },
    PORTABLE_SERVERS: {
        "$schema": f"{SCHEMAS}/mcp.schema.json",
        "mcpServers": {"plants": {"type": "streamable-http", "url": f"{ORIGIN}/mcp"}},
    },
    NATIVE: {**NAMED, "mcpServers": "./.mcp.json", "interface": INTERFACE},
    NATIVE_SERVERS: {"mcpServers": {"plants": {"type": "http", "url": f"{ORIGIN}/mcp"}}},
}


def jpeg(width: int, height: int) -> bytes:
    """The beginning of a JPEG: what says how large it is."""
    size = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    comment = b"\xff\xfe\x00\x06fern"
    return b"\xff\xd8" + comment + b"\xff\xc0\x00\x11\x08" + size + b"\x03" + b"\0" * 9


def packaged(parts: Parts) -> Parts:
    """Add a package in both forms that the directory would accept."""
    parts.package |= copy.deepcopy(PACKAGE)
    parts.files |= {
        "assets/logo.png": png(),
        "assets/icon.png": png(128, 128),
        "assets/list.png": png(706, 400),
        "assets/fern.jpg": jpeg(706, 860),
    }
    return parts


def interface(parts: Parts, **changes: object) -> None:
    """Change what both forms show; None takes a key out."""
    packaged(parts)
    for holder in (parts.package[PORTABLE]["extensions"]["com.openai"], parts.package[NATIVE]):
        shown = {**holder["interface"], **changes}
        holder["interface"] = {key: value for key, value in shown.items() if value is not None}


def named(parts: Parts, **changes: object) -> None:
    """Change what both manifests say of themselves."""
    packaged(parts)
    parts.package[PORTABLE].update(changes)
    parts.package[NATIVE].update(changes)


@sample("K01")
def portable_package_with_a_trailing_comma(parts: Parts) -> None:
    parts.files[PORTABLE] = b'{\n  "name": "plants",\n}\n'


@sample("K01")
def native_package_that_is_a_list(parts: Parts) -> None:
    parts.package[NATIVE] = []


@sample("K01")
def package_without_a_name(parts: Parts) -> None:
    named(parts, name=None)


@sample("K01")
def package_name_with_a_space(parts: Parts) -> None:
    named(parts, name="my plants")


@sample("K01")
def package_name_with_65_characters(parts: Parts) -> None:
    named(parts, name="p" * 65)


@sample("K01")
def portable_package_name_with_a_capital(parts: Parts) -> None:
    named(parts, name="Plants")


@sample("K02")
def package_version_with_two_numbers(parts: Parts) -> None:
    named(parts, version="1.0")


@sample("K02")
def package_version_with_a_leading_zero(parts: Parts) -> None:
    named(parts, version="1.02.0")


@sample("K02")
def package_version_with_65_characters(parts: Parts) -> None:
    named(parts, version="1.0.0-" + "a" * 59)


@sample("K19")
def native_server_ignored_for_the_portable_package(parts: Parts) -> None:
    packaged(parts)
    del parts.package[PORTABLE_SERVERS]


@sample("K19")
def two_packages_with_two_versions(parts: Parts) -> None:
    packaged(parts)
    parts.package[NATIVE]["version"] = "1.0.1"


@sample("K19")
def two_packages_with_two_servers(parts: Parts) -> None:
    packaged(parts)
    parts.package[NATIVE_SERVERS]["mcpServers"]["plants"]["url"] = f"{ORIGIN}/old"


@sample("K21")
def key_of_the_native_package_in_the_portable_one(parts: Parts) -> None:
    packaged(parts)
    parts.package[PORTABLE]["mcpServers"] = "./mcp.json"


@sample("K21")
def portable_package_without_its_schema(parts: Parts) -> None:
    packaged(parts)
    del parts.package[PORTABLE]["$schema"]


@sample("K21")
def schema_of_another_site(parts: Parts) -> None:
    packaged(parts)
    parts.package[PORTABLE]["$schema"] = "https://plants.test/schemas/1.0.0/plugin.schema.json"


@sample("K21", Level.NOTE)
def manifest_of_another_program(parts: Parts) -> None:
    packaged(parts)
    parts.package[PORTABLE] = {"id": "plants", "type": "panel", "name": "Plants"}
    del parts.package[PORTABLE_SERVERS]


@sample("K21")
def transport_of_the_native_package_in_the_portable_one(parts: Parts) -> None:
    packaged(parts)
    parts.package[PORTABLE_SERVERS]["mcpServers"]["plants"]["type"] = "http"


@sample("K21")
def servers_over_http(parts: Parts) -> None:
    packaged(parts)
    for name in (PORTABLE_SERVERS, NATIVE_SERVERS):
        parts.package[name]["mcpServers"]["plants"]["url"] = "http://todo.plants.test/mcp"


@sample("K21")
def logo_outside_of_the_package(parts: Parts) -> None:
    interface(parts, logo="./../logo.png")


@sample("K21")
def icon_that_is_not_there(parts: Parts) -> None:
    interface(parts, composerIcon="./assets/other.png")
