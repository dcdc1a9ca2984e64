"""Answers a second, and what one takes: ours under both servers, and the references, in turns."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from .bursts import Burst, burst
from .rounds import Effort, in_turns
from .servers import LIST, Server, running
from .table import Row, Target

MANIFEST = "/.well-known/ai-plugin.json"
CONTRACT = "/openapi.yaml"
TODOS = [f"buy {number} litres of milk" for number in range(10)]

# What of ours is held against which request to the baseline. Its GET of a list is its cheapest.
COSTS = {"GET": "GET", "POST": "POST", "GET manifest": "GET", "GET contract": "GET"}


def add_ten(server: Server) -> None:
    """Make the list that every GET asks for."""
    for todo in TODOS:
        server.request("POST", LIST, {"todo": todo})


def measure(directory: Path, effort: Effort) -> list[Row]:
    """All servers run at the same time, and are asked one after the other."""
    with ExitStack() as stack:
        start = {
            "uvicorn": partial(running, "ours", PLUGIN_SERVER="uvicorn"),
            "FastAPI": partial(running, "fastapi"),
            "baseline": partial(running, "baseline"),
            "hypercorn": partial(running, "ours", PLUGIN_SERVER="hypercorn"),
        }
        servers = {
            name: stack.enter_context(start(directory=directory / name))
            for name, start in start.items()
        }
        for server in servers.values():
            add_ten(server)
        bursts = in_turns(effort.rounds, tasks(servers, effort.seconds))
    return [*rates(bursts), *costs(bursts)]


def tasks(servers: dict[str, Server], seconds: float) -> dict[str, Callable[[], Burst]]:
    """What is done in a round, by the server's name and what is asked."""
    get = partial(burst, kind="get", seconds=seconds)
    post = partial(burst, kind="post", seconds=seconds)
    documents = {"GET manifest": MANIFEST, "GET contract": CONTRACT}
    return {
        **{f"{name} GET": partial(get, server, path=LIST) for name, server in servers.items()},
        **{
            f"uvicorn {name}": partial(get, servers["uvicorn"], path=path)
            for name, path in documents.items()
        },
        **{f"{name} POST": partial(post, server) for name, server in servers.items()},
    }


def rates(bursts: dict[str, list[Burst]]) -> list[Row]:
    """Answers a second, and how long the slowest of a hundred takes."""
    rate = {name: [each.rate for each in done] for name, done in bursts.items()}
    slowest = {name: [each.p99_milliseconds for each in done] for name, done in bursts.items()}

    def row(measure: str, reference: str, ours: str, least: float) -> Row:
        return Row(measure, rate[reference], rate[ours], Target(">=", least))

    return [
        row("GET a list of 10 (a second)", "baseline GET", "uvicorn GET", 2.0),
        row("POST a todo (a second)", "baseline POST", "uvicorn POST", 1.5),
        row("GET manifest, by GET a list (a second)", "baseline GET", "uvicorn GET manifest", 2.2),
        row("GET contract, by GET a list (a second)", "baseline GET", "uvicorn GET contract", 2.2),
        row("GET, by FastAPI's (a second)", "FastAPI GET", "uvicorn GET", 1.1),
        row("POST, by FastAPI's (a second)", "FastAPI POST", "uvicorn POST", 1.6),
        Row(
            "slowest of 100 GET, by FastAPI's (ms)",
            slowest["FastAPI GET"],
            slowest["uvicorn GET"],
            Target("<=", 1.0),
            digits=1,
        ),
        row("GET under hypercorn (a second)", "baseline GET", "hypercorn GET", 1.0),
        row("POST under hypercorn (a second)", "baseline POST", "hypercorn POST", 0.9),
    ]


def costs(bursts: dict[str, list[Burst]]) -> list[Row]:
    """Processor time an answer, which other processes disturb less."""
    cost = {name: [each.milliseconds for each in done] for name, done in bursts.items()}
    return [
        Row(f"{name} (processor ms)", cost[f"baseline {base}"], cost[f"uvicorn {name}"], digits=3)
        for name, base in COSTS.items()
    ]
