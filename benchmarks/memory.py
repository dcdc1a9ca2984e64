"""Whether memory grows with the requests that a process has answered."""

from pathlib import Path

from .bursts import burst
from .rounds import Effort, say
from .servers import running
from .table import Row, Target

WARM = 1_000


def measure(directory: Path, effort: Effort) -> list[Row]:
    """Resident memory after many requests, half of them writes, by that after the first ones."""
    with running("ours", directory / "ours") as server:
        say(f"memory: {effort.requests} requests")
        burst(server, "mixed", count=WARM)
        early = server.resident_megabytes()
        burst(server, "mixed", count=effort.requests - WARM)
        late = server.resident_megabytes()
    name = f"memory after {effort.requests:,} (MB), by {WARM:,}"
    return [Row(name, [early], [late], Target("<=", 1.2), digits=1)]
