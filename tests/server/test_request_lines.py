"""The head of a request: what is no method and no version that is known is not run, and what stands
around a value is not part of it.
"""

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.answers import UNREADABLE, a_list, answered, problem
from tests.running import Server, only_uvicorn, running_server

from .mcp_messages import message

OTHER_VERSION = problem(
    505, "unreadable_request", "The server speaks HTTP/1.1: send the request in that."
)
REST = "Host: localhost\r\nConnection: close\r\n\r\n"


@pytest.fixture(name="server", scope="module")
def fixture_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@only_uvicorn("methods in lower case")
@pytest.mark.parametrize("method", ["delete", "Delete", "dELETE"])
def test_methods_are_case_sensitive(server: Server, method: str) -> None:
    url = f"{server.url}/todos/{method}"
    httpx.post(url, json={"todo": "milk"})
    answer = answered(server, f"{method} /todos/{method}?todo_idx=0 HTTP/1.1\r\n{REST}")
    assert (answer.status, json.loads(answer.body)) == (400, UNREADABLE)
    assert answer.headers["connection"] == "close"
    assert httpx.get(url).json() == a_list(["milk"], 1)


@pytest.mark.parametrize("version", ["0.9", "2.0", "3.0", "9.9"])
def test_a_major_version_of_http_that_is_not_spoken_is_refused(
    server: Server, version: str
) -> None:
    answer = answered(server, f"GET /healthz HTTP/{version}\r\n{REST}")
    # What no parser knows is not even a request.
    expected = ((505, OTHER_VERSION), (400, UNREADABLE))
    assert (answer.status, json.loads(answer.body)) in expected
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_each_version_of_http_1_is_answered(server: Server, version: str) -> None:
    answer = answered(server, f"GET /healthz HTTP/{version}\r\n{REST}")
    assert (answer.status, json.loads(answer.body)) == (200, {"status": "ok"})


@pytest.mark.parametrize("value", ["tools/list  ", "\ttools/list \t", "  tools/list"])
def test_white_space_around_a_value_is_no_part_of_it(server: Server, value: str) -> None:
    listing = message("tools/list", era="newer")
    headers = {**listing.headers, "Mcp-Method": value, "Content-Length": str(len(listing.body))}
    head = "".join(f"{name}: {each}\r\n" for name, each in headers.items())
    answer = answered(server, f"POST /mcp HTTP/1.1\r\n{head}{REST}{listing.body.decode()}")
    assert (answer.status, len(json.loads(answer.body)["result"]["tools"])) == (200, 3)
