"""What the tests' plugin server answers, and how samples may change it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import yaml

from guarded_fetch.testing.certificates import Certificate

from .parts import Parts

CORS = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "authorization, content-type",
    "Access-Control-Allow-Private-Network": "true",
}

TOOL: dict[str, Any] = {
    "name": "getPlants",
    "title": "Get the plants",
    "description": "Get the plants of the list.",
    "inputSchema": {
        "type": "object",
        "properties": {"limit": {"type": "integer", "description": "How many."}},
    },
    "outputSchema": {
        "type": "object",
        "properties": {"plants": {"type": "array", "items": {"type": "string"}}},
    },
    "annotations": {"readOnlyHint": True, "destructiveHint": False, "openWorldHint": False},
}


@dataclass(frozen=True)
class Request:
    """A request as it came. Header names are lower case; `path` is without the query."""

    method: str
    host: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    """An answer, to change before it is sent. A silent one is never sent."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    silent: bool = False


Spoil = Callable[[Request, Reply], None]


@dataclass
class Behaviour:
    """What the server does, for samples to change. `spoil` may change every reply.

    `credential` guards the operations, when it is not None.
    """

    tools: list[dict[str, Any]] = field(default_factory=lambda: [json.loads(json.dumps(TOOL))])
    challenge: str = "a1b2c3"
    credential: str | None = None
    certificate: Certificate = "trusted"
    spoil: Spoil = lambda _request, _reply: None
    requests: list[Request] = field(default_factory=list)


def reply_to(request: Request, parts: Parts, behaviour: Behaviour) -> Reply:
    """The reply of a sound plugin, before it is spoiled."""
    if request.method == "OPTIONS":
        allowed = {"Access-Control-Allow-Origin": request.headers.get("origin", "*")}
        return Reply(204, allowed | CORS)
    match request.path:
        case "/.well-known/ai-plugin.json":
            return _file(parts, "ai-plugin.json", "application/json", json.dumps(parts.manifest))
        case "/openapi.yaml":
            text = yaml.safe_dump(parts.contract, sort_keys=False)
            return _file(parts, "openapi.yaml", "application/yaml", text)
        case "/logo.png":
            return Reply(200, {"Content-Type": "image/png"}, parts.logo)
        case "/legal":
            return Reply(200, {"Content-Type": "text/html"}, b"<h1>Plants are free.</h1>")
        case "/plants":
            return _plants(request, behaviour)
        case "/oauth":
            return _oauth(request)
        case "/.well-known/openai-apps-challenge":
            return Reply(200, {"Content-Type": "text/plain"}, behaviour.challenge.encode())
        case "/mcp" | "/mcp/" if request.method == "POST":
            return _mcp(json.loads(request.body), behaviour)
    return Reply(404)


def _file(parts: Parts, name: str, content_type: str, text: str) -> Reply:
    if name in parts.missing:
        return Reply(404)
    return Reply(200, {"Content-Type": content_type}, parts.files.get(name, text.encode()))


def _plants(request: Request, behaviour: Behaviour) -> Reply:
    given = request.headers.get("authorization")
    if behaviour.credential not in (None, (given or "").partition(" ")[2]):
        return Reply(401, {"WWW-Authenticate": "Bearer"})
    return _json({"plants": ["fern"]})


def _oauth(request: Request) -> Reply:
    asked = {name: values[0] for name, values in parse_qs(request.query).items()}
    return Reply(302, {"Location": f"{asked['redirect_uri']}?code=1&state={asked['state']}"})


def _mcp(asked: dict[str, Any], behaviour: Behaviour) -> Reply:
    known = {
        "initialize": {
            "protocolVersion": "2025-11-25",
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "plants", "version": "1.0.0"},
        },
        "tools/list": {"tools": behaviour.tools},
    }
    if "id" not in asked:
        return Reply(202)
    answer = {"jsonrpc": "2.0", "id": asked["id"]}
    if asked["method"] not in known:
        missing = {"code": -32601, "message": "Method not found"}
        return _json(answer | {"error": missing}, 404)
    return _json(answer | {"result": known[asked["method"]]})


def _json(value: Any, status: int = 200) -> Reply:
    return Reply(status, {"Content-Type": "application/json"}, json.dumps(value).encode())
