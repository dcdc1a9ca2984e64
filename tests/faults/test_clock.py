"""The clock jumps by a day under a server that runs, as after a wrong setting or a long sleep."""

import json
import time
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.ledger import check, stored_lists
from tests.load import Load, Outcome
from tests.running import running_server
from tests.serving_checks import assert_no_complaints

from . import show
from .clock import DAY, Clock, needs_faketime

TOKEN = "k7Qm2zXw9RtLs4Vb8NcJ"
JUMPS = (DAY, 0, -DAY, DAY, -DAY, 0)
# Two clocks, read one after the other, in whole seconds.
APART = 2
AT_ONCE = 1.5
DATE_SECONDS = 2  # uvicorn reads the time for the header once a second
PATIENCE = 10

pytestmark = needs_faketime


@pytest.mark.parametrize("monotonic", [False, True], ids=["time of day", "every clock"])
async def test_no_change_is_lost_or_refused_while_the_clock_jumps(
    database_url: str, tmp_path: Path, monotonic: bool, long: bool
) -> None:
    if monotonic and not long:
        pytest.skip("by every clock only in the long form")
    clock = Clock(tmp_path, monotonic=monotonic)
    load = Load()
    jumps = JUMPS * (20 if long else 1)
    with running_server(tmp_path, PLUGIN_DATABASE_URL=database_url, **clock.variables) as server:
        async with load.on(server.port, "jump"):
            for jump in jumps:
                await load.until_acknowledged(50, partial(clock.set, jump))
                await load.until_acknowledged(50)
        assert server.stop() == 0
    assert_no_complaints(tmp_path)
    for change in load.changes:
        # By every clock the server waited a day for the database, and told so before the change
        # was made; by that of the day it did not.
        if monotonic and change.code == "unavailable":
            change.outcome = Outcome.UNANSWERED
    made = check(load.changes, stored_lists(database_url))
    assert {change.code for change in load.of(Outcome.REFUSED)} <= {"stale_revision", "list_full"}
    unanswered = load.of(Outcome.UNANSWERED)
    # Who was silent for a day by every clock may find the connection closed.
    assert monotonic or not unanswered
    show(
        f"{'every clock' if monotonic else 'the time of day'} jumps by days"
        f" ({database_url.partition(':')[0]})",
        f"{len(jumps)} jumps, {len(load.of(Outcome.ACKNOWLEDGED))} changes"
        f" acknowledged, none lost, {len(unanswered)} unanswered of which {made} were made",
    )


def test_date_and_log_follow_the_clock_and_tokens_go_on_working(tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    log = tmp_path / "server.log"
    secrets: dict[str, Any] = {"PLUGIN_AUTH": "service_http", "PLUGIN_SERVICE_TOKENS": TOKEN}
    with running_server(tmp_path, PLUGIN_LOG_FORMAT="json", **secrets, **clock.variables) as server:
        with httpx.Client(
            base_url=server.url, headers={"Authorization": f"Bearer {TOKEN}"}
        ) as client:
            asked = 0
            for jump in JUMPS:
                clock.set(jump)
                deadline = time.monotonic() + DATE_SECONDS
                while True:
                    began = time.monotonic()
                    answer = client.get("/todos/ann")
                    asked += 1
                    assert time.monotonic() - began < AT_ONCE
                    assert answer.status_code == 200
                    date = parsedate_to_datetime(answer.headers["Date"]).timestamp()
                    if abs(date - clock.now()) < APART:
                        break
                    assert time.monotonic() < deadline
                # The line is written when the answer has left.
                wait_for_lines(log, asked)
                assert abs(last_time(log) - clock.now()) < APART
        assert server.stop() == 0


def lines(log: Path) -> list[dict[str, str]]:
    """What was logged of requests."""
    return [entry for entry in map(json.loads, log.read_text().splitlines()) if "route" in entry]


def wait_for_lines(log: Path, count: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while len(lines(log)) < count:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def last_time(log: Path) -> float:
    return datetime.fromisoformat(lines(log)[-1]["time"]).timestamp()


def test_the_rate_limit_counts_on_when_the_time_of_day_jumps(tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    with (
        running_server(tmp_path, PLUGIN_RATE_LIMIT="5/minute", **clock.variables) as server,
        httpx.Client(base_url=server.url) as client,
    ):
        for _ in range(5):
            assert client.get("/todos/ann").status_code == 200
        for jump in JUMPS:
            clock.set(jump)
            answer = client.get("/todos/ann")
            assert answer.status_code == 429
            assert 1 <= int(answer.headers["Retry-After"]) <= 120
        assert server.stop() == 0


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_the_rate_limit_lets_a_caller_in_again_though_the_time_of_day_has_jumped(
    tmp_path: Path, jump: int
) -> None:
    clock = Clock(tmp_path)
    with (
        running_server(tmp_path, PLUGIN_RATE_LIMIT="2/second", **clock.variables) as server,
        httpx.Client(base_url=server.url) as client,
    ):
        deadline = time.monotonic() + PATIENCE
        while client.get("/todos/ann").status_code == 200:
            assert time.monotonic() < deadline, "nothing is refused"
        clock.set(jump)
        while client.get("/todos/ann").status_code == 429:
            assert time.monotonic() < deadline, "nothing is let in again"
        assert server.stop() == 0
