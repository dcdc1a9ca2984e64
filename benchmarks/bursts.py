"""Have the load process keep a server, or several, busy for a while; read what that took."""

import itertools
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from .servers import ROOT, TOKEN, MeasureError, Server

TAGS = itertools.count()  # so that no burst adds to the lists of another
STRIDE = 7_919  # so that bursts begin with other callers


Kind = Literal["get", "post", "mixed", "2025-11-25", "2026-07-28"]


class Burst(NamedTuple):
    """What came of it.

    `rate` is answers a second, `milliseconds` the server's processor time an answer, and
    `p99_milliseconds` the time from a request to its answer that one of a hundred exceeds.
    """

    rate: float
    milliseconds: float
    p99_milliseconds: float


def burst(
    server: Server,
    kind: Kind,
    *,
    path: str = "/",
    seconds: float | None = None,
    count: int | None = None,
    replicas: Sequence[Server] = (),
    tokens: Path | None = None,
) -> Burst:
    """Send for some seconds, or a count of requests; each must be answered with 200.

    `replicas` get as many as the server does. `tokens` names a file of tokens that take turns.
    """
    number = next(TAGS)
    servers = [server, *replicas]
    ports = ",".join(str(each.port) for each in servers)
    command = [sys.executable, "-m", "benchmarks.load", ports, kind]
    command += [f"@{tokens}" if tokens else TOKEN, f"load{number}", "--path", path]
    command += ["--first", str(number * STRIDE)]
    if seconds is not None:
        command += ["--seconds", str(seconds)]
    if count is not None:
        command += ["--count", str(count)]
    before = sum(each.processor_seconds() for each in servers)
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    used = sum(each.processor_seconds() for each in servers) - before
    what = f"{kind} {path} of {server.name}"
    if ended.returncode:
        raise MeasureError(f"{what}: the load failed:\n{ended.stderr[-900:]}{server.last_words()}")
    result = json.loads(ended.stdout)
    if result["unexpected"] or not result["answers"]:
        counts = f"{result['answers']} good answers, and {result['unexpected']}"
        raise MeasureError(f"{what}: {counts}{server.last_words()}")
    if count is not None and result["answers"] != count:
        raise MeasureError(f"{what}: only {result['answers']} of {count} requests in time")
    return Burst(result["rate"], used * 1000 / result["answers"], result["p99_seconds"] * 1000)
