"""What a tool call costs: by the same operation over HTTP, and by the SDK's own server."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from .bursts import Burst, Kind, burst
from .rounds import Effort, in_turns
from .servers import LIST, MeasureError, Server, running
from .table import Row, Target
from .throughput import TODOS
from .tool_calls import LIST_NAME

ERAS: tuple[Kind, ...] = ("2025-11-25", "2026-07-28")


def measure(directory: Path, effort: Effort) -> list[Row]:
    """Processor time and calls a second, after first calls that had the protocol imported."""
    with (
        running("ours", directory / "ours") as ours,
        running("sdk", directory / "sdk") as sdk,
    ):
        add_by_tool(ours)
        add_by_tool(sdk)
        tasks: dict[str, Callable[[], Burst]] = {
            "HTTP": partial(burst, ours, "get", path=LIST, seconds=effort.seconds)
        }
        for era in ERAS:
            for name, server in {"ours": ours, "SDK": sdk}.items():
                tasks[f"{name} {era}"] = partial(burst, server, era, seconds=effort.seconds)
        bursts = in_turns(effort.rounds, tasks)
    cost = {name: [each.milliseconds for each in done] for name, done in bursts.items()}
    rate = {name: [each.rate for each in done] for name, done in bursts.items()}
    return [
        *(by_http_call(era, cost["HTTP"], cost[f"ours {era}"]) for era in ERAS),
        *(by_sdk(era, rate[f"SDK {era}"], rate[f"ours {era}"]) for era in ERAS),
    ]


def add_by_tool(server: Server) -> None:
    """Make the list that every call asks for, and see that a call gets it."""
    for todo in TODOS:
        server.call("addTodo", username=LIST_NAME, todo=todo)
    got = server.call("getTodos", username=LIST_NAME)["structuredContent"]["todos"]
    if got != TODOS:
        raise MeasureError(f"{server.name}: the tool does not get what was added")


def by_http_call(era: str, http: list[float], tool: list[float]) -> Row:
    """Ours against ours."""
    name = f"tool call {era}, by HTTP call (processor ms)"
    return Row(name, http, tool, Target("<=", 2.5), digits=3)


def by_sdk(era: str, sdk: list[float], ours: list[float]) -> Row:
    """Ours against the SDK's."""
    return Row(f"tool call {era}, by the SDK's MCPServer (a second)", sdk, ours, Target(">=", 2.3))
