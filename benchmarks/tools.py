"""What a tool call costs, by the same operation over HTTP, asked of one server in threads."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from .bursts import Burst, Kind, burst
from .rounds import Effort, in_turns
from .servers import LIST, running
from .table import Row, Target
from .throughput import add_ten

ERAS: tuple[Kind, ...] = ("2025-11-25", "2026-07-28")
KINDS: tuple[Kind, ...] = ("get", *ERAS)


def measure(directory: Path, effort: Effort) -> list[Row]:
    """Processor time a request, after the first call has had the protocol imported."""
    with running("ours", directory) as server:
        add_ten(server)
        calls: dict[str, Callable[[], Burst]] = {
            kind: partial(burst, server, kind, path=LIST, seconds=effort.seconds) for kind in KINDS
        }
        calls[ERAS[0]]()
        bursts = in_turns(effort.rounds, calls)
    cost = {name: [each.milliseconds for each in done] for name, done in bursts.items()}
    return [
        Row(
            f"tool call {era}, by HTTP call (processor ms)",
            cost["get"],
            cost[era],
            Target("<=", 2.5),
            digits=3,
        )
        for era in ERAS
    ]
