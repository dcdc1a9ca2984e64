"""The log of a real server: a line a request, the same form for all else, nobody's words in it."""

import json
import re
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from tests.answers import answered
from tests.front_door import TOKEN
from tests.running import KIND, running_server

from .mcp_messages import tool_call

CALLER = sha256(TOKEN.encode()).hexdigest()[:16]
CONVERSATION = "6b3c7b0e-24f8-4c5a-9d63-0f3f1a2b4c5d"
WITH_TOKEN = {"Authorization": f"Bearer {TOKEN}"}
GUARDED = {"PLUGIN_AUTH": "service_http", "PLUGIN_SERVICE_TOKENS": TOKEN}


def log_of(folder: Path) -> list[dict[str, Any]]:
    """Every line that the last server in `folder` has written, which must all be JSON."""
    return [json.loads(line) for line in (folder / "server.log").read_text().split("\n")[:-1]]


def requests_in(folder: Path) -> list[dict[str, Any]]:
    """The lines of requests, without what differs each time, after a look at that."""
    lines = [line for line in log_of(folder) if "method" in line]
    for line in lines:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
        assert 0 < line.pop("milliseconds") < 60_000
        if re.fullmatch("[0-9a-f]{16}", line["request_id"]):
            line["request_id"] = "made"
    return lines


def line(method: str, route: str | None, status: int, size: int, **more: object) -> dict[str, Any]:
    """A line as `requests_in` gives it."""
    members = {"level": "INFO", "method": method, "route": route, "status": status, "bytes": size}
    return {**members, "request_id": "made", **more}


def test_each_door_leaves_one_line(tmp_path: Path) -> None:
    expected = []
    variables = {
        **GUARDED,
        "PLUGIN_TRUSTED_PROXIES": "for=1,proto=0,host=0",
        "PLUGIN_LOG_FORMAT": "json",
    }
    with running_server(tmp_path, **variables) as server, httpx.Client(base_url=server.url) as ask:

        def expect(answer: httpx.Response, route: str | None, **more: object) -> None:
            size = int(answer.headers["Content-Length"])
            method = answer.request.method
            expected.append(line(method, route, answer.status_code, size, **more))

        todos = "/todos/<username>"
        named = {
            "X-Request-Id": "f81d4fae7dec11d0a76500a0c91e6bf6",
            "openai-conversation-id": "none",
        }
        answer = ask.get("/todos/ann", headers={**WITH_TOKEN, **named})
        expect(answer, todos, caller=CALLER, request_id="f81d4fae7dec11d0a76500a0c91e6bf6")
        said = {"openai-conversation-id": CONVERSATION, "X-Request-Id": "no id"}
        answer = ask.post("/todos/ann", json={"todo": "milk"}, headers={**WITH_TOKEN, **said})
        expect(answer, todos, caller=CALLER, conversation=CONVERSATION)
        expect(ask.get("/todos/ann"), todos)
        expect(ask.get("/openapi.yaml"), "/openapi.yaml")
        expect(ask.get("/nowhere"), None)
        expect(ask.get("/todos/%ff"), None)
        assert ask.get("/healthz").status_code == 200
        for todo, status in (("bread", 200), ("", 422)):
            call = tool_call("addTodo", {"username": "ann", "todo": todo})
            answer = ask.post("/mcp", content=call.body, headers={**call.headers, **WITH_TOKEN})
            expect(answer, "/mcp", caller=CALLER, tool="addTodo", tool_status=status)
        assert server.stop() == 0
    assert requests_in(tmp_path) == expected
    told = [(each["level"], each["logger"], each["message"]) for each in log_of(tmp_path)[:1]]
    assert told == [("INFO", "plugin_server.servers", f"serving {server.url} with {KIND}")]
    assert log_of(tmp_path)[-1]["message"] == "stopped"


def test_who_was_refused_by_a_limit_is_told_so(tmp_path: Path) -> None:
    limited = {"PLUGIN_RATE_LIMIT": "1/hour", "PLUGIN_LOG_FORMAT": "json"}
    with running_server(tmp_path, **limited) as server:
        sizes = [len(httpx.get(f"{server.url}/todos/ann").content) for _ in range(2)]
        assert server.stop() == 0
    assert requests_in(tmp_path) == [
        line("GET", "/todos/<username>", 200, sizes[0]),
        line("GET", "/todos/<username>", 429, sizes[1], refusal="rate"),
    ]


EVIL = 'Evil"\\\x1b[2J\u2028\x85{"status":200}'


def test_nothing_that_a_caller_sent_is_in_the_log(tmp_path: Path) -> None:
    """Nor can a caller end a line, or speak to the terminal that shows it."""
    evil = EVIL.encode().decode("latin-1")
    quoted = "Evil%0a%1b%5b2J%e2%80%a8%22"
    headers = "".join(
        f"{name}: {evil}\r\n"
        for name in (
            *("Host", "User-Agent", "Authorization", "X-Request-Id", "X-Forwarded-For", "Origin"),
            *("openai-conversation-id", "Content-Type", "If-None-Match", "Cookie", "traceparent"),
        )
    )
    headers += "Connection: close\r\n"
    hostless = "Host: localhost\r\nConnection: close\r\n"
    targets = (f"/todos/{quoted}", f"/{quoted}", f"/mcp?{quoted}", f"/todos/ann?todo_idx={quoted}")
    body = json.dumps({"todo": EVIL, "method": EVIL, "id": EVIL, "jsonrpc": "2.0"})
    length = f"Content-Length: {len(body)}\r\n"
    variables = {"PLUGIN_TRUSTED_PROXIES": "1", "PLUGIN_LOG_FORMAT": "json"}
    count = 0
    with running_server(tmp_path, **variables) as server:
        for method in ("GET", "POST", "DELETE", "PROPFIND", "E" * 2000, "Evil!#$%&'*+-.^_`|~"):
            for target in targets:
                for head in (headers, headers.replace("\x1b", ""), hostless):
                    answered(server, f"{method} {target} HTTP/1.1\r\n{head}{length}\r\n{body}")
                    count += 1
        assert server.stop() == 0
    written = (tmp_path / "server.log").read_bytes()
    assert b"vil" not in written
    assert b"EE" not in written
    assert re.fullmatch(rb"[ -~\n]*", written)
    lines = requests_in(tmp_path)
    # A server that cannot even read a request has nobody to name in a line.
    assert count / 3 <= len(lines) <= count
    assert {each["method"] for each in lines} == {"GET", "POST", "DELETE", "OTHER"}


BREAKING = """
from plugin_server import servers
from plugin_server.observability import logs
from app.main import create_app
from plugin_server.settings import Settings

settings = Settings()
logs.configure(settings)
app = create_app(settings)

@app.get("/breaks")
async def breaks() -> str:
    raise LookupError("line\\nbreak \\x1b[2J")

servers.run(app, settings)
"""


def test_a_mistake_is_told_under_the_id_of_its_request(tmp_path: Path) -> None:
    with running_server(
        tmp_path, sys.executable, "-c", BREAKING, PLUGIN_LOG_FORMAT="json"
    ) as server:
        assert httpx.get(f"{server.url}/breaks").status_code == 500
        assert server.stop() == 0
    mistake, request = log_of(tmp_path)[1:3]
    assert mistake.pop("exception").endswith("LookupError: line\nbreak \x1b[2J")
    assert mistake == {
        "time": mistake["time"],
        "level": "ERROR",
        "logger": "plugin_server.errors",
        "message": "unexpected error",
        "request_id": request["request_id"],
    }
    assert b"\x1b" not in (tmp_path / "server.log").read_bytes()
