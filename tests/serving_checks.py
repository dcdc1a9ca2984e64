"""Servers that are killed and stopped under load, in rounds: a few in the tests, many in the soak.

Each round continues with the database of the one before, and everything ever written is checked
each time. A check returns its figures as one line.
"""

import asyncio
import time
from pathlib import Path
from random import SystemRandom

from .ledger import check, stored_lists, wait_until_only_we_are_connected
from .load import CLIENTS, Load, Outcome
from .running import Server, running_server

CHANCE = SystemRandom()
GRACE = 5
# Beyond the grace: what the design allows the exit.
EXIT_SECONDS = 2


def assert_no_complaints(folder: Path) -> None:
    """The last server in `folder` has logged nothing but the news of a normal life."""
    log = (folder / "server.log").read_text()
    if "Traceback" in log or "ERROR" in log:
        raise AssertionError(log)


async def killed_under_load(folder: Path, url: str, rounds: int) -> str:
    """kill -9: every acknowledged change is there, and nothing half-made."""
    load = Load()
    for number in range(rounds):
        with running_server(folder, PLUGIN_DATABASE_URL=url) as server:
            check(load.changes, stored_lists(url))
            async with load.on(server.port, f"kill{number}"):
                # In turn: as an answer comes, when what it says might not be kept yet; anywhere.
                if number % 2 == 0:
                    await load.until_acknowledged(CHANCE.randint(1, 300), server.process.kill)
                else:
                    await load.until_acknowledged(CHANCE.randint(1, 300))
                    await asyncio.sleep(CHANCE.uniform(0, 0.01))
                server.kill()
        wait_until_only_we_are_connected(url)
    with running_server(folder, PLUGIN_DATABASE_URL=url):
        made = check(load.changes, stored_lists(url))
    unanswered = load.of(Outcome.UNANSWERED)
    assert unanswered, "no kill hit a request: this has checked nothing"
    assert _codes(load) <= {"stale_revision"}
    return (
        f"{rounds} kills: {len(load.of(Outcome.ACKNOWLEDGED))} changes acknowledged, none lost;"
        f" {len(unanswered)} unanswered, of which {made} were made, none by half"
    )


async def stopped_under_load(folder: Path, url: str, rounds: int, **variables: str) -> str:
    """SIGTERM: what was made was answered, what was refused was not made, and the exit is 0."""
    load = Load()
    slowest = 0.0
    variables |= {"PLUGIN_DATABASE_URL": url, "PLUGIN_GRACE": str(GRACE)}
    for number in range(rounds):
        with running_server(folder, **variables) as server:
            async with load.on(server.port, f"stop{number}"):
                await load.until_acknowledged(CHANCE.randint(1, 300))
                slowest = max(slowest, await stopped(server))
        assert_no_complaints(folder)
        assert check(load.changes, stored_lists(url)) == 0, "a change was made and not answered"
    refused = [change for change in load.changes if change.code == "draining"]
    unanswered = load.of(Outcome.UNANSWERED)
    assert _codes(load) <= {"stale_revision", "draining"}
    # Who sends at the very moment in which an idle connection is closed may get no answer, which
    # is one here and there; it is every client where answers do not say that they are the last.
    assert len(unanswered) <= rounds * CLIENTS / 2, "requests after the signal were not refused"
    return (
        f"{rounds} SIGTERMs: {len(load.of(Outcome.ACKNOWLEDGED))} changes made and answered;"
        f" {len(refused)} answered 503 and not made; {len(unanswered)} neither made nor answered;"
        f" slowest exit {slowest:.2f} s"
    )


async def stopped(server: Server) -> float:
    """Send SIGTERM and assert exit code 0 in time; the result is the time, in seconds."""
    began = time.monotonic()
    assert await asyncio.to_thread(server.stop, GRACE + EXIT_SECONDS) == 0
    return time.monotonic() - began


def _codes(load: Load) -> set[str]:
    return {change.code for change in load.of(Outcome.REFUSED)}
