"""Documents of a plugin that does not exist."""

import json
from pathlib import Path
from typing import Any

import yaml

MANIFEST = {
    "schema_version": "v1",
    "name_for_human": "Things",
    "name_for_model": "things",
    "auth": {"type": "none"},
    "api": {"type": "openapi", "url": "PLUGIN_HOSTNAME/openapi.yaml"},
    "logo_url": "PLUGIN_HOSTNAME/logo.png",
    "contact_email": "support@example.com",
}


def operation(name: str) -> dict[str, Any]:
    """A part of a contract that gives a tool."""
    thing = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    content = {"application/json": {"schema": thing}}
    return {
        "operationId": name,
        "summary": "Get a thing",
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
        ],
        "responses": {"200": {"description": "The thing.", "content": content}},
    }


def write_documents(folder: Path, operations: int = 1) -> Path:
    """Write manifest, contract and logo into the folder, which is returned."""
    contract = {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "servers": [{"url": "PLUGIN_HOSTNAME"}],
        "paths": {
            f"/things{number}/{{id}}": {"get": operation(f"getThing{number}")}
            for number in range(operations)
        },
    }
    (folder / "ai-plugin.json").write_text(json.dumps(MANIFEST))
    (folder / "openapi.yaml").write_text(yaml.safe_dump(contract))
    (folder / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return folder
