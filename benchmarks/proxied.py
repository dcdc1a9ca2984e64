"""What the proxy costs: the same requests to our server, and to it by way of the proxy."""

from functools import partial
from pathlib import Path

from .bursts import burst
from .rounds import Effort, in_turns
from .servers import LIST, running
from .table import Row, Target
from .throughput import add_ten


def measure(directory: Path, effort: Effort) -> list[Row]:
    """Answers a second, both processes on the cores that otherwise the one has."""
    with (
        running("ours", directory / "ours") as direct,
        running("proxy", directory / "proxy", behind=f"http://127.0.0.1:{direct.port}") as proxied,
    ):
        add_ten(direct)
        get = partial(burst, kind="get", path=LIST, seconds=effort.seconds)
        post = partial(burst, kind="post", seconds=effort.seconds)
        bursts = in_turns(
            effort.rounds,
            {
                "direct GET": partial(get, direct),
                "proxied GET": partial(get, proxied),
                "direct POST": partial(post, direct),
                "proxied POST": partial(post, proxied),
            },
        )
    rate = {name: [each.rate for each in done] for name, done in bursts.items()}
    cost = {name: [each.milliseconds for each in done] for name, done in bursts.items()}
    return [
        Row("GET by way of the proxy", rate["direct GET"], rate["proxied GET"], Target(">=", 0.4)),
        Row("POST by way of the proxy", rate["direct POST"], rate["proxied POST"]),
        Row("the proxy (processor ms)", cost["direct GET"], cost["proxied GET"], digits=3),
    ]
