"""How long a process takes from its start to its first answer."""

import tempfile
from functools import partial
from pathlib import Path

from .rounds import Effort, in_turns
from .servers import Name, running
from .table import Row, Target


def measure(directory: Path, effort: Effort) -> list[Row]:
    """Seconds to the first GET of a list; ours makes a new database meanwhile."""
    seconds = in_turns(
        effort.starts,
        {
            "start of baseline": partial(start, "baseline", directory),
            "start of ours": partial(start, "ours", directory),
        },
    )
    baseline, ours = seconds["start of baseline"], seconds["start of ours"]
    return [Row("start to first answer (s)", baseline, ours, Target("<=", 1.25), digits=2)]


def start(name: Name, directory: Path) -> float:
    """Start a server in a new directory and stop it again."""
    with running(name, Path(tempfile.mkdtemp(dir=directory))) as server:
        return server.seconds_to_answer
