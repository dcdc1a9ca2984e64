"""What an operator's safeguards cost: limits, a line a request, and metrics."""

from functools import partial
from pathlib import Path

from .bursts import burst
from .rounds import Effort, in_turns
from .servers import LIST, free_port, running
from .table import Row, Target
from .throughput import add_ten


def safeguards() -> dict[str, str]:
    """Settings that switch everything on; the limit is one that nobody reaches."""
    return {
        "PLUGIN_RATE_LIMIT": "999999999/minute",
        "PLUGIN_LOG_FORMAT": "json",
        "PLUGIN_METRICS_BIND": f"127.0.0.1:{free_port()}",
    }


def measure(directory: Path, effort: Effort) -> list[Row]:
    """Everything on, by everything off."""
    with (
        running("ours", directory / "off") as off,
        running("ours", directory / "on", **safeguards()) as on,
    ):
        add_ten(off)
        add_ten(on)
        get = partial(burst, kind="get", path=LIST, seconds=effort.seconds)
        post = partial(burst, kind="post", seconds=effort.seconds)
        bursts = in_turns(
            effort.rounds,
            {
                "GET off": partial(get, off),
                "GET on": partial(get, on),
                "POST off": partial(post, off),
                "POST on": partial(post, on),
            },
        )
    rate = {name: [each.rate for each in done] for name, done in bursts.items()}
    return [
        Row(
            f"{name} with limits, logs and metrics, by without",
            rate[f"{name} off"],
            rate[f"{name} on"],
            Target(">=", 0.85),
        )
        for name in ("GET", "POST")
    ]
