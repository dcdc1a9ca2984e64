"""Hundreds of slow callers at once: nobody else waits for them, and they are let go in time."""

import time
from pathlib import Path

import pytest

from plugin_server.http.incoming import BODY_SECONDS
from plugin_server.servers.connections import SECONDS, State
from tests.callers import open_files, until
from tests.running import only_uvicorn, running_server
from tests.serving_checks import assert_no_complaints

from . import show
from .slow_callers import Probe, crowd, fill, memory

LIMITS = {
    "silent": SECONDS[State.HEAD],
    "slow head": SECONDS[State.HEAD],
    "slow body": BODY_SECONDS,
    "idle": SECONDS[State.IDLE],
    "not reading": SECONDS[State.UNREAD],
}
COUNT = 500
OTHERS = 8  # connections of whom asked before, and asks in a hurry
# The server looks at its clock when it gets round to it, and we at ours.
LATE_SECONDS = 3
# Who does not read is sent megabytes first, which lie between the two sockets.
SENDING_SECONDS = 10
# Who waited for the slow would wait for their deadlines, ten seconds at least; in the short form
# other tests run beside.
PROBE_SECONDS, BESIDE_OTHERS = 1.0, 5.0
# A caller costs what lies in its buffers: an answer that it does not read, a request it has half
# said.
BYTES_A_CALLER = 300_000
SHORT_SECONDS = 2

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read in /proc"),
    only_uvicorn("a deadline for an answer that is not read"),
]


async def test_nobody_waits_for_the_slow(database_url: str, tmp_path: Path, long: bool) -> None:
    with running_server(tmp_path, PLUGIN_DATABASE_URL=database_url) as server:
        await fill(server)
        before, files = memory(server), open_files(server)
        probe = Probe(server)
        async with crowd(server, COUNT, deaf=50 if long else 20) as manners:
            began = time.monotonic()
            if long:
                latest = began + SECONDS[State.IDLE] + LATE_SECONDS
                await probe.while_(
                    lambda: (
                        sum(len(each.let_go) for each in manners) < COUNT
                        and time.monotonic() < latest
                    )
                )
            else:
                await probe.while_(lambda: time.monotonic() - began < SHORT_SECONDS)
                # They are all there, which is what the probe was to feel.
                assert open_files(server) >= files + COUNT - OTHERS
        await until(lambda: open_files(server) <= files + OTHERS, "connections are left over")
        after = memory(server)
    assert max(probe.seconds) < (PROBE_SECONDS if long else BESIDE_OTHERS)
    assert probe.most - before < COUNT * BYTES_A_CALLER
    if long:
        for each in manners:
            limit = LIMITS[each.name]
            assert len(each.let_go) == each.there, each.name
            assert limit - 0.1 < min(each.let_go), each.name
            late = LATE_SECONDS if each.listens else SENDING_SECONDS
            assert max(each.let_go) < limit + late, each.name
    assert_no_complaints(tmp_path)
    let_go = ", ".join(f"{each.name} {max(each.let_go):.1f} s" for each in manners if long)
    show(
        f"{COUNT} slow callers ({database_url.partition(':')[0]})",
        f"{probe}; memory {before / 1e6:.0f} MB before, {probe.most / 1e6:.0f} MB at most,"
        f" {after / 1e6:.0f} MB after" + (f"; all let go: {let_go} at the latest" if long else ""),
    )
