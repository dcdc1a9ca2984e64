"""A plugin that every host would accept, in parts that a sample may change before it is written."""

import copy
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from struct import pack
from typing import Any, NamedTuple

import yaml

from plugin_check import Level

ORIGIN = "https://todo.plants.test"

# The documents of a plugin that every host accepts; the origin is left for the server to fill in.
TODO = Path(__file__).parent / "todo"

MANIFEST: dict[str, Any] = {
    "schema_version": "v1",
    "name_for_human": "Plants",
    "name_for_model": "plants",
    "description_for_human": "Keeps a list of plants.",
    "description_for_model": "Plugin for keeping a list of plants: get it, add one, delete one.",
    "auth": {"type": "none"},
    "api": {"type": "openapi", "url": f"{ORIGIN}/openapi.yaml"},
    "logo_url": f"{ORIGIN}/logo.png",
    "contact_email": "gardener@plants.test",
    "legal_info_url": "https://www.plants.test/legal",
}

ANSWER: dict[str, Any] = {
    "description": "The plants.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {"plants": {"type": "array", "items": {"type": "string"}}},
            }
        }
    },
}

CONTRACT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Plants", "description": "Keeps plants.", "version": "1.0.0"},
    "servers": [{"url": ORIGIN}],
    "paths": {
        "/plants": {
            "get": {
                "operationId": "getPlants",
                "summary": "Get the plants",
                "x-openai-isConsequential": False,
                "parameters": [
                    {
                        "name": "limit",
                        "in": "query",
                        "description": "How many.",
                        "schema": {"type": "integer"},
                    }
                ],
                "responses": {"200": ANSWER},
            },
            "post": {
                "operationId": "addPlant",
                "summary": "Add a plant",
                "x-openai-isConsequential": True,
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["plant", "revision"],
                                "properties": {
                                    "plant": {"type": "string", "description": "Its name."},
                                    "revision": {"type": "integer", "description": "The list's."},
                                },
                            }
                        }
                    },
                },
                "responses": {"200": ANSWER},
            },
        },
        "/plants/{plant_id}": {
            "delete": {
                "operationId": "deletePlant",
                "summary": "Delete a plant",
                "x-openai-isConsequential": True,
                "parameters": [
                    {
                        "name": "plant_id",
                        "in": "path",
                        "required": True,
                        "description": "Which plant.",
                        "schema": {"type": "string"},
                    }
                ],
                "responses": {"200": ANSWER},
            }
        },
    },
}


def png(width: int = 512, height: int = 512) -> bytes:
    """A PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    header = pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


@dataclass
class Parts:
    """The plugin's files. `files` are written last, as they are, and may replace the others."""

    origin: str = ORIGIN
    manifest: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(MANIFEST))
    contract: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(CONTRACT))
    logo: bytes = field(default_factory=png)
    package: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)

    def operation(self, method: str, path: str = "/plants") -> dict[str, Any]:
        """An operation of the contract, to change."""
        found: dict[str, Any] = self.contract["paths"][path][method]
        return found

    def write(self, folder: Path) -> Path:
        """Write the plugin into a folder."""
        files = {
            "ai-plugin.json": json.dumps(self.manifest, indent=2).encode(),
            "openapi.yaml": yaml.safe_dump(self.contract, sort_keys=False).encode(),
            "logo.png": self.logo,
            **{name: json.dumps(value).encode() for name, value in self.package.items()},
            **self.files,
        }
        for name, content in files.items():
            if name not in self.missing:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
        return folder


Change = Callable[[Parts], None]


class Sample(NamedTuple):
    """A change that breaks a rule; `level` is only given where it is not the rule's first."""

    rule: str
    change: Change
    level: Level | None


SAMPLES: list[Sample] = []


def sample(rule: str, level: Level | None = None) -> Callable[[Change], Change]:
    """Mark a change that breaks this rule and no other for the rule's hosts.

    A rule may have several samples: one for each way in which it can be broken.
    """

    def register(change: Change) -> Change:
        SAMPLES.append(Sample(rule, change, level))
        return change

    return register
