"""Whoever is refused by a limit can ask without end: the log does not grow with it."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.clock import DAY, Clock, needs_faketime
from tests.front_door import TOKEN
from tests.running import running_server

from .test_logs import log_of, requests_in

LINES = 100
JSON = {"PLUGIN_LOG_FORMAT": "json"}
NETWORK = {**JSON, "PLUGIN_ALLOWED_NETWORKS": "192.0.2.0/24"}
FAILURES = {**JSON, "PLUGIN_AUTH": "service_http", "PLUGIN_SERVICE_TOKENS": TOKEN}
WRONG = {"Authorization": f"Bearer {TOKEN}x"}


def ask(url: str, times: int) -> list[int]:
    """The statuses of so many requests."""
    with httpx.Client(base_url=url, headers=WRONG) as client:
        return [client.get("/todos/ann").status_code for _ in range(times)]


@pytest.mark.parametrize(
    ("variables", "before", "status", "refusal"),
    [
        ({**JSON, "PLUGIN_RATE_LIMIT": "3/hour"}, [200] * 3, 429, "rate"),
        (FAILURES, [401] * 10, 429, "failures"),
        (NETWORK, [], 403, "network"),
    ],
)
def test_of_the_requests_refused_in_a_minute_a_hundred_leave_a_line(
    tmp_path: Path, variables: dict[str, Any], before: list[int], status: int, refusal: str
) -> None:
    with running_server(tmp_path, **variables) as server:
        assert ask(server.url, len(before) + 150) == [*before, *[status] * 150]
        assert httpx.get(f"{server.url}/healthz").status_code == 200
        assert httpx.get(f"{server.url}/nowhere").status_code in (404, status)
        assert server.stop() == 0
    lines = [(line["status"], line.get("refusal")) for line in requests_in(tmp_path)]
    others = [] if refusal != "failures" else [(404, None)]
    assert lines == [*((each, None) for each in before), *[(status, refusal)] * LINES, *others]


@needs_faketime
def test_when_the_minute_is_over_the_others_are_told_in_one_line(tmp_path: Path) -> None:
    clock = Clock(tmp_path, monotonic=True)
    with running_server(tmp_path, **NETWORK, **clock.variables) as server:
        for ahead in (DAY, 2 * DAY, 3 * DAY):
            assert ask(server.url, 150) == [403] * 150
            clock.set(ahead)
        assert ask(server.url, 3) == [403] * 3
        assert server.stop() == 0
    told = [
        (line["level"], line.get("message") or line["refusal"])
        for line in log_of(tmp_path)
        if line.get("logger") in (None, "plugin_server.access")
    ]
    minute = [("INFO", "network")] * LINES
    more = [("WARNING", "refused in the last minute without a line of their own: 50")]
    assert told == [*(minute + more) * 3, *minute[:3]]
