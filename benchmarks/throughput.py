"""Answers a second, and processor time an answer: both servers run, and are asked in threads."""

from functools import partial
from pathlib import Path

from .bursts import burst
from .rounds import Effort, in_turns
from .servers import LIST, Server, running
from .table import Row, Target

MANIFEST = "/.well-known/ai-plugin.json"
CONTRACT = "/openapi.yaml"

# What is held against which request to the baseline.
COSTS = {"GET": "GET", "POST": "POST", "GET manifest": "GET", "GET contract": "GET"}


def add_ten(server: Server) -> None:
    """Make the list that every GET asks for."""
    for number in range(10):
        server.request("POST", LIST, f"buy {number} litres of milk")


def measure(directory: Path, effort: Effort) -> list[Row]:
    """The documents are held against the baseline's GET of a list, its cheapest answer."""
    with (
        running("baseline", directory / "baseline") as baseline,
        running("ours", directory / "ours") as ours,
    ):
        add_ten(baseline)
        add_ten(ours)
        get = partial(burst, kind="get", path=LIST, seconds=effort.seconds)
        post = partial(burst, kind="post", seconds=effort.seconds)
        bursts = in_turns(
            effort.rounds,
            {
                "ours GET manifest": partial(get, ours, path=MANIFEST),
                "ours GET": partial(get, ours),
                "baseline GET": partial(get, baseline),
                "ours GET contract": partial(get, ours, path=CONTRACT),
                "ours POST": partial(post, ours),
                "baseline POST": partial(post, baseline),
            },
        )
    rate = {name: [each.rate for each in done] for name, done in bursts.items()}
    cost = {name: [each.milliseconds for each in done] for name, done in bursts.items()}
    reading, adding = rate["baseline GET"], rate["baseline POST"]
    return [
        Row("GET a list of 10 (a second)", reading, rate["ours GET"], Target(">=", 1.2)),
        Row("POST a todo (a second)", adding, rate["ours POST"], Target(">=", 1.0)),
        Row("manifest, by GET of a list", reading, rate["ours GET manifest"], Target(">=", 1.5)),
        Row("contract, by GET of a list", reading, rate["ours GET contract"], Target(">=", 1.5)),
        *(
            Row(f"{name} (processor ms)", cost[f"baseline {base}"], cost[f"ours {name}"], digits=3)
            for name, base in COSTS.items()
        ),
    ]
