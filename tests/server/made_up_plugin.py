"""A plugin that does not exist: twelve operations, long texts, no logo; or hostile documents."""

import json
from pathlib import Path
from typing import Any

import yaml

MAIN = """
import plugin_server
from plugin_server import Plugin


class Settings(plugin_server.Settings):
    program = "made-up-plugin"


def create_app(settings=None):
    return Plugin(__name__, settings or Settings())
"""
COMMAND = """
from plugin_server.cli import command_line

main = command_line("app.main")

if __name__ == "__main__":
    main()
"""
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 4
NAME = "A Made-up Plugin With a Name That Is Longer Than Anybody Would Want"
MANIFEST = {
    "schema_version": "v1",
    "name_for_human": NAME,
    "name_for_model": "made_up",
    "description_for_human": LONG,
    "description_for_model": LONG,
    "auth": {"type": "none"},
    "api": {"type": "openapi", "url": "PLUGIN_HOSTNAME/openapi.yaml"},
    "logo_url": "https://pictures.example.org/logo.png",
    "contact_email": "support@example.com",
    "legal_info_url": "PLUGIN_HOSTNAME/legal",
}
MEMBERS = {
    "colour": {"type": "string", "enum": ["red", "a green that has a rather long name", "blue"]},
    "is_fast": {"type": "boolean", "description": LONG},
    "sizes": {"type": "array", "items": {"type": "integer", "minimum": 1}, "maxItems": 5},
    "address": {
        "type": "object",
        "properties": {"street": {"type": "string"}, "lines": {"type": "array", "items": {}}},
    },
    "x" * 120: {"type": ["number", "null"], "exclusiveMinimum": 0},
}
# It looks like what a page, a script, a shell, JSON or Markdown would take for its own.
HOSTILE = (
    "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}{% raw %}"
    "</code></title></textarea>$(touch broken)`touch broken`; touch broken\n# A heading\n"
    '[link](javascript:alert(3)) \\" \u202e \u2028 &lt;b&gt;'
)


def write_made_up(folder: Path) -> Path:
    """Twelve operations, each with a text longer than a screen of 320 pixels; the folder."""
    paths = {
        f"/things{number}/{{identifier}}": {
            "post": operation(f"changeThing{number}", LONG, MEMBERS)
        }
        for number in range(12)
    }
    return write(folder, MANIFEST, paths)


def write_hostile(folder: Path) -> Path:
    """Every text is hostile that a manifest or a contract may choose; the folder."""
    manifest = {**MANIFEST, "name_for_human": HOSTILE, "name_for_model": f"-- {HOSTILE}"}
    manifest |= {"description_for_human": HOSTILE, "description_for_model": HOSTILE}
    manifest |= {"contact_email": HOSTILE, "logo_url": HOSTILE}
    members = {HOSTILE: {"type": HOSTILE, "description": HOSTILE, "enum": [HOSTILE]}}
    odd = {"n": 5, "l": ["x"], "t": True, "none": None, "d": {"description": {"a": 1}, "type": 7}}
    paths = {
        "/hostile": {"post": operation(HOSTILE, HOSTILE, members)},
        f"/{HOSTILE}": {"get": {"operationId": "a/b", "summary": 7, "responses": {}}},
        "/odd": {"put": operation("odd", "", odd)},
    }
    return write(folder, manifest, paths)


def operation(name: str, text: str, members: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "required": list(members)[:2], "properties": members}
    content = {"application/json": {"schema": schema}}
    return {
        "operationId": name,
        "summary": text,
        "description": f"{text} {text}",
        "requestBody": {"required": True, "content": content},
        "responses": {"200": {"description": text, "content": content}},
    }


def write(folder: Path, manifest: dict[str, Any], paths: dict[str, Any]) -> Path:
    contract = {
        "openapi": "3.1.0",
        "info": {"title": "Made up", "version": 1.5},
        "servers": [{"url": "PLUGIN_HOSTNAME"}],
        "paths": paths,
    }
    (folder / "app").mkdir(parents=True)
    (folder / "app/__init__.py").touch()
    (folder / "app/main.py").write_text(MAIN)
    (folder / "app/__main__.py").write_text(COMMAND)
    (folder / "ai-plugin.json").write_text(json.dumps(manifest))
    (folder / "openapi.yaml").write_text(
        yaml.safe_dump(contract, allow_unicode=True, sort_keys=False)
    )
    return folder
