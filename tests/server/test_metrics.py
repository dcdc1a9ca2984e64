"""What a scraper of a real server is told, and who else is not."""

import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.answers import answered
from tests.callers import until_draining, words
from tests.ledger import nobody_can_write
from tests.load import Change
from tests.running import Server, only_uvicorn, running_server
from tests.serving_checks import assert_no_complaints

from .mcp_messages import tool_call

Counts = dict[str, float]


@contextmanager
def measured(folder: Path, **variables: str) -> Iterator[tuple[httpx.Client, httpx.Client, Server]]:
    """Clients of a server and of its metrics."""
    with running_server(folder, PLUGIN_METRICS_BIND="127.0.0.1:0", **variables) as server:
        found = re.search(r"metrics: (http://\S+)/metrics", (folder / "server.log").read_text())
        assert found is not None
        with httpx.Client(base_url=server.url) as ask, httpx.Client(base_url=found[1]) as scraper:
            yield ask, scraper, server


def counted(scraper: httpx.Client, *prefixes: str) -> Counts:
    """The samples whose names begin so, each under its name and the values of its labels."""
    answer = scraper.get("/metrics")
    assert answer.status_code == 200
    return {
        " ".join(
            [sample.name, *(sample.labels[name] for name in sorted(sample.labels))]
        ): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.name.startswith(prefixes)
    }


@only_uvicorn("metrics of connections")
def test_what_was_done_is_counted(tmp_path: Path) -> None:
    with measured(tmp_path, PLUGIN_RATE_LIMIT="7/hour") as (ask, scraper, _):
        for todo in ("milk", "bread", ""):
            ask.post("/todos/ann", json={"todo": todo})
            call = tool_call("addTodo", {"username": "ann", "todo": todo})
            ask.post("/mcp", content=call.body, headers=call.headers)
        ask.request("PROPFIND", "/nowhere")
        for _ in range(2):
            ask.get("/todos/ann")
        assert counted(
            scraper,
            "plugin_requests",
            "plugin_request_seconds_count",
            "plugin_tool",
            "plugin_refusals",
            "plugin_database_operations_per_commit_count",
            "plugin_database_operations_per_commit_sum",
            "plugin_database_waiting",
            "plugin_build",
            "plugin_connections",
        ) == {
            "plugin_requests_total POST /todos/<username> 200": 2,
            "plugin_requests_total POST /todos/<username> 422": 1,
            "plugin_requests_total POST /mcp 200": 3,
            "plugin_requests_total OTHER unmatched 404": 1,
            "plugin_requests_total GET /todos/<username> 429": 2,
            "plugin_request_seconds_count /todos/<username>": 5,
            "plugin_request_seconds_count /mcp": 3,
            "plugin_request_seconds_count unmatched": 1,
            "plugin_tool_calls_total 200 addTodo": 2,
            "plugin_tool_calls_total 422 addTodo": 1,
            "plugin_refusals_total rate": 2,
            "plugin_database_operations_per_commit_count": 4,
            "plugin_database_operations_per_commit_sum": 4,
            "plugin_database_waiting_operations": 0,
            "plugin_build_info 0.1.0": 1,
            "plugin_connections": 1,
            "plugin_connections_closed_total": 0,
            "plugin_connections_refused_total": 0,
        }
        # What cannot be told beforehand is there, and is more than nothing.
        assert all(
            value > 0
            for value in counted(
                scraper, "plugin_request_seconds_sum", "process_", "python_info"
            ).values()
        )


def test_metrics_are_at_their_own_address_only(tmp_path: Path) -> None:
    with measured(tmp_path) as (ask, scraper, _):
        assert ask.get("/metrics").status_code == 404
        assert scraper.post("/metrics").status_code == 405
        assert scraper.get("/metrics?name[]=%ff").status_code == 200


def test_a_scraper_is_answered_each_time(tmp_path: Path) -> None:
    with measured(tmp_path) as (_, scraper, _):
        scraper.timeout = httpx.Timeout(2)
        assert [scraper.get("/metrics").status_code for _ in range(10)] == [200] * 10
    assert_no_complaints(tmp_path)


@only_uvicorn("metrics of connections")
def test_no_caller_can_make_more_of_them(tmp_path: Path) -> None:
    """All made-up paths and methods are one series: memory does not grow with what is asked for."""
    with measured(tmp_path) as (ask, scraper, server):
        for number in range(500):
            ask.request(("PROPFIND", "REPORT")[number % 2], f"/p{number}/{number}")
        ask.get("/todos/%ff")
        assert counted(scraper, "plugin_requests_total", "plugin_request_seconds_count") == {
            "plugin_requests_total OTHER unmatched 404": 500,
            "plugin_requests_total GET unmatched 400": 1,
            "plugin_request_seconds_count unmatched": 501,
        }
        answered(server, "no HTTP\r\n\r\n")
        assert counted(scraper, "plugin_unreadable") == {"plugin_unreadable_requests_total": 1}


def test_scrapers_who_read_nothing_hold_up_no_request(tmp_path: Path) -> None:
    with measured(tmp_path) as (ask, scraper, _):
        address = ("127.0.0.1", scraper.base_url.port)
        rude = [socket.create_connection(address) for _ in range(40)]
        for each in rude:
            each.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20)
        for _ in range(20):
            assert ask.get("/todos/ann", timeout=2).status_code == 200
        for each in rude:
            each.close()


@only_uvicorn("metrics of connections")
async def test_a_draining_server_still_answers_its_scraper(sqlite_url: str, tmp_path: Path) -> None:
    with measured(tmp_path, PLUGIN_DATABASE_URL=sqlite_url) as (ask, scraper, server):
        slow = socket.create_connection(("127.0.0.1", server.port))
        with nobody_can_write(sqlite_url):
            slow.sendall(words(Change("add", "ann", "milk")))
            # Whoever came later was answered, so the change has begun.
            assert ask.get("/todos/ann").status_code == 200
            server.process.send_signal(signal.SIGTERM)
            await until_draining(server)
            assert counted(scraper, "plugin_connections")["plugin_connections"] > 0
        slow.close()
        assert server.process.wait(15) == 0
